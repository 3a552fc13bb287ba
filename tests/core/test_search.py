"""The index of the search: made anew from nothing, with each kind in words, without what is off."""

import pytest
from click.testing import CliRunner

from civique.cli import main
from civique.core.news.operations import publish_article, write_article
from civique.core.registry import modules

ENTRIES = "SELECT kind, object_id, title, path, text_key FROM search_entry ORDER BY object_id"


@pytest.fixture
def lived_in(lived_in):
    """With a page, which the demonstration lacks."""
    with lived_in.session() as session:
        publish_article(session, write_article(session, "page", "Les salles", summary="À louer.", body="Au bourg."))
    return lived_in


def test_made_anew_it_is_what_the_operations_made(lived_in):
    before = lived_in.sql(ENTRIES)
    kinds = {kind.code for manifest in modules().of(lived_in.tenant) for kind in manifest.search}
    assert {row.kind for row in before} == kinds, "the demonstration has one of each"
    lived_in.sql("DELETE FROM search_entry")
    done = CliRunner().invoke(main, ["tenant", "reindex", lived_in.tenant.slug])
    assert done.exit_code == 0, done.output
    assert f"{len(before)} objects" in done.output
    assert lived_in.sql(ENTRIES) == before


def test_each_result_says_what_it_is(lived_in):
    kinds = {kind.code: str(kind.label) for manifest in modules().of(lived_in.tenant) for kind in manifest.search}
    for code in kinds:
        title = lived_in.sql("SELECT title FROM search_entry WHERE kind = :code LIMIT 1", code=code)[0].title
        page = lived_in.client().get("/recherche", query={"q": title})
        assert f"{' '.join(title.split())} {kinds[code]}" in page.words, code


def test_what_is_off_is_not_found_and_comes_back(lived_in):
    from civique.core.switching import switch_off

    title, path = lived_in.sql("SELECT title, path FROM search_entry WHERE kind = 'fund_project' LIMIT 1")[0]
    assert path in lived_in.client().get("/recherche", query={"q": title}).links()
    lived_in.tenant = switch_off(lived_in.tenant, "fund")
    assert path not in lived_in.client().get("/recherche", query={"q": title}).links()
    CliRunner().invoke(main, ["tenant", "reindex", lived_in.tenant.slug])
    lived_in.switch_on("fund")
    assert path in lived_in.client().get("/recherche", query={"q": title}).links()


def test_what_everybody_may_not_read_is_not_offered(lived_in):
    """Each page of a result answers to anybody, once the index was made anew."""
    CliRunner().invoke(main, ["tenant", "reindex"])
    visitor = lived_in.client()
    for (path,) in lived_in.sql("SELECT path FROM search_entry"):
        assert visitor.get(path).status == 200, path
