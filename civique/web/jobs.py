"""The core's jobs. Each takes ids and may be run twice."""

import errno
from functools import cache
from uuid import UUID, uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError

from civique.core import clock, i18n, logs, privacy, settings, tasks, unsent
from civique.core.agreements import reminders as agreement_reminders
from civique.core.answers import reminders
from civique.core.commune import Retention
from civique.core.config import config
from civique.core.documents.operations import store
from civique.core.gatherings import invitations
from civique.core.i18n import gettext as _
from civique.core.indicators import computing
from civique.core.messages import batches
from civique.core.messages import operations as messages
from civique.core.people.queries import get_person
from civique.core.personalised.operations import document_data, documents_pdf
from civique.core.process import engines
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.services.mail import FolderMailer, Mailer, MailUnavailable, SmtpMailer
from civique.services.pdf import PdfRefused
from tenants.retention import purge_audit, purge_receipts
from tenants.session import TenantSession, session_for
from tenants.tenant import Tenant
from tenants.transfer import export_tenant

log = structlog.get_logger()


@cache
def mailer() -> Mailer:
    """How messages leave: SMTP, or files in a demonstration.

    Raises:
        MailUnavailable: production without SMTP; the job stays in the outbox until it is set.
    """
    settings = config()
    if settings.smtp_url:
        return SmtpMailer(settings.smtp_url)
    if settings.demonstration:
        return FolderMailer(settings.var / "mail")
    raise MailUnavailable("SMTP_URL is missing")


def reach_mailer(tenant: Tenant, message_id: str) -> Mailer:
    """Before any transaction, which the server's greeting could outlast: what sends, ready to send.

    Raises:
        MailUnavailable: the server is away, or there is none.
    """
    ready = mailer()
    ready.reach()
    return ready


def deliver_message(session: TenantSession, ready: Mailer, message_id: str) -> None:
    """Send one message."""
    messages.deliver(session, UUID(message_id), ready)


def give_up_message(session: TenantSession, message_id: str) -> None:
    """The mail server was away for two days: the message failed, and a letter to print takes its place."""
    messages.give_up(session, UUID(message_id))


def forget_unsent(session: TenantSession) -> None:
    """Nothing is kept beyond an hour of the forms that could not be sent."""
    unsent.forget_old(session)


def purge(session: TenantSession) -> None:
    """Apply the retention durations of one commune; the audit trail and the receipts, which its own role cannot purge, by
    the owner."""
    privacy.purge(session, modules())
    limit = clock.now() - settings.get(session, Retention).audit * privacy.MONTH
    purge_audit(engines(), session.tenant, limit)
    purge_receipts(engines(), session.tenant, clock.now() - privacy.RECEIPT_LIFE)


def count_indicators(session: TenantSession) -> None:
    """Count anew the indicators of the modules that are on; what was validated is left alone."""
    if not session.tenant.is_platform:
        computing.recompute(session, modules().of(session.tenant))


def remind_answers(session: TenantSession) -> None:
    """Remind of the answers due of the modules that are on."""
    if not session.tenant.is_platform:
        reminders.remind_due(session, [manifest.name for manifest in modules().of(session.tenant)])


def remind_agreements(session: TenantSession) -> None:
    """Remind of the agreements to sign and of the visits to come."""
    if not session.tenant.is_platform:
        agreement_reminders.remind_agreements(session)


def remind_gatherings(session: TenantSession) -> None:
    """Remind those who are registered to a gathering that is near."""
    if not session.tenant.is_platform:
        invitations.remind_gatherings(session)


def write_archive(tenant: Tenant, task_id: str) -> tasks.Result | str | None:
    """Write the commune's archive, under another name until it is complete. It may take minutes, and be killed.

    Returns:
        The file; a sentence when it cannot be made; None when the task is gone or has ended already.
    """
    task = UUID(task_id)
    with session_for(engines(), tenant) as session:
        wanted = session.get(tasks.Task, task)
        if wanted is None or wanted.ended_at is not None:
            return None
    report = tasks.progress(engines(), tenant, task)
    target = tasks.result_path(tenant, task)
    report(0, 0, "")
    try:
        export_tenant(engines(), modules().plan, store(), tenant, target, lambda step: report(0, 0, step))
    except SQLAlchemyError:
        raise  # the database is away, or going: the job is tried again
    except Exception as error:
        log.error("export failed", tenant=tenant.schema, error=", ".join(logs.names(error)))
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _("There is no room left on the server for the archive. We have been told; try again later.")
        return _("The archive could not be written. We have been told; try again later.")
    return tasks.Result(f"{tenant.slug}.zip", target.stat().st_size, "application/zip")


