"""Fonds d’initiative citoyenne (LA-19, LO-1): help small citizen projects with money, things, time."""
