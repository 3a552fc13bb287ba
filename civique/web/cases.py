"""The pages of a table of cases in the back office, made of its workflow: one route for each transition."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar
from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from civique.core.cases import operations as cases
from civique.core.cases.workflow import Transition, Workflow
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.access import allow, me
from civique.web.forms import BaseForm, RevisionField, at_most, later
from civique.web.submit import attempt, submit
from tenants.db import db


class CaseForm(BaseForm):
    """A form among others on the page of a case: its ids begin by its place, ``revision`` is the case that was read."""

    place: ClassVar[str] = "step"
    revision = RevisionField(default=0)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.rename(self.place)

    def rename(self, place: str) -> None:
        """Give the fields ids of another place: the same form several times on one page."""
        for field in self:
            field.id = field.label.field_id = f"{place}-{field.name}"

    def facts(self) -> dict[str, Any]:
        """What the transition takes besides the revision."""
        return {field.name: field.data for field in self if field.name != "revision"}


class MotiveForm(CaseForm):
    """A reason that the applicant will read."""

    motive = TextAreaField(_l("Reason, which the applicant will read"), [later(), at_most(2000)], render_kw={"rows": 4})

    def facts(self) -> dict[str, Any]:
        """The reason, never None."""
        return {**super().facts(), "motive": self.motive.data or ""}


def _ready(form: CaseForm, _case: Any) -> CaseForm:
    return form


def add_case_routes(
    blueprint: Blueprint,
    workflow: Workflow,
    load: Callable[[UUID], Any],
    file: Callable[[Any, CaseForm | None], Response],
    forms: Mapping[str, type[CaseForm]],
    *,
    place: str = "",
    scoped: bool = False,
    prepare: Callable[[Any, Any], Any] = _ready,
    done: Mapping[str, Callable[[Any], str]] | None = None,
    by_hand: Collection[str] = (),
) -> None:
    """Add to a blueprint of the back office one POST route for each transition that an agent may do.

    Args:
        load: reads a case of this commune that this agent may see, or aborts with 404.
        file: the page of a case, with the form that was refused.
        forms: form of a transition by its name; otherwise the revision alone, with a reason when it needs one.
        place: part of the address between the blueprint's and the case's.
        prepare: gives a form its choices.
        done: notice of a transition that depends on the case.
        by_hand: transitions that have a view of their own.
    """
    argument = f"{workflow.name}_id"
    for transition in workflow.transitions:
        if transition.permission and transition.name not in by_hand:
            kind = forms.get(transition.name, MotiveForm if transition.motive else CaseForm)
            said = (done or {}).get(transition.name) or _said(transition)
            view = _view(workflow, transition, argument, load, file, kind, prepare, said)
            view = allow(transition.permission, scoped=scoped)(view)
            address = f"{place}/<uuid:{argument}>/{transition.path}"
            blueprint.post(address, endpoint=transition.name)(view)


def _said(transition: Transition) -> Callable[[Any], str]:
    return lambda _case: str(transition.done)


def _view(
    workflow: Workflow,
    transition: Transition,
    argument: str,
    load: Callable[[UUID], Any],
    file: Callable[[Any, CaseForm | None], Response],
    kind: type[CaseForm],
    prepare: Callable[[Any, Any], Any],
    said: Callable[[Any], str],
) -> Callable[..., Response]:
    def view(**values: UUID) -> Response:
        identifier = values[argument]
        case = load(identifier)
        form: CaseForm = prepare(kind(), case)

        def do() -> Any:
            return cases.move(
                db.session, workflow, case, transition.name, revision=form.revision.data or 0, **form.facts()
            )

        def again() -> Response:
            now = load(identifier)
            form.revision.data = now.revision
            return file(now, form)

        return submit(form, do, again=again, to=workflow.desk_path(case), said=said, about=lambda: load(identifier))

    view.__name__ = transition.name
    return view


def take(case: Any, path: str) -> Response:
    """Take charge of a case."""
    return attempt(lambda: cases.assign(db.session, case, me()), path, _("You are in charge of it."))
