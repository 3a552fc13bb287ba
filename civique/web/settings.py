"""Pages of settings: a form filled with what is saved, saved again unless a colleague did so in the meantime. The page of a
module is made of its settings class.
"""

from collections.abc import Callable
from dataclasses import Field, asdict, fields
from inspect import isfunction
from types import SimpleNamespace
from typing import Any, TypeVar

from flask import Blueprint, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField, IntegerField, StringField, TextAreaField, validators

from civique.core import audit, settings
from civique.core.audit import AuditEntry
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.web.access import allow
from civique.web.forms import BaseForm, RevisionField, SiretField, at_most, later, optional, required
from civique.web.pages import page
from civique.web.submit import submit
from tenants.db import db

ONE_LINE = 200
"""Signs of a text that is typed on one line; a longer one has several."""


class SettingsForm(BaseForm):
    """Settings of one subject, with the number of the version being edited."""

    revision = RevisionField(default=0)


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


class LinesField(TextAreaField):
    """A list of texts, one a line."""

    def process_data(self, value: Any) -> None:
        """What is saved, one a line."""
        self.data = "\n".join(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """What was typed; it is read by :meth:`lines`."""
        self.data = valuelist[0] if valuelist else ""

    def lines(self) -> tuple[str, ...]:
        """The lines that hold something."""
        return tuple(line.strip() for line in (self.data or "").splitlines() if line.strip())


def _field(each: Field[Any]) -> Any:
    """The field of the form for a field of a settings class."""
    label, least, most = each.metadata["label"], each.metadata["least"], each.metadata["most"]
    if each.metadata["kind"] == "siret":
        return SiretField(label, [optional()])
    if isinstance(each.default, bool):
        return BooleanField(label)
    if isinstance(each.default, int):
        return IntegerField(label, [required(), validators.NumberRange(least, most)])
    if isinstance(each.default, tuple):
        return LinesField(label, [required(_l("Write at least one line.")), at_most(4000)], render_kw={"rows": 6})
    if (most or 0) > ONE_LINE:
        return TextAreaField(label, [later(), at_most(most)], render_kw={"rows": 4})
    return StringField(label, [later(), at_most(most or ONE_LINE)])


def form_of(kind: type[settings.SettingsClass]) -> type[SettingsForm]:
    """The form of a settings class: its fields made with :func:`civique.core.settings.setting`."""
    return type(
        f"{kind.__name__}Form",
        (SettingsForm,),
        {each.name: _field(each) for each in fields(kind) if "label" in each.metadata},
    )


def add_settings_page(
    blueprint: Blueprint,
    kind: type[settings.SettingsClass],
    *,
    permission: str,
    title: Any,
    back: tuple[str, Any],
) -> None:
    """Add to a blueprint of the back office the page of its settings, ``/reglages``.

    Args:
        kind: its ``check(self)``, when it has one, raises ``Refused`` with the field of what does not go together.
        back: endpoint and name of the page that it is left for.
    """

    form_class = form_of(kind)

    @blueprint.route("/reglages", methods=["GET", "POST"], endpoint="settings_page")
    @allow(permission)
    def settings_page() -> Response:
        """What the commune chooses."""
        current = settings.get(db.session, kind)
        form = filled(form_class, current)
        hints = {each.name: _hint(each) for each in fields(kind) if "label" in each.metadata}
        return submit_settings(
            form,
            kind,
            kind.KEY,
            lambda: _values(form),
            again=lambda: page("desk/settings.html", form=form, title=title, back=back, hints=hints),
            to=url_for(f"{blueprint.name}.settings_page"),
            said=_("The settings are saved."),
            check=lambda: _together(form, kind, current),
        )


def _hint(each: Field[Any]) -> str:
    hint: Any = each.metadata["hint"]
    return hint(db.session) if isfunction(hint) else str(hint)


def _values(form: SettingsForm) -> dict[str, Any]:
    """What was typed, as the settings class holds it."""
    values = {}
    for each in form:
        if each.name != "revision":
            empty = "" if each.data is None else each.data
            values[each.name] = each.lines() if isinstance(each, LinesField) else empty
    return values


def _together(form: SettingsForm, kind: type[Any], current: Any) -> bool:
    """Whether the values go together; what does not is said beside its field."""
    if hasattr(kind, "check"):
        try:
            kind(**{**asdict(current), **_values(form)}).check()
        except Refused as refused:
            form.refuse(refused)
            return False
    return True
