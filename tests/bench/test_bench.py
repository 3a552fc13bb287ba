"""The bench works: its cheap figures, with small numbers. What they measure is judged by no test."""

import json
import os
import subprocess
import sys

from civique.bench import ecoindex

COMMAND = [sys.executable, "-m", "civique.cli", "bench"]


def bench(folder, *arguments):
    environment = {**os.environ, "CIVIQUE_VAR": str(folder)}
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=300)


def test_cheap_figures(tmp_path):
    names = ["create", "isolation", "pages", "migrate"]
    ran = bench(tmp_path, *names, "--json", "--communes", "4", "--rounds", "2")
    assert ran.returncode == 0, ran.stderr
    figures = json.loads(ran.stdout)
    assert list(figures) == names
    assert json.loads((tmp_path / "bench.json").read_text()) == figures
    for figure in figures.values():
        assert figure["measures"]
        assert not figure["error"]
    measured = {one["what"]: one for figure in figures.values() for one in figure["measures"]}
    exact = [one for one in measured.values() if one["bar"] == 0 or one["what"].startswith("SQL")]
    assert len(exact) == 8
    assert all(one["met"] for one in exact), exact


def test_an_unknown_figure_is_refused_with_the_names_of_the_others(tmp_path):
    ran = bench(tmp_path, "speed")
    assert ran.returncode == 1
    assert "migrate" in ran.stderr
    assert not list(tmp_path.iterdir())


def test_ecoindex():
    assert round(ecoindex.score(300, 10, 150), 1) == 83.0
    assert ecoindex.score(0, 0, 0) == 100
    assert ecoindex.score(1_000_000, 5_000, 300_000) == 0
    assert [ecoindex.grade(points) for points in (100, 80, 79.9, 10, 9)] == ["A", "A", "B", "F", "G"]
