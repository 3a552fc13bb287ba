"""Minutes of a meeting as an accessible PDF: who was there, who left the room, each opinion."""

from collections.abc import Iterable

from civique.core import i18n, settings
from civique.core.committees.convocation import asked_in_words, points_of
from civique.core.committees.events import ItemSource
from civique.core.committees.models import VERDICTS, AgendaItem, CommitteeMember
from civique.core.committees.queries import roll
from civique.core.commune import Identity, sender_name
from civique.core.gatherings.models import Attendee, Gathering
from civique.core.i18n import date_and_time, money, ngettext
from civique.core.i18n import gettext as _
from civique.services.pdf import render_pdf
from tenants.session import TenantSession


def minutes_pdf(session: TenantSession, gathering: Gathering) -> bytes:
    """Minutes of a meeting, or its order of the day while it is still to come."""
    held, event = gathering.state == "held", gathering.event
    people = roll(session, gathering)
    came = [row for row in people if row[0].present]
    absent = [row for row in people if not row[0].present]
    return render_pdf(
        "minutes.typ",
        {
            "lang": i18n.get_locale(),
            "title": _("Minutes") if held else _("Order of the day"),
            "subtitle": event.title,
            "when": date_and_time(event.starts_at) + (f", {event.where}" if event.where else ""),
            "people": [[_("Present"), _names(came)], [_("Absent"), _names(absent)]]
            if came
            else [[_("Members"), _names(people)]],
            "items_label": _("Matters"),
            "items": [_item(item, source) for item, source in points_of(session, gathering)],
            "said_label": _("What was said"),
            "said": [text for text in gathering.minutes.splitlines() if text.strip()],
            "signatures": [_("The chair"), _("The secretary of the meeting")] if held else [],
            "author": sender_name(session.tenant, settings.get(session, Identity)),
        },
    )


def _names(people: Iterable[tuple[Attendee, CommitteeMember | None]]) -> list[str]:
    return [
        f"{attendee.person.name}, {member.function}" if member and member.function else attendee.person.name
        for attendee, member in people
    ]


def _item(item: AgendaItem, source: ItemSource | None) -> dict[str, object]:
    verdict = str(VERDICTS[item.verdict]) if item.verdict else _("No opinion yet")
    lines = [line for line in (asked_in_words(source), item.opinion) if line]
    if item.amount_cents is not None and item.verdict in {"favourable", "reserved"}:
        lines.append(_("Amount proposed: %(amount)s", amount=money(item.amount_cents)))
    away = [recusal.member.person.name for recusal in item.recusals]
    if away:
        lines.append(
            ngettext(
                "%(names)s left the room, being tied to this request.",
                "%(names)s left the room, being tied to this request.",
                len(away),
                names=", ".join(away),
            )
        )
    return {"title": item.title, "verdict": verdict, "lines": lines}