def attach_archive(
    session: TenantSession, made: tasks.Result | str | None, task_id: str, path: str | None = None
) -> None:
    """Tell whoever asked for a file that it is there (or lead to its page), or why it is not."""
    if isinstance(made, tasks.Result):
        tasks.finish(session, UUID(task_id), file=made, path=path)
    elif made is not None:
        tasks.fail(session, UUID(task_id), made)


def give_up_archive(session: TenantSession, task_id: str) -> None:
    """The database was away each time: whoever asked must ask again."""
    tasks.fail(session, UUID(task_id), _("The archive could not be written. We have been told; try again later."))


def write_letters(tenant: Tenant, task_id: str) -> tasks.Result | str | None:
    """Write the PDF of a batch of letters, under another name until it is complete. No letter is marked.

    Returns:
        The file; a sentence when it cannot be made; None when the task is gone or has ended already.
    """
    task = UUID(task_id)
    with session_for(engines(), tenant) as session:
        wanted = session.get(tasks.Task, task)
        if wanted is None or wanted.ended_at is not None:
            return None
        try:
            content = batches.render_batch(session, task, tasks.progress(engines(), tenant, task))
        except ValueError as error:
            log.error("letters failed", tenant=tenant.schema, error=", ".join(logs.names(error)))
            return _("These letters could not be written. Look at them one by one in the pile.")
    return _keep(tenant, task, "courriers.pdf", content)


def write_documents(tenant: Tenant, task_id: str) -> tasks.Result | str | None:
    """Write the PDF of personalised documents, under another name until it is complete, in the language of who asked. No
    transaction waits while it is written.

    Returns:
        The file; a sentence when it cannot be made; None when the task is gone or has ended already.
    """
    task, report = UUID(task_id), tasks.progress(engines(), tenant, UUID(task_id))
    with session_for(engines(), tenant) as session:
        wanted = session.get(tasks.Task, task)
        if wanted is None or wanted.ended_at is not None:
            return None
        asks, name, total = get_person(session, wanted.person_id), wanted.document, len(wanted.rows)
        with i18n.speaking(asks.locale if asks else None):
            reading = _("Reading the list")
            report(0, total, reading)
            try:
                template, data = document_data(session, wanted, lambda read: report(read, total, reading))
            except Refused as refused:
                return str(refused)
            # Of its own: the last step of the reading may be less than a second old.
            tasks.progress(engines(), tenant, task)(total, total, _("Writing the file"))
    try:
        return _keep(tenant, task, f"{name.replace('.', '-')}.pdf", documents_pdf(template, data))
    except PdfRefused as error:
        log.error("documents failed", tenant=tenant.schema, error=", ".join(logs.names(error)))
        return _documents_failed()


def give_up_documents(session: TenantSession, task_id: str) -> None:
    """The database was away each time: whoever asked must ask again."""
    tasks.fail(session, UUID(task_id), _documents_failed())


def _documents_failed() -> str:
    return _("These documents could not be written. We have been told; try again later.")


def _keep(tenant: Tenant, task: UUID, name: str, content: bytes) -> tasks.Result:
    """Keep the PDF of a work, complete or not at all."""
    target = tasks.result_path(tenant, task)
    partial = target.with_name(f"{target.name}.{uuid4().hex[:8]}.partial")
    partial.write_bytes(content)
    partial.replace(target)
    return tasks.Result(name, len(content), "application/pdf")


def attach_letters(session: TenantSession, made: tasks.Result | str | None, task_id: str) -> None:
    """Lead whoever asked to the page of the batch, or say why there is none."""
    attach_archive(session, made, task_id, f"/mairie/courriers/lots/{task_id}")


def give_up_letters(session: TenantSession, task_id: str) -> None:
    """The database was away each time: the letters still wait in the pile."""
    tasks.fail(session, UUID(task_id), _("These letters could not be written. They still wait in the pile; try again."))
