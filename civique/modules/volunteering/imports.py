"""Volunteers who were on a spreadsheet, each with their record. Nobody is written to; a bad line stops nothing by halves."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from civique.core.folding import fold
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.imports import cells
from civique.core.imports.declarations import Decision, ImportColumn, Importer
from civique.core.people.models import Person
from civique.core.people.operations import register_person
from civique.core.people.queries import active_people, folded_name
from civique.core.refused import Refused
from civique.modules.volunteering.models import Volunteer, VolunteerState, words
from civique.modules.volunteering.operations.volunteers import declare
from civique.modules.volunteering.workflow import MANAGE
from tenants.session import TenantSession


def _words(listed: Sequence[words.Word]) -> Callable[[str], int]:
    """Reads words of a list, with commas between them; the first one that is not in the list is named."""

    def read(cell: str) -> int:
        known = {fold(str(word.label)): word.code for word in listed} | {word.code: word.code for word in listed}
        codes = []
        for part in filter(None, (part.strip() for part in cell.replace(";", ",").split(","))):
            if fold(part) not in known:
                proposed = ", ".join(f"« {word.label} »" for word in listed)
                raise Refused(
                    _("« %(word)s » is not in the list. Write some of: %(words)s.", word=part, words=proposed)
                )
            codes.append(known[fold(part)])
        return words.mask(codes, listed)

    return read


def _origin(cell: str) -> str:
    return cells.choice({code: (label,) for code, label in words.ORIGINS.items()})(cell)


COLUMNS = (
    ImportColumn("family_name", _l("Last name"), cells.text(80), "Martin", ("nom",), required=True),
    ImportColumn("given_name", _l("First name"), cells.text(80), "Camille", ("prénom",), required=True),
    ImportColumn("phone", _l("Telephone"), cells.phone, "02 41 00 00 00", ("tel", "tél.", "portable", "mobile")),
    ImportColumn("street", _l("Street"), cells.text(200), "12 rue de la Levée", ("adresse", "rue")),
    ImportColumn("postal_code", _l("Postal code"), cells.postal_code, "49250", ("cp", "code postal")),
    ImportColumn("city", _l("Town"), cells.text(120), "Loire-Authion", ("commune", "ville")),
    ImportColumn("wishes", _l("In their words"), cells.text(1000), "Aider au marché", ("souhaits", "commentaire")),
    ImportColumn("languages", _l("Languages"), _words(words.LANGUAGES), "en, es", ("langue",)),
    ImportColumn("interests", _l("What they like"), _words(words.INTERESTS), "nature, cooking", ("goûts", "intérêts")),
    ImportColumn("skills", _l("What they know"), _words(words.SKILLS), "licence", ("compétences", "savoir-faire")),
    ImportColumn("origin", _l("How they came"), _origin, "card", ("origine",)),
)
RECORD = ("phone", "street", "postal_code", "city")


def _key(values: Mapping[str, Any]) -> str:
    return folded_name(values["given_name"], values["family_name"])


def keys(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Two lines of one file are not about the same person."""
    return [("family_name", (_key(values), values["phone"]))]


def known(session: TenantSession, _about: UUID | None) -> dict[str, list[tuple[Person, Volunteer | None]]]:
    """People of the commune by their folded names, each with the volunteer that they are."""
    here = (Volunteer.applicant_id == Person.id) & (Volunteer.state != VolunteerState.LEFT)
    rows = session.execute(active_people().add_columns(Volunteer).outerjoin(Volunteer, here)).unique()
    found: dict[str, list[tuple[Person, Volunteer | None]]] = {}
    for person, volunteer in rows:
        found.setdefault(person.folded, []).append((person, volunteer))
    return found


def decide(there: Mapping[str, Any], values: Mapping[str, Any]) -> Decision:
    """Whoever is a volunteer already is left as they are; somebody known becomes one; the others get a record."""
    found = _same(there, values)
    if len(found) > 1:
        raise Refused(_("Several people of the commune have this name. Write the telephone too."), "family_name")
    person = found[0][0] if found else None
    reached = values["phone"] or (values["street"] and values["city"])
    if not reached and (person is None or not (person.phone or person.reached_by)):
        raise Refused(_("Nobody can reach this person: write a telephone number, or the street and the town."), "phone")
    return Decision(found[0][1] if found else None)


def _same(there: Mapping[str, Any], values: Mapping[str, Any]) -> list[Any]:
    """People of this name whose telephone is not another one."""
    pairs = there.get(_key(values), ())
    return [pair for pair in pairs if values["phone"] is None or pair[0].phone in {None, values["phone"]}]


def write(session: TenantSession, there: Any, decision: Decision, values: Mapping[str, Any]) -> None:
    """Enter a volunteer, with the record that there is or a new one; whoever an earlier line entered is there already."""
    found = _same(there, values)
    if decision.row is not None or (found and found[0][1] is not None):
        return
    if found:
        person = found[0][0]
    else:
        facts = {name: values[name] for name in RECORD if values[name] is not None}
        person = register_person(session, values["given_name"], values["family_name"], **facts)
    volunteer = declare(
        session,
        person,
        channel="paper",
        origin=values["origin"] or "",
        message=None,
        wishes=values["wishes"] or "",
        languages=values["languages"] or 0,
        interests=values["interests"] or 0,
        skills=values["skills"] or 0,
    )
    there[_key(values)] = [
        *(pair for pair in there.get(_key(values), ()) if pair[0] is not person),
        (person, volunteer),
    ]


IMPORTER = Importer(
    "volunteering.volunteers",
    _l("Import volunteers"),
    _l("One volunteer a line. Somebody is recognised by their name, with the telephone. Nobody is written to."),
    MANAGE,
    "volunteering_desk.queue",
    COLUMNS,
    keys,
    known,
    decide,
    write,
)
