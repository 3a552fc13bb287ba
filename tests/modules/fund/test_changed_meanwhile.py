"""What the applicant takes out after sending, two tabs at once, and who may not take part: the rules hold at each step."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from civique.core.cases.operations import assign, move
from civique.core.committees import operations as committees
from civique.core.committees.models import AgendaItem
from civique.core.contributions.queries import contributions_to
from civique.core.gatherings.models import Gathering
from civique.core.gatherings.operations import record_attendance
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations import applications, examination
from civique.modules.fund.workflow import WORKFLOW
from tests.refusals import refuses


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


def emptied(world):
    """An application sent back to be completed, from which its applicant took the costs and what others bring."""
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis"])
    with world.commune.session(world.resident) as session:
        found = session.get(FundApplication, application.id)
        for line in list(found.lines):
            applications.remove_line(session, found, line.id)
        for support in contributions_to(session, found):
            applications.remove_support(session, found, support.id)
    return application


def test_fon_04_what_was_emptied_is_not_declared_complete(world, desk):
    application = emptied(world)
    path = f"/mairie/fonds/demandes/{application.id}"
    page = desk.submit(f"{path}/complete", {}, on=path)
    assert page.status == 422
    assert world.now(application).state == "to_complete"


def test_fon_04_what_was_emptied_is_not_helped(world):
    application = world.admissible()
    world.commune.sql("DELETE FROM contribution")
    with refuses("FON-04"):
        world.decide(application, 30_000)
    world.decide(application, 0, "Plus rien n’est apporté.")
    assert world.now(application).state == "refused", "it can still be refused"


def test_a_last_thing_given_to_an_emptied_application_is_refused_and_not_lost(world):
    application = emptied(world)
    client, path = world.commune.client(world.resident), f"/fonds/demandes/{application.id}"
    item = world.now(application).missing[0]
    form = client.get(path).form(f"{path}/manques/{item.id}")
    name = next(field for field in form if field.endswith("answer"))
    page = client.post(f"{path}/manques/{item.id}", {**form, name: "Le voici."})
    assert page.status == 422
    assert "Le voici." in page.text
    assert "(donné)" not in page.words
    assert world.now(application).missing[0].given_at is None


def test_a_line_taken_out_while_the_application_is_sent(world):
    """Two tabs: whoever comes second sees what the first did."""
    from decimal import Decimal

    with world.commune.session(world.resident) as session:
        fund, applicant = session.get(type(world.fund), world.fund.id), get_person(session, world.resident.id)
        draft = applications.start_application(session, fund, applicant, title="Nichoirs", purpose="Poser.")
        line_id = applications.add_line(session, draft, "Planches", 10_000, "running").id
        applications.change_application(session, draft, amount_asked_cents=10_000)
        applications.add_support(session, draft, "human", description="Nous", quantity=Decimal(3), unit="heures")

    def act(what):
        with world.commune.session(world.resident) as session:
            found = session.get(FundApplication, draft.id)
            found.lines  # noqa: B018 (read, as a page does, before the other tab acts)
            try:
                if what == "send":
                    applications.submit_application(session, found)
                else:
                    applications.remove_line(session, found, line_id)
            except Refused as broken:
                session.rollback()
                return broken.rule
            return "done"

    with ThreadPoolExecutor(2) as both:
        said = dict(zip(("send", "remove"), both.map(act, ("send", "remove")), strict=True))
    found = world.now(draft)
    assert said in ({"send": "done", "remove": "not_draft"}, {"send": "no_lines", "remove": "done"})
    assert (found.state == "submitted") == bool(found.lines)


def test_fon_07_who_is_tied_leads_nothing_about_the_application(world):
    """The applicant also works for the mairie: they neither put their application to a committee nor record what it said."""
    from datetime import timedelta

    from civique.core import clock
    from civique.core.access.operations import grant_role

    application = world.admissible()
    with world.commune.session() as session:
        grant_role(session, get_person(session, world.resident.id), "secretary")
        committee = committees.create_committee(session, "Comité")
        member = committees.add_member(session, committee, get_person(session, world.secretary.id), "agent")
        meeting = committees.plan_meeting(session, committee, clock.now() + timedelta(days=1), "Mairie")
        record_attendance(session, meeting, [member.person_id])

    def put(session, found):
        return examination.put_to_committee(session, found, session.get(Gathering, meeting.id))

    def opinion(session, found):
        item = session.get(AgendaItem, item_id)
        committees.record_opinion(session, item, "favourable", "Très bien.", item.revision)

    def as_applicant(operation, *arguments):
        with world.commune.session(world.resident) as session:
            operation(session, session.get(FundApplication, application.id), *arguments)

    with refuses("FON-07"):
        as_applicant(put)
    item_id = world.act(application, put).id
    with refuses("FON-07"):
        as_applicant(opinion)
    with refuses("FON-07"):
        as_applicant(lambda session, found: move(session, WORKFLOW, found, "lapse", motive="Oubliée."))
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        with refuses("FON-07"):
            assign(session, found, get_person(session, world.resident.id))
    as_applicant(assign, None)  # they may hand it over


# FON-03: applications of one project -------------------------------------------------------------------------------------


def test_fon_03_applications_tied_to_one_project_share_the_cap(world, desk):
    first = world.granted(40_000, title="Fleurs de la ruelle")
    second = world.admissible(30_000, title="Encore des fleurs")
    path = f"/mairie/fonds/demandes/{second.id}"
    page = desk.get(path)
    assert "Fleurs de la ruelle" in page.words, "offered as similar"
    tied = desk.follow(desk.submit(f"{path}/meme-projet/{first.id}", {}, on=path))
    assert "un seul projet" in tied.words
    assert "Le même projet" in tied.words
    with pytest.raises(Refused) as broken:
        world.decide(second, 30_000)
    assert broken.value.rule == "FON-03"
    assert "400,00" in str(broken.value), "what is granted already is said"
    parted = desk.follow(desk.submit(f"{path}/autre-projet", {}, on=path))
    assert "projet à part" in parted.words
    world.decide(second, 30_000)


def test_fon_03_a_tie_is_not_made_late_nor_by_who_asks(world):
    first, second = world.granted(10_000), world.granted(10_000)
    with world.commune.session(world.secretary) as session:
        one, other = session.get(FundApplication, second.id), session.get(FundApplication, first.id)
        with refuses("already_decided"):
            examination.join_project(session, one, other, one.revision)
    waiting = world.admissible(10_000)
    with world.commune.session(world.resident) as session:
        one, other = session.get(FundApplication, waiting.id), session.get(FundApplication, first.id)
        with refuses("FON-07"):
            examination.join_project(session, one, other, one.revision)


def test_a_correction_is_refused_once_the_agreement_is_offered(world):
    from tests.modules.fund import agreed as agreements

    application = world.granted()
    world.act(application, agreements.draw_up_agreement, ["Réaliser."], ["Verser."])
    world.act(application, agreements.offer_agreement)
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        with refuses("not_decided"):
            move(
                session,
                WORKFLOW,
                found,
                "correct",
                amount_cents=10_000,
                motive="Une partie.",
                because="Erreur.",
                revision=found.revision,
            )
