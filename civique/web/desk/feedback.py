"""« Avis »: what people answered, question by question; sheets of paper to print and to enter."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import RadioField

from civique.core import clock
from civique.core.channels import CHANNELS, ENTERED
from civique.core.feedback.declarations import Questionnaire
from civique.core.feedback.models import FeedbackSheet
from civique.core.feedback.operations import keep_answers
from civique.core.feedback.papers import feedback_form
from civique.core.feedback.privacy import in_words
from civique.core.feedback.queries import questionnaires, summary
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.paper import render_form
from civique.web.access import allow
from civique.web.desk_list import DeskList, Filter, anywhere, newest
from civique.web.feedback import AnswerForm, answer_form
from civique.web.forms import required
from civique.web.pages import as_pdf, page
from civique.web.submit import submit
from civique.web.tables import Column
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("desk_feedback", __name__, url_prefix="/mairie/avis")
PERMISSION = "core.feedback"


def asked_here() -> dict[str, Questionnaire]:
    """Questionnaires of this commune by code."""
    return questionnaires(current_tenant().modules)


def _labels() -> dict[str, Any]:
    return {code: one.label for code, one in asked_here().items()}


LIST = DeskList(
    name="avis",
    title=_l("Opinions"),
    select=lambda: select(FeedbackSheet).where(FeedbackSheet.questionnaire.in_(asked_here())),
    columns=(
        Column(_l("Questionnaire"), lambda sheet: str(_labels()[sheet.questionnaire])),
        Column(_l("About"), lambda sheet: sheet.object_title),
        Column(_l("Channel"), lambda sheet: str(CHANNELS[sheet.channel])),
        Column(_l("Received on"), lambda sheet: clock.local(sheet.created_at).date()),
        Column(_l("Answers"), in_words),
    ),
    template="desk/feedback/list.html",
    orders=(newest(FeedbackSheet.created_at),),
    filters=(
        Filter("questionnaire", _l("Questionnaire"), _labels, FeedbackSheet.questionnaire),
        Filter("canal", _l("Channel"), CHANNELS, FeedbackSheet.channel),
    ),
    words=anywhere(FeedbackSheet.object_title),
    words_label=_l("About"),
)
LIST.add_to(blueprint, PERMISSION, lambda: {"labels": _labels(), "channels": CHANNELS, "in_words": in_words})


class EnteredForm(AnswerForm):
    """A sheet of paper, or what somebody said."""

    channel = RadioField(_l("How did this opinion come?"), [required()], choices=[*ENTERED.items()], default="paper")


@blueprint.get("/<code>/<uuid:object_id>")
@allow(PERMISSION)
def about(code: str, object_id: UUID) -> Response:
    """What was answered about one object."""
    asked, row = _asked_about(code, object_id)
    return page(
        "desk/feedback/about.html",
        asked=asked,
        row=row,
        about=asked.title(row),
        summary=summary(db.session, asked, row),
    )


@blueprint.route("/<code>/<uuid:object_id>/saisir", methods=["GET", "POST"])
@allow(PERMISSION)
def enter(code: str, object_id: UUID) -> Response:
    """Enter a sheet of paper."""
    asked, row = _asked_about(code, object_id)
    form = answer_form(asked, EnteredForm)
    return submit(
        form,
        lambda: keep_answers(
            db.session, asked, row, form.answers(asked), channel=form.channel.data, key=form.once.data
        ),
        again=lambda: page("desk/feedback/enter.html", form=form, asked=asked, row=row, about=asked.title(row)),
        to=url_for("desk_feedback.enter", code=code, object_id=object_id),
        said=_("The sheet is entered. Here is the next one."),
    )


@blueprint.get("/<code>/<uuid:object_id>/formulaire.pdf")
@allow(PERMISSION)
def paper(code: str, object_id: UUID) -> Response:
    """The questionnaire to print."""
    asked, row = _asked_about(code, object_id)
    return as_pdf(render_form(db.session, feedback_form(asked, row)), f"avis-{code}")


def _asked_about(code: str, object_id: UUID) -> tuple[Questionnaire, Any]:
    """A questionnaire of this commune and one of its objects, or 404."""
    asked = asked_here().get(code)
    row: Any = db.session.get(asked.model, object_id) if asked and asked.model else None
    if asked is None or row is None:
        abort(404)
    return asked, row
