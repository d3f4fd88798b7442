import gzip
import pickle

import numpy as np
import pytest

from helpers.real_data import images


def idx_of(array):
    head = bytes([0, 0, 8, array.ndim])
    return head + np.array(array.shape, ">u4").tobytes() + array.astype(np.uint8).tobytes()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_idx_is_read_as_it_was_written(tmp_path, rng, pack):
    array = rng.integers(256, size=(5, 3, 4))
    path = tmp_path / "images"
    path.write_bytes(pack(idx_of(array)))
    np.testing.assert_array_equal(images.idx(path), array)


@pytest.mark.parametrize("content", [b"", b"\0\0\x0d\x01\0\0\0\x01abcd", b"no idx"])
def test_what_is_no_idx_is_refused(tmp_path, content):
    path = tmp_path / "images"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="must be an IDX file"):
        images.idx(path)


def test_an_idx_that_is_cut_short_is_refused(tmp_path):
    path = tmp_path / "images"
    path.write_bytes(idx_of(np.zeros((2, 3)))[:-1])
    with pytest.raises(ValueError, match=r"must hold \(2, 3\) bytes; got 5"):
        images.idx(path)


def test_both_formats_of_cifar_hold_the_same(tmp_path, rng):
    X = rng.integers(256, size=(4, images.PIXELS), dtype=np.uint8)
    y = [3, 0, 9, 3]
    binary = tmp_path / "data_batch_1.bin"
    binary.write_bytes(np.column_stack([np.array(y, np.uint8), X]).tobytes())
    python = tmp_path / "data_batch_1"
    python.write_bytes(pickle.dumps({b"data": X, b"labels": y}, protocol=2))
    for path in (binary, python):
        found, labels = images.cifar(path)
        np.testing.assert_array_equal(found, X)
        np.testing.assert_array_equal(labels, y)


def test_records_of_another_length_are_refused(tmp_path):
    path = tmp_path / "batch"
    path.write_bytes(bytes(images.PIXELS))
    with pytest.raises(ValueError, match="records of 3073 bytes; got 3072"):
        images.cifar(path)


class Harmful:
    def __reduce__(self):
        return print, ("called",)


def test_a_batch_that_would_call_something_is_refused(tmp_path, capsys):
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps({b"data": Harmful()}, protocol=2))
    with pytest.raises(ValueError, match="must hold arrays alone; found .*print"):
        images.cifar(path)
    assert capsys.readouterr().out == ""
