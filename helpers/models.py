"""Models of PyTorch as the networks of this library; PyTorch need not be installed.

What has the article's form is `torch.nn.Sequential(Linear, ReLU, Linear)` with one output. A bias
of the first layer is the weight of one more input, the constant 1, which the decay sees as any
other weight.
"""

import sys
from collections.abc import Callable
from functools import wraps

import numpy as np
from numpy.typing import ArrayLike

from . import checks
from .data import with_bias

FORM = "torch.nn.Sequential(Linear, ReLU, Linear) with one output"


def is_model(value: object) -> bool:
    """Whether `value` is a module of PyTorch, which is not imported for that."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Module)


def as_network(
    model: object,
    X: ArrayLike,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The model as (X, W, alpha): relu(X W') alpha is its output on the rows of the X given.

    X gets the column of ones that the first layer's bias is the weight of, if it has one. All
    are float64. Raises ValueError for a model of another form, saying what is to be changed.
    """
    first, last = _layers(model)
    X = checks.as_data(X).astype(float, copy=False)
    if X.shape[1] != first.in_features:
        raise ValueError(
            f"X must have {first.in_features} columns, as many as the model's first layer takes; "
            f"got {X.shape[1]}: a bias needs no column of ones"
        )
    W = _weights(first.weight, "the first layer's weight")
    alpha = _weights(last.weight, "the last layer's weight")[0]
    if first.bias is None:
        return X, W, alpha
    bias = _weights(first.bias, "the first layer's bias")
    return with_bias(X), np.column_stack([W, bias]), alpha


def _weights(tensor, name):
    return checks.as_float(tensor, name).astype(float, copy=False)


def _layers(model):
    """The two linear layers of a model of the article's form; ValueError for any other."""
    nn = sys.modules["torch"].nn
    if type(model) is not nn.Sequential:
        raise _refused(f"got a {type(model).__name__}: put its layers into such a Sequential")
    kinds = [type(layer) for layer in model]
    if kinds != [nn.Linear, nn.ReLU, nn.Linear]:
        found = ", ".join(kind.__name__ for kind in kinds)
        raise _refused(f"got Sequential({found}): {_reason(kinds, nn)}")
    first, _, last = model
    if last.out_features != 1:
        raise _refused(
            f"got {last.out_features} outputs: certify one output at a time, with the neurons of "
            "its own (helpers.extensions.vector_output has the program of several outputs)"
        )
    if last.bias is not None and checks.largest(_weights(last.bias, "the last layer's bias")) > 0:
        raise ValueError(
            "the last layer of model must have no bias, or a bias of zero, as the article's "
            f"network: no decay is paid for it; got {last.bias.item():.3g}. Train with "
            "torch.nn.Linear(m, 1, bias=False); or set that bias to zero and subtract it from y, "
            "and the certificate is about all networks that have this very bias"
        )
    return first, last


def _refused(found):
    return ValueError(f"model must be {FORM}; {found}")


def _reason(kinds, nn):
    """Why a Sequential of such layers is not of the article's form."""
    linear = kinds.count(nn.Linear)
    others = [kind.__name__ for kind in kinds if kind not in (nn.Linear, nn.ReLU)]
    if others:
        return f"{others[0]} is not in the article's network, and no bound is known here with it"
    if linear > 2:
        return f"it has {linear} linear layers, and the convex program is that of two"
    return "a ReLU between two linear layers makes the article's network"


def or_model(function: Callable) -> Callable:
    """Decorator: let function(X, y, W, alpha, lam, ...) take (model, X, y, lam, ...) as well."""

    def of_model(model, X, y, lam, *rest, **settings):
        X, W, alpha = as_network(model, X)
        return function(X, _column(y), W, alpha, lam, *rest, **settings)

    @wraps(function)
    def either(*given, **settings):
        if "model" in settings or (given and is_model(given[0])):
            return of_model(*given, **settings)
        return function(*given, **settings)

    return either


def _column(y):
    """Labels as they are, those of shape (n, 1), as the model's output, without the axis."""
    y = checks.as_array(y, "y")
    return y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
