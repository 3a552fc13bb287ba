"""Second door, « Signaler »: a question or a problem, with a receipt and an answer due."""

from flask import Blueprint, session, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField

from civique.core.answers.operations import answer_for
from civique.core.cases.lines import four_lines
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.paper import Choices, Item, Lines, PaperForm, Section, render_form
from civique.core.questions.models import Question
from civique.core.questions.operations import receive_question
from civique.core.questions.workflow import WORKFLOW
from civique.core.refused import Refused
from civique.core.territory.queries import territories
from civique.web.access import PUBLIC, allow
from civique.web.applicant import address_for_answer, applicant_or_nobody, fill_in_contact
from civique.web.application import limiter
from civique.web.conditional import personal
from civique.web.forms import EmailField, OnceForm, PhoneField, at_most, optional, required
from civique.web.pages import as_pdf, go, page
from civique.web.submit import submit
from civique.web.villages import VillageField
from tenants.db import db

blueprint = Blueprint("contact", __name__, url_prefix="/signaler")
PAPER_CODE = "QUE-F"
"""Names the paper form at the counter."""


class ContactForm(OnceForm):
    """What one wants to say, and how to be answered."""

    text = TextAreaField(
        _l("Your question or what you noticed"),
        [required(_l("Write a few words.")), at_most(4000)],
        render_kw={"rows": 6},
    )
    territory_id = VillageField(_l("Which village is it about?"))
    name = StringField(
        _l("Your name"), [required(_l("Write your name.")), at_most(120)], render_kw={"autocomplete": "name"}
    )
    email = EmailField(_l("Your e-mail address"), [optional()], render_kw={"autocomplete": "email"})
    phone = PhoneField(_l("Your telephone number"), [optional()], render_kw={"autocomplete": "tel"})


@blueprint.route("", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("20 per hour", methods=["POST"])
def form() -> Response:
    """Take a question and show its receipt."""
    form, who = ContactForm(), applicant_or_nobody()
    fill_in_contact(form, "name")

    def do() -> None:
        if form.email and not form.email.data and not form.phone.data:
            sentence = _("Leave an e-mail address or a telephone number, so that we can answer you.")
            raise Refused(sentence, "email")
        facts = {name: form[name].data for name in ("text", "name", "phone", "territory_id")}
        facts |= {"email": address_for_answer(form), "applicant_id": who.id if who else None}
        session["receipt"] = str(receive_question(db.session, **facts).id)

    return submit(
        form,
        do,
        again=lambda: page("site/contact.html", block="form", form=form, who=who),
        to=url_for("contact.receipt"),
    )


@blueprint.get("/formulaire.pdf")
@allow(PUBLIC)
def paper() -> Response:
    """The same form on paper (§1.9)."""
    villages = tuple(t.name for t in territories(db.session, "delegated"))
    about: list[Item] = [
        Lines(_("Your question or what you noticed"), 9),
        *([Choices(_("Which village is it about?"), (*villages, _("The whole commune")))] if villages else []),
    ]
    who: list[Item] = [
        Lines(_("Your name")),
        Lines(_("Your telephone number")),
        Lines(_("Your e-mail address")),
        Lines(_("Your address, for an answer by letter"), 2),
    ]
    pdf = render_form(
        db.session,
        PaperForm(
            title=_("A question, a problem?"),
            code=PAPER_CODE,
            path=url_for("contact.form"),
            introduction=(
                _(
                    "The town hall enters this page for you and answers you within two weeks, by telephone or by letter."
                ),
            ),
            sections=(Section(_("What you want to say"), about), Section(_("How to answer you"), who)),
        ),
    )
    return as_pdf(pdf, "question")


@blueprint.get("/recu")
@allow(PUBLIC)
def receipt() -> Response:
    """The receipt: reference, date, contact, delay (art. L112-8 and R112-9-2 CRPA)."""
    question = db.session.get(Question, session["receipt"]) if session.get("receipt") else None
    if question is None:
        return go("contact.form")
    personal()
    due = answer_for(db.session, question)
    return page("site/receipt.html", question=question, lines=four_lines(db.session, WORKFLOW, question, due))
