"""What a module says of itself. The registry reads it; nothing else knows a module by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from inspect import isfunction
from pathlib import Path
from typing import Any

from sqlalchemy import Date, Select, bindparam

from civique.core.agenda.declarations import Day
from civique.core.agreements.declarations import AgreementSubject
from civique.core.base import Base
from civique.core.cases.workflow import Workflow
from civique.core.contributions.declarations import Recipients
from civique.core.documents.models import StoredFile
from civique.core.endorsements.declarations import Subjects
from civique.core.evaluations.declarations import Evaluated
from civique.core.events import Listener
from civique.core.feedback.declarations import Questionnaire
from civique.core.gatherings.declarations import GatheringKind
from civique.core.imports.declarations import Importer
from civique.core.indicators.declarations import IndicatorDeclaration
from civique.core.open_data import Dataset, Feed
from civique.core.organisations.declarations import OrganisationCard
from civique.core.organisations.models import Organisation
from civique.core.paper import BlankForm
from civique.core.people.models import Person
from civique.core.personalised.declarations import Personalised
from civique.core.search import SearchKind
from civique.core.settings import SettingsClass
from civique.core.stall.forms import StallForm
from civique.core.stories.declarations import ToldSubject
from tenants.session import TenantSession

DOORS = ("inform", "report", "participate")
DEEDS = ("propose", "help", "opinion", "sit", "vote")
TODAY = bindparam("today", type_=Date)
"""Day it is in the commune, in the ``closes`` queries of links."""


@dataclass(frozen=True)
class Permission:
    """Something one may do. ``roles`` are the bundles that have it unless the commune decides otherwise.

    The back office opens with a second factor, once a working day. Only what a volunteer may do without seeing anybody's
    data says ``sensitive=False``.
    """

    code: str
    label: Any
    roles: tuple[str, ...] = ()
    sensitive: bool = True


@dataclass(frozen=True)
class Offer:
    """A ready preset of a module, as the catalogue shows it: name, one sentence, and settings (instances of the module's
    settings classes), which are written when a commune switches the module on by choosing it."""

    code: str
    label: Any
    summary: Any
    settings: tuple[SettingsClass, ...] = ()


@dataclass(frozen=True)
class DeskGroup:
    """Several pages of the core behind one entry of the back-office menu: they are its tabs. A module is a group by itself.

    ``last`` puts it after the modules.
    """

    code: str
    label: Any
    icon: str = "chevron-right"
    last: bool = False


@dataclass(frozen=True)
class Link:
    """An entry of a menu. ``count`` is the query of how many things wait behind it (all of a menu are asked at once).

    In the back office, ``daily`` puts it first, and ``group`` is the code of the ``DeskGroup`` whose tab it is.

    ``when`` tells whether an entry of the counter is offered today, where a setting decides.

    On the public site, ``door`` says at which of the three doors it stands: one of ``DOORS``. Behind « Participer »,
    ``deed`` says what a resident does there: one of ``DEEDS``. ``closes`` is the query of the last day on which that is
    possible: no row when it is closed today, a row with NULL when nothing closes it. It may use ``TODAY``; those of all
    links are asked at once. Without ``closes`` it is always open.
    """

    label: Any
    endpoint: str
    icon: str = "chevron-right"
    permission: str | None = None
    summary: Any = ""
    door: str = "participate"
    daily: bool = False
    count: Select[Any] | None = None
    when: Callable[[TenantSession], bool] | None = None
    group: str = ""
    deed: str = ""
    closes: Select[Any] | None = None


@dataclass(frozen=True)
class Job:
    """Work done outside a request. ``run(session, **ids)`` may be called twice and must change nothing the second time.

    With ``daily`` it is also run by itself once a day, at night, in each commune where the module is on.

    A job that takes minutes gives ``prepare(tenant, **ids)``: it runs first, as long as it needs, without a transaction
    of the job's; what it returns is ``run``'s second argument. Killed, it is run again, so it must not mind what an earlier
    run left. ``given_up(session, **ids)`` runs once when the last attempt failed: what people asked for never ends in
    silence.
    """

    name: str
    run: Callable[..., None]
    daily: bool = False
    prepare: Callable[..., Any] | None = None
    given_up: Callable[..., None] | None = None


@dataclass(frozen=True)
class PersonalData:
    """One kind of personal data: why we have it, on what ground, how long, how it is exported and erased.

    ``retention`` is a text, or makes one from the commune's settings. ``labels`` says the keys of its export in words,
    ``words`` the codes that a key may hold; what the core says of a key needs no line.
    """

    name: str
    label: Any
    purpose: Any
    legal_ground: Any
    retention: Any
    export: Callable[[TenantSession, Any], list[dict[str, Any]]]
    erase: Callable[[TenantSession, Any], None]
    labels: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def kept(self, session: TenantSession) -> str:
        """How long this commune keeps it, in words."""
        return str(self.retention(session) if isfunction(self.retention) else self.retention)


@dataclass(frozen=True)
class WorkItem:
    """A line of « À faire aujourd’hui » or of « Mes demandes », where those that have ``ended`` are folded."""

    title: str
    url: str
    whom: str = ""
    since: Any = None
    due: Any = None
    state: str = ""
    tone: str = "wait"
    reference: str = ""
    ended: bool = False


@dataclass(frozen=True)
class HomeCard:
    """What a module shows on the commune's home page: a template and what it needs. What ``closes`` soon comes first."""

    template: str
    context: dict[str, Any]
    closes: date | None = None


