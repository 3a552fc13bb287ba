"""« Mes données »: see everything, correct, change my address, take away, erase."""

from uuid import UUID

from flask import request, session, url_for
from werkzeug.wrappers import Response

from civique.core import audit, privacy
from civique.core.access import codes
from civique.core.access.queries import is_last_administrator
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to_address
from civique.core.people import operations
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.web.access import SIGNED_IN, allow, me
from civique.web.account.blueprint import blueprint, proof_first
from civique.web.account.forms import EraseMeForm, MyFactsForm, NewAddressForm
from civique.web.account.held import as_json, key_label, shown
from civique.web.application import limiter
from civique.web.pages import go, page
from civique.web.signin.forms import CodeForm
from civique.web.signin.views import forget_browser, post_code
from civique.web.submit import submit
from tenants.db import db

PURPOSE = "change_email"


@blueprint.get("/donnees")
@allow(SIGNED_IN)
def my_data() -> Response:
    """Everything that the commune holds of me, kind by kind, with why and how long."""
    held = privacy.export_person(db.session, me(), modules())
    if request.args.get("format") == "json":
        audit.record(db.session, "data.exported", me())
        return as_json(held)
    kinds = [(kind, kind.kept(db.session)) for kind in privacy.kinds(db.session, modules())]
    return page("account/data.html", person=me(), kinds=kinds, held=held, key_label=key_label, shown=shown)


@blueprint.route("/donnees/corriger", methods=["GET", "POST"])
@allow(SIGNED_IN)
def correct() -> Response:
    """Correct what the commune knows of me."""
    person = me()
    form = MyFactsForm(obj=person)
    return submit(
        form,
        lambda: operations.correct_person(db.session, person, **form.facts()),
        again=lambda: page("account/correct.html", form=form),
        to=url_for("account.my_data"),
        said=_("Saved."),
        about=lambda: person,
    )


@blueprint.route("/adresse", methods=["GET", "POST"])
@allow(SIGNED_IN)
@limiter.limit("10 per hour", methods=["POST"])
def change_address() -> Response:
    """Ask for the new address, and send a code there."""
    if asked := proof_first():
        return asked
    form = NewAddressForm()

    def do() -> None:
        current, chosen = me().email, str(form.email.data)
        if current is not None and chosen == current.address:
            raise Refused(_("This is your address already."), "email")
        former = session.get("new_address", (None,))[0]
        code = post_code(chosen, PURPOSE, UUID(former) if former else None)
        session["new_address"] = [str(code.id), chosen, str(me().id)]

    return submit(
        form,
        do,
        again=lambda: page("account/address.html", form=form, person=me()),
        to=url_for("account.confirm_address"),
    )


@blueprint.route("/adresse/code", methods=["GET", "POST"])
@allow(SIGNED_IN)
@limiter.limit("10 per 5 minutes", methods=["POST"])
def confirm_address() -> Response:
    """The code proves that the new address is mine; the former one is told."""
    code_id, address, person_id = session.get("new_address", (None, "", ""))
    if code_id is None or person_id != str(me().id):
        return go("account.change_address")
    if asked := proof_first():
        return asked
    form = CodeForm()

    def do() -> None:
        code = codes.check_code(db.session, UUID(code_id), form.code.data, PURPOSE)
        _replace(code.id, address)
        session.pop("new_address", None)

    return submit(
        form,
        do,
        again=lambda: page("account/address_code.html", form=form, address=address),
        to=url_for("account.my_data"),
        said=_("Your address is now %(address)s.", address=address),
    )


def _replace(code_id: UUID, address: str) -> None:
    former = me().email
    codes.spend_code(db.session, code_id)
    if former is not None:
        write_to_address(
            db.session,
            former.address,
            "account.address_changed",
            lambda: Content(
                subject=_("Your e-mail address was changed"),
                paragraphs=(
                    _("From now on our messages go to your new address."),
                    _("If you did not ask for this, call the town hall at once."),
                ),
                reason=_("You receive this message because this was your address here."),
            ),
            locale=me().locale,
        )
    operations.replace_address(db.session, me(), address)


@blueprint.route("/effacer", methods=["GET", "POST"])
@allow(SIGNED_IN)
def erase() -> Response:
    """Erase my account: what goes, what stays without my name, a typed yes."""
    if asked := proof_first():
        return asked
    form, person = EraseMeForm(), me()
    last = is_last_administrator(db.session, person)

    def do() -> None:
        if last:
            raise Refused(_("You are the only administrator: give this role to a colleague first."))
        if fold(form.confirmation.data) != fold(person.family_name):
            raise Refused(_("This is not your last name as we know it."), "confirmation")
        privacy.erase(db.session, person, modules())

    def shown() -> Response:
        kinds = list(privacy.kinds(db.session, modules()))
        return page("account/erase.html", form=form, person=person, last=last, kinds=kinds)

    said = _("Your account and your data were erased. Thank you for having taken part.")
    return submit(form, do, again=shown, to=lambda _none: forget_browser(said))
