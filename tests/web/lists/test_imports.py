"""A list that is brought: read, shown with each bad line, taken whole or not at all, once."""

import io
import threading

import pytest
import xlsxwriter

from civique.core import clock, privacy
from civique.core.audit import AuditEntry
from civique.core.imports import operations as imports
from civique.core.imports.models import ListImport
from civique.core.indicators.models import Measure
from civique.core.messages.models import Message
from civique.core.organisations.models import Organisation
from civique.core.people.models import EmailAddress, Person
from civique.core.people.operations import register_person
from civique.core.registry import modules
from civique.core.tasks import Task

GROUPS, PEOPLE = "/mairie/importer/core.organisations", "/mairie/importer/core.people"
LIST = """Nom de l'association;TYPE;N° SIRET;Courriel;Tél.;Couleur
Les Jardiniers;Association;732 829 320 00074;Jardin@Exemple.fr;02 41 00 00 00;vert
Fil et aiguille;Collectif;;;;
"""
PAPER = """Nom;Prénom;Né(e) le;Adresse;CP;Commune;Portable;Mail
Martin;Odette;01/02/1938;12 rue de la Levée;49250;Loire-Authion;612345678;odette@exemple.fr
Durand;Émile;;3 place de l’Église;49800;Brain;;
"""


@pytest.fixture
def secretary(commune):
    return commune.client(commune.person("Sylvie", "Secrétaire", "secretary"))


def bring(client, address, text, name="liste.csv"):
    """Send a file as the page does; gives the answer."""
    data = text.encode() if isinstance(text, str) else text
    form = client.get(address).form(address.partition("?")[0])
    return client.post(address, {**form, "file": (io.BytesIO(data), name)})


def shown(client, address, text, name="liste.csv"):
    """Send a file; gives the address of the preview and its page."""
    page = bring(client, address, text, name)
    return page.location, client.follow(page)


def say_yes(client, path):
    return client.submit(f"{path}/confirmer", on=path)


def test_groups_are_shown_then_taken_then_never_twice(commune, secretary):
    assert GROUPS in secretary.get("/mairie/associations").links()
    path, page = shown(secretary, GROUPS, LIST)
    assert "2 nouvelles lignes" in page.words
    assert "Ces colonnes sont ignorées : Couleur." in page.words
    assert commune.all(Organisation) == []
    assert "La liste est importée" in secretary.follow(say_yes(secretary, path)).title
    group = commune.one(Organisation, name="Les Jardiniers")
    assert (group.siret, group.email, group.phone) == ("73282932000074", "jardin@exemple.fr", "+33241000000")
    assert group.validated_at is not None
    assert commune.one(Organisation, name="Fil et aiguille").kind == "collective"
    entry = commune.one(AuditEntry, action="list.imported")
    assert entry.data == {"importer": "core.organisations", "created": 2, "updated": 0, "unchanged": 0}
    assert commune.one(ListImport).content == {}, "what was taken is not kept twice"

    path, page = shown(secretary, GROUPS, LIST.encode("cp1252"))
    assert "Tout y est déjà" in page.words
    assert "/confirmer" not in page.text
    assert len(commune.all(Organisation)) == 2


def test_what_changes_is_said_with_what_was_there(commune, secretary):
    say_yes(secretary, shown(secretary, GROUPS, LIST)[0])
    path, page = shown(
        secretary, GROUPS, "nom;siret;objet\nJardiniers de l’Authion;73282932000074;\nFIL ET AIGUILLE;;Couture\n"
    )
    assert "2 lignes qui changent quelque chose" in page.words
    assert "Les Jardiniers" in page.words
    say_yes(secretary, path)
    assert {g.name for g in commune.all(Organisation)} == {"Jardiniers de l’Authion", "FIL ET AIGUILLE"}
    assert commune.one(Organisation, siret="73282932000074").email == "jardin@exemple.fr", (
        "an empty cell changes nothing"
    )


