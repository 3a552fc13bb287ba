"""Set-up and settings: identity, contact, territory, texts, audit, durations, domain."""

import io
import json

import pytest
from PIL import Image

from civique.core import commune as settings_of
from civique.core import settings
from civique.core.audit import AuditEntry
from civique.core.documents.models import StoredFile
from civique.core.refused import Refused
from civique.core.settings import Setting
from civique.core.territory.models import Place, Territory
from civique.web.admin.shapes import MOST_BYTES, read_shape
from tests.client import H
from tests.fixtures import VILLAGE, in_loire_authion

SQUARE = [[-0.4, 47.4], [-0.3, 47.4], [-0.3, 47.5], [-0.4, 47.4]]


@pytest.fixture
def admin(commune):
    return commune.client(commune.person("Anne", "Admin", "administrator"))


def value(commune, key):
    return commune.one(Setting, key=key).value


def answers(commune, host):
    """Whether the commune's site answers at a host."""
    from civique.core.process import registry

    registry().forget()
    found = registry().by_host(host)
    return found is not None and found.id == commune.tenant.id


def picture(colour="red"):
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


STEPS = "/mairie/mise-en-route"


def test_journey_through_the_six_steps(commune, admin):
    """After each save, back to the steps."""
    assert STEPS in admin.get("/mairie").links()
    page = admin.submit(f"{STEPS}/identite", {"tagline": "Sept villages", "colour": "#336699"})
    assert page.location == STEPS
    assert "Enregistré" in admin.follow(page).words
    page = admin.submit(f"{STEPS}/contact", {"phone": "02 41 57 30 30", "postal_code": "49250"})
    assert page.location == STEPS
    assert admin.submit(f"{STEPS}/territory/passer", on=f"{STEPS}/territoire").location == STEPS
    assert admin.submit("/mairie/collegues/inviter", {"later": "1"}, on=f"{STEPS}/collegues").location == STEPS
    assert admin.submit(f"{STEPS}/modules", {"modules": []}).location == STEPS
    page = admin.follow(admin.submit(f"{STEPS}/textes", {"legal": "# Nous\n\nLa **mairie**."}))
    state = value(commune, "core.set_up")
    assert state["done"] == ["identity", "contact", "colleagues", "modules", "texts"]
    assert state["skipped"] == ["territory"]
    page = admin.post(f"{STEPS}/terminer", page.form(f"{STEPS}/terminer"))
    assert STEPS not in admin.get("/mairie").links()
    assert value(commune, "core.identity")["tagline"] == "Sept villages"
    assert value(commune, "core.contact")["phone"] == "+33241573030"


@pytest.mark.parametrize(
    ("step", "field", "text", "key"),
    [
        ("identite", "tagline", "Sept villages", "identity"),
        ("contact", "street", "1 place de la Mairie", "contact"),
        ("textes", "welcome", "Bienvenue.", "texts"),
    ],
)
def test_a_form_left_by_later_is_sent_when_something_was_typed(commune, admin, step, field, text, key):
    form = admin.get(f"{STEPS}/{step}").form(f"{STEPS}/{step}")
    assert admin.post(f"{STEPS}/{step}", form | {"later": "1"}).location == STEPS
    assert value(commune, "core.set_up")["skipped"] == [key], "as it was: the step waits"
    assert admin.post(f"{STEPS}/{step}", form | {"later": "1", field: text}).location == STEPS
    assert value(commune, f"core.{key}")[field] == text
    assert value(commune, "core.set_up")["done"] == [key]


def test_an_invitation_left_by_continue_is_sent(commune, admin):
    from civique.core.access.models import Invitation

    admin.submit(f"{STEPS}/territory/suivant", on=f"{STEPS}/territoire")
    form = admin.get(f"{STEPS}/collegues").form("/mairie/collegues/inviter") | {"later": "1"}
    typed = {"given_name": "Marc", "family_name": "Petit", "email": "marc@exemple.fr"}
    page = admin.post("/mairie/collegues/inviter", form | typed)
    assert page.status == 422, "it lacks a role: it is asked about"
    assert "Marc" in page.text
    assert admin.post("/mairie/collegues/inviter", form | typed | {"roles": ["secretary"]}).location == STEPS
    assert commune.one(Invitation).address == "marc@exemple.fr"
    again = admin.get(f"{STEPS}/collegues").form("/mairie/collegues/inviter")
    assert commune.one(Invitation)
    assert again["given_name"] == ""


