"""Open data of the grants: the national schema SCDL « subventions » 2.1.1 as CSV, and the same as JSON.

Only organisations with a number (SIRET or RNA) are named: données essentielles des conventions de subvention (décret
2017-779). What went to people, or to groups without legal personality, is a sum by year in the JSON.
"""

import csv
import io
from typing import Any

from civique.core import clock, settings
from civique.core.commune import siret_of
from civique.core.i18n import _l
from civique.core.open_data import LICENCE, Dataset
from civique.modules.fund.documents.grants import LAST_CHANGE, Grant, grants, others
from civique.modules.fund.settings import FundSettings
from civique.web.table_files import neutral
from tenants.session import TenantSession

SCHEMA = "https://schema.data.gouv.fr/scdl/subventions/2.1.1"
FIELDS = (
    "nomAttribuant",
    "idAttribuant",
    "dateConvention",
    "referenceDecision",
    "nomBeneficiaire",
    "idBeneficiaire",
    "rnaBeneficiaire",
    "objet",
    "montant",
    "nature",
    "conditionsVersement",
    "datesPeriodeVersement",
    "idRAE",
    "notificationUE",
    "pourcentageSubvention",
    "dispositifAide",
)
DATASET = Dataset(
    "subventions",
    _l("Grants of the citizen initiative fund"),
    _l("What associations received, for what, and when. People are never named: they are a sum by year."),
    LAST_CHANGE,
    {"CSV": "fund.grants_csv", "JSON": "fund.grants_json"},
    SCHEMA,
)


def records(session: TenantSession) -> list[dict[str, str]]:
    """One record of the schema for each grant to an organisation."""
    siret = siret_of(session.tenant, settings.get(session, FundSettings).siret)
    return [_record(session.tenant.name, siret, grant) for grant in grants(session)]


def _record(commune: str, siret: str, grant: Grant) -> dict[str, str]:
    natures = [
        *(["aide en numéraire"] if grant.amount_cents or not grant.in_kind else []),
        *(["aide en nature"] if grant.in_kind else []),
    ]
    facts = (
        commune,
        siret,
        grant.agreed_on.isoformat(),
        grant.act or grant.reference,
        grant.name,
        grant.siret,
        grant.rna,
        grant.title,
        f"{grant.amount_cents / 100:.2f}",
        ";".join(natures),
        "échelonné" if grant.payments > 1 else "unique",
        _paid(grant),
        "",
        "non",
        "1.00",
        "",
    )
    return dict(zip(FIELDS, facts, strict=True))


def _paid(grant: Grant) -> str:
    """Day of the payment, or the period when there are several or when it is still to come."""
    if grant.paid_from is None or grant.paid_to is None:
        end = max(grant.agreed_on.replace(month=12, day=31), clock.today().replace(month=12, day=31))
        return f"{grant.agreed_on.isoformat()}/{end.isoformat()}"
    if grant.paid_from == grant.paid_to:
        return grant.paid_from.isoformat()
    return f"{grant.paid_from.isoformat()}/{grant.paid_to.isoformat()}"


def as_csv(session: TenantSession) -> str:
    """The file of the schema: UTF-8, commas. A text that a spreadsheet would run as a formula is neutralised."""
    target = io.StringIO()
    writer = csv.DictWriter(target, FIELDS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: neutral(text) for name, text in record.items()} for record in records(session))
    return target.getvalue()


def as_json(session: TenantSession) -> dict[str, Any]:
    """The same records with typed values, and the sums that name nobody."""
    typed = [
        {
            name: float(text)
            if name in {"montant", "pourcentageSubvention"}
            else text == "oui"
            if name == "notificationUE"
            else text or None
            for name, text in record.items()
        }
        for record in records(session)
    ]
    return {
        "schema": SCHEMA,
        "licence": LICENCE,
        "subventions": typed,
        "autresBeneficiaires": [
            {"annee": line.year, "nombre": line.count, "montant": line.amount_cents / 100} for line in others(session)
        ],
        "note": "Les personnes et les groupes sans personnalité morale ne sont jamais nommés : seuls le nombre et le total par année sont publiés.",
    }
