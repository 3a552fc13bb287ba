"""Forms of the fund: what residents fill in, what the mairie fills in."""
