"""Pages of the fund: for residents, and for the mairie (a blueprint each, a file a subject)."""

from civique.modules.fund.models import EXAMINED, GRANTED, PAYABLE, WORKING, ApplicationState
from civique.modules.fund.views import (
    desk_counter,
    desk_file,
    desk_money,
    desk_queue,
    desk_report,
    desk_steps,
    desk_years,
    public_account,
    public_endorsements,
    public_follow,
    public_fund,
    public_idea,
    public_report,
    public_steps,
)
from civique.modules.fund.views.desk import blueprint as desk
from civique.modules.fund.views.public import blueprint as public

DESK = (desk_queue, desk_file, desk_steps, desk_money, desk_report, desk_years, desk_counter)
PUBLIC = (public_fund, public_idea, public_steps, public_follow, public_account, public_endorsements, public_report)
"""Files whose routes the blueprints hold."""
BLUEPRINTS = (public, desk)
STATES = {"S": ApplicationState, "EXAMINED": EXAMINED, "GRANTED": GRANTED, "PAYABLE": PAYABLE, "WORKING": WORKING}
"""What the templates compare states with."""
for _blueprint in BLUEPRINTS:
    _blueprint.context_processor(lambda: STATES)
