"""The official list of communes: over all of it where the promise is about all of it."""

import csv
import gzip
import hashlib
import io
import multiprocessing
import re
import sqlite3
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from civique.services import communes as api
from civique.services.communes import Article, Commune, Communes, Kind, articles_of
from civique.services.communes.index import SOURCE, index_file
from civique.services.communes.names import is_one_slip_away


@pytest.fixture(scope="module")
def communes(tmp_path_factory: pytest.TempPathFactory) -> Communes:
    return Communes(tmp_path_factory.mktemp("communes"))


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(gzip.decompress(SOURCE.read_bytes()).decode())))


@pytest.fixture(scope="module")
def every(communes: Communes, rows: list[dict[str, str]]) -> list[Commune]:
    """All current communes."""
    found = [communes.get(row["code"]) for row in rows if row["kind"] == Kind.CURRENT]
    return [commune for commune in found if commune is not None]


def first(communes: Communes, text: str) -> tuple[str, str]:
    match = communes.search(text)[0]
    return match.commune.name, match.matched_name


# --- The data -------------------------------------------------------------------------------------


def test_the_shipped_file_is_the_one_described(rows: list[dict[str, str]]) -> None:
    source = SOURCE.with_name("SOURCE.md").read_text()
    assert hashlib.sha256(SOURCE.read_bytes()).hexdigest() in source
    assert f"| Rows | {len(rows)} |" in source


def test_counts(rows: list[dict[str, str]], every: list[Commune]) -> None:
    assert Counter(row["kind"] for row in rows) == {
        Kind.CURRENT: 34_969,
        Kind.DELEGATED: 2_105,
        Kind.ASSOCIATED: 471,
        Kind.DISTRICT: 45,
    }
    assert len({(row["code"], row["kind"]) for row in rows}) == len(rows)
    assert sum(count > 1 for count in Counter(row["code"] for row in rows).values()) == 584
    assert len(every) == 34_969
    assert sum(commune.siren is None for commune in every) == 94
    assert sum(not commune.population for commune in every) == 12


def test_every_part_belongs_to_a_current_commune(rows: list[dict[str, str]], communes: Communes) -> None:
    parents = {row["parent"] for row in rows if row["kind"] != Kind.CURRENT}
    assert all(communes.get(parent) for parent in parents)
    assert all(not row["parent"] for row in rows if row["kind"] == Kind.CURRENT)


def test_a_written_article_always_has_its_code(every: list[Commune]) -> None:
    written = {"Le": Article.LE, "La": Article.LA, "Les": Article.LES, "L": Article.L}
    for commune in every:
        word = re.split(r"[ ']", commune.name)[0]
        assert commune.article == written.get(word, commune.article)


# --- Look-ups -------------------------------------------------------------------------------------


def test_get_prefers_the_current_commune_of_a_shared_code(communes: Communes) -> None:
    commune = communes.get("49307")
    assert commune is not None
    assert (commune.name, commune.kind) == ("Loire-Authion", Kind.CURRENT)
    assert commune.siren == "200057438"
    assert commune.postal_codes == ("49140", "49250", "49630", "49800")
    assert (commune.department_name, commune.region_name) == ("Maine-et-Loire", "Pays de la Loire")
    assert commune.epci_name == "CU Angers Loire Métropole"
    assert commune.population == 16_765
    assert commune.parent_insee is None


@pytest.mark.parametrize("insee", ["49106", "99999", "", "49307' OR 1=1 --"])
def test_get_knows_current_communes_only(communes: Communes, insee: str) -> None:
    assert communes.get(insee) is None


def test_delegated(communes: Communes) -> None:
    parts = communes.delegated("49307")
    assert [part.name for part in parts] == [
        "Andard",
        "Bauné",
        "Brain-sur-l'Authion",
        "Corné",
        "La Bohalle",
        "La Daguenière",
        "Saint-Mathurin-sur-Loire",
    ]
    assert {part.parent_insee for part in parts} == {"49307"}
    assert parts[-1].insee == "49307"
    assert {part.kind for part in communes.delegated("59350")} == {Kind.ASSOCIATED}  # Lille: Hellemmes, Lomme
    assert communes.delegated("75056") == []  # the districts of Paris are not parts of this kind
    assert communes.delegated("49007") == []


def test_overseas_without_siren_or_population(communes: Communes) -> None:
    noumea, clipperton = communes.get("98818"), communes.get("98901")
    assert noumea is not None
    assert clipperton is not None
    assert noumea.siren is None
    assert noumea.population
    assert noumea.epci_name is None
    assert clipperton.population is None


