"""« Saisir pour un habitant »: for those who come, call or write. What, who, then the same form as everybody's.

A module adds an entry with a ``Link`` of its manifest's ``counter_links``. Its page receives ``?personne=``, the
identifier of the resident that :func:`resident` reads.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, session, url_for
from werkzeug.wrappers import Response

from civique.core.answers.operations import answer_for
from civique.core.channels import CHANNELS, ENTERED
from civique.core.manifest import Link
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.people.queries import get_person, suggested
from civique.core.questions.models import Question
from civique.core.questions.operations import receive_question
from civique.core.stall.forms import Received
from civique.core.stall.operations import find_entry, note_paper
from civique.web.access import COUNTER, allow, entries_of, visitor
from civique.web.desk.counter_forms import CounterQuestionForm, NewPersonForm
from civique.web.desk.spelling import spelled
from civique.web.forms import choices
from civique.web.lists import asked_words, row_or_404
from civique.web.pages import go, page
from civique.web.submit import submit
from tenants.db import db

blueprint = Blueprint("desk_counter", __name__, url_prefix="/mairie/saisir")
PERMISSION = "core.counter"


@blueprint.get("")
@allow(COUNTER)
def choose() -> Response:
    """What is it about?"""
    return page("desk/counter/choose.html", links=_links())


@blueprint.get("/personne")
@allow(COUNTER)
def person() -> Response:
    """Who asks? Known residents are suggested from two letters on."""
    if "pour" not in request.args:
        return go("desk_counter.choose")
    link = _link()
    given, _space, family = asked_words().rpartition(" ")
    form = NewPersonForm(given_name=given[:80], family_name=family[:80])
    return page("desk/counter/person.html", block="found", link=link, form=form, **_search())


@blueprint.post("/personne")
@allow(COUNTER)
def add_person() -> Response:
    """Register somebody new, unless a record has the same name and nobody said that it is another person."""
    link, form = _link(), NewPersonForm()
    same: list[Person] = []

    def path_of(person: Person) -> str:
        return url_for(link.endpoint, personne=person.id)

    def nobody_known() -> bool:
        same.extend(_same_name(form) if not form.errors and not form.somebody_else.data else ())
        return not same

    def do() -> Person:
        return people.register_person(
            db.session,
            form.given_name.data,
            form.family_name.data,
            street=form.street.data or None,
            postal_code=form.postal_code.data or None,
            city=form.city.data or None,
            phone=form.phone.data,
            channel="letter",
        )

    return submit(
        form,
        do,
        again=lambda: page(
            "desk/counter/person.html", link=link, form=form, same=same, person_url=path_of, words="", people=[]
        ),
        to=path_of,
        check=nobody_known,
    )


@blueprint.route("/question", methods=["GET", "POST"])
@allow(PERMISSION)
def question() -> Response:
    """The question of a resident; the answer will reach its author by their own channel."""
    who, form = resident(), _question_form()
    if who is None:
        return abort(404) if request.method == "POST" else go("desk_counter.person", pour="desk_counter.question")
    if request.method == "GET":
        form.channel.data = session.get("counter_channel", form.channel.data)
        form.phone.data = who.phone

    def do() -> Question:
        session["counter_channel"] = form.channel.data
        question = receive_question(
            db.session,
            text=form.text.data,
            name=who.name[:120],
            applicant_id=who.id,
            channel=form.channel.data,
            phone=form.phone.data,
            email=form.email.data,
            address=postal(who),
            territory_id=form.territory_id.data,
        )
        if form.sheet.data:
            became = Received(question, question.reference, f"/mairie/questions/{question.id}")
            note_paper(db.session, form.sheet.data, "core.question", became)
        return question

    def again() -> Response:
        """A line of the sheet that is here already is shown where it is."""
        taken = find_entry(db.session, form.sheet.data) if form.sheet.data and form.sheet.errors else None
        return page("desk/counter/question.html", form=form, who=who, taken=taken)

    return submit(form, do, again=again, to=lambda question: url_for("desk_counter.receipt", question_id=question.id))


@blueprint.get("/recu/<uuid:question_id>")
@allow(PERMISSION)
def receipt(question_id: UUID) -> Response:
    """The receipt, to hand over, to post, or to read out on the telephone."""
    question = row_or_404(Question, question_id)
    if question.channel == "web":
        abort(404)
    return receipt_page("desk/counter/question_receipt.html", question, question.name, question.created_at)


def receipt_page(template: str, case: Any, whom: str, at: datetime | None, **context: Any) -> Response:
    """The receipt of a case that was entered for somebody, to hand over, to print or to read out.

    Args:
        template: extends ``desk/counter/receipt.html``.
        at: when it was recorded.
    """
    return page(
        template,
        case=case,
        whom=whom,
        at=at,
        due=answer_for(db.session, case),
        channels=CHANNELS,
        spelled=spelled(case.reference or ""),
        answered_by=_answered_by(case),
        **context,
    )


def _answered_by(case: Any) -> str:
    """How the answer arrives: ``email``, ``letter``, or nothing when neither address is known."""
    reached = case.applicant.reached_by if case.applicant is not None else ""
    return "email" if getattr(case, "email", "") else reached


def resident() -> Person | None:
    """The resident for whom this entry is made (``?personne=``), if the record is there."""
    try:
        return get_person(db.session, UUID(request.args.get("personne", "")))
    except ValueError:
        return None


def postal(who: Person) -> str | None:
    """Postal address on one line, or None when it is not known."""
    city = f"{who.postal_code or ''} {who.city or ''}".strip()
    return ", ".join(part for part in (who.street, city) if part) or None


def _links() -> list[Link]:
    """What this agent may enter now."""
    return [link for link in entries_of(visitor()) if link.when is None or link.when(db.session)]


def _link() -> Link:
    """The entry that the person is being chosen for."""
    asked = request.args.get("pour", "")
    link = next((link for link in _links() if link.endpoint == asked), None)
    if link is None:
        abort(404)
    return link


def _search() -> dict[str, Any]:
    return {"words": asked_words(), "people": suggested(db.session, asked_words()), "same": []}


def _same_name(form: NewPersonForm) -> list[Any]:
    return list(suggested(db.session, f"{form.family_name.data} {form.given_name.data}"))


def _question_form() -> CounterQuestionForm:
    form = CounterQuestionForm()
    form.channel.choices = choices(ENTERED.items())
    return form
