"""Somebody with an account."""

import pytest


@pytest.fixture
def paul(commune):
    """A resident."""
    return commune.person("Paul", "Durand")


@pytest.fixture
def client(commune, paul):
    """His browser."""
    return commune.client(paul)
