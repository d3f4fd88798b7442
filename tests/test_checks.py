"""One gate: what passes has the values of the plain array; what does not is a ValueError."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse as sp

from helpers import checks

PLAIN = np.array([[1.0, 2.0], [0.0, -3.0], [4.0, 5.0]])


@pytest.mark.parametrize(
    "same",
    [
        PLAIN.tolist(),
        PLAIN.astype(np.int8),
        PLAIN.astype(np.float16),
        PLAIN.astype(np.longdouble),
        PLAIN.astype(">f8"),
        PLAIN.astype(object),
        np.asfortranarray(PLAIN),
        np.repeat(PLAIN, 2, axis=0)[::2],
        np.ma.masked_array(PLAIN),
        np.matrix(PLAIN),
        [[Fraction(1), 2], [False, -3], [4, 5]],
    ],
    ids=lambda a: f"{type(a).__name__}-{getattr(a, 'dtype', '')}",
)
def test_the_values_are_those_of_the_plain_array(same):
    X = checks.as_data(same)
    assert type(X) is np.ndarray
    assert X.flags.c_contiguous
    np.testing.assert_array_equal(X, PLAIN)


def test_tensors_are_the_plain_array():
    torch = pytest.importorskip("torch")
    for kind in (dict(), dict(requires_grad=True), dict(dtype=torch.int32)):
        X = checks.as_data(torch.tensor(PLAIN, **kind))
        assert type(X) is np.ndarray
        np.testing.assert_array_equal(X, PLAIN)
    assert checks.as_nonnegative(torch.tensor(0.5), "lam") == 0.5
    D = checks.as_patterns(torch.tensor([[False, True]]), 2)
    np.testing.assert_array_equal(D, [[False, True]])
    for conjugate in (torch.tensor([[1j]]), torch.tensor([[1j]]).conj()):
        with pytest.raises(ValueError, match="X must be an array of real numbers"):
            checks.as_data(conjugate)
    turned = torch.tensor(PLAIN + 2j * PLAIN).conj().imag  # its sign is not written yet
    np.testing.assert_array_equal(checks.as_data(turned), -2 * PLAIN)
    for bad in (torch.tensor(PLAIN).bfloat16(), torch.tensor(PLAIN).to_sparse()):
        with pytest.raises(ValueError, match="X must be a dense tensor .* use X.to_dense"):
            checks.as_data(bad)


def test_what_lists_hold_is_looked_at():
    rows = [np.ma.masked_array(row) for row in PLAIN]
    np.testing.assert_array_equal(checks.as_data(rows), PLAIN)
    np.testing.assert_array_equal(checks.as_float([[rows]], "W"), PLAIN[None, None])
    rows[1] = np.ma.masked_array(PLAIN[1], [True, False])
    for masked in (rows, tuple(rows), [[rows]], [[1.0, np.ma.masked]]):
        with pytest.raises(ValueError, match="X must not be masked"):
            checks.as_float(masked, "X")
    with pytest.raises(ValueError, match="X must be a dense array"):
        checks.as_data([sp.csr_array(PLAIN[:1])])
    endless = []
    endless.extend([endless, endless])
    with pytest.raises(ValueError, match="X must be an array; got lists in lists"):
        checks.as_data(endless)


@pytest.mark.parametrize(
    "bad, remedy",
    [
        (np.ma.masked_array(PLAIN, PLAIN == 4), "masked"),
        (sp.csr_matrix(PLAIN), "toarray"),
        (sp.coo_array(PLAIN), "toarray"),
        (PLAIN + 1j, "real"),
        (PLAIN.astype(str), "encode"),
        (np.array([["2026-01-01"]], "M8[D]"), "real numbers"),
        ([[1.0, None]], "to_numpy"),
        ([[1.0, "a"]], "encode"),
        ([[1.0, Decimal(1)]], "astype"),
        ([[1.0, 2.0], [3.0]], "one length"),
        ([[10**400]], "1e+150"),
        ([[np.nan, np.inf]], "finite"),
        ([[1e151]], "units"),
        ([[1e-151]], "units"),
        ([1.0, 2.0], "X[:, None]"),
        (3.0, "shape"),
        (np.zeros((0, 2)), "at least one"),
    ],
)
def test_a_refusal_names_the_argument_and_the_remedy(bad, remedy):
    with pytest.raises(ValueError) as refusal:
        checks.as_data(bad)
    assert "X" in str(refusal.value)
    assert remedy in str(refusal.value)


def test_only_what_has_other_axes_but_the_right_size_is_to_be_ravelled():
    for y, hint in (([[1.0], [2.0]], True), ([1.0], False), ([[1.0, 2, 3]], False)):
        with pytest.raises(ValueError, match=r"y must have shape \(2,\)") as refusal:
            checks.as_labels(y, 2)
        assert ("use y.ravel()" in str(refusal.value)) is hint


def test_float32_is_kept():
    assert checks.as_float(np.float32([1, 2]), "a").dtype == np.float32


def test_the_ends_of_the_range_pass():
    X = [[1e150, -1e-150, 0.0, 1e-300]]
    np.testing.assert_array_equal(checks.as_data(X), X)


def test_zero_data_pass():
    assert not checks.as_data([[0.0]]).any()


@pytest.mark.parametrize("value", [0, 1.5, np.float32(2), np.int8(3), 2**70, Fraction(1, 3)])
def test_numbers_of_any_type(value):
    assert checks.as_nonnegative(value, "lam") == float(value)


@pytest.mark.parametrize(
    "value", [-1, np.nan, np.inf, None, "1", True, [1.0], 1j, np.array([2.0]), object(), 10**400]
)
def test_what_is_no_number_of_at_least_zero(value):
    with pytest.raises(ValueError, match="lam"):
        checks.as_nonnegative(value, "lam")


@pytest.mark.parametrize("value", [0, -1, np.inf, np.nan, None, "1", True])
def test_what_is_no_number_above_zero(value):
    with pytest.raises(ValueError, match="eps must be"):
        checks.as_positive(value, "eps")


@pytest.mark.parametrize("value", [-0.1, 1, np.inf, None, "0", False])
def test_what_is_no_share(value):
    with pytest.raises(ValueError, match="betas must be"):
        checks.as_share(value, "betas")


def test_shares_and_numbers_above_zero():
    assert checks.as_share(0, "betas") == 0
    assert checks.as_share(np.float32(0.5), "betas") == 0.5
    assert checks.as_positive(2**70, "eps") == 2.0**70


def test_flags():
    assert checks.as_flag(np.True_, "exact") is True
    assert checks.as_flag(False, "exact") is False
    for value in (None, 0, 1, "no", [True], np.array(True)):
        with pytest.raises(ValueError, match="exact must be True or False"):
            checks.as_flag(value, "exact")


@pytest.mark.parametrize("size, kept", [(1e-11, False), (1e-9, True), (1e5, True), (1e7, False)])
def test_single_precision_is_kept_where_products_fit_into_it(size, kept):
    a = np.float32([size, 0])
    assert checks.as_float(a, "a").dtype == (np.float32 if kept else np.float64)
    np.testing.assert_array_equal(checks.as_float(a, "a"), a)


def test_seconds_may_be_infinite():
    assert checks.as_seconds(np.inf) == np.inf


@pytest.mark.parametrize("value", [-1, np.nan, None, "60", True])
def test_what_is_no_time_limit(value):
    with pytest.raises(ValueError, match="seconds"):
        checks.as_seconds(value)


@pytest.mark.parametrize("value", [True, 2.0, "3", None, np.float64(3), 0])
def test_what_is_no_count(value):
    with pytest.raises(ValueError, match="m must be an integer >= 1"):
        checks.as_count(value, "m", 1)


@pytest.mark.parametrize("rng", [0, None, np.random, np.random.RandomState(0)])
def test_what_is_no_generator(rng):
    with pytest.raises(ValueError, match="default_rng"):
        checks.as_generator(rng)


@pytest.mark.parametrize("value", ["Sum", None, ["sum"], 0])
def test_what_is_no_choice(value):
    with pytest.raises(ValueError, match="reduction must be one of sum, mean"):
        checks.as_choice(value, "reduction", ("sum", "mean"))


@pytest.mark.parametrize(
    "D", [[[0, 2]], [[0, 1, 1]], [0, 1], ([[0, 1]], [[0.5, 0.5, 1]]), [["a", "b"]]]
)
def test_what_is_no_list_of_patterns(D):
    with pytest.raises(ValueError, match="patterns must"):
        checks.as_patterns(D, 2)


def test_patterns_of_any_kind_are_booleans():
    for D in ([[0, 1]], [[False, True]], np.array([[0.0, 1.0]])):
        np.testing.assert_array_equal(checks.as_patterns(D, 2), [[False, True]])


SCALARS = [
    *(None, True, False, 0, 1, -3, 2**70, 10**400, 0.5, -1e-300, 1e200, np.nan, np.inf, 1j),
    *(
        "",
        "1",
        "NaN",
        b"1",
        Fraction(1, 3),
        Decimal("0.1"),
        np.float32(2),
        np.int8(-1),
        np.bool_(1),
    ),
    *(np.datetime64("2026-01-01"), object(), (), [], {}, [1, 2], slice(3), np.random, "sum"),
]
TYPES = ["f8", "f4", "f2", ">f8", "i1", "u8", "?", "c16", "O", "U3", "S2", "M8[D]", "m8[s]"]


def anything(rng):
    """A scalar, a nested list, or an array of a random type, shape, mask and layout."""
    kind = rng.integers(5)
    scalar = SCALARS[rng.integers(len(SCALARS))]
    if kind == 0:
        return scalar
    if kind == 1:
        lengths = rng.integers(0, 4, rng.integers(0, 4))
        return [[SCALARS[i] for i in rng.integers(len(SCALARS), size=k)] for k in lengths]
    a = rng.integers(-3, 4, rng.integers(0, 4, rng.integers(0, 4))).astype(str)
    a = a.astype("i8").astype(TYPES[rng.integers(len(TYPES))])
    if kind == 2:
        return a.T
    if kind == 3:
        return np.ma.masked_array(a, rng.random(a.shape) < 0.1)
    return a.tolist()


def test_any_input_is_plain_data_or_a_refusal_that_names_it():
    rng = np.random.default_rng(0)
    accepted = 0
    for _ in range(10_000):
        try:
            X = checks.as_data(anything(rng))
        except ValueError as refusal:
            assert "X must" in str(refusal)
            continue
        accepted += 1
        assert type(X) is np.ndarray
        assert X.ndim == 2
        assert X.dtype in (np.float32, np.float64)
        assert np.isfinite(X).all()
    assert 300 < accepted < 9_000


@pytest.mark.parametrize("check", [checks.as_nonnegative, checks.as_seconds, checks.as_count])
def test_any_option_is_a_number_or_a_refusal_that_names_it(check):
    rng = np.random.default_rng(1)
    for _ in range(3_000):
        try:
            assert check(anything(rng), "option") >= 0
        except ValueError as refusal:
            assert "option must" in str(refusal)
