"""The first page of the account: what I asked, for whom I act, how I enter."""

from typing import Any

from werkzeug.wrappers import Response

from civique.core.access import queries
from civique.core.cases.workflow import Workflow
from civique.core.manifest import WorkItem
from civique.core.organisations.queries import organisations_of
from civique.core.people.queries import represented_by
from civique.core.registry import modules
from civique.web.access import SIGNED_IN, allow, me
from civique.web.account.blueprint import blueprint
from civique.web.pages import page
from tenants.db import db
from tenants.session import current_tenant


@blueprint.get("")
@allow(SIGNED_IN)
def overview() -> Response:
    """What I have here."""
    person = me()
    return page(
        "account/overview.html",
        person=person,
        requests=my_requests(),
        organisations=organisations_of(db.session, person),
        relatives=represented_by(db.session, person),
        factors=queries.factors(db.session, person, "totp", "passkey"),
        password=bool(queries.factors(db.session, person, "password")),
    )


def my_requests() -> list[WorkItem]:
    """The cases of the person in every module that is on, and what else they asked, newest first."""
    person = me()
    found: list[WorkItem] = []
    for manifest in modules().of(current_tenant()):
        for workflow in manifest.workflows:
            found += [_line(workflow, case) for case in workflow.mine(db.session, person)]
        if manifest.my_requests:
            found += manifest.my_requests(db.session, person)
    return sorted(found, key=lambda item: item.since.isoformat() if item.since else "", reverse=True)


def _line(workflow: Workflow, case: Any) -> WorkItem:
    state = workflow.state(case)
    since = getattr(case, "submitted_at", None) or case.created_at
    return WorkItem(
        workflow.title(case),
        workflow.path(case),
        since=since,
        state=workflow.told(case.state),
        tone=state.tone,
        reference=case.reference or "",
    )
