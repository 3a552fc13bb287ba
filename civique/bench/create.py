"""Opening a commune while others exist, beside the bare DDL that it cannot do without."""

from civique.bench.figure import Measure, middle, seconds, spread
from civique.bench.stage import Stage
from civique.core.process import engines, provisioner

EXISTING = 200
ROUNDS = 20


def measure(stage: Stage) -> list[Measure]:
    """Time to open a commune with the core and the fund; each is followed by the bare DDL, so that both share the
    machine's mood."""
    existing, rounds = stage.communes or EXISTING, stage.rounds or ROUNDS
    stage.plain(existing)
    ours: list[float] = []
    bare: list[float] = []
    with stage.steps() as progress:
        step = progress(f"opening {rounds} communes with the fund", rounds)
        for number, code in enumerate(stage.instance.codes(rounds)):
            ours.append(seconds(lambda code=code: stage.instance.open(code, "fund")))  # type: ignore[misc]
            bare.append(_bare_ddl(f"bare_{number}"))
            step()
    _drop_bare(rounds)
    return [
        Measure(
            f"Open a commune (core and fund), {existing} exist",
            middle(ours) * 1000,
            "ms",
            bar=300,
            note=spread(ours, 1000),
        ),
        Measure("The bare DDL of its tables, one transaction", middle(bare) * 1000, "ms", note=spread(bare, 1000)),
        Measure("Ratio of the two", middle(ours) / middle(bare), "×"),
    ]


def _bare_ddl(schema: str) -> float:
    """Seconds for the same statements of the plan, alone, on an open connection of the owner."""
    plan = provisioner().plan
    with engines().owner.connect() as connection:

        def run() -> None:
            with connection.begin():
                connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
                connection.exec_driver_sql(f"SET LOCAL search_path = {schema}")
                for module in ("core", "fund"):
                    for statement in plan.statements[module]:
                        connection.exec_driver_sql(statement)

        return seconds(run)


def _drop_bare(number: int) -> None:
    for i in range(number):
        with engines().owner.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA bare_{i} CASCADE")
