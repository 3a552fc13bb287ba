"""The words of the fund: states, decisions, and the sentences of its rules."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from civique.core import i18n
from civique.core.contributions.models import Contribution
from civique.core.contributions.operations import NotUsable
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.modules.fund.figures import Part, YearFigures
from civique.modules.fund.models import Proposal
from civique.modules.fund.operations.course import RuleBroken
from civique.services.identifiers import format_amount


def decision_choices() -> list[tuple[str, str]]:
    """The three decisions, in words."""
    return [
        ("granted", _("Grant what is asked")),
        ("partially_granted", _("Grant a part")),
        ("refused", _("Refuse")),
    ]


def sentence(broken: RuleBroken) -> str:
    """What to tell the person when a rule forbids: the reason, and what to do."""
    facts = {name: _shown(value) for name, value in broken.facts.items()}
    match broken.rule:
        case "FON-01":
            names = ", ".join(field_labels()[name] for name in broken.facts["missing"])
            return _("The fund cannot open yet. Still to fill in: %(names)s.", names=names)
        case "FON-02":
            return _(
                "The fund pays what is used up by the project, not what stays for years. Remove this cost, or ask the town hall whether it can lend you the thing."
            )
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
        case "FON-09" if "title" in facts:
            return _(
                "The report of « %(title)s » is late. Send it first: it takes ten minutes, and the town hall can help.",
                **facts,
            )
        case "FON-10" if facts.get("upkeep"):
            return _("A fifty-fifty says until when what is made will be looked after. Write this day.")
        case "cap_under_grants":
            return _("One project received %(most)s already: the cap cannot be less.", **facts)
        case "dates":
            return _("A project of this fund begins in %(year)s or the year after.", year=broken.facts["year"])
        case "dates_far":
            return _("A project of this fund ends in %(year)s at the latest.", year=broken.facts["year"])
        case "upkeep_day":
            return _("Write a day to come, within %(years)s years.", years=broken.facts["years"])
        case "more_in_kind":
            return _("This is more than what was asked: « %(what)s ».", **facts)
        case "more_than_granted":
            return _("Only %(left)s remain to be paid for this project.", **facts)
        case "more_back_than_granted":
            return _("Only %(left)s can come back to the envelope.", **facts)
        case "not_granted_in_kind":
            return _("The decision grants less than this: « %(what)s ».", **facts)
        case "proposal_expired":
            return _(
                "It was offered until %(until)s. Call them: if it still stands, decline this one with a word and note the pledge yourself.",
                **facts,
            )
        case "more_than_paid":
            return _("Only %(left)s were paid: no more can be asked back. Lower the amount.", **facts)
        case "repaid_early":
            return _("Between the day it was asked back (%(asked_on)s) and today.", **facts)
        case "paid_early":
            return _("Between the order (%(ordered_on)s) and today.", **facts)
        case "not_open" if broken.facts.get("opens_on"):
            return _("Requests open on %(opens_on)s. Your draft is kept.", **facts)
        case "more_than_cost":
            return _("You ask for more than the project costs (%(total)s). Add costs, or lower the amount.", **facts)
        case "more_than_asked":
            return _("This is more than what was asked (%(asked)s).", **facts)
        case "one_a_year":
            return _("There is a fund for this year already. Find it in the list.")
    return plain_sentences()[broken.rule]


def not_usable(refused: NotUsable) -> str:
    """Why a pledge cannot be used, received or taken back."""
    match refused.reason:
        case "too_much":
            return _("Only %(left)s are left of this pledge.", left=i18n.number(refused.facts["left"]))
        case "expired":
            return _("This pledge was valid until %(until)s.", until=long_date(refused.facts["until"]))
        case "used":
            return _("A part of it went to a project already: it can no longer be cancelled.")
    return _("This pledge was cancelled.")


def nature_labels() -> dict[str, str]:
    """The three natures, in words."""
    return {"financial": _("Money"), "material": _("Things"), "human": _("Time and skills")}


def nature_of(gift: Contribution | Proposal) -> str:
    """The nature of what is given; hours of employees that a company lends have their own name."""
    return _("Skills sponsorship") if gift.staff_time else nature_labels()[gift.nature]


def plain_sentences() -> dict[str, str]:
    """Sentences that need no figure."""
    return {
        "not_open": _("The fund does not take requests at the moment. Your draft is kept."),
        "not_draft": _(
            "This request was sent: it can no longer be changed. Write to the town hall if something is wrong."
        ),
        "too_many_lines": _("Thirty costs at most. Group the small ones."),
        "FON-04": _(
            "The fund helps beside others: say at least one thing that you or others bring (money, things, or simply hours of your time)."
        ),
        "FON-07": _("You are tied to this request: another person must examine it and decide."),
        "FON-09": _("No payment before both sides have signed the agreement."),
        "FON-10": _("Write at least one thing that each side undertakes."),
        "no_lines": _("Add at least one cost."),
        "nothing_asked": _("Say what you ask from the fund: money, things, or somebody’s time."),
        "charter": _(
            "An association accepts the contrat d’engagement républicain before it receives public help. Tick the box."
        ),
        "dates_backwards": _("The last day comes before the first one."),
        "typed_as_history": _(
            "The figures of this year were typed as history: it takes no requests. Prepare the fund of another year."
        ),
        "no_call": _("This fund works by calls: add at least one, with its dates."),
        "call_dates": _("A call ends after it begins, and is decided after it ends."),
        "calls_overlap": _("Two calls cannot be open on the same day."),
        "call_used": _("Requests were sent to this call: it stays. Change its dates instead."),
        "because": _("Say why the rules change: residents can read it."),
        "pledged_twice": _(
            "This partner has pledged the same already. If it really is a second gift, tick the box and send again."
        ),
        "no_open_fund": _("No fund is open at the moment: help can be taken once the next one opens."),
        "proposal_answered": _("This proposal was answered in the meantime. Nothing was changed."),
        "proposal_word": _("Write a word: they will read it."),
        "other_nature": _("Things go to things, time to time."),
        "evaluation_empty": _("Write at least a few words before you publish the evaluation."),
        "year_to_come": _("This year is not over: prepare its fund instead."),
        "nothing_missing": _("Write at least one thing that is missing."),
        "given_already": _("This was given in the meantime: read it below. Nothing was changed."),
        "nothing_given": _("Write a few words, or add a file."),
        "opinion_needed": _("The rules of this fund ask for an opinion before the decision. Record it first."),
        "not_granted": _("Only a granted request has an agreement."),
        "no_convention": _("Write the agreement first."),
        "not_to_sign": _("This agreement is no longer to be signed: the request went another way. Read it again."),
        "payee_ordered": _(
            "A payment is ordered on the account that is known. Cancel the order, or note it as paid, before another account is written."
        ),
        "payee_why": _("Say why somebody else is paid."),
        "no_payee": _("Say who is paid, and the account, first."),
        "payment_cancelled": _("This order was cancelled. Order another payment."),
        "payment_done": _("It is paid already. What is not spent is asked back when the file is closed."),
        "repayment_waived": _(
            "A colleague gave up asking for this amount. Nothing was changed: the reason is on this page."
        ),
        "repayment_received": _(
            "This amount was received already: it is back in the envelope, nothing is left to give up."
        ),
        "payment_waits": _("A payment is on its way. Note it as paid, or cancel it, first."),
        "not_helped": _("Only a helped project has this page."),
        "day_to_come": _("This day is still to come."),
        "too_many_pictures": _("Twenty photos at most. Remove one first."),
        "not_under_way": _("The report comes once the agreement is signed and the project under way."),
        "report_accepted": _("The town hall accepted this report: it no longer changes."),
        "report_empty": _("Tell what you did, and write what you spent on each line (0 if nothing)."),
        "not_reported": _("The report has not come yet."),
        "already_decided": _("This request was decided already."),
        "not_waiting": _("This request is no longer waiting: a colleague took it further. Nothing was changed."),
        "not_admissible": _("Declare the request admissible first, or read what a colleague decided in the meantime."),
        "no_part": _("Write the amount that is granted."),
        "not_decided": _("There is no decision to correct."),
        "not_told": _("The story comes once the project is under way."),
        "no_story": _("Write the story first."),
        "not_agreed": _("The holder has not agreed that the story is published. Ask them, then note it in the report."),
        "not_shown": _("This project is no longer open to supports: it was decided, or its holder prefers so."),
        "own_request": _("This is your own project, or your organisation’s: others support it."),
        "comments_off": _("Comments are closed. Your support still counts."),
        "comment_empty": _("Write a few words."),
        "comment_motive": _("Write the reason: the author of the comment will read it."),
        "no_alternative": _("Describe each photo that is shown, for people who do not see it."),
    }


def field_labels() -> dict[str, str]:
    """Names of what a fund needs to open."""
    return {
        "envelope_cents": _("the envelope of the year"),
        "cap_cents": _("the cap per project"),
        "eligible_costs": _("what can be paid"),
        "decision_maker": _("who decides"),
    }


def state_labels() -> dict[str, tuple[str, str]]:
    """States in words, with the tone of their label."""
    return {
        "draft": (_("Draft"), ""),
        "submitted": (_("Received"), "wait"),
        "to_complete": (_("To be completed by the holder"), "wait"),
        "complete": (_("Complete"), "wait"),
        "admissible": (_("Admissible, to be decided"), "wait"),
        "inadmissible": (_("Not admissible"), "stop"),
        "in_analysis": (_("Being analysed"), "wait"),
        "opinion_given": (_("Opinion given, to be decided"), "wait"),
        "adjourned": (_("Put off"), "wait"),
        "granted": (_("Granted"), "ok"),
        "partially_granted": (_("Granted in part"), "ok"),
        "refused": (_("Refused"), "stop"),
        "convention": (_("Agreement to sign"), "wait"),
        "under_way": (_("Under way"), "ok"),
        "report": (_("Report received"), "wait"),
        "settled": (_("Done and closed"), "ok"),
        "withdrawn": (_("Withdrawn"), ""),
        "lapsed": (_("Lapsed"), ""),
    }


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return long_date(value)
    return format_amount(value, i18n.get_locale()) if isinstance(value, int) and not isinstance(value, bool) else value


def _money(cents: int | None) -> str:
    return format_amount(cents, i18n.get_locale()) if cents is not None else _("n/a")


def _plain(value: float | None, unit: str = "") -> str:
    return f"{i18n.number(value)}{unit}" if value is not None else _("n/a")


def _for_one_euro(value: float | None) -> str:
    return _money(round(value * 100) if value is not None else None)


def figure_rows(figures: YearFigures) -> list[tuple[str, str]]:
    """The figures of a year as lines of a table; what is unknown is « n. d. », never 0."""
    days = _("working days")
    rows = [
        (_("Requests received"), _plain(figures.received)),
        (_("Projects supported"), _plain(figures.supported)),
        (_("Requests declined"), _plain(figures.declined)),
        (_("Withdrawn or lapsed"), _plain(figures.given_up)),
        (_("Still examined"), _plain(figures.waiting)),
        (_("Requests accepted, among those decided"), _plain(figures.acceptance, "\u202f%")),
        (_("Envelope of the commune"), _money(figures.envelope)),
        (_("Cash received from partners"), _money(figures.partners_cash)),
        (_("Asked in all"), _money(figures.asked)),
        (_("Granted in all"), _money(figures.granted)),
        (_("Paid"), _money(figures.paid)),
        (_("Came back to the envelope"), _money(figures.returned)),
        (_("Mean grant"), _money(figures.mean_grant)),
        (_("Other resources for one euro of the fund"), _for_one_euro(figures.leverage)),
        (_("Other cash for one euro of the fund"), _for_one_euro(figures.cash_leverage)),
        (_("Time to the answer, median"), _plain(figures.delay_median, f" {days}")),
        (_("Time to the answer, nine requests out of ten"), _plain(figures.delay_p90, f" {days}")),
        (_("Partners"), _plain(figures.partners)),
        (_("Attendances told by the reports"), _plain(figures.people)),
    ]
    for nature, (count, cents) in figures.pledges.items():
        if count:
            label = _("Pledges of partners: %(nature)s", nature=nature_labels()[nature])
            rows.append((label, f"{i18n.number(count)} ({_money(cents)})" if cents else i18n.number(count)))
    return rows


def part_tables(figures: YearFigures, channel_words: Mapping[str, Any]) -> list[tuple[str, list[list[str]]]]:
    """By village, then by channel: a title and a table. The first row of a table is its head, the first cell of a row its
    part; nothing for a commune in one piece."""
    villages = [(name or _("The whole commune"), part) for name, part in figures.territories.items()]
    channels = [(str(channel_words.get(code, code)), part) for code, part in figures.channels.items()]
    head = [
        _("Part"),
        _("Requests"),
        _("Projects"),
        _("Granted"),
        _("Acceptance"),
        _("Mean grant"),
        _("Other resources for one euro"),
    ]
    groups = [(_("By village"), villages if len(villages) > 1 else []), (_("By channel"), channels)]
    return [(title, [head, *(_part_row(*part) for part in parts)]) for title, parts in groups if parts]


def _part_row(name: str, part: Part) -> list[str]:
    return [
        name,
        _plain(part.received),
        _plain(part.supported),
        _money(part.granted),
        _plain(part.acceptance, "\u202f%"),
        _money(part.mean_grant),
        _for_one_euro(part.leverage),
    ]
