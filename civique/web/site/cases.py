"""The pages of the cases of a workflow for who asks: the form, filled in once; then where the case is, what is missing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, url_for
from werkzeug.wrappers import Response

from civique.core.answers.operations import answer_for
from civique.core.cases.course import course
from civique.core.cases.lines import four_lines
from civique.core.cases.missing import may_add
from civique.core.i18n import gettext as _
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant, first_who
from civique.web.cases import AddForm, CasePages, GiveForm, add_to, give_forms
from civique.web.forms import OnceForm
from civique.web.pages import as_pdf, page
from civique.web.submit import submit
from tenants.db import db


def _view(permission: str, do: Callable[..., Response]) -> Callable[..., Response]:
    """A view that asks a permission: a method bears none."""
    return allow(permission)(lambda **values: do(**values))


@dataclass(frozen=True)
class ApplicantPages:
    """The pages by which a resident asks, under the address of a blueprint.

    Args:
        desk: the pages of the same cases in the back office.
        title: heading of the form.
        form: what is asked; a field whose ``description`` is set shows it as its hint.
        ask: the operation: takes the session, who asks and what the form gives.
        paper: makes the blank form to print, and ``paper_name`` names its file.
        template: of the form, and ``follow_template`` of a case.
    """

    blueprint: Blueprint
    desk: CasePages
    title: Any
    form: Callable[[], OnceForm]
    ask: Callable[..., Any]
    paper: Callable[[Any], bytes]
    paper_name: str
    template: str = "site/cases/form.html"
    follow_template: str = "site/cases/case.html"

    def add_routes(self) -> None:
        """Add them: the form, the form on paper, a case, what was missing in it."""
        case = f"/demandes/<uuid:{self.desk.workflow.name}_id>"
        add = self.blueprint.add_url_rule
        add("/demander", "form", _view(SIGNED_IN, self._form))
        add("/demander", "send", _view(SIGNED_IN, self._send), methods=["POST"])
        add("/formulaire.pdf", "paper", _view(PUBLIC, self._paper))
        add(case, "follow", _view(SIGNED_IN, self._follow))
        add(f"{case}/manques/<uuid:item_id>", "give", _view(SIGNED_IN, self._give), methods=["POST"])
        add(f"{case}/precision", "add", _view(SIGNED_IN, self._add), methods=["POST"])

    def _form(self) -> Response:
        """The blank form."""
        return self._form_page(self.form())

    def _send(self) -> Response:
        """Ask."""
        form, workflow = self.form(), self.desk.workflow
        return submit(
            form,
            lambda: self.ask(db.session, applicant(), **form.facts()),
            again=lambda: self._form_page(form),
            to=workflow.path,
            said=lambda case: _("Your request is sent. Keep its reference: %(reference)s.", reference=case.reference),
        )

    def _form_page(self, form: OnceForm) -> Response:
        return page(self.template, form=form, title=self.title, blueprint=self.blueprint.name)

    def _paper(self) -> Response:
        """The form to fill in by hand."""
        return as_pdf(self.paper(db.session), self.paper_name)

    def _follow(self, **values: UUID) -> Response:
        """Where is my request?"""
        return self._case_page(self._mine(values))

    def _give(self, item_id: UUID, **values: UUID) -> Response:
        """Give something that was missing, in words or as a file."""
        return self.desk.give(self._mine(values), item_id, lambda case, form, item: self._case_page(case, (item, form)))

    def _add(self, **values: UUID) -> Response:
        """Add something of one's own accord."""
        case = self._mine(values)
        return add_to(case, self.desk.workflow.path(case), lambda form: self._case_page(case, adding=form))

    def _mine(self, values: dict[str, UUID]) -> Any:
        """A case of this person, or of the relative for whom they act; anybody else's does not exist."""
        workflow = self.desk.workflow
        case = db.session.get(workflow.model, values[f"{workflow.name}_id"])
        if case is None or first_who(lambda person: case.applicant_id == person.id) is None:
            abort(404)
        return case

    def _case_page(
        self, case: Any, refused: tuple[UUID, GiveForm] | None = None, adding: AddForm | None = None
    ) -> Response:
        workflow, due = self.desk.workflow, answer_for(db.session, case)
        return page(
            self.follow_template,
            case=case,
            workflow=workflow,
            lines=four_lines(db.session, workflow, case, due),
            steps=course(workflow, case, due),
            forms=give_forms(case, refused),
            adding=adding or (AddForm(formdata=None) if may_add(case) else None),
            again=url_for(f"{self.blueprint.name}.form"),
        )
