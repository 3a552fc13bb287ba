"""``civique bench``: runs figures, prints a table, keeps what was measured in ``bench.json``."""

import json
import os
import platform
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from civique.bench import (
    chaos,
    communes,
    create,
    hostile,
    idle,
    isolation,
    large_fund,
    letters,
    load,
    memory,
    migrate,
    module,
    pages,
    start,
    visit,
)
from civique.bench.figure import CannotMeasure, Figure, Measure, shown
from civique.bench.stage import Stage

# In the order of a whole run: the schemas that « migrate » changes are of no use to the others afterwards.
FIGURES = (
    Figure("create", "Opening a commune", create.measure),
    Figure("isolation", "One commune, one connection", isolation.measure),
    Figure("pages", "Public pages, on the server", pages.measure),
    Figure("fund", "A fund of five thousand requests", large_fund.measure),
    Figure("visit", "Public pages, first visit", visit.measure),
    Figure("load", "One visitor and eight", load.measure),
    Figure("communes", "A thousand communes, each little visited", communes.measure),
    Figure("letters", "Letters to print", letters.measure),
    Figure("idle", "A day of a commune that nobody visits", idle.measure),
    Figure("memory", "Memory of the programs", memory.measure),
    Figure("module", "One more module", module.measure),
    Figure("start", "Starting again", start.measure),
    Figure("hostile", "Hostile and unlucky neighbours", hostile.measure),
    Figure("chaos", "kill -9 of everything, while people write", chaos.measure),
    Figure("migrate", "Migrating every commune", migrate.measure),
)


def run(names: Sequence[str], *, as_json: bool, communes: int | None, rounds: int | None, keep: Path) -> int:
    """Measure, print, keep.

    Args:
        names: figures to measure; all of them when empty.
        keep: the JSON file. Figures that were not measured this time stay in it as they were.

    Returns:
        0, or 1 when a figure could not be measured. A missed bar is not a failure of the command.
    """
    chosen = [figure for figure in FIGURES if not names or figure.name in names]
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(143))  # so that everything is stopped and removed
    stage = Stage(communes=communes, rounds=rounds)
    results = {}
    try:
        for figure in chosen:
            stage.console.print(f"[bold]{figure.name}[/bold] {figure.title}", highlight=False)
            results[figure.name] = _measure(figure, stage)
            _keep(keep, results)
    finally:
        stage.close()
    if as_json:
        sys.stdout.write(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
        sys.stdout.flush()
    else:
        Console().print(_table(chosen, results))
    return 1 if any(result["error"] for result in results.values()) else 0


def _measure(figure: Figure, stage: Stage) -> dict[str, Any]:
    measures: list[Measure] = []
    error = ""
    load = os.getloadavg()[0]
    try:
        measures = figure.measure(stage)
    except CannotMeasure as refusal:
        error = str(refusal)
    return {
        "title": figure.title,
        "error": error,
        "measures": [measure.facts() for measure in measures],
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_before": round(load, 2),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}",
    }


def _keep(path: Path, results: dict[str, Any]) -> None:
    known = json.loads(path.read_text()) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known | results, ensure_ascii=False, indent=1) + "\n")


def _table(figures: Sequence[Figure], results: dict[str, Any]) -> Table:
    table = Table(title="Figures of Civique", title_justify="left")
    table.add_column("What", overflow="fold")
    table.add_column("Measured", justify="right", no_wrap=True)
    table.add_column("Bar", justify="right", no_wrap=True)
    table.add_column("Met", no_wrap=True)
    table.add_column("Remark", style="dim", overflow="fold")
    for figure in figures:
        result = results[figure.name]
        table.add_section()
        table.add_row(f"[bold]{figure.title}", "", "", "", "")
        if result["error"]:
            table.add_row("not measured", "", "", "[yellow]?[/yellow]", result["error"])
        for measure in result["measures"]:
            table.add_row(*_cells(measure))
    return table


def _cells(measure: dict[str, Any]) -> tuple[str, str, str, str, str]:
    unit, bar = measure["unit"], measure["bar"]
    limit = "" if bar is None else f"{'≥' if measure['at_least'] else '≤'} {bar:g} {unit}".strip()
    met = {None: "", True: "[green]yes[/green]", False: "[red]no[/red]"}[measure["met"]]
    return measure["what"], f"{shown(measure['value'])} {unit}".strip(), limit, met, measure["note"]