def test_continue_without_an_invitation_goes_on(commune, admin):
    from civique.core.access.models import Invitation

    admin.submit(f"{STEPS}/territory/suivant", on=f"{STEPS}/territoire")
    form = admin.get(f"{STEPS}/collegues").form("/mairie/collegues/inviter")
    assert admin.post("/mairie/collegues/inviter", form | {"later": "1"}).location == STEPS
    assert commune.all(Invitation) == []
    assert "colleagues" in value(commune, "core.set_up")["done"]


def test_modules_are_ticked_by_themselves(fresh_commune):
    admin = fresh_commune.client(fresh_commune.person("Anne", "Admin", "administrator"))
    ticked = [
        box.get("value")
        for box in admin.get(f"{STEPS}/modules").tree.iter(f"{H}input")
        if box.get("checked") is not None
    ]
    assert "fund" in ticked, "it comes with a preset"
    admin.submit(f"{STEPS}/modules", {"modules": ["fund"]})
    assert _modules(fresh_commune) >= {"fund"}
    admin.submit(f"{STEPS}/modules", {"modules": ["sample"]})
    assert "sample" in _modules(fresh_commune)
    assert "fund" not in _modules(fresh_commune)


@pytest.fixture
def private(commune):
    """The village as it is after a subscription: not yet published."""
    with commune.session() as session:
        settings.change(session, settings_of.SetUp, published=False)
    return commune


def test_until_it_is_published_only_the_staff_see_the_site(private):
    stranger, resident = private.client(), private.client(private.person("Nadia", "Habitante"))
    for visitor in (stranger, resident):
        for path in ("/", "/participer", "/agenda", "/signaler", "/actualites.atom"):
            page = visitor.get(path)
            assert page.title == "Le site de Blou ouvre bientôt", path
            assert page.headers["X-Robots-Tag"] == "noindex"
            assert "ETag" not in page.headers
            assert "/participer" not in page.links()
        assert visitor.get("/mentions-legales").title != "Le site de Blou ouvre bientôt"
    assert stranger.get("/connexion").status == 200
    admin = private.client(private.person("Anne", "Admin", "administrator"))
    assert admin.get("/").title != "Le site de Blou ouvre bientôt"
    page = admin.get(STEPS)
    assert "Publier le site" in page.words
    page = admin.follow(admin.post(f"{STEPS}/publier", page.form(f"{STEPS}/publier")))
    assert "Voir mon site" in page.words
    assert f"{STEPS}/affiche.pdf" in page.links()
    assert stranger.get("/").title == "Bienvenue chez vous, à Blou"
    assert private.one(AuditEntry, action="commune.published")


def test_the_poster_leads_to_the_site(commune, admin):
    from pypdf import PdfReader

    answer = admin.get(f"{STEPS}/affiche.pdf")
    text = PdfReader(io.BytesIO(answer.response.get_data())).pages[0].extract_text()
    assert "Le site de Blou est ouvert" in " ".join(text.split())
    assert commune.host in text


def test_the_photo_is_on_the_home_page_and_previewed(commune, admin):
    admin.submit(f"{STEPS}/identite", {"photo": (picture(), "loire.png"), "photo_text": "La Loire au soleil"})
    for page in (commune.client().get("/"), admin.get(f"{STEPS}/identite")):
        assert "La Loire au soleil" in [image.get("alt") for image in page.tree.iter(f"{H}img")]


def test_wrong_forms_of_the_article_are_not_offered(make_commune):
    """Blou: « de Blou » alone is right, there is nothing to ask. A name that begins with h may be said both ways."""
    blou = make_commune(VILLAGE)
    admin = blou.client(blou.person("Anne", "Admin", "administrator"))
    assert "article" not in admin.get("/mairie/reglages/identite").form("/mairie/reglages/identite")
    assert admin.submit("/mairie/reglages/identite", {"tagline": "Au bord du Lathan"}).status == 303
    assert blou.client().get("/mentions-legales").text.count("de Blou")


def test_the_hours_are_proposed(commune, admin):
    assert "Du lundi au vendredi" in admin.get(f"{STEPS}/contact").form(f"{STEPS}/contact")["hours"]
    assert admin.get("/mairie/reglages/contact").form("/mairie/reglages/contact")["hours"] == ""


def test_steps_can_be_taken_in_any_order_and_again(commune, admin):
    admin.submit("/mairie/mise-en-route/textes", {"legal": "Un"})
    admin.submit("/mairie/mise-en-route/textes", {"legal": "Deux"})
    assert value(commune, "core.set_up")["done"] == ["texts"]
    assert value(commune, "core.texts")["legal"] == "Deux"
    page = admin.get("/mairie/mise-en-route")
    assert admin.post("/mairie/mise-en-route/nothing/passer", page.form()).status == 404


