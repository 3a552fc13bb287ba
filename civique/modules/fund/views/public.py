"""What residents see and do: one blueprint, its pages in one file a purpose."""

from civique.modules.fund.views import (
    public_agreement,
    public_asking,
    public_data,
    public_follow,
    public_fund,
    public_voices,
    public_works,
)
from civique.modules.fund.views.public_blueprint import blueprint

PARTS = (public_fund, public_data, public_asking, public_follow, public_agreement, public_voices, public_works)
"""Files whose routes the blueprint holds."""

__all__ = ["PARTS", "blueprint"]
