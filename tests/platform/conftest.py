"""The fixtures of this folder."""

from tests.platform.steps import clean

__all__ = ["clean"]
