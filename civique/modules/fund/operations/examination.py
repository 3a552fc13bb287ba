"""An application read by the mairie: complete, admissible, analysed, with opinions (FON-07)."""

from collections.abc import Iterable
from uuid import uuid4

from civique.core import audit
from civique.core.cases.queries import may_follow
from civique.core.committees import operations as committees
from civique.core.committees.events import ItemSource
from civique.core.committees.models import AgendaItem
from civique.core.gatherings.models import Gathering
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.modules.fund.models import DECIDABLE, EXAMINED, Advice, ApplicationState, FundApplication, Grade
from civique.modules.fund.operations.course import (
    enter,
    lock,
    need_motive,
    need_state,
    refuse_linked,
)
from civique.modules.fund.operations.whole import refuse_incomplete
from civique.modules.fund.queries import whom
from tenants.session import TenantSession


def may_take(session: TenantSession, application: FundApplication, assignee: Person) -> None:
    """Whether somebody of the mairie may take charge of an application.

    Raises:
        Refused: FON-07, they are tied to it.
    """
    if may_follow(session, application, assignee):
        raise Refused(_("You are tied to this request: another person must examine it and decide."), rule="FON-07")


def check_whole(session: TenantSession, application: FundApplication) -> None:
    """What must be true of an application that is declared complete.

    Raises:
        Refused: FON-07; as :func:`refuse_incomplete` for what its applicant took out.
    """
    refuse_linked(session, application)
    refuse_incomplete(session, application)


def complete_first(session: TenantSession, application: FundApplication) -> None:
    """A small mairie says at once that an application is complete and admissible: its course shows both."""
    if application.state == ApplicationState.SUBMITTED:
        enter(session, application, ApplicationState.COMPLETE)


def grade(
    session: TenantSession, application: FundApplication, grades: Iterable[tuple[str, int, str]], revision: int
) -> None:
    """Fill in the analysis grid: criterion, 0 to 3, a word. The application is then in analysis.

    Raises:
        StaleDataError. Refused: ``not_admissible``, FON-07.
    """
    lock(session, application, revision)
    need_state(application, *DECIDABLE, rule="not_admissible")
    refuse_linked(session, application)
    application.grades.clear()
    session.flush()
    for position, (criterion, value, note) in enumerate(grades):
        application.grades.append(
            Grade(criterion=criterion, grade=value, note=note, position=position, by_id=session.actor_id)
        )
    if application.state == ApplicationState.ADMISSIBLE:
        enter(session, application, ApplicationState.IN_ANALYSIS)
    session.flush()
    audit.record(session, "fund.application_graded", application, criteria=len(application.grades))


def advise(session: TenantSession, application: FundApplication, service: str, verdict: str, text: str) -> Advice:
    """A service of the mairie gives its opinion.

    Raises:
        Refused: ``not_admissible``; FON-08 without words for anything but a favourable opinion; FON-07.
    """
    lock(session, application)
    need_state(application, *DECIDABLE, rule="not_admissible")
    refuse_linked(session, application)
    if verdict != "favourable":
        need_motive(text)
    advice = Advice(service=service, verdict=verdict, text=text, by_id=session.actor_id)
    application.advice.append(advice)
    _opinion_given(session, application)
    return advice


def put_to_committee(session: TenantSession, application: FundApplication, meeting: Gathering) -> AgendaItem:
    """Put an application on the order of the day of a committee.

    Raises:
        Refused: ``not_planned``; as :func:`go_to_committee`.
    """
    return committees.add_item(session, meeting, item_source(application))


def item_source(application: FundApplication) -> ItemSource:
    """What an application is for a committee; those tied to it take no part (FON-07)."""
    return ItemSource(
        f"{application.reference} – {application.title}",
        FundApplication.__tablename__,
        application.id,
        f"/mairie/fonds/demandes/{application.id}",
        application.purpose,
        application.amount_asked_cents,
        tuple(filter(None, (application.applicant_id,))),
        tuple(filter(None, (application.organisation_id,))),
        whom(application),
    )


def go_to_committee(session: TenantSession, application: FundApplication) -> None:
    """An application was put on an order of the day: it is in analysis.

    Raises:
        Refused: ``not_admissible``, FON-07.
    """
    lock(session, application)
    need_state(application, *DECIDABLE, rule="not_admissible")
    refuse_linked(session, application)
    if application.state == ApplicationState.ADMISSIBLE:
        enter(session, application, ApplicationState.IN_ANALYSIS)


def receive_opinion(session: TenantSession, application: FundApplication, verdict: str) -> None:
    """A committee gave its opinion on an application; put off, it is none yet.

    Raises:
        Refused: FON-07, whoever records it is tied to the application.
    """
    refuse_linked(session, application)
    if verdict != "adjourned":
        _opinion_given(session, application)


def join_project(session: TenantSession, application: FundApplication, other: FundApplication, revision: int) -> None:
    """Say that an application is of the same project as another: the cap counts them together (FON-03).

    Raises:
        StaleDataError. Refused: ``already_decided``, FON-07.
    """
    lock(session, application, revision)
    need_state(application, *EXAMINED, rule="already_decided")
    refuse_linked(session, application)
    application.project_id = other.project_id
    session.flush()
    audit.record(session, "fund.application_joined", application, other=other.id)


def leave_project(session: TenantSession, application: FundApplication, revision: int) -> None:
    """Say that an application is a project of its own.

    Raises:
        StaleDataError. Refused: ``already_decided``, FON-07.
    """
    lock(session, application, revision)
    need_state(application, *EXAMINED, rule="already_decided")
    refuse_linked(session, application)
    application.project_id = uuid4()
    session.flush()
    audit.record(session, "fund.application_parted", application)


def _opinion_given(session: TenantSession, application: FundApplication) -> None:
    if application.state in {ApplicationState.ADMISSIBLE, ApplicationState.IN_ANALYSIS, ApplicationState.ADJOURNED}:
        enter(session, application, ApplicationState.OPINION_GIVEN)
    session.flush()
    audit.record(session, "fund.opinion_given", application)
