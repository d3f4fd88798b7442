"""Programs handed to a conic solver: nothing is proved by what it says."""

import warnings

import cvxpy as cp

PRECISE = {"tol_gap_abs": 1e-11, "tol_gap_rel": 1e-11, "tol_feas": 1e-11}


def solved(problem: cp.Problem) -> cp.Problem:
    """The problem with values, of as many digits as there are; raises ValueError without any.

    Where the last digits asked for are not reached, the solver has what it has, without a warning:
    the callers prove how good it is.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Solution may be inaccurate")
        try:
            problem.solve(solver=cp.CLARABEL, **PRECISE)
        except cp.SolverError:
            problem.solve(solver=cp.CLARABEL)
    if problem.value is None:
        raise ValueError(
            f"the program must be one that the conic solver ends with; it says {problem.status}: "
            "choose a larger lam, or data of one scale"
        )
    return problem
