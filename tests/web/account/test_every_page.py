"""Every page of the account opens for whoever is signed in, on a commune's site and at the apex."""

from tests.platform.steps import apex_browser, platform

PAGES = (
    "/mon-compte",
    "/mon-compte/donnees",
    "/mon-compte/donnees/corriger",
    "/mon-compte/adresse",
    "/mon-compte/effacer",
    "/mon-compte/preferences",
    "/mon-compte/mot-de-passe",
    "/mon-compte/protection",
    "/mon-compte/application",
    "/mon-compte/cle",
    "/mon-compte/appareils",
    "/mon-compte/proches",
    "/mon-compte/organisations",
)


def test_pages_open(commune):
    client = commune.client(commune.person())
    for path in PAGES:
        page = client.get(path)
        assert page.status == 200, f"{path}: {page.status} {page.location}"


def test_pages_ask_to_sign_in(commune):
    for path in PAGES:
        assert commune.client().get(path).location.startswith("/connexion?suite=/mon-compte")


def test_pages_open_at_the_apex(services):
    from civique.core.people.operations import register_person

    with platform() as session:
        person = register_person(session, "Olga", "Opératrice")
    apex = apex_browser(person)
    for path in PAGES:
        page = apex.get(path)
        assert page.status == 200, f"{path}: {page.status} {page.location}"
