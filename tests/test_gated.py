"""The gated relaxation, and its split into ReLU neurons."""

import numpy as np
import pytest

from helpers import gated


def relaxed(neurons, n):
    """A gated network of these neurons (P, d), active on all of n points."""
    W = np.array(neurons)
    return gated.Gated(W, np.ones((len(W), n), bool), 0.1, 1.0, 0.0, 1.0, False)


def test_a_split_is_the_shortest():
    # One point, x = 1: the cone of "active" is u >= 0, so w = 2 is u = 2 alone, w = -3 is v = 3.
    split = gated.decompose([[1.0], [1.0]], [1.0, 2.0], relaxed([[2.0], [-3.0]], 2))
    assert split.U.ravel() == pytest.approx([2, 0], abs=1e-6)
    assert split.V.ravel() == pytest.approx([0, 3], abs=1e-6)


def test_a_cone_without_interior_cannot_be_split():
    with pytest.raises(ValueError, match="interior"):
        gated.decompose([[1.0], [-1.0]], [1.0, 2.0], relaxed([[2.0]], 2))
