"""New residents: a household says that it has arrived; it gets a kit and vouchers, somebody greets it, it is invited."""
