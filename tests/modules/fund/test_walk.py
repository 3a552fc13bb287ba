"""The first walk through the fund: opened by the mairie, asked by a resident, decided, published."""

from civique.modules.fund.models import Fund, FundApplication

RULES = {
    "year": "2026",
    "envelope_cents": "8 000",
    "cap_cents": "500",
    "eligible_costs": "- graines\n- tissu",
    "decision_maker": "mayor",
}


def opened(make_commune):
    """A commune with an open fund, its secretary's and a resident's browsers."""
    commune = make_commune("49030", "fund")
    desk = commune.client(commune.person("Sylvie", "Secrétaire", "secretary"))
    page = desk.submit("/mairie/fonds/annees/nouvelle", RULES)
    page = desk.follow(page)
    fund = commune.one(Fund)
    page = desk.submit(f"/mairie/fonds/annees/{fund.id}/ouvrir", on=f"/mairie/fonds/annees/{fund.id}")
    assert commune.one(Fund).state == "open", page.text
    return commune, desk, commune.client(commune.person("Nadia", "Habitante"))


def asked(commune, client, amount="300", costs=(("Terreau", "180"), ("Graines", "120"))):
    """An application sent through its three steps."""
    page = client.submit("/fonds/demander", {"title": "Pieds de mur fleuris", "purpose": "Semer rue du Port."})
    budget = page.location
    base = budget.removesuffix("/budget")
    for label, cost in costs:
        page = client.submit(f"{base}/couts", {"label": label, "amount_cents": cost, "kind": "running"}, on=budget)
        assert page.status == 303, page.words
    page = client.submit(budget, {"amount_asked_cents": amount})
    brought = {"time-description": "Les voisins", "time-people": "6", "time-hours": "2"}
    page = client.submit(f"{page.location}/temps", brought, on=page.location)
    page = client.submit(page.location)
    assert page.location == f"{base}/verifier", page.words
    page = client.submit(f"{base}/envoyer", on=f"{base}/verifier")
    assert page.status == 303, page.words
    return commune.one(FundApplication, state="submitted")


def test_walk(make_commune, mailbox):
    commune, desk, client = opened(make_commune)
    application = asked(commune, client)
    assert application.reference == "FIC-2026-0001"
    file = f"/mairie/fonds/demandes/{application.id}"
    page = desk.submit(f"{file}/recevable", on=file)
    page = desk.follow(page)
    page = desk.submit(
        f"{file}/decision",
        {"decision": "partially_granted", "amount_cents": "250", "motive": "Le reste est couvert."},
        on=file,
    )
    page = desk.follow(page)
    assert commune.one(FundApplication).state == "partially_granted"
    public = commune.client().get("/fonds")
    assert "Pieds de mur fleuris" in public.words
    assert commune.client().get(f"/fonds/projets/{application.id}").status == 200
    follow = client.get(f"/fonds/demandes/{application.id}")
    assert "Le reste est couvert." in follow.words
    subjects = [m["Subject"] for m in mailbox()]
    assert len(subjects) == 2, subjects
    assert commune.client().get("/").status == 200
    assert desk.get("/mairie/fonds").status == 200
    assert desk.get("/mairie/fonds?format=csv").status == 200
    assert desk.get("/mairie/fonds/annees").status == 200
