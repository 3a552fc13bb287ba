"""What residents see and do: one blueprint, its pages in one file a purpose."""

from civique.modules.fund.views import (
    public_account,
    public_endorsements,
    public_follow,
    public_fund,
    public_idea,
    public_report,
    public_steps,
)
from civique.modules.fund.views.public_blueprint import blueprint

PARTS = (
    public_fund,
    public_idea,
    public_steps,
    public_follow,
    public_account,
    public_endorsements,
    public_report,
)
"""Files whose routes the blueprint holds."""

__all__ = ["PARTS", "blueprint"]
