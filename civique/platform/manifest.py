"""What the apex has: its pages, its jobs, its tables beside the registry."""

from civique.core.i18n import _l
from civique.core.manifest import Job, Manifest, Permission, PersonalData
from civique.platform.demonstration.views import blueprint as demonstration
from civique.platform.operations.views.communes import blueprint as communes
from civique.platform.operations.views.settings import blueprint as settings
from civique.platform.site.views import blueprint as site
from civique.platform.subscription import jobs, operations
from civique.platform.subscription.models import Subscription
from civique.platform.subscription.settings import Prices, Publisher
from civique.platform.subscription.views import blueprint as subscription

APEX_BLUEPRINTS = (site, subscription, communes, settings, demonstration)

MANIFEST = Manifest(
    name="platform",
    label=_l("Platform"),
    icon="globe",
    models=(Subscription,),  # type: ignore[arg-type]  # a table of schema platform
    permissions=(Permission("platform.operate", _l("Look after the platform"), ("operator",)),),
    settings=(Prices, Publisher),
    jobs=(
        Job(operations.OPEN_SITE, jobs.open_site),
        Job("platform.purge_subscriptions", jobs.purge_subscriptions, daily=True),
    ),
    personal_data=(
        PersonalData(
            "subscriptions",
            _l("Your subscription requests"),
            _l("To open the site of a commune"),
            _l("Contract"),
            _l("As long as the site; three months for a request that led to none"),
            operations.export_subscriptions,
            operations.erase_subscriptions,
        ),
    ),
)