def test_each_bad_line_is_named_and_nothing_is_taken(commune, secretary):
    long = "x" * 1_000_000
    text = (
        "Nom;Genre;SIRET;Mail\nBon;Association;;\nMauvais;Secte;123;pas une adresse\n;Association;;\n\nbon;Association;;\n"
        f"{long};Association;;\n=HYPERLINK(1);;;a@\n"
    )
    path, page = shown(secretary, GROUPS, text)
    assert page.title == "Lignes à corriger"
    assert "5 lignes ne peuvent pas être importées" in page.words
    for words in (
        "Ligne 3",
        "Secte",
        "14 chiffres",
        "pas une adresse",
        "ne peut pas rester vide",
        "à la ligne 2 du même fichier",
        "160 caractères au plus",
    ):
        assert words in page.words, words
    assert "x" * 200 not in page.text
    assert f"{path}/confirmer" not in page.text
    seen = {"seen": "0" * 20, "csrf_token": page.form(f"{path}/abandonner")["csrf_token"]}
    assert secretary.post(f"{path}/confirmer", seen).status == 422
    assert commune.all(Organisation) == []
    table = secretary.get(f"{path}/lignes-a-corriger").response.get_data().decode("utf-8-sig")
    assert table.startswith("Ligne;À corriger;Nom;Type")
    assert "\r\n3;" in table
    assert "\r\n2;" not in table
    assert "'=HYPERLINK" in table


def test_residents_on_paper_receive_nothing(commune, secretary, mailbox):
    assert PEOPLE in secretary.get("/mairie/personnes").links()
    path, page = shown(secretary, PEOPLE, PAPER)
    assert "1er février 1938" in page.words
    assert "Mail" in page.words, "the column is said to be passed over"
    say_yes(secretary, path)
    odette = commune.one(Person, family_name="Martin", given_name="Odette")
    assert (odette.phone, odette.postal_code, odette.channel, odette.trust) == (
        "+33612345678",
        "49250",
        "letter",
        "declared",
    )
    assert commune.all(EmailAddress, person_id=odette.id) == []
    assert commune.all(Message) == []
    assert mailbox() == []
    entry = commune.one(AuditEntry, action="list.imported")
    assert "Odette" not in str(entry.data)
    assert "Tout y est déjà" in shown(secretary, PEOPLE, PAPER)[1].words


def test_namesakes_are_told_apart_or_asked_about(commune, secretary):
    with commune.session() as session:
        for day in (clock.today().replace(year=1950), clock.today().replace(year=1980)):
            register_person(session, "Jean", "Petit", birth_date=day)
    head = "Nom;Prénom;Date de naissance;Rue\n"
    page = shown(secretary, PEOPLE, f"{head}Petit;Jean;;\n")[1]
    assert "Écrivez aussi la date de naissance" in page.words
    page = shown(secretary, PEOPLE, f"{head}Petit;Jean;03/04/1999;\nPetit;Jean;03/04/1999;rue\n")[1]
    assert "à la ligne 2 du même fichier" in page.words
    assert "vérifiez l’année" in shown(secretary, PEOPLE, f"{head}Petit;Jean;03/04/2199;\n")[1].words
    assert "Une nouvelle ligne" in shown(secretary, PEOPLE, f"{head}Petit;Jean;03/04/1999;\n")[1].words


