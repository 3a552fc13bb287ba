"""The proposal of a partner as a form on paper."""

from civique.core.i18n import gettext as _
from civique.core.paper import Choices, Item, Lines, PaperForm, Section, Tick, render_form
from tenants.session import TenantSession

PROPOSAL_CODE = "AID-F"
"""Names the form of the partners."""


def proposal_form(session: TenantSession) -> bytes:
    """The help that a partner proposes, with lines to write on; an agent enters it by « Note a pledge »."""
    gift: list[Item] = [
        Choices(_("What do you propose?"), (_("Money"), _("Things"), _("Time and skills"))),
        Tick(_("They are hours of our employees, on their paid time (skills sponsorship)")),
        Lines(_("What exactly"), 2),
        Lines(_("How much"), 1, _("(euros, sachets, metres, hours, days…)")),
        Lines(_("Value, if you know it, and how you counted it")),
        Lines(_("Until when do you propose it?")),
    ]
    who: list[Item] = [
        Lines(_("Name of the company, the shop or the association")),
        Lines(_("SIREN number (nine digits), if you have one")),
        Lines(_("Your name")),
        Lines(_("Your telephone number, your e-mail address"), 2),
        Tick(_("We agree to be thanked by name on the site")),
    ]
    return render_form(
        session,
        PaperForm(
            title=_("Propose help to residents’ projects"),
            code=PROPOSAL_CODE,
            path="/partenaires/proposer",
            introduction=(
                _(
                    "The town hall reads your proposal and answers you within two weeks. Nothing is promised before you have agreed together."
                ),
            ),
            sections=(Section(_("What you propose"), gift), Section(_("Who you are"), who)),
        ),
    )
