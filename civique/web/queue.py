"""The queue of the cases of a workflow: a list with saved views, what is done to several at once, the work of the day."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, true
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import SelectField

from civique.core.access.queries import names_of_those_who
from civique.core.cases.operations import assign, move
from civique.core.cases.workflow import APPLICANT, MAIRIE, Transition, Workflow
from civique.core.i18n import _l, ngettext
from civique.core.i18n import gettext as _
from civique.core.loading import among
from civique.core.manifest import WorkItem
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.web.access import allow, visitor
from civique.web.desk.labels import CHANNELS
from civique.web.desk_list import Asked, DeskList, Filter
from civique.web.forms import BaseForm, choices, optional
from civique.web.lists import MOST_TICKED, asked_ids, paginate
from civique.web.pages import go, go_path, notice, page
from civique.web.submit import submit
from civique.web.tables import list_file
from civique.web.villages import village_filter
from tenants.db import db
from tenants.session import TenantSession

MOST_WORK = 10
"""Lines of one kind in « À faire aujourd'hui »; the rest is behind the saved view."""


@dataclass(frozen=True)
class Work:
    """What a case in a saved view adds to « À faire aujourd'hui ».

    Args:
        permission: who may do it.
        sentence: what is to be done, with ``%(what)s`` for the title of the case.
        state: of its label.
        due: day by which it was to be done, from a line of the queue and the values of its conditions.
        place: part of the page of the case, with its ``#``.
    """

    permission: str
    sentence: Any
    state: Any
    due: Callable[[Any, Mapping[str, Any]], date] | None = None
    place: str = ""


@dataclass(frozen=True)
class View:
    """A saved view of a queue: cases that need somebody.

    Args:
        code: in the address.
        condition: it may hold the parameters that ``Queue.values`` gives.
        always: its tab is shown also while there is nothing in it.
    """

    code: str
    label: Any
    condition: ColumnElement[bool]
    always: bool = False
    work: Work | None = None


@dataclass(frozen=True)
class Bulk:
    """Something done to one case or to several at once, confirmed on a page of its own.

    Args:
        form: what is asked once for all of them.
        do: gives, for a valid form and the chosen cases, what is done to each; it may raise ``Refused``.
        prepare: gives the form its choices.
        hint: what it means, said before it is confirmed.
        said: what is said once it is done to these cases; how many, when it is not there.
        nothing: sentence, words of a link and its endpoint when the form has nothing to choose from.
        may: whether it may be done to a case; the others are left out.
        whole: done to all of them or to none, with a ``OnceForm``: what is written was written for all.
        template: of the page that confirms it.
    """

    code: str
    label: Any
    icon: str
    do: Callable[[Any, Sequence[Any]], Callable[[Any], object]]
    form: type[BaseForm] = BaseForm
    prepare: Callable[[Any, Sequence[Any]], object] = lambda form, cases: None
    hint: Any = ""
    nothing: tuple[Any, Any, str] | None = None
    said: Callable[[Any, Sequence[Any]], str] | None = None
    may: Callable[[Any], bool] = lambda case: True
    whole: bool = False
    template: str = "desk/cases/together.html"


class AssignForm(BaseForm):
    """Who has it."""

    assignee_id = SelectField(_l("In charge"), [optional()])


def bulk_of(workflow: Workflow) -> tuple[Bulk, ...]:
    """The transitions that may be done to several cases at once."""
    return tuple(_bulk_move(workflow, each) for each in workflow.transitions if each.bulk)


def _bulk_move(workflow: Workflow, transition: Transition) -> Bulk:
    def do(_form: BaseForm, cases: Sequence[Any]) -> Callable[[Any], object]:
        read = {case.id: case.revision for case in cases}
        return lambda case: move(db.session, workflow, case, transition.name, revision=read[case.id])

    def said(_form: BaseForm, done: Sequence[Any]) -> str:
        return str(transition.done) if len(done) == 1 else _done(done)

    return Bulk(transition.name, transition.label, "check", do, hint=transition.bulk, said=said)


