"""Agreements between the commune and somebody: what each side undertakes, signed on paper or with a code.

A module declares which of its objects may be agreed on (:mod:`civique.core.agreements.declarations`) and hears what becomes
of their agreements (:mod:`civique.core.agreements.events`). The pages are the house's.
"""
