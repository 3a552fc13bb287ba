"""« Mes données »: what is held is said in words, whichever module holds it."""

import re

from civique.core import privacy
from civique.core.people.models import Person
from civique.core.registry import modules
from civique.web.account.held import KEYS
from tests.lived_in import lived_in

__all__ = ["lived_in"]
CODE = re.compile(r"[a-z]+(_[a-z]+)+")


def test_each_key_of_an_export_has_its_words(lived_in):
    """Keys are of the core, or the kind's own; a state is never told by its code."""
    seen = set()
    with lived_in.session() as session:
        for person in session.query(Person).filter(Person.erased_at.is_(None), Person.merged_into_id.is_(None)):
            for kind in privacy.kinds(session, modules().of(lived_in.tenant)):
                for row in kind.export(session, person):
                    seen |= {(kind.name, key) for key in row}
                    unknown = [key for key in row if key not in KEYS and key not in kind.labels]
                    assert unknown == [], kind.name
    assert ("fund_applications", "state") in seen, "the demonstration holds requests"


def test_a_state_of_the_fund_is_told_as_its_applicant_reads_it(lived_in):
    request = lived_in.sql(
        "SELECT applicant_id FROM fund_application WHERE state = 'submitted' AND applicant_id IS NOT NULL"
    )[0]
    with lived_in.session() as session:
        page = lived_in.client(session.get(Person, request[0])).get("/mon-compte/donnees")
    assert "Reçue" in page.words
    assert not CODE.search(" ".join(re.findall(r"État (\S+)", page.words)))
