"""The list of associations and groups, brought in a spreadsheet."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from civique.core.folding import fold
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.imports import cells
from civique.core.imports.declarations import Decision, ImportColumn, Importer, changed
from civique.core.organisations import operations as organisations
from civique.core.organisations.models import Organisation
from civique.core.refused import Refused
from tenants.session import TenantSession

KINDS = {
    "association": (_l("Association"), "asso", "association loi 1901"),
    "collective": (_l("Residents’ collective"), "collectif"),
    "company": (_l("Company"), "société", "commerce"),
    "school": (_l("School"), "collège", "lycée"),
    "parents": (_l("Parents’ association"), "parents d’élèves", "APE"),
    "public": (_l("Public body"), "organisme public", "collectivité"),
    "other": (_l("Other group"), "autre"),
}
FACTS = ("kind", "name", "siret", "rna", "email", "phone", "purpose")


@dataclass
class Known:
    """Groups of the commune by what tells them apart."""

    by_siret: dict[str, Organisation]
    by_rna: dict[str, Organisation]
    by_name: dict[str, list[Organisation]]


def known(session: TenantSession, _about: UUID | None) -> Known:
    """Every group, read once."""
    found = Known({}, {}, defaultdict(list))
    for row in session.scalars(select(Organisation)):
        if row.siret:
            found.by_siret[row.siret] = row
        if row.rna:
            found.by_rna[row.rna] = row
        found.by_name[row.folded].append(row)
    return found


def keys(values: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Two lines are one group when they share a number; without numbers, a name."""
    numbers = [(name, values[name]) for name in ("siret", "rna") if values[name]]
    return [*numbers, ("name", (fold(values["name"]), values["siret"], values["rna"]))]


def decide(there: Known, values: Mapping[str, Any]) -> Decision:
    """The group of the same SIRET, of the same RNA, or of the same name; else a new one."""
    row = there.by_siret.get(values["siret"] or "") or there.by_rna.get(values["rna"] or "") or _namesake(there, values)
    return Decision() if row is None else Decision(row, changed(row, values, FACTS))


def _namesake(there: Known, values: Mapping[str, Any]) -> Organisation | None:
    """The only group of this name whose numbers do not say the contrary."""
    rows = [
        row
        for row in there.by_name.get(fold(values["name"]), [])
        if all(not values[n] or not getattr(row, n) or values[n] == getattr(row, n) for n in ("siret", "rna"))
    ]
    if len(rows) > 1:
        raise Refused(_("Several groups of the commune have this name. Write the SIRET or RNA number too."), "name")
    return rows[0] if rows else None


def write(session: TenantSession, _there: Any, decision: Decision, values: Mapping[str, Any]) -> None:
    """Add the group, known to the mairie since it brings the list, or correct its card."""
    if decision.row is not None:
        organisations.correct_organisation(session, decision.row, **decision.changes)
        return
    facts = {name: values[name] for name in FACTS[2:] if values[name] is not None}
    row = organisations.add_organisation(session, values["kind"] or "association", values["name"], **facts)
    organisations.validate_organisation(session, row)


IMPORTER = Importer(
    name="core.organisations",
    label=_l("Import a list of groups"),
    summary=_l(
        "Associations, collectives, companies: one a line. A group is recognised by its SIRET or RNA number, or by its name."
    ),
    permission="core.organisations",
    endpoint="desk_organisations.listing",
    columns=(
        ImportColumn(
            "name",
            _l("Name"),
            cells.text(160),
            "Les Jardiniers de l’Authion",
            ("association", "nom de l’association", "dénomination", "raison sociale", "organisme", "structure"),
            required=True,
        ),
        ImportColumn("kind", _l("Kind"), cells.choice(KINDS), "Association", ("genre", "catégorie", "nature")),
        ImportColumn("siret", _l("SIRET number"), cells.siret, "732 829 320 00074", ("siret", "n° siret")),
        ImportColumn("rna", _l("RNA number"), cells.rna, "W491234567", ("rna", "n° rna")),
        ImportColumn(
            "email",
            _l("E-mail"),
            cells.email,
            "jardiniers@exemple.fr",
            ("mail", "e-mail", "courriel", "adresse électronique", "adresse mail", "adresse e-mail"),
        ),
        ImportColumn(
            "phone",
            _l("Telephone"),
            cells.phone,
            "02 41 00 00 00",
            ("tel", "tél.", "portable", "mobile", "n° de téléphone"),
        ),
        ImportColumn(
            "purpose",
            _l("What it does"),
            cells.text(1000),
            "Jardins partagés et graines",
            ("ce qu’il fait", "objet", "objet social", "activité", "activités", "description"),
        ),
    ),
    keys=keys,
    known=known,
    decide=decide,
    write=write,
)