def workbook():
    """An XLSX with a title above, a date, a number where a telephone lost its zero, and formulas."""
    from datetime import datetime

    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer)
    sheet = made.add_worksheet()
    sheet.write(0, 0, "Liste des habitants isolés")
    sheet.write_row(2, 0, ["NOM", "prenom", "naissance", "tel", "CP"])
    sheet.write_row(3, 0, ["Moreau", "Inès", None, 241000000, 1000])
    sheet.write_datetime(3, 2, datetime(1941, 3, 2), made.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
    sheet.write_row(4, 0, ["Petit", "Léo", 15000])
    made.close()
    return buffer.getvalue()


def test_a_workbook_is_read_as_it_looks(commune, secretary):
    path, page = shown(secretary, PEOPLE, workbook(), "liste.xlsx")
    assert "2 nouvelles lignes" in page.words
    say_yes(secretary, path)
    ines = commune.one(Person, family_name="Moreau")
    assert (str(ines.birth_date), ines.phone, ines.postal_code) == ("1941-03-02", "+33241000000", "01000")
    assert str(commune.one(Person, family_name="Petit").birth_date) == "1941-01-24"


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp1252", "utf-16"])
def test_lists_of_every_machine_keep_their_accents(commune, secretary, encoding):
    text = PAPER.replace("’", "'").encode(encoding)
    say_yes(secretary, shown(secretary, PEOPLE, text)[0])
    emile = commune.one(Person, family_name="Durand")
    assert (emile.given_name, emile.street) == ("Émile", "3 place de l'Église")


def test_lines_of_a_cell_are_spaces_and_what_draws_nothing_goes(commune, secretary):
    def book(*rows):
        buffer = io.BytesIO()
        made = xlsxwriter.Workbook(buffer)
        sheet = made.add_worksheet()
        for number, row in enumerate([["Nom", "Prénom", "Adresse"], *rows]):
            sheet.write_row(number, 0, row)
        made.close()
        return buffer.getvalue()

    odette = ["Mar\u200btin", "Ode\u0301tte", "12 rue de la Levée\r\nBât. B"]
    _path, page = shown(secretary, PEOPLE, book(odette, ["\u200b", "Jean", ""]), "liste.xlsx")
    assert "/confirmer" not in page.text, "a line without a name"
    say_yes(secretary, shown(secretary, PEOPLE, book(odette), "liste.xlsx")[0])
    kept = commune.one(Person, family_name="Martin")
    assert (kept.given_name, kept.street) == ("Odétte", "12 rue de la Levée Bât. B")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00" * 80, "ne savons pas lire cette liste"),
        (b"", "vide"),
        (b"Nom;Genre\n", "aucune ligne en dessous"),
        (b"Ville;Genre\nAngers;x\n", "Il manque ces colonnes"),
        (b"Nom;Association\na;b\n", "Deux colonnes sont"),
        ("Nom;Genre\nCh\ufffdtaigne;Association\n".encode(), "Des lettres de cette liste se sont perdues"),
        ("Nom;Genre\nŁuczak Żółć;Association\n".encode("cp1250"), "ne savons pas lire cette liste"),
        (b"Nom\n" + b"a\n" * 200_000, "10 000 lignes au plus"),
        (b"Nom\n" + b"abcdefgh\n" * 1_200_000, "10 Mo au plus"),
    ],
    ids=["program", "empty", "headings", "missing", "twice", "lost", "not French", "200 000", "12 MB"],
)
def test_a_file_of_which_nothing_can_be_taken_is_said(commune, secretary, data, sentence):
    page = bring(secretary, GROUPS, data)
    assert page.status == 422
    assert sentence in page.words
    assert commune.all(ListImport) == []


def test_forty_megabytes_are_refused_early(commune, secretary):
    page = bring(secretary, GROUPS, b"x" * 40_000_000)
    assert page.status == 413
    assert "trop lourd" in page.words or "trop grand" in page.words


def test_a_long_list_is_a_task_that_takes_all_or_nothing(commune, secretary, run_jobs, monkeypatch):
    monkeypatch.setattr(imports, "LONG", 3)
    text = "Nom;Prénom\n" + "".join(f"Numéro {n};Ida\n" for n in range(30))
    path, _page = shown(secretary, PEOPLE, text)
    before = len(commune.all(Person))
    answer = say_yes(secretary, path)
    assert answer.location.startswith("/mairie/taches/")
    assert "en cours d’import" in secretary.get(path).words

    real, written = modules().importers["core.people"].write, []

    def breaks(*arguments):
        written.append(1)
        if len(written) == 20:
            raise RuntimeError("the twentieth")
        real(*arguments)

    with monkeypatch.context() as patch:
        patch.setitem(modules().importers["core.people"].__dict__, "write", breaks)
        run_jobs()
    assert "rien n’a été enregistré" in secretary.get(answer.location).words
    assert len(commune.all(Person)) == before
    assert "30 nouvelles lignes" in secretary.get(path).words, "the list waits again"
    answer = say_yes(secretary, path)
    run_jobs()
    assert path in secretary.get(answer.location).links()
    assert len(commune.all(Person)) == before + 30
    assert commune.one(ListImport).created == 30


def queued(secretary, monkeypatch):
    """A long list to which somebody said yes, and which waits for a worker: its page, and its task's."""
    monkeypatch.setattr(imports, "LONG", 3)
    path, _page = shown(secretary, PEOPLE, "Nom;Prénom\n" + "".join(f"Numéro {n};Ida\n" for n in range(30)))
    return path, say_yes(secretary, path).location


