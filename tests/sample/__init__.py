"""A sample module."""
