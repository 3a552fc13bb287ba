"""Volunteer desk: residents ask to borrow what the commune has, from a day to a day."""
