"""News and pages of the commune."""
