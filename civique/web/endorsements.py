"""What the pages about endorsements and comments share: what residents may endorse in this commune, and their form."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import abort
from sqlalchemy import select
from wtforms import TextAreaField

from civique.core.endorsements.declarations import Subject, Subjects
from civique.core.endorsements.models import Comment
from civique.core.i18n import _l
from civique.core.registry import modules
from civique.web.forms import OnceForm, at_most, required
from tenants.db import db
from tenants.session import TenantSession, current_tenant


class CommentForm(OnceForm):
    """A few words on what one endorses."""

    comment = TextAreaField(
        _l("Your comment"),
        [required(_l("Write a few words.")), at_most(1000)],
        render_kw={"rows": 4, "maxlength": 1000},
    )


def kinds() -> list[Subjects]:
    """What residents may endorse, from the modules that are on."""
    return [manifest.subjects for manifest in modules().of(current_tenant()) if manifest.subjects is not None]


def takes_endorsements(session: TenantSession) -> bool:
    """Whether the commune takes endorsements of something now."""
    declared = [manifest.subjects for manifest in modules().on(session.tenant.modules)]
    return any(kind is not None and kind.endorsed(session) for kind in declared)


def subject_or_404(object_id: UUID) -> Subject:
    """An object of this commune that residents may endorse, or could."""
    for kind in kinds():
        row: Any = db.session.get(kind.model, object_id)
        if row is not None:
            return kind.describe(row)
    abort(404)


def subjects_of(comments: Iterable[Comment]) -> dict[UUID, Subject]:
    """What some comments are about, by id."""
    wanted = {comment.object_id for comment in comments}
    found: dict[UUID, Subject] = {}
    for kind in kinds() if wanted else ():
        model: Any = kind.model
        for row in db.session.scalars(select(model).where(model.id.in_(wanted))).unique():
            found[row.id] = kind.describe(row)
    return found
