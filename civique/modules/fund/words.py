"""The words of the fund: states, decisions, and the sentences of its rules."""

from datetime import date
from typing import Any

from civique.core import i18n
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.modules.fund.operations import RuleBroken
from civique.services.identifiers import format_amount


def decision_choices() -> list[tuple[str, str]]:
    """The three decisions, in words."""
    return [
        ("granted", _("Grant what is asked")), ("partially_granted", _("Grant a part")), ("refused", _("Refuse")),
    ]  # fmt: skip


def sentence(broken: RuleBroken) -> str:
    """What to tell the person when a rule forbids: the reason, and what to do."""
    facts = {name: _shown(value) for name, value in broken.facts.items()}
    match broken.rule:
        case "FON-01":
            names = ", ".join(field_labels()[name] for name in broken.facts["missing"])
            return _("The fund cannot open yet. Still to fill in: %(names)s.", names=names)
        case "FON-02":
            return _("The fund pays what is used up by the project, not what stays for years. Remove this cost, or ask the town hall whether it can lend you the thing.")  # fmt: skip
        case "FON-03" if broken.facts["others"]:
            return _("At most %(cap)s for one project in a year, of which %(others)s are granted already.", **facts)
        case "FON-03":
            return _("At most %(cap)s for one project. Lower the amount.", cap=facts["cap"])
        case "FON-05" if "left" in facts:
            return _("Only %(left)s are left in the envelope. Grant a part, or wait for another fund.", **facts)
        case "FON-05":
            return _("%(granted)s are granted already: the envelope cannot be less.", granted=facts["granted"])
        case "FON-08":
            return _("Write the reason: the holder will read it.")
        case "not_open" if broken.facts.get("opens_on"):
            return _("Requests open on %(opens_on)s. Your draft is kept.", **facts)
        case "more_than_cost":
            return _("You ask for more than the project costs (%(total)s). Add costs, or lower the amount.", **facts)
        case "more_than_asked":
            return _("This is more than what was asked (%(asked)s).", **facts)
        case "one_a_year":
            return _("There is a fund for this year already. Find it in the list.")
    return plain_sentences()[broken.rule]


def plain_sentences() -> dict[str, str]:
    """Sentences that need no figure."""
    return {
        "not_open": _("The fund does not take requests at the moment. Your draft is kept."),
        "not_draft": _(
            "This request was sent: it can no longer be changed. Write to the town hall if something is wrong."
        ),
        "too_many_lines": _("Thirty costs at most. Group the small ones."),
        "no_lines": _("Add at least one cost."),
        "no_amount": _("Say how much you ask from the fund."),
        "already_decided": _("This request was decided already."),
        "not_waiting": _("This request is no longer waiting: a colleague took it further. Nothing was changed."),
        "not_admissible": _("Declare the request admissible first, or read what a colleague decided in the meantime."),
        "no_part": _("Write the amount that is granted."),
        "not_decided": _("There is no decision to correct."),
    }


def field_labels() -> dict[str, str]:
    """Names of what a fund needs to open."""
    return {
        "envelope_cents": _("the envelope of the year"), "cap_cents": _("the cap per project"),
        "eligible_costs": _("what can be paid"), "decision_maker": _("who decides"),
    }  # fmt: skip


def state_labels() -> dict[str, tuple[str, str]]:
    """States in words, with the tone of their label."""
    return {
        "draft": (_("Draft"), ""),
        "submitted": (_("Received"), "wait"),
        "admissible": (_("Admissible, to be decided"), "wait"),
        "inadmissible": (_("Not admissible"), "stop"),
        "granted": (_("Granted"), "ok"),
        "partially_granted": (_("Granted in part"), "ok"),
        "refused": (_("Refused"), "stop"),
        "withdrawn": (_("Withdrawn"), ""),
    }


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return long_date(value)
    return format_amount(value, i18n.get_locale()) if isinstance(value, int) else value
