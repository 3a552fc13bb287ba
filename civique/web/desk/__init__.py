"""The back office: « Espace mairie »."""
