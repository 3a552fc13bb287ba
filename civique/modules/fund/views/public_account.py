"""Who is paid for a helped project, and where."""

from uuid import UUID

from flask import url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.modules.fund.forms.public import PayeeForm
from civique.modules.fund.models import WORKING, FundApplication
from civique.modules.fund.operations import payments
from civique.modules.fund.views.public import blueprint, mine
from civique.web.access import SIGNED_IN, allow
from civique.web.applicant import applicant
from civique.web.forms import choices
from civique.web.pages import go, page
from civique.web.submit import submit
from civique.web.uploads import keep_upload
from tenants.db import db


@blueprint.get("/demandes/<uuid:application_id>/compte")
@allow(SIGNED_IN)
def account(application_id: UUID) -> Response:
    """Who is paid, and where."""
    application = mine(application_id)
    if not may_be_paid(application):
        return go("fund.follow", application_id=application_id)
    form = _payee_form(application)
    payee = application.payee
    form.kind.data = payee.kind if payee else ("organisation" if _is_legal_person(application) else "applicant")
    organisation = application.organisation if _is_legal_person(application) else None
    usual = organisation.name if organisation else applicant().name
    form.name.data = payee.name if payee else usual
    form.why.data = payee.why if payee else ""
    return page("fund/account.html", form=form, application=application, collective=_is_collective(application))


@blueprint.post("/demandes/<uuid:application_id>/compte")
@allow(SIGNED_IN)
def save_account(application_id: UUID) -> Response:
    """Keep who is paid."""
    application = mine(application_id)
    if not may_be_paid(application):
        return go("fund.follow", application_id=application_id)
    form = _payee_form(application)
    return submit(
        form,
        lambda: _keep_payee(application, form),
        again=lambda: page(
            "fund/account.html", form=form, application=application, collective=_is_collective(application)
        ),
        to=url_for("fund.follow", application_id=application_id),
        said=_("The account is kept. Only the town hall and the treasurer read it."),
    )


def _keep_payee(application: FundApplication, form: PayeeForm) -> None:
    file = None
    if form.file.data is not None:
        file = keep_upload(
            form.file.data, visibility="staff", permission="fund.pay", person_id=application.applicant_id
        )
    payments.set_payee(
        db.session,
        application,
        form.kind.data,
        form.name.data or "",
        form.iban.data or "",
        bic=form.bic.data or "",
        why=form.why.data or "",
        file=file,
    )


def may_be_paid(application: FundApplication) -> bool:
    """Whether money is still to come to this project."""
    return application.state in WORKING and application.to_pay_cents > 0


def _is_collective(application: FundApplication) -> bool:
    return application.organisation is not None and application.organisation.is_informal


def _is_legal_person(application: FundApplication) -> bool:
    return application.organisation is not None and not _is_collective(application)


def _payee_form(application: FundApplication) -> PayeeForm:
    form = PayeeForm()
    first = (
        ("organisation", application.organisation.name)
        if application.organisation and _is_legal_person(application)
        else (
            "applicant",
            _("Me, %(name)s", name=application.applicant.name if application.applicant else applicant().name),
        )
    )
    form.kind.choices = choices(
        [
            first,
            ("third_party", _("Somebody else, or another organisation")),
            ("supplier", _("The shop or the supplier, directly")),
        ]
    )
    return form
