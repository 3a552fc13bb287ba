"""« Formulaires à imprimer »: what a secretary prints before a market, of the core and of the modules that are on."""

from tests.sample.operations import ask_pickup

PAGE = "/mairie/formulaires"


def pdfs(page):
    return [link for link in page.links() if link.endswith(".pdf")]


def test_the_forms_of_a_village_and_where_they_are_found(commune, secretary):
    page = secretary.get(PAGE)
    assert page.title == "Formulaires à imprimer"
    assert pdfs(page) == ["/mairie/stand/feuille.pdf", "/signaler/formulaire.pdf"]
    for path in ("/mairie/saisir", "/mairie/stand"):
        assert PAGE in secretary.get(path).links(), path
    assert secretary.get("/mairie/menu?nom=formulaires").location == PAGE


def test_only_who_enters_things_and_only_what_they_may(commune):
    assert commune.client(commune.person("Ella", "Élue", "elected")).get(PAGE).status == 403
    assert commune.client().get(PAGE).status in {302, 303}


def test_a_form_is_offered_while_it_serves(make_commune):
    commune = make_commune("49030", "sample")
    secretary = commune.client(commune.person("Sylvie", "Secrétaire", "secretary"))
    assert "/encombrants/formulaire.pdf" in pdfs(secretary.get(PAGE))
    assert "/partenaires/formulaire.pdf" not in pdfs(secretary.get(PAGE)), "nothing takes help"
    with commune.session() as session:
        ask_pickup(session, None, "Un sommier", commune.today)
    assert "/partenaires/formulaire.pdf" in pdfs(secretary.get(PAGE))


def test_what_is_listed_prints(lived_in, statements):
    secretary = lived_in.client(lived_in.person("Sylvie", "Secrétaire", "secretary"))
    secretary.get(PAGE)
    statements.clear()
    found = pdfs(secretary.get(PAGE))
    assert len(statements) <= 15
    assert "/fonds/formulaire.pdf" in found
    assert [path for path in found if "/fonds/en-cours/" in path]
    for path in found:
        answer = secretary.get(path)
        assert answer.headers["Content-Type"] == "application/pdf", path
