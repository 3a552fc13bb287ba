"""The lists of the back office, declared once: what is looked for, filters, orders, the page and its files; and the queue of
the cases of a workflow, with its saved views and what is done to several at once.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, inspect, or_
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import SelectField

from civique.core.access.queries import names_of_those_who
from civique.core.cases.operations import assign, move
from civique.core.cases.workflow import APPLICANT, MAIRIE, Transition, Workflow
from civique.core.i18n import _l, long_date, ngettext
from civique.core.i18n import gettext as _
from civique.core.loading import among
from civique.core.manifest import WorkItem
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.core.territory.queries import territories
from civique.web.access import allow, visitor
from civique.web.desk.labels import CHANNELS
from civique.web.forms import BaseForm, choices, of_our_time, optional
from civique.web.lists import asked_ids, asked_words, paginate
from civique.web.pages import go, go_path, notice, page
from civique.web.tables import Columns, list_file
from tenants.db import db
from tenants.session import TenantSession

MOST_WORK = 10
"""Lines of one kind in « À faire aujourd'hui »; the rest is behind the saved view."""


@dataclass(frozen=True)
class Filter:
    """A choice that narrows a list.

    Args:
        name: in the address, in French.
        choices: code → words (or words and tone), or name of a group → its own; or what gives them; an empty filter is not shown. None: a day is asked.
        condition: of a code that is proposed, or of the day; or the column that holds the code.
        default: code chosen when the address says nothing.
        all: words of no choice; « All » when it is not said.
        tabs: one of the choices is always made, and they are shown as tabs.
    """

    name: str
    label: Any
    choices: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None
    condition: Any
    default: str = ""
    all: Any = ""
    tabs: bool = False

    def options(self) -> Mapping[str, Any]:
        """The choices in words; none for a day."""
        found = self.choices() if callable(self.choices) else self.choices or {}
        return {code: words[0] if isinstance(words, tuple) else words for code, words in found.items()}

    def read(self, options: Mapping[str, Any]) -> str:
        """The code or the day that the address chooses; nothing when it is not proposed."""
        text = request.args.get(self.name, self.default)
        if self.choices is None:
            return text if _day(text) else ""
        return text if text in flat(options) else self.default if self.tabs else ""

    def where(self, code: str) -> ColumnElement[bool]:
        """Condition of a choice."""
        asked = _day(code) if self.choices is None else code
        found: ColumnElement[bool] = self.condition(asked) if callable(self.condition) else self.condition == asked
        return found

    def said(self, code: str, options: Mapping[str, Any]) -> Any:
        """A choice in words."""
        day = _day(code) if self.choices is None else None
        return long_date(day, weekday=False) if day else flat(options)[code]


def _day(text: str) -> date | None:
    try:
        day: date = of_our_time(date.fromisoformat(text))
        return day
    except ValueError:
        return None


def flat(options: Mapping[str, Any]) -> dict[str, Any]:
    """Code and words of each choice of a filter, those of its groups included."""
    found: dict[str, Any] = {}
    for code, words in options.items():
        found |= words if isinstance(words, Mapping) else {code: words}
    return found


@dataclass(frozen=True)
class Order:
    """An order of a list: its name in the address, its words, its columns (or one), which may depend on what is asked. The
    key of the rows comes last by itself."""

    name: str
    label: Any
    by: Any

    def columns(self, asked: "Asked | None") -> tuple[Any, ...]:
        """What the rows are sorted by."""
        by = self.by(asked) if callable(self.by) else self.by
        return by if isinstance(by, tuple) else (by,)


def newest(column: Any) -> Order:
    """The last first."""
    return Order("recents", _l("Newest first"), column.desc())


def oldest(column: Any) -> Order:
    """The first first."""
    return Order("anciens", _l("Oldest first"), column)


def anywhere(*columns: Any) -> Callable[[str], Sequence[ColumnElement[bool]]]:
    """Conditions of a search: one of the columns holds the text."""
    return lambda text: [or_(*(column.icontains(text, autoescape=True) for column in columns))]


