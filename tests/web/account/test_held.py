"""« Mes données »: what is held is said in words, whichever module holds it."""

import re
from collections import defaultdict
from uuid import uuid4

from sqlalchemy import CheckConstraint, select

from civique.core import privacy
from civique.core.base import Base
from civique.core.feedback.operations import keep_answers
from civique.core.feedback.queries import questionnaires
from civique.core.gatherings.models import Gathering
from civique.core.i18n import speaking
from civique.core.people.models import Person
from civique.core.people.queries import active_people
from civique.core.registry import modules
from civique.web.account.held import key_label, shown

CODE = re.compile(r"[a-z]+(_[a-z]+)+")


def lists_of_codes():
    """Lists of codes among which the checks of the tables let a column choose, by the column's name and the code."""
    found = defaultdict(set)
    for table in Base.metadata.sorted_tables:
        for check in table.constraints:
            if isinstance(check, CheckConstraint):
                for column, listed in re.findall(r"(\w+) in \(([^)]*)\)", str(check.sqltext)):
                    codes = frozenset(re.findall(r"'([^']+)'", listed))
                    for code in codes:
                        found[column, code].add(codes)
    return found


def texts(key, value):
    """Each text of a value of the export, with its key."""
    if isinstance(value, dict):
        return [pair for name, one in value.items() for pair in texts(name, one)]
    if isinstance(value, (list, tuple)):
        return [pair for one in value for pair in texts(key, one)]
    return [(key, value)] if isinstance(value, str) else []


def as_codes(kind, row, lists):
    """Keys and values of a row of the export that nobody said in words; a list of codes is said whole, or not at all."""
    known = {code for _column, code in lists}
    for key, text in texts("", row):
        if key_label(key, kind) == key.replace("_", " "):
            yield kind.name, key
        choices = lists.get((key, text), ())
        whole = not choices or any(all(shown(key, code, kind) != code for code in codes) for codes in choices)
        if not whole or (text in known and shown(key, text, kind) == text):
            yield kind.name, key, text


def test_nothing_that_is_held_of_anybody_is_shown_as_a_code(lived_in):
    """Nor would it be in another state than those of the demonstration."""
    lists, bare, met = lists_of_codes(), set(), set()
    somebody = lived_in.person("Nadia", "Habitante")
    for table in ("contribution_proposal", "stored_file"):
        lived_in.sql(f"UPDATE {table} SET person_id = :somebody", somebody=somebody.id)
    with lived_in.session() as session, speaking("fr"):
        answers = {"useful": 5, "met": None, "words": "Plus de chaises"}
        event = session.scalars(select(Gathering).where(Gathering.kind == "welcome")).first()
        asked = questionnaires()["welcome_event"]
        keep_answers(session, asked, event, answers, channel="paper", key=uuid4(), person=somebody)
        kinds = list(privacy.kinds(session, modules()))
        for person in session.scalars(active_people()).unique().all():
            for kind in kinds:
                for row in kind.export(session, person):
                    met.add(kind.name)
                    bare |= set(as_codes(kind, row, lists))
    assert bare == set()
    assert {kind.name for kind in kinds} - met == set()


def test_a_state_of_the_fund_is_told_as_its_applicant_reads_it(lived_in):
    request = lived_in.sql(
        "SELECT applicant_id FROM fund_application WHERE state = 'submitted' AND applicant_id IS NOT NULL"
    )[0]
    with lived_in.session() as session:
        page = lived_in.client(session.get(Person, request[0])).get("/mon-compte/donnees")
    assert "Reçue" in page.words
    assert not CODE.search(" ".join(re.findall(r"État (\S+)", page.words)))
