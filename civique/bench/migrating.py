"""The migration that is killed: ``python -m civique.bench.migrating branch=folder…``, owner's address and schemas on
its standard input (a command line can be read by everybody)."""

import sys
from pathlib import Path

from civique.bench.migrate import WORKERS
from tenants.migrate import upgrade_all

if __name__ == "__main__":
    owner, *schemas = sys.stdin.read().split("\n")
    branches = {name: Path(folder) for name, _, folder in (argument.partition("=") for argument in sys.argv[1:])}
    upgrade_all(owner, branches, schemas, workers=WORKERS)