# --- Search ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Corné", "Corné"),
        ("corne", "Corné"),
        ("CORNÉ ", "Corné"),
        ("49250", "Loire-Authion"),
        ("49307", "Loire-Authion"),
        ("49106", "Corné"),
        ("loire authion", "Loire-Authion"),
        ("Loire-Authion", "Loire-Authion"),
        ("loireauthion", "Loire-Authion"),
        ("authion loire", "Loire-Authion"),
        ("loire-authion 49", "Loire-Authion"),
        ("brain sur l'authion", "Brain-sur-l'Authion"),
        ("Brain sur l’Authion", "Brain-sur-l'Authion"),
        ("st mathurin sur loire", "Saint-Mathurin-sur-Loire"),
        ("saint-mathurin-sur", "Saint-Mathurin-sur-Loire"),
    ],
)
def test_loire_authion_is_found_by_any_of_its_names(communes: Communes, text: str, name: str) -> None:
    assert first(communes, text) == ("Loire-Authion", name)


def test_an_ambiguous_name_gives_all(communes: Communes) -> None:
    found = [(match.commune.name, match.matched_kind) for match in communes.search("st mathurin")]
    assert found[:2] == [("Saint-Mathurin", Kind.CURRENT), ("Loire-Authion", Kind.DELEGATED)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mans", "Le Mans"),
        ("le mans", "Le Mans"),
        ("lemans", "Le Mans"),
        ("rochelle", "La Rochelle"),
        ("la r", "La Rochelle"),
        ("ponts de ce", "Les Ponts-de-Cé"),
        ("isle sur la sorgue", "L'Isle-sur-la-Sorgue"),
        ("st etienne", "Saint-Étienne"),
        ("STE-GENEVIEVE-DES-BOIS", "Sainte-Geneviève-des-Bois"),
        ("oeting", "Œting"),
        ("Oeting", "Œting"),
        ("œting", "Œting"),
        ("y", "Y"),
        ("75116", "Paris"),
        ("2a004", "Ajaccio"),
        ("13201", "Marseille"),
        ("saint denis 974", "Saint-Denis"),
        ("49 0", "Angers"),
        ("Saint", "Le Saint"),
    ],
)
def test_search(communes: Communes, text: str, name: str) -> None:
    assert communes.search(text)[0].commune.name == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Agners", "Angers"),
        ("ngers", "Angers"),
        ("Nantess", "Nantes"),
        ("saint-mathuirn sur loire", "Loire-Authion"),
        ("longué jumelels", "Longué-Jumelles"),
        ("paaris 75", "Paris"),
    ],
)
def test_one_slip_of_a_letter_still_finds(communes: Communes, typed: str, name: str) -> None:
    assert communes.search(typed)[0].commune.name == name


@pytest.mark.parametrize("typed", ["zzzzqq", "agnesr sur", "xq", "agn"])
def test_two_slips_or_too_few_letters_find_nothing_by_slips(communes: Communes, typed: str) -> None:
    assert all(api.fold(match.matched_name).startswith(typed) for match in communes.search(typed))


@pytest.mark.parametrize(
    ("typed", "meant", "near"),
    [
        ("angers", "angers", True),
        ("anger", "angers", True),
        ("xangers", "angers", True),
        ("amgers", "angers", True),
        ("nagers", "angers", True),
        ("angesr", "angers", True),
        ("angre", "angers", False),
        ("agnesr", "angers", False),
        ("", "an", False),
    ],
)
def test_one_slip(typed: str, meant: str, near: bool) -> None:
    assert is_one_slip_away(typed, meant) is near
    assert is_one_slip_away(meant, typed) is near


def test_a_full_insee_code_keeps_a_place_beside_postal_codes(communes: Communes) -> None:
    # 51300 is the postal code of 46 communes and the INSEE code of another one
    matches = communes.search("51300")
    assert len(matches) == 8
    assert matches[0].commune.name == "Vitry-le-François"
    assert matches[-1].commune.insee == "51300"


def test_digits_narrow_a_name(communes: Communes) -> None:
    assert {match.commune.department_code for match in communes.search("saint denis 93", limit=50)} == {"93"}


@pytest.mark.parametrize(
    "text", ["", " ", "zzzz", "' OR 1=1", "%", "_", "~", "49 49 angers", "\x00", "日本", "a" * 5000]
)
def test_nothing_to_find(communes: Communes, text: str) -> None:
    assert communes.search(text) == []


def test_rank_then_population(communes: Communes) -> None:
    matches = communes.search("saint", limit=100)
    populations = [match.commune.population or 0 for match in matches[1:]]  # « Le Saint » is the full name
    assert populations == sorted(populations, reverse=True)
    assert len({match.commune.insee for match in matches}) == 100


