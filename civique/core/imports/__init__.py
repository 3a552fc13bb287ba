"""Lists that people bring in a spreadsheet: read, checked line by line, shown, then taken whole or not at all."""
