"""Language, how one writes to me, a password if I want one."""

from flask import request, url_for
from werkzeug.wrappers import Response

from civique.core.access import operations as access
from civique.core.access import queries
from civique.core.access.passwords import LONGEST, SHORTEST, weakness
from civique.core.i18n import gettext as _
from civique.core.people.operations import correct_person
from civique.core.refused import Refused
from civique.web.access import SIGNED_IN, allow, cookie_name, me, safe_path
from civique.web.account.blueprint import blueprint, proof_first
from civique.web.account.forms import LANGUAGES, PasswordChoiceForm, PreferencesForm
from civique.web.application import limiter
from civique.web.pages import go, go_path, notice, page
from civique.web.submit import submit
from tenants.db import db
from tenants.session import current_tenant


@blueprint.route("/preferences", methods=["GET", "POST"])
@allow(SIGNED_IN)
def preferences() -> Response:
    """Language and channel."""
    person = me()
    form = PreferencesForm(obj=person)

    def do() -> None:
        if form.channel.data == "email" and person.email is None:
            raise Refused(_("We have no confirmed e-mail address of yours. Add one first."), "channel")
        if form.channel.data == "letter" and not (person.street and person.postal_code and person.city):
            raise Refused(_("Write your postal address first, in « My data »."), "channel")
        correct_person(db.session, person, locale=form.locale.data, channel=form.channel.data)

    return submit(
        form,
        do,
        again=lambda: page("account/preferences.html", form=form),
        to=url_for("account.overview"),
        said=_("Saved."),
    )


@blueprint.post("/langue/<code>")
@allow(SIGNED_IN)
def language(code: str) -> Response:
    """Choose my language at the foot of a page: for the pages, the messages and the lists that I ask for."""
    if code in dict(LANGUAGES):
        correct_person(db.session, me(), locale=code)
    return go_path(safe_path(request.args.get("suite")))


@blueprint.route("/mot-de-passe", methods=["GET", "POST"])
@allow(SIGNED_IN)
@limiter.limit("10 per hour", methods=["POST"])
def password() -> Response:
    """Choose or change a password; other devices are signed out."""
    if asked := proof_first():
        return asked
    form = PasswordChoiceForm()
    has_one = bool(queries.factors(db.session, me(), "password"))

    def do() -> None:
        sentence = _sentence(form.password.data)
        if sentence is not None:
            raise Refused(sentence, "password")
        access.set_password(db.session, me(), form.password.data)
        access.close_all_sessions(db.session, me(), keep=request.cookies.get(cookie_name()))

    return submit(
        form,
        do,
        again=lambda: page("account/password.html", form=form, has_one=has_one, shortest=SHORTEST),
        to=url_for("account.overview"),
        said=_("Your password is set. Your other devices were signed out."),
    )


def _sentence(chosen: str) -> str | None:
    """What is wrong with a password, and what to do."""
    person = me()
    known = [
        person.given_name,
        person.family_name,
        person.name,
        current_tenant().name,
        f"mairie{current_tenant().name}",
    ]
    known += [part for address in person.emails for part in (address.address, address.address.split("@")[0])]
    found = weakness(chosen, *known)
    return (
        found
        and {
            "short": _(
                "At least %(count)s characters. Four words that have nothing to do with each other do well.",
                count=SHORTEST,
            ),
            "long": _("At most %(count)s characters.", count=LONGEST),
            "common": _("This password is among the first that intruders try. Choose another one."),
            "known": _("Anybody who knows you would try this password. Choose another one."),
        }[found]
    )


@blueprint.post("/mot-de-passe/retirer")
@allow(SIGNED_IN)
def drop_password() -> Response:
    """Enter with a code by e-mail again."""
    if asked := proof_first():
        return asked
    if me().email is None:
        notice(_("Without a confirmed e-mail address, the password is your only way in."), "stop")
        return go("account.password")
    for credential in queries.factors(db.session, me(), "password"):
        access.drop_factor(db.session, credential)
    notice(_("The password was removed. You enter with a code by e-mail."))
    return go("account.overview")
