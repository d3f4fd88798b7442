"""The protocol of the comparison by hand, on four and on fifteen points."""

import numpy as np
import pytest

from helpers import train
from helpers.loss import loss
from helpers.profile import protocol
from helpers.profile.training import Schedule, starts


def drawn(n=15, d=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), rng.integers(2, size=n)


def test_columns_have_norm_one_and_those_of_zeros_are_left_out():
    X = np.array([[3.0, 0, 1], [4, 0, 0], [0, 0, 0]])
    np.testing.assert_allclose(protocol.unit_columns(X), [[0.6, 1], [0.8, 0], [0, 0]])


def test_labels_are_signs_and_the_most_frequent_of_many_classes_is_plus_one():
    assert protocol.plus_minus([2, 5, 5, 2]).tolist() == [-1, 1, 1, -1]
    assert protocol.plus_minus([2, 5, 5, 2, 7, 2]).tolist() == [1, -1, -1, 1, -1, 1]
    with pytest.raises(ValueError, match="at least two classes; got 1"):
        protocol.plus_minus([3, 3])


def test_a_fifth_is_held_out_after_the_sample_is_drawn():
    kept = protocol.trained_on(15, None, np.random.default_rng(0))
    assert len(kept) == 12 == len(set(kept))
    order = np.random.default_rng(0).permutation(15)
    assert kept.tolist() == order[:12].tolist()
    few = protocol.trained_on(15, 10, np.random.default_rng(0))
    assert few.tolist() == order[:8].tolist()


def test_a_problem_is_split_before_its_columns_are_normalised():
    X, labels = drawn()
    data = protocol.problem(X, labels)
    kept = np.random.default_rng(0).permutation(15)[:12]
    np.testing.assert_allclose(data.X, X[kept] / np.sqrt((X[kept] ** 2).sum(axis=0)))
    assert data.y.tolist() == [1 if labels[k] else -1 for k in kept]
    assert data.zero == 0.5


@pytest.mark.parametrize(
    "X, labels, words",
    [
        (np.ones((5, 2)), [0, 1], "labels must have shape"),
        (np.ones((5, 2)), [0, 0, 0, 0, 0], "at least two classes"),
        (np.ones(5), [0, 1, 0, 1, 0], "X must have shape"),
    ],
)
def test_bad_problems_are_refused(X, labels, words):
    with pytest.raises(ValueError, match=words):
        protocol.problem(X, labels)


def test_one_class_left_to_train_on_is_refused():
    labels = np.zeros(15)
    labels[np.random.default_rng(0).permutation(15)[-1]] = 1
    with pytest.raises(ValueError, match="two classes among the points"):
        protocol.problem(np.ones((15, 1)), labels)


def test_the_objective_is_the_published_one_and_the_articles_in_another_scaling():
    X, labels = drawn()
    data = protocol.problem(X, labels)
    W, alpha = train.uniform_network(4, 3, 1.0, np.random.default_rng(1))
    lam = 0.03
    fit = sum(
        (sum(a * max(0.0, w @ x) for w, a in zip(W, alpha, strict=True)) - target) ** 2
        for x, target in zip(data.X, data.y, strict=True)
    )
    by_hand = fit / (2 * 12) + lam / 2 * ((W**2).sum() + (alpha**2).sum())
    assert data.objective(W, alpha, lam) == pytest.approx(by_hand, rel=1e-13)
    assert data.scaled(loss(data.X, data.y, W, alpha, 12 * lam)) == pytest.approx(by_hand)


def test_the_step_is_halved_every_hundred_of_two_thousand_epochs():
    published = Schedule(2000)
    factors = [published.factor(epoch) for epoch in range(2000)]
    assert factors == [0.5 ** (epoch // 100) for epoch in range(2000)]
    short = Schedule(40)
    assert [short.factor(epoch) for epoch in (0, 1, 2, 39)] == [1, 1, 0.5, 0.5**19]
    assert [Schedule(40, halve=30).factor(epoch) for epoch in (29, 30)] == [1, 0.5]


def test_an_epoch_has_ten_batches_and_every_point_once():
    orders = list(Schedule(3).order(25))
    assert len(orders) == 3
    for batches in orders:
        assert sorted(map(len, batches)) == [2] * 5 + [3] * 5
        assert sorted(np.concatenate(batches)) == list(range(25))
    assert [b.tolist() for b in orders[0]] != [b.tolist() for b in orders[1]]
    assert len(next(Schedule(1).order(4))) == 4  # no empty batches


def test_the_grid_has_every_lambda_step_and_seed_once():
    begin = starts(2, 3, (0.1, 0.2))
    assert len(begin.steps) == 2 * 7 * 3
    triples = {
        (lam, step, W.tobytes(), alpha.tobytes())
        for lam, step, W, alpha in zip(begin.lams, begin.steps, begin.W, begin.alpha, strict=True)
    }
    assert len(triples) == 2 * 7 * 3
    assert len({W.tobytes() for W in begin.W}) == 3
    assert set(begin.steps) == {10, 5, 1, 0.5, 0.1, 0.01, 0.001}
    assert protocol.LAMS == pytest.approx(10.0 ** np.linspace(-5, -1, 6))


def test_gates_are_the_same_for_every_method_and_standard_normal():
    G = protocol.gates(3, 2000)
    assert (G == protocol.gates(3, 2000)).all()
    np.testing.assert_allclose(G.T @ G / 2000, np.eye(3), atol=0.1)


@pytest.mark.parametrize(
    "size, word",
    [({"rows": 4}, "rows"), ({"epochs": 0}, "epochs"), ({"seconds": -1.0}, "seconds")],
)
def test_a_size_that_will_not_do_is_refused(size, word):
    with pytest.raises(ValueError, match=word):
        protocol.Size(**size).checked()
