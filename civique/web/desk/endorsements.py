"""Endorsements that reach the mairie on paper, by telephone or at the counter: noted for a resident, or withdrawn for them."""

from uuid import UUID

from flask import Blueprint, request, session, url_for
from werkzeug.wrappers import Response

from civique.core.endorsements import operations
from civique.core.endorsements.queries import commented_by, endorsed_by, endorsements_by
from civique.core.endorsements.subjects import open_to
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.web.access import allow
from civique.web.desk.comment_forms import CounterEndorsementForm
from civique.web.desk.counter import resident
from civique.web.desk.counter_forms import COUNTER_CHANNELS
from civique.web.endorsements import kinds, subject_or_404
from civique.web.forms import choices
from civique.web.pages import go, notice, page
from civique.web.submit import submit
from tenants.db import db

blueprint = Blueprint("desk_endorsements", __name__, url_prefix="/mairie/soutiens")
PERMISSION = "core.endorsements"


@blueprint.route("/saisir", methods=["GET", "POST"])
@allow(PERMISSION)
def endorse() -> Response:
    """Note the endorsement of a resident, or that they withdraw one; a comment waits to be read, as one from the site."""
    person = resident()
    if person is None:
        return _choose_person()
    form = _form(person)
    if request.method == "GET":
        form.channel.data = session.get("counter_channel", form.channel.data)

    def do() -> None:
        subject = subject_or_404(UUID(form.object_id.data))
        words = (form.comment.data or "").strip() if form.comment else ""
        if words:
            operations.write_comment(db.session, subject, person, words, form.channel.data)
        else:
            operations.endorse(db.session, subject, person, form.channel.data)
        session["counter_channel"] = form.channel.data

    return submit(
        form,
        do,
        again=lambda: _endorsement_page(resident() or person, form),
        to=url_for("desk_endorsements.endorse", personne=person.id),
        said=_("The support of %(name)s is counted.", name=person.name),
    )


@blueprint.post("/<uuid:subject_id>/retirer")
@allow(PERMISSION)
def withdraw(subject_id: UUID) -> Response:
    """A resident says that they no longer endorse something; their comment goes too."""
    subject, person = subject_or_404(subject_id), resident()
    if person is None:
        return _choose_person()
    operations.withdraw_endorsement(db.session, subject.row, person, by_agent=True)
    notice(_("%(name)s no longer supports this project.", name=person.name))
    return go("desk_endorsements.endorse", personne=person.id)


def _choose_person() -> Response:
    return go("desk_counter.person", pour="desk_endorsements.endorse")


def _form(person: Person) -> CounterEndorsementForm:
    form = CounterEndorsementForm()
    form.channel.choices = choices(COUNTER_CHANNELS.items())
    known = endorsed_by(db.session, person)
    found = [subject for kind in kinds() for subject in open_to(db.session, kind, person)]
    form.object_id.choices = choices([(s.row.id, _named(s.title, s.row.id in known)) for s in found], empty=_("Choose"))
    if not any(kind.commented(db.session) for kind in kinds()):
        del form.comment
    return form


def _named(title: str, endorsed: bool) -> str:
    return _("%(title)s (supported already)", title=title) if endorsed else title


def _endorsement_page(person: Person, form: CounterEndorsementForm) -> Response:
    return page(
        "desk/counter/endorse.html",
        person=person,
        form=form,
        endorsed=endorsements_by(db.session, person, [kind.object_type for kind in kinds()]),
        commented=commented_by(db.session, person),
    )
