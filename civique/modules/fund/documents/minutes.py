"""Minutes of a committee as an accessible PDF: who was there, who left the room, each opinion."""

from civique.core import clock, i18n, settings
from civique.core.committees.models import CommitteeMeeting, CommitteeMember, Matter
from civique.core.committees.queries import members_on
from civique.core.commune import Identity, sender_name
from civique.core.config import ROOT
from civique.core.i18n import date_and_time
from civique.core.i18n import gettext as _
from civique.modules.fund.words.desk import COMMITTEE_VERDICTS
from civique.services.identifiers import format_amount
from civique.services.pdf import render_pdf
from tenants.session import TenantSession

TEMPLATE = ROOT / "templates" / "fund" / "minutes.typ"


def minutes_pdf(session: TenantSession, meeting: CommitteeMeeting) -> bytes:
    """Minutes of a meeting, or its order of the day while it is still to come."""
    held = meeting.state == "held"
    there = {attendance.member_id for attendance in meeting.attendances}
    members = members_on(session, meeting.committee, clock.local(meeting.at).date())
    return render_pdf(
        TEMPLATE,
        {
            "lang": i18n.get_locale(),
            "title": _("Minutes") if held else _("Order of the day"),
            "committee": meeting.committee.name,
            "when": date_and_time(meeting.at) + (f", {meeting.place}" if meeting.place else ""),
            "people": [
                [_("Present"), [_member(m) for m in members if m.id in there]],
                [_("Absent"), [_member(m) for m in members if m.id not in there]],
            ]
            if there
            else [[_("Members"), [_member(m) for m in members]]],
            "matters_label": _("Matters"),
            "matters": [_matter(matter) for matter in meeting.matters],
            "said_label": _("What was said"),
            "said": [text for text in meeting.minutes.splitlines() if text.strip()],
            "signatures": [_("The chair"), _("The secretary of the meeting")] if held else [],
            "author": sender_name(session.tenant, settings.get(session, Identity)),
        },
    )


def _member(member: CommitteeMember) -> str:
    person, function = member.person.name, member.function
    return f"{person}, {function}" if function else person


def _matter(matter: Matter) -> dict[str, object]:
    verdict = str(dict(COMMITTEE_VERDICTS)[matter.verdict]) if matter.verdict else _("No opinion yet")
    lines = [matter.opinion] if matter.opinion else []
    if matter.amount_cents is not None and matter.verdict in {"favourable", "reserved"}:
        lines.append(_("Amount proposed: %(amount)s", amount=format_amount(matter.amount_cents, i18n.get_locale())))
    away = [recusal.member.person.name for recusal in matter.recusals]
    if away:
        lines.append(_("Left the room, being tied to this request: %(names)s.", names=", ".join(away)))
    return {"title": matter.title, "verdict": verdict, "lines": lines}
