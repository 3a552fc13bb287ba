"""The duty to answer: what was asked, who owes the answer, by when (DOMAIN 1.4)."""
