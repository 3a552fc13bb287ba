"""What it costs that the connection is the commune: one transaction through our session, and through a plain one."""

import gc
from collections.abc import Callable
from time import perf_counter

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from civique.bench.figure import Measure, middle, seconds, spread
from civique.bench.stage import Stage
from civique.core.process import engines
from tenants.session import session_for
from tenants.tenant import Tenant

ROUNDS = 10_000
MISSES = 50
COMMUNES = 40
WARM_UP = 30
"""Transactions before the measured ones: psycopg prepares a statement at the sixth."""
ONE = text("SELECT 1")


def measure(stage: Stage) -> list[Measure]:
    """Cost of a warm commune, in turns with a plain engine of the same role; then of a commune not seen for long."""
    communes = stage.plain(stage.communes or COMMUNES)
    rounds = max(1, (stage.rounds or ROUNDS) // len(communes))
    stage.say(f"{rounds} transactions of each kind in each of {len(communes)} communes")
    plain: list[float] = []
    ours: list[float] = []
    for tenant in communes:
        _compare(tenant, rounds, plain, ours)
    misses = [_miss(communes[number % len(communes)]) for number in range(min(stage.rounds or ROUNDS, MISSES))]
    difference = (middle(ours) - middle(plain)) * 1e6
    return [
        Measure(
            "What isolation adds to a transaction of a warm commune",
            difference,
            "µs",
            bar=25,
            note=f"difference of two medians of {len(ours)}, in turns",
        ),
        Measure("Transaction through a plain engine and session", middle(plain) * 1e6, "µs"),
        Measure("Same transaction through TenantSession", middle(ours) * 1e6, "µs"),
        Measure(
            "First transaction of a commune not seen for long", middle(misses) * 1e3, "ms", note=spread(misses, 1e3)
        ),
    ]


def _compare(tenant: Tenant, rounds: int, plain: list[float], ours: list[float]) -> None:
    """Add the seconds of each transaction, plain and ours; who goes first changes at each round.

    A pair of new connections a commune: on which core the server put one of them weighs more than what is measured.
    """
    fixed = create_engine(engines().of(tenant).url, use_native_hstore=False)
    turns: list[tuple[list[float], Callable[[], object]]] = [
        (plain, lambda: _plain(fixed)),
        (ours, lambda: _ours(tenant)),
    ]
    for _ in range(WARM_UP):
        for _kept, transaction in turns:
            transaction()
    gc.collect()
    gc.disable()  # a collection would be counted to whoever it falls on
    try:
        for number in range(rounds):
            for kept, transaction in turns if number % 2 else reversed(turns):
                kept.append(seconds(transaction))
    finally:
        gc.enable()
        fixed.dispose()


def _plain(engine: Engine) -> None:
    with Session(engine, expire_on_commit=False) as session:
        session.execute(ONE).scalar_one()
        session.commit()


def _ours(tenant: Tenant) -> None:
    with session_for(engines(), tenant) as session:
        session.execute(ONE).scalar_one()
        session.commit()


def _miss(tenant: Tenant) -> float:
    """A transaction with the engine and the connection it needs."""
    engines().forget(tenant)
    start = perf_counter()
    _ours(tenant)
    return perf_counter() - start
