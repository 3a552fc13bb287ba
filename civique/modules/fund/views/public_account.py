"""Who is paid for a helped project, and where."""

from uuid import UUID

from flask import url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.modules.fund.forms.public import PayeeForm
from civique.modules.fund.models import WORKING, FundApplication
from civique.modules.fund.views.desk_money import keep_payee
from civique.modules.fund.views.public import blueprint, mine
from civique.web.access import SIGNED_IN, allow
from civique.web.applicant import applicant
from civique.web.forms import choices
from civique.web.pages import go, page
from civique.web.submit import submit


@blueprint.route("/demandes/<uuid:application_id>/compte", methods=["GET", "POST"])
@allow(SIGNED_IN)
def account(application_id: UUID) -> Response:
    """Say who is paid, and where."""
    application = mine(application_id)
    if not may_be_paid(application):
        return go("fund.follow", application_id=application_id)
    form = _payee_form(application)
    return submit(
        form,
        lambda: keep_payee(application, form),
        again=lambda: page(
            "fund/account.html", form=form, application=application, collective=_is_collective(application)
        ),
        to=url_for("fund.follow", application_id=application_id),
        said=_("The account is kept. Only the town hall and the treasurer read it."),
    )


def may_be_paid(application: FundApplication) -> bool:
    """Whether money is still to come to this project."""
    return application.state in WORKING and application.to_pay_cents > 0


def _is_collective(application: FundApplication) -> bool:
    return application.organisation is not None and application.organisation.is_informal


def _is_legal_person(application: FundApplication) -> bool:
    return application.organisation is not None and not _is_collective(application)


def _payee_form(application: FundApplication) -> PayeeForm:
    form, payee = PayeeForm(), application.payee
    legal = application.organisation if _is_legal_person(application) else None
    person = application.applicant or applicant()
    form.kind.choices = choices(
        [
            ("organisation", legal.name) if legal else ("applicant", _("Me, %(name)s", name=person.name)),
            ("third_party", _("Somebody else, or another organisation")),
            ("supplier", _("The shop or the supplier, directly")),
        ]
    )
    if not form.is_submitted():
        form.kind.data = payee.kind if payee else form.kind.choices[0][0]
        form.name.data = payee.name if payee else legal.name if legal else applicant().name
        form.why.data = payee.why if payee else ""
    return form
