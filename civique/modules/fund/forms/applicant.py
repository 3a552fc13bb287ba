"""Forms that applicants fill in once an application was sent: what is missing, account, report."""

import re
from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, StringField, TextAreaField, validators

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.modules.fund.models import FundApplication
from civique.web.forms import (
    AmountField,
    BaseForm,
    IbanField,
    QuantityField,
    RevisionField,
    at_most,
    later,
    optional,
    required,
)
from civique.web.uploads import UploadField

BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")


class PayeeForm(BaseForm):
    """Who is paid, and where."""

    kind = RadioField(_l("Who receives the money?"), [required(_l("Say who receives the money."))])
    name = StringField(
        _l("Name of the account’s owner"), [required(_l("Write the name of the account’s owner.")), at_most(160)]
    )
    iban = IbanField(_l("IBAN"), [required(_l("Write the IBAN of the account."))], render_kw={"autocomplete": "off"})
    bic = StringField(_l("BIC"), [optional(), at_most(14)])
    why = TextAreaField(
        _l("If it is somebody else, or one person for a group: why?"), [later(), at_most(400)], render_kw={"rows": 2}
    )
    file = UploadField(_l("Bank details as a file (RIB)"), [optional()])

    def validate_bic(self, field: Any) -> None:
        """Eight or eleven signs."""
        field.data = "".join((field.data or "").split()).upper()
        if field.data and not BIC.fullmatch(field.data):
            raise validators.ValidationError(_("A BIC has 8 or 11 letters and digits. You may leave it empty."))


class ReportForm(BaseForm):
    """What became of the project; one more field a budget line (see :func:`report_form`)."""

    text = TextAreaField(_l("Tell what you did, and what it changed"), [later(), at_most(6000)], render_kw={"rows": 8})
    people = IntegerField(_l("How many people took part, about"), [optional(), validators.NumberRange(0, 100_000)])
    hours = QuantityField(_l("Hours given in all, about"), [optional()])
    may_publish = BooleanField(_l("I agree that this account is published on the site"))
    revision = RevisionField(default=0)


def report_form(application: FundApplication) -> ReportForm:
    """The form of an application's report, with the spent amount of each line (``spent_0``, ``spent_1``…)."""
    fields = {f"spent_{rank}": AmountField(line.label, [later()]) for rank, line in enumerate(application.lines)}
    form: ReportForm = type("ReportFormOfLines", (ReportForm,), fields)(obj=application.report)
    if not form.is_submitted():
        for rank, line in enumerate(application.lines):
            form[f"spent_{rank}"].data = line.spent_cents
    return form
