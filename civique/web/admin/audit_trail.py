"""The audit trail: who did what, when; names are read at display, the trail itself holds ids."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from flask import Blueprint
from sqlalchemy import ColumnElement, or_, select

from civique.core import clock
from civique.core.access.models import Credential, RoleGrant
from civique.core.audit import AuditEntry
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.people.queries import active_people, named
from civique.web.audit_labels import detail_of, label_of, object_label
from civique.web.desk_list import DeskList, Filter, newest, oldest
from civique.web.tables import Column
from tenants.db import db

blueprint = Blueprint("audit_trail", __name__, url_prefix="/mairie/journal")


def _actions() -> dict[str, str]:
    """Actions that the trail holds, by their words."""
    found = {action: label_of(action) for action in db.session.scalars(select(AuditEntry.action).distinct())}
    return dict(sorted(found.items(), key=lambda action: action[1]))


def _about(text: str) -> list[ColumnElement[bool]]:
    """Conditions: the lines of the people whose names hold the text, and those about them."""
    ids = active_people().where(*named(text)).with_only_columns(Person.id)
    return [or_(AuditEntry.actor_id.in_(ids), AuditEntry.object_id.in_(ids))]


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


LIST = DeskList(
    name="journal",
    title=_l("Audit trail"),
    select=lambda: select(AuditEntry),
    columns=_columns,
    template="admin/audit_trail.html",
    orders=(newest(AuditEntry.at), oldest(AuditEntry.at)),
    filters=(
        Filter("action", _l("Action"), _actions, lambda code: AuditEntry.action == code),
        Filter("since", _l("From the"), None, lambda day: AuditEntry.at >= _midnight(day)),
        Filter("until", _l("To"), None, lambda day: AuditEntry.at < _midnight(day + timedelta(days=1))),
    ),
    words=_about,
    words_label=_l("Person"),
    beside=lambda rows: {"names": names_in(rows)},
)
LIST.add_to(blueprint, "core.audit", lambda: {"label": label_of, "detail": detail_of, "kind": object_label})


def about_person(person: Person, most: int = 20) -> list[AuditEntry]:
    """The last lines that concern a person: what was done to their record, and what they did."""
    query = select(AuditEntry).where(or_(AuditEntry.object_id == person.id, AuditEntry.actor_id == person.id))
    return list(db.session.scalars(query.order_by(AuditEntry.at.desc()).limit(most)))
