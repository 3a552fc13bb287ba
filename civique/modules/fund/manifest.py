"""What the fund declares to the house."""

from civique.core.agreements.declarations import AgreementSubject
from civique.core.cases.queries import may_follow
from civique.core.contributions.declarations import Recipients
from civique.core.evaluations.queries import published_years
from civique.core.i18n import _l
from civique.core.manifest import HomeCard, Job, Link, Manifest, Offer, Permission, PersonalData
from civique.core.projects import ProjectHelped, ProjectReported
from civique.modules.fund import models, privacy, queries
from civique.modules.fund.demo import bench, demo
from civique.modules.fund.documents.evaluation import EVALUATED
from civique.modules.fund.documents.open_data import DATASET, FEED
from civique.modules.fund.documents.papers import BLANK_FORMS
from civique.modules.fund.indicators import INDICATORS
from civique.modules.fund.jobs import forget_applications, remind
from civique.modules.fund.operations import agreements, events
from civique.modules.fund.operations.endorsements import SUBJECTS
from civique.modules.fund.operations.partners import serve_ask
from civique.modules.fund.operations.stories import STORIES
from civique.modules.fund.queries.agreements import describe, reads_file
from civique.modules.fund.queries.partners import find_needs, find_recipients
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.views import BLUEPRINTS
from civique.modules.fund.views.desk_queue import work_items
from civique.modules.fund.workflow import WORKFLOW
from tenants.session import TenantSession

READERS = ("administrator", "secretary", "examiner", "elected", "treasurer")


def home_cards(session: TenantSession) -> list[HomeCard]:
    """The fund that takes requests today, with its gauge."""
    fund = queries.current_fund(session)
    if fund is None or queries.phase(fund)[0] != "open":
        return []
    evaluated = next(iter(published_years(session, "fund", 1)), None)
    context = {"fund": fund, "gauge": queries.gauge(session, fund), "evaluated": evaluated}
    return [HomeCard("fund/_home_card.html", context, fund.closes_on)]


