"""Numbers as a page prints them."""

import numpy as np
import pytest

from helpers.drawing.words import plain, scientific, vectors, yes_no


@pytest.mark.parametrize(
    "value, digits, said",
    [
        (1e-6, 1, "10⁻⁶"),
        (3.84e12, 2, "3.8·10¹²"),
        (9.96e-7, 1, "10⁻⁶"),
        (-2.04e-5, 2, "-2.0·10⁻⁵"),
        (25.9, 1, "30"),
        (0.00303, 3, "0.00303"),
        (0.0, 3, "0"),
    ],
)
def test_small_and_large_numbers_have_powers_of_ten(value, digits, said):
    assert scientific(value, digits) == said


def test_vectors_and_patterns():
    assert vectors(np.array([[True, False], [False, True]])) == "(1, 0) (0, 1)"
    assert vectors([[-0.0, 0.866]], ".2f") == "(0.00, 0.87)"
    assert vectors([]) == ""


def test_a_number_stays_as_it_was_given():
    assert [plain(value) for value in (0.0015, 1000, 1e-9, 2.5e-7)] == [
        "0.0015",
        "1000",
        "10⁻⁹",
        "2.5·10⁻⁷",
    ]


def test_a_truth_is_said():
    assert yes_no(np.bool_(True)) == "yes"
    assert yes_no(False) == "no"


def test_a_negative_number_reads_as_its_opposite():
    assert scientific(-0.5) == "-0.5"
    assert scientific(-2e-7) == "-2·10⁻⁷"
