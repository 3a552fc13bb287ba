"""News and pages: write, preview, publish, edit together, withdraw, delete, order."""

import io

import pytest
from PIL import Image

from civique.core.documents.models import StoredFile
from civique.core.news.models import Article
from civique.services.analysis import analyse
from tests.client import H
from tests.web.desk.conftest import a_pdf, picture

NEWS = "/mairie/actualites"
WORDS = {"title": "Plantation à Corné", "summary": "Samedi.", "body": "## Programme\n\nVenez **tous**."}


def write(client, folder=NEWS, **data):
    return client.submit(f"{folder}/ecrire", {**WORDS, "then": "publish", **data})


def test_news_goes_online_and_is_found(commune, secretary):
    page = secretary.follow(write(secretary))
    assert "En ligne" in page.words
    visitor = commune.client()
    shown = visitor.get("/actualites/plantation-a-corne")
    assert shown.title == "Plantation à Corné"
    assert "Venez <strong>tous</strong>." in shown.text
    assert "Plantation à Corné" in visitor.get("/recherche?q=plantation").words


def test_a_draft_is_for_the_town_hall_alone(commune, secretary):
    write(secretary, then="keep")
    assert commune.one(Article).state == "draft"
    assert commune.client().get("/actualites/plantation-a-corne").status == 404
    assert "Brouillon" in secretary.get(NEWS).words


def test_a_preview_saves_nothing(commune, secretary):
    form = secretary.get(f"{NEWS}/ecrire").form()
    data = {**form, **WORDS, "preview": "1"}
    page = secretary.post(f"{NEWS}/ecrire", data)
    assert page.status == 200
    assert "Aperçu, non enregistré" in page.words
    assert page.form(f"{NEWS}/ecrire")["body"].replace("\r\n", "\n") == WORDS["body"]
    fragment = secretary.post(f"{NEWS}/ecrire", data, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "<strong>tous</strong>" in fragment.text
    assert "<h1" not in fragment.text
    assert commune.all(Article) == []


def test_markdown_never_carries_scripts(commune, secretary):
    write(secretary, body="<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=y>")
    shown = commune.client().get("/actualites/plantation-a-corne")
    assert "<script>alert" not in shown.text
    assert 'href="javascript' not in shown.text
    assert "<img src=x" not in shown.text


def test_sent_twice_writes_once(commune, secretary):
    data = {**secretary.get(f"{NEWS}/ecrire").form(), **WORDS, "then": "publish"}
    first, second = secretary.post(f"{NEWS}/ecrire", data), secretary.post(f"{NEWS}/ecrire", data)
    assert first.location == second.location
    assert len(commune.all(Article)) == 1


def test_a_title_is_needed_and_the_rest_stays(secretary):
    page = write(secretary, title=" ")
    assert page.status == 422
    assert "Écrivez un titre." in page.words
    assert page.form(f"{NEWS}/ecrire")["summary"] == "Samedi."


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "HEIF"])
def test_a_picture_with_words_is_kept_without_its_metadata(commune, secretary, kind):
    upload = (io.BytesIO(picture(kind)), "photo.heic")
    page = write(secretary, picture_file=upload, alternative="Des enfants plantent un chêne")
    assert page.status == 303
    kept = commune.one(StoredFile)
    assert (kept.mime, kept.visibility, kept.alternative) == ("image/webp", "public", "Des enfants plantent un chêne")
    shown = commune.client().get("/actualites/plantation-a-corne")
    assert 'alt="Des enfants plantent un chêne"' in shown.text


def test_a_picture_is_served_at_the_size_at_which_it_is_shown(commune, secretary):
    upload = (io.BytesIO(picture("JPEG", (2400, 1600))), "photo.jpg")
    write(secretary, picture_file=upload, alternative="Un chêne", then="publish")
    file = commune.one(StoredFile)
    for size, width in (("petite", 480), ("moyenne", 960), ("", 1600), ("autre", 1600)):
        shown = commune.client().get(f"/fichiers/{file.id}/image.webp", query={"taille": size})
        assert Image.open(io.BytesIO(shown.response.get_data())).width == width, size
    page = commune.client().get("/actualites/plantation-a-corne")
    image = next(e for e in page.tree.iter(f"{H}img") if e.get("srcset"))
    assert "taille=moyenne" in image.get("src")
    assert [part.split()[-1] for part in image.get("srcset").split(",")] == ["480w", "960w", "1600w"]
    assert len(file.digests) == 3


