"""What is written to the author of a comment that is not shown."""

from typing import Any

from civique.core.endorsements.models import Comment
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from tenants.session import TenantSession


def comment_refused(session: TenantSession, comment: Comment, about: Any) -> None:
    """A comment is not shown: why, to its author."""
    title = comment.object_title
    if comment.person is not None:
        write_to(
            session,
            comment.person,
            "comment.refused",
            lambda: Content(
                subject=_("Your comment is not published: « %(title)s »", title=title),
                paragraphs=(
                    _(
                        "The town hall read your comment on « %(title)s ». It does not publish it, for this reason:",
                        title=title,
                    ),
                    comment.reason,
                    _after(),
                ),
                action=(_("See the page"), comment.object_path),
                reason=_reason(),
            ),
            about=about,
        )


def comment_withdrawn(session: TenantSession, comment: Comment, about: Any) -> None:
    """A comment that was published is no longer: why, to its author."""
    title = comment.object_title
    if comment.person is not None:
        write_to(
            session,
            comment.person,
            "comment.withdrawn",
            lambda: Content(
                subject=_("Your comment is no longer shown: « %(title)s »", title=title),
                paragraphs=(
                    _(
                        "The town hall withdrew your comment on « %(title)s » from the site, for this reason:",
                        title=title,
                    ),
                    comment.reason,
                    _after(),
                ),
                action=(_("See the page"), comment.object_path),
                reason=_reason(),
            ),
            about=about,
        )


def _after() -> str:
    return _("Your support still counts. You may write another comment.")


def _reason() -> str:
    return _("You receive this message because you wrote a comment on the site.")
