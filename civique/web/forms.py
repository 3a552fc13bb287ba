"""The form that all forms start from, and the fields that WTForms lacks."""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from os import SEEK_END
from typing import Any
from uuid import UUID, uuid4

from flask import request
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from stdnum import bic, iban
from stdnum.exceptions import ValidationError
from stdnum.fr import siren
from wtforms import (
    DateTimeField,
    DateTimeLocalField,
    DecimalField,
    Field,
    FieldList,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
    widgets,
)
from wtforms.fields import FileField, MultipleFileField
from wtforms.i18n import get_translations

from civique.core import audit, clock, i18n, once
from civique.core.audit import AuditEntry
from civique.core.durations import duration, read_duration
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.once import Earlier
from civique.core.people.queries import names_of
from civique.core.refused import Refused
from civique.core.typed import trimmed
from civique.services.identifiers import (
    AmountError,
    format_amount,
    format_phone,
    normal_email,
    parse_amount,
    parse_phone,
    parse_siret,
)
from tenants.db import db


def attributes(**values: Any) -> Markup:
    """Attributes of a field as HTML: WTForms's own function, written for pages of seventy attributes (ten times quicker)."""
    written = []
    for name, value in sorted(values.items()):
        name = name.rstrip("_")
        if name.startswith(("data_", "aria_")):
            name = name.replace("_", "-")
        if value is True:
            written.append(name)
        elif value is not False:
            written.append(f'{name}="{escape(value)}"')
    return Markup(" ".join(written))  # noqa: S704 (values are escaped, names are written in our code)


# Each kind of widget finds the function in one of these two places.
widgets.core.html_params = attributes
widgets.Input.html_params = staticmethod(attributes)

_messages = cache(get_translations)
YEARS = range(1900, 2201)
"""Years of the days that are typed."""


class BaseForm(FlaskForm):
    """A form with French messages, values stripped, and a key that lets it take effect once.

    The CSRF token is not a field: ``CSRFProtect`` checks every write of the application.
    """

    class Meta:
        csrf = False

        def get_translations(self, form: Any) -> Any:
            """WTForms's own messages, in the language of the page."""
            return _messages((i18n.get_locale(),))

        def bind_field(self, form: Any, unbound: Any, options: dict[str, Any]) -> Any:
            """Strip what was typed: a trailing space is never meant."""
            filters = list(unbound.kwargs.get("filters", ()))
            if issubclass(unbound.field_class, StringField):
                several = issubclass(unbound.field_class, (TextAreaField, HiddenField))
                filters.insert(0, stripped if several else on_one_line)
            if issubclass(unbound.field_class, DateTimeField):  # dates too
                filters.append(of_our_time)
            return unbound.bind(form=form, filters=filters, **options)

    compared = True
    """Whether the revision that was read is compared before anything is done; otherwise the operation does, once it holds
    the row."""
    moved = False
    """Whether a colleague changed what this form changes."""

    def process(self, formdata: Any = None, *args: Any, **named: Any) -> None:
        """Remember what was sent: fields may be added later."""
        self._sent = self.meta.wrap_formdata(self, formdata)
        super().process(formdata, *args, **named)

    def add(self, name: str, field: Any, data: Any = None) -> None:
        """Add a field of the row that the form is about, filled with what was sent, otherwise with ``data``."""
        self._fields[name] = self.meta.bind_field(self, field, {"name": name, "prefix": self._prefix})
        self[name].process(self._sent, data)

    def fail(self, field: str, message: str) -> None:
        """Add an error found by an operation to a field (or to the whole form with ``""``)."""
        if field:
            errors = self[field].errors = [*self[field].errors, message]
            assert errors
        else:
            self.form_errors.append(message)

    def facts(self) -> dict[str, Any]:
        """What was typed, by field, without what the form itself needs."""
        return {field.name: field.data for field in self if field.name not in {"once", "revision"}}

    def rename(self, place: str) -> None:
        """Give the fields ids that begin with a place: several forms, or one several times, on one page."""
        for field in self:
            field.id = field.label.field_id = f"{place}-{field.name}"

    def refuse(self, refused: Refused) -> None:
        """Say what an operation refused: beside its field, or for the whole form when it has no such field."""
        for each in (refused, *refused.also):
            self.fail(each.field if each.field in self else "", each.sentence)

    def show_conflict(self, row: Any = None) -> None:
        """Say that a colleague changed what this form changes, who and when. Beside each field that the row now holds
        otherwise stands its value; sent again, the form replaces it.

        Args:
            row: what the form was filled from, as it is now; attributes of the fields' names are compared.
        """
        self.moved = True
        last = row.last_change() if hasattr(row, "last_change") else audit.last_change(db.session, row)
        self.form_errors.append(_who_changed(last))
        if row is None:
            return
        for field in self:
            if isinstance(field, RevisionField):
                field.raw_data, field.data = None, row.revision
            elif hasattr(row, field.name):
                parts = isinstance(field, FieldList)
                kept = getattr(row, field.name)
                for one, value in zip(field, kept, strict=False) if parts else [(field, kept)]:
                    if as_typed(value) != as_typed(one.data):
                        one.theirs = in_words(one, value)


