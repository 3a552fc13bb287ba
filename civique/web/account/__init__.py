"""« Mon compte »: my data, my requests, my devices, my second factor."""
