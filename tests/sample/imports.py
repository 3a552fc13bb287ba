"""Collections of the sample module, brought in a spreadsheet."""

from sqlalchemy import select

from civique.core.i18n import _l
from civique.core.imports import cells
from civique.core.imports.declarations import Decision, ImportColumn, Importer
from tests.sample.models import Pickup
from tests.sample.operations import ask_pickup


def known(session, _about):
    return {(pickup.what, pickup.day): pickup for pickup in session.scalars(select(Pickup))}


def keys(values):
    return [("what", (values["what"], values["day"]))]


def decide(there, values):
    return Decision(there.get((values["what"], values["day"])))


def write(session, _there, _decision, values) -> None:
    ask_pickup(session, None, values["what"], values["day"])


IMPORTER = Importer(
    name="sample.pickups",
    label=_l("Bulky waste collection"),
    summary="x",
    permission="sample.collect",
    endpoint="sample.round_",
    columns=(
        ImportColumn("what", _l("What is to be collected?"), cells.text(200), "Un sommier", ("objet",), required=True),
        ImportColumn("day", _l("Day"), cells.day, "31/12/2026", ("date", "jour"), required=True),
    ),
    keys=keys,
    known=known,
    decide=decide,
    write=write,
)
