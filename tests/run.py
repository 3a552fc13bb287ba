"""What ``make test`` runs: finds a browser or says how to get one, then pytest in parallel.

With ``MODULE=fund``, what a module's tests are: those of its folder, what the house tries of every module (routes,
permissions, declarations, personal data, words), and the crawl of its pages.
"""

import os
import shutil
import subprocess
import sys

from tests.browser import chromium
from tests.pages import MODULE, ROOT, package_of

OF_EVERY_MODULE = (
    "tests/architecture/test_declarations.py",
    "tests/architecture/test_layers.py",
    "tests/architecture/test_matrix.py",
    "tests/architecture/test_matrix_places.py",
    "tests/architecture/test_rules_of_the_house.py",
    "tests/architecture/test_words_of_the_trail.py",
    "tests/architecture/test_words_that_leave.py",
    "tests/core/test_personal_columns.py",
)
CRAWL = "tests/journeys/test_every_page.py"


def find_browser() -> bool:
    """Whether there is a Chromium, after trying to install one: Playwright's own, then the system's when root."""
    if chromium():
        return True
    print("No Chromium on this machine: trying to install one…", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, timeout=600)
    if chromium():
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        for package in ("chromium-headless-shell", "chromium"):
            if not chromium():
                subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False)
    return chromium() is not None


def of_module(module: str) -> list[str]:
    """Files and folders of the tests of a module.

    Raises:
        LookupError: it has no tests, or there is no such module.
    """
    folder = package_of(module).replace(".", "/")
    if not (ROOT / folder).is_dir():
        raise LookupError(f"{folder} does not exist")
    return [folder, *OF_EVERY_MODULE, CRAWL]


def main() -> int:
    """Run everything, or a module's tests; the browser journeys are left out only when asked, and it is said."""
    arguments = [sys.executable, "-m", "pytest", "-q", "--dist", "loadscope", *sys.argv[1:]]
    if MODULE:
        try:
            arguments += of_module(MODULE)
        except LookupError as error:
            print(f"MODULE={MODULE}: {error}", file=sys.stderr)
            return 1
    if os.environ.get("BROWSER") == "none":
        print("BROWSER=none: the browser journeys are left out.", flush=True)
        arguments += ["--ignore-glob", "*/journeys"]
    elif not find_browser():
        print(
            "No Chromium could be installed. Install it (for instance « apt install chromium »), "
            "or leave the browser journeys out: BROWSER=none make test",
            file=sys.stderr,
        )
        return 1
    return subprocess.run(arguments, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
