"""The counter of changes: every transaction that changes something counts one, at its very end."""

from datetime import timedelta

from sqlalchemy import select, update

from civique.core.documents.operations import store
from civique.core.process import engines, provisioner
from civique.core.territory.models import Territory
from civique.core.territory.operations import add_territory
from tenants.changes import count_of


def counted(commune):
    return count_of(engines().platform, commune.tenant.schema)


def test_a_transaction_counts_one_however_many_savepoints(commune):
    before = counted(commune)
    with commune.session() as session:
        for name in ("Le Port", "Le Bourg", "La Lande"):
            add_territory(session, "quarter", name)
    assert counted(commune) == before + 1
    with commune.session() as session:
        session.scalars(select(Territory)).all()
    assert counted(commune) == before + 1, "reading changes nothing"


def test_long_work_with_savepoints_keeps_nobody_waiting(commune):
    """An import ends a savepoint after each line: the row that everybody's change counts in stays free until its end."""
    with commune.session() as long_work:
        add_territory(long_work, "quarter", "Le Port")
        with commune.session() as other:
            other.connection().exec_driver_sql("SET LOCAL lock_timeout = '2s'")
            add_territory(other, "quarter", "Le Bourg")


def test_a_change_of_many_rows_counts_and_one_that_no_page_shows_does_not(commune):
    person = commune.person()
    before = counted(commune)
    with commune.session() as session:
        session.execute(update(Territory).values(position=3))
    assert counted(commune) == before + 1
    with commune.session() as session:
        session.execute(update(type(person)).values(trust="verified"))
    assert counted(commune) == before + 1


def test_what_is_not_committed_is_not_counted_and_content_comes_with_its_count(commune):
    before = counted(commune)
    with commune.session() as session:
        add_territory(session, "quarter", "Le Port")
        session.flush()
        assert counted(commune) == before
        session.rollback()
    assert counted(commune) == before
    assert commune.all(Territory, kind="quarter") == []


def test_each_counts_its_own(commune, neighbour):
    before = counted(neighbour)
    with commune.session() as session:
        add_territory(session, "quarter", "Le Port")
    assert counted(neighbour) == before


def test_nothing_is_left_of_a_commune_that_leaves(fresh_commune):
    assert counted(fresh_commune) > 0
    provisioner().delete(fresh_commune.tenant, forget_files=store().delete_space, rest=timedelta(0))
    assert counted(fresh_commune) == 0
