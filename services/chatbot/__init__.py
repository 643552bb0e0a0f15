"""The orchestrator: one question's way from red flags to a stored, cited answer."""