def test_the_own_name_leads_over_a_part_that_answers_as_well(communes: Communes) -> None:
    for text in ("baug", "Cherbourg", "Annecy"):
        assert communes.search(text)[0].matched_kind is Kind.CURRENT


def test_limit(communes: Communes) -> None:
    assert len(communes.search("la", limit=3)) == 3
    assert len(communes.search("la")) == 8
    assert len(communes.search("51300", limit=100)) == 47


def test_communes_are_found_by_their_name(communes: Communes, every: list[Commune]) -> None:
    homonyms = defaultdict(set)
    for commune in every:
        homonyms[commune.name].add(commune.insee)
        assert len(api.fold(commune.name).split()) <= 12
    for name, insees in sorted(homonyms.items())[::4]:  # a quarter, of all letters
        # « Castelnau (…) » and « Le Castelnau » fold alike, and parts bear the same names: some room above the homonyms
        found = {match.commune.insee for match in communes.search(name, limit=len(insees) + 25)}
        assert insees <= found, name


def test_communes_are_found_by_each_postal_code(communes: Communes, every: list[Commune]) -> None:
    by_postal = defaultdict(set)
    for commune in every:
        for postal in commune.postal_codes:
            by_postal[postal].add(commune.insee)
    for postal, insees in sorted(by_postal.items())[::4]:
        assert insees <= {match.commune.insee for match in communes.search(postal, limit=100)}, postal
    # the Terres australes have no post
    assert {commune.department_code for commune in every if not commune.postal_codes} == {"984"}


# --- The index file -------------------------------------------------------------------------------


def test_the_index_is_built_once_and_never_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "for us"
    path = index_file(folder)
    before = path.stat()
    assert index_file(folder) == path
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    reader = Communes(folder)
    assert reader.search("corne")
    assert list(folder.iterdir()) == [path]  # no journal, no temporary file
    with reader._open() as database, pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.execute("DELETE FROM entry")


def _search_corne(folder: Path) -> str:
    return Communes(folder).search("corné")[0].commune.insee


def test_processes_and_threads_share_a_folder(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert set(pool.map(_search_corne, [tmp_path] * 6)) == {"49307"}
    shared = Communes(tmp_path)
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda text: shared.search(text)[0].commune.insee, ["corné"] * 200)) == {"49307"}
    assert len(list(tmp_path.iterdir())) == 1


# --- Names ----------------------------------------------------------------------------------------


def test_slugs(every: list[Commune]) -> None:
    slugs = [api.slug(commune) for commune in every]
    assert len(set(slugs)) == len(slugs)
    assert max(map(len, slugs)) == 48
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) for slug in slugs)


@pytest.mark.parametrize(
    ("insee", "slug"),
    [
        ("49307", "loire-authion-49"),
        ("2A004", "ajaccio-2a"),
        ("80829", "y-80"),
        ("57521", "oeting-57"),
        ("84054", "l-isle-sur-la-sorgue-84"),
        ("97411", "saint-denis-974"),
    ],
)
def test_slug(communes: Communes, insee: str, slug: str) -> None:
    commune = communes.get(insee)
    assert commune is not None
    assert api.slug(commune) == slug


@pytest.mark.parametrize(
    ("insee", "plain", "de", "a"),
    [
        ("59350", "Lille", "de Lille", "à Lille"),
        ("49007", "Angers", "d’Angers", "à Angers"),
        ("72181", "Le Mans", "du Mans", "au Mans"),
        ("17300", "La Rochelle", "de La Rochelle", "à La Rochelle"),
        ("49246", "Les Ponts-de-Cé", "des Ponts-de-Cé", "aux Ponts-de-Cé"),
        ("84054", "L’Isle-sur-la-Sorgue", "de L’Isle-sur-la-Sorgue", "à L’Isle-sur-la-Sorgue"),
        ("60703", "Aux Marais", "des Marais", "aux Marais"),
        ("66104", "Los Masos", "de Los Masos", "à Los Masos"),
        ("59009", "Villeneuve-d’Ascq", "de Villeneuve-d’Ascq", "à Villeneuve-d’Ascq"),
        ("63448", "Le Vernet-Chaméane", "du Vernet-Chaméane", "au Vernet-Chaméane"),
        ("98813", "La Foa", "de La Foa", "à La Foa"),
        ("98820", "Ouvéa", "d’Ouvéa", "à Ouvéa"),
    ],
)
def test_names_in_sentences(communes: Communes, insee: str, plain: str, de: str, a: str) -> None:
    commune = communes.get(insee)
    assert commune is not None
    assert (api.with_article(commune), api.de(commune), api.a(commune)) == (plain, de, a)


