"""Questions to the mairie, by any channel, each with a receipt and an answer due."""
