"""What the town hall and whoever carries something out do alike: note a day of work, add a photo."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, StringField, TextAreaField, validators

from civique.core import clock
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.stories import operations
from civique.core.stories.queries import story_of
from civique.core.stories.subjects import check, refusal
from civique.web.forms import OnceForm, QuantityField, at_most, optional, required
from civique.web.pages import page
from civique.web.submit import submit
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


def log_page(template: str, row: Any, day: type[DayForm], refused: OnceForm | None = None, **context: Any) -> Response:
    """The days of work and the photos of an object, with the forms that add one while that is possible.

    Args:
        day: form of a day.
        refused: the form that was refused, in its place.
    """
    return page(
        template,
        row=row,
        story=story_of(db.session, row.id),
        closed=refusal(db.session, row, "note"),
        day_form=refused if isinstance(refused, DayForm) else day(formdata=None, prefix="log-"),
        photo_form=refused if isinstance(refused, PhotoForm) else PhotoForm(formdata=None, prefix="photo-"),
        **context,
    )


def take_day(row: Any, form: DayForm, side: str, *, again: Callable[[OnceForm], Response], to: str) -> Response:
    """Note the day that a form tells."""

    def note() -> None:
        operations.write_log(db.session, row, form.day.data, form.text.data or "", side, form.hours.data)

    return submit(form, note, again=lambda: again(form), to=to, said=_("The day is noted."))


def take_photo(row: Any, owner_id: UUID | None, *, again: Callable[[OnceForm], Response], to: str) -> Response:
    """Add the photo that a form holds.

    Args:
        owner_id: whose it is: never the agent who puts it in.
    """
    form = PhotoForm(prefix="photo-")

    def add() -> None:
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

    said = _("The photo is added. Only the town hall and whoever carries this out see it for now.")
    return submit(form, add, again=lambda: again(form), to=to, said=said)
