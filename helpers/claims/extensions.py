"""Claims of section II, extensions."""

import cvxpy as cp
import numpy as np

from ..extensions import deep_linear, three_layer, wgan
from ..sections import deep_linear as deep_linear_section
from ..sections import three_layer as three_layer_section
from ..sections import wgan as wgan_section
from .registry import Finding, claim


@claim("91")
def three_layers():
    P = three_layer_section.problem()
    best = three_layer.solve(P.X, P.y, P.lam, P.width)
    listed = three_layer.blocks(P.X, P.width)
    attained = three_layer.loss(P.X, P.y, best.network, P.lam)
    proved = best.lower_bound > attained * (1 - 1e-6)

    pairs = zip(listed.first, listed.eps, listed.second, strict=True)
    known = {(D1.tobytes(), eps.tobytes(), D2.tobytes()) for D1, eps, D2 in pairs}
    rng = np.random.default_rng(0)
    drawn = 0
    missing = 0
    for Z in rng.normal(size=(2000, P.width, P.X.shape[1])):
        eps = rng.choice([-1, 1], P.width)
        sums = np.maximum(P.X @ Z.T, 0) @ eps
        D1 = (P.X @ Z.T > 0).T
        if sums.max() > 0 and D1.any(axis=1).all():
            orders = (D1, eps), (D1[::-1], eps[::-1])
            second = (sums > 0).tobytes()
            drawn += 1
            missing += not any((D.tobytes(), e.tobytes(), second) in known for D, e in orders)

    scales = np.geomspace(1e-3, 1e3, 6001)

    def price(size):
        """The least ordinary decay of a chain of three weights whose product is that."""
        return float(np.min(2 * scales**2 + (size / scales**2) ** 2))

    return Finding(
        printed=price(0.5) <= (price(1e-9) + price(1)) / 2,
        conditioned=proved and missing == 0,
        corrected=price(0.5) > 1.2 * (price(1e-9) + price(1)) / 2,
        shown=(
            f"Four points in the plane, sub-networks of two neurons: {len(listed)} blocks, and all"
            f" {drawn:,} random sub-networks drawn lie in one of them. The network mapped back has"
            f" the loss {attained:.4f}, proved to be the least to one in a million. Ordinary decay"
            f" of three weights of product 0, 1/2 and 1: {price(1e-9):.2f}, {price(0.5):.2f} and"
            f" {price(1):.2f}, more in the middle than on average at the ends."
        ),
    )


@claim("92")
def parallel_networks():
    P = deep_linear_section.problem()
    best = deep_linear.solve(*P, depth=3)
    network = best.network
    fewest = np.linalg.matrix_rank(network.product(), tol=1e-6)
    attained = deep_linear.loss(P.X, P.Y, network, P.lam)
    meets = abs(attained - best.lower_bound) < 1e-6 * attained and network.branches == fewest

    one = np.diag([1.0, 0.0])
    other = np.diag([0.0, 1.0])
    middle = (one + other) / 2

    def bulges(cost):
        """Whether a cost is larger in the middle than on average at the ends: not convex."""
        return cost(middle) > (cost(one) + cost(other)) / 2 + 1e-9

    def plain(W):
        return deep_linear_section.plain_decay(W, 3)

    def alone(W):
        return deep_linear.quasi_norm(np.linalg.svd(W, compute_uv=False), 3)

    return Finding(
        printed=not bulges(plain),
        conditioned=meets,
        corrected=bulges(plain) and bulges(alone),
        shown=(
            f"Depth 3, twenty points, four outputs: the optimum {attained:.3f} of the program is"
            f" proved to less than one in a million, and {network.branches} branches attain it, the"
            " rank of the best map. Ordinary decay for the maps diag(1, 0), diag(0, 1) and the one"
            f" in the middle: {plain(one):.2f}, {plain(other):.2f} and {plain(middle):.2f}. (One"
            f" branch with the other decay: {alone(one):.2f}, {alone(other):.2f} and"
            f" {alone(middle):.2f}.)"
        ),
    )


@claim("93")
def convex_concave_games():
    X = wgan_section.points()
    moments = X.T @ X
    beta = 0.2 * np.linalg.norm(moments, 2)
    closed = wgan.quadratic(X, 6, beta)
    G = closed.generated

    Q = cp.Variable(moments.shape, PSD=True)
    near = [moments - Q << beta * np.eye(2), Q - moments << beta * np.eye(2)]
    in_moments = cp.Problem(cp.Minimize(cp.trace(Q)), near).solve(solver=cp.CLARABEL)
    points = cp.Variable((6, 2))
    sum_near = cp.norm(X.sum(axis=0) - cp.sum(points, axis=0)) <= 1.0
    game = cp.Problem(cp.Minimize(cp.sum_squares(points)), [sum_near])
    in_points = game.solve(solver=cp.CLARABEL)
    linear = wgan.linear(X, 6, 1.0)

    def passes(G):
        """Whether no quadratic discriminator gains."""
        return np.linalg.norm(moments - G.T @ G, 2) <= beta * (1 + 1e-9)

    def gain(size):
        """Of one quadratic neuron, both weights of that size, less the decay of both layers."""
        values, directions = np.linalg.eigh(moments - G.T @ G)
        u = size * directions[:, np.argmax(values)]
        return size * (u @ (moments - G.T @ G) @ u) - beta / 2 * 2 * size**2

    gains = [gain(size) for size in (0.1, 10, 100)]
    return Finding(
        printed=passes(G) and passes(-G) and passes(np.zeros_like(G)),
        conditioned=abs(closed.value - in_moments) < 1e-5 * in_moments
        and abs(linear.value - in_points) < 1e-5 * in_points,
        corrected=gains[0] < 0 < gains[1] < gains[2],
        shown=(
            f"Twelve points. Quadratic neurons: closed form {closed.value:.3f}, the convex program"
            f" in the moments {in_moments:.3f}; $G$ and $-G$ pass, the points halfway, at the"
            f" origin, do not. Linear neurons: closed form {linear.value:.3f}, the convex program"
            f" in the points {in_points:.3f}. With decay on both layers a quadratic neuron of size"
            f" 10 gains {gains[1]:,.0f} against the closed form, of size 100 {gains[2]:,.0f}."
        ),
    )