def _done(cases: Sequence[Any]) -> str:
    return ngettext("Done for one line.", "Done for %(num)s lines.", len(cases))


def bulk_assign(permission: str) -> Bulk:
    """Entrust cases to somebody who has a permission."""

    def prepare(form: AssignForm, cases: Sequence[Any]) -> None:
        able = names_of_those_who(db.session, permission, modules().permissions)
        form.assignee_id.choices = choices(able, empty=_("Nobody yet"))
        if not form.is_submitted() and len(cases) == 1:
            form.assignee_id.data = str(cases[0].assignee_id or "")

    def do(form: AssignForm, _cases: Sequence[Any]) -> Callable[[Any], object]:
        chosen = form.assignee_id.data
        person = get_person(db.session, UUID(chosen)) if chosen else None
        return lambda case: assign(db.session, case, person)

    return Bulk("assign", _l("Entrust"), "user", do, AssignForm, prepare)


def state_filter(workflow: Workflow, *, hidden: Collection[str] = (), default: str = "") -> Filter:
    """The filter of a queue by groups of states and by state.

    Args:
        hidden: states that the queue never shows.
    """

    def proposed() -> dict[str, Any]:
        states = {state.code: state.label for state in workflow.states if state.code not in hidden}
        return {**workflow.groups, _("One state"): states} if workflow.groups else states

    def condition(code: str) -> ColumnElement[bool]:
        return among(workflow.model.state, workflow.in_group(code) if code in workflow.groups else (code,))

    return Filter("etat", _l("State"), proposed, condition, default)


def case_filters(workflow: Workflow, *, hidden: Collection[str] = ()) -> tuple[Filter, ...]:
    """The filters of every queue: state, village, channel."""
    model = workflow.model
    return (
        state_filter(workflow, hidden=hidden),
        village_filter(model.territory_id),
        Filter("canal", _l("Channel"), lambda: CHANNELS, lambda code: model.channel == code),
    )


def case_views(workflow: Workflow) -> tuple[View, ...]:
    """The saved views of every queue: what the mairie has to do, what is in one's charge."""
    model = workflow.model
    open_ = workflow.waiting(MAIRIE, APPLICANT)
    return (
        View("waiting", _l("For us to do"), among(model.state, workflow.in_group("waiting")), always=True),
        View("mine", _l("In my charge"), and_(model.assignee_id == bindparam("me"), among(model.state, open_))),
    )


