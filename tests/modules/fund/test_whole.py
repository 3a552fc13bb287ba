"""What a request must hold: in money, costs are what is asked and what others bring; each step says all its faults at once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from civique.core.contributions.labels import things_in_words
from civique.core.people.queries import get_person
from civique.modules.fund.models import Fund, FundApplication
from civique.modules.fund.operations import applications, funds, payments, whole
from civique.modules.fund.queries import current_fund, late_reports, report_due_on
from tests.modules.fund.test_asking import TIME, add_cost, association, draft  # noqa: F401 (a fixture)
from tests.modules.fund.world import IBAN, RULES
from tests.refusals import refuses


def written(world, session, asked, total=30_000, others=0, hours=True):
    """A draft that asks an amount for a cost, with what others bring."""
    fund, applicant = session.get(Fund, world.fund.id), get_person(session, world.resident.id)
    application = applications.start_application(session, fund, applicant, title="Fête", purpose="Une fête.")
    if total:
        applications.add_line(session, application, "Terreau", total, "running")
    if others:
        applications.add_support(session, application, "financial", description="Tombola", value_cents=others)
    if hours:
        applications.add_support(
            session,
            application,
            "human",
            description="Voisins",
            quantity=Decimal(20),
            unit="heures",
            value_cents=20_000,
        )
    applications.change_application(session, application, amount_asked_cents=asked)
    return application


@pytest.mark.parametrize(("asked", "others"), [(20_000, 5_000), (20_000, 15_000), (20_000, 0)])
def test_fon_06_in_money_costs_are_what_is_asked_and_what_others_bring(world, asked, others):
    """Hours count apart, valued or not: they pay no cost. A draft may be unbalanced, a sent request not."""
    with world.commune.session(world.resident) as session:
        application = written(world, session, asked, others=others)
        with refuses("unbalanced"):
            applications.submit_application(session, application)


def test_fon_06_a_balanced_request_is_sent(world):
    with world.commune.session(world.resident) as session:
        application = written(world, session, 20_000, others=10_000)
        applications.submit_application(session, application)
    assert application.state == "submitted"


def test_every_fault_is_said_at_once(world):
    with world.commune.session(world.resident) as session:
        application = written(world, session, 60_000, total=0, hours=False)
        faults = whole.faults_of(session, application)
        assert [fault.rule for fault in faults] == ["no_lines", "FON-03", "FON-04"]
        with refuses("no_lines") as caught:
            applications.submit_application(session, application)
    assert len(caught.value.also) == 2
    assert all(fault.sentence in str(caught.value) for fault in faults)


def test_the_step_of_needs_says_its_faults_and_keeps_the_draft(world, draft):  # noqa: F811
    client, base = draft
    add_cost(client, base, amount="100")
    page = client.submit(f"{base}/budget", {"amount_asked_cents": "900"})
    assert page.status == 422
    assert "Vous demandez plus que le coût du projet" in page.words
    assert "Au plus 500,00 € pour un projet" in page.words
    assert world.commune.one(FundApplication).amount_asked_cents == 90_000, "a draft may be unbalanced"
    assert client.submit(f"{base}/budget", {"amount_asked_cents": "900", "later": "1"}).status == 303


def test_the_step_of_gifts_says_its_faults(world, draft):  # noqa: F811
    organisation = association(world)
    client, base = draft
    client.submit(f"{base}/idee", {"organisation_id": str(organisation.id)})
    add_cost(client, base, amount="100")
    client.submit(f"{base}/budget", {"amount_asked_cents": "50"})
    page = client.submit(f"{base}/apports", {})
    assert page.status == 422
    assert "au moins une chose" in page.words
    assert "engagement républicain avant" in page.words
    client.submit(f"{base}/apports/temps", TIME, on=f"{base}/apports")
    page = client.get(f"{base}/apports")
    assert "Il vous manque encore 50,00 €" in page.words


def test_the_last_look_says_what_is_missing_and_where(world, draft):  # noqa: F811
    client, base = draft
    page = client.get(f"{base}/verifier")
    assert "Votre demande ne peut pas encore partir" in page.words
    assert f"{base}/budget" in page.links()
    assert client.submit(f"{base}/envoyer", on=f"{base}/verifier").status == 422


def test_the_idea_says_its_days_with_the_rest(world, draft):  # noqa: F811
    client, base = draft
    page = client.submit(f"{base}/idee", {"title": "", "starts_on": "2031-01-01", "ends_on": "2030-12-31"})
    assert page.status == 422
    for words in ("Donnez un nom", "commence en 2026", "avant le premier"):
        assert words in page.words, words


def test_fon_11_an_emptied_amount_keeps_the_debt(world):
    """300 € paid, 240 € spent: nothing typed is no 0 €."""
    application = world.reported(24_000)
    desk = world.commune.client(world.secretary)
    path = f"/mairie/fonds/demandes/{application.id}"
    assert desk.submit(f"{path}/solder", {"repay_cents": ""}, on=path).status == 303
    assert [r.amount_cents for r in world.now(application).repayments] == [6_000]


def test_fon_11_0_gives_it_up(world):
    application = world.reported(24_000)
    desk = world.commune.client(world.secretary)
    path = f"/mairie/fonds/demandes/{application.id}"
    desk.submit(f"{path}/solder", {"repay_cents": "0"}, on=path)
    assert world.now(application).repayments == []


def test_fon_11_a_project_given_up_keeps_the_debt_too(world):
    application = world.paid()
    desk = world.commune.client(world.secretary)
    path = f"/mairie/fonds/demandes/{application.id}"
    desk.submit(f"{path}/abandon", {"repay_cents": "", "motive": "Annulé."}, on=path)
    assert [r.amount_cents for r in world.now(application).repayments] == [30_000]


def test_fon_11_a_broken_agreement_keeps_the_debt_too(world):
    from civique.core.agreements.models import Agreement

    application = world.paid()
    desk = world.commune.client(world.secretary)
    path = f"/mairie/conventions/{world.commune.one(Agreement).id}"
    page = desk.submit(f"{path}/rompre", {"repay_cents": "", "motive": "Rien n’est fait."}, on=path)
    assert page.status == 303
    assert [r.amount_cents for r in world.now(application).repayments] == [30_000]


# Years ---------------------------------------------------------------------------------------------------------------


def next_year(world, session, **facts):
    fund = funds.prepare_fund(session, world.commune.today.year + 1, **RULES, **facts)
    funds.open_fund(session, fund)
    return fund


def test_next_years_fund_takes_effect_on_its_day(world):
    with world.commune.session(world.secretary) as session:
        fund = next_year(world, session)
        assert current_fund(session).id == world.fund.id, "the gauge does not swap"
        applicant = get_person(session, world.resident.id)
        with refuses("not_open"):
            applications.start_application(session, fund, applicant, title="Fête", purpose="Une fête.")
        fund.opens_on = world.commune.today
        session.flush()
        assert current_fund(session).id == fund.id


def test_two_open_years_show_one_gauge_everywhere(world):
    with world.commune.session(world.secretary) as session:
        next_year(world, session)
    year = world.commune.today.year
    for path in ("/fonds", "/fonds/regles"):
        assert f"L’enveloppe de {year + 1}" not in world.commune.client().get(path).words
    assert f"L’enveloppe de {year}" in world.commune.client().get("/fonds").words
    assert f"L’enveloppe de {year}" in world.commune.client(world.secretary).get("/mairie/fonds").words
    assert "Le fonds d’initiative citoyenne est ouvert" in world.commune.client().get("/").words


def test_once_this_year_is_closed_the_next_one_says_its_day(world):
    with world.commune.session(world.secretary) as session:
        fund = next_year(world, session)
        funds.close_fund(session, session.get(Fund, world.fund.id))
        assert current_fund(session).id == fund.id
    assert "est ouvert" not in world.commune.client().get("/").words
    assert f"1er janvier {world.commune.today.year + 1}" in world.commune.client().get("/fonds").words


# Money and reports ---------------------------------------------------------------------------------------------------


def a_group(world, kind="collective"):
    from civique.core.organisations import operations

    with world.commune.session(world.secretary) as session:
        group = operations.add_organisation(session, kind, "Les voisins du Port")
        person = get_person(session, world.resident.id)
        operations.name_representative(session, group, person, "", accepted=True)
    return group


def test_who_is_paid_for_a_group_is_a_rule_of_the_operation(world):
    application = world.under_way(organisation_id=a_group(world).id)
    with refuses("whose_account"):
        world.act(application, payments.set_payee, "organisation", "Les voisins", IBAN, why="Nous.")
    with refuses("payee_why"):
        world.act(application, payments.set_payee, "applicant", "Nadia Habitante", IBAN)
    world.act(application, payments.set_payee, "applicant", "Nadia Habitante", IBAN, why="Elle tient les comptes.")


def test_the_desk_does_not_propose_the_account_of_a_group(world):
    application = world.under_way(organisation_id=a_group(world).id)
    path = f"/mairie/fonds/demandes/{application.id}"
    desk = world.commune.client(world.secretary)
    facts = {"kind": "organisation", "name": "Les voisins", "iban": IBAN, "why": "Nous."}
    assert desk.submit(f"{path}/beneficiaire", facts, on=path).status == 422
    assert 'value="organisation"' not in desk.get(path).text


def test_the_act_is_noted_later_and_corrected_in_one_place(world):
    """The agreement that nobody signed follows; the treasurer reads it."""
    from civique.core.agreements.models import Agreement
    from tests.modules.fund import agreed

    application = world.granted()
    world.act(application, agreed.draw_up_agreement, ["Faire."], ["Verser."])
    desk = world.commune.client(world.secretary)
    path = f"/mairie/fonds/demandes/{application.id}"
    for number in ("2026-31", "2026-32"):
        page = desk.follow(desk.submit(f"{path}/acte", {"act": number, "act_on": "2026-11-20"}, on=path))
        assert number in page.words
    agreement = world.commune.one(Agreement)
    assert (agreement.act, world.now(application).decision.act) == ("2026-32", "2026-32")
    page = desk.get(f"/mairie/conventions/ecrire/{application.id}")
    assert 'name="act"' not in page.text, "it is typed nowhere else"
    assert "2026-32" in page.words


def test_the_treasurer_reads_the_act_of_each_payment(world):
    application = world.paid()
    desk = world.commune.client(world.secretary)
    path = f"/mairie/fonds/demandes/{application.id}"
    desk.submit(f"{path}/acte", {"act": "2026-31"}, on=path)
    assert "2026-31" in desk.get("/mairie/fonds/versements?etat=paid&format=csv").text


def test_fon_09_a_report_is_due_without_a_last_day(world):
    """From the first day when it is the only one; otherwise from a year after the decision."""
    application = world.under_way()
    with world.commune.session(world.resident) as session:
        found = session.get(FundApplication, application.id)
        assert report_due_on(session, found) > world.commune.today + timedelta(days=365)
    world.commune.sql("UPDATE fund_decision SET decided_at = decided_at - interval '500 days'")
    with world.commune.session(world.resident) as session:
        found = session.get(FundApplication, application.id)
        other = written(world, session, 0, total=0)
        assert report_due_on(session, found) < world.commune.today
        assert [late.id for late in late_reports(session, other)] == [application.id]
    desk = world.commune.client(world.secretary)
    assert "Pieds de mur" in desk.get("/mairie/fonds?vue=late_reports").words


# Groups that wait ----------------------------------------------------------------------------------------------------


def test_a_new_group_asks_while_it_waits_and_is_told(world, mailbox):
    from civique.core.organisations import operations
    from civique.core.organisations.models import Organisation

    client = world.commune.client(world.resident)
    facts = {"name": "Les voisins du Port", "kind": "collective", "function": "référente"}
    page = client.follow(client.submit("/mon-compte/organisations", facts))
    assert "Vous pouvez déjà demander au nom de « Les voisins du Port »" in page.text.replace("\xa0", " ")
    group = world.commune.one(Organisation)
    assert group.validated_at is None
    assert str(group.id) in client.get("/fonds/demander").text
    with world.commune.session(world.secretary) as session:
        operations.validate_organisation(session, session.get(Organisation, group.id))


def test_who_joins_a_known_group_waits(world):
    a_group(world)
    other = world.commune.client(world.commune.person("Autre", "Habitant"))
    facts = {"name": "les voisins du port", "kind": "collective", "function": "voisine"}
    other.submit("/mon-compte/organisations", facts)
    assert "Les voisins du Port" not in other.get("/fonds/demander").words


def test_a_new_association_waits(world):
    client = world.commune.client(world.resident)
    facts = {"name": "Les Jardins", "kind": "association", "function": "présidente"}
    client.submit("/mon-compte/organisations", facts)
    assert "Les Jardins" not in client.get("/fonds/demander").words


# Words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "unit", "what", "words"),
    [
        (60, "plants", "plants d’aubépine", "60 plants d’aubépine"),
        (40, "sachets", "graines", "graines (40 sachets)"),
        (12, "", "tables", "12 tables"),
        (12, "tables", "Tables", "12 Tables"),
    ],
)
def test_a_unit_is_not_said_twice(quantity, unit, what, words):
    assert things_in_words(Decimal(quantity), unit, what) == words