MANIFEST = Manifest(
    name="fund",
    label=_l("Citizen initiative fund"),
    summary=_l(
        "Help small projects of residents: they ask in plain words, you decide, everybody sees what was helped."
    ),
    icon="sprout",
    package="civique.modules.fund",
    offers=(
        Offer(
            "citizen_fund", _l("Citizen fund"), _l("An envelope a year, a cap per project, a decision with its reason.")
        ),
        Offer(
            "fifty_fifty",
            _l("Fifty-fifty"),
            _l(
                "Residents carry out and look after what they make, the commune brings money and technique: an agreement says who does what, and until when."
            ),
            (FundSettings(preset="fifty_fifty"),),
        ),
    ),
    models=(
        models.Fund,
        models.FundRules,
        models.FundCall,
        models.FundApplication,
        models.BudgetLine,
        models.Ask,
        models.Grade,
        models.Advice,
        models.Decision,
        models.Return,
        models.Repayment,
        models.Payee,
        models.Payment,
        models.Report,
    ),
    blueprints=BLUEPRINTS,
    permissions=(
        Permission("fund.read", _l("Read the requests to the fund"), READERS),
        Permission("fund.examine", _l("Examine requests to the fund"), ("administrator", "secretary", "examiner")),
        Permission("fund.decide", _l("Record decisions of the fund"), ("administrator", "secretary", "elected")),
        Permission(
            "fund.pay",
            _l("Order and note payments of the fund, read bank details"),
            ("administrator", "secretary", "treasurer"),
        ),
        Permission(
            "fund.counter",
            _l("Enter a request to the fund for a resident"),
            ("administrator", "secretary", "counter", "examiner"),
        ),
        Permission("fund.manage", _l("Set the rules of the fund"), ("administrator", "secretary")),
    ),
    settings=(FundSettings,),
    indicators=INDICATORS,
    evaluated=EVALUATED,
    public_links=(
        Link(
            _l("Ask the citizen initiative fund"),
            "fund.listing",
            "sprout",
            summary=_l("A project with your neighbours? The town hall helps with money."),
            deed="propose",
            closes=queries.LAST_DAY_TO_ASK,
        ),
    ),
    desk_links=(
        Link(_l("Requests"), "fund_desk.queue", "inbox", "fund.read", count=queries.WAITING_APPLICATIONS),
        Link(_l("Payments"), "fund_desk.money", "euro", "fund.pay"),
        Link(_l("Years and rules"), "fund_desk.years", "coins", "fund.read"),
    ),
    settings_links=(
        Link(
            _l("Settings of the fund"),
            "fund_desk.settings_page",
            "settings",
            "fund.manage",
            summary=_l("Delays, analysis grid, what residents see."),
        ),
    ),
    jobs=(
        Job("fund.remind", remind, daily=True),
        Job("fund.forget_applications", forget_applications, daily=True),
    ),
    work_items=work_items,
    answer_permission="fund.read",
    counter_links=(
        Link(
            _l("A request to the citizen initiative fund"),
            "fund_desk.counter",
            "sprout",
            "fund.counter",
            _l("Somebody tells their project: you write it down with them."),
        ),
    ),
    paper_forms=BLANK_FORMS,
    home_cards=home_cards,
    workflows=(WORKFLOW,),
    reads_file=reads_file,
    agreement_subjects=(
        AgreementSubject(models.FundApplication, describe, may_follow, agreements.check_step, agreements.lock_agreed),
    ),
    told_subjects=(STORIES,),
    events=(ProjectHelped, ProjectReported),
    listeners=events.LISTENERS,
    search=(queries.SEARCH,),
    calendar=queries.last_days,
    feeds=(FEED,),
    open_data=(DATASET,),
    subjects=(SUBJECTS,),
    recipients=Recipients(find_recipients, find_needs, serve_ask),
    audit_labels={
        "fund.application_attached": _l("Request attached to the account of its applicant"),
        "fund.application_started": _l("Request started"),
        "fund.application_graded": _l("Analysis grid filled in"),
        "fund.application_joined": _l("Tied to another request of the same project"),
        "fund.application_parted": _l("Said to be a project of its own"),
        "fund.act_noted": _l("Act of a decision noted"),
        "fund.payee_set": _l("Bank details recorded"),
        "fund.payment_ordered": _l("Payment ordered"),
        "fund.payment_paid": _l("Payment noted as made"),
        "fund.payment_cancelled": _l("Payment order cancelled"),
        "fund.money_returned": _l("Money back to the envelope"),
        "fund.repayment_asked": _l("Money asked back"),
        "fund.repayment_waived": _l("Money no longer asked back"),
        "fund.application_shown": _l("Shown to residents while examined: the applicant agrees"),
        "fund.application_hidden": _l("No longer shown to residents"),
        "fund.iban_read": _l("Whole IBAN read"),
        "fund.bank_paper_read": _l("Bank details opened"),
        "fund.applicant_forgotten": _l("Name of the applicant erased after ten years"),
        "fund.prepared": _l("Fund prepared"),
        "fund.changed": _l("Rules of the fund changed"),
        "fund.opened": _l("Fund opened"),
        "fund.closed": _l("Fund closed"),
        "fund.call_added": _l("Call added"),
        "fund.call_changed": _l("Call changed"),
        "fund.call_removed": _l("Call removed"),
        "fund.opinion_given": _l("Opinion recorded"),
    },
    object_labels={
        "fund": _l("the fund of a year"),
        "fund_application": _l("a request to the fund"),
    },
    demo=demo,
    bench=bench,
    personal_data=(
        PersonalData(
            "fund_applications",
            _l("Your requests to the citizen initiative fund"),
            _l("To examine them and to account for public money"),
            _l("Public-interest task"),
            _l(
                "A draft, one year after its last change; the rest ten years, as accounting records. The name goes when you leave"
            ),
            privacy.export_applications,
            privacy.erase_applications,
            labels={
                "asked_cents": _l("Asked"),
                "granted_cents": _l("Amount granted"),
                "report": _l("Report of the project"),
                "asked": _l("Asked"),
                "lines": _l("Costs"),
                "asks": _l("Asked beside money"),
                "supports": _l("Brought by others"),
                "answers": _l("Answers to what was missing"),
                "account": _l("Account"),
                "submitted_at": _l("Sent on"),
                "shown_while_examined": _l("Residents may read it while it is examined"),
            },
            words={
                "state": {state.code: state.told or state.label for state in WORKFLOW.states},
                "shown_while_examined": {"True": _l("yes"), "False": _l("no")},
            },
        ),
    ),
)
