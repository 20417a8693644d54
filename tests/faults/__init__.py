"""Faults of feeds and sites, played over a simulated day by a real HTTP server on loopback."""
