"""In whose name something is asked: the relative for whom the visitor acts in this browser, otherwise the visitor.

Whatever a page reads here is done for the relative, and the audit says so; what a page does for ``me()`` is the visitor's own.
"""

from collections.abc import Callable
from typing import Any

from flask import request

from civique.core.people.models import Person
from civique.core.people.queries import get_person
from civique.web.access import visitor
from tenants.db import db


def applicant_or_nobody() -> Person | None:
    """Who asks; nobody when nobody is signed in."""
    who = visitor()
    return _for(get_person(db.session, who.acting_for)) or who.person


def applicant() -> Person:
    """Who asks; only for pages that ask for a signed-in person."""
    person = applicant_or_nobody()
    assert person is not None, "this page does not ask for a signed-in person"
    return person


def fill_in_contact(form: Any, name: str) -> None:
    """Fill in who asks on a blank form. Its field ``email`` goes when it would change nothing: the answer then leaves for
    where the person is written to, and ``ui.reached`` says where.

    Args:
        name: the field of the name.
    """
    person = applicant_or_nobody()
    if person is None:
        return
    if request.method == "GET":
        form[name].data, form.phone.data = person.name, person.phone
        form.email.data = person.email.address if person.email else None
    if person.reached_by:
        del form.email


def address_for_answer(form: Any) -> str | None:
    """The e-mail address at which a form of :func:`fill_in_contact` is answered: typed, or the one of the record."""
    if form.email:
        return form.email.data or None
    person = applicant_or_nobody()
    return person.email.address if person and person.email and person.reached_by == "email" else None


def first_who(may: Callable[[Person], bool]) -> Person | None:
    """The relative if they may, otherwise the visitor if they may: a link to one's own request opens it, whomever one acts for."""
    who = visitor()
    relative = get_person(db.session, who.acting_for)
    if relative is not None and may(relative):
        return _for(relative)
    return who.person if who.person is not None and may(who.person) else None


def _for(relative: Person | None) -> Person | None:
    if relative is not None:
        db.session.info["on_behalf_of"] = relative.id
    return relative
