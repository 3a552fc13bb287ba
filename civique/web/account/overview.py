"""The first page of the account: what I asked, for whom I act, how I enter."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from civique.core.access import queries
from civique.core.cases.workflow import Workflow
from civique.core.folding import fold
from civique.core.manifest import WorkItem
from civique.core.organisations.queries import organisations_of
from civique.core.people.queries import represented_by
from civique.core.registry import modules
from civique.web.access import SIGNED_IN, allow, me
from civique.web.account.blueprint import blueprint
from civique.web.applicant import applicant
from civique.web.pages import page
from tenants.db import db
from tenants.session import current_tenant

SHOWN = 10
"""Requests shown open; the others are folded, and a field finds them by their words."""


@dataclass(frozen=True)
class Asked:
    """Something that a person asked, and the name of the module that follows it (empty for the core)."""

    item: WorkItem
    module: Any

    def has(self, words: str) -> bool:
        """Whether each of the words is in what is shown of it."""
        text = fold(f"{self.item.title} {self.item.state} {self.item.reference} {self.module}")
        return all(word in text for word in fold(words).split())


@blueprint.get("")
@allow(SIGNED_IN)
def overview() -> Response:
    """What I have here."""
    person = me()
    requests, words = my_requests(), request.args.get("q", "").strip()[:100]
    found = [asked for asked in requests if asked.has(words)]
    return page(
        "account/overview.html",
        block="requests",
        person=person,
        asking=applicant(),
        total=len(requests),
        words=words,
        shown=SHOWN,
        going_on=[asked for asked in found if not asked.item.ended],
        ended=[asked for asked in found if asked.item.ended],
        organisations=organisations_of(db.session, person),
        relatives=represented_by(db.session, person),
        factors=queries.factors(db.session, person, "totp", "passkey"),
        password=bool(queries.factors(db.session, person, "password")),
    )


def my_requests() -> list[Asked]:
    """The cases of the person, or of the relative for whom they act, in every module that is on, and what else they asked: what has a day first, then the newest."""
    person = applicant()
    found: list[Asked] = []
    for manifest in modules().of(current_tenant()):
        module = manifest.label if manifest.name != "core" else ""
        for workflow in manifest.workflows:
            found += [Asked(_line(workflow, case), module) for case in workflow.mine(db.session, person)]
        if manifest.my_requests:
            found += [Asked(item, module) for item in manifest.my_requests(db.session, person)]
    found.sort(key=lambda asked: asked.item.since.isoformat() if asked.item.since else "", reverse=True)
    return sorted(found, key=lambda asked: asked.item.due or date.max)


def _line(workflow: Workflow, case: Any) -> WorkItem:
    state = workflow.state(case)
    since = getattr(case, "submitted_at", None) or case.created_at
    return WorkItem(
        workflow.title(case),
        workflow.path(case),
        since=since,
        state=workflow.shown(case.state, case),
        tone=state.tone,
        reference=case.reference or "",
        ended=not state.waits_for,
    )
