"""A file that was chosen stays chosen while the rest of the form is corrected."""

import io

from civique.core.documents.models import StoredFile

PATH = "/mairie/documents/ajouter"
SHEET = b"commune,nom\n49030,Blou\n"


def filled(desk, **more):
    return {**desk.get(PATH).form(), "kind": "other", "visibility": "staff", **more}


def chosen():
    return io.BytesIO(SHEET), "liste des élus.csv"


def test_a_refused_field_keeps_the_chosen_file(village, desk):
    refused = desk.post(PATH, filled(desk, title="", file=chosen()))
    assert refused.status == 422
    assert "« liste des élus.csv » est gardé" in refused.words
    sent = desk.post(PATH, {**refused.form(), "title": "Élus"})
    assert sent.status == 303
    assert village.one(StoredFile).name == "liste des élus.csv"
    assert village.one(StoredFile).size == len(SHEET)


def test_another_file_replaces_it(village, desk):
    refused = desk.post(PATH, filled(desk, title="", file=chosen()))
    desk.post(PATH, {**refused.form(), "title": "Élus", "file": (io.BytesIO(b"x,y\n"), "autre.csv")})
    assert village.one(StoredFile).name == "autre.csv"


def test_it_is_kept_through_several_corrections(village, desk):
    page = desk.post(PATH, filled(desk, title="", file=chosen()))
    for _ in range(2):
        page = desk.post(PATH, page.form())
        assert page.status == 422
    assert desk.post(PATH, {**page.form(), "title": "Élus"}).status == 303
    assert village.one(StoredFile).size == len(SHEET)


def test_nobody_else_takes_it(village, desk, make_commune):
    refused = desk.post(PATH, filled(desk, title="", file=chosen()))
    token = refused.form()["file-kept"]
    colleague = village.client(village.person("Paul", "Second", "secretary"))
    neighbour = make_commune("49002")
    other = neighbour.client(neighbour.person("Anne", "Autre", "secretary"))
    for client in (colleague, other):
        page = client.post(PATH, {**filled(client, title="Élus"), "file-kept": token})
        assert page.status == 422
        assert "Choisissez un fichier" in page.words
    assert desk.post(PATH, {**refused.form(), "title": "Élus", "file-kept": token[:-2] + "xx"}).status == 422


def test_a_file_that_is_refused_itself_is_not_kept(desk):
    page = desk.post(PATH, filled(desk, title="Élus", file=(io.BytesIO(b"\x7fELF\0\0"), "programme.csv")))
    assert page.status == 422
    assert "file-kept" not in page.text


def test_where_it_cannot_be_kept_the_form_says_so(desk, monkeypatch):
    from civique.core.documents.operations import store
    from civique.services.storage import StorageFull

    def full(*_arguments):
        raise StorageFull

    monkeypatch.setattr(type(store()), "put", full)
    page = desk.post(PATH, filled(desk, title="", file=chosen()))
    assert "Choisissez à nouveau « liste des élus.csv »" in page.words
