"""People of a commune: with an account or on paper, their addresses, who acts for whom."""
