"""Demonstration of the fund: this year with an application in every state, two past years. Every amount is fictitious.

Also what the bench measures.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from civique.core import clock, settings
from civique.core.agreements import operations as agreements
from civique.core.agreements.queries import agreement_of
from civique.core.cases.operations import assign, move
from civique.core.cases.queries import may_follow
from civique.core.committees import operations as committees
from civique.core.contributions import operations as contributions
from civique.core.contributions import proposals
from civique.core.demonstration import World, age_case, draw_picture
from civique.core.endorsements import operations as saying
from civique.core.evaluations import operations as evaluations
from civique.core.evaluations.queries import find_year
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.models import Gathering
from civique.core.messages.models import Message
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.stories import operations as stories
from civique.core.stories.queries import story_of
from civique.core.territory.queries import territories
from civique.modules.fund.models import ApplicationState, Fund, FundApplication
from civique.modules.fund.operations import (
    applications,
    endorsements,
    examination,
    funds,
    partners,
    payments,
    reports,
)
from civique.modules.fund.operations.whole import left_to_find
from civique.modules.fund.queries.agreements import usual_duties
from civique.modules.fund.queries.endorsements import describe
from civique.modules.fund.queries.figures import ANSWERED
from civique.modules.fund.queries.partners import find_recipients, waiting_asks
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.workflow import WORKFLOW
from tenants.session import TenantSession

IBAN = "FR7630006000011234567890189"
Facts = dict[str, Any]


@dataclass
class Stage:
    """What the applications of a year share."""

    session: TenantSession
    world: World
    fund: Fund
    agent: Person | None
    words: Facts
    waiting: Gathering | None = None
    held: Gathering | None = None


def demo(session: TenantSession, world: World) -> None:
    """Two past years with their closed projects; this year's fund with a committee and an application in every state."""
    words: Facts = json.loads(Path(__file__).with_suffix(".json").read_text())
    agent = world.people.get("secretary") or next(iter(world.people.values()), None)
    for years in (2, 1):
        past = Stage(session, world, _fund(session, world, words, world.today.year - years), agent, words)
        for rank, facts in enumerate(words["past"]):
            more = {"state": "settled", "purpose": facts["title"], "age": 365 * years + 30 * rank, "pay": "single"}
            application = _application(past, rank + years, {**more, **facts})
            application.reference = f"FIC-{past.fund.year}-{rank + 1:04}"
            session.execute(delete(Message).where(Message.object_id == application.id))
        funds.close_fund(session, past.fund)
        _evaluation(past)
    history = words["history"]
    evaluations.enter_past_year(session, "fonds", world.today.year - 3, history["note"], history["figures"])
    settings.put(session, FundSettings(endorsements=True, comments=True))
    stage = Stage(session, world, _fund(session, world, words, world.today.year), agent, words)
    _committee(stage)
    day = world.today.replace(month=3, day=1)
    funds.add_call(session, stage.fund, "Appel de printemps", day, day + timedelta(40), day + timedelta(60))
    for rank, facts in enumerate(words["applications"]):
        _application(stage, rank, facts)
    if stage.held is not None:
        gatherings.close_gathering(session, stage.held, words["minutes"], stage.held.revision)
    _partners(stage)


def _evaluation(past: Stage) -> None:
    """The words of a year that is over, on the site."""
    found = find_year(past.session, "fonds", past.fund.year)
    assert found is not None, "the year has its fund"
    evaluations.write_evaluation(past.session, found, 0, **past.words["evaluation"])
    evaluations.publish_evaluation(past.session, found)


def _partners(stage: Stage) -> None:
    """Money received, things of which a part went to a project, time that waits; a proposal to read."""
    session = stage.session
    for facts in stage.words["proposals"]:
        proposals.propose_contribution(session, find_recipients(session), **facts)
    for facts in stage.words["partners"]:
        nature, received = facts["nature"], facts["received"]
        given = {name: value for name, value in facts.items() if name not in {"nature", "received"}}
        pledged = contributions.pledge_contribution(session, stage.fund, nature, **given)
        if received:
            contributions.receive_contribution(session, pledged)
        for ask, _helped, lacking in waiting_asks(session, stage.fund):
            if ask.nature == nature and pledged.left >= lacking:
                partners.match(session, pledged, ask, lacking)


