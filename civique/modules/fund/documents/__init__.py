"""What leaves the fund as files: tables, papers, feeds, open data."""
