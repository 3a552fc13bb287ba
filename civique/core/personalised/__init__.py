"""One document a row, by hundreds, as one PDF: kits, certificates, cards, posters."""
