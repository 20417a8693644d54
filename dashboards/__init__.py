"""The triage desk, charts, digests, reports and evidence packs."""
