"""The public site of a commune."""
