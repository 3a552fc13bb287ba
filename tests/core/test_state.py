"""The counter of changes: every transaction that changes something counts one, at its very end."""

from civique.core import state
from civique.core.territory.operations import add_territory


def counted(commune):
    with commune.session() as session:
        return state.version(session)


def test_a_transaction_counts_one_however_many_savepoints(commune):
    before = counted(commune)
    with commune.session() as session:
        for name in ("Le Port", "Le Bourg", "La Lande"):
            add_territory(session, "quarter", name)
    assert counted(commune) == before + 1
    with commune.session() as session:
        state.version(session)
    assert counted(commune) == before + 1, "reading changes nothing"


def test_long_work_with_savepoints_keeps_nobody_waiting(commune):
    """An import ends a savepoint after each line: the row that everybody's change counts in stays free until its end."""
    with commune.session() as long_work:
        add_territory(long_work, "quarter", "Le Port")
        with commune.session() as other:
            other.connection().exec_driver_sql("SET LOCAL lock_timeout = '2s'")
            add_territory(other, "quarter", "Le Bourg")
