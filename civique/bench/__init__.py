"""The figures we promise, measured on this machine: one file a figure, one runner. See ``docs/figures.md``."""
