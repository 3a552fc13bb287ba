"""The pages of the apex."""
