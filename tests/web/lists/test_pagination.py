"""Pages of twenty rows: how many there are in all is right on each of them, and counted only when it must be."""

import pytest
from flask import Flask
from sqlalchemy import select

from civique.bench.pages import counted
from civique.core.territory.models import Territory
from civique.core.territory.operations import add_territory
from civique.web.lists import paginate
from tenants.session import entered
from tests.fixtures import wsgi

ROWS = ((0, 1, 0, 1), (7, 1, 7, 1), (20, 1, 20, 2), (27, 1, 20, 2), (27, 2, 7, 1), (40, 2, 20, 2), (7, 3, 0, 2))


@pytest.mark.parametrize(("rows", "page", "shown", "statements"), ROWS)
def test_the_number_of_rows_is_known_on_every_page(commune, rows, page, shown, statements):
    with commune.session() as session:
        for number in range(rows):
            add_territory(session, "quarter", f"Quartier {number:02}")
    app: Flask = wsgi().commune
    query = select(Territory.name).where(Territory.kind == "quarter").order_by(Territory.name)
    with entered(commune.tenant), app.test_request_context(f"/?page={page}"), counted() as said:
        listing = paginate(query, columns=True)
    assert (len(listing.rows), listing.total, listing.pages) == (shown, rows, max(1, -(-rows // 20)))
    assert len(said) == statements
