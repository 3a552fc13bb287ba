"""Writing to the applicant of a case."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from civique.core.cases.workflow import workflow_of
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
