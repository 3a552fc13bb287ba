"""Pages."""

from civique.modules.volunteering.views import hours, mine, needs, organisation, public
from civique.modules.volunteering.views.desk import matches_desk, missions_desk, volunteers_desk

BLUEPRINTS = (public.blueprint, needs.blueprint, volunteers_desk, missions_desk, matches_desk)
__all__ = ["BLUEPRINTS", "hours", "mine", "needs", "organisation", "public"]
