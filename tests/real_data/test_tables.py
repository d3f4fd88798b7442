import numpy as np
import pytest

from helpers.real_data import tables


def written(path, text):
    path.write_text(text, encoding="latin-1")
    return path


def test_text_is_coded_in_the_order_of_the_alphabet(tmp_path):
    table = tables.read(written(tmp_path / "a.dat", "b, 1.5, x\na, 2, x\n\nc, -3e-1, y\n"))
    np.testing.assert_array_equal(tables.data(table.without({2})), [[1, 1.5], [0, 2], [2, -0.3]])
    np.testing.assert_array_equal(tables.labels(table.columns[2], ("y", "x")), [1, 1, 0])


def test_text_is_coded_in_the_declared_order(tmp_path):
    arff = """% a comment
@RELATION sizes
@attribute size {small, 'large', huge}
@attribute 'how many' integer [0, 9]
@Attribute class {no,yes}
@data
large,1,no
'small',2,yes
huge,?,no
"""
    table = tables.read(written(tmp_path / "a.arff", arff))
    assert table.declared == [["small", "large", "huge"], None, ["no", "yes"]]
    np.testing.assert_array_equal(tables.data(table.without({2})), [[1, 1], [0, 2], [2, 1.5]])


def test_numbers_in_braces_stay_numbers():
    np.testing.assert_array_equal(tables.numbers(["5", "2", "5"], ["5", "2"]), [5, 2, 5])


@pytest.mark.parametrize("unknown", tables.UNKNOWN)
def test_what_is_unknown_is_the_mean_of_the_others(unknown):
    np.testing.assert_array_equal(tables.numbers(["1", unknown, "4"]), [1, 2.5, 4])
    np.testing.assert_array_equal(tables.numbers(["n", unknown, "y", "y"]), [0, 2 / 3, 1, 1])
    with pytest.raises(ValueError, match="column of data must hold a value"):
        tables.numbers([unknown, unknown])


def test_constant_columns_are_left_out(tmp_path):
    table = tables.read(written(tmp_path / "a", "A1  7 1\nA2  7 2\n"), separator=None)
    np.testing.assert_array_equal(tables.data(table), [[0, 1], [1, 2]])


def test_lines_above_and_quotes_are_no_data(tmp_path):
    table = tables.read(written(tmp_path / "a.csv", '"p";"q"\n"1";2\n3;4\n'), ";", skip=1)
    np.testing.assert_array_equal(tables.data(table), [[1, 2], [3, 4]])


def test_rows_of_different_lengths_are_refused(tmp_path):
    with pytest.raises(ValueError):
        tables.read(written(tmp_path / "a", "1,2\n3\n"))


def test_a_label_that_is_no_class_is_named():
    with pytest.raises(ValueError, match="classes must name all labels; mule are not"):
        tables.labels(["cat", "mule"], ("cat", "dog"))


def test_a_lost_column_is_restored_from_its_twins():
    whole = np.array([[1, 0.5, 3], [4, 5, 6], [7, 0.8, 9]])
    lost = np.array([[7, 8, 9], [1, 5, 3.0]])
    np.testing.assert_array_equal(tables.restored(lost, whole, 1), whole[[2, 0]])
    with pytest.raises(ValueError, match="row 1 must agree with one row of the other table, not 0"):
        tables.restored(np.array([[7, 8, 9], [1, 5, 4.0]]), whole, 1)
    with pytest.raises(ValueError, match="not 2"):
        tables.restored(lost, whole[[0, 1, 2, 2]], 1)
