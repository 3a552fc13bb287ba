"""New residents in a real browser."""
