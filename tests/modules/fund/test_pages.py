"""The fund's pages as people use and misuse them."""

import pytest

from civique.modules.fund.models import ApplicationState, BudgetLine, Fund, FundApplication


@pytest.fixture
def draft(world):
    """A resident's browser on a draft; gives the client and the draft's address."""
    client = world.commune.client(world.resident)
    page = client.submit("/fonds/demander", {"title": "Fête", "purpose": "Une fête."})
    return client, page.location.removesuffix("/budget")


def add(client, base, amount, kind="running"):
    return client.submit(
        f"{base}/couts", {"label": "Terreau", "amount_cents": amount, "kind": kind}, on=f"{base}/budget"
    )


@pytest.mark.parametrize(("typed", "cents"), [("1 250,50", 125_050), ("1.250,50 €", 125_050), ("12", 1200)])
def test_amounts_read_as_people_write_them(world, draft, typed, cents):
    client, base = draft
    assert add(client, base, typed).status == 303
    assert world.commune.one(BudgetLine).amount_cents == cents


@pytest.mark.parametrize("typed", ["-5", "1000000000000", "douze", "0", ""])
def test_amounts_refused_with_the_reason_and_what_was_typed(world, draft, typed):
    client, base = draft
    page = add(client, base, typed)
    assert page.status == 422
    assert page.form(f"{base}/couts")["amount_cents"] == typed
    assert page.form(f"{base}/couts")["label"] == "Terreau"
    assert world.commune.all(BudgetLine) == []


def test_fon_02_is_said_beside_the_field(draft):
    client, base = draft
    assert add(client, base, "100", "investment").status == 422


def test_a_draft_is_found_again_and_thrown_away(world, draft):
    client, base = draft
    assert "Fête" in client.get("/fonds/demander").words
    page = client.submit(f"{base}/budget", {"amount_asked_cents": "10", "later": "1"})
    assert page.location == "/fonds"


def test_an_application_of_somebody_else_does_not_exist(world, draft):
    _, base = draft
    other = world.commune.client(world.commune.person("Autre", "Habitant"))
    for path in (f"{base}/budget", f"{base}/verifier", base, f"{base}/idee"):
        assert other.get(path).status == 404
    assert world.commune.client().get(base).status == 303


def test_an_application_of_the_neighbour_does_not_exist(world, make_commune, draft):
    _, base = draft
    neighbour = make_commune("49002", "fund")
    desk = neighbour.client(neighbour.person("Odile", "Voisine", "administrator"))
    application = world.commune.one(FundApplication)
    for path in (
        base,
        f"/fonds/projets/{application.id}",
        f"/mairie/fonds/demandes/{application.id}",
        f"/mairie/fonds/annees/{world.fund.id}",
    ):
        assert desk.get(path).status == 404, path


def test_stale_file_shows_what_changed_and_overwrites_nothing(world):
    application = world.ask()
    path = f"/mairie/fonds/demandes/{application.id}"
    one, two = (world.commune.client(world.secretary) for _ in range(2))
    old = two.get(path).form(f"{path}/irrecevable")
    one.submit(f"{path}/recevable", on=path)
    page = two.post(f"{path}/irrecevable", {**old, "motive": "Non."})
    assert page.status == 422
    assert world.commune.one(FundApplication).state == "admissible"


