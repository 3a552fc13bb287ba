"""Civique: one deployment that gives every small French commune its own participation site."""
