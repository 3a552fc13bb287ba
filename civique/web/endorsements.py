"""What the pages about endorsements and comments share, and those where residents read, endorse and comment an object."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, url_for
from sqlalchemy import Select, select
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from civique.core.endorsements import operations
from civique.core.endorsements.declarations import Subject, Subjects
from civique.core.endorsements.models import Comment
from civique.core.endorsements.queries import (
    comment_by,
    count_endorsements,
    endorsed_by,
    endorsement_by,
    published_comments,
)
from civique.core.endorsements.subjects import SUBJECTS, is_own, not_shown
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant, applicant_or_nobody
from civique.web.application import limiter
from civique.web.forms import OnceForm, at_most, required
from civique.web.lists import paginate
from civique.web.pages import as_pdf, go, go_path, notice, page
from civique.web.submit import submit
from tenants.db import db
from tenants.session import TenantSession


class CommentForm(OnceForm):
    """A few words on what one endorses."""

    comment = TextAreaField(
        _l("Your comment"),
        [required(_l("Write a few words.")), at_most(1000)],
        render_kw={"rows": 4, "maxlength": 1000},
    )


def kinds() -> list[Subjects]:
    """What residents may endorse, from the modules that are on."""
    return list(SUBJECTS.on(db.session).values())


def takes_endorsements(session: TenantSession) -> bool:
    """Whether the commune takes endorsements of something now."""
    return any(kind.endorsed(session) for kind in SUBJECTS.on(session).values())


def subject_or_404(object_id: UUID) -> Subject:
    """An object of this commune that residents may endorse, or could."""
    row = SUBJECTS.find(db.session, object_id) or abort(404)
    return SUBJECTS.on(db.session)[row.__tablename__].describe(row)


def subjects_of(comments: Iterable[Comment]) -> dict[UUID, Subject]:
    """What some comments are about, by id."""
    wanted = {comment.object_id for comment in comments}
    found: dict[UUID, Subject] = {}
    for kind in kinds() if wanted else ():
        model: Any = kind.model
        for row in db.session.scalars(select(model).where(model.id.in_(wanted))).unique():
            found[row.id] = kind.describe(row)
    return found


@dataclass(frozen=True, kw_only=True)
class SubjectPages:
    """The pages where residents read, endorse and comment the objects of a module, under the address of a blueprint; none of
    them exists while the commune takes no endorsements of them.

    Args:
        kind: what the module declares of them.
        place: part of their address after the blueprint's.
        rows: query of those that residents read: ``id``, ``title``, ``supports`` (``supports_of``) and what else the list
            shows, in its order.
        load: reads one that may have been shown, or aborts with 404.
        list_template: extends ``site/endorsements/list.html``; ``template``, of one, ``site/endorsements/subject.html``.
        paper: makes the sheet of one, to endorse it by hand, and the name of its file.
        elsewhere: page of one that is over, when it has one.
    """

    blueprint: Blueprint
    kind: Subjects
    place: str
    rows: Callable[[], Select[Any]]
    load: Callable[[UUID], Any]
    list_template: str
    template: str
    paper: Callable[[TenantSession, Any], tuple[bytes, str]]
    elsewhere: Callable[[Any], str] = lambda row: ""

    def add_routes(self) -> None:
        """Add them: ``subjects`` and ``subject``, the sheet to print, what one says of a subject and takes back."""
        one, few, more = f"{self.place}/<uuid:subject_id>", "20 per 5 minutes", "60 per 5 minutes"
        self._add(self.place, "subjects", PUBLIC, self._listing)
        self._add(one, "subject", PUBLIC, self._read)
        self._add(f"{one}/formulaire.pdf", "subject_paper", PUBLIC, self._paper)
        self._add(f"{one}/soutenir", "endorse", SIGNED_IN, self._endorse, more)
        self._add(f"{one}/ne-plus-soutenir", "withdraw_endorsement", SIGNED_IN, self._withdraw, more)
        self._add(f"{one}/commentaire", "comment", SIGNED_IN, self._comment, few)

    def _add(
        self, rule: str, endpoint: str, permission: str, answer: Callable[..., Response], most: str | None = None
    ) -> None:
        """Add one route; ``most`` is how often it may be sent to."""

        def view(**values: UUID) -> Response:
            if not self.kind.endorsed(db.session):
                abort(404)
            return answer(*values.values())

        view.__qualname__ = f"{self.blueprint.name}.{endpoint}"  # the limit is counted under this name
        view = allow(permission)(limiter.limit(most)(view) if most else view)
        self.blueprint.add_url_rule(rule, endpoint, view, methods=["POST" if most else "GET"])

    def _address(self, row: Any, anchor: str | None = None) -> str:
        return url_for(f"{self.blueprint.name}.subject", subject_id=row.id, _anchor=anchor)

    def _listing(self) -> Response:
        """What residents may read now."""
        person = applicant_or_nobody()
        return page(
            self.list_template,
            pages=self,
            listing=paginate(self.rows(), columns=True),
            supported=endorsed_by(db.session, person) if person else set(),
        )

    def _read(self, subject_id: UUID) -> Response:
        """One of them; once it is over, its page is elsewhere."""
        row = self.load(subject_id)
        if not self.kind.readable(row):
            return go_path(self.elsewhere(row) or abort(404))
        return self._page(row)

    def _page(self, row: Any, refused: CommentForm | None = None) -> Response:
        person, commented = applicant_or_nobody(), self.kind.commented(db.session)
        endorsement = endorsement_by(db.session, row, person) if person else None
        comment = comment_by(db.session, row, person) if person and commented else None
        form = refused or CommentForm(formdata=None, data={"comment": comment.text if comment else ""})
        return page(
            self.template,
            status=422 if refused else 200,
            pages=self,
            subject=self.kind.describe(row),
            row=row,
            endorsement=endorsement,
            comment=comment,
            own=is_own(db.session, row, person),
            supports=count_endorsements(db.session, row),
            comments=paginate(published_comments(row), columns=True) if commented else None,
            form=form if commented and endorsement else None,
            refused=refused,
        )

    def _paper(self, subject_id: UUID) -> Response:
        """The sheet to endorse it by hand."""
        row = self.load(subject_id)
        if not self.kind.readable(row):
            abort(404)
        return as_pdf(*self.paper(db.session, row))

    def _endorse(self, subject_id: UUID) -> Response:
        """Endorse it; a second click changes nothing."""
        row = self.load(subject_id)
        try:
            operations.endorse(db.session, self.kind.describe(row), applicant())
        except Refused as refused:
            return self._no_more(row, refused)
        notice(_("Thank you: your support is counted."))
        return go_path(self._address(row, "soutiens"))

    def _withdraw(self, subject_id: UUID) -> Response:
        """Endorse it no longer; the comment goes too."""
        row = self.load(subject_id)
        operations.withdraw_endorsement(db.session, row, applicant())
        notice(_("You no longer support this project."))
        return self._back(row)

    def _comment(self, subject_id: UUID) -> Response:
        """Write a comment, which waits for the mairie."""
        row, form = self.load(subject_id), CommentForm()
        if not self.kind.readable(row):
            return self._no_more(row, not_shown())
        return submit(
            form,
            lambda: operations.write_comment(db.session, self.kind.describe(row), applicant(), form.comment.data or ""),
            again=lambda: self._page(row, form),
            to=self._address(row, "commentaire"),
            said=_("Thank you. The town hall reads your comment first; then everybody reads it here."),
        )

    def _no_more(self, row: Any, refused: Refused) -> Response:
        """Say what forbids it, where the person can still read something."""
        notice(str(refused), "wait")
        return self._back(row)

    def _back(self, row: Any) -> Response:
        """The page of a subject, or the list when it is no longer shown."""
        return go_path(self._address(row)) if self.kind.readable(row) else go(f"{self.blueprint.name}.subjects")
