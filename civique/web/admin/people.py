"""People of the commune: the list and the file of each."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort
from sqlalchemy import select
from werkzeug.wrappers import Response

from civique.core.access import queries as access_queries
from civique.core.access.roles import ROLES
from civique.core.consents.queries import consents_of
from civique.core.i18n import _l
from civique.core.messages.queries import messages_of
from civique.core.organisations.models import Representative
from civique.core.people.models import Person
from civique.core.people.queries import find_people, get_person, named, namesakes, proxies_around, waiting_proxies
from civique.core.territory.queries import get_territory
from civique.services.identifiers import format_phone
from civique.web.access import allow, visitor
from civique.web.admin.audit_trail import about_person, names_in
from civique.web.admin.people_forms import TRUST_SHORT
from civique.web.audit_labels import label_of
from civique.web.desk_list import DeskList, Filter, Order, newest
from civique.web.pages import go, page
from civique.web.tables import Column
from tenants.db import db

blueprint = Blueprint("people", __name__, url_prefix="/mairie/personnes")


LIST = DeskList(
    name="personnes",
    title=_l("People"),
    select=find_people,
    columns=(
        Column(_l("Last name"), lambda p: p.family_name),
        Column(_l("First name"), lambda p: p.given_name),
        Column(_l("E-mail address"), lambda p: p.email.address if p.email else ""),
        Column(_l("Telephone"), lambda p: format_phone(p.phone)),
        Column(_l("Street"), lambda p: p.street or ""),
        Column(_l("Postal code"), lambda p: p.postal_code or ""),
        Column(_l("Town"), lambda p: p.city or ""),
        Column(_l("Trust"), lambda p: str(TRUST_SHORT[p.trust])),
        Column(_l("Registered on"), lambda p: p.created_at),
    ),
    template="admin/people/list.html",
    orders=(Order("nom", _l("Name"), Person.folded), newest(Person.created_at)),
    filters=(Filter("trust", _l("Trust"), TRUST_SHORT, Person.trust),),
    words=named,
    words_label=_l("Name or e-mail address"),
)
LIST.add_to(blueprint, "core.people", lambda: {"trust": TRUST_SHORT, "waiting": len(waiting_proxies(db.session))})


def person_or_404(person_id: UUID) -> Person:
    """An active person of this commune; another commune's, an erased one: nobody."""
    return get_person(db.session, person_id) or abort(404)


@blueprint.get("/<uuid:person_id>")
@allow("core.people")
def file(person_id: UUID) -> Response:
    """Everything about one person. A merged record leads to the one that stays."""
    person = person_or_404(person_id)
    if person.id != person_id:
        return go("people.file", person_id=person.id)
    trail = about_person(person) if visitor().can("core.audit") else []
    return page(
        "admin/people/file.html",
        person=person,
        trust=TRUST_SHORT,
        namesakes=namesakes(db.session, person),
        territory=get_territory(db.session, person.territory_id),
        proxies=proxies_around(db.session, person),
        grants=db.session.scalars(access_queries.live_grants(person.id)).all(),
        roles=ROLES,
        representatives=_representatives(person),
        consents=consents_of(db.session, person),
        messages=messages_of(db.session, person)[:10],
        merged=_merged_into(person),
        trail=trail,
        names=names_in(trail),
        label=label_of,
    )


def _representatives(person: Person) -> Sequence[Representative]:
    query = select(Representative).where(Representative.person_id == person.id, Representative.ended_at.is_(None))
    return db.session.scalars(query).all()


def _merged_into(person: Person) -> Sequence[Person]:
    """Records that were merged into this one."""
    return db.session.scalars(select(Person).where(Person.merged_into_id == person.id)).all()
