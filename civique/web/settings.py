"""Pages of settings: a form filled with what is saved, saved again unless a colleague did so in the meantime."""

from collections.abc import Callable
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any, TypeVar

from sqlalchemy import select
from werkzeug.wrappers import Response

from civique.core import audit, settings
from civique.core.audit import AuditEntry
from civique.web.forms import BaseForm, RevisionField
from civique.web.submit import submit
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


class Saved(SimpleNamespace):
    """Settings of one subject as they are now, as a row that a form compares itself with."""

    def last_change(self) -> AuditEntry | None:
        """The line of the audit trail of their last change."""
        query = select(AuditEntry).where(
            AuditEntry.action == "settings.changed", AuditEntry.data["section"].astext == self.section
        )
        return db.session.scalars(query.order_by(AuditEntry.at.desc()).limit(1)).first()


def saved_now(kind: type[settings.SettingsClass], section: str) -> Saved:
    """What is saved of a subject."""
    known = asdict(settings.get(db.session, kind))
    return Saved(**known, revision=settings.revision(db.session, kind), section=section)


def moved(form: SettingsForm, current: settings.SettingsClass, section: str) -> Saved | None:
    """What a colleague saved of the subject in the meantime; the form then says it."""
    now = saved_now(type(current), section)
    if form.revision.data != now.revision:
        form.show_conflict(now)
        return now
    return None


def save(form: SettingsForm, kind: type[settings.SettingsClass], section: str, **values: Any) -> None:
    """Save settings of one subject and leave a line in the audit trail.

    Raises:
        StaleDataError: a colleague saved since the page was opened.
    """
    settings.change(db.session, kind, revision=form.revision.data, **values)
    audit.record(db.session, "settings.changed", section=section)


def submit_settings(
    form: SettingsForm,
    kind: type[settings.SettingsClass],
    section: str,
    values: Callable[[], dict[str, Any]],
    *,
    again: Callable[[], Response],
    to: str | Callable[[None], str],
    said: str = "",
    check: Callable[[], bool] | None = None,
) -> Response:
    """Save settings of one subject, unless a colleague did so in the meantime; as :func:`submit`."""

    def do() -> None:
        save(form, kind, section, **values())

    return submit(form, do, again=again, to=to, said=said, about=lambda: saved_now(kind, section), check=check)
