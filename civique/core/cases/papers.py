"""Cases left on paper, found by their reference and given to whoever claims them: those of every module that is on."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select

from civique.core import audit
from civique.core.cases.workflow import Workflow
from civique.core.claims.events import Paper, PaperClaimed, PaperSought
from civique.core.registry import modules
from tenants.session import TenantSession


def find_case(session: TenantSession, sought: PaperSought) -> None:
    """Cases that did not come by the site."""
    for workflow in _workflows(session):
        model = workflow.model
        conditions = [model.reference == sought.reference] if sought.reference else []
        if sought.object_type == model.__tablename__:
            conditions.append(model.id == sought.object_id)
        if conditions:
            query = select(model).where(or_(*conditions), model.channel != "web", model.reference.is_not(None))
            sought.found.extend(_paper(workflow, case) for case in session.scalars(query).unique())


def attach_case(session: TenantSession, claimed: PaperClaimed) -> None:
    """It is this person's: they follow it, and answers go to them."""
    for workflow in _workflows(session):
        if claimed.object_type == workflow.model.__tablename__:
            case = session.get(workflow.model, claimed.object_id)
            if case is not None:
                case.applicant_id = claimed.person_id
                session.flush()
                audit.record(session, f"{case.audit}attached", case)


def _workflows(session: TenantSession) -> Iterator[Workflow]:
    return (workflow for manifest in modules().of(session.tenant) for workflow in manifest.workflows)


def _paper(workflow: Workflow, case: Any) -> Paper:
    """What a case is for whoever claims it; a case without record keeps a ``name``."""
    name = getattr(case, "name", "") or (case.applicant.name if case.applicant else "")
    return Paper(case, case.reference, workflow.title(case), name, case.applicant_id, workflow.desk_path(case))
