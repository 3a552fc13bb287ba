"""Reading the cases of a table, as every module that has some does."""

from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from civique.core.cases.workflow import Workflow
from civique.core.folding import each_word, folded
from civique.core.loading import among
from civique.core.organisations.models import Organisation
from civique.core.organisations.queries import represented_by, speaks_for
from civique.core.people.models import Person
from civique.core.stall.models import StallEntry
from civique.core.territory.models import Territory
from tenants.session import TenantSession

MOST_MINE = 50


def cases_of(model: type[Any]) -> Callable[[TenantSession, Person], Sequence[Any]]:
    """What reads the cases of a table that a person asked, newest first."""

    def mine(session: TenantSession, person: Person) -> Sequence[Any]:
        query = select(model).where(model.applicant_id == person.id).order_by(model.created_at.desc(), model.id)
        return session.scalars(query.limit(MOST_MINE)).unique().all()

    return mine


def followed_by(model: type[Any], person: Person) -> ColumnElement[bool]:
    """Condition of a query of the cases that a person asked for, or an organisation that they speak for."""
    return or_(model.applicant_id == person.id, model.organisation_id.in_(represented_by(person)))


def may_follow(session: TenantSession, case: Any, person: Person | None) -> bool:
    """Whether somebody may see and complete a case: its applicant, or who speaks for its organisation."""
    if person is None:
        return False
    return case.applicant_id == person.id or speaks_for(session, person, case.organisation_id)


def whole(model: type[Any]) -> Select[Any]:
    """Query of the cases of a table, with those they name."""
    return select(model).options(joinedload(model.applicant), joinedload(model.assignee), joinedload(model.territory))


def chosen(session: TenantSession, model: type[Any], ids: Collection[UUID]) -> Sequence[Any]:
    """Those of these cases that are of this commune, in the order of their references."""
    return session.scalars(whole(model).where(model.id.in_(ids)).order_by(model.reference)).unique().all()


def lines(model: type[Any], title: Any, on: Any, *more: Any, whom: Callable[[Any], Any] | None = None) -> Select[Any]:
    """The lines of a queue, columns only (twenty objects cost twice as much).

    Args:
        on: when a case was received.
        more: columns that its template adds.
        whom: who asks, from the applicant's record, when it is not their name.
    """
    applicant, assignee = aliased(Person), aliased(Person)
    return (
        select(
            model.id,
            model.reference,
            title.label("title"),
            model.state,
            on.label("on"),
            Territory.name.label("village"),
            full_name(assignee).label("assignee"),
            (whom or full_name)(applicant).label("whom"),
            *more,
        )
        .select_from(model)
        .outerjoin(Territory, Territory.id == model.territory_id)
        .outerjoin(applicant, applicant.id == model.applicant_id)
        .outerjoin(assignee, assignee.id == model.assignee_id)
    )


def full_name(person: Any) -> ColumnElement[str]:
    """Given and family names of somebody, as a column."""
    return func.concat_ws(" ", person.given_name, person.family_name)


def count_waiting(workflow: Workflow) -> Select[Any]:
    """Query of how many cases wait for the mairie (the group ``waiting``), for the menu."""
    states = among(workflow.model.state, workflow.in_group("waiting"))
    return select(func.count()).select_from(workflow.model).where(states)


def in_group(session: TenantSession, workflow: Workflow, group: str, limit: int) -> Sequence[Any]:
    """Cases whose state is in a group, eldest first."""
    model = workflow.model
    query = whole(model).where(among(model.state, workflow.in_group(group))).order_by(model.created_at, model.id)
    return session.scalars(query.limit(limit)).unique().all()


def said_in(model: type[Any], *columns: Any) -> Callable[[str], list[ColumnElement[bool]]]:
    """Conditions of a search among cases: each word is in the reference, in a column, in the name of the applicant or of
    their organisation, or in the line of a stall sheet, accents ignored."""

    def says(word: str) -> ColumnElement[bool]:
        # References hold no accent: to translate each of them would take longer than all else.
        told = select(StallEntry.object_id).where(func.lower(StallEntry.reference).contains(word))
        people = select(Person.id).where(Person.folded.contains(word))
        searched = [func.lower(model.reference).contains(word), *(folded(c).contains(word) for c in columns)]
        if "organisation_id" in model.__table__.columns:
            named = select(Organisation.id).where(Organisation.folded.contains(word))
            searched.append(model.organisation_id.in_(named))
        return or_(*searched, model.applicant_id.in_(people), model.id.in_(told))

    return lambda text: each_word(text, says)
