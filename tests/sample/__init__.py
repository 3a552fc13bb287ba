"""A module that the product does not have: a jumble of bulky waste collected on request. It proves that adding a module
adds files and edits none."""
