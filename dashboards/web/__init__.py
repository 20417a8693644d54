"""The pages of the triage desk."""
