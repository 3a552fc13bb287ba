"""Asking in three steps, as people use and misuse it."""

import pytest

from civique.core.contributions.models import Contribution
from civique.modules.fund.models import Ask, BudgetLine, FundApplication

TIME = {"time-description": "Les voisins", "time-people": "6", "time-hours": "2"}
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def draft(world):
    """A resident's browser on a draft; gives the client and the draft's address."""
    client = world.commune.client(world.resident)
    page = client.submit("/fonds/demander", {"title": "Fête des voisins", "purpose": "Une fête."})
    return client, page.location.removesuffix("/budget")


def add_cost(client, base, amount="100", **more):
    facts = {"label": "Terreau", "amount_cents": amount, "kind": "running", **more}
    return client.submit(f"{base}/couts", facts, on=f"{base}/budget")


def association(world):
    """An association for which the resident speaks."""
    from civique.core.organisations import operations
    from civique.core.people.queries import get_person

    with world.commune.session(world.secretary) as session:
        found = operations.add_organisation(session, "association", "Les Jardins")
        applicant = get_person(session, world.resident.id)
        operations.accept_representative(
            session, operations.name_representative(session, found, applicant, "Présidente")
        )
    return found


def test_the_idea_keeps_where_and_when(world, draft):
    client, base = draft
    facts = {"place": "Rue du Port", "starts_on": "2026-12-20", "ends_on": "2027-01-10"}
    assert client.submit(f"{base}/idee", facts).location == f"{base}/budget"
    found = world.commune.one(FundApplication)
    assert (found.place, found.starts_on.isoformat(), found.ends_on.isoformat()) == tuple(facts.values())


def test_dates_that_cannot_be_are_said_beside_their_field(world, draft):
    client, base = draft
    page = client.submit(f"{base}/idee", {"starts_on": "2026-12-20", "ends_on": "2026-12-01"})
    assert page.status == 422
    assert "Le dernier jour" in page.words
    assert page.form(f"{base}/idee")["ends_on"] == "2026-12-01"
    page = client.submit(f"{base}/idee", {"starts_on": "2031-12-20", "ends_on": ""})
    assert page.status == 422
    assert world.commune.one(FundApplication).starts_on is None


def test_two_windows_on_the_idea_overwrite_nothing(world, draft):
    client, base = draft
    old = client.get(f"{base}/idee").form(f"{base}/idee")
    client.submit(f"{base}/idee", {"title": "Fête de la rue"})
    page = client.post(f"{base}/idee", {**old, "title": "Autre nom"})
    assert page.status == 422
    assert page.form(f"{base}/idee")["title"] == "Autre nom"
    assert world.commune.one(FundApplication).title == "Fête de la rue"
    assert client.post(f"{base}/idee", page.form(f"{base}/idee")).status == 303
    assert world.commune.one(FundApplication).title == "Autre nom"


def test_two_windows_on_the_amount_overwrite_nothing(world, draft):
    client, base = draft
    add_cost(client, base)
    old = client.get(f"{base}/budget").form(f"{base}/budget")
    client.submit(f"{base}/budget", {"amount_asked_cents": "50"})
    assert client.post(f"{base}/budget", {**old, "amount_asked_cents": "90"}).status == 422
    assert world.commune.one(FundApplication).amount_asked_cents == 5000


def test_a_thing_that_stays_is_refused_in_words(world, draft):
    client, base = draft
    page = add_cost(client, base, kind="investment")
    assert page.status == 422
    assert "consomme" in page.words or "dure" in page.words
    assert world.commune.all(BudgetLine) == []


def test_a_cost_sent_twice_counts_once(world, draft):
    client, base = draft
    form = client.get(f"{base}/budget").form(f"{base}/couts") | {"label": "Terreau", "amount_cents": "10"}
    assert [client.post(f"{base}/couts", form).status for _ in range(2)] == [303, 303]
    assert len(world.commune.all(BudgetLine)) == 1


