"""Former place of what an address asks of a list, for the lists that are not declared yet."""

from civique.web.lists import asked, asked_ids, asked_words

__all__ = ["asked", "asked_ids", "asked_words"]
