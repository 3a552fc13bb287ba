"""States and transitions of a request."""

from civique.core.cases import messages, missing
from civique.core.cases.course import Stage
from civique.core.cases.queries import cases_of
from civique.core.cases.workflow import NOBODY, State, Transition, Workflow
from civique.core.i18n import _l, long_date
from civique.core.i18n import gettext as _
from civique.skeleton.messages import agreed
from civique.skeleton.models import RequestState as S
from civique.skeleton.models import SkeletonRequest

MANAGE = "skeleton.manage"
OPEN = (S.RECEIVED, S.ADVISED)
LATE = {"otherwise": _l("This request is already decided."), "rule": "already_decided"}


def asked(case: SkeletonRequest) -> tuple[tuple[str, str], ...]:
    """What was asked, label and words."""
    return (
        (_("What"), case.title),
        (_("First day"), long_date(case.starts_on)),
        (_("Last day"), long_date(case.ends_on)),
        (_("What for"), case.purpose),
    )


WORKFLOW = Workflow(
    name="skeleton_request",
    model=SkeletonRequest,
    states=(
        State(S.RECEIVED, _l("Received"), "wait", groups=("waiting",), heading=_l("Is it possible on these days?")),
        missing.state(S.TO_COMPLETE),
        State(S.ADVISED, _l("Opinion given, to be decided"), "wait", groups=("waiting",)),
        State(S.AGREED, _l("Request accepted"), "ok", told=_l("accepted"), waits_for=NOBODY, groups=("over",)),
        State(
            S.REFUSED,
            _l("Request not accepted"),
            "stop",
            told=_l("not accepted"),
            waits_for=NOBODY,
            todo=_l("If something is not clear, call the town hall. You may contest the decision within two months."),
            groups=("over",),
        ),
    ),
    transitions=(
        Transition(
            "agree",
            _l("Accept and tell the applicant"),
            OPEN,
            S.AGREED,
            MANAGE,
            "accepter",
            done=_l("The request is accepted and the applicant is told."),
            answer="close",
            message=agreed,
            bulk=_l("They are accepted as they were asked, and each applicant is told."),
            **LATE,
        ),
        Transition(
            "refuse",
            _l("Refuse and tell the applicant"),
            OPEN,
            S.REFUSED,
            MANAGE,
            "refuser",
            done=_l("The applicant is told why the request is not accepted."),
            fold=_l("It is not possible"),
            motive="reason",
            answer="close",
            message=messages.moved,
            **LATE,
        ),
        *missing.transitions(OPEN, S.TO_COMPLETE, S.RECEIVED, MANAGE, **LATE),
        Transition("advise", _l("A committee gave its opinion"), (S.RECEIVED,), S.ADVISED),
    ),
    title=lambda case: case.title,
    path=lambda case: f"/squelette/demandes/{case.id}",
    desk_path=lambda case: f"/mairie/squelette/{case.id}",
    asked=asked,
    service=lambda session, case: _("The town hall, which answers you."),
    mine=cases_of(SkeletonRequest),
    groups={"waiting": _l("For us to do"), "over": _l("Decided")},
    stages=(
        Stage(_l("Reading by the town hall"), (S.RECEIVED, S.TO_COMPLETE), (S.ADVISED,), _l("Opinion given")),
        Stage(_l("Decision"), OPEN, (S.AGREED, S.REFUSED), answered=True),
    ),
)
