"""The core's own manifest, declared like any module's, and the blueprints that both applications or all communes have."""

from civique.core import commune, held, privacy, settings
from civique.core.access import models as access_models
from civique.core.agenda.models import Event
from civique.core.agenda.queries import SEARCH as EVENTS
from civique.core.agreements.events import AgreementBroken, AgreementDrawnUp, AgreementOffered, AgreementSigned
from civique.core.agreements.models import Agreement, Duty, Signature, UpkeepCheck
from civique.core.answers.indicators import INDICATORS as ANSWERS
from civique.core.answers.models import AnswerDue
from civique.core.audit import AuditEntry
from civique.core.cases.models import CaseStep, MissingItem
from civique.core.cases.papers import attach_case, find_case
from civique.core.channels import WRITTEN
from civique.core.claims import privacy as claims
from civique.core.claims.events import PaperClaimed, PaperSought
from civique.core.claims.models import PaperClaim
from civique.core.committees.events import ItemAdded, ItemsSought, OpinionRecorded
from civique.core.committees.models import AgendaItem, Committee, CommitteeMember, Recusal
from civique.core.committees.operations import join_memberships
from civique.core.consents import privacy as consents
from civique.core.consents.events import ConsentWithdrawn
from civique.core.consents.models import Consent
from civique.core.consents.operations import join_consents
from civique.core.contributions import privacy as contributions
from civique.core.contributions.events import WithdrawalAsked
from civique.core.contributions.models import Contribution, ContributionProposal, ContributionUse
from civique.core.documents.events import FileRead
from civique.core.documents.models import Document, DocumentVersion, StoredFile
from civique.core.documents.queries import SEARCH as DOCUMENTS
from civique.core.endorsements import privacy as endorsements
from civique.core.endorsements.models import Comment, Endorsement
from civique.core.endorsements.operations import forget_old as forget_endorsements
from civique.core.endorsements.operations import forget_own
from civique.core.evaluations.models import Evaluation
from civique.core.evaluations.queries import SEARCH as EVALUATIONS
from civique.core.events import Listener
from civique.core.feedback import privacy as feedback
from civique.core.feedback.models import FeedbackSheet
from civique.core.gatherings import privacy as gatherings
from civique.core.gatherings.declarations import REGISTRATION_STATES, GatheringKind
from civique.core.gatherings.events import GatheringJoined
from civique.core.gatherings.models import Attendee, Gathering, GatheringDocument, Opening, Registration
from civique.core.gatherings.operations import join_attendees
from civique.core.gatherings.registrations import join_registrations
from civique.core.gatherings.settings import GatheringSettings
from civique.core.gatherings.stall import REGISTRATION
from civique.core.i18n import _l
from civique.core.imports.models import ListImport
from civique.core.indicators.imports import IMPORTER as FIGURES
from civique.core.indicators.models import Indicator, Measure
from civique.core.links import Link
from civique.core.manifest import Job, Manifest, Permission, PersonalData
from civique.core.messages import batches
from civique.core.messages.models import BatchLetter, Message
from civique.core.news.models import Article
from civique.core.news.queries import SEARCH as ARTICLES
from civique.core.officials.models import Official
from civique.core.once import Submission
from civique.core.organisations.imports import IMPORTER as ORGANISATIONS
from civique.core.organisations.models import Organisation, Representative
from civique.core.outbox import JobReceipt
from civique.core.passes import privacy as passes
from civique.core.passes.models import AccessPass
from civique.core.people.events import PeopleMerged
from civique.core.people.imports import IMPORTER as PEOPLE
from civique.core.people.models import EmailAddress, Person, Proxy
from civique.core.personalised import operations as personalised
from civique.core.phases import Phase
from civique.core.questions.indicators import INDICATORS as QUESTIONS
from civique.core.questions.models import Question
from civique.core.questions.stall import QUESTION
from civique.core.questions.workflow import WORKFLOW as QUESTIONS_WORKFLOW
from civique.core.references import ReferenceCounter
from civique.core.search import SearchEntry
from civique.core.stall.models import StallEntry
from civique.core.stories import privacy as stories
from civique.core.stories.models import Story, StoryPicture, WorkLogEntry
from civique.core.stories.operations import attach_story
from civique.core.stories.queries import SEARCH as STORIES
from civique.core.stories.subjects import reads_photo
from civique.core.tasks import Task
from civique.core.territory.models import Place, Territory
from civique.core.unsent import UnsentForm
from civique.web import daily, import_jobs, jobs, list_jobs
from civique.web.account import blueprint as account
from civique.web.admin import domain_watch
from civique.web.admin.blueprints import BLUEPRINTS as ADMIN_BLUEPRINTS
from civique.web.admin.links import ADMIN_LINKS
from civique.web.admin.setup import work_items
from civique.web.desk.blueprints import BLUEPRINTS as DESK_BLUEPRINTS
from civique.web.desk.links import COUNTER_LINKS, DESK_GROUPS, DESK_LINKS
from civique.web.desk.paper_forms import FORMS as PAPER_FORMS
from civique.web.imports import blueprint as imports
from civique.web.menu_views import blueprint as menu
from civique.web.moved import blueprint as moved
from civique.web.shell_views import blueprint as shell
from civique.web.signin import blueprint as access
from civique.web.site.blueprints import BLUEPRINTS as SITE_BLUEPRINTS
from civique.web.site.gatherings import my_registrations
from civique.web.site.open_data import DATASETS, FEEDS

