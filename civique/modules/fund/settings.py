"""Settings of the module."""

from dataclasses import dataclass
from typing import ClassVar

from civique.core.commune import siret_of
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.settings import setting
from tenants.session import TenantSession


def siret_hint(session: TenantSession) -> str:
    """Where the number is found, and what stands for it while it is not given."""
    where = _(
        "The fourteen digits on the letterhead and the invoices of the town hall; also on annuaire-entreprises.data.gouv.fr, under the name of the commune."
    )
    usual = siret_of(session.tenant, "")
    if usual:
        then = _("Left empty, the list of grants bears %(number)s, the usual one of a town hall.", number=usual)
    else:
        then = _("Left empty, the list of grants does not say whose it is.")
    return f"{where} {then}"


@dataclass(frozen=True)
class FundSettings:
    """Delays of the fund in days, the analysis grid, and what residents may say of applications (off by default).

    ``preset`` is what the first fund of the commune starts from, as the module was chosen in the catalogue (LO-1). ``siret`` is
    the commune's own, for open data; empty, it is that of the first establishment of its SIREN.
    """

    KEY: ClassVar[str] = "fund.settings"
    answer_days: int = setting(45, _l("Days to answer a request"), least=5, most=365)
    complete_days: int = setting(
        30,
        _l("Days to complete a request"),
        hint=_l("A reminder then leaves; after twice that, the request lapses."),
        least=5,
        most=365,
    )
    report_days: int = setting(60, _l("Days to send the report, after the project"), least=5, most=730)
    criteria: tuple[str, ...] = setting(
        (
            "Utile à plusieurs habitants",
            "Porté par plusieurs personnes",
            "Réalisable avec les moyens dits",
            "Respectueux de l’environnement",
        ),
        _l("Criteria of the analysis grid, one a line"),
    )
    show_amounts: bool = setting(True, _l("Show the amounts granted on the site"))
    endorsements: bool = setting(
        False,
        _l("Residents may support a request under examination"),
        hint=_l("Only the requests whose applicant agreed, once you have read them. Supports are no vote."),
    )
    comments: bool = setting(
        False,
        _l("Residents may comment a request under examination"),
        hint=_l("Each comment waits until one of you has read it."),
    )
    siret: str = setting("", _l("SIRET number of the commune, for open data"), hint=siret_hint, kind="siret")
    preset: str = "citizen_fund"

    def check(self) -> None:
        """What goes together: comments come with supports; the table of the grid keeps 160 characters a criterion.

        Raises:
            Refused: with the field.
        """
        if self.comments and not self.endorsements:
            raise Refused(_("Comments come with supports: tick both, or neither."), "comments")
        lines = self.criteria
        if any(len(line) > 160 for line in lines) or len(lines) > 12 or len(set(lines)) != len(lines):
            raise Refused(_("Twelve different criteria at most, of 160 characters each."), "criteria")