def _fund(session: TenantSession, world: World, words: Facts, year: int) -> Fund:
    fund = funds.prepare_fund(
        session,
        year,
        envelope_cents=800_000 - 100_000 * (world.today.year - year),
        cap_cents=50_000,
        eligible_costs=words["eligible"],
        introduction=words["introduction"],
        simple_text=words["simple"],
        decision_maker="mayor",
        closes_on=date(year, 12, 31) if year == world.today.year else None,
    )
    funds.open_fund(session, fund)
    return fund


def _committee(stage: Stage) -> None:
    """A committee of residents and of the town hall; one of its residents asks the fund, and leaves the room."""
    session, world = stage.session, stage.world
    committee = committees.create_committee(
        session, "Comité du fonds", "Des membres des conseils de quartier et de la mairie lisent les demandes.", "fund"
    )
    stage.fund.committee_id = committee.id
    staff = [("elected", "elected", "présidence"), ("facilitator", "agent", "")]
    for role, college, function in staff:
        if role in world.people:
            committees.add_member(
                session, committee, world.people[role], college, function, world.today - timedelta(200)
            )
    for person in (*world.residents[:3], *world.paper[:1]):
        committees.add_member(session, committee, person, "citizen", since=world.today - timedelta(200))
    stage.held = committees.plan_meeting(session, committee, world.on(-12, 18, 30), "Salle du conseil")
    stage.waiting = committees.plan_meeting(session, committee, world.on(16, 18, 30), "Salle du conseil")
    gatherings.record_attendance(session, stage.held, [member.person_id for member in committee.members])


def _application(stage: Stage, rank: int, facts: Facts) -> FundApplication:
    """One application, taken as far as its state."""
    session, world = stage.session, stage.world
    paper = facts.get("paper") and world.paper
    # A member of the committee asks what the committee reads.
    applicant = world.paper[0] if paper else world.resident(0 if facts.get("committee") == "opinion" else rank)
    organisations = list(world.organisations.values())
    organisation = organisations[rank % len(organisations)] if rank % 3 == 1 and organisations else None
    villages = world.delegated
    session.info["actor_id"] = applicant.id
    application = applications.start_application(
        session,
        stage.fund,
        applicant,
        title=facts["title"],
        purpose=facts["purpose"],
        territory_id=villages[rank % len(villages)].id if villages else None,
        organisation_id=organisation.id if organisation else None,
        channel="paper" if paper else "web",
        ends_on=world.today + timedelta(facts["ends"]) if "ends" in facts else None,
    )
    for label, euros in facts["costs"]:
        applications.add_line(session, application, label, euros * 100, "running")
    for nature, what, quantity, unit in facts.get("asks", ()):
        applications.add_ask(session, application, nature, what, Decimal(quantity), unit)
    applications.change_application(session, application, amount_asked_cents=facts["asked"] * 100)
    applications.add_support(
        session, application, "human", description="Bénévoles du village", quantity=Decimal(12 + rank), unit="heures"
    )
    if facts["state"] == ApplicationState.DRAFT:
        return application
    left = left_to_find(session, application)
    if left:
        applications.add_support(
            session, application, "financial", description="Tombola et caisse commune", value_cents=left
        )
    if organisation is not None and organisation.kind == "association":
        applications.accept_charter(session, application)
    applications.submit_application(session, application)
    _examine(stage, application, facts)
    if "endorsements" in facts:
        _endorsements(stage, application, **facts["endorsements"])
    _age(session, application, facts["age"])
    return application


def _endorsements(stage: Stage, application: FundApplication, supports: int, comments: list[tuple[str, bool]]) -> None:
    """Residents read the application and support it; some comment, and the mairie has published a part."""
    session = stage.session
    endorsements.let_be_read(session, application, True)
    others = [person for person in stage.world.residents if not may_follow(session, application, person)]
    for person in others[:supports]:
        saying.endorse(session, describe(application), person)
    for person, (text, published) in zip(others, comments, strict=False):
        comment = saying.write_comment(session, describe(application), person, text)
        if published:
            saying.publish_comment(session, comment, comment.revision)


