"""What was done, day after day, with photos; and the story that everybody reads of it.

A module declares which of its objects are told (:mod:`civique.core.stories.declarations`). The pages are the house's.
"""
