"""Points as readers type and paste them: read as points, or refused by the line."""

import numpy as np
import pytest


def read(script, text):
    return script.evaluate("(text) => lib.readLines(text)", text)


@pytest.mark.parametrize(
    "text",
    [
        "1\t2\n-3\t4.5e-1",
        "1,2\n-3,0.45",
        "1 2\n-3   .45",
        "1, 2\r\n-3, 0.45\r\n",
        "  1 ; 2\n\n\n-3;0.45  \n",
        "x\ty\n1\t2\n-3\t0.45",
        "input, label\n1, 2\n−3, 0.45",
    ],
)
def test_two_columns_are_points(script, text):
    assert read(script, text) == dict(points=[[1, 2], [-3, 0.45]])


@pytest.mark.parametrize(
    "text, words",
    [
        ("1 2\n3", "Line 2 (“3”) cannot be read"),
        ("1 2\n\n3 4 5\n6 7", "Line 3 (“3 4 5”) cannot be read"),
        (
            "1 2\na b\nNaN 3\n1e999 0\n5 6",
            "Lines 2 (“a b”), 3 (“NaN 3”), 4 (“1e999 0”) cannot",
        ),
        ("1 2\n" + "x 1\n" * 5, "“x 1”), 4 (“x 1”) and 2 more cannot be read"),
        ("2e9 1\n0 0", "Line 1 (“2e9 1”) cannot"),
        ("1,5\t2\n0\t0", "Line 1 (“1,5\t2”) cannot"),
        ("x y", "Line 1 (“x y”) cannot"),
        ("", "no point"),
        ("1 2\n" * 31, "At most 30 points; these are 31."),
        ("1 " + "2" * 400, "2…”) cannot be read"),
    ],
)
def test_what_cannot_be_read_is_named(script, text, words):
    found = read(script, text)
    assert list(found) == ["refusal"]
    assert words in found["refusal"] and len(found["refusal"]) < 200


def test_points_are_written_as_they_are_read(script):
    rng = np.random.default_rng(0)
    points = (rng.normal(size=(30, 2)) * 10.0 ** rng.integers(-12, 8, (30, 2))).tolist()
    found = script.evaluate("(points) => lib.readLines(lib.asLines(points))", points)
    assert found == dict(points=points)
