"""Section Batch normalisation: the figure draws the trainings above what is proved."""

import numpy as np
import pytest

from helpers.extensions import batch_norm
from helpers.figures import batch_norm as figures
from helpers.sections import batch_norm as section


def test_the_figure_draws_every_training_and_the_optimum():
    S = section.eight_points()
    X = S.X[:4]
    y = S.y[:4]
    found = section.solved_both(X, y, 0.2)
    runs = {where: section.trained(X, y, 0.2, where, runs=5, steps=50) for where in found}
    fig = figures.against_restarts(found, runs)
    assert len(fig.axes) == 2
    for ax, where in zip(fig.axes, batch_norm.WHERE, strict=True):
        optimum, dots = ax.lines
        assert set(optimum.get_ydata()) == {found[where].objective}
        assert (dots.get_ydata() == np.sort(runs[where].losses)).all()
        assert ax.get_title() == f"{where} the ReLU"
        assert ax.get_ylim()[0] < found[where].lower_bound


def test_trainings_fall_and_are_the_same_again():
    S = section.eight_points()
    once = section.trained(S.X, S.y, 0.2, "before", runs=3, steps=40)
    again = section.trained(S.X, S.y, 0.2, "before", runs=3, steps=40)
    barely = section.trained(S.X, S.y, 0.2, "before", runs=3, steps=1)
    assert (once.losses == again.losses).all()
    assert (once.losses < barely.losses).all()


@pytest.mark.parametrize("where", batch_norm.WHERE)
def test_a_training_reports_the_loss_of_its_network(where):
    S = section.eight_points()
    runs = section.trained(S.X, S.y, 0.2, where, runs=3, steps=30)
    for run, reported in enumerate(runs.losses):
        W, gamma, mu, alpha = runs.network(run)
        network = batch_norm.Network(W, gamma, mu, alpha)
        assert batch_norm.loss(S.X, S.y, network, 0.2, where) == pytest.approx(reported)


def test_without_centring_and_shift_the_loss_is_that_of_its_formula():
    S = section.eight_points()
    runs = section.trained(S.X, S.y, 0.2, section.NEITHER, runs=2, steps=30)
    W, gamma, mu, alpha = runs.network(1)
    H = np.maximum(S.X @ W.T, 0)
    output = H / np.linalg.norm(H, axis=0) * gamma @ alpha
    own = np.sum((output - S.y) ** 2) + 0.2 * np.sum(gamma**2 + mu**2 + alpha**2)
    assert runs.losses[1] == pytest.approx(own)


def test_the_article_program_is_what_trainings_without_centring_reach():
    S = section.eight_points()
    X = S.X[:3]
    y = S.y[:3]
    value = section.article_program(X, y, 0.3)
    runs = section.trained(X, y, 0.3, section.NEITHER, runs=20, steps=800)
    assert runs.best == pytest.approx(value, rel=5e-3)  # so close in 800 steps
    assert runs.best > value * (1 - 1e-6)