def _examine(stage: Stage, application: FundApplication, facts: Facts) -> None:
    """From the first reading to the decision."""
    session, state = stage.session, facts["state"]
    session.info["actor_id"] = stage.agent.id if stage.agent else None
    early: dict[str, tuple[str, dict[str, Any]]] = {
        ApplicationState.WITHDRAWN: ("withdraw", {}),
        ApplicationState.TO_COMPLETE: ("ask_missing", {"labels": facts.get("missing", ())}),
        ApplicationState.COMPLETE: ("declare_complete", {}),
        ApplicationState.INADMISSIBLE: ("declare_inadmissible", {"motive": facts.get("reason", "")}),
    }
    if state == ApplicationState.SUBMITTED:
        return
    if state in early:
        name, given = early[state]
        move(session, WORKFLOW, application, name, **given)
        return
    assign(session, application, stage.world.people.get("examiner") or stage.agent)
    move(session, WORKFLOW, application, "declare_admissible")
    if facts.get("committee") == "waiting" and stage.waiting:
        examination.put_to_committee(session, application, stage.waiting)
    elif facts.get("committee") == "opinion" and stage.held:
        grid = [
            ("Utile à plusieurs habitants", 3, "Tout le chemin en profite."),
            ("Porté par plusieurs personnes", 2, ""),
        ]
        examination.grade(session, application, grid, application.revision)
        item = examination.put_to_committee(session, application, stage.held)
        words = "D’accord, en commençant par cinquante mètres."
        committees.record_opinion(session, item, "reserved", words, item.revision, 25_000)
    elif state == ApplicationState.ADJOURNED:
        move(session, WORKFLOW, application, "adjourn", motive=facts["reason"])
    elif state not in {ApplicationState.ADMISSIBLE, ApplicationState.IN_ANALYSIS}:
        _decide(stage, application, facts)


def _decide(stage: Stage, application: FundApplication, facts: Facts) -> None:
    """The decision, and what follows it."""
    session, state = stage.session, facts["state"]
    amount = 0 if state == ApplicationState.REFUSED else int(facts.get("granted") or facts["asked"]) * 100
    in_kind = {ask.id: (ask.quantity, "Services techniques") for ask in application.asks}
    move(
        session,
        WORKFLOW,
        application,
        "decide",
        amount_cents=amount,
        motive=facts.get("reason", ""),
        in_kind={} if state == ApplicationState.REFUSED else in_kind,
        act=f"Arrêté {application.fund.year}-{application.amount_asked_cents // 1000:03}",
    )
    if state == ApplicationState.LAPSED:
        move(session, WORKFLOW, application, "give_up", motive=facts["reason"])
    elif ApplicationState.all().index(state) >= ApplicationState.all().index(ApplicationState.CONVENTION):
        _agree(stage, application, facts)


