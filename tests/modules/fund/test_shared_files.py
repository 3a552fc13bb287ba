"""Files of an application are read by all who follow it, and by nobody else."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from civique.core import clock
from civique.core.documents.models import StoredFile
from civique.core.organisations import operations as organisations
from civique.core.organisations.models import Representative
from civique.core.people.queries import get_person
from civique.core.stories.models import StoryPicture
from civique.core.switching import switch_off
from tests.modules.fund import agreed as agreements


def photo():
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(data, "JPEG")
    data.seek(0)
    return data, "photo.jpg"


@pytest.fixture
def group(world):
    """An association for which the resident and Karim speak."""
    world.karim = world.commune.person("Karim", "Second")
    with world.commune.session(world.secretary) as session:
        garden = organisations.add_organisation(session, "association", "Les Jardins")
        for person in (world.resident, world.karim):
            organisations.name_representative(session, garden, get_person(session, person.id), accepted=True)
    return {"organisation_id": garden.id, "charter_accepted_at": clock.now()}


def under_way_with_a_photo(world, **facts):
    """A project under way, and the address of the photo that the resident added."""
    application = world.granted(**facts)
    world.act(application, agreements.draw_up_agreement, ["Semer."], ["Verser."])
    world.act(application, agreements.offer_agreement)
    for side in ("applicant", "commune"):
        world.act(application, agreements.sign_agreement, side, name="Nadia", means="paper")
    base = f"/recits/{application.id}"
    sent = {"photo-file": photo(), "photo-alternative": "Un mur fleuri"}
    assert world.commune.client(world.resident).submit(f"{base}/photos", sent, on=f"{base}/journal").status == 303
    return application, f"/fichiers/{world.commune.one(StoryPicture).file_id}/image.webp"


def test_who_speaks_for_the_same_organisation_sees_its_photos(world, group, make_commune):
    application, address = under_way_with_a_photo(world, **group)
    karim = world.commune.client(world.karim)
    assert address in karim.get(f"/recits/{application.id}/journal").text
    for path in (address, f"{address}?taille=petite"):
        answer = karim.get(path)
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store")
    assert world.commune.client(world.commune.person("Léo", "Passant")).get(address).status == 404
    assert world.commune.client().get(address).status == 404
    neighbour = make_commune("49002", "fund")
    assert neighbour.client(neighbour.person("Odile", "Voisine", "administrator")).get(address).status == 404
    with world.commune.session(world.secretary) as session:
        seat = session.scalars(select(Representative).where(Representative.person_id == world.karim.id)).one()
        organisations.end_representative(session, seat)
    assert karim.get(address).status == 404, "speaks for it no more"


def test_a_photo_of_one_who_asks_alone_stays_theirs(world, group):
    _application, address = under_way_with_a_photo(world)
    assert world.commune.client(world.karim).get(address).status == 404


def test_a_module_that_is_off_shares_nothing(world, group):
    _application, address = under_way_with_a_photo(world, **group)
    world.commune.tenant = switch_off(world.commune.tenant, "fund")
    assert world.commune.client(world.karim).get(address).status == 404
    assert world.commune.client(world.resident).get(address).status == 200, "whoever sent it keeps it"


def test_what_was_given_is_read_by_both(world, group):
    application = world.ask(**group)
    world.move(application, "ask_missing", labels=["Un devis", "Une date"])
    base = f"/fonds/demandes/{application.id}"
    item = world.now(application).missing[0]
    world.commune.client(world.resident).submit(f"{base}/manques/{item.id}", {"file": photo()}, on=base)
    given = world.commune.one(StoredFile)
    karim = world.commune.client(world.karim)
    address = next(link for link in karim.get(base).links() if str(given.id) in link)
    assert karim.get(address).status == 200
    with world.commune.session(world.secretary) as session:
        session.get(StoredFile, given.id).visibility = "private"
    assert karim.get(address).status == 404, "private is never shared"


def test_bank_details_stay_with_who_sent_them(world, group):
    application = world.granted(**group)
    path = f"/fonds/demandes/{application.id}/compte"
    facts = {"name": "Les Jardins", "iban": "FR7630006000011234567890189", "file": photo()}
    assert world.commune.client(world.resident).submit(path, facts).status == 303
    details = world.commune.one(StoredFile)
    assert world.commune.client(world.karim).get(f"/fichiers/{details.id}/rib.webp").status == 404


def test_the_story_of_a_request_is_for_who_examines_requests(world, group):
    application, address = under_way_with_a_photo(world)
    statuses = {}
    for role in ("examiner", "facilitator"):
        client = world.commune.client(world.commune.person("Alix", role.capitalize(), role))
        listed = f"/mairie/recits/{application.id}" in client.get("/mairie/recits").links()
        statuses[role] = client.get(f"/mairie/recits/{application.id}").status, client.get(address).status, listed
    assert statuses == {"examiner": (200, 200, True), "facilitator": (404, 404, False)}
    reader = world.commune.client(world.commune.person("Co", "Conseil", "elected"))
    assert reader.get(address).status == 200, "who reads requests sees the photos on their page"
    assert address in reader.get(f"/mairie/fonds/demandes/{application.id}").text
