"""Section Vector output: the figure draws every optimum and every training."""

import numpy as np
import pytest

from helpers.extensions import vector_output
from helpers.figures import vector_output as figures
from helpers.patterns import enumerate_patterns
from helpers.sections import vector_output as section


def test_the_figure_draws_every_optimum_and_training():
    S = section.three_classes()
    X = S.X[:5]
    Y = S.y[:5]
    found = section.solved_all(X, Y, 0.3)
    runs = {kind: section.trained(X, Y, 0.3, kind, runs=4, steps=30) for kind in found}
    fig = figures.optima_and_trainings(found, runs)
    (ax,) = fig.axes
    names = [label.get_text() for label in ax.get_xticklabels()]
    assert names == list(figures.NAMES.values())
    for bar, dots, text, kind in zip(ax.patches, ax.lines, ax.texts, figures.NAMES, strict=True):
        assert bar.get_height() == found[kind].objective
        assert (dots.get_ydata() == np.sort(runs[kind].losses)).all()
        assert text.get_text() == f"{found[kind].objective:.3f}"


def test_one_vs_all_trains_one_output_a_neuron():
    S = section.three_classes()
    runs = section.trained(S.X, S.y, 0.2, "one-vs-all", runs=2, steps=20)
    _, V = runs.network(0)
    assert (np.count_nonzero(V, axis=1) == 1).all()


def test_classes_are_told_by_a_one():
    S = section.three_classes()
    assert (S.y.sum(axis=0) == 3).all()
    assert (S.y.sum(axis=1) == 1).all()


@pytest.mark.parametrize("kind", vector_output.KINDS)
def test_a_training_reports_the_loss_of_its_network(kind):
    S = section.three_classes()
    X = S.X[:5]
    Y = S.y[:5]
    runs = section.trained(X, Y, 0.3, kind, runs=2, steps=20)
    W, V = runs.network(1)
    gates = None
    if kind == "gated":
        D = enumerate_patterns(X)
        gates = np.repeat(D, len(W) // len(D), axis=0)
    network = vector_output.Network(W, V, gates)
    assert vector_output.loss(X, Y, network, 0.3, kind) == pytest.approx(runs.losses[1])
