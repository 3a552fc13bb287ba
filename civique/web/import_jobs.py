"""Long imports: one transaction, with progress; what fails leaves the list waiting and nothing written."""

from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError

from civique.core import i18n, logs, tasks
from civique.core.i18n import gettext as _
from civique.core.imports import operations as imports
from civique.core.imports.models import ListImport
from civique.core.people.queries import get_person
from civique.core.process import engines
from civique.core.refused import Refused
from civique.core.registry import modules
from tenants.session import TenantSession

log = structlog.get_logger()


def take_list(session: TenantSession, task_id: str, import_id: str) -> None:
    """Take a list to which somebody said yes."""
    task, wanted = session.get(tasks.Task, UUID(task_id)), session.get(ListImport, UUID(import_id))
    if task is None or task.ended_at is not None or wanted is None:
        return
    importer = modules().importers[wanted.importer]
    person = get_person(session, wanted.person_id)
    report = tasks.progress(engines(), session.tenant, task.id)
    with i18n.speaking(person.locale if person else "fr"):
        try:
            with session.begin_nested():
                taken = imports.take_later(session, importer, wanted.id, report)
        except OperationalError:
            raise  # the database is away, or going: the job is tried again
        except Refused as refused:
            _fail(session, task.id, wanted.id, str(refused))
            return
        except Exception as error:
            log.error("import failed", tenant=session.tenant.schema, error=", ".join(logs.names(error)))
            _fail(session, task.id, wanted.id, not_taken())
            return
    if taken is not None:  # otherwise its person changed their mind meanwhile, and the task says so
        tasks.finish(session, task.id, path=task.path)


def not_taken() -> str:
    """What is said of a failure that is ours."""
    return _("The list could not be imported, and nothing of it was. We have been told; try again later.")


def give_up_list(session: TenantSession, task_id: str, import_id: str) -> None:
    """The database was away each time: the list waits again."""
    _fail(session, UUID(task_id), UUID(import_id), not_taken())


def _fail(session: TenantSession, task_id: UUID, import_id: UUID, sentence: str) -> None:
    imports.give_back(session, import_id)
    tasks.fail(session, task_id, sentence)
