"""Reads."""

from civique.core.cases import queries as cases
from civique.skeleton.models import RequestState
from civique.skeleton.models import SkeletonRequest as Request

LINES = cases.lines(Request, Request.title, Request.created_at, Request.starts_on)
BY_DAY = (Request.starts_on, Request.id)
SEARCHED = cases.said_in(Request, Request.title, Request.purpose)
ADVISED = Request.state == RequestState.ADVISED
