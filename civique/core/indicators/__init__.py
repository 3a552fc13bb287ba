"""Indicators: what is followed from year to year, its measures, and how two of them are compared."""
