"""A list of volunteers brought by its pages: each bad line named, nothing by halves, twice is once; CSV, XLSX, ODS."""

import pytest

from civique.modules.volunteering.models import Volunteer, words
from tests.modules.volunteering.conftest import bits
from tests.services.test_sheets import book, ods_rows
from tests.web.lists.test_imports import say_yes, shown

ADDRESS = "/mairie/importer/volunteering.volunteers"
HEAD = ("Nom", "Prénom", "Tél.", "Adresse", "Commune", "Souhaits", "Langues", "Goûts", "Compétences", "Origine")
GOOD = (
    (
        "Martin",
        "Camille",
        "06 12 34 56 78",
        "",
        "",
        "Aider au marché",
        "anglais",
        "Sport, Animaux",
        "Permis de conduire",
        "",
    ),
    ("Durand", "Léo", "", "12 rue de la Levée", "Blou", "", "", "", "", "Une carte papier"),
)
BAD = (
    ("Bon", "Paul", "0612345600", "", "", "", "", "", "", ""),
    ("Voile", "Anne", "0612345601", "", "", "", "", "", "Voile", ""),
    ("Injoignable", "Zoé", "", "", "Blou", "", "", "", "", ""),
    ("bon", "PAUL", "06 12 34 56 00", "", "", "", "", "", "", ""),
    ("=HYPERLINK(1)", "Ève", "pas un numéro", "", "", "", "", "", "", ""),
    ("", "Sans nom", "0612345602", "", "", "", "", "", "", ""),
)


def as_csv(rows):
    return "\n".join(";".join(row) for row in rows)


def as_xlsx(rows):
    def write(sheet, _book):
        for number, row in enumerate(rows):
            for rank, cell in enumerate(row):
                sheet.write_string(number, rank, cell)

    return book(write)


@pytest.fixture
def secretary(desk):
    return desk.town.client(desk.town.person("Sylvie", "Secrétaire", "secretary"))


@pytest.mark.parametrize(("name", "made"), [("l.csv", as_csv), ("l.xlsx", as_xlsx), ("l.ods", ods_rows)])
def test_each_kind_of_file_is_taken_once(desk, secretary, name, made):
    assert ADDRESS in secretary.get("/mairie/benevolat").links()
    path, page = shown(secretary, ADDRESS, made((HEAD, *GOOD)), name)
    assert "2 nouvelles lignes" in page.words
    assert desk.town.all(Volunteer) == []
    secretary.follow(say_yes(secretary, path))
    with desk.town.session() as session:
        found = {row.applicant.family_name: row for row in session.query(Volunteer)}
    assert set(found) == {"Martin", "Durand"}
    camille = found["Martin"]
    assert camille.interests == bits(words.INTERESTS, "sport", "animals")
    assert camille.skills == bits(words.SKILLS, "licence")
    assert [row.origin for row in found.values()] == ["card", "card"]
    _path, page = shown(secretary, ADDRESS, made((HEAD, *GOOD)), name)
    assert "Tout y est déjà" in page.words
    assert len(desk.town.all(Volunteer)) == 2


@pytest.mark.parametrize(("name", "made"), [("l.csv", as_csv), ("l.xlsx", as_xlsx), ("l.ods", ods_rows)])
def test_each_bad_line_is_named_and_nothing_is_taken(desk, secretary, name, made):
    path, page = shown(secretary, ADDRESS, made((HEAD, *BAD)), name)
    assert page.title == "Lignes à corriger"
    for said in (
        "Ligne 3",
        "« Voile » n’est pas dans la liste",
        "Ligne 4",
        "Personne ne peut joindre cette personne",
        "à la ligne 2 du même fichier",
        "Ligne 6",
        "n’est pas un numéro de téléphone",
        "Ligne 7",
    ):
        assert said in page.words, said
    assert "Ligne 2 " not in page.words
    seen = {"seen": "0" * 20, "csrf_token": page.form(f"{path}/abandonner")["csrf_token"]}
    assert secretary.post(f"{path}/confirmer", seen).status == 422
    assert desk.town.all(Volunteer) == []


def test_somebody_written_twice_with_and_without_telephone_is_one_volunteer(desk, secretary):
    again = ("martin", "CAMILLE", "", "1 rue du Port", "Blou", "", "", "", "", "")
    path, _page = shown(secretary, ADDRESS, as_csv((HEAD, GOOD[0], again)))
    secretary.follow(say_yes(secretary, path))
    assert desk.town.one(Volunteer).wishes == "Aider au marché"
