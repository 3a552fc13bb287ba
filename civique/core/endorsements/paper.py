"""The sheet on which residents endorse an object by hand: for who has no Internet, and for the notice board."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from civique.core.endorsements.declarations import Subject, Subjects
from civique.core.i18n import gettext as _
from civique.core.paper import BlankForm, Item, Lines, PaperForm, Section, Tick, render_form
from tenants.session import TenantSession


def endorsement_form(
    session: TenantSession, kind: Subjects, subject: Subject, code: str, introduction: str, facts: Sequence[Item]
) -> bytes:
    """An object as residents read it, with lines to endorse it; an agent enters them at the counter.

    Args:
        code: reference of the object.
        introduction: what an endorsement of it means.
        facts: what is said of it.
    """
    support: list[Item] = [Tick(_("I support this project")), Lines(_("First and last names")), Lines(_("Address"))]
    if kind.commented(session):
        support.append(
            Lines(_("Your comment, if you wish: the town hall reads it first, then it appears with your first name"), 4)
        )
    signed = [*support, Lines(_("Date and signature"))]
    note = _("Your name is not shown: only the number of supports is.")
    sections = (Section(_("The project"), facts), Section(_("Your support"), signed, note))
    form = PaperForm(title=subject.title, code=code, path=subject.path, introduction=(introduction,), sections=sections)
    return render_form(session, form)


def endorsement_sheets(kind: Subjects, rows: Select[Any], label: Any, endpoint: str, summary: Any) -> BlankForm:
    """The sheets of the objects that residents read today, for « Formulaires à imprimer ».

    Args:
        rows: query of those that residents read, with ``id`` and ``title``.
        endpoint: the page that gives the PDF of one (``subject_paper`` of the module).
    """

    def copies(session: TenantSession) -> list[tuple[str, dict[str, Any]]]:
        found = session.execute(rows).all() if kind.endorsed(session) else ()
        return [(row.title, {"subject_id": row.id}) for row in found]

    return BlankForm(label, endpoint, summary, copies=copies)