@dataclass(frozen=True)
class Queue(DeskList):
    """The list of the cases of a workflow: filters, saved views, files, and what is done to several at once.

    Args:
        permission: to read it.
        lines: query of the lines of its page, columns only: ``id``, ``reference``, ``title``, ``whom``, ``on``,
            ``state``, ``village``, ``assignee``, and what its template adds.
        views: saved views, in the order of the life of a case.
        values: parameters of the conditions of the views.
        bulk: what may be done to several, and ``bulk_permission`` who may.
        context: what else its template shows, once the page is known to be asked.
        scoped: an agent may have the permission for some territories only, and then sees their cases alone.
    """

    workflow: Workflow = field(kw_only=True)
    permission: str = field(kw_only=True)
    lines: Select[Any] = field(kw_only=True)
    views: tuple[View, ...] = ()
    values: Callable[[], Mapping[str, Any]] = dict
    bulk: tuple[Bulk, ...] = ()
    bulk_permission: str = ""
    context: Callable[[], Mapping[str, Any]] = dict
    scoped: bool = False

    def within_reach(self, query: Select[Any]) -> Select[Any]:
        """The same cases, without those of territories for which this agent has not the permission."""
        reach = self._reach
        return query if reach is None else query.where(self.workflow.model.territory_id.in_(reach))

    @property
    def _reach(self) -> Any:
        """Territories of which this agent sees the cases; None for all."""
        return visitor().rights.territories(self.permission) if self.scoped else None

    @property
    def may_tick(self) -> bool:
        """Whether this agent may do something to several cases, of some territories at least."""
        rights = visitor().rights
        reach = rights.territories(self.bulk_permission) if self.scoped else {}
        return bool(self.bulk) and (rights.can(self.bulk_permission) or bool(reach))

    @cached_property
    def _cases(self) -> Select[Any]:
        """The identifiers of the cases: what is selected, joins that it does not need included, which PostgreSQL leaves out."""
        return self.lines.with_only_columns(self.workflow.model.id, maintain_column_froms=True)

    @cached_property
    def _counts(self) -> Select[Any]:
        """:meth:`_counts_of` every case, in a statement that is written once."""
        return self._counts_of(lambda cases: cases)

    def _counts_of(self, some: Callable[[Select[Any]], Select[Any]]) -> Select[Any]:
        """Number of cases (``all``) and of those behind each view. Each is counted by itself: what a view asks is asked of
        the few cases in its states, found by their index."""
        conditions = {"all": true(), **{view.code: view.condition for view in self.views}}
        counted = (
            some(self._cases.where(condition))
            .with_only_columns(func.count(), maintain_column_froms=True)
            .scalar_subquery()
            .label(code)
            for code, condition in conditions.items()
        )
        return select(*counted)

    @cached_property
    def _by_code(self) -> Mapping[str, View]:
        return {view.code: view for view in self.views}

    def found(self) -> Select[Any]:
        """Query of all the cases that the address asks, those of a view when it names one."""
        return self._shown(self.asked(), *self._viewed())

    def _viewed(self) -> tuple[View | None, Mapping[str, Any]]:
        """The view that the address names, and the parameters of its condition."""
        return self._by_code.get(request.args.get("voir", "")), {"me": visitor().person_id, **self.values()}

    def respond(self, **context: Any) -> Response:
        """The file that the address asks, or the page."""
        asked, (view, values) = self.asked(), self._viewed()
        if "format" in request.args:
            words = [*self.in_words(asked), (_("To do"), view.label if view else "")]
            file = list_file(self.name, self.title, self.columns, self._shown(asked, view, values), filters=words)
            if file:
                return file
        counting = self._counts if self._reach is None else self._counts_of(self.within_reach)
        counts = db.session.execute(counting, values).mappings().one()
        total = None if asked.narrowed else counts[view.code if view else "all"]
        found = self._shown(asked, view, values, self._cases)
        listing = paginate(found, lines=self.ordered(self.lines, asked), total=total)
        return page(
            self.template,
            block="rows",
            list=self,
            asked=asked,
            view=view.code if view else "",
            counts=counts,
            listing=listing,
            **self.context(),
            **context,
        )

    def work_items(self, session: TenantSession, agent: Any) -> list[WorkItem]:
        """The eldest cases of the views that are work for somebody, in the order of the views."""
        values, found = {"me": agent.person_id, **self.values()}, []
        for view in self.views:
            if view.work is not None and agent.can(view.work.permission):
                query = self.lines.where(view.condition).order_by(*self.orders[0].columns(None)).limit(MOST_WORK)
                found += [self._item(view.work, line, values) for line in session.execute(query, values)]
        return found

    def _item(self, work: Work, line: Any, values: Mapping[str, Any]) -> WorkItem:
        return WorkItem(
            str(work.sentence) % {"what": line.title},
            self.workflow.desk_path(line) + work.place,
            line.whom,
            line.on,
            work.due(line, values) if work.due else None,
            str(work.state),
        )

    def _shown(self, asked: Asked, view: View | None, values: Mapping[str, Any], select: Any = None) -> Select[Any]:
        query = self.within_reach(self.query(asked, select))
        return query.where(view.condition).params(**values) if view else query


