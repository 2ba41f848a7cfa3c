"""The folder that remembers: whole entries or none."""

import pytest

from xinzhi.work.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def test_what_was_kept_comes_back(store):
    """An entry is returned as it was put."""
    store.put("key", b"body\n\x00")

    assert store.get("key") == b"body\n\x00"


def test_an_unknown_key_is_nothing(store):
    """A folder that is not there yet holds nothing."""
    assert store.get("key") is None


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b[:70] + b"x" + b[71:], lambda _: b""]
)
def test_a_damaged_entry_is_put_aside(store, damage):
    """A truncated, changed or emptied entry is never used; it is kept in quarantine."""
    store.put("key", b"a body of some length")
    path = store.folder / "key.npz"
    path.write_bytes(damage(path.read_bytes()))

    assert store.get("key") is None
    assert (store.folder / "quarantine" / "key.npz").exists()


def test_entries_that_no_run_needs_are_removed(store):
    """Only the named keys stay."""
    store.put("old", b"1")
    store.put("new", b"2")

    store.keep_only(frozenset({"new"}))

    assert (store.get("old"), store.get("new")) == (None, b"2")


def test_an_entry_is_bound_to_its_key(store):
    """Two entries that changed their names are no entries: neither gives the numbers of the other."""
    store.put("one", b"1")
    store.put("two", b"2")
    one, two = store.folder / "one.npz", store.folder / "two.npz"
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)

    assert (store.get("one"), store.get("two")) == (None, None)


@pytest.mark.parametrize("place", ["entry", "store", "quarantine", "quarantined entry"])
def test_what_lies_in_the_way_is_kept_and_passed_over(store, place):
    """A folder for a file, a file for a folder: the entry is as good as not there, and can be kept."""
    store.put("key", b"1")
    path = store.folder / "key.npz"
    if place == "store":
        path.unlink()
        store.folder.rmdir()
        store.folder.write_text("x", encoding="utf-8")
    else:
        path.unlink()
        (path / "inside").mkdir(parents=True)
    if place == "quarantine":
        (store.folder / "quarantine").write_text("x", encoding="utf-8")
    if place == "quarantined entry":
        (store.folder / "quarantine" / "key.npz").mkdir(parents=True)

    assert store.get("key") is None
    store.put("key", b"2")
    assert store.get("key") == b"2"


def test_a_file_of_somebody_else_is_never_removed(store):
    """Arrays of the user's own in a folder called store stay."""
    store.put("old", b"1")
    (store.folder / "mine.npz").write_bytes(b"PK\x03\x04 arrays of mine")

    store.keep_only(frozenset())

    assert [path.name for path in store.folder.iterdir()] == ["mine.npz"]
