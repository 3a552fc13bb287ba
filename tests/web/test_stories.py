"""Days of work, photos and stories by their pages, in a village without the fund: what is told of collections."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from civique.core import clock, privacy
from civique.core.audit import AuditEntry
from civique.core.claims.events import PaperClaimed
from civique.core.documents.models import StoredFile
from civique.core.events import tell
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.core.stories import operations
from civique.core.stories.models import Story, StoryPicture, WorkLogEntry
from civique.core.stories.queries import hours_given
from civique.core.switching import switch_off
from tests.refusals import refuses
from tests.sample.models import Pickup

LIST = "/mairie/recits"
OLD = {
    "/fonds/demandes/x/journal": "/recits/x/journal",
    "/mairie/fonds/demandes/x/recit": f"{LIST}/x",
}


def photo(name="photo.jpg", kind="JPEG"):
    data = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(data, kind)
    data.seek(0)
    return data, name


def do(village, pickup, operation, *arguments, **named):
    """An operation on the collection, as a service of the town hall."""
    with village.session() as session:
        return operation(session, session.get(Pickup, pickup.id), *arguments, **named)


def ours(pickup):
    return f"{LIST}/{pickup.id}"


def theirs(pickup):
    return f"/recits/{pickup.id}"


def with_photo(client, pickup, base=theirs):
    """Add a photo by a page; gives its address."""
    facts = {"photo-file": photo(), "photo-alternative": "Un mur fleuri"}
    return client.submit(f"{base(pickup)}/photos", facts, on=f"{base(pickup)}/journal")


def published(village, pickup, text="Huit voisins ont **semé**."):
    """A published story, which shows every photo."""
    shown = {picture.id: "Un mur fleuri" for picture in village.all(StoryPicture)}
    do(village, pickup, operations.write_story, text, shown)
    do(village, pickup, operations.publish_story)


# From the first photo to the story ------------------------------------------------------------------------------------


def test_each_page_is_there_in_a_village_without_any_module(neighbour):
    secretary = neighbour.client(neighbour.person("Sylvie", "Secrétaire", "secretary"))
    assert "Pas encore de récit" in secretary.get(LIST).words
    assert LIST in secretary.get("/mairie/actualites").links()
    assert "Aucun récit pour le moment" in neighbour.client().get("/recits").words
    assert "/recits" not in neighbour.client().get("/sinformer").links()


@pytest.mark.parametrize("on", [(), ("fund",)])
def test_the_old_addresses_lead_on_whatever_is_on(make_commune, on):
    everybody = make_commune("49002", *on).client()
    for old, new in OLD.items():
        page = everybody.get(old)
        assert (page.status, page.headers["Location"]) == (308, new), old


def test_from_a_photo_to_the_story_that_everybody_reads(village, pickup, client, desk):
    with_photo(client, pickup)
    kept = village.one(StoryPicture)
    address, everybody = f"/fichiers/{kept.file_id}/image.webp", village.client()
    assert [who.get(address).status for who in (client, desk, everybody)] == [200, 200, 404]
    assert "À écrire" in desk.get(LIST).words
    assert everybody.get(theirs(pickup)).status == 404
    chosen = {f"picture-{kept.id}": "on", f"alternative-{kept.id}": " ", "publish": "1"}
    refused = desk.submit(ours(pickup), {"title": "Le port en fleurs", "text": "Semé.", **chosen})
    assert refused.status == 422
    assert "Décrivez chaque photo" in refused.words
    assert refused.form(ours(pickup))["title"] == "Le port en fleurs"
    chosen[f"alternative-{kept.id}"] = "Huit voisins sèment"
    assert desk.post(ours(pickup), refused.form(ours(pickup)) | chosen).location == "/encombrants/tournee"
    page = everybody.get(theirs(pickup))
    assert page.title.startswith("Le port en fleurs")
    assert (address in page.text, "Huit voisins sèment" in page.text) == (True, True)
    assert "Nadia" not in page.text, "no name of a resident"
    assert theirs(pickup) in everybody.get("/recits").links()
    assert "/recits" in everybody.get("/sinformer").links()
    assert theirs(pickup) in everybody.get("/recits.atom").text
    assert theirs(pickup) in everybody.get("/recherche?q=port+fleurs").links()
    assert everybody.get(address).status == 200
    assert "En ligne" in desk.get(f"{LIST}?etat=published&q=FLEURS").words
    assert "port en fleurs" not in desk.get(f"{LIST}?etat=draft").words
    assert "Le port en fleurs" in desk.get(f"{LIST}?format=csv").text
    desk.submit(f"{ours(pickup)}/retirer", on=ours(pickup))
    assert [everybody.get(path).status for path in (address, theirs(pickup))] == [404, 404]
    assert theirs(pickup) not in everybody.get("/recherche?q=port+fleurs").links()
    actions = [line.action for line in village.all(AuditEntry) if line.action.startswith("story.")]
    assert actions == [f"story.{step}" for step in ("picture_added", "written", "published", "withdrawn")]


def test_a_story_waits_for_the_agreement(village, pickup, desk):
    village.sql("UPDATE sample_pickup SET person_id = NULL")
    page = desk.get(ours(pickup))
    assert "Personne n’a donné son accord." in page.words
    assert "Publier" not in page.words
    refused = desk.submit(ours(pickup), {"text": "Semé.", "publish": "1"})
    assert refused.status == 422
    assert village.all(Story) == [], "nothing is kept of what was refused"
    desk.submit(ours(pickup), {"text": "Semé."})
    assert village.one(Story).state == "draft"


def test_a_second_agent_overwrites_nothing_unseen(village, pickup, desk):
    form = desk.get(ours(pickup)).form(ours(pickup)) | {"text": "La mienne."}
    do(village, pickup, operations.write_story, "L’autre.", {})
    late = desk.post(ours(pickup), form)
    assert late.status == 422
    assert "Ce qui est enregistré : L’autre." in late.words.replace("\u202f", " ").replace("\u00a0", " ")
    assert late.form(ours(pickup))["text"] == "La mienne."
    assert village.one(Story).text == "L’autre."
    assert desk.post(ours(pickup), late.form(ours(pickup))).status == 303
    assert village.one(Story).text == "La mienne."


def test_nothing_is_published_before_it_is_written(village, pickup):
    with refuses("no_story"):
        do(village, pickup, operations.publish_story)
    with refuses("no_story"):
        do(village, pickup, operations.write_story, " ", {})


# Days of work and photos ----------------------------------------------------------------------------------------------


def test_days_of_work_are_noted_once(village, pickup, client):
    path = f"{theirs(pickup)}/journal"
    form = client.get(path).form(path) | {"log-text": "Bêché.", "log-hours": "2,5"}
    assert form["log-day"] == village.today.isoformat(), "today is proposed"
    assert [client.post(path, form).status for _ in range(2)] == [303, 303]
    entry = village.one(WorkLogEntry)
    assert (entry.side, float(entry.hours)) == ("applicant", 2.5)
    late = client.submit(path, {"log-day": (village.today + timedelta(days=1)).isoformat(), "log-text": "Demain."})
    assert late.status == 422
    assert late.form(path)["log-text"] == "Demain."


def test_the_town_hall_notes_a_day_of_either_side_once(village, pickup, desk):
    path = f"{ours(pickup)}/journal"
    form = desk.get(path).form(path)
    assert form["log-side"] == "commune"
    for side, hours in (("commune", "3"), ("applicant", "2")):
        once = desk.get(path).form(path) | {"log-side": side, "log-text": "Bêché.", "log-hours": hours}
        assert [desk.post(path, once).status for _ in range(2)] == [303, 303]
    assert "Heures données : 2 par le porteur" in desk.get(path).words.replace("\u202f", " ").replace("\u00a0", " ")
    with village.session() as session:
        from sqlalchemy import select

        assert hours_given(session, select(Pickup.id)) == {"applicant": 2, "commune": 3}


def test_photos_are_private_until_the_story_shows_them(village, pickup, client):
    path, page = f"{theirs(pickup)}/photos", f"{theirs(pickup)}/journal"
    assert client.submit(path, {"photo-file": photo(), "photo-alternative": ""}, on=page).status == 422
    assert with_photo(client, pickup).status == 303
    refused = client.submit(path, {"photo-file": (io.BytesIO(b"%PDF-1.4"), "a.pdf"), "photo-alternative": "X"}, on=page)
    assert refused.status == 422
    kept = village.one(StoryPicture)
    assert not kept.shown
    assert "Un mur fleuri" in client.get(page).text
    assert village.client().get(f"/fichiers/{kept.file_id}/image.webp").status == 404
    assert client.submit(f"{path}/{kept.id}/retirer", on=page).status == 303
    assert village.all(StoryPicture) == village.all(StoredFile) == []


def test_a_photo_that_the_story_shows_is_not_taken_away(village, pickup, client):
    with_photo(client, pickup)
    published(village, pickup)
    kept = village.one(StoryPicture)
    do(village, pickup, operations.remove_picture, kept.id)
    assert "Retirer cette photo" not in client.get(f"{theirs(pickup)}/journal").words
    assert village.one(StoryPicture).file.visibility == "public"


def test_a_photo_of_a_telephone_is_taken(village, pickup, client):
    import pillow_heif

    pillow_heif.register_heif_opener()
    facts = {"photo-file": photo("IMG_0001.HEIC", "HEIF"), "photo-alternative": "Un mur"}
    page = f"{theirs(pickup)}/journal"
    assert client.submit(f"{theirs(pickup)}/photos", facts, on=page).status == 303
    assert village.one(StoryPicture).file.mime == "image/webp"


def test_twenty_photos_at_most(village, pickup, desk):
    assert operations.MOST_PICTURES == 20
    with_photo(desk, pickup, ours)
    with village.session() as session:
        story = session.query(Story).one()
        file = story.pictures[0].file
        story.pictures += [StoryPicture(file=file) for _ in range(19)]
    refused = with_photo(desk, pickup, ours)
    assert refused.status == 422
    assert "Vingt photos au plus" in refused.words


def test_a_photo_that_the_town_hall_adds_is_of_whoever_carries_it_out(village, pickup, nadia, desk):
    with_photo(desk, pickup, ours)
    kept = village.one(StoredFile)
    assert (kept.person_id, kept.permission, kept.visibility) == (nadia.id, "core.stories", "staff")


def test_what_is_somebody_elses_does_not_exist(village, pickup, desk):
    other = village.client(village.person("Léo", "Passant"))
    assert other.get(f"{theirs(pickup)}/journal").status == 404
    assert desk.get(f"{LIST}/{village.one(Pickup).person_id}").status == 404


def test_nothing_is_noted_once_it_is_over(village, pickup, client, desk):
    do(village, pickup, operations.write_log, village.today, "Semé.", "applicant")
    form = client.get(f"{theirs(pickup)}/journal").form(f"{theirs(pickup)}/journal") | {"log-text": "Encore."}
    village.sql("UPDATE sample_pickup SET day = day - 30")
    page = client.get(f"{theirs(pickup)}/journal")
    assert "Semé." in page.words
    assert "Noter cette journée" not in page.words
    assert client.post(f"{theirs(pickup)}/journal", form).status == 422
    assert "Cette collecte est passée." in desk.get(f"{ours(pickup)}/journal").words


# The module is off ----------------------------------------------------------------------------------------------------


def test_a_story_of_a_module_that_is_off_is_read_and_withdrawn(village, pickup, client, desk):
    with_photo(client, pickup)
    form = desk.get(ours(pickup)).form(ours(pickup))
    published(village, pickup)
    village.tenant = switch_off(village.tenant, "sample")
    page = village.client().get(theirs(pickup))
    assert "Huit voisins ont semé" in page.words
    assert "/encombrants" not in page.links()
    assert theirs(pickup) in village.client().get("/recits").links()
    page = desk.get(ours(pickup))
    assert "est désactivé" in page.words
    assert "Garder pour plus tard" not in page.words
    assert desk.post(ours(pickup), form | {"text": "Changé."}).status == 422
    refused = desk.post(
        f"{ours(pickup)}/journal", form | {"log-day": "2026-01-01", "log-text": "X", "log-side": "commune"}
    )
    assert refused.status == 422
    assert client.get(f"{theirs(pickup)}/journal").status == 404
    with refuses("switched_off"):
        do(village, pickup, operations.write_log, village.today, "Semé.", "commune")
    address = f"/fichiers/{village.one(StoryPicture).file_id}/image.webp"
    assert village.client().get(address).status == 200
    desk.submit(f"{ours(pickup)}/retirer", on=ours(pickup))
    assert [village.client().get(path).status for path in (theirs(pickup), address)] == [404, 404]


# Personal data --------------------------------------------------------------------------------------------------------


def test_what_is_told_goes_with_whoever_carried_it_out_alone(village, pickup, nadia, client):
    with_photo(client, pickup)
    do(village, pickup, operations.write_log, village.today, "Bêché.", "applicant")
    published(village, pickup)
    with village.session() as session:
        (held,) = privacy.export_person(session, get_person(session, nadia.id), modules())["stories"]
        assert (held["log"][0]["text"], held["photos"]) == ("Bêché.", ["Un mur fleuri"])
    page = client.get("/mon-compte/donnees").words
    assert "Journées de travail, photos et récits" in page
    with village.session() as session:
        privacy.erase(session, get_person(session, nadia.id), modules())
    assert village.all(Story) == village.all(WorkLogEntry) == village.all(StoredFile) == []
    assert village.client().get(theirs(pickup)).status == 404
    assert theirs(pickup) not in village.client().get("/recherche?q=port").links()


def test_what_an_organisation_carries_out_stays_without_the_tie(village, pickup, nadia):
    published(village, pickup)
    village.sql("UPDATE story SET organisation = 'Les Jardiniers'")
    with village.session() as session:
        privacy.erase(session, get_person(session, nadia.id), modules())
    assert (village.one(Story).applicant_id, village.one(Story).state) == (None, "published")


def test_a_paper_that_is_claimed_takes_what_was_told_along(village, pickup, nadia):
    village.sql("UPDATE sample_pickup SET person_id = NULL")
    do(village, pickup, operations.write_log, village.today, "Bêché.", "applicant")
    assert village.one(Story).applicant_id is None
    with village.session() as session:
        tell(session, PaperClaimed("sample_pickup", pickup.id, nadia.id))
    assert village.one(Story).applicant_id == nadia.id


def test_publishing_twice_keeps_the_first_day(village, pickup):
    published(village, pickup)
    first = village.one(Story).published_at
    do(village, pickup, operations.publish_story)
    assert village.one(Story).published_at == first <= clock.now()
