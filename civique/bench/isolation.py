"""What it costs that the connection is the commune: one transaction through our session, and through a plain one."""

import gc
from collections.abc import Callable
from time import perf_counter

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from civique.bench.figure import Measure, middle, seconds, spread
from civique.bench.stage import Stage
from civique.core.process import engines
from tenants.registry import Tenant
from tenants.session import session_for

ROUNDS = 5_000
MISSES = 50
COMMUNES = 20
ONE = text("SELECT 1")


def measure(stage: Stage) -> list[Measure]:
    """Cost of a warm commune, in turns with a plain engine of the same role; then of a commune not seen for long."""
    rounds = stage.rounds or ROUNDS
    communes = stage.plain(stage.communes or COMMUNES)
    stage.say(f"{rounds} transactions of each kind")
    plain, ours = _compared(communes[0], rounds)
    misses = [_miss(communes[number % len(communes)]) for number in range(min(rounds, MISSES))]
    difference = (middle(ours) - middle(plain)) * 1e6
    return [
        Measure(
            "What isolation adds to a transaction of a warm commune", difference, "µs", bar=25,
            note=f"difference of the medians of {rounds}, in turns",
        ),
        Measure("Transaction through a plain engine and session", middle(plain) * 1e6, "µs"),
        Measure("Same transaction through TenantSession", middle(ours) * 1e6, "µs"),
        Measure("First transaction of a commune not seen for long", middle(misses) * 1e3, "ms", note=spread(misses, 1e3)),
    ]  # fmt: skip


def _compared(tenant: Tenant, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each transaction, plain and ours; who goes first changes at each round."""
    fixed = create_engine(engines().of(tenant).url, use_native_hstore=False)
    plain: list[float] = []
    ours: list[float] = []
    turns: list[tuple[list[float], Callable[[], object]]] = [
        (plain, lambda: _plain(fixed)),
        (ours, lambda: _ours(tenant)),
    ]
    for _ in range(50):
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
    return plain, ours


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
