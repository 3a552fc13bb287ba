"""The fund in a real browser."""
