"""Writing to the applicant of a case."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

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
        kind: of the message (``fund.payment_made``).
    """

    def make(words: Callable[Concatenate[Any, P], Content]) -> Callable[Concatenate[TenantSession, Any, P], None]:
        @wraps(words)
        def write(session: TenantSession, case: Any, *args: P.args, **named: P.kwargs) -> None:
            if case.applicant is not None:
                write_to(session, case.applicant, kind, lambda: words(case, *args, **named), about=case)

        return cast(Callable[Concatenate[TenantSession, Any, P], None], write)

    return make
