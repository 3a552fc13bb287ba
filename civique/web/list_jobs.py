"""Long lists: the worker asks the same address as the person did, in their name, and keeps the file."""

import errno
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from flask import Flask, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from civique.core import i18n, logs, tasks
from civique.core.config import Config, config
from civique.core.i18n import gettext as _
from civique.core.people.queries import get_person
from civique.core.process import engines
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.web.access import opens, permission_of, visitor
from civique.web.application import create_application
from civique.web.table_files import TYPES, ListFile, write
from tenants.engines import Engines
from tenants.session import TenantSession, current_tenant, entered, session_for
from tenants.tenant import Tenant

log = structlog.get_logger()


def create_commune_pages(name: str, settings: Config, engines: Engines) -> Flask:
    """An application with the pages of every module; whoever uses it respects the commune's state."""
    from civique.web.manifest import COMMUNE_BLUEPRINTS, SHARED_BLUEPRINTS

    app = create_application(name, settings, engines)
    for blueprint in (*SHARED_BLUEPRINTS, *COMMUNE_BLUEPRINTS):
        app.register_blueprint(blueprint)
    for manifest in modules().optional:
        for blueprint in manifest.blueprints:
            app.register_blueprint(blueprint)
            app.config["MODULE_OF_BLUEPRINT"][blueprint.name] = manifest.name
    return app


@cache
def _pages() -> Flask:
    return create_commune_pages("civique.lists", config(), engines())


def write_list(tenant: Tenant, task_id: str) -> tasks.Result | str | None:
    """Write a long list, complete or not at all. Killed, it is done again.

    Returns:
        The file; a sentence when it cannot be made; None when the task is gone or has ended already.
    """
    task = UUID(task_id)
    with session_for(engines(), tenant) as session:
        wanted = session.get(tasks.Task, task)
        person = get_person(session, wanted.person_id) if wanted is not None else None
        if wanted is None or wanted.ended_at is not None or person is None:
            return None
    report = tasks.progress(engines(), tenant, task)
    with i18n.speaking(person.locale):
        report(0, 0, _("Reading the list"))
        try:
            file = _ask(tenant, wanted.asked, person.id)
            if isinstance(file, str):
                return file
            return _keep(tenant, task, file)
        except SQLAlchemyError:
            raise  # the database is away, or going: the job is tried again
        except Refused as refusal:
            return str(refusal)
        except Exception as error:
            log.error("list failed", tenant=tenant.schema, error=", ".join(logs.names(error)))
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                return _("There is no room left on the server for this file. We have been told; try again later.")
            return _not_written()


def _not_written() -> str:
    return _("The list could not be written. We have been told; try again later.")


def _ask(tenant: Tenant, address: str, person_id: UUID) -> ListFile | str:
    """What the list's own page reads at this address, or why the person may not have it any more."""
    environ = {"civique.tenant": tenant, "civique.asked_by": person_id}
    with entered(tenant), _pages().test_request_context(address, environ_overrides=environ):
        if not may_open(address):
            return _("You may no longer open this list.")
        g.long_list = None
        view: Any = current_app.view_functions[str(request.endpoint)]
        try:
            view(**(request.view_args or {}))
        except HTTPException:
            return _("This list is no longer there.")
        return g.long_list or _not_written()


def may_open(address: str) -> bool:
    """Whether who asks may open the page of an address today: its module is on, they have its permission."""
    try:
        endpoint, _values = current_app.create_url_adapter(request).match(address.partition("?")[0])  # type: ignore[union-attr]
    except HTTPException:
        return False
    module = current_app.config["MODULE_OF_BLUEPRINT"].get(endpoint.rpartition(".")[0], "core")
    if module != "core" and module not in current_tenant().modules:
        return False
    asked = permission_of(current_app, endpoint)
    return asked in modules().permissions and opens(visitor().rights, current_app.view_functions[endpoint], asked)


def _keep(tenant: Tenant, task: UUID, file: ListFile) -> tasks.Result:
    """Write under another name until it is complete."""
    tasks.progress(engines(), tenant, task)(1, 2, _("Writing the file"))
    with entered(tenant):
        data = write(file)
    target = tasks.result_path(tenant, task)
    partial = target.with_name(f"{target.name}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return tasks.Result(file.file_name, len(data), TYPES[file.kind])


def give_up_list(session: TenantSession, task_id: str) -> None:
    """The database was away each time: whoever asked must ask again."""
    tasks.fail(session, UUID(task_id), _not_written())
