"""The kit that the commune builds, those who greet, the welcome events."""

from typing import Any
from uuid import UUID

from flask import url_for
from werkzeug.wrappers import Response

from civique.core.documents.queries import find_documents
from civique.core.gatherings.models import Gathering
from civique.core.gatherings.queries import gatherings, headcounts
from civique.core.i18n import gettext as _
from civique.core.people.queries import find_people
from civique.core.territory.queries import places
from civique.modules.welcome.documents.kit import HEADINGS
from civique.modules.welcome.forms.desk import RELAY_KINDS, ItemForm, RelayForm
from civique.modules.welcome.models import WelcomeItem, WelcomeRelay
from civique.modules.welcome.operations import gatherings as events
from civique.modules.welcome.operations import kit
from civique.modules.welcome.operations import relays as relays_
from civique.modules.welcome.queries.households import KIND, count_invitable, relays, unanswered
from civique.modules.welcome.queries.kit import by_kind, items
from civique.modules.welcome.views.desk import READ, desk
from civique.modules.welcome.workflow import MANAGE
from civique.web.access import allow
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.submit import attempt, submit
from tenants.db import db

MOST_CHOICES = 300


@desk.get("/guide")
@allow(READ)
def guide() -> Response:
    """What the kit says."""
    kinds = by_kind(items(db.session, every=True))
    return page("welcome/desk/guide.html", kinds=kinds, headings=HEADINGS)


def _item_form(row: WelcomeItem | None = None) -> ItemForm:
    documents = db.session.scalars(find_documents(public_only=True).limit(MOST_CHOICES)).unique()
    return ItemForm(obj=row).prepare(
        [(place.id, place.name) for place in places(db.session)], [(each.id, each.title) for each in documents]
    )


@desk.route("/guide/ajouter", methods=["GET", "POST"])
@allow(MANAGE)
def new_item() -> Response:
    """Add an entry to the kit."""
    form = _item_form()
    return submit(
        form,
        lambda: kit.add_item(db.session, **form.facts()),
        again=lambda: page("welcome/desk/item.html", form=form, item=None),
        to=url_for("welcome_desk.guide"),
        said=_("The entry is added to the kit."),
    )


@desk.route("/guide/<uuid:welcome_item_id>", methods=["GET", "POST"])
@allow(MANAGE)
def item(welcome_item_id: UUID) -> Response:
    """Change an entry of the kit."""
    row = row_or_404(WelcomeItem, welcome_item_id)
    form = _item_form(row)
    return submit(
        form,
        lambda: kit.change_item(db.session, row, **form.facts()),
        again=lambda: page("welcome/desk/item.html", form=form, item=row),
        to=url_for("welcome_desk.guide"),
        said=_("Saved."),
        about=lambda: row_or_404(WelcomeItem, welcome_item_id),
    )


def _of_item(identifier: UUID, do: Any, said: str = "") -> Response:
    row = row_or_404(WelcomeItem, identifier)
    return attempt(lambda: do(db.session, row), url_for("welcome_desk.guide"), said)


@desk.post("/guide/<uuid:welcome_item_id>/monter")
@allow(MANAGE)
def item_up(welcome_item_id: UUID) -> Response:
    """Move an entry up."""
    return _of_item(welcome_item_id, lambda session, row: kit.move_item(session, row, -1))


@desk.post("/guide/<uuid:welcome_item_id>/descendre")
@allow(MANAGE)
def item_down(welcome_item_id: UUID) -> Response:
    """Move an entry down."""
    return _of_item(welcome_item_id, lambda session, row: kit.move_item(session, row, 1))


@desk.post("/guide/<uuid:welcome_item_id>/retirer")
@allow(MANAGE)
def item_remove(welcome_item_id: UUID) -> Response:
    """Take an entry out of the kit."""
    return _of_item(welcome_item_id, kit.remove_item, _("The entry is taken out of the kit."))


@desk.get("/relais")
@allow(READ)
def relay_list() -> Response:
    """Who greets new residents, and where."""
    return page("welcome/desk/relays.html", relays=relays(db.session), kinds=RELAY_KINDS)


def _relay_form(row: WelcomeRelay | None = None) -> RelayForm:
    people = db.session.scalars(find_people().limit(MOST_CHOICES)).unique().all()
    chosen = [row.person] if row and row.person and row.person not in people else []
    return RelayForm(obj=row).prepare([(person.id, person.name) for person in (*chosen, *people)])


@desk.route("/relais/ajouter", methods=["GET", "POST"])
@allow(MANAGE)
def new_relay() -> Response:
    """Name who greets."""
    form = _relay_form()
    return submit(
        form,
        lambda: relays_.add_relay(db.session, **form.facts()),
        again=lambda: page("welcome/desk/relay.html", form=form, relay=None),
        to=url_for("welcome_desk.relay_list"),
        said=_("The relay is named. Households that nobody greeted are entrusted to it."),
    )


@desk.route("/relais/<uuid:welcome_relay_id>", methods=["GET", "POST"])
@allow(MANAGE)
def relay(welcome_relay_id: UUID) -> Response:
    """Correct a relay."""
    row = row_or_404(WelcomeRelay, welcome_relay_id)
    form = _relay_form(row)
    return submit(
        form,
        lambda: relays_.change_relay(db.session, row, **form.facts()),
        again=lambda: page("welcome/desk/relay.html", form=form, relay=row),
        to=url_for("welcome_desk.relay_list"),
        said=_("Saved."),
        about=lambda: row_or_404(WelcomeRelay, welcome_relay_id),
    )


@desk.post("/relais/<uuid:welcome_relay_id>/terminer")
@allow(MANAGE)
def relay_end(welcome_relay_id: UUID) -> Response:
    """A relay greets no more."""
    row = row_or_404(WelcomeRelay, welcome_relay_id)
    said = _("This relay greets no more; its households go to others.")
    return attempt(lambda: relays_.end_relay(db.session, row), url_for("welcome_desk.relay_list"), said)


@desk.get("/fete")
@allow(READ)
def event_list() -> Response:
    """The welcome events, with how many came, and how many households wait for an invitation."""
    rows = db.session.scalars(gatherings().where(Gathering.kind == KIND).limit(20)).unique().all()
    counted = headcounts(db.session, [row.id for row in rows])
    return page(
        "welcome/desk/events.html",
        rows=[(row, counted[row.id]) for row in rows],
        kind=KIND,
        waiting=count_invitable(db.session),
        unanswered=unanswered(db.session, [row.id for row in rows]),
        opinion=events.OPINION.code,
    )


@desk.post("/fete/<uuid:gathering_id>/inviter")
@allow(MANAGE)
def invite(gathering_id: UUID) -> Response:
    """Invite the households that wait for it."""
    row = row_or_404(Gathering, gathering_id, kind=KIND)
    return attempt(
        lambda: events.invite_households(db.session, row),
        url_for("welcome_desk.event_list"),
        _("The households are invited, by e-mail or by letter."),
    )
