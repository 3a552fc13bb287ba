"""Claiming a paper, checking it, attaching it."""

from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.answers.models import AnswerDue
from civique.core.claims.events import Paper, PaperClaimed
from civique.core.claims.models import PaperClaim
from civique.core.claims.queries import find_paper, paper_of
from civique.core.events import tell
from civique.core.folding import fold
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.core.messages.operations import write_to
from civique.core.people.models import Person
from civique.core.people.operations import merge_people
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from tenants.session import TenantSession

MOST_WAITING = 5
"""Claims of one person that the mairie has not answered."""


REFUSALS = {
    "unknown": _l(
        "We find no paper with this reference and this name. Look at the receipt or the card again, or ask the town hall."
    ),
    "own": _l("This is in your account already."),
    "waiting": _l("You asked for this already: the town hall will answer."),
    "taken": _l("This paper cannot be asked for here. Go to the town hall with your receipt."),
    "many": _l("The town hall has not answered your earlier requests yet. Wait for its answer, or call."),
}


def _refused(rule: str) -> Refused:
    return Refused(REFUSALS[rule], "reference", rule=rule)


def ask_claim(session: TenantSession, person: Person, reference: str, name: str) -> PaperClaim:
    """Claim what was left under a reference and a name. Nothing changes hands before the mairie has checked.

    Raises:
        Refused: a wrong reference and a wrong name are not told apart, nor is it told whose the paper is.
    """
    paper = find_paper(session, reference)
    if paper is None or not name.strip() or _words(paper.name) != _words(name):
        raise _refused("unknown")
    kind = type(paper.row).__tablename__
    mine = (PaperClaim.person_id == person.id, PaperClaim.state == "waiting")
    if _belongs_to(session, paper, person):
        raise _refused("own")
    if session.scalars(select(PaperClaim).where(*mine, PaperClaim.object_id == paper.row.id)).first():
        raise _refused("waiting")
    if holder_of(session, paper) is not None:
        raise _refused("taken")
    if session.execute(select(func.count()).select_from(PaperClaim).where(*mine)).scalar_one() >= MOST_WAITING:
        raise _refused("many")
    claim = PaperClaim(
        person_id=person.id,
        reference=paper.reference,
        name=name.strip()[:170],
        object_type=kind,
        object_id=paper.row.id,
    )
    try:
        with session.begin_nested():
            session.add(claim)
    except IntegrityError:
        raise _refused("taken") from None
    audit.record(session, "claim.asked", claim)
    return claim


def accept_claim(session: TenantSession, claim: PaperClaim, revision: int, *, same: bool = False) -> None:
    """The mairie has checked: the paper is this person's, with its answer due and what was written about it.

    Args:
        same: the record of the paper is the same person's; the two records become one.

    Raises:
        StaleDataError: a colleague answered meanwhile.
        Refused: the paper is gone, or somebody else's by now; the two records cannot be one.
    """
    _take(session, claim, revision)
    paper = paper_of(session, claim)
    if paper is None or holder_of(session, paper) not in (None, claim.person_id):
        raise Refused(_("This paper is gone, or is somebody else’s by now: nothing was attached."), rule="gone")
    former = get_person(session, paper.person_id)
    if same and former is not None and former.id != claim.person_id:
        merge_people(session, claim.person, former)
    tell(session, PaperClaimed(claim.object_type, claim.object_id, claim.person_id))
    _attach(session, claim, former.id if former else None)
    claim.state, claim.answered_at = "accepted", clock.now()
    session.flush()
    write_to(
        session,
        claim.person,
        "claim.accepted",
        lambda: Content(
            subject=_("What you left on paper is in your account (%(reference)s)", reference=claim.reference),
            paragraphs=(_("The town hall has checked: you can now follow it in your account."),),
            lines=((_("Reference"), claim.reference),),
            reason=_("You receive this message because you asked to find a paper in your account."),
            action=(_("Open my account"), "/mon-compte"),
        ),
        about=claim,
    )
    audit.record(session, "claim.accepted", claim, merged=same)


def refuse_claim(session: TenantSession, claim: PaperClaim, revision: int, reason: str) -> None:
    """The mairie refuses, with its reason.

    Raises:
        StaleDataError: a colleague answered meanwhile.
    """
    _take(session, claim, revision)
    claim.state, claim.reason, claim.answered_at = "refused", reason, clock.now()
    session.flush()
    write_to(
        session,
        claim.person,
        "claim.refused",
        lambda: Content(
            subject=_("About the paper that you asked for (%(reference)s)", reference=claim.reference),
            paragraphs=(
                _("The town hall could not attach this paper to your account. Its reason:"),
                reason,
                _("If this is a mistake, call or come with the receipt or the card: we will look at it together."),
            ),
            lines=((_("Reference"), claim.reference),),
            reason=_("You receive this message because you asked to find a paper in your account."),
        ),
        about=claim,
    )
    audit.record(session, "claim.refused", claim)


def holder_of(session: TenantSession, paper: Paper) -> Any:
    """Identifier of whoever has the paper in their account, or None: a record without confirmed e-mail enters nowhere."""
    person = get_person(session, paper.person_id)
    return person.id if person is not None and person.email is not None else None


def _belongs_to(session: TenantSession, paper: Paper, person: Person) -> bool:
    holder = get_person(session, paper.person_id)
    return holder is not None and holder.id == person.id


def _words(name: str) -> list[str]:
    """First and last names in any order, accents and case left out."""
    return sorted(fold(name).split())


def _take(session: TenantSession, claim: PaperClaim, revision: int) -> None:
    session.refresh(claim, with_for_update=True)
    if claim.revision != revision or claim.state != "waiting":
        raise StaleDataError


def _attach(session: TenantSession, claim: PaperClaim, former: Any) -> None:
    """The answer due says their name; what was written about it is theirs to read again. A letter that still waits keeps
    the address it was written for."""
    about = (AnswerDue.object_type == claim.object_type, AnswerDue.object_id == claim.object_id)
    session.execute(update(AnswerDue).where(*about).values(whom=claim.person.name[:170]))
    told = (Message.object_type == claim.object_type, Message.object_id == claim.object_id)
    theirs = or_(Message.person_id.is_(None), Message.person_id == former)
    done = Message.state.in_(("sent", "printed", "failed"))
    session.execute(update(Message).where(*told, theirs, done).values(person_id=claim.person_id))
