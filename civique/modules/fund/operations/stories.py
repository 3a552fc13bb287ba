"""The story of a project that was helped: written from its report, with the photos that everybody may see."""

from collections.abc import Mapping
from uuid import UUID

from civique.core import audit, clock, search
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations.course import lock, need_state
from tenants.session import TenantSession

TOLD = ("under_way", "report", "settled")


def keep_story(
    session: TenantSession, application: FundApplication, text: str, pictures: Mapping[UUID, str], revision: int
) -> None:
    """Write the story and choose its photos: identifier → what the photo shows. A published story changes at once.

    Raises:
        StaleDataError. Refused: ``not_told``, the project has not begun; ``no_alternative``, a photo that nobody described.
    """
    lock(session, application, revision)
    need_state(application, *TOLD, rule="not_told")
    if any(not alternative.strip() for alternative in pictures.values()):
        raise Refused(_("Describe each photo that is shown, for people who do not see it."), rule="no_alternative")
    application.story = text
    for picture in application.pictures:
        picture.public = picture.id in pictures
        if picture.public:
            picture.file.alternative = pictures[picture.id].strip()[:200]
    session.flush()
    _show_pictures(application)
    audit.record(session, "fund.story_written", application)
    if application.story_published_at is not None:
        _index(session, application)


def publish_story(session: TenantSession, application: FundApplication) -> None:
    """Show the story to everybody. Publishing it twice changes nothing.

    Raises:
        Refused: ``not_told``; ``no_story``, nothing was written; ``not_agreed``, the applicant did not agree.
    """
    lock(session, application)
    need_state(application, *TOLD, rule="not_told")
    if not application.story.strip():
        raise Refused(_("Write the story first."), rule="no_story")
    if application.report is None or not application.report.may_publish:
        raise Refused(
            _("The applicant has not agreed that the story is published. Ask them, then note it in the report."),
            rule="not_agreed",
        )
    if application.story_published_at is not None:
        return
    application.story_published_at = clock.now()
    _show_pictures(application)
    _index(session, application)
    session.flush()
    audit.record(session, "fund.story_published", application)


def withdraw_story(session: TenantSession, application: FundApplication) -> None:
    """Nobody sees the story and its photos any more; the project itself stays listed."""
    lock(session, application)
    if application.story_published_at is None:
        return
    application.story_published_at = None
    _show_pictures(application)
    search.index(
        session, application, title=application.title, text=application.purpose, path=f"/fonds/projets/{application.id}"
    )
    session.flush()
    audit.record(session, "fund.story_withdrawn", application)


def _show_pictures(application: FundApplication) -> None:
    """A photo is a public file exactly while a published story shows it."""
    for picture in application.pictures:
        shown = picture.public and application.story_published_at is not None
        picture.file.visibility = "public" if shown else "staff"


def _index(session: TenantSession, application: FundApplication) -> None:
    text = f"{application.story}\n{application.purpose}"
    search.index(session, application, title=application.title, text=text, path=f"/fonds/projets/{application.id}")
