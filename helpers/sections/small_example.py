"""The loss of one neuron on points of a line, its second layer fixed to 1: the article's first landscape."""

import numpy as np

from ..loss import losses


def one_neuron_loss(X, y, w):
    """Loss ``sum_j (relu(x_j w) - y_j)^2`` (eq. 2) at every weight of w, any shape; an array of that shape."""
    return losses(X, y, np.asarray(w)[..., None, None])
