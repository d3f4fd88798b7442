"""Models of PyTorch certified: the same loss and gradient as theirs, and each refusal."""

import subprocess
import sys

import numpy as np
import pytest

from helpers import convex, data, models
from helpers.loss import gradient, loss, predict

torch = pytest.importorskip("torch")  # tests of the library alone do without
nn = torch.nn


def model_of(d, m, *, bias=True, last=False, dtype=torch.float64, seed=0):
    torch.manual_seed(seed)
    layers = nn.Linear(d, m, bias=bias), nn.ReLU(), nn.Linear(m, 1, bias=last)
    return nn.Sequential(*layers).to(dtype)


@pytest.fixture
def points():
    rng = np.random.default_rng(1)
    return rng.standard_normal((9, 3)), rng.standard_normal(9)


def eq_1(model, X, y, lam):
    """The article's loss by torch, every parameter decayed."""
    residual = model(torch.as_tensor(X)).ravel() - torch.as_tensor(y)
    return residual @ residual + lam * sum((p**2).sum() for p in model.parameters())


@pytest.mark.parametrize("bias", [True, False])
def test_a_model_is_the_network_of_its_loss_and_gradient(points, bias):
    X, y = points
    model = model_of(3, 5, bias=bias)
    ours, W, alpha = models.as_network(model, X)
    assert W.shape == (5, 3 + bias)
    np.testing.assert_allclose(predict(ours, W, alpha), model(torch.as_tensor(X)).detach()[:, 0])
    value = eq_1(model, X, y, 0.3)
    assert loss(ours, y, W, alpha, 0.3) == pytest.approx(value.item())
    value.backward()
    dW, dalpha = gradient(ours, y, W, alpha, 0.3)
    by_torch = [model[0].weight.grad]
    if bias:
        by_torch.append(model[0].bias.grad[:, None])
    np.testing.assert_allclose(dW, np.hstack(by_torch))
    np.testing.assert_allclose(dalpha, model[2].weight.grad[0])


@pytest.mark.parametrize("bias", [True, False])
def test_both_forms_of_certify_say_the_same(points, bias):
    X, y = points
    model = model_of(3, 5, bias=bias)
    W = model[0].weight.detach().numpy()
    alpha = model[2].weight.detach().numpy()[0]
    whole = X
    if bias:
        whole = data.with_bias(X)
        W = np.column_stack([W, model[0].bias.detach().numpy()])
    written_out = convex.certify(whole, y, W, alpha, 0.3)
    assert written_out.proved
    assert convex.certify(model, X, y, 0.3) == written_out
    assert convex.certify(model=model, X=X, y=y, lam=0.3) == written_out
    assert (
        convex.certify(model, torch.as_tensor(X), torch.as_tensor(y)[:, None], 0.3) == written_out
    )
    assert convex.certify(X=whole, y=y, W=W, alpha=alpha, lam=0.3) == written_out
    loose = convex.certify(model, X, y, 0.3, 0.5, seconds=30)
    assert loose == convex.certify(whole, y, W, alpha, 0.3, 0.5, seconds=30)


def test_weight_decay_of_torch_is_lam_as_the_docstring_says(points):
    X, y = points
    decay = 0.04
    lam = decay * len(y) / 2
    model = model_of(3, 5)
    before = [p.detach().clone() for p in model.parameters()]
    optimiser = torch.optim.SGD(model.parameters(), lr=1.0, weight_decay=decay)
    nn.MSELoss()(model(torch.as_tensor(X)), torch.as_tensor(y)[:, None]).backward()
    optimiser.step()
    moved = [b - p.detach() for b, p in zip(before, model.parameters(), strict=True)]
    with torch.no_grad():
        for p, b in zip(model.parameters(), before, strict=True):
            p.copy_(b)
    model.zero_grad()
    eq_1(model, X, y, lam).backward()
    for step, p in zip(moved, model.parameters(), strict=True):
        np.testing.assert_allclose(len(y) * step, p.grad, atol=1e-12)


def test_a_model_in_single_precision_is_certified_in_double(points):
    X, y = points
    model = model_of(3, 5, dtype=torch.float32)
    ours, W, alpha = models.as_network(model, X.astype(np.float32))
    assert ours.dtype == W.dtype == alpha.dtype == np.float64
    np.testing.assert_array_equal(W[:, :3], model[0].weight.detach().numpy())
    doubled = model_of(3, 5, dtype=torch.float32).to(torch.float64)
    assert convex.certify(model, X, y, 0.3) == convex.certify(doubled, X, y, 0.3)


def test_an_output_bias_of_zero_is_none(points):
    X, y = points
    model = model_of(3, 5, last=True)
    with pytest.raises(ValueError, match="last layer of model must have no bias.*bias=False"):
        convex.certify(model, X, y, 0.3)
    nn.init.zeros_(model[2].bias)
    without = model_of(3, 5, last=True)
    without[2].bias = None
    assert convex.certify(model, X, y, 0.3) == convex.certify(without, X, y, 0.3)


class Own(nn.Module):
    def forward(self, x):
        return x


class Changed(nn.Sequential):
    def forward(self, x):
        return super().forward(x) + 1


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Own(), "got a Own: put its layers into such a Sequential"),
        (nn.Linear(3, 1), "got a Linear: put its layers"),
        (Changed(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1)), "got a Changed: put"),
        (nn.Sequential(), r"got Sequential\(\)"),
        (nn.Sequential(nn.Linear(3, 1)), "a ReLU between two linear layers makes"),
        (nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 1)), "a ReLU between two linear layers"),
        (nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)), "Tanh is not in the article"),
        (nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(), nn.Linear(4, 1)), "LeakyReLU is not in"),
        (
            nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Dropout(), nn.Linear(4, 1)),
            "Dropout is not in the article's network",
        ),
        (
            nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1)),
            "it has 3 linear layers, and the convex program is that of two",
        ),
        (nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), "got 2 outputs: certify one"),
    ],
)
def test_models_of_another_form_are_refused(points, model, words):
    with pytest.raises(ValueError, match=words) as raised:
        convex.certify(model, *points, 0.3)
    assert str(raised.value).startswith(f"model must be {models.FORM}; got ")


def test_data_of_another_width_is_refused(points):
    X, y = points
    with pytest.raises(ValueError, match="X must have 3 columns.*got 4: a bias needs no column"):
        convex.certify(model_of(3, 5), data.with_bias(X), y, 0.3)


def test_weights_that_are_not_finite_are_named(points):
    model = model_of(3, 5)
    with torch.no_grad():
        model[0].bias[0] = np.nan
    with pytest.raises(ValueError, match="the first layer's bias must be finite"):
        convex.certify(model, *points, 0.3)


def test_arrays_are_no_models_and_torch_is_not_imported_to_tell():
    assert models.is_model(model_of(2, 2))
    assert not models.is_model(np.ones((2, 2)))
    assert not models.is_model(torch.ones(2, 2))
    code = (
        "import sys, numpy as np; from helpers import convex, models; "
        "convex.certify(np.eye(2), [1.0, 2.0], np.eye(2), [1.0, 1.0], 0.1); "
        "assert not models.is_model(3); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_the_signature_is_that_of_arrays():
    assert convex.certify.__name__ == "certify"
    assert "certify(model, X, y, lam" in convex.certify.__doc__
    with pytest.raises(TypeError):
        convex.certify(model_of(3, 5), np.ones((2, 3)), np.ones(2))
