"""A request read by the mairie: complete, admissible, analysed, with opinions (FON-07)."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from civique.core import audit
from civique.core.answers import operations as answers
from civique.core.cases.models import MissingItem
from civique.core.committees import operations as committees
from civique.core.committees.events import ItemSource
from civique.core.committees.models import AgendaItem
from civique.core.documents.models import StoredFile
from civique.core.gatherings.models import Gathering
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.modules.fund.models import DECIDABLE, EXAMINED, Advice, ApplicationState, FundRequest, Grade
from civique.modules.fund.operations.course import (
    enter,
    lock,
    need_motive,
    need_state,
    refuse_linked,
)
from civique.modules.fund.operations.requests import give_missing, need_whole
from civique.modules.fund.queries import may_follow
from tenants.session import TenantSession


def entrust(session: TenantSession, request: FundRequest, examiner: Person | None) -> None:
    """Somebody of the mairie takes charge of a request (or nobody any more).

    Raises:
        Refused: FON-07, they are tied to the request.
    """
    if examiner is not None and may_follow(session, request, examiner):
        raise Refused(_("You are tied to this request: another person must examine it and decide."), rule="FON-07")
    request.examiner_id = examiner.id if examiner else None
    answer = answers.answer_for(session, request)
    if answer is not None and examiner is not None:
        answers.assign_answer(session, answer, examiner)
    session.flush()
    audit.record(session, "fund.request_entrusted", request)


def ask_missing(session: TenantSession, request: FundRequest, *, labels: Sequence[str], motive: str = "") -> None:
    """Note what the holder must still give; ``motive`` is the same as one text.

    Raises:
        Refused: ``nothing_missing``.
    """
    wanted = [label.strip() for label in labels if label.strip()]
    if not wanted:
        raise Refused(_("Write at least one thing that is missing."), "others", rule="nothing_missing")
    request.missing.extend(MissingItem(label=label[:300]) for label in wanted)


def receive_missing(
    session: TenantSession, request: FundRequest, item: MissingItem, word: str, file: StoredFile | None, revision: int
) -> None:
    """Something that was missing was brought to the town hall: as when the holder gives it, but for who noted it.

    Raises:
        StaleDataError. Refused: FON-07; as :func:`give_missing`.
    """
    lock(session, request, revision)
    refuse_linked(session, request)
    give_missing(session, request, item, word, file)


def check_whole(session: TenantSession, request: FundRequest) -> None:
    """What must be true of a request that is declared complete.

    Raises:
        Refused: FON-07; as :func:`need_whole` for what its holder took out.
    """
    refuse_linked(session, request)
    need_whole(session, request)


def complete_first(session: TenantSession, request: FundRequest) -> None:
    """A small mairie says at once that a request is complete and admissible: its course shows both."""
    if request.state == ApplicationState.SUBMITTED:
        enter(session, request, ApplicationState.COMPLETE)


def grade(session: TenantSession, request: FundRequest, grades: Iterable[tuple[str, int, str]], revision: int) -> None:
    """Fill in the analysis grid: criterion, 0 to 3, a word. The request is then in analysis.

    Raises:
        StaleDataError. Refused: ``not_admissible``, FON-07.
    """
    lock(session, request, revision)
    need_state(request, *DECIDABLE, rule="not_admissible")
    refuse_linked(session, request)
    request.grades.clear()
    session.flush()
    for position, (criterion, value, note) in enumerate(grades):
        request.grades.append(
            Grade(criterion=criterion, grade=value, note=note, position=position, by_id=session.actor_id)
        )
    if request.state == ApplicationState.ADMISSIBLE:
        enter(session, request, ApplicationState.IN_ANALYSIS)
    session.flush()
    audit.record(session, "fund.request_graded", request, criteria=len(request.grades))


def advise(session: TenantSession, request: FundRequest, service: str, verdict: str, text: str) -> Advice:
    """A service of the mairie gives its opinion.

    Raises:
        Refused: ``not_admissible``; FON-08 without words for anything but a favourable opinion; FON-07.
    """
    lock(session, request)
    need_state(request, *DECIDABLE, rule="not_admissible")
    refuse_linked(session, request)
    if verdict != "favourable":
        need_motive(text)
    advice = Advice(service=service, verdict=verdict, text=text, by_id=session.actor_id)
    request.advice.append(advice)
    _opinion_given(session, request)
    return advice


def put_to_committee(session: TenantSession, request: FundRequest, meeting: Gathering) -> AgendaItem:
    """Put a request on the order of the day of a committee.

    Raises:
        Refused: ``not_planned``; as :func:`go_to_committee`.
    """
    return committees.add_item(session, meeting, item_source(request))


def item_source(request: FundRequest) -> ItemSource:
    """What a request is for a committee; those tied to it take no part (FON-07)."""
    return ItemSource(
        f"{request.reference} – {request.title}",
        FundRequest.__tablename__,
        request.id,
        f"/mairie/fonds/demandes/{request.id}",
        request.purpose,
        request.amount_asked_cents,
        tuple(filter(None, (request.holder_id,))),
        tuple(filter(None, (request.organisation_id,))),
    )


def go_to_committee(session: TenantSession, request: FundRequest) -> None:
    """A request was put on an order of the day: it is in analysis.

    Raises:
        Refused: ``not_admissible``, FON-07.
    """
    lock(session, request)
    need_state(request, *DECIDABLE, rule="not_admissible")
    refuse_linked(session, request)
    if request.state == ApplicationState.ADMISSIBLE:
        enter(session, request, ApplicationState.IN_ANALYSIS)


def receive_opinion(session: TenantSession, request: FundRequest, verdict: str) -> None:
    """A committee gave its opinion on a request; put off, it is none yet.

    Raises:
        Refused: FON-07, whoever records it is tied to the request.
    """
    refuse_linked(session, request)
    if verdict != "adjourned":
        _opinion_given(session, request)


def join_project(session: TenantSession, request: FundRequest, other: FundRequest, revision: int) -> None:
    """Say that a request is of the same project as another: the cap counts them together (FON-03).

    Raises:
        StaleDataError. Refused: ``already_decided``, FON-07.
    """
    lock(session, request, revision)
    need_state(request, *EXAMINED, rule="already_decided")
    refuse_linked(session, request)
    request.project_id = other.project_id
    session.flush()
    audit.record(session, "fund.request_joined", request, other=other.id)


def leave_project(session: TenantSession, request: FundRequest, revision: int) -> None:
    """Say that a request is a project of its own.

    Raises:
        StaleDataError. Refused: ``already_decided``, FON-07.
    """
    lock(session, request, revision)
    need_state(request, *EXAMINED, rule="already_decided")
    refuse_linked(session, request)
    request.project_id = uuid4()
    session.flush()
    audit.record(session, "fund.request_parted", request)


def _opinion_given(session: TenantSession, request: FundRequest) -> None:
    if request.state in {ApplicationState.ADMISSIBLE, ApplicationState.IN_ANALYSIS, ApplicationState.ADJOURNED}:
        enter(session, request, ApplicationState.OPINION_GIVEN)
    session.flush()
    audit.record(session, "fund.opinion_given", request)
