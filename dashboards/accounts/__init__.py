"""Accounts of the desk: passwords, second factor, sign-in by the office's own server, first run, settings that the desk may change."""
