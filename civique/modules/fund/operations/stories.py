"""The story of a project that was helped: written from its report, with the photos that everybody may see."""

from collections.abc import Mapping
from uuid import UUID

from civique.core import audit, clock, search
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations.course import lock, need_state
from tenants.session import TenantSession

TOLD = ("under_way", "report", "settled")


def keep_story(
    session: TenantSession, request: FundRequest, text: str, pictures: Mapping[UUID, str], revision: int
) -> None:
    """Write the story and choose its photos: identifier → what the photo shows. A published story changes at once.

    Raises:
        StaleDataError. Refused: ``not_told``, the project has not begun; ``no_alternative``, a photo that nobody described.
    """
    lock(session, request, revision)
    need_state(request, *TOLD, rule="not_told")
    if any(not alternative.strip() for alternative in pictures.values()):
        raise Refused(_("Describe each photo that is shown, for people who do not see it."), rule="no_alternative")
    request.story = text
    for picture in request.pictures:
        picture.public = picture.id in pictures
        if picture.public:
            picture.file.alternative = pictures[picture.id].strip()[:200]
    session.flush()
    _show_pictures(request)
    audit.record(session, "fund.story_written", request)
    if request.story_published_at is not None:
        _index(session, request)


def publish_story(session: TenantSession, request: FundRequest) -> None:
    """Show the story to everybody. Publishing it twice changes nothing.

    Raises:
        Refused: ``not_told``; ``no_story``, nothing was written; ``not_agreed``, the holder did not agree.
    """
    lock(session, request)
    need_state(request, *TOLD, rule="not_told")
    if not request.story.strip():
        raise Refused(_("Write the story first."), rule="no_story")
    if request.report is None or not request.report.may_publish:
        raise Refused(
            _("The holder has not agreed that the story is published. Ask them, then note it in the report."),
            rule="not_agreed",
        )
    if request.story_published_at is not None:
        return
    request.story_published_at = clock.now()
    _show_pictures(request)
    _index(session, request)
    session.flush()
    audit.record(session, "fund.story_published", request)


def withdraw_story(session: TenantSession, request: FundRequest) -> None:
    """Nobody sees the story and its photos any more; the project itself stays listed."""
    lock(session, request)
    if request.story_published_at is None:
        return
    request.story_published_at = None
    _show_pictures(request)
    search.index(session, request, title=request.title, text=request.purpose, path=f"/fonds/projets/{request.id}")
    session.flush()
    audit.record(session, "fund.story_withdrawn", request)


def _show_pictures(request: FundRequest) -> None:
    """A photo is a public file exactly while a published story shows it."""
    for picture in request.pictures:
        shown = picture.public and request.story_published_at is not None
        picture.file.visibility = "public" if shown else "staff"


def _index(session: TenantSession, request: FundRequest) -> None:
    text = f"{request.story}\n{request.purpose}"
    search.index(session, request, title=request.title, text=text, path=f"/fonds/projets/{request.id}")
