"""Feed of the projects helped."""

from werkzeug.wrappers import Response

from civique.core import settings
from civique.core.i18n import _l, get_locale
from civique.core.i18n import gettext as _
from civique.core.open_data import Feed
from civique.modules.fund import queries
from civique.modules.fund.settings import FundSettings
from civique.services.identifiers import format_amount
from civique.web.feeds import Entry, atom
from tenants.session import TenantSession

NEWEST = 30
FEED = Feed(
    _l("Projects helped"),
    "fund.feed",
    _l("Each project that the citizen initiative fund helps, on the day it is decided, then its story."),
    ("fund.listing",),
)


def projects_feed(session: TenantSession) -> Response:
    """The thirty newest projects helped, as Atom, in the visitor's language. No name of a person; no amount where the
    commune shows none."""
    amounts = settings.get(session, FundSettings).show_amounts
    rows = session.execute(queries.helped_projects().limit(NEWEST)).all()
    return atom(
        _("Projects helped by the citizen initiative fund"),
        "/fonds/projets.atom",
        [
            Entry(
                f"/fonds/projets/{row.id}",
                row.title,
                row.story_published_at or row.decided_at,
                " · ".join(
                    str(part)
                    for part in (
                        row.organisation or _("Residents"),
                        row.territory,
                        format_amount(row.granted_cents, get_locale()) if row.granted_cents and amounts else "",
                        row.in_kind,
                    )
                    if part
                ),
            )
            for row in rows
        ],
    )
