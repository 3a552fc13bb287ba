"""What the fund adds to « À faire aujourd’hui »; applications that wait for a decision are there as answers due."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from civique.core.i18n import gettext as _
from civique.core.manifest import WorkItem
from civique.modules.fund import queries
from civique.modules.fund.models import FundApplication
from civique.modules.fund.queries import desk as desk_queries
from tenants.session import TenantSession

MOST = 10
"""Lines of one kind; the rest is behind the saved filter of the queue."""
SOON = timedelta(days=7)


def work_items(session: TenantSession, visitor: Any) -> Sequence[WorkItem]:
    """Agreements to write and to sign, reports to read and late, comments, payments, visits: what this person may do."""
    items: list[WorkItem] = []
    if visitor.can("core.agreements"):
        items += [
            _item(application, _("Write the agreement: %(what)s", what=application.title), _("To write"))
            for application in desk_queries.in_view(session, "to_agree", MOST)
        ]
    if visitor.can("fund.examine"):
        items += [
            _item(application, _("Read the report: %(what)s", what=application.title), _("To read"))
            for application in desk_queries.in_view(session, "reports", MOST)
        ]
        items += [
            _item(
                application,
                _("Report late: %(what)s", what=application.title),
                _("Late"),
                due=queries.report_due_on(session, application),
            )
            for application in desk_queries.in_view(session, "late_reports", MOST)
        ]
    if visitor.can("fund.pay"):
        items += [
            _item(
                application, _("Order the payment: %(what)s", what=application.title), _("To pay"), place="#versements"
            )
            for application in desk_queries.in_view(session, "to_pay", MOST)
        ]
        items += [
            _item(
                asked.application,
                _("Money to collect: %(what)s", what=asked.application.title),
                _("To collect"),
                place="#versements",
            )
            for asked in session.scalars(desk_queries.to_collect().limit(MOST)).unique()
        ]
    return items


def _item(application: FundApplication, title: str, state: str, due: Any = None, place: str = "") -> WorkItem:
    return WorkItem(
        title,
        f"/mairie/fonds/demandes/{application.id}{place}",
        queries.whom(application),
        application.submitted_at,
        due,
        state,
    )
