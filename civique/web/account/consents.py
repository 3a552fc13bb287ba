"""What I agree to, and what I agreed to for the minors of whom I am the legal guardian."""

from uuid import UUID

from flask import abort
from werkzeug.wrappers import Response
from wtforms import RadioField

from civique.core.consents.models import Consent
from civique.core.consents.operations import withdraw_consent
from civique.core.consents.queries import consents_of
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.people.queries import get_person, is_guardian, represented_by
from civique.web.access import SIGNED_IN, allow, me
from civique.web.account.blueprint import blueprint
from civique.web.consents import ConsentForm, note_consents, uses
from civique.web.forms import required
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.submit import attempt, submit
from tenants.db import db


class MyConsentForm(ConsentForm):
    """What I agree to, for myself or for a minor."""

    whom = RadioField(_l("For whom?"), [required()])


@blueprint.route("/accords", methods=["GET", "POST"])
@allow(SIGNED_IN)
def consents() -> Response:
    """What is agreed to, by person, and a form to agree to something."""
    people = [me(), *_relatives()]
    form = MyConsentForm()
    minors = [person for person in people if is_guardian(db.session, me(), person)]
    form.whom.choices = [(str(person.id), person.name) for person in (me(), *minors)]
    form.uses.choices = uses(of_minors=bool(minors))
    if not minors:
        form.whom.data = str(me().id)

    def give() -> None:
        whom = next(person for person in people if str(person.id) == form.whom.data)
        note_consents(form, whom, me().name, None if whom is people[0] else me())

    return submit(
        form,
        give,
        again=lambda: page(
            "account/consents.html",
            form=form,
            minors=minors,
            listed=[(person, consents_of(db.session, person)) for person in people],
        ),
        to="/mon-compte/accords",
        said=_("It is noted. You may withdraw it here at any time."),
    )


@blueprint.post("/accords/<uuid:consent_id>/retirer")
@allow(SIGNED_IN)
def withdraw(consent_id: UUID) -> Response:
    """No longer agree: for oneself or for a relative, at once."""
    consent = row_or_404(Consent, consent_id)
    if consent.person_id not in {person.id for person in (me(), *_relatives())}:
        abort(404)
    return attempt(
        lambda: withdraw_consent(db.session, consent),
        "/mon-compte/accords",
        _("It is withdrawn, with effect now."),
    )


def _relatives() -> list[Person]:
    """Those for whom I may act."""
    found = (get_person(db.session, proxy.for_person_id) for proxy in represented_by(db.session, me()))
    return [person for person in found if person is not None]
