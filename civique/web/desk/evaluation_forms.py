"""Forms of the yearly evaluations."""

from wtforms import Field, IntegerField, StringField, TextAreaField, validators

from civique.core.evaluations.declarations import Evaluated, Figures, Row
from civique.core.evaluations.models import WORDS
from civique.core.i18n import _l
from civique.web.forms import AmountField, BaseForm, OnceForm, RevisionField, at_most, later, optional, required


class EvaluationForm(BaseForm):
    """The words of the evaluation of a year."""

    compared = False
    introduction = TextAreaField(_l("The year in a few words"), [later(), at_most(4000)], render_kw={"rows": 4})
    went_well = TextAreaField(_l("What went well"), [later(), at_most(4000)], render_kw={"rows": 5})
    to_change = TextAreaField(_l("What should change"), [later(), at_most(4000)], render_kw={"rows": 5})
    next_year = TextAreaField(_l("For next year"), [later(), at_most(4000)], render_kw={"rows": 4})
    revision = RevisionField(default=0)

    def words(self) -> dict[str, str]:
        """What was written, by part."""
        return {name: self[name].data or "" for name in WORDS}


class PastYearForm(OnceForm):
    """A year before the software, with where its figures come from; the figures are those that the module asks."""

    year = IntegerField(_l("Year"), [required(_l("Write a year.")), validators.NumberRange(1990, 2100)])
    source = StringField(
        _l("Where these figures come from"),
        [required(_l("For instance: minutes of the council of 12 March.")), at_most(300)],
    )

    def figures(self, declared: Evaluated) -> Figures:
        """What was typed."""
        return {row.key: self[row.key].data for row in declared.rows if row.typed}


def past_year_form(declared: Evaluated) -> PastYearForm:
    """The form of a module, with a field for each of its figures that are typed."""
    fields = {row.key: _field(row) for row in declared.rows if row.typed}
    form: PastYearForm = type("ModuleYearForm", (PastYearForm,), fields)()
    return form


def _field(row: Row) -> Field:
    amount = row.unit == "money"
    asked = (
        required(_l("Write an amount.") if amount else _l("Write a number.")) if row.typed == "required" else optional()
    )
    if amount:
        return AmountField(row.label, [asked])
    return IntegerField(row.label, [asked, validators.NumberRange(0, 99_999)])
