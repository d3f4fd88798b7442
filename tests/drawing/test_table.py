"""A table as the value of a cell."""

from helpers.drawing.table import Table


def html(table):
    return table._repr_mimebundle_()["text/html"]


def test_a_table_is_text_and_html():
    table = Table(["a", "b"], [["1 < 2", "x"]])
    assert repr(table) == "a | b\n1 < 2 | x"
    assert '<th scope="col">a</th>' in html(table)
    assert "<td>1 &lt; 2</td><td>x</td>" in html(table)


def test_no_line_breaks_within_a_number():
    assert "gap 1e\N{NON-BREAKING HYPHEN}06</td>" in html(Table(["a"], [["gap 1e-06"]]))
    assert "<td>two-layer</td>" in html(Table(["a"], [["two-layer"]]))


def test_a_long_table_scrolls_in_a_box_that_the_keyboard_reaches():
    text = html(Table(["a"], [["b"]], box='all "b"'))
    assert 'role="region" aria-label="all &quot;b&quot;" tabindex="0"' in text
    assert "max-height" in text
    assert "max-height" not in html(Table(["a"], [["b"]]))
