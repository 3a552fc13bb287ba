"""Expecting that an operation refuses, by the rule it names."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from civique.core.refused import Refused


@contextmanager
def refuses(*rules: str) -> Iterator[Any]:
    """What is inside must be refused by one of these rules; gives what pytest caught."""
    with pytest.raises(Refused) as caught:
        yield caught
    assert caught.value.rule in rules, (caught.value.rule, str(caught.value))
