"""Residents whom the mairie knows on paper, brought in a spreadsheet. No e-mail address: nobody is written to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from civique.core.folding import fold
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.imports import cells
from civique.core.imports.declarations import Decision, ImportColumn, Importer, changed
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.people.queries import active_people, folded_name
from civique.core.refused import Refused
from tenants.session import TenantSession

FACTS = ("birth_date", "phone", "street", "postal_code", "city")


def known(session: TenantSession, _about: UUID | None) -> dict[str, list[Person]]:
    """Active people by their folded names."""
    found: dict[str, list[Person]] = defaultdict(list)
    for person in session.scalars(active_people()):
        found[person.folded].append(person)
    return found


def keys(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Two lines are one person with the same name and day of birth; the same street when no day is written."""
    return [("family_name", (_folded(values), values["birth_date"] or fold(values["street"] or "")))]


def _folded(values: Mapping[str, Any]) -> str:
    return folded_name(values["given_name"], values["family_name"])


def decide(there: Mapping[str, list[Person]], values: Mapping[str, Any]) -> Decision:
    """The person of this name whom nothing contradicts; else a new one."""
    rows = [person for person in there.get(_folded(values), []) if _may_be(person, values)]
    if len(rows) > 1:
        raise Refused(_("Several people of the commune have this name. Write the date of birth too."), "family_name")
    return Decision(rows[0], changed(rows[0], values, FACTS)) if rows else Decision()


def _may_be(person: Person, values: Mapping[str, Any]) -> bool:
    """The day of birth tells, when both are known; else the street; else the name is enough."""
    if person.birth_date and values["birth_date"]:
        return bool(person.birth_date == values["birth_date"])
    if person.street and values["street"]:
        return fold(person.street) == fold(values["street"])
    return True


def write(session: TenantSession, _there: Any, decision: Decision, values: Mapping[str, Any]) -> None:
    """Register the person, who receives letters, or correct their record."""
    if decision.row is not None:
        people.correct_person(session, decision.row, **decision.changes)
        return
    facts = {name: values[name] for name in FACTS if values[name] is not None}
    people.register_person(session, values["given_name"], values["family_name"], **facts)


IMPORTER = Importer(
    name="core.people",
    label=_l("Import a list of residents"),
    summary=_l(
        "People known on paper: one a line. Nobody is written to, and no e-mail address is read. Somebody is recognised by "
        "their name with the date of birth, or with the street."
    ),
    permission="core.people_change",
    endpoint="people.listing",
    columns=(
        ImportColumn(
            "family_name",
            _l("Last name"),
            cells.text(80),
            "Martin",
            ("nom", "nom de naissance", "nom d’usage"),
            required=True,
        ),
        ImportColumn("given_name", _l("First name"), cells.text(80), "Camille", ("prénom", "prénoms"), required=True),
        ImportColumn(
            "birth_date",
            _l("Date of birth"),
            cells.birth,
            "31/12/1950",
            ("né le", "née le", "né(e) le", "naissance", "ddn"),
        ),
        ImportColumn(
            "street", _l("Street"), cells.text(200), "12 rue de la Levée", ("adresse", "adresse postale", "voie", "rue")
        ),
        ImportColumn("postal_code", _l("Postal code"), cells.postal_code, "49250", ("cp", "code postal")),
        ImportColumn("city", _l("Town"), cells.text(120), "Loire-Authion", ("commune", "ville", "localité")),
        ImportColumn(
            "phone",
            _l("Telephone"),
            cells.phone,
            "02 41 00 00 00",
            ("tel", "tél.", "portable", "mobile", "téléphone fixe"),
        ),
    ),
    keys=keys,
    known=known,
    decide=decide,
    write=write,
)
