"""Days of work and photos: the page where the town hall, and whoever carries something out, note them alike."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, StringField, TextAreaField, validators

from civique.core import clock
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.stories import operations
from civique.core.stories.declarations import Told
from civique.core.stories.queries import story_of
from civique.core.stories.subjects import check, is_on, refusal
from civique.web.access import allow
from civique.web.forms import OnceForm, QuantityField, at_most, optional, required
from civique.web.pages import page
from civique.web.submit import attempt, submit
from civique.web.uploads import UploadField, keep_upload
from tenants.db import db


class DayForm(OnceForm):
    """A day of work."""

    day = DateField(_l("Which day?"), [required(_l("Choose a day."))], default=clock.today)
    text = TextAreaField(
        _l("What was done?"), [required(_l("Write a few words.")), at_most(1000)], render_kw={"rows": 3}
    )
    hours = QuantityField(_l("Hours given, all people together"), [optional(), validators.NumberRange(0, 9999)])


class DeskDayForm(DayForm):
    """A day of work that the town hall notes: its own, or what was told at the counter."""

    side = RadioField(
        _l("Who worked?"),
        [required()],
        choices=[("applicant", _l("The applicant’s side")), ("commune", _l("The commune"))],
        default="commune",
    )


class PhotoForm(OnceForm):
    """A photo."""

    file = UploadField(_l("Photo"), [required(_l("Choose a photo."))], render_kw={"accept": "image/*"})
    alternative = StringField(
        _l("What does it show?"), [required(_l("Say in a few words what the photo shows.")), at_most(300)]
    )


def add_log_routes(
    blueprint: Blueprint,
    place: str,
    permission: str,
    load: Callable[[UUID], tuple[Any, Told]],
    template: str,
    day: type[DayForm],
    owner: Callable[[Told], UUID | None],
) -> None:
    """Add to a blueprint the page of the days of work and the photos of an object, and what is done there: ``log``,
    ``note_day``, ``add_picture``, ``remove_picture``.

    Args:
        place: address before that of the object.
        load: reads an object that the visitor may note something of, with what is told of it, or aborts with 404.
        day: form of a day; without a side, it is the applicant's.
        owner: whose a photo is: never the agent's who puts it in.
    """

    def shown(object_id: UUID, refused: OnceForm | None = None) -> Response:
        row, told = load(object_id)
        return page(
            template,
            row=row,
            told=told,
            on=is_on(db.session, row),
            story=story_of(db.session, object_id),
            closed=refusal(db.session, row, "note"),
            day_form=refused if isinstance(refused, DayForm) else day(formdata=None, prefix="log-"),
            photo_form=refused if isinstance(refused, PhotoForm) else PhotoForm(formdata=None, prefix="photo-"),
        )

    def take(object_id: UUID, form: OnceForm, do: Callable[[], object], said: str) -> Response:
        return submit(form, do, again=lambda: shown(object_id, form), to=path(object_id), said=said)

    def path(object_id: UUID) -> str:
        return url_for(f"{blueprint.name}.log", object_id=object_id)

    def log(object_id: UUID) -> Response:
        return shown(object_id)

    def note_day(object_id: UUID) -> Response:
        (row, _told), form = load(object_id), day(prefix="log-")
        side = form["side"].data if "side" in form else "applicant"

        def note() -> None:
            operations.write_log(db.session, row, form.day.data, form.text.data or "", side, form.hours.data)

        return take(object_id, form, note, _("The day is noted."))

    def add_picture(object_id: UUID) -> Response:
        (row, told), form = load(object_id), PhotoForm(prefix="photo-")
        said = _("The photo is added. Only the town hall and whoever carries this out see it for now.")
        return take(object_id, form, lambda: _keep_photo(row, form, owner(told)), said)

    def remove_picture(object_id: UUID, picture_id: UUID) -> Response:
        row, _told = load(object_id)
        return attempt(lambda: operations.remove_picture(db.session, row, picture_id), path(object_id))

    for method, rule, view in (
        ("GET", "journal", log),
        ("POST", "journal", note_day),
        ("POST", "photos", add_picture),
        ("POST", "photos/<uuid:picture_id>/retirer", remove_picture),
    ):
        blueprint.add_url_rule(
            f"{place}/<uuid:object_id>/{rule}", view.__name__, allow(permission)(view), methods=[method]
        )


def _keep_photo(row: Any, form: PhotoForm, owner_id: UUID | None) -> None:
    """Keep a photo for whoever carries the object out and for the agents who may see it."""
    assert form.file.data is not None, "the form asks for it"
    file = keep_upload(
        form.file.data,
        visibility="staff",
        permission=check(db.session, row, "note").read,
        alternative=form.alternative.data or "",
        person_id=owner_id,
        pictures_only=True,
    )
    operations.add_picture(db.session, row, file)