def test_a_commune_may_correct_its_article() -> None:
    assert api.name_with_de("Youx", Article.VOWEL) == "d’Youx"
    assert api.name_with_de("Youx", Article.CONSONANT) == "de Youx"
    assert api.name_with_de("Mans", Article.LE) == "du Mans"
    assert api.name_with_article("Mans", Article.LE) == "Le Mans"
    assert api.name_with_a("Lens", Article.LES) == "aux Lens"
    with pytest.raises(ValueError, match="9"):
        api.name_with_de("Lille", 9)


def test_no_straight_apostrophe_and_no_double_article(every: list[Commune]) -> None:
    for commune in every:
        for text in (api.with_article(commune), api.de(commune), api.a(commune)):
            assert "'" not in text
            assert not re.search(r"\b(du Le|des Les|au Le|aux Les)\b", text)


# --- Places ---------------------------------------------------------------------------------------


def test_clocks_and_telephones(every: list[Commune]) -> None:
    departments = {commune.department_code for commune in every}
    assert len(departments) == 109
    for department in departments:
        ZoneInfo(api.time_zone(department))
        assert phonenumbers.country_code_for_region(api.phone_region(department))
    assert api.time_zone("49") == api.time_zone("2A") == "Europe/Paris"
    assert api.time_zone("974") == "Indian/Reunion"
    assert api.phone_region("49") == "FR"
    assert api.phone_region("988") == "NC"
    overseas = {"971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988"}
    assert {department for department in departments if api.time_zone(department) != "Europe/Paris"} == overseas


# --- Official addresses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "insee"),
    [
        ("mairie@loireauthion.fr", "49307"),
        ("contact@loire-authion.fr", "49307"),
        ("Contact@Loire-Authion.FR", "49307"),
        ("mairie@ville-angers.fr", "49007"),
        ("accueil@mairie.angers.fr", "49007"),
        ("mairie@ville-orange.fr", "84087"),
        ("contact@eu.fr", "76255"),
        ("contact@mairie-eu.fr", "76255"),
        ("contact@ville-eu.fr", "76255"),
        ("contact@ville-deu.fr", "76255"),
        ("contact@mairieeu.fr", "76255"),
        ("contact@lemans.fr", "72181"),
        ("contact@ville-du-mans.fr", "72181"),
        ("contact@orleans-metropole.fr", "45234"),
        ("contact@orléans.fr", "45234"),
        ("contact@xn--orlans-dva.fr", "45234"),
        ("contact@st-mathurin.fr", "85250"),
        ("contact@mairie-stmathurin.fr", "85250"),
        ("contact@saint-mathurin.fr", "85250"),
        ("mairie@ville-chateau-chinon.fr", "58062"),
    ],
)
def test_official_address(communes: Communes, email: str, insee: str) -> None:
    commune = communes.get(insee)
    assert commune is not None
    assert api.official_email_matches(email, commune)


@pytest.mark.parametrize(
    ("email", "insee"),
    [
        ("x@pas-angers-evil.gmail.com", "49007"),
        ("mairie.angers@wanadoo.fr", "49007"),
        ("angers@orange.fr", "49007"),
        ("mairie@orange.fr", "84087"),
        ("mairie@cholet.fr", "49007"),
        ("x@europe.fr", "76255"),
        ("x@y.com.fr", "76255"),
        ("x@yahoo.fr", "80829"),
        ("x@conseil.eu", "76255"),
        ("angers.fr", "49007"),
        ("@angers.fr", "49007"),
        ("a@b@angers.fr", "49007"),
        ("a@angers", "49007"),
        ("a@xn--\udcff.fr", "49007"),
        ("a@xn--99999999.fr", "49007"),
        ("", "49007"),
    ],
)
def test_not_an_official_address(communes: Communes, email: str, insee: str) -> None:
    commune = communes.get(insee)
    assert commune is not None
    assert not api.official_email_matches(email, commune)


@pytest.mark.parametrize(
    ("name", "articles"),
    [
        ("Blou", [Article.CONSONANT]),
        ("Angers", [Article.VOWEL]),
        ("Hyères", [Article.CONSONANT, Article.VOWEL]),
        ("Le Mans", [Article.LE]),
        ("L'Isle-sur-la-Sorgue", [Article.L]),
        ("Les Ponts-de-Cé", [Article.LES]),
    ],
)
def test_articles_that_french_allows_before_a_name(name, articles):
    assert articles_of(name) == articles


def test_the_official_article_is_always_one_of_them(every):
    assert [commune.name for commune in every if commune.article not in articles_of(commune.name)] == []
