"""Pages of settings: a form filled with what is saved, saved again unless a colleague did so in the meantime."""

from dataclasses import asdict
from types import SimpleNamespace
from typing import Any, TypeVar

from sqlalchemy import select

from civique.core import audit, settings
from civique.core.audit import AuditEntry
from civique.web.desk.editing import Conflict, conflict
from civique.web.forms import BaseForm, RevisionField
from tenants.db import db


class SettingsForm(BaseForm):
    """Settings of one subject, with the number of the version being edited."""

    revision = RevisionField(default=0)

    def facts(self) -> dict[str, Any]:
        """What was typed, by field."""
        return {field.name: field.data for field in self if field.name != "revision"}


F = TypeVar("F", bound=SettingsForm)


def filled(form: type[F], current: settings.SettingsClass, **more: Any) -> F:
    """The form of a subject, with what is saved now; ``more`` are fields that the subject does not hold as such."""
    return form(data=asdict(current) | {"revision": settings.revision(db.session, type(current))} | more)


def moved(form: SettingsForm, current: settings.SettingsClass, section: str) -> Conflict | None:
    """What a colleague saved in the meantime, to be shown beside what was typed."""
    row = SimpleNamespace(**asdict(current), revision=settings.revision(db.session, type(current)))
    query = select(AuditEntry).where(
        AuditEntry.action == "settings.changed", AuditEntry.data["section"].astext == section
    )
    return conflict(form, row, db.session.scalars(query.order_by(AuditEntry.at.desc()).limit(1)).first())


def save(form: SettingsForm, kind: type[settings.SettingsClass], section: str, **values: Any) -> None:
    """Save settings of one subject and leave a line in the audit trail.

    Raises:
        StaleDataError: a colleague saved since the page was opened.
    """
    settings.change(db.session, kind, revision=form.revision.data, **values)
    audit.record(db.session, "settings.changed", section=section)
