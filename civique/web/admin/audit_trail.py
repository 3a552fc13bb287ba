"""The audit trail: who did what, when; names are read at display, the trail itself holds ids."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import Blueprint, request
from sqlalchemy import Select, or_, select
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField

from civique.core import clock
from civique.core.access.models import Credential, RoleGrant
from civique.core.audit import AuditEntry
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.people.queries import find_people
from civique.web.access import allow
from civique.web.audit_labels import detail_of, label_of, object_label
from civique.web.forms import BaseForm, at_most, optional
from civique.web.lists import paginate
from civique.web.pages import page
from civique.web.tables import Column, list_file
from tenants.db import db

blueprint = Blueprint("audit_trail", __name__, url_prefix="/mairie/journal")


class FilterForm(BaseForm):
    """What to look for."""

    action = SelectField(_l("Action"), [optional()])
    name = StringField(_l("Person"), [optional(), at_most(100)])
    since = DateField(_l("From the"), [optional()])
    until = DateField(_l("To"), [optional()])


@blueprint.get("")
@allow("core.audit")
def listing() -> Response:
    """Newest first, with filters; the same as a file."""
    form = FilterForm(request.args)
    actions = sorted(db.session.scalars(select(AuditEntry.action).distinct()), key=label_of)
    form.action.choices = [("", _("All")), *((action, label_of(action)) for action in actions)]
    form.validate()
    query = _filtered(form)
    file = list_file(_("audit-trail"), _("Audit trail"), _columns, query, filters=_in_words(form))
    if file:
        return file
    rows = paginate(query)
    return page(
        "admin/audit_trail.html",
        "rows",
        form=form,
        rows=rows,
        names=names_in(rows.rows),
        label=label_of,
        detail=detail_of,
        kind=object_label,
    )


def _filtered(form: FilterForm) -> Select[AuditEntry]:
    query = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if form.action.data:
        query = query.where(AuditEntry.action == form.action.data)
    if form.name.data:
        ids = find_people(form.name.data).with_only_columns(Person.id).order_by(None)
        query = query.where(or_(AuditEntry.actor_id.in_(ids), AuditEntry.object_id.in_(ids)))
    if form.since.data and not form.since.errors:
        query = query.where(AuditEntry.at >= _midnight(form.since.data))
    if form.until.data and not form.until.errors:
        query = query.where(AuditEntry.at < _midnight(form.until.data + timedelta(days=1)))
    return query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone())


def names_in(entries: Iterable[AuditEntry]) -> dict[UUID, str]:
    """Names of the people that some lines speak of, also through a role or a key. An erased person has none left."""
    ids = {i for e in entries for i in (e.actor_id, e.object_id, e.on_behalf_of) if i is not None}
    holders: dict[UUID, UUID] = {}
    for model in (RoleGrant, Credential):
        rows = db.session.execute(select(model.id, model.person_id).where(model.id.in_(ids))) if ids else ()
        holders.update({row.id: row.person_id for row in rows})
    ids |= set(holders.values())
    people = db.session.scalars(select(Person).where(Person.id.in_(ids))) if ids else ()
    names = {person.id: person.name or _("erased person") for person in people}
    return names | {row_id: names[person_id] for row_id, person_id in holders.items()}


def _in_words(form: FilterForm) -> tuple[tuple[str, str], ...]:
    """The filters chosen, for paper."""
    days = {name: form[name].data.strftime("%d/%m/%Y") for name in ("since", "until") if form[name].data}
    return (
        (_("Action"), label_of(form.action.data) if form.action.data else ""),
        (_("Person"), form.name.data or ""),
        (_("From the"), days.get("since", "")),
        (_("To"), days.get("until", "")),
    )


def _columns(entries: Sequence[AuditEntry]) -> list[Column]:
    names = names_in(entries)
    return [
        Column(_("When"), lambda e: e.at),
        Column(_("Who"), lambda e: names.get(e.actor_id, "") if e.actor_id else _("the software")),
        Column(_("Action"), lambda e: label_of(e.action)),
        Column(_("About"), lambda e: names.get(e.object_id) or object_label(e.object_type)),
        Column(_("Identifier"), lambda e: str(e.object_id or "")),
        Column(_("Details"), lambda e: ", ".join(f"{key}: {value}" for key, value in e.data.items())),
    ]


def about_person(person: Person, most: int = 20) -> list[AuditEntry]:
    """The last lines that concern a person: what was done to their record, and what they did."""
    query = select(AuditEntry).where(or_(AuditEntry.object_id == person.id, AuditEntry.actor_id == person.id))
    return list(db.session.scalars(query.order_by(AuditEntry.at.desc()).limit(most)))
