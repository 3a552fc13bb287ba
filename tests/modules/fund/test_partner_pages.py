"""Pages of the partners and of the evaluation, as the secretary, the élus and the residents see them."""

import io

import pytest
from pypdf import PdfReader

from civique.core.contributions.models import Contribution, ContributionUse

BASE = "/mairie/partenaires"


@pytest.fixture
def desk(world):
    """The secretary's browser."""
    return world.commune.client(world.secretary)


def pledge(desk, **facts):
    data = {
        "giver_name": "Filature de Corné",
        "nature": "material",
        "description": "Tissu",
        "quantity": "12,5",
        "unit": "mètres",
        "thanked": "y",
    }
    return desk.submit(f"{BASE}/fonds-2026/promesse", data | facts)


def test_a_pledge_from_the_sheet_to_the_project(world, desk):
    from decimal import Decimal

    assert pledge(desk).status == 303
    assert "12,5" in desk.get(BASE).words
    application = world.admissible(10_000, asks=[("material", "tissu", Decimal(10), "mètres")])
    ask = world.now(application).asks[0]
    world.decide(application, 10_000, in_kind={ask.id: (Decimal(10), "")})
    page = desk.get(BASE)
    action = f"{BASE}/fonds-2026/besoins/{ask.id}"
    form = page.form(action)
    assert desk.post(action, form).status == 303
    assert world.commune.one(ContributionUse).amount == 10
    words = desk.get(BASE).words
    assert "2,5" in words
    gift = world.commune.one(Contribution, object_type="fund")
    desk.submit(f"{BASE}/promesses/{gift.id}/recue", on=BASE)
    assert world.commune.one(Contribution, object_type="fund").received_on == world.commune.today


def test_fon_12_an_evaluation_is_written_published_and_printed(world, desk):
    world.granted(30_000)
    path = "/mairie/evaluations/fonds/2026"
    visitor = world.commune.client()
    assert visitor.get("/evaluations/fonds/2026").status == 404
    assert desk.submit(path, {"introduction": "Une belle année.", "to_change": "Aller plus vite."}).status == 303
    assert visitor.get("/evaluations/fonds/2026").status == 404
    desk.submit(f"{path}/publier", on=path)
    page = visitor.get("/evaluations/fonds/2026")
    assert "Une belle année." in page.words
    assert "300,00 €" in page.words.replace("\u202f", " ")
    pdf = PdfReader(io.BytesIO(visitor.get("/evaluations/fonds/2026.pdf").response.data))
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "Aller plus vite." in text
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    world.granted(10_000, title="Plus tard")
    assert "ne sont plus ceux" in desk.get(path).words
    desk.submit(f"{path}/retirer", on=path)
    assert visitor.get("/evaluations/fonds/2026").status == 404


def test_a_past_year_is_typed(world, desk):
    facts = {
        "year": "2023",
        "envelope": "5 000",
        "received": "12",
        "supported": "9",
        "granted": "3 100",
        "source": "Conseil du 12 mars.",
    }
    refused = desk.submit("/mairie/evaluations/fonds/passee", facts | {"supported": "13"})
    assert refused.status == 422
    assert desk.submit("/mairie/evaluations/fonds/passee", facts).status == 303
    assert "Conseil du 12 mars." in desk.get("/mairie/evaluations/fonds/2023").words
    assert "Payé 3 100 €" in desk.get("/mairie/fonds/annees").words, "what was typed, not what was counted here"
    again = desk.submit("/mairie/evaluations/fonds/passee", facts)
    assert again.status == 422
