"""What the town hall writes to those who speak for an organisation."""

from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from civique.core.organisations.models import Organisation
from tenants.session import TenantSession


def confirmed(session: TenantSession, organisation: Organisation) -> None:
    """The town hall knows this group: to each of those who speak for it today."""
    for row in organisation.representatives:
        if row.accepted_at is not None and row.ended_at is None:
            write_to(
                session,
                row.person,
                "organisation.confirmed",
                lambda: Content(
                    subject=_("The town hall confirms « %(name)s »", name=organisation.name),
                    paragraphs=(
                        _(
                            "« %(name)s » is now known to the town hall. You may ask and propose in its name.",
                            name=organisation.name,
                        ),
                    ),
                    action=(_("My organisations"), "/mon-compte/organisations"),
                    reason=_("You receive this message because you speak for this group."),
                ),
                about=organisation,
            )
