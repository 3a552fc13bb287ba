"""How long an answer took: working days from the day a case came, less the days it waited for its applicant. A figure of any
case, read in its course."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from civique.core import clock
from civique.core.cases.models import CaseStep
from civique.core.indicators.declarations import Counted
from civique.core.indicators.figures import Figure
from civique.core.indicators.periods import Period, moments
from civique.core.workdays import department_of, working_days
from tenants.session import TenantSession


@dataclass(frozen=True)
class Delays:
    """The delays of the cases of a table.

    Args:
        model: their class.
        answered: states that answer who asked.
        paused: states in which the case waits for who asked.
    """

    model: Any
    answered: Collection[str]
    paused: Collection[str]

    def by_channel(self, session: TenantSession, cases: Select[Any]) -> dict[str, list[int]]:
        """The delays of some cases (a query of their ids), by channel; those that have no answer are left out."""
        query = (
            select(CaseStep.object_id, self.model.channel, CaseStep.state, CaseStep.at)
            .join(self.model, self.model.id == CaseStep.object_id)
            .where(CaseStep.object_id.in_(cases))
            .order_by(CaseStep.object_id, CaseStep.at, CaseStep.id)
        )
        courses: dict[tuple[UUID, str], list[tuple[str, date]]] = defaultdict(list)
        for case_id, channel, state, at in session.execute(query):
            courses[case_id, channel].append((state, clock.local(at).date()))
        department = department_of(session.tenant.insee)
        delays: dict[str, list[int]] = defaultdict(list)
        for (_case, channel), course in courses.items():
            delay = self.of(course, department)
            if delay is not None:
                delays[channel].append(delay)
        return dict(delays)

    def of(self, course: Sequence[tuple[str, date]], department: str) -> int | None:
        """Working days of one course (state, day), which begins when the case came; None without an answer."""
        answer = next((day for state, day in course if state in self.answered), None)
        if answer is None:
            return None
        pauses = [(begun, ended) for (state, begun), (_next, ended) in pairwise(course) if state in self.paused]
        return working_days(course[0][1], answer, department, pauses)

    def answered_in(self, period: Period) -> Select[Any]:
        """Query of the ids of the cases whose first answer came in a period. A correction of it, later, is not another."""
        begins, ends = moments(period)
        first = func.min(CaseStep.at)
        query = select(CaseStep.object_id).where(CaseStep.object_type == self.model.__tablename__)
        query = query.where(CaseStep.state.in_(self.answered)).group_by(CaseStep.object_id)
        return query.having(first >= begins, first < ends)

    def measured(
        self, measure: Callable[[Sequence[int]], Figure]
    ) -> Callable[[TenantSession, Period], Sequence[Counted]]:
        """What counts an indicator: a measure (median, percentile) of the answers given in a period, in all and by channel."""

        def count(session: TenantSession, period: Period) -> Sequence[Counted]:
            delays = self.by_channel(session, self.answered_in(period))
            whole = [one for some in delays.values() for one in some]
            return [
                Counted(measure(whole), base=len(whole)),
                *(Counted(measure(some), channel=channel, base=len(some)) for channel, some in delays.items()),
            ]

        return count