def _who_changed(last: AuditEntry | None) -> str:
    """Who changed what a form changes, and what to do; by the last line of its history."""
    who = names_of(db.session, {last.actor_id}).get(last.actor_id) if last and last.actor_id else ""
    if last is None or not who:
        return _("A colleague changed this in the meantime. Nothing was overwritten: compare, then send again.")
    when = i18n.date_and_time(last.at)
    if last.actor_id == db.session.info.get("actor_id"):
        return _(
            "You changed this yourself on %(when)s, elsewhere. Nothing was overwritten: compare, then send again.",
            when=when,
        )
    return _(
        "%(name)s changed this on %(when)s. Nothing was overwritten: compare, then send again.", name=who, when=when
    )


class OnceForm(BaseForm):
    """A form that creates something: sent twice, it creates once and leads to the same page."""

    once = HiddenField(default=lambda: str(uuid4()))
    earlier = ""
    """Page of what a first sending did, when this one says something else."""

    def already(self) -> Earlier | None:
        """What the first sending did, or None when this is the first."""
        try:
            key = UUID(self.once.data or "")
        except ValueError:
            key = uuid4()
        self._key = key
        return once.claim(db.session, key, content_hash())

    def show_earlier(self, earlier: Earlier) -> None:
        """Say that a first sending arrived and that this one says something else; sent again, it is another one."""
        self.earlier = earlier.path
        self.once.raw_data, self.once.data = None, str(uuid4())

    def leads_to(self, path: str) -> str:
        """Remember the page where the effect is shown, and give it back."""
        once.note(db.session, self._key, path)
        return path


def content_hash() -> bytes:
    """Hash of what this request sends: its fields, and the names and sizes of its files."""
    said = [(n, as_typed(v)) for n, v in request.form.items(multi=True) if n not in {"csrf_token", "once", "revision"}]
    files = [(n, f.filename, f.seek(0, SEEK_END), f.seek(0)) for n, f in request.files.items(multi=True) if f.filename]
    return hashlib.sha256(json.dumps([sorted(said), sorted(files)]).encode()).digest()


def as_typed(value: Any) -> str:
    """A value as text, to compare what is kept with what was typed."""
    lines = "\n".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")
    return lines.strip()


