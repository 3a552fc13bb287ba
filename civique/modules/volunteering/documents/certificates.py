"""The certificate of a volunteer: one, signed by the town hall; those of the volunteers of an organisation, signed by it."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from civique.core import clock
from civique.core.durations import duration
from civique.core.i18n import _l, long_date
from civique.core.i18n import gettext as _
from civique.core.organisations.models import Organisation
from civique.core.paper import TEMPLATE, Item, Lines, PaperForm, Section, Table, Value, form_data, render_form
from civique.core.personalised.declarations import Personalised
from civique.modules.volunteering.models import Hours, HoursState, Volunteer
from civique.modules.volunteering.queries import chosen_hours, hours_of, validated_beside
from tenants.session import TenantSession


def certificate(session: TenantSession, volunteer: Volunteer, year: int) -> bytes:
    """What a volunteer gave in a year: the hours that organisations validated, and no others (BEN-03)."""
    rows = [row for row in hours_of(session, volunteer, year) if row.state == HoursState.VALIDATED]
    return render_form(session, _certificate(volunteer, year, rows))


def certificates_of(session: TenantSession, ids: Sequence[UUID]) -> Iterator[dict[str, Any]]:
    """A certificate for each of these hours: of its volunteer, its organisation and its year."""
    chosen = chosen_hours(session, ids)
    given = validated_beside(session, chosen)
    for hours in chosen:
        form = _certificate(hours.volunteer, hours.done_on.year, given[hours.id], hours.organisation)
        yield form_data(session, form)


CERTIFICATES = Personalised(
    "volunteering.certificate", _l("Certificates of volunteering"), TEMPLATE, certificates_of, "volunteering.read"
)


def _certificate(
    volunteer: Volunteer, year: int, rows: Sequence[Hours], organisation: Organisation | None = None
) -> PaperForm:
    """Of all that somebody gave in a year, or of what they gave to one organisation, which then signs."""
    whole = duration(sum(row.minutes for row in rows)) or _("none")
    given: list[Item] = [
        Value(_("Volunteer"), volunteer.applicant.name if volunteer.applicant else ""),
        Value(_("In all in %(year)s", year=year), whole),
        _by_activity(rows),
        Value(_("Made on"), long_date(clock.today(), weekday=False)),
    ]
    signed = [Lines(_("Name and quality")), Lines(_("Date")), Lines(_("Signature and stamp"), 2)]
    who = organisation.name if organisation else _("The town hall")
    return PaperForm(
        title=_("Certificate of volunteering %(year)s", year=year),
        code=str(volunteer.reference),
        path="/benevolat",
        sections=(
            Section(_("%(who)s certifies", who=who), given),
            Section(_("For %(who)s", who=organisation.name if organisation else _("the town hall")), signed),
        ),
        introduction=(
            _("Each line was validated by the organisation for which the hours were given. No amount is stated."),
        ),
        comes_back=False,
    )


def _by_activity(rows: Sequence[Hours]) -> Table:
    totals: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.organisation.name if row.organisation else _("The town hall itself"), row.activity)
        totals[key] = totals.get(key, 0) + row.minutes
    return Table(
        _("Hours validated by the organisations"),
        (_("Organisation"), _("Activity"), _("Time")),
        (3, 3, 1),
        rows=tuple((name, activity, duration(minutes)) for (name, activity), minutes in sorted(totals.items())),
    )