def test_with_htmx_only_the_costs_come_back(draft):
    client, base = draft
    form = client.get(f"{base}/budget").form(f"{base}/couts") | {"label": "Terreau", "amount_cents": "10"}
    part = client.post(f"{base}/couts", form, headers=PARTIAL)
    assert part.status == 200
    assert "<html" not in part.text
    assert "Terreau" in part.text
    rest = client.get(f"{base}/budget?amount_asked_cents=4", headers=PARTIAL)
    assert "6,00" in rest.text
    assert "<form" not in rest.text


def test_things_and_help_are_asked_beside_money(world, draft):
    client, base = draft
    thing = {"thing-description": "graines", "thing-quantity": "40", "thing-unit": "sachets"}
    assert client.submit(f"{base}/choses", thing, on=f"{base}/budget").status == 303
    help_ = {"help-description": "un jardinier", "help-quantity": "3,5"}
    assert client.submit(f"{base}/aide", help_, on=f"{base}/budget").status == 303
    assert [(a.nature, float(a.quantity)) for a in world.commune.all(Ask)] == [("material", 40), ("human", 3.5)]
    ask = world.commune.all(Ask)[0]
    assert client.submit(f"{base}/besoins/{ask.id}/retirer", on=f"{base}/budget").status == 303
    assert len(world.commune.all(Ask)) == 1


@pytest.mark.parametrize("typed", ["", "beaucoup", "-3", "0", "1e9", "NaN"])
def test_quantities_that_mean_nothing_are_refused(world, draft, typed):
    client, base = draft
    page = client.submit(
        f"{base}/choses", {"thing-description": "graines", "thing-quantity": typed}, on=f"{base}/budget"
    )
    assert page.status == 422
    assert page.form(f"{base}/choses")["thing-quantity"] == typed
    assert world.commune.all(Ask) == []


def test_time_things_and_money_are_brought(world, draft):
    client, base = draft
    path = f"{base}/apports"
    assert client.submit(f"{path}/temps", TIME, on=path).status == 303
    gift = {"gift-description": "Tables du comité", "gift-quantity": "10", "gift-unit": "tables"}
    assert client.submit(f"{path}/choses", gift, on=path).status == 303
    money = {"money-description": "Tombola", "money-value_cents": "70"}
    assert client.submit(f"{path}/argent", money, on=path).status == 303
    brought = {c.nature: c for c in world.commune.all(Contribution)}
    assert float(brought["human"].quantity) == 12
    assert "6 × 2" in brought["human"].description
    assert brought["financial"].value_cents == 7000
    page = client.get(path)
    assert "12 heures" in page.words
    support = brought["material"].id
    assert client.submit(f"{path}/{support}/retirer", on=path).status == 303
    assert len(world.commune.all(Contribution)) == 2


def test_without_anything_brought_it_says_so_kindly(world, draft):
    client, base = draft
    add_cost(client, base)
    client.submit(f"{base}/budget", {"amount_asked_cents": "100"})
    page = client.submit(f"{base}/envoyer", on=f"{base}/verifier")
    assert page.status == 422
    assert "heures" in page.words
    assert world.commune.one(FundApplication).state == "draft"


def test_an_association_accepts_the_charter_first(world, draft):
    organisation = association(world)
    client, base = draft
    client.submit(f"{base}/idee", {"organisation_id": str(organisation.id)})
    add_cost(client, base)
    client.submit(f"{base}/budget", {"amount_asked_cents": "100"})
    path = f"{base}/apports"
    client.submit(f"{path}/temps", TIME, on=path)
    page = client.submit(path)
    assert page.status == 422
    assert "engagement républicain" in page.words
    assert client.submit(path, {"charter": "y"}).location == f"{base}/verifier"
    assert client.submit(f"{base}/envoyer", on=f"{base}/verifier").status == 303
    assert world.commune.one(FundApplication).charter_accepted_at is not None


