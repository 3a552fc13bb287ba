"""The audit trail, the export of the whole commune, the page of a long task."""

import io
import zipfile

import pytest

from civique.core.audit import AuditEntry
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import store
from civique.core.people.models import Person
from civique.core.tasks import Task


@pytest.fixture
def admin(commune):
    return commune.client(commune.person("Anne", "Admin", "administrator"))


def test_trail_in_words_with_filters(commune, admin):
    admin.submit("/mairie/personnes/nouvelle", {"given_name": "Paul", "family_name": "Durand"})
    page = admin.get("/mairie/journal?action=person.registered&q=admin")
    assert "Anne Admin" in page.words
    assert "Paul Durand" in page.words
    assert "person.registered" not in page.words
    assert admin.get("/mairie/journal?until=2001-01-01").words.count("Anne Admin") == 0
    assert admin.get("/mairie/journal?since=yesterday").status == 200
    text = admin.get("/mairie/journal?format=csv").text
    assert "Paul Durand" in text


def test_every_action_of_the_core_is_said_in_words(commune, admin):
    from civique.web.audit_labels import label_of

    unsaid = {e.action for e in commune.all(AuditEntry) if label_of(e.action) == e.action}
    assert not unsaid


def test_export_journey(commune, admin, run_jobs):
    with commune.session() as session:
        from civique.core.documents.operations import keep_file

        for name in ("un.txt", "deux.txt"):
            keep_file(session, io.BytesIO(name.encode()), name=name, mime="text/plain")
    form = admin.get("/mairie/export").form("/mairie/export")
    page = admin.post("/mairie/export", form)
    assert admin.post("/mairie/export", form).location == page.location, "a second click starts nothing"
    waiting = admin.follow(page)
    assert "every 2s" in waiting.text
    run_jobs()
    done = admin.get(page.location)
    assert "every 2s" not in done.text
    fragment = admin.get(page.location, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "<h1" not in fragment.text
    link = next(link for link in done.links() if link.endswith("/fichier"))
    answer = admin.get(link)
    archive = zipfile.ZipFile(io.BytesIO(answer.response.get_data()))
    assert "manifest.json" in archive.namelist()
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_new_export_replaces_the_former_and_does_not_hold_it(commune, admin, run_jobs):
    sizes = []
    for _turn in range(2):
        page = admin.submit("/mairie/export")
        run_jobs()
        link = next(link for link in admin.get(page.location).links() if link.endswith("/fichier"))
        archive = zipfile.ZipFile(io.BytesIO(admin.get(link).response.get_data()))
        sizes.append([name for name in archive.namelist() if name.startswith("files/")])
    assert sizes == [[], []]
    assert commune.all(StoredFile, mime="application/zip") == []
    assert len(list((store().root / commune.tenant.schema / ".results").iterdir())) == 1


def test_the_archive_is_for_who_asked_it_with_the_second_factor(commune, neighbour, admin, run_jobs):
    page = admin.submit("/mairie/export")
    run_jobs()
    task = commune.one(Task)
    link = f"/mairie/taches/{task.id}/fichier"
    other = commune.client(commune.person("Zoé", "Seconde", "administrator"))
    assert other.get(page.location).status == 404
    assert other.get(link).status == 404
    weak = commune.client(commune.one(Person, id=task.person_id), strong=False)
    assert weak.get(link).location.startswith("/connexion/second-facteur")
    assert commune.all(StoredFile) == [], "it is not a file of the commune, with an address of its own"
    stranger = neighbour.client(neighbour.person("Nina", "Voisine", "administrator"))
    assert stranger.get(link).status == 404
    assert commune.client().get(link).location.startswith("/connexion?")


def test_only_who_may_export_does(commune):
    client = commune.client(commune.person("Sylvie", "Secrétaire", "secretary"))
    assert client.get("/mairie/export").status == 403
    assert client.get("/mairie/taches").status == 200


def test_old_archives_are_purged(commune, admin, run_jobs):
    from datetime import timedelta

    from civique.core import clock, privacy
    from civique.core.registry import modules

    admin.submit("/mairie/export")
    run_jobs()
    with commune.session() as session:
        session.query(Task).one().ended_at = clock.now() - timedelta(days=8)
    with commune.session() as session:
        privacy.purge(session, modules())
    assert commune.one(Task).file is None
    assert list((store().root / commune.tenant.schema / ".results").iterdir()) == []
