"""Calling the members of a committee to its meeting by message, with the order of the day."""

from civique.core import audit
from civique.core.committees.events import ItemSource
from civique.core.committees.models import AgendaItem
from civique.core.committees.queries import item_sources, items_of
from civique.core.gatherings.models import Gathering
from civique.core.gatherings.operations import refuse_unplanned
from civique.core.i18n import date_and_time, money
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from civique.core.refused import Refused
from tenants.session import TenantSession


def send_convocation(session: TenantSession, gathering: Gathering) -> int:
    """Write to each of those who are convened: when, where, what is on the order of the day, who asks what; gives how many.

    Raises:
        Refused: ``not_planned``; ``nobody_convened``.
    """
    refuse_unplanned(gathering)
    called = [attendee.person for attendee in gathering.attendees if attendee.convened]
    if not called:
        raise Refused(_("Nobody is convened. Give a seat in the committee first."), rule="nobody_convened")
    points = points_of(session, gathering)
    for person in called:
        write_to(session, person, "committee.convocation", lambda: _content(gathering, points), about=gathering)
    audit.record(session, "committee.convened", gathering, people=len(called))
    return len(called)


def points_of(session: TenantSession, gathering: Gathering) -> list[tuple[AgendaItem, ItemSource | None]]:
    """The order of the day, each item with what its module says of it."""
    items = items_of(session, gathering)
    found = item_sources(session, [item.object_id for item in items if item.object_id is not None])
    sources = {source.object_id: source for source in found}
    return [(item, sources.get(item.object_id) if item.object_id else None) for item in items]


def asked_in_words(source: ItemSource | None) -> str:
    """Who asks, and how much."""
    if source is None:
        return ""
    asked = _("Asked: %(asked)s.", asked=money(source.amount_cents)) if source.amount_cents else ""
    return " ".join(filter(None, (f"{source.whom}." if source.whom else "", asked)))


def _content(gathering: Gathering, points: list[tuple[AgendaItem, ItemSource | None]]) -> Content:
    event = gathering.event
    said = [" – ".join(filter(None, (item.title, asked_in_words(source)))) for item, source in points]
    listed = [f"{rank}. {line}" for rank, line in enumerate(said, 1)]
    return Content(
        subject=_("%(name)s: meeting of %(when)s", name=event.title, when=date_and_time(event.starts_at)),
        paragraphs=(
            _("You are convened to the meeting of « %(name)s ».", name=event.title),
            *((_("Order of the day:"), *listed) if listed else (_("The order of the day will follow."),)),
            _(
                "If you cannot come, tell the town hall. If you are tied to one of these requests, say so: you then leave the room."
            ),
        ),
        lines=((_("When"), date_and_time(event.starts_at)), *(((_("Where"), event.where),) if event.where else ())),
        reason=_("You receive this message because you sit in this committee."),
    )
