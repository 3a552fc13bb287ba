"""« Proposer une aide »: the form for everybody, on the site and on paper; the mairie reads, accepts or declines."""

from uuid import UUID

from flask import abort, current_app, session, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.organisations.queries import validated_names
from civique.core.refused import Refused
from civique.modules.fund.documents import papers
from civique.modules.fund.forms.proposals import AcceptForm, DeclineForm, ProposalForm
from civique.modules.fund.messages.proposals import in_words
from civique.modules.fund.models import Proposal
from civique.modules.fund.operations import proposals
from civique.modules.fund.privacy import proposals_kept
from civique.modules.fund.queries.proposals import likely_organisation
from civique.modules.fund.views.partners import blueprint, public
from civique.modules.fund.words import nature_of
from civique.services.identifiers import format_phone
from civique.web.access import PUBLIC, allow, visitor
from civique.web.application import limiter
from civique.web.conditional import personal
from civique.web.forms import choices
from civique.web.pages import go, go_path, notice, page
from tenants.db import db

KEY = "proposal"
"""Where the visit keeps the proposal whose receipt it may read."""


@public.get("/proposer")
@allow(PUBLIC)
def propose() -> Response:
    """The form; when no fund is open, where to write instead."""
    form, who = ProposalForm(), visitor().person
    if who is not None:
        form.contact_name.data, form.phone.data = who.name, who.phone
        form.email.data = who.email.address if who.email else None
    return _form_page(form, 200)


@public.post("/proposer")
@allow(PUBLIC)
@limiter.limit("20 per hour")
def send() -> Response:
    """Take the proposal and show its receipt."""
    form = ProposalForm()
    if not form.validate():
        return _form_page(form)
    earlier = form.already()
    if earlier:
        return go_path(earlier)
    try:
        proposal = proposals.receive_proposal(db.session, person_id=visitor().person_id, **form.facts())
    except Refused as broken:
        form.refuse(broken)
        return _form_page(form)
    session[KEY] = str(proposal.id)
    return go_path(form.leads_to(url_for("fund_thanks.receipt")))


@public.get("/proposer/recu")
@allow(PUBLIC)
def receipt() -> Response:
    """The receipt: reference, day, contact."""
    proposal = db.session.get(Proposal, UUID(session[KEY])) if session.get(KEY) else None
    if proposal is None:
        return go("fund_thanks.propose")
    due = proposal.created_at + proposals.DELAY
    personal()
    return page("fund/proposed.html", proposal=proposal, due=due, what=in_words(proposal))


@public.get("/formulaire.pdf")
@allow(PUBLIC)
def paper() -> Response:
    """The same form on paper."""
    response = current_app.response_class(papers.proposal_form(db.session), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="proposer-une-aide.pdf"'
    return response


def _form_page(form: ProposalForm, status: int = 422) -> Response:
    fund = proposals.open_fund(db.session)
    return page("fund/propose.html", status=status, form=form, fund=fund, kept=proposals_kept(db.session))


# The mairie ----------------------------------------------------------------------------------------------------------


@blueprint.get("/propositions/<uuid:proposal_id>")
@allow("fund.read")
def proposal(proposal_id: UUID) -> Response:
    """What is proposed, by whom, and what to answer."""
    return _proposal_page(_found(proposal_id))


@blueprint.post("/propositions/<uuid:proposal_id>/accepter")
@allow("fund.manage")
def accept(proposal_id: UUID) -> Response:
    """It becomes a pledge."""
    found, form = _found(proposal_id), _accept_form()
    if form.validate():
        chosen = UUID(form.organisation_id.data) if form.organisation_id.data else None
        try:
            pledged = proposals.accept_proposal(
                db.session, found, form.revision.data or 0, chosen, form.word.data or "", again=bool(form.again.data)
            )
            notice(_("Accepted: it is in the ledger as a pledge of %(name)s.", name=pledged.giver) + _to_call(found))
            return go("fund_partners.ledger")
        except Refused as broken:
            form.refuse(broken)
        except StaleDataError:
            form.fail("", _("A colleague changed it while you were reading. Nothing was overwritten."))
        db.session.rollback()
    return _proposal_page(_found(proposal_id), accepting=form)


@blueprint.post("/propositions/<uuid:proposal_id>/decliner")
@allow("fund.manage")
def decline(proposal_id: UUID) -> Response:
    """The mairie does not take it, and says why."""
    found, form = _found(proposal_id), DeclineForm()
    if form.validate():
        try:
            proposals.decline_proposal(db.session, found, form.revision.data or 0, form.why.data or "")
            notice(_("Declined.") + _to_call(found))
            return go("fund_partners.ledger")
        except Refused as broken:
            form.refuse(broken)
        except StaleDataError:
            form.fail("", _("A colleague changed it while you were reading. Nothing was overwritten."))
        db.session.rollback()
    return _proposal_page(_found(proposal_id), declining=form)


def _proposal_page(
    found: Proposal, *, accepting: AcceptForm | None = None, declining: DeclineForm | None = None
) -> Response:
    status = 422 if accepting or declining else 200
    if accepting is None:
        accepting = _accept_form(blank=True)
        likely = likely_organisation(db.session, found)
        accepting.organisation_id.data = str(likely.id) if likely else ""
    declining = declining or DeclineForm(formdata=None)
    accepting.revision.data = declining.revision.data = found.revision
    declining.revision.id = "decline-revision"
    return page(
        "fund/desk/proposal.html",
        status=status,
        proposal=found,
        accepting=accepting,
        declining=declining,
        what=in_words(found),
        nature=nature_of(found),
        fund=proposals.open_fund(db.session),
        until=long_date(found.valid_until, weekday=False) if found.valid_until else "",
        due=found.created_at + proposals.DELAY,
    )


def _to_call(found: Proposal) -> str:
    """What is left to the agent when nothing leaves by itself."""
    if found.email or found.person is not None or not found.phone:
        return ""
    return " " + _("They left no e-mail address: call %(phone)s.", phone=format_phone(found.phone))


def _accept_form(*, blank: bool = False) -> AcceptForm:
    form = AcceptForm(formdata=None) if blank else AcceptForm()
    form.organisation_id.choices = choices(validated_names(db.session), empty=_("Not in the list"))
    return form


def _found(proposal_id: UUID) -> Proposal:
    return db.session.get(Proposal, proposal_id) or abort(404)
