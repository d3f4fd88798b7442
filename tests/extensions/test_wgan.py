"""Wasserstein GANs: the closed forms against conic solvers, random networks and games played."""

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.extensions import wgan
from helpers.figures import wgan as figures
from helpers.sections import wgan as section


def nearest_sum(X, k, beta):
    """The linear game's value, by a conic solver."""
    G = cp.Variable((k, X.shape[1]))
    near = cp.norm(X.sum(axis=0) - cp.sum(G, axis=0)) <= beta
    return cp.Problem(cp.Minimize(cp.sum_squares(G)), [near]).solve(solver=cp.CLARABEL)


def nearest_moments(X, beta):
    """The quadratic game's value with as many points as it takes, by an SDP solver."""
    d = X.shape[1]
    Q = cp.Variable((d, d), PSD=True)
    off = X.T @ X - Q
    near = [off << beta * np.eye(d), -off << beta * np.eye(d)]
    return cp.Problem(cp.Minimize(cp.trace(Q)), near).solve(solver=cp.CLARABEL)


def points(seed, n, d):
    """Points, one of them twice and one at the origin, where there are so many."""
    X = np.random.default_rng(seed).normal(size=(n, d))
    X[-1] = X[0]
    if n > 2:
        X[1] = 0
    return X


CASES = dict(
    seed=st.integers(0, 10**6),
    n=st.integers(1, 6),
    d=st.integers(1, 4),
    share=st.sampled_from([0.0, 0.2, 0.9, 1.0, 5.0]),
)


@settings(max_examples=15, deadline=None)
@given(k=st.integers(1, 4), **CASES)
def test_the_linear_game_is_a_quadratic_program(seed, n, d, k, share):
    X = points(seed, n, d)
    total = X.sum(axis=0)
    beta = share * np.linalg.norm(total)
    found = wgan.linear(X, k, beta)
    assert found.generated.shape == (k, d)
    assert found.value == np.sum(found.generated**2)
    assert found.value == pytest.approx(nearest_sum(X, k, beta), rel=1e-5, abs=1e-6)
    assert found.value == pytest.approx(max(np.linalg.norm(total) - beta, 0) ** 2 / k)
    off = np.linalg.norm(total - found.generated.sum(axis=0))
    assert off <= beta + 1e-12 * np.linalg.norm(total)


@settings(max_examples=15, deadline=None)
@given(**CASES)
def test_the_quadratic_game_is_a_semidefinite_program(seed, n, d, share):
    X = points(seed, n, d)
    beta = share * np.linalg.norm(X, 2) ** 2
    found = wgan.quadratic(X, d + 1, beta)
    assert found.generated.shape == (d + 1, d)
    assert found.value == np.sum(found.generated**2)
    assert found.value == pytest.approx(nearest_moments(X, beta), rel=1e-5, abs=1e-5)
    moments = X.T @ X - found.generated.T @ found.generated
    assert np.linalg.norm(moments, 2) <= beta + 1e-12 * np.linalg.norm(X, 2) ** 2


def test_as_few_points_as_singular_values_above_beta_are_enough_and_needed():
    X = np.diag([3.0, 2.0, 1.0])
    for beta, needed in ((0.5, 3), (1.0, 2), (3.9, 2), (4.0, 1), (9.0, 0)):
        found = wgan.quadratic(X, max(needed, 1), beta)
        assert found.value == pytest.approx(np.maximum(np.array([9, 4, 1]) - beta, 0).sum())
        if needed > 1:
            with pytest.raises(ValueError, match=f"k must be at least {needed}.*got {needed - 1}"):
                wgan.quadratic(X, needed - 1, beta)


def test_with_fewer_points_the_discriminator_always_gains():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8, 3))
    sigma = np.linalg.svd(X, compute_uv=False)
    beta = 0.5 * sigma[1] ** 2
    for _ in range(200):
        g = 4 * rng.normal(size=(1, 3))
        assert np.linalg.eigvalsh(X.T @ X - g.T @ g)[-1] > beta