@dataclass(frozen=True)
class Asked:
    """What the address asks of a list: words looked for, code of each filter, name of the order; ``usual`` are the codes
    of an address that asks nothing."""

    words: str
    codes: Mapping[str, str]
    order: str
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        """Whether something other than the defaults is asked."""
        return bool(self.words) or self.codes != self.usual


@dataclass(frozen=True)
class DeskList:
    """A list of the back office.

    Args:
        name: of its files, in French.
        title: of its page and of its document on paper.
        select: query of its rows, for whoever asks; its order is not kept.
        columns: of its files.
        template: of its page, which extends ``desk/_list.html``; it receives ``list``, ``asked`` and ``listing``.
        orders: the first one is used when the address names none.
        words: conditions that a text looked for sets.
        words_label: what may be looked for.
        beside: what the page says beside its rows, read once for those it shows.
    """

    name: str
    title: Any
    select: Callable[[], Select[Any]]
    columns: Columns
    template: str
    orders: tuple[Order, ...]
    filters: tuple[Filter, ...] = ()
    words: Callable[[str], Sequence[ColumnElement[bool]]] | None = None
    words_label: Any = ""
    beside: Callable[[Sequence[Any]], Mapping[str, Any]] | None = None

    def asked(self) -> Asked:
        """What the address asks; a code that is not proposed is no filter."""
        options = {each.name: each.options() for each in self.filters}
        codes = {each.name: each.read(options[each.name]) for each in self.filters}
        usual = {each.name: codes[each.name] if each.tabs else each.default for each in self.filters}
        order = request.args.get("tri", "")
        return Asked(
            asked_words() if self.words else "",
            {name: code for name, code in codes.items() if code},
            order if order in {o.name for o in self.orders} else self.orders[0].name,
            options,
            {name: code for name, code in usual.items() if code},
        )

    def query(self, asked: Asked, select: Select[Any] | None = None) -> Select[Any]:
        """Query of the rows that are asked, in their order; or another with the same filters and order."""
        query = self.select() if select is None else select
        if self.words and asked.words:
            query = query.where(*self.words(asked.words))
        for each in self.filters:
            if each.name in asked.codes:
                query = query.where(each.where(asked.codes[each.name]))
        order = next(order for order in self.orders if order.name == asked.order)
        rows = query.column_descriptions[0]["entity"]
        return query.order_by(None).order_by(*order.columns(asked), *(inspect(rows).primary_key if rows else ()))

    def in_words(self, asked: Asked) -> list[tuple[Any, Any]]:
        """Label and words of each filter that is set, for paper."""
        found = [
            (each.label, each.said(asked.codes[each.name], asked.options[each.name]))
            for each in self.filters
            if each.name in asked.codes
        ]
        return [*found, (_("Words looked for"), asked.words)]

    def add_to(
        self,
        blueprint: Blueprint,
        permission: str,
        context: Callable[[], Mapping[str, Any]] = dict,
        *,
        path: str = "",
        endpoint: str = "listing",
        scoped: bool = False,
    ) -> None:
        """Make the page of the list, for who has a permission; ``context`` is what its template needs besides."""

        @blueprint.get(path, endpoint=endpoint)
        @allow(permission, scoped=scoped)
        def listing() -> Response:
            return self.respond(**context())

    def respond(self, **context: Any) -> Response:
        """The file that the address asks, or the page."""
        asked = self.asked()
        query = self.query(asked)
        file = list_file(self.name, self.title, self.columns, query, filters=self.in_words(asked))
        if file:
            return file
        listing = paginate(query)
        beside = self.beside(listing.rows) if self.beside else {}
        return page(self.template, block="rows", list=self, asked=asked, listing=listing, **beside, **context)


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
        nothing: sentence, words of a link and its endpoint when the form has nothing to choose from.
    """

    code: str
    label: Any
    icon: str
    do: Callable[[Any, Sequence[Any]], Callable[[Any], object]]
    form: type[BaseForm] = BaseForm
    prepare: Callable[[Any, Sequence[Any]], object] = lambda form, cases: None
    hint: Any = ""
    nothing: tuple[Any, Any, str] | None = None


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

    return Bulk(transition.name, transition.label, "check", do, hint=transition.bulk)


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

    def villages() -> dict[str, str]:
        return {str(each.id): each.name for each in territories(db.session, "delegated")}

    return (
        state_filter(workflow, hidden=hidden),
        Filter("village", _l("Village"), villages, lambda code: model.territory_id == UUID(code)),
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
        lines: query of the lines of its page, columns only: ``id``, ``reference``, ``title``, ``whom``, ``on``, ``state``,
            ``village``, ``assignee``, and what its template adds.
        views: saved views, in the order of the life of a case.
        values: parameters of the conditions of the views.
        bulk: what may be done to several, and ``bulk_permission`` who may.
        context: what else its template shows, once the page is known to be asked.
    """

    workflow: Workflow = field(kw_only=True)
    permission: str = field(kw_only=True)
    lines: Select[Any] = field(kw_only=True)
    views: tuple[View, ...] = ()
    values: Callable[[], Mapping[str, Any]] = dict
    bulk: tuple[Bulk, ...] = ()
    bulk_permission: str = ""
    context: Callable[[], Mapping[str, Any]] = dict

    @cached_property
    def _counts(self) -> Select[Any]:
        """Number of cases (``all``) and of those behind each view, in one statement that is written once."""
        conditions = [func.count().filter(view.condition).label(view.code) for view in self.views]
        columns: list[Any] = [func.count().label("all"), *conditions]
        return self.lines.with_only_columns(*columns, maintain_column_froms=True)

    @cached_property
    def _by_code(self) -> Mapping[str, View]:
        return {view.code: view for view in self.views}

    def respond(self, **context: Any) -> Response:
        """The file that the address asks, or the page."""
        asked, view = self.asked(), self._by_code.get(request.args.get("voir", ""))
        values = {"me": visitor().person_id, **self.values()}
        if "format" in request.args:
            words = [*self.in_words(asked), (_("To do"), view.label if view else "")]
            file = list_file(self.name, self.title, self.columns, self._shown(asked, view, values), filters=words)
            if file:
                return file
        counts = db.session.execute(self._counts, values).mappings().one()
        total = None if asked.narrowed else counts[view.code if view else "all"]
        listing = paginate(self._shown(asked, view, values, self.lines), columns=True, total=total)
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
        query = self.query(asked, select)
        return query.where(view.condition).params(**values) if view else query


