"""Settings of the commune: identity, contact, texts, accessibility audit, durations, block to embed."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from civique.core import clock, commune, settings
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import drop_file
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.web import theme
from civique.web.access import allow
from civique.web.admin.settings_forms import (
    AuditForm,
    ContactForm,
    IdentityForm,
    RetentionForm,
    TextsForm,
)
from civique.web.admin.setup import STEPS, left_as_it_was, saved, skipped, step_page
from civique.web.pages import page
from civique.web.settings import SettingsForm, filled, submit_settings
from civique.web.uploads import keep_upload
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("settings", __name__, url_prefix="/mairie")
# Least and most months that one may choose, and why: exact values belong to the commune's archivist or DPO.
DURATIONS: dict[str, tuple[int, int, Any]] = {
    "inactive_person": (6, 60, _l("Three years after the last contact is what the CNIL usually accepts.")),
    "message": (3, 60, _l("As long as one may have to prove what was said: two years covers most appeals.")),
    "question": (3, 60, _l("Counted from the question; open ones are never deleted.")),
    "audit": (12, 120, _l("Proof of who did what. The CNIL recommends at least six months.")),
    "sign_in": (1, 24, _l("Accepted, withdrawn or forgotten invitations.")),
}


def both(path: str, **options: Any) -> Any:
    """Register a page twice: under /reglages, and under /mise-en-route as a step of the set-up."""

    def register(view: Any) -> Any:
        for folder, set_up in (("reglages", False), ("mise-en-route", True)):
            blueprint.add_url_rule(f"/{folder}/{path}", view_func=view, defaults={"set_up": set_up}, **options)
        return view

    return register


@blueprint.get("/reglages")
@allow("core.settings")
def home() -> Response:
    """Every section."""
    return page("admin/settings/home.html", steps=STEPS, state=settings.get(db.session, commune.SetUp))


@both("identite", methods=["GET", "POST"])
@allow("core.settings")
def identity(set_up: bool) -> Response:
    """Name, welcome, logo, colour, photo. A fragment shows what a colour becomes once corrected."""
    current = settings.get(db.session, commune.Identity)
    more = {"article": str(current.article), "photo_text": _photo_text(current)}
    form = filled(IdentityForm, current, **more)
    form.offer_articles()
    if set_up and left_as_it_was(form, asdict(current) | more):
        return skipped("identity")

    def shown() -> Response:
        chosen = request.args.get("colour") or form.colour.data or current.colour
        chosen = chosen if theme.HEX.fullmatch(chosen) else current.colour
        return step_page(
            "admin/settings/identity.html",
            "identity",
            set_up,
            block="preview",
            form=form,
            chosen=chosen,
            used=theme.corrected(chosen),
            identity=current,
            logo=_file(current.logo_id),
            photo=_file(current.photo_id),
        )

    values = partial(_identity, form, current)
    return submit_settings(form, commune.Identity, "identity", values, again=shown, to=_after("identity", set_up))


def _after(code: str, set_up: bool) -> Callable[[None], str]:
    return lambda _none: saved(code, set_up)


def _file(file_id: str) -> StoredFile | None:
    return db.session.get(StoredFile, UUID(file_id)) if file_id else None


def _photo_text(current: commune.Identity) -> str:
    photo = _file(current.photo_id)
    return photo.alternative if photo else ""


def _identity(form: IdentityForm, current: commune.Identity) -> dict[str, Any]:
    """What the form says, its pictures kept.

    Raises:
        Refused: a photo without words, a file that is no picture.
    """
    if form.photo.data and not form.photo_text.data:
        sentence = _("Say in a few words what the photo shows, for people who cannot see it.")
        raise Refused(sentence, "photo_text")
    kept = {"logo_id": current.logo_id, "photo_id": current.photo_id}
    for name, alternative in (("logo", ""), ("photo", form.photo_text.data or "")):
        former, upload = kept[f"{name}_id"], form[name].data
        if upload is not None:
            file = keep_upload(upload, visibility="public", alternative=alternative, pictures_only=True, field=name)
            kept[f"{name}_id"] = str(file.id)
        elif request.form.get(f"remove_{name}"):
            kept[f"{name}_id"] = ""
        if kept[f"{name}_id"] != former:
            _forget(former)
    photo = _file(kept["photo_id"])
    if photo is not None and form.photo_text.data:
        photo.alternative = form.photo_text.data
    texts = ("tagline", "welcome_title", "welcome_text")
    return {
        **({"article": int(form.article.data)} if form.article else {}),
        "colour": form.colour.data.lower(),
        **{name: form[name].data or "" for name in texts},
        **kept,
    }


def _forget(file_id: str) -> None:
    file = _file(file_id)
    if file is not None:
        drop_file(db.session, file)


@both("contact", methods=["GET", "POST"])
@allow("core.settings")
def contact(set_up: bool) -> Response:
    """How to reach the mairie. In the set-up, the hours of most town halls of villages are there to be corrected."""
    current = settings.get(db.session, commune.Contact)
    more = {"hours": _("Monday to Friday: 9 a.m. to noon")} if set_up and not current.hours else {}
    return _texts_page(ContactForm, current, "contact", set_up, **more)


@both("textes", methods=["GET", "POST"])
@allow("core.settings")
def texts(set_up: bool) -> Response:
    """Texts that the mairie may write itself."""
    return _texts_page(TextsForm, settings.get(db.session, commune.Texts), "texts", set_up)


def _texts_page(kind: type[SettingsForm], current: Any, code: str, set_up: bool, **more: str) -> Response:
    """A subject whose fields are all texts; ``more`` is proposed where nothing is saved yet."""
    form = filled(kind, current, **more)
    if set_up and left_as_it_was(form, asdict(current) | more):
        return skipped(code)

    def shown() -> Response:
        return step_page(f"admin/settings/{code}.html", code, set_up, form=form)

    def values() -> dict[str, Any]:
        return {name: value or "" for name, value in form.facts().items()}

    return submit_settings(form, type(current), code, values, again=shown, to=_after(code, set_up))


@blueprint.route("/reglages/accessibilite", methods=["GET", "POST"])
@allow("core.settings")
def accessibility() -> Response:
    """The last audit: it decides what the footer of every page says."""
    current = settings.get(db.session, commune.Accessibility)
    on = date.fromisoformat(current.audited_on) if current.audited_on else None
    form = filled(AuditForm, current, audited_on=on)

    def shown() -> Response:
        return page("admin/settings/accessibility.html", form=form, level=current.level)

    def values() -> dict[str, Any]:
        day = form.audited_on.data.isoformat() if form.audited_on.data else ""
        return {"audited_on": day, "auditor": form.auditor.data or "", "rate": form.rate.data or 0}

    return submit_settings(
        form,
        commune.Accessibility,
        "accessibility",
        values,
        again=shown,
        to=url_for("settings.accessibility"),
        said=_("Saved. The footer of every page now says it."),
        check=lambda: not _audit_problem(form),
    )


def _audit_problem(form: AuditForm) -> bool:
    if form.rate.data and not form.audited_on.data:
        form.fail("audited_on", _("Write the date of the audit that gave this figure."))
    elif form.audited_on.data and form.audited_on.data > clock.today():
        form.fail("audited_on", _("This day is still to come."))
    else:
        return False
    return True


@blueprint.route("/reglages/durees", methods=["GET", "POST"])
@allow("core.settings")
def retention() -> Response:
    """How long things are kept, each with its reason."""
    form = filled(RetentionForm, settings.get(db.session, commune.Retention))

    def shown() -> Response:
        return page("admin/settings/retention.html", form=form, durations=DURATIONS)

    return submit_settings(
        form,
        commune.Retention,
        "retention",
        form.facts,
        again=shown,
        to=url_for("settings.retention"),
        said=_("Saved. The new durations apply from tonight."),
        check=lambda: not _duration_problem(form),
    )


def _duration_problem(form: RetentionForm) -> bool:
    for name, (least, most, _reason) in DURATIONS.items():
        if not least <= (form[name].data or 0) <= most:
            form.fail(name, _("Between %(least)s and %(most)s months.", least=least, most=most))
    return any(form[name].errors for name in DURATIONS)


@blueprint.get("/reglages/bloc")
@allow("core.settings")
def embed() -> Response:
    """The line to copy into the commune's existing website."""
    address = commune.site_address(current_tenant())
    title = _("Participate")
    line = f'<iframe src="{address}/bloc" title="{title}" width="100%" height="420" loading="lazy"></iframe>'
    return page("admin/settings/embed.html", line=line, address=address)
