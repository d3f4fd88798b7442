"""Sets drawn by a rule, against the rule as published, counted out or in the mean."""

from itertools import product

import numpy as np

from helpers.real_data import rules

# The third monk's rule in words that do not share code with it: all robots for which it holds.
COLOURS = {1: "red", 2: "yellow", 3: "green", 4: "blue"}
HOLDS = {
    robot
    for robot in product((1, 2, 3), (1, 2, 3), (1, 2), (1, 2, 3), COLOURS, (1, 2))
    if (COLOURS[robot[4]] == "green" and robot[3] == 1)
    or (COLOURS[robot[4]] != "blue" and robot[1] in (1, 2))
}


def robots(X):
    return [tuple(map(int, row)) for row in X]


def test_monks_3_follows_its_rule_but_for_six_labels(rng):
    X, y = rules.monks_3(rng)
    drawn = robots(X)
    assert len(set(drawn)) == 122
    wrong = sum(label != (robot in HOLDS) for robot, label in zip(drawn, y, strict=True))
    assert wrong == round(0.05 * 122) == 6


def test_all_robots_of_both_rules_are_as_many_as_published(rng):
    X, y = rules.monks_3(rng, n=432, noise=0)
    assert y.sum() == len(HOLDS) == 228
    X, y = rules.monks_2(rng, n=432)
    assert y.sum() == 142
    for robot, label in zip(robots(X), y, strict=True):
        assert label == (robot.count(1) == 2)


def test_waveform_has_the_means_and_the_noise_of_its_rule(rng):
    X, y = rules.waveform(rng, 60_000)
    h = {centre: np.maximum(6 - np.abs(np.arange(1, 22) - centre), 0) for centre in (7, 11, 15)}
    pairs = [(h[11], h[15]), (h[11], h[7]), (h[15], h[7])]
    for k, (first, second) in enumerate(pairs):
        rows = X[y == k]
        error = 5 * np.sqrt((1 + 3) / len(rows))  # the mixture's variance is at most 36 / 12
        np.testing.assert_allclose(rows.mean(axis=0), (first + second) / 2, atol=error)
        variance = 1 + (first - second) ** 2 / 12
        np.testing.assert_allclose(rows.var(axis=0), variance, rtol=0.08)
    np.testing.assert_allclose(np.bincount(y) / len(y), 1 / 3, atol=0.01)


def test_waveform_noise_adds_columns_of_unit_noise(rng):
    X, y = rules.waveform_noise(rng, 20_000)
    assert X.shape == (20_000, 40)
    np.testing.assert_allclose(X[:, 21:].mean(axis=0), 0, atol=0.04)
    np.testing.assert_allclose(X[:, 21:].std(axis=0), 1, atol=0.03)
    assert np.abs(np.corrcoef(X[:, 21:].T, y)[-1, :-1]).max() < 0.04


def test_ringnorm_has_a_ball_within_a_ball(rng):
    X, y = rules.ringnorm(rng, 40_000)
    np.testing.assert_allclose(X[y == 0].mean(axis=0), 0, atol=0.08)
    np.testing.assert_allclose(np.cov(X[y == 0].T), 4 * np.eye(20), atol=0.2)
    np.testing.assert_allclose(X[y == 1].mean(axis=0), 2 / np.sqrt(20), atol=0.04)
    np.testing.assert_allclose(np.cov(X[y == 1].T), np.eye(20), atol=0.05)


def test_synthetic_control_has_its_six_kinds_of_chart(rng):
    X, y = rules.synthetic_control(rng, each=400)
    np.testing.assert_array_equal(np.bincount(y), 400)
    t = np.arange(1, 61)
    normal, cyclic, rising, falling, up, down = (X[y == k] for k in range(6))
    assert (np.abs(normal - 30) <= 6).all()
    assert (np.abs(cyclic - 30) <= 6 + 15).all()
    assert (cyclic.std(axis=1) > 10 / np.sqrt(2) - 0.5).all()
    slopes = np.polyfit(t, np.vstack([rising, falling]).T, 1)[0]
    noise = 5 * np.sqrt(12 / np.sum((t - t.mean()) ** 2))  # of a line fitted to 60 values
    np.testing.assert_allclose(slopes[:400], 0.35, atol=0.15 + noise)
    np.testing.assert_allclose(slopes[400:], -0.35, atol=0.15 + noise)
    for charts, sign in ((up, 1), (down, -1)):
        assert (np.abs(charts[:, :19] - 30) <= 6).all()
        jump = sign * (charts[:, 40:].mean(axis=1) - 30)
        assert (jump > 7.5 - 3).all() and (jump < 20 + 3).all()


def test_the_same_seed_draws_the_same():
    for rule in rules.RULES.values():
        X, y = rule(np.random.default_rng(3))
        again, labels = rule(np.random.default_rng(3))
        np.testing.assert_array_equal(X, again)
        np.testing.assert_array_equal(y, labels)
        assert not np.array_equal(X, rule(np.random.default_rng(4))[0])