def add_queue_routes(blueprint: Blueprint, queue: Queue, chosen: Callable[[Collection[UUID]], Sequence[Any]]) -> None:
    """Add to a blueprint of the back office its queue, and the confirmation of what is done to several cases.

    Args:
        chosen: those of some cases that exist here and that this agent may see, in their order.
    """

    @blueprint.get("", endpoint="queue")
    @allow(queue.permission)
    def listing() -> Response:
        """Every case, those that wait first."""
        return queue.respond()

    if not queue.bulk:
        return
    kinds = {each.code: each for each in queue.bulk}

    @blueprint.get("/ensemble", endpoint="choose")
    @allow(queue.bulk_permission)
    def choose() -> Response:
        """Confirm what is done, and to which cases."""
        cases, kind = chosen(asked_ids()), kinds.get(request.values.get("action", ""))
        if not cases or kind is None:
            notice(_("Tick at least one line, then choose what to do."), "wait")
            return go(f"{blueprint.name}.queue")
        form = kind.form(formdata=None)
        kind.prepare(form, cases)
        return page("desk/cases/together.html", form=form, cases=cases, kind=kind, queue=queue)

    @blueprint.post("/ensemble", endpoint="together")
    @allow(queue.bulk_permission)
    def together() -> Response:
        """Do it; each case says for itself what forbids it, and the others are done."""
        cases, kind = chosen(asked_ids()), kinds.get(request.form.get("action", ""))
        if not cases or kind is None:
            return choose()
        form = kind.form()
        kind.prepare(form, cases)
        if not form.validate():
            return page("desk/cases/together.html", status=422, form=form, cases=cases, kind=kind, queue=queue)
        done, refused = _each(kind.do(form, cases), cases)
        if refused:
            return page("desk/cases/done_together.html", done=done, refused=refused, queue=queue)
        notice(ngettext("Done for one line.", "Done for %(num)s lines.", len(done)))
        return go_path(queue.workflow.desk_path(done[0])) if len(done) == 1 else go(f"{blueprint.name}.queue")


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
