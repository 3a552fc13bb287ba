"""Every blueprint of this part, for the manifest of the core."""

from civique.web.site.agenda import blueprint as agenda
from civique.web.site.agreements import blueprint as agreements
from civique.web.site.agreements import former as former_agreements
from civique.web.site.contact import blueprint as contact
from civique.web.site.documents import blueprint as documents
from civique.web.site.evaluations import blueprint as evaluations
from civique.web.site.feedback import blueprint as feedback
from civique.web.site.gatherings import blueprint as gatherings
from civique.web.site.home import blueprint as site
from civique.web.site.indicators import blueprint as indicators
from civique.web.site.legal import blueprint as legal
from civique.web.site.open_data import blueprint as open_data
from civique.web.site.partners import blueprint as partners
from civique.web.site.stories import blueprint as stories

BLUEPRINTS = (
    site,
    agenda,
    gatherings,
    contact,
    documents,
    indicators,
    evaluations,
    legal,
    open_data,
    partners,
    stories,
    agreements,
    former_agreements,
    feedback,
)
