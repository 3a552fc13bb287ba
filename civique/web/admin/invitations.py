"""Inviting colleagues: an e-mail with a link, roles in one click."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField

from civique.core import clock, settings
from civique.core.access import operations as access
from civique.core.access import queries
from civique.core.access.models import Invitation
from civique.core.access.roles import ROLES
from civique.core.commune import Identity, sender_name
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to_address
from civique.web.access import allow, me
from civique.web.admin.setup import left_as_it_was, note_done, step_page, under_way
from civique.web.forms import ChecksField, EmailField, OnceForm, at_most, required
from civique.web.lists import row_or_404
from civique.web.pages import go_path, notice
from civique.web.submit import submit
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("invitations", __name__, url_prefix="/mairie")


class InvitationForm(OnceForm):
    """Whom to invite, to do what."""

    given_name = StringField(_l("First name"), [required(_l("Write a first name.")), at_most(80)])
    family_name = StringField(_l("Last name"), [required(_l("Write a last name.")), at_most(80)])
    email = EmailField(_l("E-mail address"), [required(_l("Write an e-mail address."))])
    roles = ChecksField(
        _l("What this person will do here"),
        [required(_l("Tick at least one role."))],
        choices=[(role.code, role.label) for role in ROLES.values()],
    )


@blueprint.get("/collegues/inviter", defaults={"set_up": False})
@blueprint.get("/mise-en-route/collegues", defaults={"set_up": True})
@allow("core.roles")
def listing(set_up: bool) -> Response:
    """The form, and the invitations that wait."""
    return _page(InvitationForm(), set_up)


@blueprint.post("/collegues/inviter")
@allow("core.roles")
def invite() -> Response:
    """Invite a colleague. In the set-up, « Continuer » sends what was typed, and goes back to the steps."""
    form, set_up = InvitationForm(), under_way("colleagues")
    leaving = set_up and "later" in request.form
    if leaving and left_as_it_was(form, {}):
        return go_path(_finished())

    def do() -> Invitation:
        facts = (str(form.email.data), form.given_name.data, form.family_name.data, list(form.roles.data))
        invitation, token = access.invite(db.session, *facts)
        send_invitation(invitation, token)
        return invitation

    return submit(
        form,
        do,
        again=lambda: _page(form, set_up),
        to=lambda _made: _finished() if leaving else _back(),
        said=lambda made: _("Invitation sent to %(address)s.", address=made.address),
    )


@blueprint.post("/collegues/invitations/<uuid:invitation_id>/renvoyer")
@allow("core.roles")
def resend(invitation_id: UUID) -> Response:
    """Send an invitation again: a new link replaces the former one."""
    former = _pending(invitation_id)
    invitation, token = access.invite(
        db.session, former.address, former.given_name, former.family_name, list(former.roles)
    )
    send_invitation(invitation, token)
    notice(_("A new link was sent to %(address)s. The former one no longer works.", address=invitation.address))
    return go_path(_back())


@blueprint.post("/collegues/invitations/<uuid:invitation_id>/retirer")
@allow("core.roles")
def withdraw(invitation_id: UUID) -> Response:
    """Make a link stop working."""
    access.withdraw_invitation(db.session, _pending(invitation_id))
    notice(_("The invitation was withdrawn: its link no longer works."))
    return go_path(_back())


def _pending(invitation_id: UUID) -> Invitation:
    return row_or_404(Invitation, invitation_id, accepted_at=None, withdrawn_at=None)


def _back() -> str:
    return url_for("invitations.listing", set_up=under_way("colleagues"))


def _finished() -> str:
    note_done("colleagues")
    return url_for("set_up.overview")


def _page(form: InvitationForm, set_up: bool) -> Response:
    now: datetime = clock.now()
    return step_page(
        "admin/colleagues/invite.html",
        "colleagues",
        set_up,
        form=form,
        now=now,
        roles=ROLES,
        pending=queries.pending_invitations(db.session),
    )


def send_invitation(invitation: Invitation, token: str) -> None:
    """Write to the person invited; the link is erased from the database once sent."""
    identity, inviter = settings.get(db.session, Identity), me().name
    path = url_for("access.invitation", token=token)

    def words() -> Content:
        roles = ", ".join(str(ROLES[code].label) for code in invitation.roles if code in ROLES)
        return Content(
            subject=_("%(name)s invites you to work on the participation site", name=inviter),
            paragraphs=(
                _("Hello %(name)s,", name=invitation.given_name),
                _(
                    "%(inviter)s, of the %(mairie)s, invites you to join the town hall’s team on the site.",
                    inviter=inviter,
                    mairie=sender_name(current_tenant(), identity),
                ),
                _(
                    "The link works once, for fourteen days. You will then be asked to protect your access with your telephone."
                ),
            ),
            lines=((_("Role"), roles),),
            action=(_("Join the team"), path),
            reason=_(
                "You receive this message because a colleague wrote your address. If it is a mistake, do nothing."
            ),
        )

    write_to_address(db.session, invitation.address, "access.invitation", words, secret=True, about=invitation)
