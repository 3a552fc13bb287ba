"""Menu of the back office that the core brings; modules add theirs."""

from civique.core.contributions.queries import WAITING_PROPOSALS
from civique.core.gatherings.queries import open_gatherings
from civique.core.i18n import _l
from civique.core.manifest import DeskGroup, Link
from civique.web.desk import counts
from civique.web.endorsements import takes_endorsements

DESK_GROUPS = (
    DeskGroup("residents", _l("Residents and associations"), "users"),
    DeskGroup("site", _l("The site"), "newspaper"),
    DeskGroup("records", _l("Documents and figures"), "folder"),
    DeskGroup("shared", _l("Committees and partners"), "heart-handshake"),
    DeskGroup("settings", _l("Settings"), "settings", last=True),
)

DESK_LINKS = (
    Link(_l("To do today"), "desk.work", "list-checks", "core.work", daily=True),
    Link(_l("Enter for a resident"), "desk_counter.choose", "clipboard-list", "core.counter", daily=True),
    Link(
        _l("Questions"),
        "desk_questions.listing",
        "message-circle",
        "core.questions",
        count=counts.OPEN_QUESTIONS,
        daily=True,
    ),
    Link(
        _l("Letters to print"),
        "desk_letters.listing",
        "printer",
        "core.letters",
        count=counts.LETTERS,
        daily=True,
    ),
    Link(_l("People"), "people.listing", "users", "core.people", group="residents"),
    Link(
        _l("Associations"),
        "desk_organisations.listing",
        "users",
        "core.organisations",
        count=counts.ORGANISATIONS,
        group="residents",
    ),
    Link(
        _l("Papers to attach"),
        "desk_claims.listing",
        "link",
        "core.people_change",
        count=counts.CLAIMS,
        group="residents",
    ),
    Link(_l("Forms to print"), "desk_paper_forms.listing", "printer", "core.counter", group="residents"),
    Link(_l("Messages sent"), "desk_messages.listing", "send", "core.letters", group="residents"),
    Link(_l("News"), "desk_news.listing", "newspaper", "core.publish", group="site"),
    Link(_l("Pages"), "desk_pages.listing", "file-text", "core.publish", group="site"),
    Link(_l("Agenda"), "desk_agenda.listing", "calendar-days", "core.publish", group="site"),
    Link(_l("Stories"), "desk_stories.listing", "image", "core.stories", group="site"),
    Link(_l("Who does what"), "desk_officials.listing", "landmark", "core.publish", group="site"),
    Link(_l("Documents"), "desk_documents.listing", "folder", "core.documents", group="records"),
    Link(_l("Indicators"), "desk_indicators.listing", "chart-column", "indicators.read", group="records"),
    Link(_l("Yearly evaluations"), "desk_evaluations.listing", "chart-column", "indicators.read", group="records"),
    Link(_l("Committees"), "desk_committees.listing", "users", "gatherings.read", group="shared"),
    Link(_l("Meetings and gatherings"), "desk_gatherings.listing", "calendar", "gatherings.read", group="shared"),
    Link(
        _l("Partners"),
        "contributions.ledger",
        "heart-handshake",
        "core.contributions_read",
        count=WAITING_PROPOSALS,
        group="shared",
    ),
    Link(_l("Comments"), "desk_comments.listing", "message-circle", "core.comments", group="residents"),
    Link(_l("Opinions"), "desk_feedback.listing", "message-circle", "core.feedback", group="residents"),
    Link(_l("Agreements"), "desk_agreements.listing", "file-text", "core.agreements_read", group="shared"),
)

COUNTER_LINKS = (
    Link(
        _l("A question or a report"),
        "desk_counter.question",
        "message-circle",
        "core.counter",
        _l("What somebody asks or has noticed: an answer is due, on paper if need be."),
    ),
    Link(
        _l("A support for a project of residents"),
        "desk_endorsements.endorse",
        "hand-heart",
        "core.endorsements",
        _l("Somebody read a project, and supports it."),
        when=takes_endorsements,
    ),
    Link(
        _l("Registration to a gathering"),
        "desk_gatherings.choose",
        "calendar",
        "gatherings.register",
        _l("Somebody comes to a workshop, a ceremony, a training: the same seats as on the site."),
        when=lambda session: session.scalars(open_gatherings().limit(1)).first() is not None,
    ),
)