def test_identity_refuses_what_is_not_a_colour_or_a_picture(commune, admin):
    page = admin.submit("/mairie/reglages/identite", {"colour": "red;}", "tagline": "Gardé"})
    assert page.status == 422
    assert "Gardé" in page.text
    page = admin.submit("/mairie/reglages/identite", {"logo": (io.BytesIO(b"<svg onload=alert(1)>"), "logo.png")})
    assert page.status == 422
    page = admin.submit("/mairie/reglages/identite", {"photo": (picture(), "loire.png")})
    assert page.status == 422, "a photo without words for the blind"
    assert commune.all(StoredFile) == []


def test_a_new_logo_replaces_the_former_one(commune, admin):
    for colour in ("red", "blue"):
        assert admin.submit("/mairie/reglages/identite", {"logo": (picture(colour), "blason.png")}).status == 303
    logo = commune.one(StoredFile)
    assert value(commune, "core.identity")["logo_id"] == str(logo.id)
    assert logo.visibility == "public"
    assert str(logo.id) in commune.client().get("/").text
    assert admin.submit("/mairie/reglages/identite", {"remove_logo": "1"}).status == 303
    assert commune.all(StoredFile) == []
    assert value(commune, "core.identity")["logo_id"] == ""


def test_a_pale_colour_is_said_to_be_darkened(admin):
    page = admin.get("/mairie/reglages/identite?colour=%23ffee00")
    assert "#ffee00" in page.words
    fragment = admin.get(
        "/mairie/reglages/identite?colour=%23ffee00", headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert "<h1" not in fragment.text
    assert 'id="preview"' in fragment.text
    assert "#evil" not in admin.get("/mairie/reglages/identite?colour=%23evil").text


@in_loire_authion
def test_territory_of_a_commune_with_villages(commune, admin):
    page = admin.get("/mairie/reglages/territoire")
    assert "Corné" in page.words
    village = commune.one(Territory, name="Corné")
    path = f"/mairie/reglages/territoire/{village.id}"
    assert admin.submit(path, {"name": "Corné-sur-Authion"}).status == 303
    assert commune.one(Territory, id=village.id).name == "Corné-sur-Authion"
    page = admin.submit(path, {"name": "brain sur l’authion"})
    assert page.status == 422, "the name of another village, accents and case aside"
    admin.submit(f"{path}/retirer", on="/mairie/reglages/territoire")
    assert commune.all(Territory, id=village.id) == []


def test_territory_without_villages_does_not_speak_of_them(neighbour):
    admin = neighbour.client(neighbour.person("Anne", "Admin", "administrator"))
    page = admin.get("/mairie/reglages/territoire")
    assert "déléguées" not in page.words


def test_quarter_with_outline_then_corrected(commune, admin):
    shape = json.dumps(
        {"type": "Feature", "properties": {"x": 1}, "geometry": {"type": "Polygon", "coordinates": [SQUARE]}}
    )
    data = {"name": "La Levée", "description": "Quais", "shape": shape}
    page = admin.submit("/mairie/reglages/quartiers/nouveau", data)
    assert page.status == 303
    quarter = commune.one(Territory, kind="quarter")
    assert shape_of(commune, quarter) == {"type": "Polygon", "coordinates": [SQUARE]}
    admin.submit(f"/mairie/reglages/territoire/{quarter.id}", {"shape": "", "name": "La Levée"})
    assert shape_of(commune, quarter) is None


def shape_of(commune, territory):
    return commune.sql("SELECT shape FROM territory WHERE id = :id", id=territory.id)[0].shape


@in_loire_authion
def test_a_commune_deleguee_has_an_outline_too(commune, admin):
    village = commune.one(Territory, name="Andard")
    path = f"/mairie/reglages/territoire/{village.id}"
    shape = json.dumps({"type": "Polygon", "coordinates": [SQUARE]})
    assert admin.submit(path, {"shape": "pas du GeoJSON"}).status == 422
    assert admin.submit(path, {"shape": shape}).status == 303
    assert shape_of(commune, village) == {"type": "Polygon", "coordinates": [SQUARE]}
    assert "avec contour" in admin.get("/mairie/reglages/territoire").words
    assert "0.4" in admin.get(path).form(path)["shape"], "it comes back to be corrected"


def test_quarter_sent_twice_is_added_once(commune, admin):
    form = admin.get("/mairie/reglages/quartiers/nouveau").form() | {"name": "Le Port"}
    first = admin.post("/mairie/reglages/quartiers/nouveau", form)
    second = admin.post("/mairie/reglages/quartiers/nouveau", form)
    assert first.location == second.location
    assert len(commune.all(Territory, kind="quarter")) == 1


def test_quarter_refuses_a_bad_outline_and_keeps_what_was_typed(commune, admin):
    for shape in ('{"type":"Point","coordinates":[0,0]}', "[" * 5000, "x" * (MOST_BYTES + 1)):
        page = admin.submit("/mairie/reglages/quartiers/nouveau", {"name": "Le Port", "shape": shape})
        assert page.status == 422
        assert "Le Port" in page.text
    file = (io.BytesIO(b"\xff\xfe not json"), "quartier.geojson")
    assert admin.submit("/mairie/reglages/quartiers/nouveau", {"name": "Le Port", "shape_file": file}).status == 422
    assert commune.all(Territory, kind="quarter") == []


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"type": "LineString", "coordinates": SQUARE}, "kind"),
        ({"type": "Polygon", "coordinates": []}, "ring"),
        ({"type": "Polygon", "coordinates": [SQUARE[:3]]}, "ring"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:3], [0, 0]]]}, "ring"),
        ({"type": "Polygon", "coordinates": [[[200, 0], [0, 0], [1, 1], [200, 0]]]}, "points"),
        ({"type": "Polygon", "coordinates": [[["1", 0], [0, 0], [1, 1], ["1", 0]]]}, "points"),
        ({"type": "Polygon", "coordinates": [[[0, 0]] * 5001]}, "large"),
        ({"type": "FeatureCollection", "features": []}, "kind"),
        ("not a shape", "kind"),
    ],
)
def test_shapes_that_are_refused(value, reason):
    with pytest.raises(Refused) as refused:
        read_shape(json.dumps(value))
    assert refused.value.rule == reason


