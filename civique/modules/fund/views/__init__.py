"""Pages of the fund: for residents, and for the mairie."""

from civique.modules.fund.views.desk import blueprint as desk
from civique.modules.fund.views.public import blueprint as public

BLUEPRINTS = (public, desk)
