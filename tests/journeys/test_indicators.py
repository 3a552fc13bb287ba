"""The pages of an indicator in a real browser: its table, its chart and its forms, on a phone, for everybody."""

from datetime import UTC, datetime

from civique.core import clock
from civique.core.indicators import operations
from civique.core.indicators.figures import about, exact, more_than
from civique.core.indicators.models import Measure
from civique.core.territory.queries import territories
from tests.fixtures import in_loire_authion
from tests.journeys.axe import look, wrong


@in_loire_authion
def test_figures_on_a_phone(commune, open_page, address, sign_in):
    clerk = commune.person("Sylvie", "Moreau", "secretary")
    year = clock.now().year
    with commune.session(clerk) as session:
        row = operations.add_indicator(
            session,
            label="Personnes présentes aux rencontres",
            unit="présences",
            nature="count",
            public=True,
            by_territory=True,
            first_period=year - 2,
            action="Action 4, rencontres en proximité",
        )
        row.created_at = datetime(year, 1, 1, 12, tzinfo=UTC)
        for before, figure in ((3, more_than(65)), (2, about(70)), (1, exact(90))):
            operations.enter(session, row, year - before, figure, note="Feuilles de présence", seen=None)
        for village, count in zip(territories(session, "delegated"), (3, 17, 20, 24, 8, 2, 16), strict=True):
            operations.enter(session, row, year - 1, exact(count), note="Feuilles", seen=None, territory=village)
    page = open_page(360)
    measure = commune.all(Measure, period=year - 1, territory_id=None)[0]
    desk = f"/mairie/indicateurs/{row.id}"
    addresses = ["/indicateurs", f"/indicateurs/{row.code}"]
    assert look(page, lambda path: address(commune, path), addresses, opened=True) == []
    assert "+20" in page.inner_text("main")
    sign_in(page, commune, clerk)
    for path in (desk, f"{desk}/chiffre", f"{desk}/definir", f"{desk}/corriger/{measure.id}"):
        page.goto(address(commune, path))
        if page.query_selector("main details"):
            page.click("main summary")
        assert wrong(page) == []