def test_a_list_that_waits_for_its_worker_can_be_stopped(commune, secretary, run_jobs, monkeypatch):
    path, task = queued(secretary, monkeypatch)
    before = len(commune.all(Person))
    assert path in secretary.get(task).links()
    page = secretary.follow(secretary.submit(f"{path}/arreter", on=path))
    assert "Rien n’est importé" in page.text
    assert "30 nouvelles lignes" in page.words, "the list waits again"
    assert "arrêté avant" in secretary.get(task).words
    run_jobs()
    assert len(commune.all(Person)) == before
    assert commune.one(ListImport).state == "waiting"
    assert "arrêté avant" in secretary.get(task).words, "the worker does not say that it is done"
    say_yes(secretary, path)
    run_jobs()
    assert len(commune.all(Person)) == before + 30


def test_a_list_that_is_being_taken_is_not_stopped(commune, secretary, run_jobs, monkeypatch):
    """Whoever clicks when the worker holds it is told at once, and nothing is half taken."""
    path, _task = queued(secretary, monkeypatch)
    before, real, answers = len(commune.all(Person)), modules().importers["core.people"].write, []
    form = secretary.get(path).form(f"{path}/arreter")

    def clicks(*arguments):
        if not answers:
            answers.append(secretary.follow(secretary.post(f"{path}/arreter", form)))
        real(*arguments)

    with monkeypatch.context() as patch:
        patch.setitem(modules().importers["core.people"].__dict__, "write", clicks)
        run_jobs()
    assert "ne peut plus être arrêté" in answers[0].text
    assert len(commune.all(Person)) == before + 30
    late = secretary.follow(secretary.post(f"{path}/arreter", form))
    assert "ne peut plus être arrêté" in late.text
    other = commune.client(commune.person("Zoé", "Seconde", "secretary"))
    token = other.get("/mairie/importer/core.people").form()
    assert other.post(f"{path}/arreter", token).status == 404, "another's list does not exist"