EVERYONE = ("administrator", "secretary", "counter", "examiner", "elected", "treasurer", "moderator", "facilitator")
OFFICE = ("administrator", "secretary")

SHARED_BLUEPRINTS = (shell, access, account)
COMMUNE_BLUEPRINTS = (*SITE_BLUEPRINTS, *DESK_BLUEPRINTS, *ADMIN_BLUEPRINTS, imports, menu, moved)

MANIFEST = Manifest(
    name="core",
    label=_l("The commune"),
    icon="landmark",
    models=(
        settings.Setting,
        ReferenceCounter,
        Submission,
        UnsentForm,
        JobReceipt,
        AuditEntry,
        Territory,
        Place,
        Person,
        EmailAddress,
        Proxy,
        access_models.SignInCode,
        access_models.WebSession,
        access_models.Credential,
        access_models.RoleGrant,
        access_models.Invitation,
        Organisation,
        Representative,
        StoredFile,
        Document,
        DocumentVersion,
        Event,
        Message,
        AnswerDue,
        Article,
        Question,
        CaseStep,
        MissingItem,
        Official,
        SearchEntry,
        Task,
        BatchLetter,
        StallEntry,
        PaperClaim,
        Indicator,
        Measure,
        Evaluation,
        Link,
        Phase,
        Contribution,
        ContributionUse,
        ContributionProposal,
        Endorsement,
        Comment,
        Agreement,
        Duty,
        Signature,
        UpkeepCheck,
        Story,
        StoryPicture,
        WorkLogEntry,
        Gathering,
        Attendee,
        Opening,
        Registration,
        GatheringDocument,
        Committee,
        CommitteeMember,
        AgendaItem,
        Recusal,
        ListImport,
        AccessPass,
        Consent,
        FeedbackSheet,
    ),
    permissions=(
        Permission("core.work", _l("See what waits today"), EVERYONE),
        Permission("core.people", _l("Look up people"), (*OFFICE, "counter")),
        Permission("core.consents", _l("Note and withdraw what people agree to"), (*OFFICE, "counter", "facilitator")),
        Permission("core.people_change", _l("Correct, verify and merge people"), OFFICE),
        Permission("core.roles", _l("Invite colleagues and give roles"), ("administrator",)),
        Permission("core.settings", _l("Change the commune’s settings"), ("administrator",)),
        Permission("core.modules", _l("Switch modules on and off"), ("administrator",)),
        Permission("core.publish", _l("Write news, pages and events"), (*OFFICE, "facilitator")),
        Permission("core.documents", _l("File documents"), (*OFFICE, "elected", "facilitator")),
        Permission("core.questions", _l("Answer questions"), (*OFFICE, "counter", "elected")),
        Permission("core.organisations", _l("Validate associations and collectives"), (*OFFICE, "counter")),
        Permission(
            "core.contributions_read",
            _l("Read what partners give"),
            (*OFFICE, "examiner", "elected", "treasurer"),
        ),
        Permission("core.contributions", _l("Note what partners give, answer their proposals"), OFFICE),
        Permission("core.comments", _l("Read, publish and refuse comments"), (*OFFICE, "examiner", "moderator")),
        Permission("core.endorsements", _l("Note the support of a resident"), (*OFFICE, "counter", "examiner")),
        Permission(
            "core.agreements_read",
            _l("Read the agreements"),
            ("administrator", "secretary", "examiner", "elected", "treasurer"),
        ),
        Permission(
            "core.agreements", _l("Write agreements and record signatures"), ("administrator", "secretary", "examiner")
        ),
        Permission("core.stories", _l("Write and publish stories"), (*OFFICE, "examiner", "facilitator")),
        Permission("core.feedback", _l("Read and enter opinions"), (*OFFICE, "counter", "elected", "facilitator")),
        Permission("core.letters", _l("Print letters"), (*OFFICE, "counter")),
        Permission("core.counter", _l("Enter a request for a resident"), (*OFFICE, "counter", "facilitator")),
        Permission(
            "indicators.read", _l("Read the indicators"), (*OFFICE, "elected", "facilitator", "examiner", "treasurer")
        ),
        Permission("indicators.manage", _l("Define indicators, enter and validate figures"), (*OFFICE, "facilitator")),
        Permission(
            "gatherings.read", _l("Read committees and meetings"), (*OFFICE, "examiner", "elected", "treasurer")
        ),
        Permission("gatherings.record", _l("Plan meetings, record attendance and opinions"), (*OFFICE, "examiner")),
        Permission(
            "gatherings.register",
            _l("Register people to gatherings, check them in"),
            (*OFFICE, "counter", "facilitator"),
        ),
        Permission("committees.manage", _l("Create committees and choose their members"), OFFICE),
        Permission("core.audit", _l("Read the audit trail"), ("administrator",)),
        Permission("core.export", _l("Export everything"), ("administrator",)),
    ),
    settings=(
        commune.Identity,
        commune.Contact,
        commune.Texts,
        commune.Accessibility,
        commune.SetUp,
        commune.Retention,
        commune.OwnDomain,
        GatheringSettings,
    ),
    desk_links=(*DESK_LINKS, *ADMIN_LINKS),
    desk_groups=DESK_GROUPS,
    counter_links=COUNTER_LINKS,
    gathering_kinds=(
        GatheringKind("meeting", _l("Meeting of a committee"), "gatherings.record", planned=False),
        GatheringKind("event", _l("Gathering open to all"), "gatherings.record"),
    ),
    stall_forms=(QUESTION, REGISTRATION),
    paper_forms=PAPER_FORMS,
    events=(
        AgreementDrawnUp,
        AgreementOffered,
        AgreementSigned,
        AgreementBroken,
        ConsentWithdrawn,
        FileRead,
        GatheringJoined,
        ItemsSought,
        ItemAdded,
        OpinionRecorded,
        PaperSought,
        PaperClaimed,
        PeopleMerged,
        WithdrawalAsked,
    ),
    listeners=(
        Listener(PaperSought, find_case),
        Listener(PaperClaimed, attach_case),
        Listener(PeopleMerged, join_consents),
        Listener(PeopleMerged, join_memberships),
        Listener(PeopleMerged, join_attendees),
        Listener(PeopleMerged, join_registrations),
        Listener(PaperClaimed, attach_story),
        Listener(PaperClaimed, forget_own),
    ),
    feeds=FEEDS,
    open_data=DATASETS,
    search=(*ARTICLES.values(), EVENTS, DOCUMENTS, STORIES, EVALUATIONS),
    work_items=work_items,
    my_requests=my_registrations,
    reads_file=reads_photo,
    workflows=(QUESTIONS_WORKFLOW,),
    indicators=(*QUESTIONS, *ANSWERS),
    importers=(ORGANISATIONS, PEOPLE, FIGURES),
    jobs=(
        Job("core.deliver_message", jobs.deliver_message, prepare=jobs.reach_mailer, given_up=jobs.give_up_message),
        Job("core.deliver_code", jobs.deliver_message, prepare=jobs.reach_mailer, given_up=jobs.give_up_message),
        Job("core.tick", daily.tick),
        Job("core.daily", daily.run_daily),
        Job("core.forget_unsent", jobs.forget_unsent),
        Job("core.purge", jobs.purge, daily=True),
        Job("core.indicators", jobs.count_indicators, daily=True),
        Job("core.remind_answers", jobs.remind_answers, daily=True),
        Job("core.remind_agreements", jobs.remind_agreements, daily=True),
        Job("core.remind_gatherings", jobs.remind_gatherings, daily=True),
        Job("core.forget_endorsements", forget_endorsements, daily=True),
        Job("core.ask_to_look_at_domain", domain_watch.ask_to_look, daily=True),
        Job(domain_watch.JOB, domain_watch.note, prepare=domain_watch.look),
        Job("core.export_tenant", jobs.attach_archive, prepare=jobs.write_archive, given_up=jobs.give_up_archive),
        Job("core.write_list", jobs.attach_archive, prepare=list_jobs.write_list, given_up=list_jobs.give_up_list),
        Job("core.import_list", import_jobs.take_list, given_up=import_jobs.give_up_list),
        Job(
            personalised.JOB,
            jobs.attach_archive,
            prepare=jobs.write_documents,
            given_up=jobs.give_up_documents,
        ),
        Job(batches.JOB, jobs.attach_letters, prepare=jobs.write_letters, given_up=jobs.give_up_letters),
    ),
    personal_data=(
        PersonalData(
            "person",
            _l("Your record"),
            _l("To know who asks and how to answer"),
            _l("Public-interest task"),
            privacy.person_kept,
            privacy.export_record,
            privacy.erase_record,
            labels={"channel": _l("How we write")},
            words={"channel": WRITTEN},
        ),
        PersonalData(
            "messages",
            _l("Messages we sent you"),
            _l("To keep proof of what you were told"),
            _l("Public-interest task"),
            privacy.messages_kept,
            privacy.export_messages,
            privacy.erase_messages,
        ),
        PersonalData(
            "questions",
            _l("Your questions to the town hall"),
            _l("To answer you"),
            _l("Public-interest task"),
            privacy.questions_kept,
            privacy.export_questions,
            privacy.erase_questions,
        ),
        PersonalData(
            "consents",
            _l("What you agreed to"),
            _l("To do only what you agreed to"),
            _l("Consent"),
            _l("As long as your record"),
            consents.export_consents,
            consents.erase_consents,
        ),
        PersonalData(
            "access",
            _l("Your visits and your roles"),
            _l("To let you in, and nobody else in your place"),
            _l("Public-interest task"),
            _l("Thirty days for a visit; roles without your name afterwards"),
            held.export_access,
            held.erase_access,
        ),
        PersonalData(
            "relations",
            _l("Those you act for"),
            _l("To let you act for a relative or an association"),
            _l("Public-interest task"),
            _l("As long as your record"),
            held.export_relations,
            held.erase_relations,
        ),
        PersonalData(
            "commitments",
            _l("What you gave, signed, and where you sit"),
            _l("To keep the commune’s word and yours"),
            _l("Public-interest task"),
            _l("Ten years, as accounting records; the name goes when you leave"),
            held.export_commitments,
            held.erase_commitments,
        ),
        PersonalData(
            "contribution_proposals",
            _l("Help that you proposed for an organisation"),
            _l("To answer you and to agree on the gift"),
            _l("Public-interest task"),
            contributions.proposals_kept,
            contributions.export_proposals,
            contributions.erase_proposals,
        ),
        PersonalData(
            "endorsements",
            _l("Projects that you support, and your comments"),
            _l("To show what residents think of a project that is examined; a comment appears with your first name"),
            _l("Public-interest task"),
            _l("Until you take them back, at most six months after the end of the examination"),
            endorsements.export_endorsements,
            endorsements.erase_endorsements,
        ),
        PersonalData(
            "gatherings",
            _l("Gatherings to which you are invited or registered"),
            _l("To keep you a seat, and to know how many came"),
            _l("Public-interest task"),
            gatherings.registrations_kept,
            gatherings.export_registrations,
            gatherings.erase_registrations,
            labels={
                "registration": _l("Registration"),
                "adults": _l("Adults"),
                "children": _l("Children"),
                "needs": _l("Needs"),
                "came": _l("How many came"),
            },
            words={"registration": REGISTRATION_STATES},
        ),
        PersonalData(
            "stories",
            _l("Days of work, photos and stories of what you carry out"),
            _l("To follow what you do with the commune and, when you agree, to show it to everybody"),
            _l("Public-interest task"),
            _l("As long as what they tell of; what is yours alone goes when you leave"),
            stories.export_stories,
            stories.erase_stories,
            labels={
                "log": _l("Work log"),
                "hours": _l("Hours given"),
                "photos": _l("Photos"),
                "story": _l("The story"),
                "published_at": _l("Published on"),
            },
        ),
        PersonalData(
            "feedback",
            _l("Opinions that you gave in your name"),
            _l("To do better what you gave an opinion on"),
            _l("Public-interest task"),
            feedback.feedback_kept,
            feedback.export_feedback,
            feedback.erase_feedback,
        ),
        PersonalData(
            "passes",
            _l("Links that we sent you"),
            _l("To let you answer without an account"),
            _l("Public-interest task"),
            _l("Sixty days after the link ended"),
            passes.export_passes,
            passes.erase_passes,
        ),
        PersonalData(
            "claims",
            _l("Papers that you asked to find in your account"),
            _l("To check that they are yours"),
            _l("Public-interest task"),
            _l("As long as your record"),
            claims.export_claims,
            claims.erase_claims,
        ),
        PersonalData(
            "files",
            _l("Files you deposited"),
            _l("To examine what you ask"),
            _l("Public-interest task"),
            _l("As long as the request they belong to; without your name afterwards"),
            held.export_files,
            held.erase_files,
        ),
    ),
)
