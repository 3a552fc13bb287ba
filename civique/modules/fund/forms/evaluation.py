"""Forms of the evaluation of a year."""

from typing import Any

from wtforms import IntegerField, StringField, TextAreaField, validators

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.forms import AmountField, BaseForm, OnceForm, RevisionField, at_most, later, optional, required


class EvaluationForm(BaseForm):
    """The words of the yearly evaluation."""

    introduction = TextAreaField(_l("The year in a few words"), [later(), at_most(4000)], render_kw={"rows": 4})
    went_well = TextAreaField(_l("What went well"), [later(), at_most(4000)], render_kw={"rows": 5})
    to_change = TextAreaField(_l("What should change"), [later(), at_most(4000)], render_kw={"rows": 5})
    next_year = TextAreaField(_l("For next year"), [later(), at_most(4000)], render_kw={"rows": 4})
    revision = RevisionField(default=0)

    def words(self) -> dict[str, str]:
        """What was written, by part."""
        return {field.name: field.data or "" for field in self if field.name != "revision"}


class PastYearForm(OnceForm):
    """Figures of a year before the software, with where they come from."""

    year = IntegerField(_l("Year"), [required(_l("Write a year.")), validators.NumberRange(1990, 2100)])
    envelope = AmountField(_l("Envelope of the year"), [required(_l("Write an amount."))])
    received = IntegerField(
        _l("Requests received"), [required(_l("Write a number.")), validators.NumberRange(0, 99_999)]
    )
    supported = IntegerField(
        _l("Projects supported"), [required(_l("Write a number.")), validators.NumberRange(0, 99_999)]
    )
    granted = AmountField(_l("Granted in all"), [required(_l("Write an amount."))])
    partners = IntegerField(_l("Partners"), [optional(), validators.NumberRange(0, 9_999)])
    note = StringField(
        _l("Where these figures come from"),
        [required(_l("For instance: minutes of the council of 12 March.")), at_most(300)],
    )

    def validate_supported(self, field: Any) -> None:
        """No more projects than applications."""
        if field.data is not None and self.received.data is not None and field.data > self.received.data:
            raise validators.ValidationError(_("More projects than requests: check the two figures."))

    def figures(self) -> dict[str, Any]:
        """What the operation takes."""
        return {
            "envelope": self.envelope.data,
            "received": self.received.data,
            "supported": self.supported.data,
            "granted": self.granted.data,
            "partners": self.partners.data,
        }
