"""The search of the public site: what residents look for is found, and its words are shown as words."""

from datetime import timedelta

import pytest

from civique.core import clock
from civique.core.agenda.operations import plan_event
from civique.core.news.operations import publish_article, write_article
from civique.core.officials.operations import add_official
from tests.client import H
from tests.fixtures import LOIRE_AUTHION, VILLAGE

MARKS = "## Réserver\n\nLa **salle** des [fêtes](https://exemple.fr) :\n\n- le *matin*\n- l’`après-midi`"


def found(commune, words):
    return commune.client().get("/recherche", query={"q": words})


def paths(commune, words):
    """Where the results lead, in their order."""
    results = [e for e in found(commune, words).tree.iter(f"{H}ul") if "results" in e.get("class", "")]
    return [link.get("href") for each in results for link in each.iter(f"{H}a")]


@pytest.mark.parametrize("insee", [VILLAGE, LOIRE_AUTHION])
@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("horaires", "/la-mairie"),
        ("horaire d'ouverture de la mairie", "/la-mairie"),
        ("garde champêtre", "/la-mairie"),
        ("mentions légales", "/mentions-legales"),
        ("RGPD", "/donnees-personnelles"),
        ("accessibilité", "/accessibilite"),
        ("agenda", "/agenda"),
        ("signaler un problème", "/signaler"),
    ],
)
def test_what_is_no_object_is_found_too(commune, words, path):
    with commune.session() as session:
        add_official(session, kind="service", name="Police rurale", function="Garde champêtre")
    assert path in paths(commune, words), words


def test_an_event_is_found_by_its_title_and_its_place(commune):
    with commune.session() as session:
        event = plan_event(
            session,
            title="Loto de l’école",
            starts_at=clock.now() + timedelta(days=3),
            place_text="Salle des fêtes",
            public=True,
            state="planned",
        )
    for words in ("salle", "SALLES des FETES", "loto", "l'ecole loto"):
        assert f"/agenda/{event.id}" in paths(commune, words), words


def test_excerpts_show_text_and_not_its_marks(commune):
    with commune.session() as session:
        article = write_article(session, "page", "Location", summary="À louer.", body=MARKS)
        publish_article(session, article)
    assert "À louer. Réserver La salle des fêtes : le matin l’après-midi" in found(commune, "salle").words


def test_excerpts_of_what_the_demonstration_holds_are_text(lived_in):
    for (extract,) in lived_in.sql("SELECT extract FROM search_entry"):
        assert not any(mark in extract for mark in ("**", "](", "##", "\n")), extract


def test_words_are_found_by_their_stem_or_their_beginning_each_by_itself(commune):
    with commune.session() as session:
        publish_article(session, write_article(session, "news", "Planter les haies", summary="En hiver", body=""))
    for words in ("haie", "haies plan", "les haies", "hai", "la haie en hiver"):
        assert "/actualites/planter-les-haies" in paths(commune, words), words
    for words in ("la chasse", "haie chasse", "zzzz", "—"):
        assert "/actualites/planter-les-haies" not in paths(commune, words), words


def test_the_number_of_results_is_true_and_they_have_pages(commune):
    with commune.session() as session:
        for number in range(43):
            publish_article(session, write_article(session, "news", f"Kermesse {number}", summary="", body=""))
    first = found(commune, "kermesse")
    assert "43 résultats" in first.words.replace("\u00a0", " ")
    third = commune.client().get("/recherche?q=kermesse&page=3")
    assert sum("/actualites/kermesse" in link for link in third.links()) == 3
