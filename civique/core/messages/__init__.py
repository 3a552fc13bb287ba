"""Messages to people: by e-mail, or as a letter to print for those who have none."""