def test_a_killed_worker_takes_the_list_once(commune, secretary, run_jobs, monkeypatch):
    monkeypatch.setattr(imports, "LONG", 3)
    path, _page = shown(secretary, PEOPLE, "Nom;Prénom\n" + "".join(f"Numéro {n};Ida\n" for n in range(30)))
    say_yes(secretary, path)
    before, real = len(commune.all(Person)), modules().importers["core.people"].write

    def killed(*arguments):
        real(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setitem(modules().importers["core.people"].__dict__, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            run_jobs()
    assert len(commune.all(Person)) == before
    from tests.web.lists.test_files_of_lists import run_jobs_again

    run_jobs_again(commune)
    assert len(commune.all(Person)) == before + 30
    assert commune.one(Task).state == "done"


def test_two_people_who_bring_the_same_list_at_once_have_one_effect(commune):
    clients = [commune.client(commune.person(name, "Secrétaire", "secretary")) for name in ("Anne", "Zoé")]
    pages = [shown(client, GROUPS, LIST) for client in clients]
    forms = [page.form(f"{path}/confirmer") for path, page in pages]
    answers = []

    def confirm(client, path, form):
        answers.append(client.post(f"{path}/confirmer", form).status)

    crowd = [
        threading.Thread(target=confirm, args=(c, p, f)) for c, (p, _), f in zip(clients, pages, forms, strict=True)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert sorted(answers) == [303, 422]
    assert len(commune.all(Organisation)) == 2
    late = next(c.get(p) for c, (p, _) in zip(clients, pages, strict=True) if "Tout y est déjà" in c.get(p).words)
    assert "rien à importer" in late.words


def test_a_second_click_does_nothing_more(commune, secretary):
    path, page = shown(secretary, GROUPS, LIST)
    form = page.form(f"{path}/confirmer")
    assert secretary.post(f"{path}/confirmer", form).status == 303
    again = secretary.post(f"{path}/confirmer", form)
    assert again.status == 422
    assert "rien n’a été fait deux fois" in again.words
    assert len(commune.all(Organisation)) == 2


def test_what_moved_since_the_page_was_read_is_shown_again(commune, secretary):
    path, page = shown(secretary, GROUPS, LIST)
    form = page.form(f"{path}/confirmer")
    with commune.session() as session:
        from civique.core.organisations.operations import add_organisation

        add_organisation(session, "association", "Les jardiniers")
    answer = secretary.post(f"{path}/confirmer", form)
    assert answer.status == 422
    assert "Quelque chose a changé" in answer.words
    assert len(commune.all(Organisation)) == 1
    assert secretary.post(f"{path}/confirmer", answer.form(f"{path}/confirmer")).status == 303
    assert len(commune.all(Organisation)) == 2


def test_past_figures_of_an_indicator(commune):
    from civique.core.indicators.operations import add_indicator

    with commune.session(actor=commune.person("Paul", "Chef", "administrator")) as session:
        indicator = add_indicator(session, label="Visites", nature="count", people=False)
    client = commune.client(commune.person("Sylvie", "Secrétaire", "secretary"))
    address = f"/mairie/importer/core.figures?pour={indicator.id}"
    assert address in client.get(f"/mairie/indicateurs/{indicator.id}").links()
    text = "Année;Valeur;Source\n2022;environ 7;Rapport\n2023;1 250,5;\n2099;3;\n"
    assert "pas commencé" in shown(client, address, text)[1].words
    path, page = shown(client, address, text.replace("2099;3;\n", ""))
    assert "environ 7" in page.words
    say_yes(client, path)
    found = {m.period: (m.source, m.status, str(m.value.normalize()), m.note) for m in commune.all(Measure)}
    assert found[2022] == ("history", "frozen", "7", "Rapport")
    assert found[2023][2:] == ("1250.5", "Repris d’une liste importée")
    assert "Tout y est déjà" in shown(client, address, text.replace("2099;3;\n", ""))[1].words
    assert "chiffre validé" in shown(client, address, "Année;Valeur\n2022;8\n")[1].words
    assert client.get("/mairie/importer/core.figures").status == 404


def test_who_may_and_whose_it_is(commune, neighbour, secretary):
    path, page = shown(secretary, GROUPS, LIST)
    form = page.form(f"{path}/confirmer")
    other = commune.client(commune.person("Zoé", "Seconde", "administrator"))
    stranger = neighbour.client(neighbour.person("Nina", "Voisine", "administrator"))
    for client in (other, stranger):
        assert client.get(path).status == client.get(f"{path}/lignes-a-corriger").status == 404
        token = client.get(GROUPS).form(GROUPS)["csrf_token"]
        assert client.post(f"{path}/confirmer", {**form, "csrf_token": token}).status == 404
    treasurer = commune.client(commune.person("Théo", "Trésor", "treasurer"))
    for address in (GROUPS, PEOPLE, f"{GROUPS}/modele"):
        assert treasurer.get(address).status == 403
    assert commune.client(commune.person("Ali", "Habitant")).get(GROUPS).status == 403
    assert commune.client().get(GROUPS).location.startswith("/connexion")
    counter = commune.client(commune.person("Ali", "Accueil", "counter"))
    assert counter.get(PEOPLE).status == 403, "who may only look people up"
    assert "core.people" not in counter.get("/mairie/personnes").text
    assert secretary.get("/mairie/importer/nothing").status == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_model_can_be_brought_as_it_is(commune, secretary, kind):
    for address in (GROUPS, PEOPLE):
        model = secretary.get(f"{address}/modele?format={kind}").response.get_data()
        assert "Une nouvelle ligne" in shown(secretary, address, model, f"modele.{kind}")[1].words


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_that_we_gave_comes_back_unchanged(commune, secretary, kind):
    say_yes(secretary, shown(secretary, GROUPS, LIST + "-Le tiret;Association;;;;\n")[0])
    given = secretary.get(f"/mairie/associations?format={kind}").response.get_data()
    assert "Tout y est déjà" in shown(secretary, GROUPS, given, f"liste.{kind}")[1].words


def test_a_list_is_forgotten_on_demand_with_time_and_with_its_person(commune, secretary):
    path, _page = shown(secretary, GROUPS, LIST)
    assert secretary.submit(f"{path}/abandonner", on=path).location == "/mairie/associations"
    assert secretary.get(path).status == 404
    shown(secretary, GROUPS, LIST)
    with commune.session() as session:
        session.query(ListImport).one().created_at = clock.now() - imports.LIFE
    with commune.session() as session:
        assert privacy.purge(session, modules())["list_import"] == 1
    shown(secretary, GROUPS, LIST)
    with commune.session() as session:
        from civique.core.people.queries import get_person

        sylvie = get_person(session, commune.one(Person, family_name="Secrétaire").id)
        assert {"list": "liste.csv"}.items() <= privacy.export_person(session, sylvie, modules())["access"][-1].items()
        privacy.erase(session, sylvie, modules())
    assert commune.all(ListImport) == []
