"""What an application must hold: every fault is said at once, by the step of the form that it is of."""

from datetime import date

from civique.core.contributions.queries import contributions_to
from civique.core.i18n import gettext as _
from civique.core.i18n import money
from civique.core.refused import Refused, refuse_all
from civique.modules.fund.models import Fund, FundApplication
from tenants.session import TenantSession

LONGEST = 5
"""Years after the fund's own in which a project may still end."""
NEEDED = {"amount_asked_cents", "costs"}
"""Fields of the step of what is needed; what else is wrong is of the step of what is brought."""


def date_faults(fund: Fund, starts_on: date | None, ends_on: date | None) -> list[Refused]:
    """A project begins in the fund's year or the next one, and ends within five years [D]: ``dates``, ``dates_backwards``,
    ``dates_far``."""
    faults = []
    if starts_on is not None and not fund.year <= starts_on.year <= fund.year + 1:
        sentence = _("A project of this fund begins in %(year)s or the year after.", year=fund.year)
        faults.append(Refused(sentence, "starts_on", rule="dates"))
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        faults.append(Refused(_("The last day comes before the first one."), "ends_on", rule="dates_backwards"))
    elif ends_on is not None and not fund.year <= ends_on.year <= fund.year + LONGEST:
        sentence = _("A project of this fund ends in %(year)s at the latest.", year=fund.year + LONGEST)
        faults.append(Refused(sentence, "ends_on", rule="dates_far"))
    return faults


def faults_of(session: TenantSession, application: FundApplication) -> list[Refused]:
    """All that forbids an application to be sent, step after step."""
    return [*needed_faults(application), *brought_faults(session, application)]


def begins_early(application: FundApplication, answered_on: date) -> bool:
    """Whether the project begins before it is known if it is helped: what is spent until then may not be paid."""
    return application.starts_on is not None and application.starts_on <= answered_on


def need_whole(session: TenantSession, application: FundApplication) -> None:
    """What an application must hold to be helped, whatever its applicant changed since; what others bring may have changed.

    Raises:
        Refused: as :func:`faults_of`, but FON-03, which a decision reads again, and ``unbalanced``.
    """
    refuse_all([fault for fault in faults_of(session, application) if fault.rule not in {"FON-03", "unbalanced"}])


def refuse_incomplete(session: TenantSession, application: FundApplication) -> None:
    """What an application must hold when its applicant sends it, or gives the last thing that was missing, and when the
    mairie says that nothing is missing.

    Raises:
        Refused: as :func:`faults_of`.
    """
    refuse_all(faults_of(session, application))


def left_to_find(session: TenantSession, application: FundApplication) -> int:
    """Cents of the costs that neither the fund nor others pay yet; below zero, more is planned than the costs. Things and
    time are apart: they pay no cost (FON-06)."""
    return application.total_cents - application.amount_asked_cents - others_cents(session, application)


def others_cents(session: TenantSession, application: FundApplication) -> int:
    """Money that others bring."""
    return sum(s.value_cents or 0 for s in contributions_to(session, application) if s.nature == "financial")


def above_cap(fund: Fund, others_cents: int = 0, field: str = "amount_cents") -> Refused:
    """Refusal of an amount above the cap of the fund (FON-03).

    Args:
        others_cents: what other applications of the same project received this year.
    """
    cap = money(fund.cap_cents or 0)
    if not others_cents:
        sentence = _("At most %(cap)s for one project. Lower the amount.", cap=cap)
    else:
        others = money(others_cents)
        sentence = _(
            "At most %(cap)s for one project in a year, of which %(others)s are granted already.",
            cap=cap,
            others=others,
        )
    return Refused(sentence, field, rule="FON-03")


def needed_faults(application: FundApplication) -> list[Refused]:
    """Those of what is needed: ``nothing_asked``, ``no_lines``, ``more_than_cost``, FON-03 above the cap."""
    asked, total, faults = application.amount_asked_cents, application.total_cents, []
    if asked <= 0 and not application.asks:
        sentence = _("Say what you ask from the fund: money, things, or somebody’s time.")
        faults.append(Refused(sentence, "amount_asked_cents", rule="nothing_asked"))
    if asked > 0 and not application.lines:
        faults.append(Refused(_("Add at least one cost."), "costs", rule="no_lines"))
    elif asked > total:
        sentence = _(
            "You ask for more than the project costs (%(total)s). Add costs, or lower the amount.", total=money(total)
        )
        faults.append(Refused(sentence, "amount_asked_cents", rule="more_than_cost"))
    if asked > (application.fund.cap_cents or 0):
        faults.append(above_cap(application.fund, field="amount_asked_cents"))
    return faults


def brought_faults(session: TenantSession, application: FundApplication) -> list[Refused]:
    """Those of what is brought: FON-04 without another resource, ``unbalanced`` (FON-06: in money, costs are what is asked
    and what others bring), ``charter`` (an association accepts the contrat d'engagement républicain, décret 2021-1947)."""
    others = _others_faults(session, application)
    return [*(others or _balance_faults(session, application)), *_charter_faults(application)]


def _others_faults(session: TenantSession, application: FundApplication) -> list[Refused]:
    supports = contributions_to(session, application)
    in_kind = [support for support in supports if support.nature != "financial"]
    if supports and (in_kind or not application.amount_asked_cents >= application.total_cents > 0):
        return []
    sentence = _(
        "The fund helps beside others: say at least one thing that you or others bring (money, things, or simply hours of your time)."
    )
    return [Refused(sentence, "supports", rule="FON-04")]


def _balance_faults(session: TenantSession, application: FundApplication) -> list[Refused]:
    left = left_to_find(session, application)
    if left == 0 or application.amount_asked_cents > application.total_cents:
        return []
    sentence = (
        _(
            "%(left)s of the costs are still to find: say who pays them, ask for more, or lower the costs.",
            left=money(left),
        )
        if left > 0
        else _(
            "What you ask and the money that others bring are %(more)s more than the costs. Lower what you ask, or add the cost that is missing.",
            more=money(-left),
        )
    )
    return [Refused(sentence, "supports", rule="unbalanced")]


def _charter_faults(application: FundApplication) -> list[Refused]:
    association = application.organisation is not None and application.organisation.kind == "association"
    if not association or application.charter_accepted_at is not None:
        return []
    sentence = _(
        "An association accepts the contrat d’engagement républicain before it receives public help. Tick the box."
    )
    return [Refused(sentence, "charter", rule="charter")]