def in_words(field: Field, value: Any) -> str:
    """A value of a row as a form shows it: the label of a choice, a day, an amount."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, AmountField) and value is not None:
        return i18n.money(value)
    if isinstance(field, PhoneField) and value:
        return format_phone(value)
    if isinstance(field, DurationField) and value:
        return duration(value)
    if isinstance(field, SelectField):
        labels = {str(choice.value): str(choice.label) for choice in field.iter_choices()}
        return labels.get(str(value or ""), str(value or "")) or _("nothing")
    if isinstance(value, datetime):
        return i18n.date_and_time(value)
    return (i18n.long_date(value, weekday=False) if isinstance(value, date) else as_typed(value)) or _("nothing")


def of_our_time(value: Any) -> Any:
    """A day or a moment that somebody could mean; the year 1 is a slip, and breaks the arithmetic of time zones.

    Raises:
        ValueError: with a sentence.
    """
    if isinstance(value, date) and value.year not in YEARS:
        raise ValueError(_("Check the year: it is between %(first)s and %(last)s.", first=YEARS[0], last=YEARS[-1]))
    return value


def stripped(value: Any) -> Any:
    """Text as it is kept, without spaces around it; nothing when nothing of it can be seen."""
    return trimmed(value) if isinstance(value, str) else value


def on_one_line(value: Any) -> Any:
    """The same, of a field that has one line: no name or title holds a line end."""
    return stripped(" ".join(value.splitlines())) if isinstance(value, str) else value


def typed(field: Field) -> str:
    """What was sent for a field, as it was typed: a refused form shows it again."""
    return str(field.raw_data[0]) if field.raw_data else ""


AMOUNT_MESSAGES: dict[str, Callable[[], str]] = {
    "empty": lambda: _("Write an amount."),
    "not_a_number": lambda: _("This is not an amount. Write for instance 1 250,50."),
    "negative": lambda: _("An amount cannot be negative."),
    "too_many_decimals": lambda: _("An amount has at most two digits after the comma."),
    "too_large": lambda: _("This amount is too large."),
}


class AmountField(StringField):
    """Euros typed as people do (1 250,50 €); ``data`` is in cents."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return (
            format_amount(self.data, i18n.get_locale()).rstrip("€\u00a0 ").lstrip("€") if self.data is not None else ""
        )

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the amount, or say what is wrong with it."""
        self.data: int | None = None
        if not valuelist or not str(valuelist[0]).strip():
            return
        try:
            self.data = parse_amount(str(valuelist[0]))
        except AmountError as error:
            raise ValueError(AMOUNT_MESSAGES[error.code]()) from error


MOST_QUANTITY = Decimal(999_999)


def read_quantity(text: str) -> Decimal:
    """A quantity as people type it; nothing is 0.

    Raises:
        ValueError: with a sentence.
    """
    compact = "".join(text.split()).replace(",", ".")
    if not compact:
        return Decimal(0)
    try:
        quantity = Decimal(compact)
    except InvalidOperation as error:
        raise ValueError(_refusal(text)) from error
    if not quantity.is_finite() or not 0 <= quantity <= MOST_QUANTITY or quantity != round(quantity, 2):
        raise ValueError(_refusal(text))
    return quantity


def _refusal(text: str) -> str:
    return _("This is not a quantity: « %(text)s ». Write for instance 40 or 2,5.", text=text)


class QuantityField(DecimalField):
    """A quantity, or None when nothing was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the quantity, or say how one looks."""
        text = str(valuelist[0]) if valuelist else ""
        self.data = None
        self.data = read_quantity(text) if text.strip() else None

    def _value(self) -> str:
        if self.raw_data:
            return typed(self)
        text = f"{self.data.normalize():f}" if self.data is not None else ""
        return text.replace(".", ",") if i18n.get_locale() == "fr" else text


class DurationField(StringField):
    """How long something takes, written as people do; ``data`` is in minutes, ``least`` and ``most`` are its bounds."""

    def __init__(
        self, label: Any, checks: Iterable[Any] = (), *, least: int = 1, most: int = 1440, **named: Any
    ) -> None:
        super().__init__(label, checks, **named)
        self.least, self.most = least, most

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, or say how one looks."""
        self.data: int | None = None
        text = str(valuelist[0]) if valuelist else ""
        if not text.strip():
            return
        try:
            self.data = read_duration(text)
        except ValueError as error:
            raise ValueError(_("This is not a length of time. Write for instance 2 h 30, 2,5 or 45 min.")) from error
        if not self.least <= self.data <= self.most:
            raise ValueError(
                _(
                    "From %(least)s to %(most)s: a number alone is hours, write « min » after minutes.",
                    least=duration(self.least),
                    most=duration(self.most),
                )
            )

    def _value(self) -> str:
        return typed(self) or duration(self.data)


