"""The form of an event: days and hours apart, as people say them."""

from datetime import date, datetime, time
from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField, TimeField

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.territory.queries import places
from civique.web.forms import SKIPPED, OnceForm, RevisionField, at_most, choices, optional, required
from civique.web.villages import VillageField
from tenants.db import db


class EventForm(OnceForm):
    """What, when, where, for whom."""

    revision = RevisionField()
    title = StringField(_l("What?"), [required(_l("Write what happens.")), at_most(160)])
    start_day = DateField(_l("Which day?"), [required(_l("Choose a day."))])
    start_time = TimeField(_l("Starts at"), [optional()])
    end_time = TimeField(_l("Ends at"), [optional()])
    end_day = DateField(_l("Last day, if there are several"), [optional()])
    place_id = SelectField(_l("Place"), [optional()])
    place_text = StringField(_l("Another place, or details"), [optional(), at_most(200)])
    territory_id = VillageField(_l("Village"))
    organiser = StringField(_l("Organised by"), [optional(), at_most(160)])
    summary = TextAreaField(_l("In a few sentences"), [optional(), at_most(2000)], render_kw={"rows": 4})
    option = BooleanField(_l("This is only an option, not decided yet"))
    public = BooleanField(_l("Show it to everybody on the site"), default=True)

    def prepare(self) -> None:
        """Fill in the places of the commune; a list that would be empty goes away."""
        known = places(db.session)
        if known:
            self.place_id.choices = choices([(p.id, p.name) for p in known], empty=_("None of these"))
        else:
            del self.place_id
            self.place_text.label.text = _("Place")

    def show(self, event: Event) -> None:
        """Fill in from an event, on a visit that sends nothing."""
        start, end = clock.local(event.starts_at), clock.local(event.ends_at) if event.ends_at else None
        self.start_day.data = start.date()
        self.start_time.data = None if event.all_day else start.time()
        self.end_time.data = None if event.all_day or end is None else end.time()
        self.end_day.data = end.date() if end and end.date() != start.date() else None
        self.option.data = event.state == "option"

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then that the end comes after the start."""
        return super().validate(extra_validators) and self._in_order()

    def _in_order(self) -> bool:
        """Whether the end comes after the start; the field then says so."""
        if self.end_day.data and self.end_day.data < self.start_day.data:
            self.fail("end_day", _("The last day comes before the first. Correct one of the two."))
            return False
        if self.end_time.data and not self.start_time.data:
            self.fail("start_time", _("Write the hour at which it starts too."))
            return False
        starts_at, ends_at = self._moments()
        for name, moment in (("start_time", starts_at), ("end_time", ends_at)):
            if moment is not None and not clock.exists(moment):
                self.fail(name, str(SKIPPED))
                return False
        if ends_at is not None and ends_at <= starts_at:
            self.fail("end_time", _("It would end before it starts. Correct one of the two hours."))
            return False
        return True

    def facts(self) -> dict[str, Any]:
        """What the agenda keeps."""
        starts_at, ends_at = self._moments()
        return {
            "title": self.title.data,
            "summary": self.summary.data or "",
            "starts_at": starts_at,
            "ends_at": ends_at,
            "all_day": self.start_time.data is None,
            "place_id": (self.place_id and self.place_id.data) or None,
            "place_text": self.place_text.data or "",
            "organiser": self.organiser.data or "",
            "territory_id": self.territory_id.data,
            "state": "option" if self.option.data else "planned",
            "public": bool(self.public.data),
        }

    def _moments(self) -> tuple[datetime, datetime | None]:
        """Start and end in the commune's time; a whole day ends at its last minute."""
        first: date = self.start_day.data
        last: date = self.end_day.data or first
        if self.start_time.data is None:
            return _moment(first, time.min), _moment(last, time(23, 59))
        if self.end_time.data is None:
            return _moment(first, self.start_time.data), _moment(last, time(23, 59)) if last != first else None
        return _moment(first, self.start_time.data), _moment(last, self.end_time.data)


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, clock.zone())
