"""Pages of the fund: for residents, and for the mairie."""

from civique.modules.fund.views.desk import blueprint as desk
from civique.modules.fund.views.evaluation import blueprint as evaluation
from civique.modules.fund.views.evaluation import public as evaluations
from civique.modules.fund.views.partners import blueprint as partners
from civique.modules.fund.views.partners import public as thanks
from civique.modules.fund.views.public import blueprint as public

BLUEPRINTS = (public, desk, partners, thanks, evaluation, evaluations)
