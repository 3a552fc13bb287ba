"""Menu of the back office that the core brings; modules add theirs."""

from civique.core.contributions.queries import WAITING_PROPOSALS
from civique.core.i18n import _l
from civique.core.manifest import Link
from civique.web.desk import counts
from civique.web.endorsements import takes_endorsements

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
    Link(
        _l("Papers to attach"),
        "desk_claims.listing",
        "link",
        "core.people_change",
        count=counts.CLAIMS,
    ),
    Link(_l("Messages sent"), "desk_messages.listing", "send", "core.letters"),
    Link(_l("News"), "desk_news.listing", "newspaper", "core.publish"),
    Link(_l("Pages"), "desk_pages.listing", "file-text", "core.publish"),
    Link(_l("Agenda"), "desk_agenda.listing", "calendar-days", "core.publish"),
    Link(_l("Documents"), "desk_documents.listing", "folder", "core.documents"),
    Link(
        _l("Associations"),
        "desk_organisations.listing",
        "users",
        "core.organisations",
        count=counts.ORGANISATIONS,
    ),
    Link(_l("Comments"), "desk_comments.listing", "message-circle", "core.comments"),
    Link(
        _l("Partners"),
        "contributions.ledger",
        "heart-handshake",
        "core.contributions_read",
        count=WAITING_PROPOSALS,
    ),
    Link(_l("Indicators"), "desk_indicators.listing", "chart-column", "indicators.read"),
    Link(_l("Who does what"), "desk_officials.listing", "landmark", "core.publish"),
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
)
