"""What one more module weighs in a web process: the sample of the tests, loaded and visited, or absent."""

import os
import subprocess
from contextlib import closing
from json import loads

from civique.bench.client import Page, Visitor
from civique.bench.figure import CannotMeasure, Measure, middle, spread
from civique.bench.processes import Held, family, memory
from civique.bench.stage import Stage
from civique.core.config import ROOT, config
from civique.embedded import COMMAND

ROUNDS = 5
VISITS = 40
PATHS = ("/", "/fonds", "/connexion")
SAMPLE = {"CIVIQUE_EXTRA_MODULES": "tests.sample", "PYTHONPATH": str(ROOT)}
SAMPLE_PATH = "/encombrants"


def measure(stage: Stage) -> list[Measure]:
    """PSS of the web program without and with the module, in turns, each new and visited in the same way."""
    if not (ROOT / "tests" / "sample").is_dir():
        raise CannotMeasure("The sample module is in the source's tests, which are not here.")
    rounds = min(stage.rounds or ROUNDS, ROUNDS)
    code, sample_code = stage.instance.codes(2)
    plain = stage.instance.host(stage.instance.open(code, "fund"))
    sample = _open_with_sample(sample_code)
    without: list[Held] = []
    with_it: list[Held] = []
    stage.say(f"{rounds} starts of the web program without the module, and as many with it")
    for _ in range(rounds):
        without.append(_held(stage, plain, PATHS, {}))
        with_it.append(_held(stage, sample, (*PATHS, SAMPLE_PATH), SAMPLE))
    pss = [[held.pss for held in kind] for kind in (without, with_it)]
    alone = [middle([held.alone for held in kind]) for kind in (without, with_it)]
    return [
        Measure(
            "One more module in a web process (PSS)",
            middle(pss[1]) - middle(pss[0]),
            "MB",
            bar=3,
            note=f"difference of two medians; on a machine that runs nothing else {alone[1] - alone[0]:.2f} MB",
        ),
        Measure("… the web program without it", middle(pss[0]), "MB", note=spread(pss[0])),
        Measure("… with it", middle(pss[1]), "MB", note=spread(pss[1])),
    ]


def _open_with_sample(insee: str) -> str:
    """Open a commune with the module, by a process that knows it; gives its host."""
    command = [*COMMAND, "tenant", "create", "--insee", insee, "--admin-email", "mairie@example.org", "--json"]
    made = subprocess.run(
        [*command, "--modules", "fund,sample"], env={**os.environ, **SAMPLE}, capture_output=True, text=True
    )
    if made.returncode:
        raise CannotMeasure(f"no commune with the sample module: {made.stderr.strip()}")
    return f"{loads(made.stdout)['slug']}.{config().netloc}"


def _held(stage: Stage, host: str, paths: tuple[str, ...], settings: dict[str, str]) -> Held:
    """Memory of a new web program, its server's own process included, once its pages were visited."""
    with (
        stage.instance.programs("web", settings=settings) as running,
        closing(Visitor(stage.instance.port)) as visitor,
    ):
        for _ in range(VISITS):
            for path in paths:
                visitor.ask(Page(host, path))
        return memory(*family(running["web"].pid))
