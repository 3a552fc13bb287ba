"""One feature a folder; each is declared by its manifest."""
