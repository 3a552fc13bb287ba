"""Writing to the applicant of a case: the words that every case has, and how a module writes its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from civique.core import clock
from civique.core.cases.workflow import Workflow, workflow_of
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from tenants.session import TenantSession

P = ParamSpec("P")


def to_applicant(
    kind: str,
) -> Callable[[Callable[Concatenate[Any, P], Content]], Callable[Concatenate[TenantSession, Any, P], None]]:
    """Make a message to the applicant of a case of a function that gives its words, in the applicant's language; nothing
    is written when there is none any more.

    Args:
        kind: of the message (``fund.payment_made``). Why it is received is what the workflow says, unless the words say it.
    """

    def make(words: Callable[Concatenate[Any, P], Content]) -> Callable[Concatenate[TenantSession, Any, P], None]:
        @wraps(words)
        def write(session: TenantSession, case: Any, *args: P.args, **named: P.kwargs) -> None:
            def content() -> Content:
                said, workflow = words(case, *args, **named), workflow_of(case)
                return said if said.reason or workflow is None else replace(said, reason=str(workflow.reason))

            if case.applicant is not None:
                write_to(session, case.applicant, kind, content, about=case)

        return cast(Callable[Concatenate[TenantSession, Any, P], None], write)

    return make


@to_applicant("case.received")
def received(case: Any, due: date) -> Content:
    """Receipt: what was asked, and by when it is answered (art. L112-8 CRPA)."""
    workflow = _workflow(case)
    return Content(
        subject=_("We received your request %(reference)s", reference=case.reference),
        paragraphs=(
            _(
                "Your request « %(title)s » reached the town hall on %(date)s.",
                title=workflow.title(case),
                date=long_date(clock.today()),
            ),
            _("You will have an answer by %(date)s.", date=long_date(due)),
        ),
        lines=((_("Reference"), str(case.reference)), *workflow.said(case)),
        action=(_("Follow my request"), workflow.path(case)),
        reason=_reason(),
    )


@to_applicant("case.to_complete")
def to_complete(case: Any, /, labels: Sequence[str], **_facts: Any) -> Content:
    """Something is missing: the list, and how to give it."""
    workflow = _workflow(case)
    return Content(
        subject=_("Your request %(reference)s needs something more", reference=case.reference),
        paragraphs=(
            _(
                "Your request « %(title)s » was read. Before it can be examined, we need this:",
                title=workflow.title(case),
            ),
            *(f"– {label}" for label in labels),
            _("Give it on the page of your request, or bring it to the town hall. Nothing else has to be sent again."),
        ),
        action=(_("Complete my request"), workflow.path(case)),
        reason=_reason(),
    )


@to_applicant("case.moved")
def moved(case: Any, /, motive: str = "", words: Callable[[], Sequence[str]] = tuple, **_facts: Any) -> Content:
    """The state that the case entered, with the reason that was written and what else is to be said.

    Args:
        words: other paragraphs, called in the applicant's language.
    """
    workflow = _workflow(case)
    return Content(
        subject=_("Your request %(reference)s is %(state)s", reference=case.reference, state=workflow.told(case.state)),
        paragraphs=(
            _(
                "Your request « %(title)s » is %(state)s.",
                title=workflow.title(case),
                state=workflow.told(case.state),
            ),
            *((_("Reason:"), motive) if motive else ()),
            *words(),
        ),
        action=(_("See my request"), workflow.path(case)),
        reason=_reason(),
    )


def _workflow(case: Any) -> Workflow:
    workflow = workflow_of(case)
    assert workflow is not None, "only a case has these messages"
    return workflow


def _reason() -> str:
    return _("You receive this message because you asked the town hall for something.")
