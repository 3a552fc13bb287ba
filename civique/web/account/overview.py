"""The first page of the account: what I asked, for whom I act, how I enter."""

from werkzeug.wrappers import Response

from civique.core.access import queries
from civique.core.manifest import WorkItem
from civique.core.organisations.queries import organisations_of
from civique.core.people.queries import represented_by
from civique.core.registry import modules
from civique.web.access import SIGNED_IN, allow, me
from civique.web.account.blueprint import blueprint
from civique.web.pages import page
from tenants.db import db
from tenants.session import current_tenant


@blueprint.get("")
@allow(SIGNED_IN)
def overview() -> Response:
    """What I have here."""
    person = me()
    return page(
        "account/overview.html",
        person=person,
        requests=my_requests(),
        organisations=organisations_of(db.session, person),
        relatives=represented_by(db.session, person),
        factors=queries.factors(db.session, person, "totp", "passkey"),
        password=bool(queries.factors(db.session, person, "password")),
    )


def my_requests() -> list[WorkItem]:
    """What the person asked in every module that is on, newest first; questions to the mairie come with the core."""
    person = me()
    found = [
        item for m in modules().of(current_tenant()) if m.my_requests for item in m.my_requests(db.session, person)
    ]
    return sorted(found, key=lambda item: item.since.isoformat() if item.since else "", reverse=True)
