"""Managing the commune: set-up, settings, people, colleagues, audit trail, exports."""
