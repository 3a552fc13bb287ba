"""« Convention »: the other side reads it, signs it with a code, prints it."""

from functools import partial
from uuid import UUID

from flask import Blueprint, abort, redirect, session, url_for
from werkzeug.wrappers import Response
from wtforms import StringField

from civique.core.agreements import signing, subjects
from civique.core.agreements.documents import agreement_pdf
from civique.core.agreements.models import Agreement
from civique.core.agreements.queries import last_version
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.access import SIGNED_IN, allow, me
from civique.web.applicant import first_who
from civique.web.application import limiter
from civique.web.forms import BaseForm, RevisionField, at_most, optional, required
from civique.web.pages import as_pdf, go_path, notice, page
from civique.web.submit import attempt, submit
from tenants.db import db

blueprint = Blueprint("agreements", __name__, url_prefix="/conventions")
former = Blueprint("former_agreements", __name__, url_prefix="/fonds/demandes")
"""Where agreements stood when they belonged to the fund; mails already sent lead there."""
KEY = "sign_code"
"""Where the visit keeps for which agreement a code was sent, and which code."""


class SignWithCodeForm(BaseForm):
    """Sign with the six digits received by e-mail."""

    function = StringField(_l("Your function in the organisation"), [optional(), at_most(120)])
    code = StringField(
        _l("Code received by e-mail"),
        [required(_l("Write the six digits of the message.")), at_most(20)],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code"},
    )
    revision = RevisionField()


def _offered(agreement_id: UUID) -> Agreement:
    """An agreement that the mairie has offered, for whoever stands on the applicant's side."""
    row = db.session.get(Agreement, agreement_id)
    if row is None or row.offered_at is None or first_who(partial(subjects.may_follow, db.session, row)) is None:
        abort(404)
    return row


@blueprint.get("/<uuid:agreement_id>")
@allow(SIGNED_IN)
def agreement(agreement_id: UUID) -> Response:
    """Read the agreement, and sign it."""
    return _shown(agreement_id)


@blueprint.get("/<uuid:agreement_id>/convention.pdf")
@allow(SIGNED_IN)
def pdf(agreement_id: UUID) -> Response:
    """The agreement to print and sign, or to keep: the same pages as the mairie's."""
    row = _offered(agreement_id)
    return as_pdf(agreement_pdf(db.session, row), f"convention-{row.reference}")


def _shown(agreement_id: UUID, form: SignWithCodeForm | None = None) -> Response:
    row = _offered(agreement_id)
    described = subjects.describe(db.session, row)
    stale = form is not None and form.revision.data != row.revision
    if form is None or stale:
        form = SignWithCodeForm(formdata=None)
    form.revision.data = row.revision
    if described is None or not described.represented:
        del form.function
    on, address = row.object_type in subjects.subjects_on(db.session), me().email
    return page(
        "site/agreement.html",
        agreement=row,
        described=described if on else None,
        newer=_newer(row),
        form=form,
        to_sign=on and row.waits_for("applicant"),
        sent=_code_id(row) is not None,
        stale=stale,
        address=address.address if address else "",
    )


def _newer(row: Agreement) -> Agreement | None:
    """The version that replaced this one, once it is offered."""
    last = last_version(db.session, row.object_id) if row.replaced_at is not None else None
    return last if last is not None and last.offered_at is not None else None


def _code_id(row: Agreement) -> UUID | None:
    about, _colon, code_id = str(session.get(KEY, "")).partition(":")
    return UUID(code_id) if about == str(row.id) and code_id else None


def _path(row: Agreement, anchor: str | None = None) -> str:
    return url_for("agreements.agreement", agreement_id=row.id, _anchor=anchor)


@blueprint.post("/<uuid:agreement_id>/code")
@allow(SIGNED_IN)
@limiter.limit("10 per 5 minutes")
def send_code(agreement_id: UUID) -> Response:
    """Send the code to sign."""
    row = _offered(agreement_id)

    def send() -> None:
        code = signing.send_sign_code(db.session, me(), row, _code_id(row))
        session[KEY] = f"{row.id}:{code.id}"
        notice(_("A code was sent to %(address)s. Write it below.", address=code.address))

    return attempt(send, _path(row, "signer"))


@blueprint.post("/<uuid:agreement_id>/signer")
@allow(SIGNED_IN)
@limiter.limit("10 per 5 minutes")
def sign(agreement_id: UUID) -> Response:
    """Sign with the code; the text signed is the one that was read."""
    row, form = _offered(agreement_id), SignWithCodeForm()
    if row.signature_of("applicant") is not None:
        notice(_("The agreement bears your signature already."), "wait")
        return go_path(_path(row))
    code_id = _code_id(row)
    if code_id is None:
        notice(_("This code is too old. Ask for a new one."), "wait")
        return go_path(_path(row))
    described = subjects.describe(db.session, row)
    represented = described is not None and described.represented

    def run() -> None:
        function = (form.function.data or "") if represented else ""
        signing.sign_with_code(db.session, row, me(), code_id, form.code.data or "", form.revision.data or 0, function)
        session.pop(KEY, None)

    to = described.path if described else _path(row)
    said = _("The agreement is signed. Thank you.")
    return submit(form, run, again=lambda: _shown(agreement_id, form), to=to, said=said)


@former.get("/<uuid:object_id>/convention")
@allow(SIGNED_IN)
def former_agreement(object_id: UUID) -> Response:
    """Where the agreement of a request to the fund was read and signed."""
    return redirect(_path(_former(object_id)), 308)


@former.get("/<uuid:object_id>/convention.pdf")
@allow(SIGNED_IN)
def former_pdf(object_id: UUID) -> Response:
    """Where it was printed."""
    return redirect(url_for("agreements.pdf", agreement_id=_former(object_id).id), 308)


def _former(object_id: UUID) -> Agreement:
    last = last_version(db.session, object_id)
    return _offered(last.id) if last is not None else abort(404)