@pytest.mark.parametrize("equal", [1, 3])
def test_singular_values_at_beta_but_for_rounding_need_no_points(equal):
    rng = np.random.default_rng(5)
    for _ in range(20):
        basis = np.linalg.qr(rng.normal(size=(equal + 2, equal + 2)))[0]
        sigma = np.r_[2.0, np.full(equal, np.sqrt(0.3)), 0.1]
        found = wgan.quadratic(basis * sigma, 1, 0.3)
        assert found.value == pytest.approx(4 - 0.3)


def gain(X, G, beta, u, alpha, kind):
    """What a discriminator gains, less its penalty."""
    if kind == "linear":
        gains = (X @ u.T @ alpha).sum() - (G @ u.T @ alpha).sum()
        return gains - beta / 2 * (np.sum(u**2) + np.sum(alpha**2))
    gains = ((X @ u.T) ** 2 @ alpha).sum() - ((G @ u.T) ** 2 @ alpha).sum()
    return gains - beta * np.abs(alpha).sum()


@pytest.mark.parametrize("kind", wgan.KINDS)
def test_at_the_closed_form_no_discriminator_gains_and_nearer_the_origin_one_does(kind):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(7, 3)) + 0.3
    beta = 0.7
    G = getattr(wgan, kind)(X, 4, beta).generated
    for size in (0.01, 1, 100):
        for _ in range(200):
            u = rng.normal(size=(3, 3))
            u /= np.linalg.norm(u, axis=1, keepdims=True)
            u = u * np.sqrt(size) if kind == "linear" else u
            alpha = np.sqrt(size) * rng.normal(size=3)
            assert gain(X, G, beta, u, alpha, kind) <= 1e-12 * size
    G = 0.99 * G
    if kind == "linear":
        u = X.sum(axis=0) / np.linalg.norm(X.sum(axis=0))
    else:
        u = np.linalg.eigh(X.T @ X - G.T @ G)[1][:, -1]
    gains = [gain(X, G, beta, a * u[None], np.array([a]), "linear") for a in (1.0, 10.0)]
    if kind == "quadratic":
        gains = [gain(X, G, beta, u[None], np.array([a]), kind) for a in (1.0, 10.0)]
    assert 0 < gains[0] < gains[1]


def test_no_points_that_pass_have_a_smaller_norm():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(6, 2)) + 0.5
    best = wgan.linear(X, 3, 1.0)
    moments = wgan.quadratic(X, 3, 1.0)
    passed = np.zeros(2, int)
    for _ in range(2000):
        size = 10 ** rng.uniform(-3, 0)
        G = best.generated + size * rng.normal(size=(3, 2))
        if np.linalg.norm(X.sum(axis=0) - G.sum(axis=0)) <= 1:
            passed[0] += 1
            assert np.sum(G**2) >= best.value - 1e-12
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        G = turn @ moments.generated + size * rng.normal(size=(3, 2))
        if np.linalg.norm(X.T @ X - G.T @ G, 2) <= 1:
            passed[1] += 1
            assert np.sum(G**2) >= moments.value - 1e-12
    assert (passed > 20).all()


@pytest.mark.parametrize("scale", [1e-140, 1e-3, 1e140])
def test_the_closed_forms_do_not_feel_the_units(scale):
    X = points(1, 6, 3) + 0.1
    plain = wgan.linear(X, 2, 0.3).value
    assert wgan.linear(scale * X, 2, 0.3 * scale).value / scale / scale == pytest.approx(plain)
    plain = wgan.quadratic(X, 3, 0.3).value
    found = wgan.quadratic(scale * X, 3, 0.3 * scale * scale)
    assert found.value / scale / scale == pytest.approx(plain)