@dataclass(frozen=True)
class Manifest:
    """Everything the house needs to know of a module. A field that does not apply stays empty.

    ``desk_links`` are behind one entry of the back-office menu, which bears the ``label``; they are the tabs of its pages.
    ``desk_groups`` make several entries of them: the core alone needs it.
    ``counter_links`` lead to what an agent enters for a resident: their pages receive ``?personne=`` (who asks).
    ``events`` are the classes that it tells, in ``listeners`` those that it hears.
    ``stall_forms`` are what a tablet takes at a market, without network, ``paper_forms`` what is printed to be filled in by hand.
    ``workflows`` are the states and transitions of its cases: a person's cases are then in « Mon compte » by themselves;
    ``my_requests`` gives what else a person asked, for « Mon compte »; ``organisation_cards`` what an organisation sees in its space there; ``reads_file`` says whether a person may read a file kept
    for the staff, beside the staff and whoever sent it (somebody who follows the same request); ``indicators`` are counted every day and validated by a
    person; ``evaluated`` is what it gives account of once a year; ``importers`` are lists that may be brought in a spreadsheet;
    ``gathering_kinds`` are what it plans with the pages of the core;
    ``agreement_subjects`` are objects that the commune and somebody may agree about; ``told_subjects`` those of which days of
    work, photos and a story are kept; ``questionnaires`` what people are asked about its objects; ``recipients`` are its objects that take contributions, ``subjects`` those that residents endorse and
    comment; ``calendar`` gives the days that matter, from one to
    another, which the agenda shows beside its events; ``documents`` are made for each of several rows, as one PDF; ``search`` is what the public search finds of it; ``feeds`` are what everybody may
    subscribe to, ``open_data`` what everybody may use again; ``audit_labels`` says each action of the audit trail in words
    (``fund.application_granted``: « Request granted »), ``object_labels`` each table that a line may be about (``fund_application``: « a request »).
    ``bench`` writes what the figures of « civique bench » are measured on, with the operations that the pages use, and gives
    the public pages to measure: paths by name.
    """

    name: str
    label: Any
    summary: Any = ""
    icon: str = "sprout"
    package: str = ""
    offers: tuple[Offer, ...] = ()
    models: tuple[type[Base], ...] = ()
    migrations: Path | None = None
    blueprints: tuple[Any, ...] = ()
    permissions: tuple[Permission, ...] = ()
    settings: tuple[type, ...] = ()
    public_links: tuple[Link, ...] = ()
    desk_links: tuple[Link, ...] = ()
    desk_groups: tuple[DeskGroup, ...] = ()
    settings_links: tuple[Link, ...] = ()
    counter_links: tuple[Link, ...] = ()
    stall_forms: tuple[StallForm, ...] = ()
    jobs: tuple[Job, ...] = ()
    events: tuple[type, ...] = ()
    listeners: tuple[Listener, ...] = ()
    home_cards: Callable[[TenantSession], Sequence[HomeCard]] | None = None
    work_items: Callable[[TenantSession, Any], Sequence[WorkItem]] | None = None
    answer_permission: str = ""
    workflows: tuple[Workflow, ...] = ()
    my_requests: Callable[[TenantSession, Any], Sequence[WorkItem]] | None = None
    organisation_cards: Callable[[TenantSession, Organisation, Person], Sequence[OrganisationCard]] | None = None
    reads_file: Callable[[TenantSession, StoredFile, Any], bool] | None = None
    personal_data: tuple[PersonalData, ...] = ()
    indicators: tuple[IndicatorDeclaration, ...] = ()
    evaluated: Evaluated | None = None
    importers: tuple[Importer, ...] = ()
    gathering_kinds: tuple[GatheringKind, ...] = ()
    recipients: Recipients | None = None
    subjects: tuple[Subjects, ...] = ()
    agreement_subjects: tuple[AgreementSubject, ...] = ()
    told_subjects: tuple[ToldSubject, ...] = ()
    questionnaires: tuple[Questionnaire, ...] = ()
    search: tuple[SearchKind, ...] = ()
    calendar: Callable[[TenantSession, date, date], Sequence[Day]] | None = None
    paper_forms: tuple[BlankForm, ...] = ()
    documents: tuple[Personalised, ...] = ()
    feeds: tuple[Feed, ...] = ()
    open_data: tuple[Dataset, ...] = ()
    audit_labels: Mapping[str, Any] = field(default_factory=dict)
    object_labels: Mapping[str, Any] = field(default_factory=dict)
    on_enable: Callable[[TenantSession], None] | None = None
    demo: Callable[..., None] | None = None
    bench: Callable[[TenantSession], Mapping[str, str]] | None = None
