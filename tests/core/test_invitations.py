"""Inviting to a gathering, reminding of it, forgetting who came, in a village."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from civique.core import clock, privacy
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.door import check_in
from civique.core.gatherings.invitations import invite, remind_gatherings
from civique.core.gatherings.messages import RSVP
from civique.core.gatherings.models import Gathering, Registration
from civique.core.gatherings.privacy import forget_registrations
from civique.core.gatherings.registrations import (
    answer_invitation,
    close_registration,
    open_registration,
    register,
)
from civique.core.gatherings.sheet import sign_in_sheet
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.core.messages.rendering import as_letters
from civique.core.passes.operations import open_by_pin, open_pass, opened_row
from civique.core.people.operations import register_person
from civique.core.people.queries import get_person
from civique.core.registry import modules
from tests.refusals import refuses


@pytest.fixture
def village(make_commune):
    return make_commune("49002")


@pytest.fixture
def welcome(village):
    """An evening to come, by invitation, for two people."""
    with village.session() as session:
        found = gatherings.plan_gathering(session, "Accueil", clock.now() + timedelta(days=30), kind="event")
        open_registration(session, found, seats=2, companions=1, needs=("diet",), audience="invited")
        return found


@pytest.fixture
def on_paper(village):
    """A resident without e-mail."""
    with village.session() as session:
        return register_person(
            session, "Odette", "Papier", street="1 rue du Port", postal_code="49000", city="Angers", channel="letter"
        )


def opened(session, row):
    return session.get(type(row), row.id)


def invited(session, welcome, *people):
    return invite(session, opened(session, welcome), [get_person(session, person.id) for person in people])


def move(village, row, **ago):
    village.sql("UPDATE event SET starts_at = :at", at=clock.now() - timedelta(**ago))


def test_who_is_invited_answers_by_a_link_or_a_code(village, welcome, on_paper):
    rose = village.person("Rose", "Martin")
    with village.session() as session:
        assert invited(session, welcome, rose, on_paper) == 2
        assert invited(session, welcome, rose, on_paper) == 0
        letter, mail = (
            session.scalars(select(Message).where(Message.person_id == person.id)).one() for person in (on_paper, rose)
        )
        assert (letter.state, mail.state) == ("to_print", "queued")
        token = mail.content["action"][1].rpartition("/")[2]
        row = opened_row(session, open_pass(session, RSVP, token), Registration)
        assert row.person_id == rose.id
        answer_invitation(session, row, coming=True, adults=2)
        (_, reference), (_, code) = Content.from_json(letter.content).typed
        row = opened_row(session, open_by_pin(session, RSVP, reference, code), Registration)
        answer_invitation(session, row, coming=True, channel="letter")
        assert (row.state, row.channel) == ("waiting", "letter")
        close_registration(session, opened(session, welcome))
        with refuses("closed"):
            invited(session, welcome, rose)


def test_a_letter_shows_what_is_typed_and_no_long_link(village, welcome, on_paper):
    with village.session() as session:
        invited(session, welcome, on_paper)
        letter = session.scalars(select(Message)).one()
        token = letter.content["action"][1].rpartition("/")[2]
        pdf = as_letters(session, [letter])
    assert pdf.startswith(b"%PDF")
    assert token.encode() not in pdf


def test_the_reminder_leaves_once_the_day_before(village, welcome):
    with village.session() as session:
        found = opened(session, welcome)
        register(session, found, name="Anne", email="anne@exemple.fr", channel="phone", key=uuid4())
    for _run in range(2):
        with village.session() as session:
            remind_gatherings(session)
            assert not session.scalars(select(Message).where(Message.kind == "gathering.reminder")).all()
    village.sql("UPDATE event SET starts_at = :at", at=clock.now() + timedelta(hours=20))
    for _run in range(2):
        with village.session() as session:
            remind_gatherings(session)
            assert len(session.scalars(select(Message).where(Message.kind == "gathering.reminder")).all()) == 1


def test_a_reminder_by_letter_leaves_in_time_to_be_carried(village, welcome, on_paper):
    def letters(**left):
        village.sql("UPDATE event SET starts_at = :at", at=clock.now() + timedelta(**left))
        with village.session() as session:
            remind_gatherings(session)
            return len(session.scalars(select(Message).where(Message.kind == "gathering.reminder")).all())

    with village.session() as session:
        invited(session, welcome, on_paper)
        answer_invitation(session, session.scalars(select(Registration)).one(), coming=True)
    assert letters(days=7) == 0, "they have just been written to"
    village.sql("UPDATE gathering_registration SET created_at = created_at - interval '20 days'")
    assert letters(days=3) == 0, "it would come too late"
    assert letters(days=7) == 1
    assert letters(days=6) == 1


def test_needs_are_forgotten_after_a_month_names_after_a_year(village, welcome):
    rose = village.person("Rose", "Martin")
    with village.session() as session:
        found = opened(session, welcome)
        facts = {"name": "Rose Martin", "email": "rose@exemple.fr", "channel": "phone", "needs": {"diet": "sans noix"}}
        row = register(session, found, person=get_person(session, rose.id), key=uuid4(), **facts)
        check_in(session, row, came=1, key=uuid4(), at=clock.now())

    def kept(**ago):
        move(village, welcome, **ago)
        with village.session() as session:
            forget_registrations(session)
            assert forget_registrations(session) == 0, "twice is once"
        (row,) = village.all(Registration)
        return bool(row.needs), bool(row.name), row.came

    assert kept(days=29) == (True, True, 1)
    assert kept(days=31) == (False, True, 1)
    assert kept(days=370) == (False, False, 1)


def test_what_a_series_gave_stays_with_the_record(village, welcome):
    rose = village.person("Rose", "Martin")
    village.sql("UPDATE gathering SET series = 'Secours'")
    with village.session() as session:
        facts = {"name": "Rose Martin", "email": "rose@exemple.fr", "channel": "phone"}
        person = get_person(session, rose.id)
        row = register(session, opened(session, welcome), person=person, key=uuid4(), **facts)
        check_in(session, row, came=1, key=uuid4(), at=clock.now())
        register(session, opened(session, welcome), name="Un Autre", channel="phone", key=uuid4())
    move(village, welcome, days=400)
    with village.session() as session:
        privacy.purge(session, modules())
    rows = {row.name: (row.person_id, row.email) for row in village.all(Registration)}
    assert rows == {"Rose Martin": (rose.id, ""), "": (None, "")}


def test_who_leaves_is_forgotten_and_frees_the_seat(village, welcome):
    rose = village.person("Rose", "Martin", email="rose@exemple.fr")
    with village.session() as session:
        person = get_person(session, rose.id)
        found = opened(session, welcome)
        facts = {"name": "Rose Martin", "adults": 2, "needs": {"diet": "sans noix"}, "channel": "phone"}
        register(session, found, person=person, key=uuid4(), **facts)
        register(session, found, name="Rose M", email="rose@exemple.fr", channel="phone", key=uuid4())
        register(session, found, name="Denis", channel="phone", key=uuid4())
        exported = privacy.export_person(session, person, modules())["gatherings"]
        assert [(e["gathering"], e["needs"], e["registration"]) for e in exported] == [
            ("Accueil", "sans noix", "registered"),
            ("Accueil", "", "waiting"),
        ]
        privacy.erase(session, person, modules())
    rows = [(row.name, row.person_id, row.needs, row.state) for row in village.all(Registration)]
    assert sorted(rows) == [
        ("", None, {}, "cancelled"),
        ("", None, {}, "cancelled"),
        ("Denis", None, {}, "registered"),
    ]


def test_what_is_over_keeps_its_numbers_when_somebody_leaves(village, welcome):
    rose = village.person("Rose", "Martin")
    with village.session() as session:
        person = get_person(session, rose.id)
        register(session, opened(session, welcome), name="Rose", person=person, channel="phone", key=uuid4())
    move(village, welcome, days=1)
    with village.session() as session:
        privacy.erase(session, get_person(session, rose.id), modules())
    assert [(row.name, row.state) for row in village.all(Registration)] == [("", "registered")]


def test_the_sign_in_sheet_holds_those_who_are_expected(village, welcome):
    rose = village.person("Rose", "Martin")
    with village.session() as session:
        found = opened(session, welcome)
        register(session, found, name="Anne", channel="phone", adults=2, key=uuid4())
        register(session, found, name="Bruno", channel="phone", key=uuid4())
        gatherings.convene(session, found, [rose.id])
        pdf = PdfReader(BytesIO(sign_in_sheet(session, session.get(Gathering, found.id))))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "Anne" in text
    assert "Rose Martin" in text
    assert "Bruno" not in text
