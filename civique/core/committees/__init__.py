"""Committees give opinions, without the members concerned. Their meetings are gatherings; bodies plug in by filling these tables."""
