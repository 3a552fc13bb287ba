"""Every blueprint of this part, for the manifest of the core."""

from civique.web.desk import agenda_items, registrations
from civique.web.desk.agenda import blueprint as agenda
from civique.web.desk.agreements import blueprint as agreements
from civique.web.desk.claims import blueprint as claims
from civique.web.desk.comments import blueprint as comments
from civique.web.desk.committees import blueprint as committees
from civique.web.desk.contributions import blueprint as contributions
from civique.web.desk.counter import blueprint as counter
from civique.web.desk.documents import blueprint as documents
from civique.web.desk.door import blueprint as door
from civique.web.desk.endorsements import blueprint as endorsements
from civique.web.desk.evaluations import blueprint as evaluations
from civique.web.desk.feedback import blueprint as feedback
from civique.web.desk.former_addresses import blueprint as former
from civique.web.desk.gatherings import blueprint as gatherings
from civique.web.desk.indicator_figures import blueprint as indicators
from civique.web.desk.letters import blueprint as letters
from civique.web.desk.messages import blueprint as messages
from civique.web.desk.news import news, pages
from civique.web.desk.officials import blueprint as officials
from civique.web.desk.organisations import blueprint as organisations
from civique.web.desk.paper_forms import blueprint as paper_forms
from civique.web.desk.questions import blueprint as questions
from civique.web.desk.stall import blueprint as stall
from civique.web.desk.stories import blueprint as stories
from civique.web.desk.work import blueprint as desk

BLUEPRINTS = (
    desk,
    counter,
    questions,
    letters,
    messages,
    news,
    pages,
    agenda,
    documents,
    organisations,
    officials,
    indicators,
    stall,
    paper_forms,
    claims,
    agreements,
    committees,
    gatherings,
    door,
    former,
    contributions,
    comments,
    endorsements,
    evaluations,
    stories,
    feedback,
)
__all__ = ["BLUEPRINTS", "agenda_items", "registrations"]
