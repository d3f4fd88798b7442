import re
from pathlib import Path

import cvxpy as cp
import numpy as np
import torch

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


def test_the_lines_of_the_readme_certify_a_model_of_a_file(tmp_path, monkeypatch, capsys):
    x = np.linspace(-1, 1, 8)
    y = np.cos(3 * x)
    np.savetxt(tmp_path / "mine.csv", np.column_stack([x, y]), delimiter=",", header="x,y")
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    scope = {}
    exec(code, scope)
    said = re.match(
        r"The loss of the network is (\S+)\. Proved: no network of any width goes below (\S+)\. "
        r"At most (\S+)% of the loss can be removed\. ",
        capsys.readouterr().out,
    )
    trained, bound, gap = map(float, said.groups())
    x = (x - x.mean()) / x.std()
    best = optimum(x, y, lam=4e-3)
    assert best * (1 - 2e-3) < bound < best * (1 + 1e-6)  # four digits, rounded down
    model = scope["model"]
    with torch.no_grad():
        residual = model(torch.tensor(x[:, None])).ravel() - torch.tensor(y)
        squares = sum((p**2).sum() for p in model.parameters())
        loss = float(residual @ residual + 4e-3 * squares)
    assert abs(trained - loss) < 1e-3 * loss
    share = 100 * (loss - bound) / loss
    assert share - 0.1 < gap < 1.1 * share + 0.1


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