class ParsedField(StringField):
    """A text that has a normal form, which ``data`` holds; what cannot be read is shown again as it was typed.

    Attributes:
        parse: gives the normal form; raises ValueError.
        refusal: what is said of a text that has none.
        empty: ``data`` when nothing was typed.
    """

    parse: Callable[[str], str]
    refusal: Any = ""
    empty: str | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the text, or say how one looks."""
        self.data = self.empty
        text = str(valuelist[0]) if valuelist else ""
        if text.strip():
            try:
                self.data = type(self).parse(text)
            except (ValueError, ValidationError) as error:
                raise ValueError(str(self.refusal)) from error

    def _value(self) -> str:
        return typed(self) or self.data or ""


class EmailField(ParsedField):
    """An e-mail address in its normal form."""

    widget = widgets.EmailInput()
    parse = staticmethod(normal_email)
    refusal = _l("This is not an e-mail address. Example: name@example.fr")


class PhoneField(ParsedField):
    """A telephone number, kept in its international form."""

    widget = widgets.TelInput()
    parse = staticmethod(parse_phone)
    refusal = _l("This is not a telephone number. Example: 02 41 00 00 00")

    def _value(self) -> str:
        return typed(self) or format_phone(self.data)


class SiretField(ParsedField):
    """A SIRET number with its key checked."""

    parse = staticmethod(parse_siret)
    refusal = _l("This is not a SIRET number: 14 digits, as on the town hall’s invoices.")


class SirenField(ParsedField):
    """The nine digits of a company; ``data`` is empty when nothing was written."""

    parse = staticmethod(siren.validate)
    refusal = _l("This is not a SIREN number: nine digits, the first ones of the SIRET.")
    empty = ""


class IbanField(ParsedField):
    """An IBAN with its key checked; ``data`` is its compact form."""

    parse = staticmethod(iban.validate)
    refusal = _l("This is not an IBAN: copy it from the bank details (RIB). It begins with FR and has 27 characters.")

    def _value(self) -> str:
        """What was typed and refused; a saved account is never shown again."""
        return typed(self)


class BicField(ParsedField):
    """A BIC of eight or eleven signs; ``data`` is in capitals, without spaces."""

    parse = staticmethod(bic.validate)
    refusal = _l("A BIC has 8 or 11 letters and digits. You may leave it empty.")


SKIPPED = _l("The clocks go forward that night: this hour does not exist. Choose another one.")


class MomentField(DateTimeLocalField):
    """A date and time typed in the commune's time zone; ``data`` knows its zone."""

    data: datetime | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the moment in local time."""
        super().process_formdata(valuelist)
        if isinstance(self.data, datetime) and self.data.tzinfo is None:
            self.data = self.data.replace(tzinfo=clock.zone())
            if not clock.exists(self.data):
                raise ValueError(str(SKIPPED))

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return clock.local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""


class ChecksField(SelectMultipleField):
    """Several boxes to tick under one legend."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class RevisionField(IntegerField):
    """Hidden number of the version being edited: a second agent's save is refused instead of overwriting."""

    widget = widgets.HiddenInput()

    def _value(self) -> str:
        """The number that the view holds true now, not the one that was sent: sent again, the form replaces."""
        return str(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; a form for something new has none."""
        if valuelist and valuelist[0]:
            super().process_formdata(valuelist)


def required(message: str | None = None) -> validators.InputRequired:
    """The field must be filled; the sentence says what to write. Lazy text is welcome."""
    return _Required(message)


class _Required(validators.DataRequired):
    """Filled, after stripping; a file field counts when a file was chosen."""

    def __call__(self, form: Any, field: Field) -> None:
        if isinstance(field, (FileField, MultipleFileField)):
            if not field.data or not getattr(field.data, "filename", field.data):
                raise validators.StopValidation(self.message or _("Choose a file."))
            return
        if field.errors and typed(field).strip():
            raise validators.StopValidation()
        field.errors = []  # an empty date or an unticked choice is not « not valid »: it is missing
        data = field.data
        if data is None or (isinstance(data, str) and not data.strip()) or data is False or data == []:
            raise validators.StopValidation(str(self.message) if self.message else _("Fill in this field."))


def optional() -> validators.Optional:
    """The field may stay empty; the label says so."""
    return validators.Optional(strip_whitespace=True)


class _Later(validators.Optional):
    """Optional for now; its label does not say « (optional) »."""

    def __init__(self) -> None:
        super().__init__(strip_whitespace=True)
        self.field_flags = {"optional": True, "needed": True}


def later() -> validators.Optional:
    """May be saved empty, but something later asks for it (a fund opens complete, a refusal needs its reason)."""
    return _Later()


def at_most(length: int) -> validators.Length:
    """Text no longer than this."""
    return validators.Length(max=length, message=None)


def choices(pairs: Iterable[tuple[Any, Any]], empty: str | None = None) -> list[tuple[str, str]]:
    """Choices of a select, with a first empty one when a label is given."""
    listed = [(str(value), str(label)) for value, label in pairs]
    return [("", empty), *listed] if empty is not None else listed
