"""Associations, companies, schools and informal collectives, and who speaks for them."""
