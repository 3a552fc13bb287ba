"""Conventions of the core, as any module meets them."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from civique.core.committees.operations import create_committee
from civique.core.conventions import operations as conventions
from civique.core.conventions.models import Convention, Signature
from civique.core.refused import Refused

DUTIES = [("holder", "Planter", None), ("commune", "Fournir les plants", None)]


@pytest.fixture
def council(commune):
    """What the conventions of these tests are about."""
    with commune.session() as session:
        return create_committee(session, "Conseil du Port")


def opened(session, row):
    return session.get(type(row), row.id)


def refused(operation, *arguments, **named):
    with pytest.raises(Refused) as error:
        operation(*arguments, **named)
    return error.value.rule


@pytest.fixture
def agreed(commune, council):
    """A convention that both sides may sign."""
    with commune.session() as session:
        made = conventions.draw_up(session, opened(session, council), DUTIES, title="Le port fleuri")
        conventions.offer_to_sign(session, made)
        return made


def test_a_convention_is_in_force_once_both_have_signed(commune, agreed):
    with commune.session() as session:
        convention = opened(session, agreed)
        conventions.sign(session, convention, "holder", name="Nadia", means="paper")
        assert convention.state == "to_sign"
        assert refused(conventions.sign, session, convention, "holder", name="Nadia", means="paper") == "twice"
        conventions.sign(session, convention, "commune", name="La maire", means="code")
        assert convention.state == "signed"
        assert {s.text_sha256 for s in convention.signatures} == {conventions.text_digest(convention)}


def test_what_was_read_is_what_is_signed(commune, agreed):
    with commune.session() as session:
        convention = opened(session, agreed)
        read = convention.revision
        conventions.rewrite(session, convention, DUTIES, purpose="Autre chose")
    with commune.session() as session, pytest.raises(StaleDataError):
        conventions.sign(session, opened(session, agreed), "holder", name="Nadia", means="code", revision=read)
    assert commune.all(Signature) == []


def test_a_side_that_undertakes_nothing_cannot_be_offered(commune, council):
    with commune.session() as session:
        made = conventions.draw_up(session, opened(session, council), DUTIES[:1], title="Seul")
        assert refused(conventions.offer_to_sign, session, made) == "no_duties"


def test_one_convention_in_force_for_an_object(commune, agreed):
    with pytest.raises(IntegrityError), commune.session() as session:
        session.add(
            Convention(
                reference="CNV-X",
                object_type=agreed.object_type,
                object_id=agreed.object_id,
                title="Doublon",
                version=9,
            )
        )


def test_a_breach_says_why(commune, agreed):
    with commune.session() as session:
        convention = opened(session, agreed)
        assert refused(conventions.break_off, session, convention, "Plus rien.") == "not_open"
        for side in ("holder", "commune"):
            conventions.sign(session, convention, side, name="Nadia", means="paper")
        assert refused(conventions.break_off, session, convention, "  ") == "motive"
        conventions.break_off(session, convention, "Plus rien n’est entretenu.")
        assert convention.state == "broken"
