"""Every page of the back office that has no object opens for the administrator, and for nobody else."""

import pytest

from civique.web.admin.setup import STEPS

PAGES = (
    "/mairie/mise-en-route",
    "/mairie/mise-en-route/identite",
    "/mairie/mise-en-route/contact",
    "/mairie/mise-en-route/territoire",
    "/mairie/mise-en-route/collegues",
    "/mairie/mise-en-route/modules",
    "/mairie/mise-en-route/textes",
    "/mairie/reglages",
    "/mairie/reglages/identite",
    "/mairie/reglages/contact",
    "/mairie/reglages/territoire",
    "/mairie/reglages/modules",
    "/mairie/reglages/textes",
    "/mairie/reglages/accessibilite",
    "/mairie/reglages/durees",
    "/mairie/reglages/domaine",
    "/mairie/reglages/bloc",
    "/mairie/reglages/quartiers/nouveau",
    "/mairie/reglages/ecoles/nouvelle",
    "/mairie/reglages/modules/sample",
    "/mairie/collegues",
    "/mairie/collegues/inviter",
    "/mairie/personnes",
    "/mairie/personnes/nouvelle",
    "/mairie/personnes/procurations",
    "/mairie/journal",
    "/mairie/export",
    "/mairie/taches",
)
LISTS = ("/mairie/personnes", "/mairie/journal", "/mairie/collegues")


def test_pages_open_for_the_administrator(commune):
    client = commune.client(commune.person("Anne", "Admin", "administrator"))
    for path in PAGES:
        page = client.get(path)
        assert page.status == 200, f"{path}: {page.status} {page.location}"
    assert len(STEPS) == 6


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lists_are_files_too(commune, kind):
    client = commune.client(commune.person("Anne", "Admin", "administrator"))
    for path in LISTS:
        answer = client.get(f"{path}?format={kind}")
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')


def test_pages_are_closed_to_others(commune):
    stranger, resident = commune.client(), commune.client(commune.person("Rémi", "Résident"))
    counter = commune.client(commune.person("Gaël", "Guichet", "counter"))
    for path in PAGES:
        assert stranger.get(path).location.startswith("/connexion?suite="), path
        assert resident.get(path).status == 403, path
    for path in ("/mairie/reglages", "/mairie/collegues", "/mairie/journal", "/mairie/export", "/mairie/mise-en-route"):
        assert counter.get(path).status == 403, path
    assert counter.get("/mairie/personnes").status == 200
    assert counter.get("/mairie/personnes/nouvelle").status == 403


def test_the_back_office_asks_the_second_factor(commune):
    client = commune.client(commune.person("Anne", "Admin", "administrator"), strong=False)
    for path in ("/mairie", *PAGES):
        page = client.get(path)
        assert page.status == 303
        assert page.location.startswith("/connexion/second-facteur?suite=/mairie")


def test_lists_answer_htmx_with_their_rows(commune):
    client = commune.client(commune.person("Anne", "Admin", "administrator"))
    for path in ("/mairie/personnes?q=adm", "/mairie/journal?action=access.role_granted"):
        page = client.get(path, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
        assert page.status == 200
        assert "<h1" not in page.text
        assert 'class="rows"' in page.text