def test_no_transaction_waits_while_a_file_is_looked_at(commune, secretary, monkeypatch):
    from civique.web import uploads
    from tenants.db import db

    waiting = []

    def looked_at(work, *arguments):
        waiting.append((work, db.session.registry().in_transaction()))
        return analyse(work, *arguments)

    monkeypatch.setattr(uploads, "analyse", looked_at)
    write(secretary, picture_file=(io.BytesIO(picture("PNG")), "a.png"), alternative="Un chêne")
    assert waiting == [("pictures", False)], "once, and nobody holds a connection"
    assert commune.one(StoredFile).alternative == "Un chêne"


def test_a_picture_without_words_is_refused(commune, secretary):
    page = write(secretary, picture_file=(io.BytesIO(picture()), "photo.png"))
    assert page.status == 422
    assert "Décrivez l’image" in page.words
    assert commune.all(StoredFile) == []


@pytest.mark.parametrize("content", [b"MZ\x90\x00" * 40, b"#!/bin/sh\nrm", a_pdf(), b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_not_a_picture_is_refused_whatever_its_name(commune, secretary, content):
    page = write(secretary, picture_file=(io.BytesIO(content), "photo.png"), alternative="Un chêne")
    assert page.status == 422
    assert page.form(f"{NEWS}/ecrire")["title"] == WORDS["title"]
    assert page.form(f"{NEWS}/ecrire")["alternative"] == "Un chêne"
    assert commune.all(Article) == []


def test_a_picture_is_replaced_then_taken_away(commune, secretary):
    page = write(secretary, picture_file=(io.BytesIO(picture()), "a.png"), alternative="Un chêne")
    path = page.location
    first = commune.one(StoredFile).id
    secretary.submit(path, {"picture_file": (io.BytesIO(picture(size=(80, 60))), "b.png"), "alternative": "Un hêtre"})
    second = commune.one(StoredFile)
    assert (second.id != first, second.alternative) == (True, "Un hêtre")
    secretary.submit(path, {"no_picture": "y", "alternative": ""})
    assert commune.all(StoredFile) == []


def test_a_colleagues_changes_are_shown_and_not_overwritten(commune, secretary):
    path = write(secretary).location
    mine = secretary.get(path).form(path)
    colleague = commune.client(commune.person("Paul", "Roy", "facilitator"))
    colleague.submit(path, {"title": "Plantation reportée", "then": "keep"})
    page = secretary.post(path, {**mine, "body": "Mon texte."})
    assert page.status == 422
    assert "Paul Roy" in page.words
    assert "Plantation reportée" in page.words
    assert commune.one(Article).title == "Plantation reportée"
    again = page.form(path)
    assert again["body"] == "Mon texte."
    assert secretary.post(path, again).status == 303
    assert commune.one(Article).body == "Mon texte."


def test_withdrawn_published_again_then_deleted(commune, secretary):
    path = write(secretary).location
    secretary.submit(f"{path}/retirer", on=path)
    assert commune.client().get("/actualites/plantation-a-corne").status == 404
    assert "Plantation" not in commune.client().get("/recherche?q=plantation").words.replace("plantation", "")
    secretary.submit(path, {"then": "publish"})
    assert commune.client().get("/actualites/plantation-a-corne").status == 200
    page = secretary.submit(f"{path}/supprimer", on=f"{path}/supprimer")
    assert "Vous avez supprimé" in secretary.follow(page).text.replace("\u00a0", " ")
    assert commune.all(Article) == []


def test_pages_have_an_order(commune, secretary):
    for title in ("Cantine", "Déchetterie", "Salles"):
        write(secretary, "/mairie/pages", title=title)
    last = commune.one(Article, title="Salles")
    for _ in range(5):
        secretary.submit(f"/mairie/pages/{last.id}/deplacer", {"sens": "haut"}, on="/mairie/pages")
    words = secretary.get("/mairie/pages").words
    assert words.index("Salles") < words.index("Cantine") < words.index("Déchetterie")
    assert commune.client().get("/pages/salles").title == "Salles"


def test_news_and_pages_do_not_mix(commune, neighbour, secretary):
    from civique.core.news.operations import write_article

    item = write(secretary).location.rsplit("/", 1)[1]
    assert secretary.get(f"/mairie/pages/{item}").status == 404
    with neighbour.session() as session:
        theirs = write_article(session, "news", "Chez eux")
    token = {"csrf_token": secretary.get(f"{NEWS}/ecrire").form()["csrf_token"]}
    assert secretary.get(f"{NEWS}/{theirs.id}").status == 404
    for verb in ("publier", "retirer", "supprimer", "deplacer"):
        assert secretary.post(f"{NEWS}/{theirs.id}/{verb}", token).status == 404
    assert neighbour.one(Article).state == "draft"


def test_the_counter_does_not_publish(commune):
    client = commune.client(commune.person("Luc", "Petit", "counter"))
    assert client.get(NEWS).status == 403
    assert client.get("/mairie/pages/ecrire").status == 403
