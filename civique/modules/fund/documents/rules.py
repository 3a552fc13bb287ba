"""Versions of a fund's rules, each with what it changed, in words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from civique.core import i18n
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.people.queries import names_of
from civique.modules.fund.models import Fund
from civique.modules.fund.queries import rules_versions
from civique.services.identifiers import format_amount
from tenants.session import TenantSession


@dataclass(frozen=True)
class Version:
    """A version: when, by whom (empty: erased), why, and each rule that changed: its name, before, after."""

    number: int
    at: datetime
    who: str
    because: str
    changes: list[tuple[str, str, str]]


def versions_of(session: TenantSession, fund: Fund) -> list[Version]:
    """Versions of the rules of a fund, newest first."""
    rows = rules_versions(session, fund)
    names = names_of(session, {row.by_id for row in rows if row.by_id})
    shown = []
    for row, former in zip(rows, [*rows[1:], None], strict=False):
        before = former.rules if former else {}
        changes = [
            (label, _shown(name, before.get(name)), _shown(name, row.rules.get(name)))
            for name, label in rule_labels().items()
            if former is not None and before.get(name) != row.rules.get(name)
        ]
        who = names.get(row.by_id, "") if row.by_id else ""
        shown.append(Version(row.version, row.at, who, row.because, changes))
    return shown


def rule_labels() -> dict[str, str]:
    """Names of the rules that make a version."""
    return {
        "preset": _("Which kind of fund?"),
        "rhythm": _("When may one ask?"),
        "envelope_cents": _("Envelope of the year"),
        "cap_cents": _("Cap per project"),
        "eligible_costs": _("What can be paid, with examples"),
        "decision_maker": _("Who decides"),
        "opinion_needed": _("An opinion is needed before the decision"),
        "opens_on": _("First day to ask"),
        "closes_on": _("Last day to ask"),
    }


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if name.endswith("_cents"):
        return format_amount(value, i18n.get_locale())
    if name.endswith("_on"):
        return long_date(date.fromisoformat(value), weekday=False)
    words = {
        "continuous": _("All year"),
        "calls": _("by calls"),
        "citizen_fund": _("Citizen fund"),
        "fifty_fifty": _("Fifty-fifty"),
        "council": _("The municipal council"),
        "mayor": _("The mayor"),
        "committee": _("A committee"),
        "True": _("yes"),
        "False": _("no"),
    }
    return words.get(str(value), str(value))
