"""Pages of the fund: for residents, and for the mairie (one blueprint, a file a subject)."""

from civique.modules.fund.views import (
    desk_counter,
    desk_decisions,
    desk_file,
    desk_money,
    desk_queue,
    desk_report,
    desk_steps,
    desk_supports,
    desk_together,
    desk_voices,
    desk_years,
    proposals,
)
from civique.modules.fund.views.desk import blueprint as desk
from civique.modules.fund.views.evaluation import blueprint as evaluation
from civique.modules.fund.views.evaluation import public as evaluations
from civique.modules.fund.views.partners import blueprint as partners
from civique.modules.fund.views.partners import public as thanks
from civique.modules.fund.views.public import blueprint as public

DESK = (
    desk_queue,
    desk_file,
    desk_steps,
    desk_decisions,
    desk_money,
    desk_report,
    desk_years,
    desk_counter,
    desk_supports,
    desk_together,
    desk_voices,
    proposals,
)
BLUEPRINTS = (public, desk, partners, thanks, evaluation, evaluations)