def add_queue_routes(blueprint: Blueprint, queue: Queue, chosen: Callable[[Collection[UUID]], Sequence[Any]]) -> None:
    """Add to a blueprint of the back office its queue, and the confirmation of what is done to several cases.

    Args:
        chosen: those of some cases that exist here and that this agent may see, in their order.
    """

    @blueprint.get("", endpoint="queue")
    @allow(queue.permission, scoped=queue.scoped)
    def listing() -> Response:
        """Every case, those that wait first."""
        return queue.respond()

    if not queue.bulk:
        return
    kinds = {each.code: each for each in queue.bulk}

    def ticked(kind: Bulk | None) -> Sequence[Any]:
        return [case for case in chosen(asked_ids()) if kind.may(case)] if kind else ()

    def confirm(form: BaseForm, cases: Sequence[Any], kind: Bulk, status: int = 200) -> Response:
        return page(kind.template, status=status, form=form, cases=cases, kind=kind, queue=queue)

    @blueprint.get("/ensemble", endpoint="choose")
    @allow(queue.bulk_permission, scoped=queue.scoped)
    def choose() -> Response:
        """Confirm what is done, and to which cases."""
        kind = kinds.get(request.values.get("action", ""))
        cases = ticked(kind)
        if not cases or kind is None:
            notice(_("Tick at least one line, then choose what to do."), "wait")
            return go(f"{blueprint.name}.queue")
        form = kind.form(formdata=None)
        kind.prepare(form, cases)
        return confirm(form, cases, kind)

    @blueprint.post("/ensemble", endpoint="together")
    @allow(queue.bulk_permission, scoped=queue.scoped)
    def together() -> Response:
        """Do it; each case says for itself what forbids it, and the others are done, unless it is for all or for none."""
        kind = kinds.get(request.form.get("action", ""))
        cases = ticked(kind)
        if kind is None or not (cases or kind.whole):
            return choose()
        form = kind.form()
        kind.prepare(form, cases)
        if kind.whole:
            return _for_all(kind, form, ticked, confirm, f"{blueprint.name}.queue")
        if not form.validate():
            return confirm(form, cases, kind, 422)
        done, refused = _each(kind.do(form, cases), cases)
        if refused:
            return page("desk/cases/done_together.html", done=done, refused=refused, queue=queue)
        notice(kind.said(form, done) if kind.said else _done(done))
        return go_path(queue.workflow.desk_path(done[0])) if len(done) == 1 else go(f"{blueprint.name}.queue")


def _for_all(
    kind: Bulk,
    form: BaseForm,
    ticked: Callable[[Bulk], Sequence[Any]],
    confirm: Callable[..., Response],
    queue: str,
) -> Response:
    """Do something to all the cases as they were read, or to none."""

    def do() -> Sequence[Any]:
        cases, read = ticked(kind), _read()
        if {case.id: case.revision for case in cases} != read:
            raise Refused(
                _("A colleague changed one of these lines in the meantime. Nothing was done, to any of them.")
            )
        apply = kind.do(form, cases)
        for case in cases:
            apply(case)
        return cases

    return submit(
        form,
        do,
        again=lambda: confirm(form, ticked(kind), kind),
        to=url_for(queue),
        said=lambda done: kind.said(form, done) if kind.said else _done(done),
    )


def _read() -> dict[UUID, int]:
    """Revision at which each case of a confirmation was read: ``identifier:revision``."""
    found = {}
    for text in request.form.getlist("read")[:MOST_TICKED]:
        identifier, _colon, revision = text.partition(":")
        try:
            found[UUID(identifier)] = int(revision)
        except ValueError:
            abort(400)
    return found


def _each(do: Callable[[Any], object], cases: Sequence[Any]) -> tuple[list[Any], list[tuple[Any, str]]]:
    """Do something to each case, in a savepoint of its own: those it was done to, those left with why."""
    done, refused = [], []
    for case in cases:
        try:
            with db.session.begin_nested():
                do(case)
            done.append(case)
        except Refused as why:
            refused.append((case, str(why)))
        except StaleDataError:
            refused.append((case, _("A colleague changed this in the meantime. Nothing was overwritten.")))
    return done, refused
