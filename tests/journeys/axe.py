"""axe-core on a page of the browser: WCAG 2.2 AA and the rules mapped to the French framework."""

from pathlib import Path
from typing import Any

SOURCE = (Path(__file__).parent.parent.parent / "static" / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4"]


def violations(page: Any) -> list[str]:
    """What axe finds wrong, one line each, with the first element concerned."""
    page.evaluate(SOURCE)
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [f"{page.url}: {v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in found["violations"]]