def test_an_organisation_of_others_cannot_be_chosen(world, draft):
    from civique.core.organisations import operations

    association(world)
    with world.commune.session(world.secretary) as session:
        other = operations.add_organisation(session, "association", "Les Autres")
    client, base = draft
    assert client.submit(f"{base}/idee", {"organisation_id": str(other.id)}).status == 422


def test_each_step_is_somebody_elses_404(world, draft):
    _, base = draft
    other = world.commune.client(world.commune.person("Autre", "Habitant"))
    for page in ("idee", "budget", "apports", "verifier", "demande.pdf", "compte", "bilan"):
        assert other.get(f"{base}/{page}").status == 404, page
    assert world.commune.client().get(f"{base}/apports").location.startswith("/connexion")


def test_a_sent_application_no_longer_changes(world):
    application = world.ask()
    client = world.commune.client(world.resident)
    base = f"/fonds/demandes/{application.id}"
    for page in ("idee", "budget", "apports", "verifier"):
        assert client.get(f"{base}/{page}").location == base, page
    token = client.get(base).form(f"{base}/retirer")
    assert client.post(f"{base}/couts", {**token, "label": "X", "amount_cents": "1", "kind": "running"}).status == 422
    assert client.post(f"{base}/apports/temps", {**token, **TIME}).status == 422
    client.post(f"{base}/idee", {**token, "title": "Autre", "purpose": "Autre."})
    assert world.now(application).title == "Pieds de mur fleuris"
    assert len(world.now(application).lines) == 1


def test_sent_back_it_is_changed_the_same_way_and_checked_again(world):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis"])
    client = world.commune.client(world.resident)
    base = f"/fonds/demandes/{application.id}"
    assert client.submit(f"{base}/idee", {"title": "Pieds de mur très fleuris"}).location == f"{base}/budget"
    client.submit(f"{base}/budget", {"amount_asked_cents": "900"})
    item = world.now(application).missing[0]
    page = client.submit(f"{base}/manques/{item.id}", {"answer": "Le voici."}, on=base)
    assert page.status == 422, "more than the costs"
    client.submit(f"{base}/budget", {"amount_asked_cents": "250"})
    money = {"money-description": "Tombola", "money-value_cents": "50"}
    client.submit(f"{base}/apports/argent", money, on=f"{base}/apports")
    assert client.submit(f"{base}/manques/{item.id}", {"answer": "Le voici."}, on=base).status == 303
    found = world.now(application)
    assert (found.state, found.amount_asked_cents, found.title) == ("submitted", 25_000, "Pieds de mur très fleuris")


@pytest.mark.parametrize(
    ("helped", "asked"),
    [("Fleurs du quai", "Encore des fleurs"), ("Une haie au bourg", "Planter des haies"), ("Pédibus", "Un PEDIBUS")],
)
def test_similar_projects_are_shown_while_writing(world, helped, asked):
    world.decide(world.admissible(title=helped), 30_000)
    client = world.commune.client(world.resident)
    page = client.submit("/fonds/demander", {"title": asked, "purpose": "Semer."})
    assert helped in client.follow(page).words


def test_a_project_without_a_word_in_common_is_not_similar(world):
    world.decide(world.admissible(title="Fleurs du quai"), 30_000)
    client = world.commune.client(world.resident)
    page = client.submit("/fonds/demander", {"title": "Le du de la ☆", "purpose": "Semer."})
    assert "Fleurs du quai" not in client.follow(page).words


def test_a_closed_fund_takes_nothing_and_says_so(world):
    from civique.modules.fund.models import Fund
    from civique.modules.fund.operations import funds

    client = world.commune.client(world.resident)
    form = client.get("/fonds/demander").form("/fonds/demander")
    with world.commune.session(world.secretary) as session:
        funds.close_fund(session, session.get(Fund, world.fund.id))
    page = client.post("/fonds/demander", {**form, "title": "Fête", "purpose": "Une fête."})
    assert page.status == 422
    assert world.commune.all(FundApplication) == []
    assert "demander" not in " ".join(world.commune.client().get("/fonds").links())
