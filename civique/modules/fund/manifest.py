"""What the fund declares to the house."""

from civique.core.i18n import _l
from civique.core.manifest import HomeCard, Link, Manifest, Offer, Permission, PersonalData, WorkItem
from civique.core.people.models import Person
from civique.modules.fund import claims, models, privacy, queries
from civique.modules.fund.demo import demo
from civique.modules.fund.indicators import INDICATORS
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.views import BLUEPRINTS
from civique.modules.fund.words import state_labels
from tenants.session import TenantSession

READERS = ("administrator", "secretary", "examiner", "elected", "treasurer")


def home_cards(session: TenantSession) -> list[HomeCard]:
    """The open fund with its gauge."""
    fund = queries.current_fund(session)
    if fund is None or fund.state != "open":
        return []
    return [HomeCard("fund/_home_card.html", {"fund": fund, "gauge": queries.gauge(session, fund)})]


def my_requests(session: TenantSession, person: Person) -> list[WorkItem]:
    """Requests of a person for « Mon compte »."""
    labels = state_labels()
    return [
        WorkItem(
            request.title, f"/fonds/demandes/{request.id}", since=request.submitted_at or request.created_at,
            state=labels[request.state][0], tone=labels[request.state][1],
        )
        for request in queries.requests_of(session, person)
    ]  # fmt: skip


MANIFEST = Manifest(
    name="fund",
    label=_l("Citizen initiative fund"),
    summary=_l("Help small projects of residents: they ask in plain words, you decide, everybody sees what was helped."),
    icon="sprout",
    package="civique.modules.fund",
    offers=(
        Offer("citizen_fund", _l("Citizen fund"), _l("An envelope a year, a cap per project, a decision with its reason.")),
    ),
    models=(
        models.Fund, models.FundRules, models.FundCall, models.FundRequest, models.BudgetLine, models.Ask,
        models.RequestStep, models.MissingItem, models.Grade, models.Advice, models.Decision, models.Return,
        models.Payee, models.Payment, models.LogEntry, models.Report, models.Picture, models.Evaluation, models.Voice,
    ),
    blueprints=BLUEPRINTS,
    permissions=(
        Permission("fund.read", _l("Read the requests to the fund"), READERS),
        Permission("fund.examine", _l("Examine requests to the fund"), ("administrator", "secretary", "examiner")),
        Permission("fund.decide", _l("Record decisions of the fund"), ("administrator", "secretary", "elected")),
        Permission("fund.counter", _l("Enter a request to the fund for a resident"), ("administrator", "secretary", "counter", "examiner")),
        Permission("fund.manage", _l("Set the rules of the fund"), ("administrator", "secretary")),
    ),
    settings=(FundSettings,),
    indicators=INDICATORS,
    public_links=(
        Link(
            _l("Ask the citizen initiative fund"), "fund.listing", "sprout",
            summary=_l("A project with your neighbours? The town hall helps with money."),
        ),
    ),
    desk_links=(
        Link(_l("Requests"), "fund_desk.queue", "inbox", "fund.read", count=queries.count_waiting),
        Link(_l("Years and rules"), "fund_desk.years", "coins", "fund.read"),
        Link(_l("Partners"), "fund_partners.ledger", "heart-handshake", "fund.read"),
        Link(_l("Evaluations"), "fund_evaluation.listing", "chart-column", "fund.read"),
    ),
    counter_links=(
        Link(
            _l("A request to the citizen initiative fund"), "fund_desk.counter", "sprout", "fund.counter",
            _l("Somebody tells their project: you write it down with them."),
        ),
    ),
    home_cards=home_cards,
    my_requests=my_requests,
    listeners=claims.LISTENERS,
    audit_labels={
        "fund.request_attached": _l("Request attached to the account of its holder"),
        "fund.prepared": _l("Fund prepared"), "fund.changed": _l("Rules of the fund changed"),
        "fund.opened": _l("Fund opened"), "fund.closed": _l("Fund closed"),
        "fund.request_started": _l("Request started"), "fund.request_submitted": _l("Request sent"),
        "fund.request_admissible": _l("Request declared admissible"),
        "fund.request_inadmissible": _l("Request declared not admissible"),
        "fund.request_granted": _l("Request granted"), "fund.request_partially_granted": _l("Request granted in part"),
        "fund.request_refused": _l("Request refused"), "fund.request_withdrawn": _l("Request withdrawn"),
    },
    demo=demo,
    personal_data=(
        PersonalData(
            "fund_requests", _l("Your requests to the citizen initiative fund"),
            _l("To examine them and to account for public money"), _l("Public-interest task"),
            _l("Ten years, as accounting records; the name goes when you leave"),
            privacy.export_requests, privacy.erase_requests,
        ),
    ),
)  # fmt: skip
