"""Questionnaires on paper."""

from typing import Any

from civique.core.feedback.declarations import SCALE, Choice, Questionnaire, Words
from civique.core.i18n import gettext as _
from civique.core.paper import Choices, Item, Lines, PaperForm, Section


def feedback_form(questionnaire: Questionnaire, row: Any) -> PaperForm:
    """The questionnaire about an object, to fill in by hand: it asks nobody's name."""
    return PaperForm(
        title=str(questionnaire.label),
        code=f"AVIS-{str(row.id)[-6:].upper()}",
        path="/avis",
        introduction=(
            _("About: %(title)s", title=questionnaire.title(row)),
            _("Your opinion counts without your name. Leave out what you do not want to answer."),
        ),
        sections=(Section(_("Your opinion"), [_item(question) for question in questionnaire.questions]),),
    )


def _item(question: Any) -> Item:
    if isinstance(question, Words):
        return Lines(str(question.label), 4)
    if isinstance(question, Choice):
        return Choices(str(question.label), tuple(str(label) for _code, label in question.choices))
    return Choices(str(question.label), tuple(str(label) for label in SCALE.values()))
