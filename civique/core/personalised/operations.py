"""Asking for personalised documents, and making them in a job: which rows they are for is fixed when they are asked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import array

from civique.core import audit, commune, settings
from civique.core.i18n import get_locale
from civique.core.i18n import gettext as _
from civique.core.personalised.declarations import Personalised
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.core.tasks import Task, forget_result, start_task
from tenants.session import TenantSession

JOB = "core.prepare_documents"
MOST = 1_000
"""Documents of one PDF at most."""
STEP = 12
"""Documents after which the page is told again how far the work is."""


def personalised(session: TenantSession, code: str) -> Personalised | None:
    """What a module that is on declares under a code."""
    declared = (one for manifest in modules().of(session.tenant) for one in manifest.documents)
    return next((one for one in declared if one.code == code), None)


def prepare_documents(session: TenantSession, title: str, document: str, ids: Sequence[UUID]) -> Task:
    """Ask for the PDF of these rows, and of no other; the page follows the task (``/mairie/taches/<id>``).

    Args:
        title: of the task and of the PDF.
        document: code of a ``Personalised``.

    Raises:
        Refused: there is no row, or more than a thousand.
        LookupError: no module that is on declares this document.
    """
    if personalised(session, document) is None:
        raise LookupError(document)
    if not ids:
        raise Refused(_("Choose at least one line."), rule="documents_none")
    if len(ids) > MOST:
        raise Refused(_("Ask for at most %(num)s documents at once.", num=MOST), rule="documents_many")
    task = start_task(session, title[:200], JOB)
    task.document, task.rows = document, [str(one) for one in dict.fromkeys(ids)]
    session.flush()
    audit.record(session, "documents.asked", task, document=document, documents=len(task.rows))
    return task


def document_data(
    session: TenantSession, task: Task, told: Callable[[int], None] = lambda read: None
) -> tuple[Path, dict[str, Any]]:
    """The template of a task and what it reads. It changes nothing: a job that is killed simply reads again.

    Args:
        told: told how many documents are read so far, once a dozen.

    Raises:
        Refused: the module is off, or nothing is left of the rows.
    """
    declared = personalised(session, task.document)
    if declared is None:
        raise Refused(_("The module of these documents is off."), rule="documents_off")
    documents = []
    for document in declared.data(session, [UUID(one) for one in task.rows]):
        documents.append(document)
        if len(documents) % STEP == 0:
            told(len(documents))
    if not documents:
        raise Refused(_("What these documents were for is no longer there."), rule="documents_none")
    author = commune.sender_name(session.tenant, settings.get(session, commune.Identity))
    data = {"title": task.label, "author": author, "language": get_locale(), "documents": documents}
    return declared.template, data


def documents_pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """The PDF that a template makes of what it reads."""
    from civique.services.pdf import render_pdf

    return render_pdf(template, data)


def forget_documents_of(session: TenantSession, ids: Collection[UUID]) -> None:
    """Delete the PDFs that hold these rows: they, or the people that they are about, are about to be erased."""
    if ids:
        held = select(Task).where(Task.rows.op("?|")(array([str(one) for one in ids])))
        for task in session.scalars(held).all():
            forget_result(session, task)
