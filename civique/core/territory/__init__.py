"""Where things happen: communes déléguées, quarters, places, schools."""
