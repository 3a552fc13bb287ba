"""Inviting to a gathering everybody whom a list shows, on whatever page they are, once it was said how many they are."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField

from civique.core.gatherings.invitations import invite
from civique.core.gatherings.models import Gathering
from civique.core.gatherings.queries import open_gatherings
from civique.core.i18n import _l, long_date, ngettext
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.people.queries import active_people
from civique.core.refused import Refused
from civique.web.access import allow
from civique.web.desk.kinds import RECORD, may
from civique.web.desk_list import DeskList
from civique.web.forms import OnceForm, choices, required
from civique.web.pages import page
from civique.web.submit import submit
from tenants.db import db

MOST = 1_000
"""People invited at once."""


class InviteForm(OnceForm):
    """To what they are invited; ``found`` is the mark of who they were on the page that was read."""

    gathering_id = SelectField(_l("To what?"), [required(_l("Choose to what they are invited."))], choices=[])
    found = HiddenField()


def add_invite_route(blueprint: Blueprint, listed: DeskList, shown: str = "queue") -> None:
    """Add to a blueprint the page that invites the people of one of its lists; ``listed.invites`` says who they are.

    Args:
        shown: endpoint of the list.
    """
    assert listed.invites is not None, listed.name

    @blueprint.route("/inviter", methods=["GET", "POST"])
    @allow(listed.invites.permission)
    def invite_found() -> Response:
        """Confirm to what, and how many they are, then invite them."""
        people, rows, form = _people(listed), _gatherings(), InviteForm()
        form.gathering_id.choices = choices((each.id, _named(each)) for each in rows)
        asked: dict[str, Any] = request.args.to_dict()

        def do() -> tuple[int, Gathering]:
            chosen = next(each for each in rows if each.id == UUID(form.gathering_id.data))
            return _invite(chosen, people, form.found.data or ""), chosen

        def again() -> Response:
            form.found.raw_data, form.found.data = None, _mark(people)
            back, here = url_for(f".{shown}", **asked), url_for(".invite_found", **asked)
            facts: dict[str, Any] = {"form": form, "people": people, "list": listed, "back": back, "here": here}
            return page("desk/gatherings/invite_found.html", most=MOST, **facts)

        return submit(
            form,
            do,
            again=again,
            to=lambda done: url_for("desk_gatherings.registered", gathering_id=done[1].id),
            said=lambda done: _said(done[0], len(people)),
        )


def _people(listed: DeskList) -> Sequence[Person]:
    """The people of the rows that the address asks, each once, one more than may be invited at most."""
    assert listed.invites is not None
    rows = listed.found().order_by(None).subquery()
    query: Select[Person] = active_people().where(Person.id.in_(select(rows.c[listed.invites.whom.key])))
    query = query.options(selectinload(Person.emails)).order_by(Person.folded, Person.id)
    return db.session.scalars(query.limit(MOST + 1)).unique().all()


def _gatherings() -> Sequence[Gathering]:
    """Gatherings whose registration is open and that the visitor may hold, the soonest first."""
    return [each for each in db.session.scalars(open_gatherings()) if may(RECORD, each.kind)]


def _named(gathering: Gathering) -> str:
    return f"{gathering.event.title}, {long_date(gathering.event.starts_at, weekday=False)}"


def _invite(gathering: Gathering, people: Sequence[Person], read: str) -> int:
    """Invite those who were shown, and nobody else.

    Raises:
        Refused: ``nobody``, ``many``; ``changed``: the list is no longer the one that was read.
    """
    if not people:
        raise Refused(_("Nobody is on this list: choose other filters."), rule="nobody")
    if len(people) > MOST:
        raise Refused(_("Invite at most %(num)s people at once: choose narrower filters.", num=MOST), rule="many")
    if read != _mark(people):
        raise Refused(
            _("The list has changed meanwhile: here is who is on it now. Nobody was invited."), rule="changed"
        )
    return invite(db.session, gathering, people)


def _mark(people: Sequence[Person]) -> str:
    """The same for the same people only: as many others are not those who were read."""
    return hashlib.sha256(b"".join(sorted(person.id.bytes for person in people))).hexdigest()[:32]


def _said(invited: int, found: int) -> str:
    there = found - invited
    words = ngettext("One person is invited.", "%(num)s people are invited.", invited)
    if there:
        words += " " + ngettext(
            "One was invited or registered already.", "%(num)s were invited or registered already.", there
        )
    return words