@in_loire_authion
def test_schools(commune, admin):
    page = admin.submit("/mairie/reglages/ecoles/nouvelle", {"name": "Marie Curie", "level": "elementaire"})
    assert page.status == 303
    school = commune.one(Place, kind="school")
    village = commune.one(Territory, name="Corné")
    admin.submit(f"/mairie/reglages/ecoles/{school.id}", {"territory_id": str(village.id)})
    assert commune.one(Place, kind="school").territory_id == village.id
    assert "Marie Curie" in admin.get("/mairie/reglages/territoire").words
    admin.submit(f"/mairie/reglages/ecoles/{school.id}/retirer", on="/mairie/reglages/territoire")
    assert commune.all(Place) == []


@in_loire_authion
def test_territory_of_the_neighbour_does_not_exist_here(commune, neighbour):
    admin = neighbour.client(neighbour.person("Anne", "Admin", "administrator"))
    village = commune.one(Territory, name="Corné")
    assert admin.get(f"/mairie/reglages/territoire/{village.id}").status == 404
    token = admin.get("/mairie/reglages/ecoles/nouvelle").form()
    assert admin.post(f"/mairie/reglages/territoire/{village.id}/retirer", token).status == 404
    assert commune.one(Territory, name="Corné")


def test_accessibility_audit_decides_the_footer(commune, admin):
    page = admin.submit("/mairie/reglages/accessibilite", {"rate": "60"})
    assert page.status == 422, "a rate without an audit"
    page = admin.submit("/mairie/reglages/accessibilite", {"rate": "60", "audited_on": "2999-01-01"})
    assert page.status == 422
    page = admin.submit(
        "/mairie/reglages/accessibilite", {"rate": "60", "audited_on": "2026-01-10", "auditor": "Atalan"}
    )
    assert page.status == 303
    with commune.session() as session:
        assert settings.get(session, settings_of.Accessibility).level == "partial"


def test_durations_are_bounded(commune, admin):
    page = admin.submit("/mairie/reglages/durees", {"audit": "1"})
    assert page.status == 422
    assert admin.submit("/mairie/reglages/durees", {"audit": "24"}).status == 303
    assert value(commune, "core.retention")["audit"] == 24


def test_block_to_embed_has_the_address_of_this_commune(commune, admin):
    page = admin.get("/mairie/reglages/bloc")
    assert f"http://{commune.host}/bloc" in page.words


def test_modules_on_and_off(commune, admin):
    page = admin.get("/mairie/reglages/modules/sample")
    page = admin.post("/mairie/reglages/modules/sample/activer", page.form("/mairie/reglages/modules/sample/activer"))
    page = admin.follow(page)
    assert "sample" in _modules(commune)
    admin.post("/mairie/reglages/modules/sample/desactiver", page.form("/mairie/reglages/modules/sample/desactiver"))
    assert "sample" not in _modules(commune)
    assert admin.get("/mairie/reglages/modules/core").status == 404
    assert admin.get("/mairie/reglages/modules/unknown").status == 404


def _modules(commune):
    from civique.core.process import registry

    registry().forget()
    return registry().by_schema(commune.tenant.schema).modules
