"""Who’s who: élus and services, as the mairie chooses to show them."""
