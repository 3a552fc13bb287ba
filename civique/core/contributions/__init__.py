"""Contributions in three natures: money, things, time (§1.7)."""
