"""Adapters to what is outside the process."""
