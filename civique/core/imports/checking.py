"""Every line of a list checked against its importer and what the commune has, without writing anything."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from civique.core.i18n import gettext as _
from civique.core.imports.declarations import Decision, Importer
from civique.core.imports.models import ListImport
from civique.core.refused import Refused
from tenants.session import TenantSession

SHOWN = 120


@dataclass(frozen=True)
class Fault:
    """What is wrong: the line of the file, the heading, what is written there (cut), a sentence."""

    line: int
    column: str
    value: str
    sentence: str


@dataclass(frozen=True)
class Line:
    """A good line: its number, its values, what it does."""

    number: int
    values: Mapping[str, Any]
    decision: Decision


@dataclass
class Report:
    """What a list would do."""

    known: Any
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def counts(self) -> Counter[str]:
        """How many lines create, update, change nothing."""
        return Counter(line.decision.outcome for line in self.lines)

    @property
    def bad_lines(self) -> set[int]:
        """Numbers of the lines that cannot be taken."""
        return {fault.line for fault in self.faults}

    @property
    def fingerprint(self) -> str:
        """Short text that changes when the list would not do the same any more."""
        done = "\n".join(
            f"{x.number}|{x.decision.outcome}|{getattr(x.decision.row, 'id', '')}|{sorted(x.decision.changes)}"
            for x in self.lines
        )
        return hashlib.sha256(f"{done}\n{sorted(self.bad_lines)}".encode()).hexdigest()[:20]

    def of(self, outcome: str) -> list[Line]:
        """Lines with this outcome."""
        return [line for line in self.lines if line.decision.outcome == outcome]


def check(session: TenantSession, importer: Importer, wanted: ListImport) -> Report:
    """Read every cell, look for lines that are there twice, compare with what the commune has."""
    report = Report(importer.known(session, wanted.about_id))
    seen: dict[Any, int] = {}
    for number, *cells in wanted.lines:
        texts = dict(zip(wanted.content["columns"], cells, strict=True))
        values, faults = _values(importer, number, texts)
        faults = faults or _twice(importer, number, texts, values, seen)
        if not faults:
            try:
                report.lines.append(Line(number, values, importer.decide(report.known, values)))
            except Refused as bad:
                faults = [_fault(importer, number, bad.field, texts, str(bad))]
        report.faults += faults
    return report


def _values(importer: Importer, number: int, texts: Mapping[str, str]) -> tuple[dict[str, Any], list[Fault]]:
    """Values of a line, None for an empty cell; what is wrong in it."""
    values: dict[str, Any] = {}
    faults = []
    for column in importer.columns:
        text, values[column.name] = texts.get(column.name, ""), None
        if not text:
            if column.required:
                faults.append(_fault(importer, number, column.name, texts, _("This cell cannot stay empty.")))
            continue
        try:
            values[column.name] = column.parse(text)
        except Refused as bad:
            faults.append(_fault(importer, number, column.name, texts, str(bad)))
    return values, faults


def _twice(
    importer: Importer, number: int, texts: Mapping[str, str], values: Mapping[str, Any], seen: dict[Any, int]
) -> list[Fault]:
    """The line that says the same thing as an earlier one."""
    for column, key in importer.keys(values):
        earlier = seen.setdefault((column, key), number)
        if earlier != number:
            sentence = _("This is there already on line %(line)s of the same file. Keep one of them.", line=earlier)
            return [_fault(importer, number, column, texts, sentence)]
    return []


def _fault(importer: Importer, number: int, column: str, texts: Mapping[str, str], sentence: str) -> Fault:
    value = texts.get(column, "")
    cut = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    return Fault(number, str(importer.column(column).label), cut, sentence)
