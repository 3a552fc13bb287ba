"""Colleagues: who has which role, for what and until when; departures; a second check that was lost."""

from uuid import UUID

from flask import Blueprint, abort, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField

from civique.core import clock
from civique.core.access import operations as access
from civique.core.access import queries
from civique.core.access.handover import hand_over
from civique.core.access.models import RoleGrant
from civique.core.access.roles import ROLES
from civique.core.answers.models import AnswerDue
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from civique.core.people.models import Person
from civique.core.people.queries import active_people, named
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.core.territory.queries import territories
from civique.web.access import allow, me
from civique.web.admin.people import person_or_404
from civique.web.admin.people_forms import ReasonForm
from civique.web.desk_list import DeskList, Filter, Order, newest
from civique.web.forms import BaseForm, choices, optional, required
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.submit import attempt, submit
from civique.web.tables import Column
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("colleagues", __name__, url_prefix="/mairie/collegues")


class RoleForm(BaseForm):
    """A role to give."""

    role = SelectField(_l("Role"), [required(_l("Choose a role."))])
    scope = SelectField(_l("For what"), [required()])
    ends_on = DateField(_l("Until"), [optional()])


class HeirForm(BaseForm):
    """Who takes over."""

    heir = SelectField(_l("Who takes over"), [required(_l("Choose somebody."))])


def role_label(grant: RoleGrant) -> str:
    """A role in words."""
    return str(ROLES[grant.role].label) if grant.role in ROLES else grant.role


def scope_label(grant: RoleGrant) -> str:
    """What a role reaches, in words."""
    return dict(scopes()).get(f"{grant.scope}:{grant.scope_id}", grant.scope)


def scopes() -> list[tuple[str, str]]:
    """What a role may reach: the commune, one village, one module that is on."""
    found = [("commune:", _("The whole commune"))]
    found += [(f"territory:{t.id}", t.name) for t in territories(db.session, "delegated")]
    found += [(f"module:{m.name}", str(m.label)) for m in modules().of(current_tenant()) if m.name != "core"]
    return found


LIST = DeskList(
    name="collegues",
    title=_l("Colleagues and roles"),
    select=queries.held_roles,
    columns=(
        Column(_l("Name"), lambda g: g.person.name),
        Column(_l("Role"), lambda g: role_label(g)),
        Column(_l("For what"), scope_label),
        Column(_l("Since"), lambda g: g.created_at),
        Column(_l("Until"), lambda g: g.ends_on),
    ),
    template="admin/colleagues/list.html",
    orders=(Order("nom", _l("Name"), (Person.folded, Person.id, RoleGrant.created_at)), newest(RoleGrant.created_at)),
    filters=(Filter("role", _l("Role"), {code: role.label for code, role in ROLES.items()}, RoleGrant.role),),
    words=named,
    words_label=_l("Name or e-mail address"),
)
LIST.add_to(
    blueprint,
    "core.roles",
    lambda: {
        "roles": ROLES,
        "role": role_label,
        "scope": scope_label,
        "pending": queries.pending_invitations(db.session),
        "alone": queries.count_administrators(db.session) == 1,
    },
)


@blueprint.route("/<uuid:person_id>", methods=["GET", "POST"])
@allow("core.roles")
def colleague(person_id: UUID) -> Response:
    """One person's roles; give another."""
    person, form = person_or_404(person_id), RoleForm(formdata=request.form if request.method == "POST" else None)
    form.role.choices = choices([(role.code, role.label) for role in ROLES.values()])
    form.scope.choices = scopes()

    def do() -> None:
        scope, _colon, scope_id = form.scope.data.partition(":")
        if form.ends_on.data and form.ends_on.data < clock.today():
            raise Refused(_("This day has passed."), "ends_on")
        if scope != "commune" and form.role.data == "administrator":
            raise Refused(_("An administrator is for the whole commune."), "scope")
        access.grant_role(db.session, person, form.role.data, scope=scope, scope_id=scope_id, ends_on=form.ends_on.data)

    return submit(
        form,
        do,
        again=lambda: page(
            "admin/colleagues/colleague.html",
            form=form,
            person=person,
            grants=db.session.scalars(queries.live_grants(person.id)).all(),
            roles=ROLES,
            scope=scope_label,
            factors=queries.factors(db.session, person, "totp", "passkey"),
            own=person.id == me().id,
        ),
        to=url_for("colleagues.colleague", person_id=person.id),
        said=lambda _none: _("Role given to %(name)s.", name=person.name),
    )


@blueprint.post("/roles/<uuid:grant_id>/terminer")
@allow("core.roles")
def end_role(grant_id: UUID) -> Response:
    """Take a role back; never the last administrator's."""
    grant = row_or_404(RoleGrant, grant_id, ended_at=None)
    return attempt(
        lambda: access.end_role(db.session, grant),
        url_for("colleagues.colleague", person_id=grant.person_id),
        _("The role was taken back."),
    )


@blueprint.route("/<uuid:person_id>/depart", methods=["GET", "POST"])
@allow("core.roles")
def departure(person_id: UUID) -> Response:
    """Somebody leaves: roles, answers in hand and open sessions, on one page."""
    person, form = person_or_404(person_id), HeirForm()
    held = select(func.count()).where(AnswerDue.owner_id == person.id, AnswerDue.state.in_(("due", "preparing")))
    form.heir.choices = choices([(p.id, p.name) for p in _colleagues() if p.id != person.id])
    return submit(
        form,
        lambda: hand_over(db.session, person, person_or_404(UUID(form.heir.data))),
        again=lambda: page(
            "admin/colleagues/departure.html",
            form=form,
            person=person,
            grants=db.session.scalars(queries.live_grants(person.id)).all(),
            roles=ROLES,
            scope=scope_label,
            answers=db.session.execute(held).scalar_one(),
        ),
        to=url_for("colleagues.listing"),
        said=lambda done: _(
            "Done: %(roles)s roles and %(answers)s answers handed over, sessions closed.",
            roles=done[0],
            answers=done[1],
        ),
    )


def _colleagues() -> list[Person]:
    holders = select(RoleGrant.person_id).where(RoleGrant.ended_at.is_(None))
    return list(db.session.scalars(active_people().where(Person.id.in_(holders)).order_by(Person.folded)))


@blueprint.route("/<uuid:person_id>/second-facteur", methods=["GET", "POST"])
@allow("core.roles")
def reset_factor(person_id: UUID) -> Response:
    """Reset the second check of a colleague who lost it. Nobody resets their own: that would be no check at all."""
    person, form = person_or_404(person_id), ReasonForm()
    if person.id == me().id or not db.session.scalars(queries.live_grants(person.id)).first():
        abort(404)
    actor = me().name

    def do() -> None:
        access.reset_factors(db.session, person, "colleague")
        write_to(db.session, person, "access.factors_reset", lambda: _reset_message(actor, form.reason.data))

    return submit(
        form,
        do,
        again=lambda: page("admin/colleagues/reset.html", form=form, person=person),
        to=url_for("colleagues.colleague", person_id=person.id),
        said=lambda _none: _(
            "Done. %(name)s was told, and will set up a new second check at the next visit.", name=person.name
        ),
    )


def _reset_message(actor: str, reason: str) -> Content:
    return Content(
        subject=_("Your second check was reset"),
        paragraphs=(
            _("%(actor)s reset your second check and signed you out of every device.", actor=actor),
            _("At your next visit, you will be asked to set up a new one."),
            _("If you did not ask for this, call the town hall at once."),
        ),
        lines=((_("What was checked"), reason),),
        reason=_("You receive this message because it concerns your access."),
    )
