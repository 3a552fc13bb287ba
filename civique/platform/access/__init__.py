"""Accesses that the apex gives or resets."""
