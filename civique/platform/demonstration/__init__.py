"""A demonstration: communes to visit as anybody."""
