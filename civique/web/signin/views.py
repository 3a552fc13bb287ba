"""The door: a code by e-mail, « qui êtes-vous ? », the second factor, invitations."""

from uuid import UUID

from flask import Blueprint, current_app, g, request, session, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.access import codes, queries
from civique.core.access import operations as access
from civique.core.access.models import SignInCode
from civique.core.config import config
from civique.core.i18n import get_locale
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to_address
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.people.queries import folded_name, people_at
from civique.core.refused import Refused
from civique.core.typed import trimmed
from civique.web.access import PUBLIC, SIGNED_IN, allow, cookie_name, me, safe_path, visitor
from civique.web.application import limiter
from civique.web.forms import choices
from civique.web.pages import go, go_path, notice, page
from civique.web.signin.challenge import host
from civique.web.signin.forms import AddressForm, CodeForm, NewcomerForm, PasswordForm, TotpForm, WhoForm
from civique.web.signin.known_browser import browser_of, remember, tries_key
from civique.web.submit import submit
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("access", __name__, url_prefix="/connexion")
SET_UP = "/mairie/mise-en-route"


@blueprint.route("", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("60 per 5 minutes; 400 per day", methods=["POST"])  # a workshop may share one connection
def sign_in() -> Response:
    """Ask for the e-mail address and send a code; the answer is the same whether the address is known or not."""
    form, next_page = AddressForm(), safe_path(request.values.get("suite"))
    if request.method == "GET" and visitor().is_authenticated:
        return go_path(next_page)

    def do() -> None:
        session["code"] = str(post_code(str(form.email.data), "sign_in", _code_id()).id)
        session["suite"] = next_page

    return submit(
        form,
        do,
        again=lambda: door(form, next_page),
        to=url_for("access.code"),
    )


def door(form: AddressForm, next_page: str, refused: str = "") -> Response:
    """The page where one comes in; ``refused`` says why a passkey did not open it."""
    return page("signin/address.html", form=form, next=next_page, waits=_pending() is not None, refused=refused)


@blueprint.route("/code", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("100 per 5 minutes", methods=["POST"])
def code() -> Response:
    """Ask for the six digits and check them; a wrong try is counted even though the page is an error."""
    row, form = _pending(), CodeForm()
    if row is None:
        if request.method == "POST":
            notice(_("This code is too old. Ask for a new one."), "wait")
        return go("access.sign_in")
    return submit(
        form,
        lambda: codes.check_code(db.session, row.id, form.code.data),
        again=lambda: page("signin/code.html", form=form, address=row.address),
        to=_known,
    )


def _known(row: SignInCode) -> Response:
    """Enter when one person alone has this address."""
    session["code"] = str(row.id)  # it may be an earlier one
    known = people_at(db.session, row.address, proven=True)
    if not known and current_tenant().is_platform:
        notice(_("Nobody works at Civique with this address. To come in, go to the site of your commune."), "wait")
        return go("access.sign_in")
    if len(known) != 1 or session.pop("choose", False):
        return go("access.who")
    if not current_tenant().is_platform:
        notice(_("You come in as %(name)s. Not you? Say it in « My account ».", name=known[0].name))
    return enter(known[0], row)


@blueprint.post("/pas-moi")
@allow(PUBLIC)
def not_me() -> Response:
    """« Ce n’est pas vous ? » Leave, then say who one is at the same address: it was confirmed here by a code, which still
    counts for a quarter of an hour; later, another one is asked for."""
    row = codes.reopen_code(db.session, UUID(session["entered"])) if "entered" in session else None
    close_browser()
    if row is None:
        session["choose"] = True
        return without_cookie(go("access.sign_in"))
    session["code"] = str(row.id)
    return without_cookie(go("access.who"))


@blueprint.route("/qui", methods=["GET", "POST"])
@allow(PUBLIC)
def who() -> Response:
    """« Qui êtes-vous ? » Enter as one of the people at this address, or as somebody new."""
    row = codes.confirmed_code(db.session, _code_id())
    if row is None:
        return go("access.sign_in")
    form = _who_form(row)
    if request.method == "POST" and not form.who.choices:
        return go("access.sign_in")

    def do() -> Person:
        if form.who.data != "new":
            return next(p for p in people_at(db.session, row.address, proven=True) if str(p.id) == form.who.data)
        if not form.given_name.data or not form.family_name.data:
            raise Refused(_("Write your first and last names."), "given_name")
        named = folded_name(form.given_name.data, form.family_name.data)
        for known in people_at(db.session, row.address, proven=True):
            if known.folded == named:  # the same person, who did not see their name in the list
                return known
        names = form.given_name.data, form.family_name.data
        person = people.register_person(db.session, *names, locale=get_locale())
        person.channel = "email"
        people.add_address(db.session, person, row.address, confirmed_at=clock.now())
        return person

    return submit(
        form,
        do,
        again=lambda: page("signin/who.html", form=form, address=row.address, newcomer=isinstance(form, NewcomerForm)),
        to=lambda person: enter(person, row),
    )


def _whose_password() -> str:
    return tries_key(AddressForm().email.data or str(request.remote_addr))


@blueprint.route("/mot-de-passe", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("60 per 5 minutes", methods=["POST"])
@limiter.limit("20 per hour", methods=["POST"], key_func=_whose_password)
def password() -> Response:
    """Enter with a password, for who chose one; unknown address and wrong password read and cost the same."""
    form, next_page = PasswordForm(), safe_path(request.values.get("suite"))

    def do() -> Person:
        known = people_at(db.session, str(form.email.data))
        person = access.check_password(db.session, list(known), form.password.data)
        if person is None:
            sentence = _("The address or the password is not right. You can also ask for a code by e-mail.")
            raise Refused(sentence, "password", keep=True)
        session["suite"] = next_page
        return person

    return submit(
        form, do, again=lambda: page("signin/password.html", form=form, next=next_page), to=lambda person: enter(person)
    )


@blueprint.post("/quitter")
@allow(PUBLIC)
def sign_out() -> Response:
    """Leave this browser."""
    close_browser()
    return forget_browser(_("You are signed out."))


def close_browser() -> None:
    """End the session of this browser, and what it remembers."""
    token = request.cookies.get(cookie_name())
    if token:
        access.close_session(db.session, token)
    session.clear()


def forget_browser(said: str) -> Response:
    """Lead home, without session nor cookie."""
    session.clear()
    notice(said)
    return without_cookie(go_path("/"))


def without_cookie(response: Response) -> Response:
    """Tell the browser to forget its session."""
    response.delete_cookie(cookie_name(), path="/", secure=cookie_name().startswith("__Host-"), httponly=True)
    return response


def _whose_factor() -> str:
    return tries_key(visitor().get_id())


@blueprint.route("/second-facteur", methods=["GET", "POST"])
@allow(SIGNED_IN)
@limiter.limit("5 per 5 minutes; 50 per day", methods=["POST"], key_func=_whose_factor)
def second_factor() -> Response:
    """Ask for the second factor, or lead to setting one up; accept a code of the authenticator, or spend a recovery code."""
    form, next_page, person = TotpForm(), safe_path(request.values.get("suite")), me()
    if request.method == "GET" and visitor().strong:
        return go_path(next_page)
    if request.method == "GET" and not queries.factors(db.session, person, "totp", "passkey"):
        return go("account.new_totp", suite=next_page)

    def do() -> None:
        totps = queries.factors(db.session, person, "totp")
        right = any(access.check_totp(db.session, totp, form.code.data) for totp in totps)
        if not right and not access.use_recovery_code(db.session, person, form.code.data):
            sentence = _("This code is not right. Wait for the next one, or use a recovery code.")
            raise Refused(sentence, "code", keep=True)
        second_check_given()

    def shown() -> Response:
        keys = queries.factors(db.session, person, "passkey")
        hosts = {key.details.get("host") for key in keys}
        here = host() in hosts
        return page(
            "signin/second_factor.html",
            form=form,
            next=next_page,
            has_passkey=here,
            elsewhere=[] if here else sorted(filter(None, hosts)),
        )

    return submit(form, do, again=shown, to=next_page)


def second_check_given() -> None:
    """Note the second check in this session, and in this browser, whose next tries count apart."""
    web_session = visitor().web_session
    assert web_session is not None
    access.strengthen(db.session, web_session)
    remember(str(web_session.person_id))


@blueprint.get("/invitation/<token>")
@allow(PUBLIC)
def invitation(token: str) -> Response:
    """Show an invitation; accepting it is a button, because mail readers open links by themselves."""
    found = access.open_invitation(db.session, token)
    if found is None:
        return page("signin/invitation_gone.html", status=404)
    return page("signin/invitation.html", invitation=found, token=token)


@blueprint.post("/invitation/<token>")
@allow(PUBLIC)
def accept_invitation(token: str) -> Response:
    """Join: following the link of a message is proof of the address."""
    found = access.open_invitation(db.session, token)
    if found is None:
        return page("signin/invitation_gone.html", status=404)
    # Several people may share an address: the invitation is for the one whom it names.
    named = folded_name(found.given_name, found.family_name)
    same = [person for person in people_at(db.session, found.address) if person.folded == named]
    person = same[0] if same else people.register_person(db.session, found.given_name, found.family_name)
    person.channel = "email"
    people.add_address(db.session, person, found.address, confirmed_at=clock.now())
    access.accept_invitation(db.session, found, person)
    session["suite"] = url_for(current_app.config["DESK"])
    return enter(person)


@blueprint.get("/premiere-fois/<token>")
@allow(PUBLIC)
def hand_over(token: str) -> Response:
    """Come from the apex: a button enters, because mail readers and previews open links by themselves.

    In a demonstration the link enters at once, second factor given: playing somebody takes one click.
    """
    found = codes.open_hand_over(db.session, token)
    if found is None:
        return page("signin/hand_over_gone.html", status=404)
    if config().demonstration and current_tenant().demonstration:
        session["suite"] = safe_path(request.args.get("suite"))
        return enter(found[1], found[0], strong=True)
    return page("signin/hand_over.html", person=found[1], token=token)


@blueprint.post("/premiere-fois/<token>")
@allow(PUBLIC)
@limiter.limit("10 per 5 minutes")
def accept_hand_over(token: str) -> Response:
    """Enter once; the administrator lands on the set-up."""
    found = codes.open_hand_over(db.session, token)
    if found is None:
        return page("signin/hand_over_gone.html", status=404)
    session["suite"] = set_up_path()
    return enter(found[1], found[0])


def set_up_path() -> str:
    """Page of the set-up when this release has one, the desk otherwise."""
    paths = {rule.rule for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return SET_UP if SET_UP in paths else url_for(current_app.config["DESK"])


def post_code(address: str, purpose: str, after: UUID | None = None) -> SignInCode:
    """Make a code and send it; ``after`` is the one that this browser asked before.

    Raises:
        Refused: too many for this address.
    """
    row, digits = codes.make_code(db.session, address, purpose, after, browser_of(address))
    spaced = f"{digits[:3]} {digits[3:]}"
    write_to_address(
        db.session,
        address,
        "access.code",
        lambda: Content(
            subject=_("Your code: %(code)s", code=spaced),
            paragraphs=(
                _("Here is the code that you asked for. It is valid for 15 minutes and works once."),
                _("If you did not ask for it, do nothing: it is of no use to anybody without this message."),
            ),
            code=spaced,
            reason=_("You receive this message because somebody wrote this address on our site."),
        ),
        secret=True,
        locale=get_locale(),
    )
    return row


def enter(person: Person, code: SignInCode | None = None, *, strong: bool = False) -> Response:
    """Open the session of a person and lead them on; the form token is renewed."""
    if code is not None and code.purpose != codes.HAND_OVER:
        people.add_address(db.session, person, code.address, confirmed_at=clock.now())
    known = [email.address for email in person.emails if email.confirmed_at]
    remember(*known, *([str(person.id)] if strong else []))
    device = trimmed(request.user_agent.string)[:120]
    token = access.open_session(db.session, person, device=device, code=code, strong=strong)
    next_page = safe_path(session.pop("suite", "/"))
    for key in ("code", "csrf_token"):
        session.pop(key, None)
    if code is not None:
        session["entered"] = str(code.id)
    g.pop("csrf_token", None)
    if next_page == "/" and queries.rights_of(db.session, person, {}).staff:
        next_page = url_for(current_app.config["DESK"])
    response = go_path(next_page)
    secure = cookie_name().startswith("__Host-")
    response.set_cookie(
        cookie_name(), token, max_age=30 * 86400, httponly=True, secure=secure, samesite="Lax", path="/"
    )
    return response


def _code_id() -> UUID | None:
    text = session.get("code")
    return UUID(text) if text else None


def _pending() -> SignInCode | None:
    code_id = _code_id()
    row = db.session.get(SignInCode, code_id) if code_id else None
    return row if row and row.expires_at > clock.now() and row.used_at is None else None


def _who_form(row: SignInCode) -> WhoForm:
    known = people_at(db.session, row.address, proven=True)
    form = WhoForm() if known or current_tenant().is_platform else NewcomerForm()
    pairs = [(str(p.id), p.name) for p in known]
    if not current_tenant().is_platform:
        pairs.append(("new", _("Somebody else") if known else _("I come for the first time")))
    form.who.choices = choices(pairs)
    if not known:
        form.who.data = "new"
    return form
