"""Endorsements and moderated comments of residents, on any object of a module."""
