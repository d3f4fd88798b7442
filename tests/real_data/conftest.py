import numpy as np
import pytest

from helpers.real_data import cache


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    """A folder for caches of the test's own: nothing is read from the user's, nor left there."""
    monkeypatch.setattr(cache, "folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def rng():
    return np.random.default_rng(0)
