"""Forms to answer questions."""

from wtforms import TextAreaField

from civique.core.i18n import _l
from civique.web.cases import CaseForm
from civique.web.forms import OnceForm, at_most, required


class AnswerForm(CaseForm):
    """The answer to one question."""

    place = "answer"
    answer = TextAreaField(_l("Your answer"), [required(_l("Write the answer.")), at_most(4000)], render_kw={"rows": 9})


class TogetherForm(OnceForm):
    """One answer to several questions."""

    answer = TextAreaField(
        _l("One answer for all"), [required(_l("Write the answer.")), at_most(4000)], render_kw={"rows": 9}
    )
