"""A resident with an account claims what they left on paper; the mairie checks and attaches it."""
