"""The pages of the cases of a workflow in the back office: what can be done now, one route for each transition, missing items."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, abort
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from civique.core.cases import missing
from civique.core.cases import operations as cases
from civique.core.cases.models import MissingItem
from civique.core.cases.workflow import Transition, Workflow
from civique.core.documents.models import StoredFile
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.access import allow, me, visitor
from civique.web.desk.history import of_case
from civique.web.forms import BaseForm, OnceForm, RevisionField, at_most, later, optional, required
from civique.web.pages import go_path, notice, page
from civique.web.submit import attempt, submit
from civique.web.uploads import UploadField, keep_upload
from tenants.db import db


class CaseForm(BaseForm):
    """A form among others on the page of a case: its ids begin by its place, ``revision`` is the case that was read.

    A field whose ``description`` is set shows it as its hint.
    """

    compared = False
    place: str = "step"
    blank: bool = False
    """Whether nobody filled it in: what is most likely may be proposed."""
    revision = RevisionField(default=0)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.rename(self.place)

    def rename(self, place: str) -> None:
        """Give the form another place: the same form several times on one page."""
        self.place = place
        super().rename(place)


class MotiveForm(CaseForm):
    """A reason that the applicant will read."""

    motive = TextAreaField(_l("Reason, which the applicant will read"), [later(), at_most(2000)], render_kw={"rows": 4})

    def facts(self) -> dict[str, Any]:
        """The reason, never None."""
        return {**super().facts(), "motive": self.motive.data or ""}


class MissingForm(CaseForm):
    """What the applicant must still give, one a line."""

    others = TextAreaField(_l("What is missing, one a line"), [later(), at_most(2000)], render_kw={"rows": 3})

    def asked(self) -> list[str]:
        """Each line that was written."""
        return (self.others.data or "").splitlines()

    def facts(self) -> dict[str, Any]:
        """Everything that is asked, also as one text."""
        labels = [label.strip() for label in self.asked() if label.strip()]
        return {"labels": labels, "motive": "\n".join(labels)}


class ReceivedForm(CaseForm):
    """Something missing was brought to the town hall; its ids hold the item, for each item has its form."""

    answer = TextAreaField(_l("What was brought"), [later(), at_most(2000)], render_kw={"rows": 2})
    file = UploadField(_l("Scan or photo of it"), [optional()])


class GiveForm(BaseForm):
    """The applicant gives one thing that was missing."""

    answer = TextAreaField(_l("Your answer"), [later(), at_most(2000)], render_kw={"rows": 3})
    file = UploadField(_l("Or a file: photo, PDF, office document"), [optional()])


class AddForm(OnceForm):
    """The applicant adds something of their own accord."""

    text = TextAreaField(
        _l("What do you want to add?"), [required(_l("Write a few words.")), at_most(2000)], render_kw={"rows": 4}
    )


def _ready(form: CaseForm, _case: Any) -> CaseForm:
    return form


class Forms(dict[str, CaseForm]):
    """The forms of the page of a case by their place, each made blank when the template shows it."""

    def __init__(self, pages: "CasePages", case: Any, refused: CaseForm | None) -> None:
        super().__init__({refused.place: refused} if refused else {})
        self.pages, self.case = pages, case

    def received(self, item: MissingItem) -> CaseForm:
        """The form by which one missing item is noted as brought."""
        place = f"received-{item.id}"
        if place not in self:
            form = self[place] = self.blank(ReceivedForm, place)
            form.answer.data = _("Brought to the town hall.")
        return self[place]

    def blank(self, kind: type[CaseForm], place: str) -> Any:
        """A form that nobody filled in, with the revision of the case."""
        form = kind(formdata=None)
        form.rename(place)
        form.revision.data, form.blank = self.case.revision, True
        return form

    def __missing__(self, place: str) -> CaseForm:
        form: CaseForm = self.pages.prepare(self.blank(self.pages.kind(place), place), self.case)
        self[place] = form
        return form


@dataclass(frozen=True)
class CasePages:
    """The pages of the cases of a workflow in the back office.

    Args:
        load: reads a case of this commune that this agent may see, or aborts with 404.
        file: the page of a case, with the form that was refused.
        forms: form of a transition by its name, or of what else is done on the page by its place; of a transition without
            form here: the revision alone, with a reason when it needs one.
        place: part of the address between the blueprint's and the case's.
        prepare: gives a form its choices and, when nobody filled it in, what is most likely.
        reads: permission that reading the paper of a missing item asks.
    """

    blueprint: Blueprint
    workflow: Workflow
    load: Callable[[UUID], Any]
    file: Callable[[Any, CaseForm | None], Response]
    forms: Mapping[str, type[CaseForm]] = field(default_factory=dict)
    place: str = ""
    scoped: bool = False
    prepare: Callable[[Any, Any], Any] = _ready
    reads: Callable[[MissingItem], str] = lambda item: ""

    def kind(self, place: str) -> type[CaseForm]:
        """Form of a place."""
        if place in self.forms:
            return self.forms[place]
        transition = self.workflow.by_name[place]
        if transition.effect is missing.ask:
            return MissingForm
        return MotiveForm if transition.motive else CaseForm

    def possible(self, case: Any, *, without: Collection[str] = ()) -> list[Transition]:
        """The transitions of a case that this agent may do now, in the order of the workflow."""
        return [
            each
            for each in self.workflow.transitions
            if each.permission
            and each.name not in without
            and case.state in each.sources
            and visitor().can(each.permission, territory=case.territory_id)
        ]

    def address(self, case: Any, transition: Transition) -> str:
        """Where a transition of a case is asked."""
        return f"{self.blueprint.url_prefix}{self.place}/{case.id}/{transition.path}"

    def act(
        self,
        identifier: UUID,
        form: CaseForm,
        do: Callable[[Any], object],
        said: str | Callable[[Any], str],
        again: Callable[[Any, CaseForm], Response] | None = None,
    ) -> Response:
        """Do one thing to a case. What a rule or a colleague forbids is said on its page, with what was typed.

        Args:
            again: the page that holds the form, when it is not the case's own.
        """
        case = self.load(identifier)
        form = self.prepare(form, case)

        def refused() -> Response:
            now = self.load(identifier)
            form.revision.data = now.revision
            return (again or self.file)(now, form)

        to = self.workflow.desk_path(case)
        return submit(form, lambda: do(case), again=refused, to=to, said=said, about=lambda: self.load(identifier))

    def add_routes(
        self, *, done: Mapping[str, Callable[[Any], str]] | None = None, by_hand: Collection[str] = ()
    ) -> None:
        """Add one POST route for each transition that an agent may do.

        Args:
            done: notice of a transition that depends on the case.
            by_hand: transitions that have a view of their own.
        """
        for transition in self.workflow.transitions:
            if transition.permission and transition.name not in by_hand:
                said = (done or {}).get(transition.name) or _said(transition)
                view = allow(transition.permission, scoped=self.scoped)(self._view(transition, said))
                self.blueprint.post(f"{self._argument}/{transition.path}", endpoint=transition.name)(view)

    def add_missing_route(self, permission: str) -> None:
        """Add the route by which something missing is noted as brought to the town hall."""

        @self.blueprint.post(f"{self._argument}/manques/<uuid:item_id>", endpoint="received")
        @allow(permission, scoped=self.scoped)
        def received(**values: UUID) -> Response:
            return self._receive(**values)

    def add_history_route(self, permission: str) -> None:
        """Add the page of what happened and what was written; opened from the file."""

        @self.blueprint.get(f"{self._argument}/historique", endpoint="history")
        @allow(permission, scoped=self.scoped)
        def history(**values: UUID) -> Response:
            case = self.load(values[f"{self.workflow.name}_id"])
            lines = of_case(case)
            return page("desk/cases/history.html", block="lines", workflow=self.workflow, case=case, lines=lines)

    @property
    def _argument(self) -> str:
        return f"{self.place}/<uuid:{self.workflow.name}_id>"

    def _view(self, transition: Transition, said: Callable[[Any], str]) -> Callable[..., Response]:
        kind = self.kind(transition.name)

        def view(**values: UUID) -> Response:
            form = kind()
            form.rename(transition.name)

            def do(case: Any) -> Any:
                revision = form.revision.data or 0
                return cases.move(db.session, self.workflow, case, transition.name, revision=revision, **form.facts())

            return self.act(values[f"{self.workflow.name}_id"], form, do, said)

        view.__name__ = transition.name
        return view

    def _receive(self, item_id: UUID, **values: UUID) -> Response:
        """Note one missing thing that was brought, in words or as a file."""
        identifier, form = values[f"{self.workflow.name}_id"], ReceivedForm()
        form.rename(f"received-{item_id}")

        def do(case: Any) -> Any:
            item = item_or_404(case, item_id)
            file = self._kept(form, item, case.applicant_id)
            missing.receive(db.session, case, item, form.answer.data or "", file, form.revision.data or 0)
            return case

        item_or_404(self.load(identifier), item_id)
        return self.act(identifier, form, do, said_of_given)

    def _kept(self, form: Any, item: MissingItem, owner_id: UUID | None) -> StoredFile | None:
        """The file of a form, kept for the mairie; it is its applicant's, never the agent's who puts it in."""
        if form.file.data is None:
            return None
        return keep_upload(
            form.file.data,
            visibility="staff",
            permission=self.reads(item),
            alternative=item.label,
            person_id=owner_id,
        )

    def give(self, case: Any, item_id: UUID, shown: Callable[[Any, GiveForm, UUID], Response]) -> Response:
        """The applicant gives something that was missing, in words or as a file.

        Args:
            shown: the follow-up page, with the form of an item that was refused.
        """
        item, path = item_or_404(case, item_id), self.workflow.path(case)
        if item.given_at is not None:
            notice(_("This was given already. Thank you."), "wait")
            return go_path(path)
        form = GiveForm()
        form.rename(f"give-{item_id}")

        def do() -> Any:
            missing.give(db.session, case, item, form.answer.data or "", self._kept(form, item, case.applicant_id))
            return case

        return submit(form, do, again=lambda: shown(case, form, item_id), to=path, said=thanked)


def add_to(case: Any, path: str, shown: Callable[[AddForm], Response]) -> Response:
    """The applicant adds something to their case of their own accord.

    Args:
        shown: the follow-up page, with the form that was refused.
    """
    form = AddForm()
    return submit(
        form,
        lambda: missing.add(db.session, case, form.text.data or ""),
        again=lambda: shown(form),
        to=f"{path}#precisions",
        said=_("Thank you: what you added has arrived."),
    )


def give_forms(case: Any, refused: tuple[UUID, GiveForm] | None = None) -> dict[UUID, GiveForm]:
    """The forms of the follow-up page by which an applicant gives what is missing, by item."""
    forms = {}
    for item in case.missing:
        if item.given_at is None:
            forms[item.id] = GiveForm(formdata=None)
            forms[item.id].rename(f"give-{item.id}")
    return forms | ({refused[0]: refused[1]} if refused else {})


def item_or_404(case: Any, item_id: UUID) -> MissingItem:
    """A missing item of a case."""
    found: MissingItem | None = next((item for item in case.missing if item.id == item_id), None)
    return found or abort(404)


def said_of_given(case: Any) -> str:
    """What an agent reads once something missing is noted."""
    if missing.is_waiting(case):
        return _("Noted. Something else is still missing.")
    return _("Noted. Nothing is missing any more.")


def thanked(case: Any) -> str:
    """What an applicant reads once they gave something."""
    if missing.is_waiting(case):
        return _("Thank you. Something else is still missing.")
    return _("Thank you: nothing is missing any more. The town hall goes on with it.")


def _said(transition: Transition) -> Callable[[Any], str]:
    return lambda _case: str(transition.done)


def take(case: Any, path: str) -> Response:
    """Take charge of a case."""
    return attempt(lambda: cases.assign(db.session, case, me()), path, _("You are in charge of it."))
