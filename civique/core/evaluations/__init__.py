"""What a module gives account of once a year: its figures, and the words of the mairie around them.

A module declares its figures (:mod:`civique.core.evaluations.declarations`). The words, the publication that freezes the
figures, the years before the software and the pages are the house's.
"""
