"""The bench works: its cheap figures, with small numbers. What they measure is judged by no test."""

import json
import os
import subprocess
import sys
import time

from civique.bench import all_processes, ecoindex, processes
from civique.bench.load import percentile
from civique.bench.stage import Stage

COMMAND = [sys.executable, "-m", "civique.cli", "bench"]


def bench(folder, *arguments):
    environment = {**os.environ, "CIVIQUE_VAR": str(folder)}
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=900)


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
    of_all = {what: one for what, one in measured.items() if what.startswith("All processes: ")}
    pages = ("home", "list of the fund", "one project", "sign in", "the mairie's day", "queue", "my account")
    pages += ("home, kept", "list of the fund, kept", "one project, kept")
    views = ("a bare Flask view", "a bare Flask view with one SELECT")
    costs = [f"All processes: CPU of {shown}" for shown in (*views, *(f"« {page} »" for page in pages))]
    ratios = [f"All processes: « {page} » to a bare Flask view" for page in pages]
    assert set(of_all) == {*costs, *ratios}
    assert {of_all[what]["unit"] for what in costs} == {"ms"}
    assert {of_all[what]["unit"] for what in ratios} == {"×"}
    assert all(one["value"] > 0 for one in of_all.values()), of_all


def test_figures_of_a_running_server(tmp_path):
    ran = bench(tmp_path, "load", "communes", "idle", "module", "--json", "--rounds", "1", "--communes", "3")
    assert ran.returncode == 0, ran.stderr
    figures = json.loads(ran.stdout)
    assert not any(figure["error"] for figure in figures.values())
    load = figures["load"]["measures"]
    assert [one["unit"] for one in load] == ["/s", "ms", "ms", "/s", "ms", "ms", "×"] * 2
    assert all(one["value"] > 0 for one in load), load
    assert all(one["value"] == 0 for one in figures["communes"]["measures"] if "errors" in one["what"])
    assert all(one["value"] > 0 for one in figures["idle"]["measures"])
    more, without, with_it = figures["module"]["measures"]
    assert {one["unit"] for one in (more, without, with_it)} == {"MB"}
    assert more["value"] == with_it["value"] - without["value"]
    assert without["value"] > 0


def test_the_processor_clock_counts_what_a_process_started():
    work = "sum(range(10**6))"
    inner = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'input(); {work}; print(1, flush=True); input()'])"
    parent = subprocess.Popen([sys.executable, "-c", inner], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        while len(processes.family(parent.pid)) == 1:
            time.sleep(0.01)
        clock = processes.ProcessorClock(parent.pid, parent.pid)
        before = clock.read()
        parent.stdin.write(b"\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == b"1\n"
        assert len(before) == 2
        assert clock.since(before) > 0.003
    finally:
        parent.communicate(b"\n")
    assert clock.read() == {}
    assert clock.since(before) == 0


def test_without_proc_the_cost_of_all_processes_is_left_out_and_the_bench_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(processes, "PROC", tmp_path)
    assert all_processes.measure(Stage(folder=tmp_path), tenant=None, pages={}) == []
    assert "/proc" in capsys.readouterr().err


def test_percentile():
    assert [percentile(range(1, 101), share) for share in (50, 95, 100)] == [50, 95, 100]
    assert percentile([7], 95) == 7


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
