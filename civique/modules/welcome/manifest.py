"""What the module declares to the house."""

from civique.core.cases.queries import count_waiting
from civique.core.events import Listener
from civique.core.gatherings.declarations import GatheringKind
from civique.core.gatherings.events import GatheringJoined
from civique.core.i18n import _l
from civique.core.interests import InterestTold, Joined
from civique.core.manifest import Job, Link, Manifest, Permission
from civique.core.paper import BlankForm
from civique.core.stall.forms import StallField, StallForm
from civique.modules.welcome import jobs, privacy
from civique.modules.welcome.demo import demo
from civique.modules.welcome.documents import open_data
from civique.modules.welcome.documents.kit import BOOKLETS
from civique.modules.welcome.imports import IMPORTER
from civique.modules.welcome.indicators import INDICATORS
from civique.modules.welcome.models import (
    WelcomeHistory,
    WelcomeHousehold,
    WelcomeInterest,
    WelcomeItem,
    WelcomeJoined,
    WelcomeOffer,
    WelcomeRelay,
    WelcomeTick,
    WelcomeVoucher,
)
from civique.modules.welcome.operations import gatherings, households
from civique.modules.welcome.queries.households import KIND
from civique.modules.welcome.queries.vouchers import card_of
from civique.modules.welcome.settings import WelcomeSettings
from civique.modules.welcome.views import desk, desk_kit, desk_partners, public, public_household, public_partner
from civique.modules.welcome.workflow import MANAGE, WORKFLOW

OFFICE = ("administrator", "secretary")
SUMMARY = _l("You have just arrived: useful places, first steps, vouchers of the shops, neighbours to meet.")
PAGES = (desk_kit, desk_partners, public_household, public_partner)
"""Their routes are on the two blueprints of the others."""

MANIFEST = Manifest(
    name="welcome",
    label=public.TITLE,
    summary=_l(
        "New residents declare themselves; a kit, vouchers of partners, somebody who greets them, a welcome event."
    ),
    icon="map-pin",
    package="civique.modules.welcome",
    models=(
        WelcomeRelay,
        WelcomeHousehold,
        WelcomeInterest,
        WelcomeJoined,
        WelcomeItem,
        WelcomeTick,
        WelcomeOffer,
        WelcomeVoucher,
        WelcomeHistory,
    ),
    blueprints=(public.public, desk.desk),
    permissions=(
        Permission(
            desk.READ, _l("Read the households and the vouchers: new residents"), (*OFFICE, "elected", "counter")
        ),
        Permission(MANAGE, _l("Hand over kits, vouchers and visits: new residents"), OFFICE),
        Permission(desk.COUNTER, _l("Enter a household that has arrived"), (*OFFICE, "counter")),
    ),
    settings=(WelcomeSettings,),
    public_links=(Link(_l("I have just arrived"), "welcome.about", "map-pin", summary=SUMMARY, door="inform"),),
    desk_links=(
        Link(_l("Households"), "welcome_desk.queue", "inbox", desk.READ, count=count_waiting(WORKFLOW)),
        Link(_l("Kit"), "welcome_desk.guide", "file-text", desk.READ),
        Link(_l("Partners and vouchers"), "welcome_desk.offers", "heart-handshake", desk.READ),
        Link(_l("Use of the vouchers"), "welcome_desk.usage", "list-checks", desk.READ),
        Link(_l("Relays"), "welcome_desk.relay_list", "users", desk.READ),
        Link(_l("Welcome event"), "welcome_desk.event_list", "calendar-days", desk.READ),
    ),
    settings_links=(Link(public.TITLE, "welcome_desk.settings_page", "settings", MANAGE),),
    counter_links=(Link(_l("A household that has arrived"), "welcome_desk.counter", "map-pin", desk.COUNTER),),
    stall_forms=(
        StallForm(
            "welcome.household",
            _l("A household that has arrived"),
            (
                StallField("adults", _l("How many adults?"), required=True, parse=households.read_number),
                StallField("children", _l("How many children?"), parse=households.read_number),
            ),
            households.declare_at_stall,
        ),
    ),
    jobs=(
        Job("welcome.expire_vouchers", jobs.expire_vouchers, daily=True),
        Job("welcome.remind_relays", jobs.remind_relays, daily=True),
        Job("welcome.follow", jobs.follow_households, daily=True),
        Job("welcome.forget", jobs.forget_households, daily=True),
    ),
    events=(InterestTold,),
    listeners=(Listener(GatheringJoined, gatherings.hear_joined), Listener(Joined, households.hear_joined)),
    work_items=desk.QUEUE.work_items,
    answer_permission=desk.READ,
    workflows=(WORKFLOW,),
    gathering_kinds=(GatheringKind(KIND, _l("Welcome event"), MANAGE),),
    personal_data=(privacy.HOUSEHOLDS, privacy.RELAYS),
    indicators=INDICATORS,
    importers=(IMPORTER,),
    organisation_cards=card_of,
    questionnaires=(gatherings.OPINION,),
    documents=(BOOKLETS,),
    feeds=(open_data.PARTNERS,),
    open_data=(open_data.DATASET,),
    paper_forms=(BlankForm(_l("Card of a household that has arrived"), "welcome.card"),),
    object_labels={
        "welcome_household": _l("a new household"),
        "welcome_relay": _l("a relay of new residents"),
        "welcome_item": _l("an entry of the welcome kit"),
        "welcome_offer": _l("an offer to new residents"),
        "welcome_voucher": _l("a welcome voucher"),
        "welcome_history": _l("the vouchers of a past year"),
    },
    audit_labels={
        "welcome.household_changed": _l("Household corrected"),
        "welcome.household_entrusted": _l("Visit entrusted to a relay"),
        "welcome.household_greeted": _l("Household greeted"),
        "welcome.relay_named": _l("Relay named"),
        "welcome.relay_changed": _l("Relay corrected"),
        "welcome.relay_ended": _l("Relay ended"),
        "welcome.item_added": _l("Entry added to the kit"),
        "welcome.item_changed": _l("Entry of the kit corrected"),
        "welcome.item_moved": _l("Entry of the kit moved"),
        "welcome.item_removed": _l("Entry taken out of the kit"),
        "welcome.offer_added": _l("Offer of a partner added"),
        "welcome.offer_changed": _l("Offer of a partner corrected"),
        "welcome.offer_withdrawn": _l("Offer of a partner withdrawn"),
        "welcome.voucher_used": _l("Voucher used"),
        "welcome.voucher_undone": _l("Voucher noted as used by mistake, taken back"),
        "welcome.voucher_cancelled": _l("Voucher cancelled"),
        "welcome.history_recorded": _l("Vouchers of a past year recorded"),
    },
    demo=demo,
)
