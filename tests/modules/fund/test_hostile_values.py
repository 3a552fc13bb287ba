"""Values that nobody means: days of another age, parts of nothing, quantities and texts that no column takes."""

from datetime import date

import pytest

from civique.core.cases.operations import move
from civique.modules.fund import queries
from civique.modules.fund.models import Fund, FundApplication
from civique.modules.fund.operations import applications, payments, repayments, reports
from civique.modules.fund.workflow import WORKFLOW
from tests.modules.fund import agreed as agreements
from tests.modules.fund.world import IBAN
from tests.refusals import refuses

ASKS = (("material", "Tables", 12, "tables"), ("human", "Un jardinier", 6, "heures"))


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


def decide(desk, application, action="decision", **values):
    path = f"/mairie/fonds/demandes/{application.id}"
    return desk.submit(f"{path}/{action}", values, on=path)


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(2206, 1, 1), date(1990, 1, 1)])
def test_a_project_ends_within_some_years(world, day):
    application = world.ask()
    world.commune.sql("UPDATE fund_application SET state = 'draft', submitted_at = NULL")
    with world.commune.session(world.resident) as session:
        found = session.get(FundApplication, application.id)
        with refuses("dates_far", "dates_backwards"):
            applications.change_application(session, found, ends_on=day)


def test_a_part_of_nothing_is_no_part(world, desk):
    application = world.admissible(asks=ASKS)
    nothing = {f"quantity-{ask.id}": "0" for ask in world.now(application).asks}
    page = decide(desk, application, decision="partially_granted", amount_cents="0", motive="Un peu.", **nothing)
    assert page.status == 422
    assert world.now(application).state == "admissible"


@pytest.mark.parametrize("typed", ["abc", "0,001", "1e400", "-3"])
def test_a_quantity_that_is_none_keeps_what_was_typed(world, desk, typed):
    application = world.admissible(asks=ASKS)
    ask = world.now(application).asks[0]
    page = decide(
        desk,
        application,
        decision="partially_granted",
        amount_cents="100",
        motive="Un peu.",
        **{f"quantity-{ask.id}": typed},
    )
    assert page.status == 422
    assert "Un peu." in page.text
    assert typed in page.text


def test_a_correction_takes_things_back_too(world, desk):
    application = world.admissible(asks=ASKS)
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        everything = {ask.id: (ask.quantity, "Services") for ask in found.asks}
        move(
            session,
            WORKFLOW,
            found,
            "decide",
            amount_cents=30_000,
            motive="",
            revision=found.revision,
            in_kind=everything,
        )
    decide(
        desk, application, "correction", decision="refused", because="Erreur de dossier.", motive="Hors du règlement."
    )
    found = world.now(application)
    assert found.state == "refused"
    assert [ask.granted_quantity for ask in found.asks] == [0, 0]


def test_a_correction_of_the_amount_shows_what_was_given(world, desk):
    application = world.admissible(asks=ASKS)
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        part = {found.asks[0].id: (5, "Services")}
        move(
            session,
            WORKFLOW,
            found,
            "decide",
            amount_cents=30_000,
            motive="Une partie.",
            revision=found.revision,
            in_kind=part,
        )
    path = f"/mairie/fonds/demandes/{application.id}"
    form = desk.get(path).form(f"{path}/correction")
    assert form[f"quantity-{found.asks[0].id}"] == "5"
    decide(
        desk,
        application,
        "correction",
        decision="partially_granted",
        amount_cents="100",
        because="Erreur.",
        motive="Une partie.",
    )
    assert [ask.granted_quantity for ask in world.now(application).asks] == [5, 0]


def test_control_characters_are_left_out(world):
    applicant = world.commune.client(world.resident)
    page = applicant.follow(applicant.submit("/fonds/demander", {"title": "Fle\x00urs\x02", "purpose": "Semer\x0b."}))
    assert page.status == 200
    assert world.commune.one(FundApplication).title == "Fleurs"


def test_fon_03_what_came_back_no_longer_counts_for_the_cap(world):
    first = world.granted(30_000)
    world.move(first, "give_up", motive="Le groupe s’est séparé.")
    with world.commune.session(world.resident) as session:
        from civique.core.people.queries import get_person

        applicant, former = get_person(session, world.resident.id), session.get(FundApplication, first.id)
        again = applications.ask_again(session, session.get(Fund, world.fund.id), former, applicant)
        assert queries.project_granted_cents(session, again) == 0
        assert queries.most_granted_to_one(session, session.get(Fund, world.fund.id)) == 0


def test_fon_07_who_is_tied_does_not_handle_the_money(world):
    """The applicant became an agent: neither the agreement of the commune nor a payment passes by them."""
    from civique.core.access.operations import grant_role
    from civique.core.people.queries import get_person

    application = world.granted()
    with world.commune.session() as session:
        grant_role(session, get_person(session, world.resident.id), "secretary")

    def refused(operation, *arguments, **named):
        with world.commune.session(world.resident) as session, refuses("FON-07"):
            operation(session, session.get(FundApplication, application.id), *arguments, **named)

    refused(agreements.draw_up_agreement, ["Réaliser."], ["Verser."])
    world.act(application, agreements.draw_up_agreement, ["Réaliser."], ["Verser."])
    refused(agreements.offer_agreement)
    world.act(application, agreements.offer_agreement)
    refused(agreements.sign_agreement, "commune", name="Nadia", means="paper")
    with world.commune.session(world.resident) as session:  # as applicant they sign
        agreements.sign_agreement(
            session, session.get(FundApplication, application.id), "applicant", name="Nadia", means="paper"
        )
    world.act(application, agreements.sign_agreement, "commune", name="Sylvie", means="paper")
    world.act(application, payments.set_payee, "applicant", "Nadia", IBAN)
    refused(payments.order_payment, 10_000, "advance")
    world.act(application, payments.order_payment, 10_000, "advance")
    refused(lambda s, d: payments.note_paid(s, d, d.payments[0], world.commune.today))
    world.act(application, lambda s, d: payments.note_paid(s, d, d.payments[0], world.commune.today))
    refused(agreements.break_agreement, "Rien.")
    with world.commune.session(world.resident) as session:
        found = session.get(FundApplication, application.id)
        reports.keep_report(session, found, {found.lines[0].id: 5_000}, text="Semé.")
        reports.send_report(session, found)
    refused(lambda s, d: move(s, WORKFLOW, d, "settle", revision=d.revision))
    world.move(application, "settle")
    refused(lambda s, d: repayments.note_received(s, d, d.repayments[0], world.commune.today))
    refused(lambda s, d: repayments.waive(s, d, d.repayments[0], "Peu."))


def test_work_of_the_fund_is_for_those_who_read_it(world, desk):
    application = world.ask(title="Projet discret")
    assert "Projet discret" in desk.get("/mairie").words
    for role in ("counter", "moderator", "facilitator"):
        colleague = world.commune.client(world.commune.person("Paul", role.title(), role))
        assert "Projet discret" not in colleague.get("/mairie").words, role
    assert application.applicant_id == world.resident.id
