"""Doing what a form asks, once, and showing the form again when it cannot be done.

The one place that turns what an operation refuses, or what a colleague changed meanwhile, into a page: 422, with what was
typed.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from flask import request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core import once
from civique.core.i18n import gettext as _
from civique.core.once import Earlier
from civique.core.refused import Refused
from civique.web.forms import BaseForm, OnceForm, content_hash, typed
from civique.web.pages import go_path, keep_anyway, notice, partial
from civique.web.unsent import showing, shown_only
from civique.web.uploads import UploadField
from tenants.db import db

Done = TypeVar("Done")


def submit(
    form: BaseForm,
    do: Callable[[], Done],
    *,
    again: Callable[[], Response],
    to: str | Callable[[Done], str | Response],
    said: str | Callable[[Done], str] = "",
    about: Callable[[], Any] | None = None,
    part: Callable[[], Response] | None = None,
    check: Callable[[], bool] | None = None,
) -> Response:
    """Validate a form, do what it asks once, and lead to where its effect shows; a visit that sends nothing gets its page.

    Args:
        do: calls the operation.
        again: the page that holds the form; it is answered with 422.
        to: path where the effect shows, or makes it of what ``do`` gave; or makes the answer, when it is more than a path.
        said: notice on that page, or makes it of what ``do`` gave.
        about: reads the row that a colleague may have changed meanwhile, which stops a form that has its ``revision``; its
            values are then said beside the fields.
        part: the part of the page that changed, for htmx, instead of leading anywhere.
        check: looks at what depends on several fields, or on the visit; the form says what is wrong.
    """
    if request.method in {"GET", "HEAD"}:
        return again()
    if shown_only():
        showing()
        return again()

    def lead(path: str) -> Response:
        return part() if part and partial() else go_path(path)

    valid = form.validate()
    try:
        earlier = form.already() if valid and isinstance(form, OnceForm) else None
        if isinstance(form, OnceForm) and earlier:
            if not earlier.same:
                return _sent_otherwise(form, earlier, again, about)
            return lead(earlier.path)
        if not (check is None or check()) or not valid:
            return _refused(form, again)
        if about and form.compared and "revision" in form and _moved(form, about()):
            raise StaleDataError
        done = do()
        db.session.flush()
    except Refused as refused:
        _undo(refused)
        form.refuse(refused)
        return _refused(form, again)
    except StaleDataError:
        db.session.rollback()
        there = once.find(db.session, _same_sending(form))
        if there:
            return lead(there)
        form.show_conflict(about() if about else None)
        return _refused(form, again)
    sentence = said(done) if callable(said) else said
    if sentence:
        notice(sentence)
    path = to(done) if callable(to) else to
    if not isinstance(path, str):
        return path
    path = form.leads_to(path) if isinstance(form, OnceForm) else path
    if "revision" in form:
        once.remember(db.session, _same_sending(form), path)
    return lead(path)


def _sent_otherwise(
    form: OnceForm, earlier: Earlier, again: Callable[[], Response], about: Callable[[], Any] | None
) -> Response:
    """The form again, because a first sending of it said something else: of a change, or of something that was created."""
    db.session.rollback()
    form.show_earlier(earlier)
    if about:
        form.earlier = ""
        form.show_conflict(about())
    return _refused(form, again)


def attempt(
    do: Callable[[], object],
    to: str,
    said: str = "",
    then: Callable[[], Response] | None = None,
    form: BaseForm | None = None,
) -> Response:
    """Do what a button asks and lead to a page, which says what was done or what forbids it.

    Args:
        form: what is said beside the button, in a word or two; nothing is done when it is wrong.
        then: what is answered when nothing forbids it, if it is not that page.
    """
    if form is not None and not form.validate():
        notice(next(str(error) for errors in form.errors.values() for error in errors), "stop")
        return go_path(to)
    try:
        do()
        db.session.flush()
    except Refused as refused:
        _undo(refused)
        notice(str(refused), "stop")
    except StaleDataError:
        db.session.rollback()
        notice(_("A colleague changed this in the meantime. Nothing was overwritten: here is how it is now."), "wait")
    else:
        if said:
            notice(said)
        if then:
            return then()
    return go_path(to)


def _same_sending(form: BaseForm) -> UUID:
    """Key of this very content, sent by this person from this version: a second click is not a colleague's change."""
    version = typed(form["revision"]) if "revision" in form else ""
    actor = db.session.info.get("actor_id", "")
    return uuid5(NAMESPACE_URL, f"{request.path}|{version}|{actor}|{content_hash().hex()}")


def _moved(form: BaseForm, row: Any) -> bool:
    """Whether the row is no longer the one that the form was filled from."""
    return bool(form["revision"].data != (row.revision if row is not None else 0))


def _undo(refused: Refused) -> None:
    """Nothing is kept of what was refused, but for what the refusal counts."""
    if refused.keep:
        keep_anyway()
    else:
        db.session.rollback()


def _refused(form: BaseForm, again: Callable[[], Response]) -> Response:
    """The form again, with the files that were chosen, or what to do about them."""
    for field in form:
        if isinstance(field, UploadField) and field.data is not None and not field.errors:
            if field.keep():
                continue
            name = field.data.filename
            form.fail(field.name, _("Choose “%(name)s” again: a form that is sent back cannot keep it.", name=name))
    response = again()
    response.status_code = 422
    return response
