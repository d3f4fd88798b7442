"""Section Batch normalisation: trainings to compare, and the program as the article has it."""

from typing import TYPE_CHECKING

import cvxpy as cp
import numpy as np

from .. import patterns
from ..data import Dataset
from ..extensions import batch_norm, restarts
from ..extensions.conic import solved

if TYPE_CHECKING:
    from torch import Tensor

RUNS = 60
WIDTH = 12  # neurons: more than the eight points need
STEPS = 2000

# After the ReLU without centring and shift, which is what the article's sentence describes.
NEITHER = "neither centred nor shifted"


def eight_points() -> Dataset:
    """Eight random points in three dimensions, with random labels."""
    rng = np.random.default_rng(7)
    return Dataset(rng.normal(size=(8, 3)), rng.normal(size=8), "not of the article")


def trained(
    X: np.ndarray,
    y: np.ndarray,
    lam: float,
    where: str,
    runs: int = RUNS,
    steps: int = STEPS,
    seed: int = 0,
) -> restarts.Runs:
    """Adam on the loss of `WIDTH` normalised neurons, from `runs` random starts.

    where: "before" or "after" the ReLU, or NEITHER. The parameters are W, gamma, mu and alpha.
    """
    rng = np.random.default_rng(seed)
    start = [rng.normal(size=(runs, WIDTH, X.shape[1]))]
    start += [rng.normal(size=(runs, WIDTH)) / 2 for _ in range(3)]
    return restarts.adam(_loss(X, y, lam, where), start, steps=steps)


def _loss(X, y, lam, where):
    """The loss of many networks at once, for `restarts.adam`."""

    def loss(W: "Tensor", gamma: "Tensor", mu: "Tensor", alpha: "Tensor") -> "Tensor":
        Z = W.new_tensor(X) @ W.transpose(1, 2)
        shift = mu[:, None] / len(y) ** 0.5
        if where == "before":
            H = (gamma[:, None] * _unit(_centred(Z)) + shift).clamp(min=0)
        elif where == "after":
            H = gamma[:, None] * _unit(_centred(Z.clamp(min=0))) + shift
        else:
            H = gamma[:, None] * _unit(Z.clamp(min=0)) + 0 * shift
        residual = (H @ alpha[..., None])[..., 0] - W.new_tensor(y)
        decay = (gamma**2 + mu**2 + alpha**2).sum(dim=1)
        return (residual**2).sum(dim=1) + lam * decay

    return loss


def _centred(Z):
    return Z - Z.mean(dim=1, keepdim=True)


def _unit(Z):
    """Columns of length 1; those of length 0 stay."""
    return Z / Z.norm(dim=1, keepdim=True).clamp(min=1e-12)


def article_program(
    X: np.ndarray,
    y: np.ndarray,
    lam: float,
) -> float:
    """The least value of the program in which U_i stands for D_i X, as a standard solver finds it.

    min ||sum_i U_i (q_i - p_i) - y||^2 + 2 lam sum_i (||q_i|| + ||p_i||), D_i X = U_i S_i V_i',
    q_i and p_i in S_i V_i' K_i: what the factor makes of the weights in the cone.
    """
    output = 0
    norms = 0
    constraints = []
    for D_i in patterns.enumerate_patterns(X):
        U, S, Vt = np.linalg.svd(D_i[:, None] * X, full_matrices=False)
        rank = np.sum(S > 1e-10 * max(S[0], 1e-10))  # smaller: rounding of zero
        for sign in (1, -1):
            w = cp.Variable(X.shape[1])
            q = np.diag(S[:rank]) @ Vt[:rank] @ w if rank else np.zeros(1)
            constraints.append(cp.multiply(np.where(D_i, 1, -1), X @ w) >= 0)
            output = output + sign * U[:, : max(rank, 1)] @ q
            norms = norms + cp.norm(q)
    objective = cp.Minimize(cp.sum_squares(output - y) + 2 * lam * norms)
    return float(solved(cp.Problem(objective, constraints)).value)


def solved_both(X: np.ndarray, y: np.ndarray, lam: float) -> dict:
    """The results of normalisation before and after the ReLU."""
    return {where: batch_norm.solve(X, y, lam, where) for where in batch_norm.WHERE}
