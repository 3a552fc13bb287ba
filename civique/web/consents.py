"""What the pages of consents share, in « Mon compte » and at the desk: what may be agreed to, and noting it."""

from datetime import date, timedelta

from wtforms import DateField

from civique.core import clock
from civique.core.consents.models import KINDS, MEDIA
from civique.core.consents.operations import give_consent
from civique.core.documents.models import StoredFile
from civique.core.i18n import _l
from civique.core.people.models import Person
from civique.web.forms import ChecksField, OnceForm, required
from tenants.db import db


def uses(*, of_minors: bool) -> list[tuple[str, str]]:
    """What may be agreed to, « kind:medium » and words.

    Args:
        of_minors: also what only a legal guardian agrees to.
    """
    images = [(f"image:{medium}", f"{KINDS['image']}, {label}") for medium, label in MEDIA.items()]
    return [*images, *([("participation:", str(KINDS["participation"]))] if of_minors else [])]


def in_a_year() -> date:
    """The day on which a consent ends when nothing else is said."""
    return clock.today() + timedelta(days=365)


class ConsentForm(OnceForm):
    """What is agreed to (its page says what is proposed: ``uses``), and until when."""

    uses = ChecksField(_l("Agrees to"), [required(_l("Tick at least one use."))])
    until = DateField(_l("Until"), [required(_l("Choose the last day."))], default=in_a_year)


def note_consents(
    form: ConsentForm, person: Person, given_by: str, guardian: Person | None = None, file: StoredFile | None = None
) -> None:
    """Note each use that was ticked."""
    assert form.until.data is not None, "the form asks for it"
    for use in form.uses.data or ():
        kind, _sign, medium = use.partition(":")
        give_consent(
            db.session,
            person,
            kind,
            medium=medium,
            given_by=given_by,
            until=form.until.data,
            guardian=guardian,
            file=file,
        )
