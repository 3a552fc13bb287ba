"""The form of a questionnaire, the same for residents and for what the town hall enters from paper."""

from typing import Any

from wtforms import RadioField, TextAreaField

from civique.core.feedback.declarations import SCALE, Choice, Questionnaire, Scale
from civique.core.feedback.operations import MOST_WORDS
from civique.core.i18n import _l
from civique.web.forms import OnceForm, at_most, optional

NOT_SAID = ("", _l("Does not say"))


class AnswerForm(OnceForm):
    """What is answered; :func:`answer_form` adds the questions."""

    def answers(self, questionnaire: Questionnaire) -> dict[str, int | str | None]:
        """What was answered, by question."""
        found: dict[str, int | str | None] = {}
        for question in questionnaire.questions:
            typed = self[question.code].data or None
            found[question.code] = int(typed) if typed and isinstance(question, Scale) else typed
        return found


def answer_form(questionnaire: Questionnaire, kind: type[AnswerForm] = AnswerForm) -> Any:
    """A blank form of a questionnaire, or what was sent."""
    form: Any = kind()
    for question in questionnaire.questions:
        if isinstance(question, Scale | Choice):
            proposed = SCALE.items() if isinstance(question, Scale) else question.choices
            choices = [*((str(code), label) for code, label in proposed), NOT_SAID]
            form.add(question.code, RadioField(question.label, [optional()], choices=choices))
        else:
            form.add(
                question.code,
                TextAreaField(question.label, [optional(), at_most(MOST_WORDS)], render_kw={"rows": 3}),
            )
    return form
