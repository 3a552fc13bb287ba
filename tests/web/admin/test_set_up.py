"""Set-up and settings: identity, contact, territory, texts, audit, durations, domain."""

import io
import json

import pytest
from PIL import Image

from civique.core import commune as settings_of
from civique.core.documents.models import StoredFile
from civique.core.refused import Refused
from civique.core.settings import Setting
from civique.core.territory.models import Place, Territory
from civique.web.admin.shapes import MOST_BYTES, read_shape
from tests.fixtures import in_loire_authion, wsgi

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


def test_journey_through_the_six_steps(commune, admin):
    assert "/mairie/mise-en-route" in admin.get("/mairie").links()
    page = admin.follow(
        admin.submit("/mairie/mise-en-route/identite", {"tagline": "Sept villages", "colour": "#336699"})
    )
    assert page.title  # contact
    page = admin.submit("/mairie/mise-en-route/contact", {"phone": "02 41 57 30 30", "postal_code": "49250"})
    assert page.location == "/mairie/mise-en-route/territoire"
    page = admin.follow(page)
    page = admin.post("/mairie/mise-en-route/territory/suivant", page.form("/mairie/mise-en-route/territory/suivant"))
    page = admin.follow(page)
    page = admin.post("/mairie/mise-en-route/colleagues/passer", page.form("/mairie/mise-en-route/colleagues/passer"))
    page = admin.follow(page)
    page = admin.post("/mairie/mise-en-route/modules/suivant", page.form("/mairie/mise-en-route/modules/suivant"))
    page = admin.submit("/mairie/mise-en-route/textes", {"legal": "# Nous\n\nLa **mairie**."})
    page = admin.follow(page)
    state = value(commune, "core.set_up")
    assert state["done"] == ["identity", "contact", "territory", "modules", "texts"]
    assert state["skipped"] == ["colleagues"]
    page = admin.post("/mairie/mise-en-route/terminer", page.form("/mairie/mise-en-route/terminer"))
    assert "/mairie/mise-en-route" not in admin.get("/mairie").links()
    assert value(commune, "core.identity")["tagline"] == "Sept villages"
    assert value(commune, "core.contact")["phone"] == "+33241573030"


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
        from civique.core import settings

        assert settings.get(session, settings_of.Accessibility).level == "partial"


def test_durations_are_bounded(commune, admin):
    page = admin.submit("/mairie/reglages/durees", {"audit": "1"})
    assert page.status == 422
    assert admin.submit("/mairie/reglages/durees", {"audit": "24"}).status == 303
    assert value(commune, "core.retention")["audit"] == 24


def test_own_domain(commune, admin):
    wsgi().commune.config["RESOLVER"] = lambda host: seen.get(host, frozenset())
    own = f"{commune.tenant.slug}.civique.localhost"
    seen = {own: frozenset({"192.0.2.1"})}
    try:
        page = admin.follow(admin.submit("/mairie/reglages/domaine", {"host": "https://Participer.Exemple.fr/"}))
        assert "CNAME" in page.words
        assert f"{own}." in page.words
        assert not answers(commune, "participer.exemple.fr")
        page = admin.follow(admin.submit("/mairie/reglages/domaine/verifier", on="/mairie/reglages/domaine"))
        assert not answers(commune, "participer.exemple.fr"), "the DNS does not point here yet"
        seen["participer.exemple.fr"] = frozenset({"192.0.2.1", "203.0.113.9"})
        admin.submit("/mairie/reglages/domaine/verifier", on="/mairie/reglages/domaine")
        assert not answers(commune, "participer.exemple.fr"), "it points elsewhere too"
        seen["participer.exemple.fr"] = frozenset({"192.0.2.1"})
        admin.submit("/mairie/reglages/domaine/verifier", on="/mairie/reglages/domaine")
        assert answers(commune, "participer.exemple.fr")
    finally:
        del wsgi().commune.config["RESOLVER"]


def test_domains_that_are_refused(commune, neighbour, admin):
    from civique.core.process import provisioner

    provisioner().add_host(neighbour.tenant, "angers.exemple.fr", verified=True)
    taken = [
        "angers.exemple.fr",
        "civique.localhost",
        f"{neighbour.tenant.slug}.civique.localhost",
        "localhost",
        "10.0.0.1",
    ]
    for host in [*taken, "exemple", "a b.fr", "-a.fr", "x" * 300 + ".fr", "serveur.local"]:
        assert admin.submit("/mairie/reglages/domaine", {"host": host}).status == 422, host


def test_a_domain_taken_between_the_question_and_the_check(commune, neighbour, admin):
    from civique.core.process import provisioner

    admin.submit("/mairie/reglages/domaine", {"host": "angers.exemple.fr"})
    provisioner().add_host(neighbour.tenant, "angers.exemple.fr", verified=True)
    wsgi().commune.config["RESOLVER"] = lambda host: frozenset({"192.0.2.1"})
    try:
        admin.submit("/mairie/reglages/domaine/verifier", on="/mairie/reglages/domaine")
    finally:
        del wsgi().commune.config["RESOLVER"]
    assert answers(neighbour, "angers.exemple.fr")


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
