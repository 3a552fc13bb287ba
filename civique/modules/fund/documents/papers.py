"""The application as a paper form: empty for who has no Internet, or filled in with its reference."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from civique.core import i18n
from civique.core.contributions.models import Contribution
from civique.core.contributions.queries import contributions_to
from civique.core.endorsements.paper import endorsement_form, endorsement_sheets
from civique.core.i18n import _l, long_date, money
from civique.core.i18n import gettext as _
from civique.core.paper import (
    BlankForm,
    Choices,
    Item,
    Lines,
    PaperForm,
    Section,
    Table,
    Tick,
    Value,
    render_form,
    who_asks,
)
from civique.core.territory.queries import territories
from civique.modules.fund.models import ApplicationState, Fund, FundApplication
from civique.modules.fund.operations.endorsements import SUBJECTS
from civique.modules.fund.queries import current_fund
from civique.modules.fund.queries.endorsements import describe, endorsements_on, shown_applications
from civique.modules.fund.workflow import WORKFLOW
from tenants.session import TenantSession


def _of_the_year(session: TenantSession) -> list[tuple[str, dict[str, Any]]]:
    return [("", {})] if current_fund(session) is not None else []


BLANK_FORMS = (
    BlankForm(
        _l("Ask the citizen initiative fund"),
        "fund.paper",
        _l("For who tells their project by hand."),
        copies=_of_the_year,
    ),
    endorsement_sheets(
        SUBJECTS,
        shown_applications(),
        _l("Support a project of residents"),
        "fund.subject_paper",
        _l("A project that is examined, with lines to support it: for a market or the notice board."),
    ),
)
FORM_CODE = "FIC-F"
"""Names the empty form at the counter; an application that was sent has its own reference."""


def empty_form(session: TenantSession, fund: Fund) -> bytes:
    """The form of a year, with lines to write on."""
    villages = tuple(t.name for t in territories(session, "delegated"))
    idea: list[Item] = [
        Lines(_("Name of your project")),
        Lines(_("What do you want to do, and with whom?"), 6),
        Lines(_("Where?")),
        *([Choices(_("Which village is it for?"), (*villages, _("The whole commune")))] if villages else []),
        Lines(_("From which day to which day?")),
    ]
    needs: list[Item] = [
        Table(_("What has to be paid"), (_("Cost"), _("Amount")), (3, 1), blank=4),
        Lines(_("Amount asked from the fund"), 1, _("(at most %(cap)s)", cap=money(fund.cap_cents or 0))),
        Lines(_("Things or help that you ask beside money"), 2, _("(seeds, tables, a gardener for half a day…)")),
    ]
    brought: list[Item] = [
        Table(_("Time"), (_("Who takes part?"), _("People"), _("Hours each")), (4, 1, 1), blank=3),
        Lines(_("Things, and from whom")),
        Lines(_("Money from elsewhere, and from whom"), 1),
    ]
    return render_form(
        session,
        PaperForm(
            title=_("Ask the citizen initiative fund"),
            code=f"{FORM_CODE}-{fund.year}",
            path="/fonds/demander",
            shown=_(
                "If the project is helped, its name, what it is for and the help it receives are shown on the site, never your name. The accounts of a helped project are kept ten years."
            ),
            introduction=(
                _(
                    "Plain words are enough. The town hall helps you to fill in this form, and enters it for you: you have the same rights as on the site, and receive the same receipt."
                ),
            ),
            sections=(
                Section(_("Who are you?"), _who()),
                Section(_("1. The idea"), idea),
                Section(
                    _("2. What is needed"),
                    needs,
                    _(
                        "The fund pays what is used up by the project: seeds, fabric, printing, hiring… Not what stays for years: machines, furniture, works."
                    ),
                ),
                Section(
                    _("3. What you and others bring"),
                    brought,
                    _("The fund helps beside others: hours of your time count."),
                ),
                Section(
                    _("Signature"),
                    [
                        Tick(_charter()),
                        *([Tick(_shown())] if endorsements_on(session) else []),
                        Lines(_("Date and signature"), 2),
                    ],
                ),
            ),
        ),
    )


def support_form(session: TenantSession, application: FundApplication) -> tuple[bytes, str]:
    """A project under examination with lines to support it, and the name of its file."""
    whose = application.organisation.name if application.organisation else _("Residents")
    project: list[Item] = [
        Value(_("Who asks"), whose),
        Value(_("What for, and with whom"), application.purpose),
        *([Value(_("Village"), application.territory.name)] if application.territory else []),
    ]
    introduction = _(
        "This project asks the citizen initiative fund for help. You may support it while the town hall examines it: supports are no vote, the decision follows the rules of the fund."
    )
    code = application.reference or ""
    sheet = endorsement_form(session, SUBJECTS, describe(application), code, introduction, project)
    return sheet, f"soutenir-{application.reference}"


def _who() -> list[Item]:
    return [*who_asks(), Lines(_("In the name of a group or an association? Its name"))]


def _charter() -> str:
    return _("For an association: it accepts the contrat d’engagement républicain (decree 2021-1947).")


def _shown() -> str:
    return _(
        "I agree that residents read my project and support it while the town hall examines it. My name is never shown, only that of an association; I may change my mind."
    )


def filled_form(session: TenantSession, application: FundApplication) -> bytes:
    """An application as it was written, with its reference, to keep or to sign."""
    supports = contributions_to(session, application)
    return render_form(
        session,
        PaperForm(
            title=application.title,
            code=application.reference or _("Draft, not sent"),
            path=f"/fonds/demandes/{application.id}",
            comes_back=application.state == ApplicationState.DRAFT,
            introduction=(_("Request to the citizen initiative fund of %(year)s.", year=application.fund.year),),
            sections=(
                Section(_("1. The idea"), _idea(application)),
                Section(_("2. What is needed"), _needs(application)),
                Section(_("3. What you and others bring"), [_brought(supports)]),
                _end(session, application),
            ),
        ),
    )


def _end(session: TenantSession, application: FundApplication) -> Section:
    """What is signed on a draft that is brought to the mairie; of what was sent, what was accepted and where it is."""
    ticks: list[Item] = []
    if application.organisation:
        ticks.append(Tick(_charter(), application.charter_accepted_at is not None))
    if endorsements_on(session):
        ticks.append(Tick(_shown(), application.shown_while_examined))
    if application.state == ApplicationState.DRAFT:
        return Section(_("Signature"), [*ticks, Lines(_("Date and signature"))])
    state = Value(_("Today"), WORKFLOW.told(application.state, application))
    granted = [Value(_("Granted"), money(application.granted_cents))] if application.granted_cents else []
    return Section(_("Where is my request?"), [*ticks, state, *granted])


def _idea(application: FundApplication) -> list[Item]:
    days = [long_date(day, weekday=False) for day in (application.starts_on, application.ends_on) if day]
    facts = (
        (_("Who asks"), application.applicant.name if application.applicant else ""),
        (_("In the name of"), application.organisation.name if application.organisation else ""),
        (_("What for, and with whom"), application.purpose),
        (_("Where"), application.place),
        (_("Village"), application.territory.name if application.territory else ""),
        (_("When"), " – ".join(days)),
        (_("Sent on"), long_date(application.submitted_at, weekday=False) if application.submitted_at else ""),
    )
    return [Value(label, text) for label, text in facts if text]


def _needs(application: FundApplication) -> list[Item]:
    lines = tuple((line.label, money(line.amount_cents)) for line in application.lines)
    items: list[Item] = [Value(_("Amount asked"), money(application.amount_asked_cents))]
    if lines:
        total = (_("Total"), money(application.total_cents))
        items.insert(0, Table(_("Costs"), (_("Cost"), _("Amount")), (3, 1), (*lines, total)))
    if application.asks:
        rows = tuple((ask.description, _quantity(ask.quantity, ask.unit)) for ask in application.asks)
        items.append(Table(_("Asked beside money"), (_("What"), _("How much")), (3, 1), rows))
    return items


def _brought(supports: Sequence[Contribution]) -> Item:
    rows = tuple(
        (s.description, money(s.value_cents or 0) if s.nature == "financial" else _quantity(s.quantity, s.unit))
        for s in supports
    )
    return Table("", (_("What"), _("How much")), (3, 1), rows)


def _quantity(quantity: Decimal | None, unit: str) -> str:
    return f"{i18n.number(float(quantity or 0))} {unit}".strip()
