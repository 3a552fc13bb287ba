"""Partners of the commune: the thanks that everybody reads, and « Proposer une aide », on the site and on paper."""

from uuid import UUID

from flask import Blueprint, session, url_for
from werkzeug.wrappers import Response

from civique.core.contributions import papers, proposals
from civique.core.contributions.labels import in_words, nature_of
from civique.core.contributions.models import ContributionProposal
from civique.core.contributions.privacy import proposals_kept
from civique.core.contributions.queries import thanked
from civique.core.people.models import Person
from civique.web.access import PUBLIC, allow
from civique.web.applicant import address_for_answer, applicant_or_nobody, fill_in_contact
from civique.web.application import limiter
from civique.web.conditional import personal
from civique.web.contributions import recipients
from civique.web.pages import as_pdf, go, page
from civique.web.site.partner_forms import ProposalForm
from civique.web.submit import submit
from tenants.db import db

blueprint = Blueprint("partners", __name__, url_prefix="/partenaires")
KEY = "proposal"
"""Where the visit keeps the proposal whose receipt it may read."""


@blueprint.get("")
@allow(PUBLIC)
def thanks() -> Response:
    """Partners who agreed to be thanked, by what they gave to."""
    found = recipients()
    public = [recipient for recipient in found if recipient.public]
    gifts = thanked(db.session, [recipient.row.id for recipient in public]) if public else {}
    groups = [(r.label, gifts[r.row.id]) for r in public if r.row.id in gifts]
    return page("site/partners/thanks.html", groups=groups, nature_of=nature_of, open=any(r.open for r in found))


@blueprint.route("/proposer", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("20 per hour", methods=["POST"])
def propose() -> Response:
    """Take the proposal and show its receipt; when nothing takes help, the page says where to write instead."""
    form, who = ProposalForm(), applicant_or_nobody()
    fill_in_contact(form, "contact_name")

    def do() -> None:
        facts = {**form.facts(), "email": address_for_answer(form), "person_id": who.id if who else None}
        made = proposals.propose_contribution(db.session, recipients(), **facts)
        session[KEY] = str(made.id)

    return submit(form, do, again=lambda: _form_page(form, who), to=url_for("partners.receipt"))


@blueprint.get("/proposer/recu")
@allow(PUBLIC)
def receipt() -> Response:
    """The receipt: reference, day, contact."""
    proposal = db.session.get(ContributionProposal, UUID(session[KEY])) if session.get(KEY) else None
    if proposal is None:
        return go("partners.propose")
    personal()
    due = proposal.created_at + proposals.DELAY
    return page("site/partners/proposed.html", proposal=proposal, due=due, what=in_words(proposal))


@blueprint.get("/formulaire.pdf")
@allow(PUBLIC)
def paper() -> Response:
    """The same form on paper."""
    return as_pdf(papers.proposal_form(db.session), "proposer-une-aide")


def _form_page(form: ProposalForm, who: Person | None) -> Response:
    is_open = any(recipient.open for recipient in recipients())
    return page("site/partners/propose.html", form=form, who=who, open=is_open, kept=proposals_kept(db.session))
