"""Two agents on the same file: the second is told who changed what, keeps what was typed, and overwrites nothing unseen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from civique.core import audit
from civique.core.audit import AuditEntry
from civique.core.people.queries import names_of
from civique.web.forms import BaseForm
from tenants.db import db


@dataclass(frozen=True)
class Conflict:
    """Who saved the file in the meantime, when, and the fields that are not what this agent typed: label, value kept."""

    who: str
    when: datetime | None
    differences: list[tuple[str, str]]


def conflict(form: BaseForm, row: Any, last: AuditEntry | None = None) -> Conflict | None:
    """What moved since the form was opened, or None. The form then carries the new revision: sent again, it replaces.

    Args:
        last: line of the audit trail of the last change, for what is not a row with a history.
    """
    if form["revision"].data == row.revision:
        return None
    last = last or next(reversed(audit.history(db.session, row)), None)
    names = names_of(db.session, {last.actor_id} if last and last.actor_id else set())
    differences = [
        (str(field.label.text), _shown(field, getattr(row, field.name)))
        for field in form
        if field.name != "revision"
        and hasattr(row, field.name)
        and _plain(getattr(row, field.name)) != _plain(field.data)
    ]
    form["revision"].data = row.revision
    return Conflict(next(iter(names.values()), ""), last.at if last else None, differences)


def _plain(value: Any) -> str:
    return "" if value is None or value is False else str(value).replace("\r\n", "\n").strip()


def _shown(field: Any, value: Any) -> str:
    """A value as the form would show it: the label of a choice, the text of the rest."""
    labels = {str(key): str(label) for key, label in getattr(field, "choices", None) or ()}
    return labels.get(_plain(value), _plain(value))
