"""What the ledger of contributions tells modules."""

from dataclasses import dataclass

from civique.core.contributions.models import Contribution


@dataclass(frozen=True)
class WithdrawalAsked:
    """A giver wants a contribution back. Who cannot spare it any more raises ``Refused``."""

    contribution: Contribution
