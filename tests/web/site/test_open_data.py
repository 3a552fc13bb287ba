"""« Flux et données »: what everybody may follow and use again, read from what the core and the modules declare."""

import json
import re

import pytest

from civique.core.registry import modules
from tests.fixtures import wsgi
from tests.sample.operations import ask_pickup

MANDATORY = {
    "dct:title",
    "dct:description",
    "dct:identifier",
    "dct:modified",
    "dct:publisher",
    "dct:license",
    "dcat:landingPage",
}


def catalogue(commune):
    page = commune.client().get("/donnees.jsonld")
    assert page.headers["Content-Type"] == "application/ld+json"
    return json.loads(page.text)


def codes(commune):
    return [dataset["@id"].rpartition("#")[2] for dataset in catalogue(commune)["dcat:dataset"]]


def test_a_village_with_nothing_yet_has_its_feeds_and_says_that_no_data_is_there(commune):
    page = commune.client().get("/donnees")
    assert page.title == "Flux et données"
    assert {"/actualites.atom", "/agenda.ics", "/agenda.atom", "/recits.atom"} <= set(page.links())
    assert "Pas encore de données" in page.words
    assert "/fonds/projets.atom" not in page.links()
    assert codes(commune) == []
    assert "/donnees" in commune.client().get("/sinformer").links()


def test_what_is_listed_is_there(lived_in):
    """Each address of the page and of the catalogue gives what it says."""
    visitor = lived_in.client()
    links = visitor.get("/donnees").links()
    places, declared = wsgi().commune.url_map.bind(""), list(modules().of(lived_in.tenant))
    for feed in (feed for manifest in declared for feed in manifest.feeds):
        path = places.build(feed.endpoint)
        assert path in links
        assert visitor.get(path).headers["Content-Type"].startswith(feed.media_type), path
    found = catalogue(lived_in)
    named = {dataset["@id"].rpartition("#")[2] for dataset in found["dcat:dataset"]}
    assert {"indicateurs", "subventions"} <= named <= {one.code for manifest in declared for one in manifest.open_data}
    for dataset in found["dcat:dataset"]:
        for distribution in dataset["dcat:distribution"]:
            url = distribution["dcat:downloadURL"]["@id"]
            path = url.removeprefix(f"http://{lived_in.host}")
            assert path in links
            media_type = distribution["dcat:mediaType"]["@id"].rpartition("media-types/")[2]
            assert visitor.get(path).headers["Content-Type"].startswith(media_type), path


def test_the_catalogue_is_what_a_portal_harvests(lived_in):
    found = catalogue(lived_in)
    prefixes = set(found["@context"])

    def keys(value):
        if isinstance(value, dict):
            yield from (key for key in value if not key.startswith("@"))
            for inner in value.values():
                yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    terms = {key for name, value in found.items() if name != "@context" for key in (name, *keys(value))}
    assert {term.partition(":")[0] for term in terms if not term.startswith("@")} <= prefixes
    assert found["@type"] == "dcat:Catalog"
    assert found["dct:publisher"]["foaf:name"] == "Blou"
    assert found["dct:publisher"]["dct:identifier"] == lived_in.tenant.siren
    for dataset in found["dcat:dataset"]:
        assert set(dataset) >= MANDATORY
        assert dataset["dct:license"]["rdfs:label"] == "Licence Ouverte 2.0"
    grants = next(dataset for dataset in found["dcat:dataset"] if dataset["@id"].endswith("#subventions"))
    schemas = {d["dct:title"]: d.get("dct:conformsTo", {}).get("@id") for d in grants["dcat:distribution"]}
    assert schemas == {
        "Subventions du fonds d’initiative citoyenne (CSV)": "https://schema.data.gouv.fr/scdl/subventions/2.1.1",
        "Subventions du fonds d’initiative citoyenne (JSON)": None,
    }


def test_the_catalogue_is_in_french_for_whoever_asks(lived_in):
    client = lived_in.client()
    client.get("/langue/en")
    assert client.get("/donnees").title == "Feeds and data"
    found = json.loads(client.get("/donnees.jsonld").text)
    assert "Les chiffres de la commune" in [dataset["dct:title"] for dataset in found["dcat:dataset"]]


def test_a_module_that_is_off_offers_nothing(lived_in):
    from civique.core.switching import switch_off

    assert "subventions" in codes(lived_in)
    lived_in.tenant = switch_off(lived_in.tenant, "fund")
    assert "subventions" not in codes(lived_in)
    links = lived_in.client().get("/donnees").links()
    assert not [link for link in links if link.startswith("/fonds")]


@pytest.mark.parametrize("path", ["/donnees", "/donnees.jsonld"])
def test_nobody_is_named_and_the_page_is_small(lived_in, statements, path):
    visitor = lived_in.client()
    visitor.get(path)
    statements.clear()
    page = visitor.get(path)
    assert len(statements) <= 10
    assert len(page.response.data) < 40_000
    names = lived_in.sql("SELECT family_name FROM person WHERE length(family_name) > 4")
    assert not [name for (name,) in names if name in page.text]


def test_a_module_brings_a_feed_and_data_from_its_own_folder(make_commune):
    commune = make_commune("49030", "sample")
    page = commune.client().get("/donnees")
    assert "/encombrants/tournees.atom" in page.links()
    assert "tournees" not in codes(commune), "nothing is in it yet"
    with commune.session() as session:
        ask_pickup(session, None, "Un sommier", commune.today)
    assert codes(commune) == ["tournees"]
    page = commune.client().get("/donnees")
    assert "/encombrants/tournees.csv" in page.links()
    assert commune.client().get("/encombrants/tournees.csv").status == 200


@pytest.mark.parametrize(
    ("path", "feeds"),
    [
        ("/", ["/actualites.atom"]),
        ("/actualites", ["/actualites.atom"]),
        ("/agenda", ["/agenda.ics", "/agenda.atom"]),
        ("/recits", ["/recits.atom"]),
        ("/fonds", ["/fonds/projets.atom"]),
        ("/la-mairie", []),
    ],
)
def test_pages_announce_their_feeds(lived_in, path, feeds):
    text = lived_in.client().get(path).text
    assert re.findall(r'rel="alternate" type="[^"]+" href="([^"]+)"', text) == feeds