def _agree(stage: Stage, application: FundApplication, facts: Facts) -> None:
    """The agreement, the money, the report, the story."""
    session, world, state = stage.session, stage.world, facts["state"]
    upkeep = world.today + timedelta(300) if facts.get("upkeep") else None
    agreement = agreements.draw_up_agreement(session, application, *usual_duties(application), upkeep)
    agreements.offer_agreement(session, agreement)
    assert application.applicant is not None, "somebody asked"
    applicant = application.applicant
    agreements.sign_agreement(session, agreement, "applicant", name=applicant.name, means="paper", person=applicant)
    if state == ApplicationState.CONVENTION:
        return
    agreements.sign_agreement(session, agreement, "commune", name="Odile Tilleul", function="maire", means="paper")
    payments.set_payee(
        session,
        application,
        "organisation" if application.organisation and not application.organisation.is_informal else "applicant",
        applicant.name,
        IBAN,
        why="Le groupe l’a choisie pour tenir les comptes." if application.organisation else "",
    )
    amount = application.granted_cents // 2 if facts["pay"] == "advance" else application.granted_cents
    payment = payments.order_payment(
        session, application, amount, facts["pay"], f"M-{application.fund.year}-{amount // 100}"
    )
    if state != ApplicationState.UNDER_WAY or facts["ends"] < 0:
        payments.note_paid(session, application, payment, world.today)
    stories.write_log(session, application, world.today, stage.words["log"], "applicant", Decimal(12))
    if state == ApplicationState.UNDER_WAY:
        return
    total = sum(line.amount_cents for line in application.lines)
    spent = {line.id: line.amount_cents * facts["spent"] // total * 100 for line in application.lines}
    if "picture" in facts:
        picture = draw_picture(session, facts["scene"], facts["picture"], permission="fund.read")
        stories.add_picture(session, application, picture)
    reports.keep_report(
        session, application, spent, text=stage.words["report"], people=40, hours=Decimal(90), may_publish=True
    )
    reports.send_report(session, application)
    if state == ApplicationState.SETTLED:
        move(session, WORKFLOW, application, "settle")
    if "story" in facts:
        story = story_of(session, application.id)
        shown = {picture.id: facts["picture"] for picture in (story.pictures if story else ())}
        stories.write_story(session, application, facts["story"], shown)
        stories.publish_story(session, application)


def _age(session: TenantSession, application: FundApplication, days: int) -> None:
    """Move what happened into the past: everything on the day of its step."""
    assert application.submitted_at is not None, "it was sent"
    ago = timedelta(days)
    application.submitted_at -= ago
    if application.charter_accepted_at is not None:
        application.charter_accepted_at -= ago
    reached = age_case(session, application, days, ANSWERED)
    for decision in application.decisions:
        decision.decided_at = reached[decision.kind]
    _age_of_what_follows(session, application, {state: clock.local(at).date() for state, at in reached.items()})
    agreement = agreement_of(session, application)
    if agreement is not None:
        agreement.offered_at = reached["convention"]
    story = story_of(session, application.id)
    if story is not None and story.published_at:
        story.published_at = reached.get("settled", story.published_at)
    session.flush()


def _age_of_what_follows(session: TenantSession, application: FundApplication, reached: dict[str, date]) -> None:
    """Signatures, payments, work and what is asked back, between the steps that they belong to."""
    signed = reached.get("under_way") or reached.get("convention")
    if signed is None:
        return
    agreement = agreement_of(session, application)
    for signature in agreement.signatures if agreement else ():
        signature.signed_on = signed
    for payment in application.payments:
        payment.ordered_on = signed + timedelta(2)
        payment.paid_on = min(clock.today(), signed + timedelta(9)) if payment.paid_on else None
    story = story_of(session, application.id)
    for entry in story.log if story else ():
        entry.day = min(clock.today(), signed + timedelta(12))
    for repayment in application.repayments:
        repayment.asked_on = reached["settled"]


# The bench -----------------------------------------------------------------------------------------------------------

HELPED = 60
"""Projects of the measured fund: three pages of its list."""
GRANT = 30_000
"""Cents granted to each project."""
PURPOSE = "Semer des fleurs au pied des murs de la rue, avec les voisins et l’école, puis les arroser tout l’été. " * 3


def bench(session: TenantSession) -> Mapping[str, str]:
    """An open fund that helped sixty projects; gives its list and one project."""
    applicant = people.register_person(session, "Nadia", "Habitante")
    fund = funds.prepare_fund(
        session,
        clock.today().year,
        envelope_cents=2_500_000,
        cap_cents=50_000,
        decision_maker="mayor",
        eligible_costs="- graines et terreau\n- tissu\n- location de matériel",
    )
    funds.open_fund(session, fund)
    shown = [_help(session, fund, applicant, number) for number in range(1, HELPED + 1)]
    return {"list of the fund": "/fonds", "one project": f"/fonds/projets/{shown[0]}"}


def _help(session: TenantSession, fund: Fund, applicant: Person, number: int) -> UUID:
    places = territories(session, "delegated")
    place = places[number % len(places)].id if places else None
    application = applications.start_application(
        session, fund, applicant, title=f"Pieds de mur fleuris, rue {number}", purpose=PURPOSE, territory_id=place
    )
    applications.add_line(session, application, "Graines et terreau", GRANT + 10_000, "running")
    applications.change_application(session, application, amount_asked_cents=GRANT)
    applications.add_support(
        session, application, "human", description="Jardiniers du quartier", quantity=Decimal(20), unit="heures"
    )
    applications.add_support(session, application, "financial", description="Vente de gâteaux", value_cents=10_000)
    applications.submit_application(session, application)
    move(session, WORKFLOW, application, "declare_admissible")
    move(session, WORKFLOW, application, "decide", amount_cents=GRANT)
    return application.id
