"""Cases that a committee may read: what it is told of them, what follows from its opinion."""

from civique.core.cases import queries
from civique.core.cases.operations import move
from civique.core.cases.workflow import Workflow
from civique.core.committees.events import ItemSource, ItemsSought, OpinionRecorded
from civique.core.events import Listener
from tenants.session import TenantSession


def read_by_committees(workflow: Workflow, group: str, opinion: str) -> tuple[Listener, ...]:
    """Listeners by which the cases of a group of states may be put on an order of the day.

    Args:
        opinion: transition that a case goes through once a committee gave its opinion, from the states where it can;
            one that is put off is none yet.
    """
    model = workflow.model

    def find(session: TenantSession, sought: ItemsSought) -> None:
        if sought.ids is None:
            found = queries.in_group(session, workflow, group, sought.limit)
        else:
            found = queries.chosen(session, model, sought.ids)
        sought.found.extend(
            ItemSource(
                f"{case.reference} – {workflow.title(case)}",
                model.__tablename__,
                case.id,
                workflow.desk_path(case),
                "\n".join(f"{label} : {words}" for label, words in workflow.said(case)),
                people=tuple(filter(None, (case.applicant_id,))),
                whom=case.applicant.name if case.applicant else "",
            )
            for case in found
        )

    def receive(session: TenantSession, recorded: OpinionRecorded) -> None:
        item = recorded.item
        case = session.get(model, item.object_id) if item.object_type == model.__tablename__ else None
        if case is not None and item.verdict != "adjourned" and case.state in workflow.by_name[opinion].sources:
            move(session, workflow, case, opinion)

    return Listener(ItemsSought, find), Listener(OpinionRecorded, receive)
