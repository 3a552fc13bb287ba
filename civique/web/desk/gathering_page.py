"""The page of a gathering: who is convened and came, minutes, documents and, for a committee, the order of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Response

from civique.core.committees.events import ItemSource
from civique.core.committees.models import COLLEGES, VERDICTS, AgendaItem, CommitteeMember
from civique.core.committees.queries import (
    committee_of,
    concerned,
    item_counts,
    item_sources,
    items_of,
    members_on,
    roll,
)
from civique.core.gatherings.declarations import NEEDS
from civique.core.gatherings.models import Gathering
from civique.core.gatherings.queries import headcount, is_open, series_count
from civique.core.i18n import _l
from civique.core.messages.queries import last_written_at
from civique.web.desk.committee_forms import GatheringDocumentForm, ItemForm, MinutesForm, OpinionForm
from civique.web.desk.gathering_forms import OpeningForm
from civique.web.desk.kinds import RECORD, REGISTER, labels, may
from civique.web.forms import BaseForm
from civique.web.pages import page
from civique.web.tables import Column
from tenants.db import db

STATES = {"planned": _l("planned"), "held": _l("held"), "cancelled": _l("called off")}
TONES = {"planned": "wait", "held": "ok", "cancelled": "stop"}
VERDICT_TONES = {"favourable": "ok", "reserved": "wait", "unfavourable": "stop", "adjourned": "wait"}


@dataclass(frozen=True)
class Point:
    """An agenda item with what its module says of its object (None: erased, or the module is off), the members tied to
    it, and the form of its opinion."""

    item: AgendaItem
    source: ItemSource | None
    tied: list[CommitteeMember]
    form: OpinionForm


def meeting_columns(rows: Sequence[Gathering]) -> Sequence[Column]:
    """Columns of a list of gatherings as a file."""
    counts = item_counts(db.session, [gathering.id for gathering in rows])
    return (
        Column(_l("Title"), lambda g: g.event.title),
        Column(_l("Day and time"), lambda g: g.event.starts_at),
        Column(_l("Place"), lambda g: g.event.where),
        Column(_l("State"), lambda g: str(STATES[g.state])),
        Column(_l("On the order of the day"), lambda g: counts.get(g.id, 0)),
        Column(_l("Present"), lambda g: sum(bool(attendee.present) for attendee in g.attendees)),
    )


def gathering_page(found: Gathering, refused: BaseForm | None = None, item_id: UUID | None = None) -> Response:
    """The page of a gathering.

    Args:
        refused: a form of the page that was refused, shown in its place.
        item_id: the item whose opinion it is.
    """
    committee = committee_of(db.session, found)
    points = _points(found, refused, item_id)
    there = {point.item.object_id for point in points}
    waiting = item_sources(db.session, limit=100 + len(there)) if committee and found.state == "planned" else ()
    opening = _shown(refused, OpeningForm)
    if opening is not refused:
        opening.show(found.opening)
    minutes = refused if isinstance(refused, MinutesForm) else MinutesForm(formdata=None, obj=found)
    minutes.revision.data = found.revision
    return page(
        "desk/gatherings/gathering.html",
        gathering=found,
        committee=committee,
        may_record=may(RECORD, found.kind),
        may_register=may(REGISTER, found.kind),
        kind=labels().get(found.kind, ""),
        opening_form=opening,
        open=is_open(found, found.opening),
        count=headcount(db.session, found),
        series=series_count(db.session, found.series) if found.series else None,
        needs=NEEDS,
        roll=roll(db.session, found),
        convened_at=last_written_at(db.session, "committee.convocation", found) if committee else None,
        members=members_on(db.session, committee.id, found.day) if committee else (),
        points=points,
        waiting=[source for source in waiting if source.object_id not in there],
        refused=refused,
        minutes=minutes,
        item_form=_shown(refused, ItemForm),
        document_form=_shown(refused, GatheringDocumentForm),
        colleges=COLLEGES,
        verdicts=VERDICTS,
        verdict_tones=VERDICT_TONES,
        states=STATES,
        tones=TONES,
    )


def _shown(refused: BaseForm | None, kind: type[BaseForm]) -> Any:
    """The refused form when it is of this kind, otherwise an empty one; its ids are its own on the page."""
    form = refused if isinstance(refused, kind) else kind(formdata=None)
    form.rename(kind.__name__.lower())
    return form


def _points(found: Gathering, refused: BaseForm | None, item_id: UUID | None) -> list[Point]:
    """The order of the day with what modules say of it, asked once however long it is."""
    items = items_of(db.session, found)
    ids = [item.object_id for item in items if item.object_id is not None]
    sources = {source.object_id: source for source in item_sources(db.session, ids)}
    points = []
    for item in items:
        source = sources.get(item.object_id) if item.object_id else None
        form = refused if isinstance(refused, OpinionForm) and item.id == item_id else _opinion_form(item, source)
        form.rename(f"opinion-{item.position}")
        form.revision.data = item.revision
        away = {recusal.member_id for recusal in item.recusals}
        tied = [member for member in concerned(db.session, item.committee_id, source) if member.id not in away]
        points.append(Point(item, source, tied, form))
    return points


def _opinion_form(item: AgendaItem, source: ItemSource | None) -> OpinionForm:
    form = OpinionForm(formdata=None)
    form.verdict.data, form.opinion.data = item.verdict, item.opinion
    form.amount_cents.data = item.amount_cents or (source.amount_cents if source else None)
    return form
