"""Pages of the fund: for residents, and for the mairie (one blueprint, a file a subject)."""

from civique.modules.fund.views import (
    desk_counter,
    desk_file,
    desk_money,
    desk_queue,
    desk_report,
    desk_steps,
    desk_years,
)
from civique.modules.fund.views.desk import blueprint as desk
from civique.modules.fund.views.public import blueprint as public

DESK = (
    desk_queue,
    desk_file,
    desk_steps,
    desk_money,
    desk_report,
    desk_years,
    desk_counter,
)
BLUEPRINTS = (public, desk)
