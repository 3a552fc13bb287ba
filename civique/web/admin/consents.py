"""What a person agrees to, noted at the desk from a paper, and withdrawn."""

from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response
from wtforms import StringField

from civique.core.consents.models import Consent
from civique.core.consents.operations import withdraw_consent
from civique.core.consents.queries import consents_of
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.access import allow
from civique.web.admin.people import person_or_404
from civique.web.consents import ConsentForm, note_consents, uses
from civique.web.forms import at_most, optional, required
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.submit import attempt, submit
from civique.web.uploads import UploadField, keep_upload
from tenants.db import db

blueprint = Blueprint("consents", __name__, url_prefix="/mairie/personnes/<uuid:person_id>/accords")


class DeskConsentForm(ConsentForm):
    """What was agreed to on paper or at the counter, and by whom."""

    given_by = StringField(
        _l("Who agrees? The person, or a legal guardian"),
        [required(_l("Write the name of who agrees.")), at_most(170)],
    )
    file = UploadField(_l("The signed paper, photographed or scanned"), [optional()])


@blueprint.route("", methods=["GET", "POST"])
@allow("core.consents")
def listing(person_id: UUID) -> Response:
    """What is agreed to, and a form to note more."""
    person, form = person_or_404(person_id), DeskConsentForm()
    form.uses.choices = uses(of_minors=True)

    def note() -> None:
        file = (
            keep_upload(form.file.data, visibility="staff", permission="core.consents", person_id=person.id)
            if form.file.data
            else None
        )
        note_consents(form, person, form.given_by.data or "", file=file)

    return submit(
        form,
        note,
        again=lambda: page(
            "admin/people/consents.html", person=person, form=form, consents=consents_of(db.session, person)
        ),
        to=url_for("consents.listing", person_id=person.id),
        said=_("It is noted."),
    )


@blueprint.post("/<uuid:consent_id>/retirer")
@allow("core.consents")
def withdraw(person_id: UUID, consent_id: UUID) -> Response:
    """The person no longer agrees."""
    person = person_or_404(person_id)
    consent = row_or_404(Consent, consent_id, person_id=person.id)
    return attempt(
        lambda: withdraw_consent(db.session, consent),
        url_for("consents.listing", person_id=person.id),
        _("It is withdrawn, with effect now."),
    )
