"""What no formatter checks: the length of template lines, one rule a line in style sheets, code kept from the formatter.

``python -m tests.architecture.formatting`` prints what is refused, one line each, and fails when there is something.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LENGTH, LONGEST = 140, 200
# Beside its one sentence, a long line holds at most this: the call, a label, the brackets.
BESIDE = 60

STRING_OR_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^<>{}]+")
ONE_TAG = re.compile(r"<[^<>]*>")
COMMENT = re.compile(r"/\*.*?\*/")
SECOND_RULE = re.compile(r"\{.*\{|\}\s*[^\s}]")
UNFORMATTED = re.compile(r"#\s*fmt:\s*(?:off|skip)\b")


def template(text: str) -> Iterator[tuple[int, str]]:
    """Lines of a template over 200 characters, and over 140 unless they hold one tag or one sentence."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST:
            yield number, f"{len(line)} characters, {LONGEST} at most"
        elif len(line) > LENGTH and not _one_piece(line.strip()):
            yield number, f"{len(line)} characters, {LENGTH} at most for more than one tag or one sentence"


def python(text: str) -> Iterator[tuple[int, str]]:
    """Lines that the formatter is told to leave."""
    for number, line in enumerate(text.splitlines(), 1):
        if UNFORMATTED.search(line):
            yield number, "hidden from the formatter"


def style_sheet(text: str) -> Iterator[tuple[int, str]]:
    """Lines of a style sheet that hold more than one rule, or one that is better written one property a line."""
    for number, line in enumerate(text.splitlines(), 1):
        if SECOND_RULE.search(COMMENT.sub("", line)):
            yield number, "more than one rule"
        elif len(line) > LENGTH:
            yield number, f"{len(line)} characters, {LENGTH} at most"


def refused() -> Iterator[str]:
    """``path:line: why`` for each line of the project that is refused."""
    for folder, suffix, check in (
        ("templates", ".html", template),
        ("tests", ".html", template),
        ("static/ui", ".css", style_sheet),
        ("civique", ".py", python),
        ("tenants", ".py", python),
        ("migrations", ".py", python),
        ("static", ".py", python),
        ("tests", ".py", python),
    ):
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            for number, why in check(path.read_text()):
                yield f"{path.relative_to(ROOT)}:{number}: {why}"


def _one_piece(line: str) -> bool:
    if ONE_TAG.fullmatch(line):
        return True
    return len(line) - max(len(found) for found in STRING_OR_TEXT.findall(line)) <= BESIDE


if __name__ == "__main__":
    found = list(refused())
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
