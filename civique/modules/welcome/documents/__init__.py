"""Columns of the lists as files, and PDFs."""