def test_list_by_twenty_and_filters(world):
    for number in range(23):
        world.ask(title=f"Projet numéro {number}")
    desk = world.commune.client(world.secretary)
    page = desk.get("/mairie/fonds")
    assert page.text.count("/mairie/fonds/demandes/") == 20
    assert desk.get("/mairie/fonds?page=2").text.count("/mairie/fonds/demandes/") == 3
    world.ask(title="Carnaval")
    assert desk.get("/mairie/fonds?q=carnaval").text.count("/mairie/fonds/demandes/") == 1
    assert desk.get("/mairie/fonds?q=2026-0004").text.count("/mairie/fonds/demandes/") == 1
    assert desk.get("/mairie/fonds?page=abc").status == 404
    part = desk.get("/mairie/fonds?etat=refused", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "<html" not in part.text


def test_csv_neutralises_formulas(world):
    world.ask(title="=cmd|' /C calc'!A0")
    text = world.commune.client(world.secretary).get("/mairie/fonds?format=csv").text
    assert "'=cmd" in text


def test_without_second_factor_no_decision(world):
    application = world.admissible()
    path = f"/mairie/fonds/demandes/{application.id}"
    form = world.commune.client(world.secretary).get(path).form(f"{path}/decision")
    client = world.commune.client(world.secretary, strong=False)
    assert client.get(path).location.startswith("/connexion/second-facteur")
    token = client.get("/mon-compte/mot-de-passe").form()["csrf_token"]
    page = client.post(f"{path}/decision", {**form, "csrf_token": token, "decision": "granted"})
    assert page.location.startswith("/connexion/second-facteur")
    assert world.commune.one(FundApplication).state == "admissible"


def test_a_paper_application_is_entered_at_the_counter(world, mailbox):
    from civique.core.messages.models import Message

    paper = world.commune.person("Paulette", "Papier", email=None)
    agent = world.commune.client(world.commune.person("Ali", "Accueil", "counter"))
    path = f"/mairie/fonds/saisir?personne={paper.id}"
    page = agent.get(path)
    form = page.form("/mairie/fonds/saisir") | {
        "channel": "paper",
        "title": "Boîte à livres",
        "purpose": "La remettre en état.",
        "costs": "Peinture 100\nVis, plexiglas : 30 €",
        "amount_asked_cents": "600",
        "asks": "4 heures d’un menuisier\n2 planches",
        "supports": "12 heures de voisins\n20 € de la tombola",
    }
    refused = agent.post(path, form)
    assert refused.status == 422
    assert refused.form("/mairie/fonds/saisir")["title"] == "Boîte à livres"
    assert world.commune.all(FundApplication) == []
    form["amount_asked_cents"] = "110"
    assert [agent.post(path, form).status for _ in range(2)] == [303, 303]
    application = world.now(world.commune.one(FundApplication))
    assert (application.channel, application.state, application.applicant_id) == ("paper", "submitted", paper.id)
    assert [(line.label, line.amount_cents) for line in application.lines] == [
        ("Peinture", 10_000),
        ("Vis, plexiglas", 3_000),
    ]
    assert [(ask.nature, ask.description, ask.unit) for ask in application.asks] == [
        ("human", "un menuisier", "heures"),
        ("material", "planches", ""),
    ]
    assert world.commune.sql("SELECT nature, value_cents FROM contribution ORDER BY nature") == [
        ("financial", 2_000),
        ("human", None),
    ]
    assert world.commune.one(Message).state == "to_print"
    page = agent.get(f"/mairie/fonds/recu/{application.id}")
    assert "François" in page.words
    assert agent.get(f"/mairie/fonds/recu/{application.id}.pdf").response.mimetype == "application/pdf"


@pytest.mark.parametrize("costs", ["Peinture", "100", "Peinture 0"])
def test_a_cost_that_cannot_be_read_is_shown_with_its_line(world, costs):
    agent = world.commune.client(world.secretary)
    path = f"/mairie/fonds/saisir?personne={world.resident.id}"
    data = {"title": "T", "purpose": "P", "costs": f"Vis 3\n{costs}", "amount_asked_cents": "3", "supports": "2 tables"}
    page = agent.post(path, agent.get(path).form("/mairie/fonds/saisir") | data)
    assert page.status == 422
    assert "Ligne 2" in page.words


def test_my_account_shows_my_applications(world):
    world.ask(title="Pieds de mur fleuris")
    assert "Pieds de mur fleuris" in world.commune.client(world.resident).get("/mon-compte").words


def test_demonstration_has_every_state(make_commune):
    import random

    from civique.core import clock
    from civique.core.demonstration import World
    from civique.core.people.queries import get_person
    from civique.modules.fund.demo import demo

    commune = make_commune("49030", "fund")
    residents, paper = (
        [commune.person("Nadia", "Une"), commune.person("Ali", "Deux")],
        [commune.person("Paule", "Trois", email=None)],
    )
    with commune.session() as session:
        world = World(clock.today(), random.Random(1))
        world.residents = [get_person(session, p.id) for p in residents]
        world.paper = [get_person(session, p.id) for p in paper]
        demo(session, world)
    states = {d.state for d in commune.all(FundApplication)}
    assert states == set(ApplicationState.all())
    assert [fund.state for fund in commune.all(Fund)].count("closed") == 3, "two past years, and one typed"
    assert commune.sql("SELECT count(*) FROM agenda_item_recusal WHERE imposed")[0][0] == 1
    assert commune.client().get("/fonds").status == 200


def test_what_is_needed_later_does_not_read_as_optional(world):
    application = world.admissible()
    page = world.commune.client(world.secretary).get(f"/mairie/fonds/demandes/{application.id}")
    assert "Motif (le porteur le lit)" in page.words
    assert "Motif (le porteur le lit) (facultatif)" not in page.words
