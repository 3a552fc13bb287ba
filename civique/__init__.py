"""Civique: a participation site for every small commune."""

import sys

# structlog takes rich (with pygments) whenever it is installed, for tracebacks in colour: four megabytes in each process
# that nobody looks at. It is hidden for this one import; our own commands still draw their progress with it.
sys.modules["rich"] = None  # type: ignore[assignment]
import structlog  # noqa: E402, F401

del sys.modules["rich"]
