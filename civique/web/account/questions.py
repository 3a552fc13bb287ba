"""A question to the mairie, as who asked it follows it."""

from uuid import UUID

from flask import abort
from werkzeug.wrappers import Response

from civique.core.answers.operations import answer_for
from civique.core.cases.lines import four_lines
from civique.core.cases.missing import may_add
from civique.core.questions.models import Question
from civique.core.questions.workflow import WORKFLOW
from civique.web.access import SIGNED_IN, allow
from civique.web.account.blueprint import blueprint
from civique.web.applicant import first_who
from civique.web.cases import AddForm, add_to
from civique.web.lists import row_or_404
from civique.web.pages import page
from tenants.db import db


@blueprint.get("/questions/<uuid:question_id>")
@allow(SIGNED_IN)
def question(question_id: UUID) -> Response:
    """Where my question is, what I wrote, the answer."""
    return _page(_mine(question_id))


@blueprint.post("/questions/<uuid:question_id>/precision")
@allow(SIGNED_IN)
def add_to_question(question_id: UUID) -> Response:
    """Add something to my question while it waits for its answer."""
    asked = _mine(question_id)
    return add_to(asked, WORKFLOW.path(asked), lambda form: _page(asked, form))


def _mine(question_id: UUID) -> Question:
    asked = row_or_404(Question, question_id)
    if first_who(lambda person: asked.applicant_id == person.id) is None:
        abort(404)
    return asked


def _page(asked: Question, adding: AddForm | None = None) -> Response:
    due = answer_for(db.session, asked)
    return page(
        "account/question.html",
        question=asked,
        lines=four_lines(db.session, WORKFLOW, asked, due),
        adding=adding or (AddForm(formdata=None) if may_add(asked) else None),
    )
