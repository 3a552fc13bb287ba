"""A public list: one declaration gives the page, the feed, the calendar and the data, with the same filters."""

from datetime import date
from urllib.parse import quote

import icalendar
import pytest

from tests.sample.models import Pickup
from tests.sample.operations import ask_pickup

PATH = "/encombrants/ramassages"


@pytest.fixture
def village(make_commune):
    return make_commune("49030", "sample")


def fill(village, many=0):
    days = {"Un lit": date(2030, 12, 3), "Une table & deux bancs": date(2030, 11, 4), "Caché": date(2030, 12, 5)}
    with village.session() as session:
        for what, day in days.items():
            ask_pickup(session, None, what, day)
        for number in range(many):
            session.add(Pickup(what=f"Lot {number:03}", day=date(2031, 12, 1)))
        session.query(Pickup).filter_by(what="Caché").update({"reminded": True})


def test_an_empty_list_says_what_comes(village):
    page = village.client().get(PATH)
    assert "No collection to come" in page.words
    assert village.client().get(f"{PATH}.json").response.json["rows"] == []
    assert b"<entry>" not in village.client().get(f"{PATH}.atom").response.data


def test_each_form_of_the_list_takes_the_filters_of_the_page(village):
    fill(village)
    client, asked = village.client(), "?quand=decembre"
    page = client.get(PATH + asked)
    assert "Un lit" in page.words
    assert "deux bancs" not in page.words
    links = page.links()
    for end in (".atom", ".ics", ".json"):
        assert PATH + end + asked in links
    feed = client.get(f"{PATH}.atom{asked}").text
    assert ("Un lit" in feed, "deux bancs" in feed, f"{PATH}.atom{asked}" in feed) == (True, False, True)
    calendar = icalendar.Calendar.from_ical(client.get(f"{PATH}.ics{asked}").response.data)
    assert [(str(one["summary"]), one["dtstart"].dt) for one in calendar.walk("VEVENT")] == [
        ("Un lit", date(2030, 12, 3))
    ]
    data = client.get(f"{PATH}.json{asked}").response.json
    assert data["rows"] == [{"jour": "2030-12-03", "objet": "Un lit"}]
    assert data["licence"].startswith("Licence Ouverte")


def test_what_is_not_public_is_in_none_of_them(village):
    fill(village)
    for end in ("", ".atom", ".ics", ".json"):
        assert "Caché" not in village.client().get(PATH + end).text, end


def test_words_filters_and_order_stay_from_page_to_page(village):
    fill(village, many=45)
    client = village.client()
    page = client.get(f"{PATH}?q=lot&quand=decembre&tri=jour")
    assert page.text.count("<article") == 20
    following = next(link for link in page.links() if "page=2" in link)
    assert {"q=lot", "quand=decembre", "tri=jour"} <= set(following.partition("?")[2].split("&"))
    assert client.get(f"{PATH}?q=lot&page=3").text.count("<article") == 5
    assert len(client.get(f"{PATH}.json?q=lot").response.json["rows"]) == 45, "the data have no pages"


def test_the_feed_begins_with_what_is_new_whatever_the_order_of_the_page(village):
    fill(village)
    with village.session() as session:
        ask_pickup(session, None, "Tout neuf", date(2039, 1, 1))
    feed = village.client().get(f"{PATH}.atom").text
    assert feed.index("Tout neuf") < feed.index("Un lit")


@pytest.mark.parametrize(
    "asked", ["quand=jamais", "tri=autre", "q=" + quote("' OR 1=1 --"), "quand=%F0%9F%8E%84", "q=" + "a" * 5000]
)
def test_what_is_not_proposed_is_no_filter(village, asked):
    fill(village)
    for end in ("", ".atom", ".ics", ".json"):
        assert village.client().get(f"{PATH}{end}?{asked}").status == 200, end


def test_a_page_that_makes_no_sense_is_not_there(village):
    assert village.client().get(f"{PATH}?page=-1").status == 404


def test_another_communes_rows_are_not_there(village, neighbour):
    fill(village)
    neighbour.switch_on("sample")
    assert neighbour.client().get(f"{PATH}.json").response.json["rows"] == []
