"""What ``make test`` runs: finds a browser or says how to get one, then pytest in parallel."""

import os
import shutil
import subprocess
import sys

from tests.browser import chromium


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
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
    return chromium() is not None


def main() -> int:
    """Run everything; the browser journeys are left out only when asked, and it is said."""
    arguments = [sys.executable, "-m", "pytest", "-q", "--dist", "loadscope", *sys.argv[1:]]
    if os.environ.get("BROWSER") == "none":
        print("BROWSER=none: the browser journeys are left out.", flush=True)
        arguments += ["--ignore", "tests/journeys"]
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
