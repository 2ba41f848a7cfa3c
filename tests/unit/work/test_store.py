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
