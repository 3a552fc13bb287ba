"""axe-core on a page of the browser: WCAG 2.2 AA and the rules mapped to the French framework, in both colour schemes."""

from collections.abc import Callable, Iterable
from typing import Any

from playwright.sync_api import Error

SCRIPT = "/static/vendor/axe.min.js"  # served by the sites: read once, as their own scripts are
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"]
# Only what is wrong is written out; no sheet nor film is fetched a second time for rules that are not among these.
RUN = "only => axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false})"


def violations(page: Any) -> list[str]:
    """What axe finds wrong, one line each, with the first element concerned: everything in the scheme of the page, then
    the contrasts of the other one."""
    page.add_script_tag(url=SCRIPT)
    found = page.evaluate(RUN, {"type": "tag", "values": TAGS})["violations"]
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.emulate_media(color_scheme="light" if dark else "dark")
    found += page.evaluate(RUN, {"type": "rule", "values": ["color-contrast"]})["violations"]
    page.emulate_media(color_scheme="dark" if dark else "light")
    return [f"{page.url}: {v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found]


def look(page: Any, address: Callable[[str], str], paths: Iterable[str], *, opened: bool = False) -> list[str]:
    """What is wrong with pages: violations, and what is wider than the screen. A file is left out.

    Args:
        address: gives the whole address of a path.
        opened: whether each page must be there (status 200).
    """
    found = []
    for path in paths:
        try:
            answer = page.goto(address(path))
        except Error as error:
            if "Download is starting" in str(error):
                continue
            raise
        if opened and answer.status != 200:
            found.append(f"{path}: {answer.status}")
        if "text/html" in answer.headers.get("content-type", ""):
            found += wrong(page)
    return found


def wrong(page: Any) -> list[str]:
    """What is wrong with the page that is shown: violations, and its width."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [*([f"{page.url}: {wide} px wide"] if wide > screen else []), *violations(page)]
