"""Eighteen small modules, as a town that uses everything has them: what menus, lists and pages do with so many.

They are named in ``CIVIQUE_EXTRA_MODULES`` as ``tests.many.<name>``; none has a table.
"""

import sys
from datetime import timedelta
from types import ModuleType
from typing import Any

from flask import Blueprint
from sqlalchemy import false, literal, select

from civique.core import clock
from civique.core.manifest import DEEDS, TODAY, HomeCard, Link, Manifest, Permission, WorkItem
from civique.web.access import PUBLIC, allow
from civique.web.pages import page

LABELS = {
    "actions": "Plan d’actions",
    "instances": "Conseils et comités consultatifs",
    "rencontres": "Rencontres avec les élus",
    "concertations": "Concertations",
    "sondages": "Enquêtes et questionnaires",
    "demandes": "Demandes et interventions",
    "idees": "Boîte à idées",
    "benevolat": "Bénévolat",
    "acteurs": "Annuaire des acteurs",
    "maisons": "Salles et maisons communes",
    "espaces": "Espaces à vivre",
    "accueil": "Nouveaux habitants",
    "relais": "Relais de quartier",
    "education": "Éducation à la citoyenneté",
    "ceremonies": "Cérémonies",
    "budget": "Budget participatif",
    "covoiturage": "Covoiturage solidaire",
    "jardins": "Jardins partagés",
}
TABS = ("À traiter", "Calendrier", "Personnes", "Bilans", "Règles")


def manifest_of(rank: int, name: str) -> Manifest:
    """One of the modules: five pages in the back office, two public links, a card, five requests of each person."""
    label, closed = LABELS[name], rank % 7 == 6
    deed = (*DEEDS, "")[rank % 6]
    closes = select(TODAY + literal(rank)) if rank % 3 == 0 else None
    return Manifest(
        name=name,
        label=label,
        summary=f"{label} : ce que la commune propose, et comment y prendre part.",
        blueprints=(_blueprint(name, label),),
        permissions=(Permission(f"{name}.read", label, ("administrator", "secretary")),),
        public_links=(
            Link(
                f"{label} : prendre part",
                f"{name}.public",
                summary="Une phrase qui dit de quoi il s’agit.",
                deed=deed,
                closes=select(TODAY).where(false()) if closed else closes,
            ),
            Link(f"{label} : s’informer", f"{name}.public", door="inform"),
        ),
        desk_links=tuple(
            Link(tab, f"{name}.tab{number}", permission=f"{name}.read", count=_waiting(rank) if not number else None)
            for number, tab in enumerate(TABS)
        ),
        home_cards=lambda session: [
            HomeCard("many/card.html", {"label": label}, clock.today() + timedelta(days=30 - rank))
        ],
        my_requests=lambda session, person: [
            WorkItem(f"{label}, demande {n}", f"/{name}", since=clock.today(), state="En cours", ended=n > 2)
            for n in range(5)
        ],
    )


def _waiting(rank: int) -> Any:
    return select(literal(rank % 4))


def _blueprint(name: str, label: str) -> Blueprint:
    made = Blueprint(name, __name__, template_folder="templates")

    def tab(title: str) -> Any:
        return allow(f"{name}.read")(lambda: page("many/desk.html", title=title, label=label))

    @made.get(f"/{name}")
    @allow(PUBLIC)
    def public() -> Any:
        return page("many/public.html", label=label)

    for number, title in enumerate(TABS):
        path = f"/mairie/{name}" + (f"/page-{number}" if number else "")
        made.add_url_rule(path, f"tab{number}", tab(title))
    made.add_url_rule(f"/mairie-{name}", "elsewhere", tab("Ailleurs"))
    return made


MANIFESTS = {name: manifest_of(rank, name) for rank, name in enumerate(LABELS)}
PACKAGES = tuple(f"{__name__}.{name}" for name in LABELS)
for _name, _manifest in MANIFESTS.items():
    for _path in (f"{__name__}.{_name}", f"{__name__}.{_name}.manifest"):
        sys.modules[_path] = ModuleType(_path)
    sys.modules[f"{__name__}.{_name}.manifest"].MANIFEST = _manifest  # type: ignore[attr-defined]
