"""How to contest a decision: until when, first by talking, then before the administrative court (art. R421-1 and R421-5 CJA)."""

from calendar import monthrange
from datetime import date, timedelta

from civique.core import settings
from civique.core.commune import Contact
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from tenants.session import TenantSession
from tenants.tenant import Tenant

MONTHS = 2
SILENCE = timedelta(days=61)
COURTS = {
    "d’Amiens": "02 60 80",
    "de Bastia": "2A 2B",
    "de Besançon": "25 39 70 90",
    "de Bordeaux": "24 33 47",
    "de Caen": "14 50 61",
    "de Cergy-Pontoise": "92 95",
    "de Châlons-en-Champagne": "08 10 51 52",
    "de Clermont-Ferrand": "03 15 43 63",
    "de Dijon": "21 58 71 89",
    "de Grenoble": "26 38 73 74",
    "de Lille": "59 62",
    "de Limoges": "19 23 36 87",
    "de Lyon": "01 07 42 69",
    "de Marseille": "04 05 13",
    "de Melun": "77 94",
    "de Montpellier": "11 34 66",
    "de Montreuil": "93",
    "de Nancy": "54 55 88",
    "de Nantes": "44 49 53 72 85",
    "de Nice": "06",
    "de Nîmes": "30 48 84",
    "d’Orléans": "18 28 37 41 45",
    "de Paris": "75",
    "de Pau": "32 40 64 65",
    "de Poitiers": "16 17 79 86",
    "de Rennes": "22 29 35 56",
    "de Rouen": "27 76",
    "de Strasbourg": "57 67 68",
    "de Toulon": "83",
    "de Toulouse": "09 12 31 46 81 82",
    "de Versailles": "78 91",
    "de la Guadeloupe": "971",
    "de la Martinique": "972",
    "de la Guyane": "973",
    "de La Réunion": "974",
    "de Saint-Pierre-et-Miquelon": "975",
    "de Mayotte": "976",
}
"""Administrative courts by the départements of their jurisdiction (art. R221-3 CJA), with their « de »."""


def court_of(tenant: Tenant, contact: Contact) -> str:
    """The administrative court of a commune with its postal address, as the mairie wrote it; otherwise its name alone."""
    if contact.court:
        return ", ".join(line.strip() for line in contact.court.splitlines() if line.strip())
    code = tenant.insee[:3] if tenant.insee.startswith("97") else tenant.insee[:2]
    name = next((name for name, departments in COURTS.items() if code in departments.split()), "")
    return _("tribunal administratif %(name)s", name=name) if name else _("the administrative court")


def last_day(decided_on: date) -> date:
    """Two months after a decision, the last of its month where the day does not exist."""
    month = decided_on.month + MONTHS
    year, month = decided_on.year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(decided_on.day, monthrange(year, month)[1]))


def silence_refuses(sent_on: date) -> str:
    """What two months of silence mean for a request for money: a refusal (art. L231-4, 3° CRPA), which may be contested."""
    return _(
        "Your rights: without an answer by %(silence)s, the law counts it as refused, and you may contest it for two months.",
        silence=long_date(sent_on + SILENCE),
    )


def how_to_contest(session: TenantSession, decided_on: date) -> str:
    """What to do when one disagrees, with the day: call first, then write to the mayor, or go to the court."""
    contact = settings.get(session, Contact)
    by = long_date(last_day(decided_on), weekday=False)
    court = court_of(session.tenant, contact)
    first = (
        _(
            "If you disagree, call the town hall first, on %(phone)s: many things are settled by talking.",
            phone=contact.phone_shown,
        )
        if contact.phone
        else _("If you disagree, speak with the town hall first: many things are settled by talking.")
    )
    then = _(
        "Until %(day)s you may also write to the mayor, or go to the administrative court: %(court)s, or www.telerecours.fr.",
        day=by,
        court=court,
    )
    return f"{first} {then}"
