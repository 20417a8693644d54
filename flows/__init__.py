"""Prefect flows, schedules and the command line: the only place where the rooms meet."""
