import re
from pathlib import Path

import cvxpy as cp
import numpy as np

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUN = (ROOT / "book" / "run.md").read_text(encoding="utf-8")


def optimum(x, y, lam):
    """The convex program of points on a line with a bias, every pattern written down, by cvxpy."""
    X = np.column_stack([x, np.ones(len(x))])
    right = [np.arange(len(x)) >= k for k in range(len(x) + 1)]
    fitted = 0
    penalty = 0
    constraints = []
    for active in [*right, *(~pattern for pattern in right)]:
        for sign in (1, -1):
            u = cp.Variable(2)
            constraints.append(np.where(active, 1, -1)[:, None] * X @ u >= 0)
            fitted += sign * (active[:, None] * X) @ u
            penalty += cp.norm(u)
    objective = cp.sum_squares(fitted - y) + 2 * lam * penalty
    return cp.Problem(cp.Minimize(objective), constraints).solve()


def test_the_lines_of_the_readme_run_and_certify(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(code, {})
    printed = re.fullmatch(
        r"trained (\S+), no network below (\S+), gap (\S+)%\n", capsys.readouterr().out
    )
    trained, bound, gap = map(float, printed.groups())
    x = np.linspace(-1, 1, 8)
    best = optimum(x, np.cos(3 * x), lam=0.01)
    assert abs(bound - best) < 2e-4  # printed to four digits, solved to three at least
    assert 0.1 < (trained - best) / trained < 0.4  # 5000 steps leave it well above
    assert abs(gap - 100 * (trained - bound) / trained) < 0.1


def test_the_lines_of_the_page_to_run_it_print_the_optimum(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", RUN, re.DOTALL)
    exec(code, {})
    found, gap = re.findall(r": (\S+)\n|gap of (\S+)\n", capsys.readouterr().out)
    best = optimum(np.linspace(-1, 1, 8), np.cos(3 * np.linspace(-1, 1, 8)), lam=0.01)
    assert abs(float(found[0]) - best) < 2e-4
    assert float(gap[1]) < 1e-5


def test_continuous_integration_runs_the_tests_of_the_readme():
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
    assert re.search(rf"^    {re.escape(last)} +# every test", README, re.M)
