"""The pages that the cases of a module usually have in the back office: the queue's columns, the file of one, what an agent
enters for a resident and its receipt.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, session, url_for
from sqlalchemy import ColumnElement, Select
from werkzeug.wrappers import Response
from wtforms import SelectField

from civique.core import clock
from civique.core.answers.operations import answer_for
from civique.core.cases import queries as cases
from civique.core.cases.course import course
from civique.core.cases.missing import ASK
from civique.core.cases.workflow import Workflow
from civique.core.channels import CHANNELS, ENTERED
from civique.core.committees.models import VERDICTS
from civique.core.committees.queries import opinions_on
from civique.core.i18n import _l
from civique.core.loading import among
from civique.core.messages.queries import about
from civique.core.messages.rendering import as_letters
from civique.web.access import allow
from civique.web.cases import CaseForm, CasePages, Forms
from civique.web.desk.counter import receipt_page, resident
from civique.web.desk.invite_found import add_invite_route
from civique.web.desk_list import Invites, Order
from civique.web.forms import OnceForm, choices, required
from civique.web.lists import row_or_404
from civique.web.pages import as_pdf, go, page
from civique.web.queue import Queue, View, add_queue_routes, bulk_assign, bulk_of, case_filters, case_views
from civique.web.submit import submit
from civique.web.tables import Column
from tenants.db import db


def case_columns(workflow: Workflow, title: Any, *more: Column) -> tuple[Column, ...]:
    """The columns of the files of a queue.

    Args:
        title: heading of what is asked.
        more: those of the module's own, after it.
    """
    return (
        Column(_l("Reference"), lambda case: case.reference),
        Column(title, workflow.title),
        *more,
        Column(_l("Who asks"), lambda case: case.applicant.name if case.applicant else ""),
        Column(_l("Village"), lambda case: case.territory.name if case.territory else ""),
        Column(_l("State"), lambda case: str(workflow.state(case).label)),
        Column(_l("In charge"), lambda case: case.assignee.name if case.assignee else ""),
        Column(_l("Received on"), lambda case: clock.local(case.created_at).date()),
        Column(_l("Channel"), lambda case: str(CHANNELS[case.channel])),
    )


def waiting_first(workflow: Workflow) -> tuple[Any, ...]:
    """Order of a queue: what waits for the mairie, the eldest at the top, then what does not."""
    model = workflow.model
    return (among(model.state, workflow.in_group("waiting")).desc(), model.created_at, model.id)


def usual_queue(
    blueprint: Blueprint,
    workflow: Workflow,
    *,
    name: str,
    title: Any,
    columns: Sequence[Column],
    lines: Select[Any],
    searched: Callable[[str], Sequence[ColumnElement[bool]]],
    permission: str,
    manage: str,
    counter: str = "",
    importer: str = "",
    invites: bool = False,
    orders: tuple[Order, ...] = (),
    views: tuple[View, ...] = (),
    template: str = "desk/cases/queue.html",
) -> Queue:
    """The queue of the cases of a blueprint, at its address: what every queue has, and what is the module's own.

    Args:
        permission: to read it; ``manage`` does something to several, ``counter`` enters one for a resident.
        importer: name of the importer that brings them in.
        invites: whether who asks may be invited to a gathering, all those found together.
        orders: besides those that wait longest.
        views: besides those of every queue.
        template: of the page; it extends ``desk/cases/queue.html``.
    """
    model = workflow.model
    queue = Queue(
        name=name,
        title=title,
        select=lambda: cases.whole(model),
        lines=lines,
        columns=columns,
        template=template,
        workflow=workflow,
        permission=permission,
        orders=(Order("waiting", _l("Waiting longest"), waiting_first(workflow)), *orders),
        filters=case_filters(workflow),
        words=searched,
        words_label=_l("Name, reference or words"),
        views=(*case_views(workflow), *views),
        bulk=(*bulk_of(workflow), bulk_assign(manage)),
        bulk_permission=manage,
        context=lambda: {"counter": counter, "importer": importer},
        invites=Invites(model.applicant_id, manage) if invites else None,
    )
    if invites:
        add_invite_route(blueprint, queue)
    add_queue_routes(blueprint, queue, lambda ids: cases.chosen(db.session, model, ids))
    return queue


def usual_pages(
    blueprint: Blueprint,
    workflow: Workflow,
    permission: str,
    *,
    examine: str,
    forms: Mapping[str, type[CaseForm]] | None = None,
    prepare: Callable[[Any, Any], Any] = lambda form, case: form,
    template: str = "desk/cases/file.html",
    context: Callable[[Any], Mapping[str, Any]] = lambda case: {},
) -> CasePages:
    """The pages of the cases of a blueprint whose queue is at its address: the file, its history, a route for each
    transition, another for what is brought, where the workflow asks for what is missing.

    Args:
        permission: to read a case.
        examine: permission to ask for what is missing and to note that it came.
        forms: as of :class:`CasePages`, and ``prepare``.
        template: of the file; it extends ``desk/cases/file.html``.
        context: what else it shows of a case.
    """

    def load(identifier: UUID) -> Any:
        return row_or_404(workflow.model, identifier)

    def file(case: Any, refused: CaseForm | None) -> Response:
        due = answer_for(db.session, case)
        return page(
            template,
            status=422 if refused else 200,
            case=case,
            workflow=workflow,
            pages=pages,
            forms=Forms(pages, case, refused),
            refused=refused,
            due=due,
            steps=course(workflow, case, due),
            opinions=opinions_on(db.session, case),
            verdicts=VERDICTS,
            examine=examine,
            today=clock.today(),
            **context(case),
        )

    @blueprint.get(f"/<uuid:{workflow.name}_id>", endpoint="file")
    @allow(permission)
    def show(**values: UUID) -> Response:
        """One case."""
        return file(load(*values.values()), None)

    pages = CasePages(blueprint, workflow, load, file, forms or {}, prepare=prepare)
    pages.add_routes()
    if ASK in workflow.by_name:
        pages.add_missing_route(examine)
    pages.add_history_route(permission)
    return pages


class ForSomebody(OnceForm):
    """What an agent enters for a resident: a form of the module that extends it asks the same as on the site."""

    channel = SelectField(_l("How did it reach you?"), [required()], choices=[])

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.channel.choices = choices(ENTERED.items())


def add_counter_routes(
    blueprint: Blueprint,
    workflow: Workflow,
    permission: str,
    *,
    title: Any,
    form: type[ForSomebody],
    enter: Callable[..., Any],
    template: str = "desk/cases/counter.html",
) -> None:
    """Add to a blueprint what an agent enters for a resident (``counter_links`` lead to its endpoint ``counter``), and the
    receipt, on the page and as a letter.

    Args:
        enter: the operation: takes the session, who asks and what the form gives.
    """
    name = blueprint.name

    def shown(entry: ForSomebody, person: Any) -> Response:
        return page(template, form=entry, person=person, title=title)

    @blueprint.get("/saisir", endpoint="counter")
    @allow(permission)
    def counter() -> Response:
        """Enter a request for a resident."""
        person, entry = resident(), form()
        if person is None:
            return go("desk_counter.person", pour=f"{name}.counter")
        entry.channel.data = session.get("counter_channel", "paper")
        return shown(entry, person)

    @blueprint.post("/saisir", endpoint="take")
    @allow(permission)
    def take() -> Response:
        """Take it; the receipt leaves by e-mail or as a letter."""
        person, entry = resident(), form()
        if person is None:
            return go("desk_counter.person", pour=f"{name}.counter")

        def do() -> Any:
            session["counter_channel"] = entry.channel.data
            return enter(db.session, person, **entry.facts())

        return submit(entry, do, again=lambda: shown(entry, resident()), to=lambda case: _receipt(name, workflow, case))

    add_receipt_routes(blueprint, workflow, permission)


def _applicant_name(case: Any) -> str:
    return case.applicant.name if case.applicant else ""


def add_receipt_routes(
    blueprint: Blueprint,
    workflow: Workflow,
    permission: str,
    *,
    template: str = "desk/cases/receipt.html",
    whom: Callable[[Any], str] = _applicant_name,
    at: Callable[[Any], datetime | None] = lambda case: case.created_at,
    kind: str = "case.received",
) -> None:
    """Add to a blueprint the receipt of what was entered for somebody, on the page and as a letter.

    Args:
        template: of the page; it extends ``desk/counter/receipt.html``.
        whom: who asks, in words, and ``at`` when it was recorded.
        kind: of the message that is the receipt.
    """

    def entered(identifier: UUID) -> Any:
        case = row_or_404(workflow.model, identifier)
        return case if case.channel != "web" and case.reference else abort(404)

    @blueprint.get(f"/recu/<uuid:{workflow.name}_id>", endpoint="receipt")
    @allow(permission)
    def receipt(**values: UUID) -> Response:
        """The receipt of what was entered for somebody."""
        case = entered(*values.values())
        return receipt_page(template, case, whom(case), at(case), workflow=workflow)

    @blueprint.get(f"/recu/<uuid:{workflow.name}_id>.pdf", endpoint="receipt_pdf")
    @allow(permission)
    def receipt_pdf(**values: UUID) -> Response:
        """The same as a letter to hand over or to post."""
        case = entered(*values.values())
        letters = [message for message in about(db.session, case) if message.kind == kind]
        if not letters:
            abort(404)
        return as_pdf(as_letters(db.session, letters[:1]), f"recu-{case.reference}")


def _receipt(name: str, workflow: Workflow, case: Any) -> str:
    return url_for(f"{name}.receipt", **{f"{workflow.name}_id": case.id})