@pytest.mark.parametrize("kind", wgan.KINDS)
def test_a_step_is_along_the_gradients_of_torch(kind):
    import torch

    rng = np.random.default_rng(0)
    X = rng.normal(size=(5, 2))
    # the same draws as a game makes
    draws = np.random.default_rng(7)
    G = torch.tensor(0.1 * draws.standard_normal((3, 2)), requires_grad=True)
    u = 0.1 * draws.standard_normal((4, 2))
    if kind == "quadratic":
        u /= np.linalg.norm(u, axis=1, keepdims=True)
    u = torch.tensor(u, requires_grad=True)
    alpha = torch.tensor(0.1 * draws.standard_normal(4), requires_grad=True)
    data = torch.tensor(X)
    if kind == "linear":
        f = (data @ u.T @ alpha).sum() - (G @ u.T @ alpha).sum()
        f = f - 0.35 * ((u**2).sum() + (alpha**2).sum())
    else:
        f = ((data @ u.T) ** 2 @ alpha).sum() - ((G @ u.T) ** 2 @ alpha).sum()
    (f + (G**2).sum()).backward()
    settings = dict(neurons=4, steps=1, rate=0.01, rng=np.random.default_rng(7))
    played = wgan.play(X, 3, 0.7, kind, **settings)
    np.testing.assert_allclose(played.generated[0], (G - 0.01 * G.grad).detach(), atol=1e-15)
    settings |= dict(steps=2, rng=np.random.default_rng(7))
    second = wgan.play(X, 3, 0.7, kind, **settings).generated[0]
    u = (u + 0.01 * u.grad).detach().numpy()
    alpha = (alpha + 0.01 * alpha.grad).detach().numpy()
    G = played.generated[0]
    if kind == "linear":
        expected = G - 0.01 * (2 * G - alpha @ u)
    else:
        u /= np.linalg.norm(u, axis=1, keepdims=True)
        alpha = np.sign(alpha) * np.maximum(np.abs(alpha) - 0.01 * 0.7, 0)
        expected = G - 0.01 * (2 * G - 2 * G @ (u.T @ (alpha[:, None] * u)))
    np.testing.assert_allclose(second, expected, atol=1e-14)


def test_linear_games_settle_at_the_closed_form_and_quadratic_ones_circle_it():
    X = section.points()
    linear = section.linear_game(X, steps=6000)
    value = linear.closed.value
    np.testing.assert_allclose(linear.play.values[-1], value, rtol=1e-6)
    np.testing.assert_allclose(linear.play.misfit[-1], linear.beta, rtol=1e-6)
    quadratic = section.quadratic_game(X)
    value = quadratic.closed.value
    late = section.second_half(quadratic.play.values)
    assert (np.ptp(late, axis=0) > 0.1 * value).all()
    assert late.mean() == pytest.approx(value, rel=0.05)
    axes = figures.traces(linear, quadratic).axes
    for ax, game in zip(axes, (linear, quadratic), strict=True):
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), game.play.values[:, 0])
        assert ax.lines[-1].get_ydata()[0] == game.closed.value


@pytest.mark.parametrize("kind", wgan.KINDS)
def test_points_at_the_origin_are_met_by_points_at_the_origin(kind):
    found = getattr(wgan, kind)(np.zeros((3, 2)), 2, 0.0)
    assert found.value == 0
    assert not found.generated.any()


@pytest.mark.parametrize("function", [wgan.linear, wgan.quadratic, wgan.play])
@pytest.mark.parametrize(
    "change, message",
    [
        (dict(X=[1.0, 2.0]), "X must have shape"),
        (dict(X=[[np.nan]]), "X must be finite"),
        (dict(k=0), "k must be an integer >= 1"),
        (dict(k=1.5), "k must be an integer"),
        (dict(beta=-1), "beta must be a finite number >= 0"),
        (dict(beta=np.inf), "beta must be"),
        (dict(beta="1"), "beta must be a single"),
    ],
)
def test_bad_input_is_refused(function, change, message):
    with pytest.raises(ValueError, match=message):
        function(**(dict(X=np.eye(2), k=2, beta=0.1) | change))


@pytest.mark.parametrize(
    "change, message",
    [
        (dict(kind="cubic"), "kind must be one of linear, quadratic"),
        (dict(neurons=0), "neurons must be"),
        (dict(runs=0), "runs must be"),
        (dict(steps=-1), "steps must be"),
        (dict(rate=0), "rate must be"),
        (dict(rng=3), "rng must be"),
        (dict(rate=1e3), "rate is too large"),
    ],
)
def test_a_game_that_cannot_be_played_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        wgan.play(np.eye(2), 2, 0.1, **change)
