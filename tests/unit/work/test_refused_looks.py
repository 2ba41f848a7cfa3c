"""What the system does not let us see for a moment is neither gone nor damaged.

A virus scanner, a synchronised folder or Excel holds a file; Windows then refuses to open, rename or remove
it, and to look at it at all. Each look, opening and change of a delivery, and of the recovery of one that
was killed, is refused once, as Windows words it. There is no Windows here: this is its contract, simulated.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from unittest import mock

import pytest

from made_delivery import NEWER, OLDER, calls_of, delivered, first_delivered, forked, whole
from made_faults import faults, killed_at, tree
from xinzhi.work.delivery import OLD
from xinzhi.work.lock import MARKER, TAG, make
from xinzhi.work.results import claim
from xinzhi.work.store import Store
from xinzhi_core.errors import ReportError
from xinzhi_core.write import WAITS, is_there, move

LOOKS = ("open", "lstat", "stat", "replace", "rename", "unlink", "rmdir", "mkdir")


class Refused(PermissionError):
    """A refusal as Python words one of Windows: code 13, and the number of Windows."""

    winerror = 32


@pytest.fixture
def folder(tmp_path):
    """A folder with the results of a study, and a file of the user among them."""
    return first_delivered(tmp_path / "results")


@contextlib.contextmanager
def refused_once(folder, number):
    """Refuse one call that names something in the folder; gives the calls so far."""
    calls: list[str] = []

    def around(name):
        real = getattr(os, name)

        def call(path, *words, **more):
            if not isinstance(path, int) and os.fsdecode(path).startswith(str(folder)):
                calls.append(name)
                if len(calls) == number:
                    raise Refused(errno.EACCES, os.strerror(errno.EACCES), os.fsdecode(path))
            return real(path, *words, **more)

        return call

    with contextlib.ExitStack() as stack:
        for name in LOOKS:
            stack.enter_context(mock.patch.object(os, name, around(name)))
        stack.enter_context(mock.patch.object(os, "fsync"))
        stack.enter_context(mock.patch("time.sleep"))
        yield calls


def with_refusals(tmp_path, start, work, step):
    """Do some work on copies, refusing one call after the other; yields each copy and what was said."""
    number, n_calls = 1, 1
    while number <= n_calls:
        copy = tmp_path / "copies" / str(number)
        shutil.copytree(start, copy, symlinks=True)
        error = None
        with refused_once(copy, number) as calls:
            try:
                work(copy)
            except ReportError as refused:
                error = refused
        n_calls = max(n_calls, len(calls))
        yield number, copy, error
        shutil.rmtree(copy)
        number += step


def recovered(folder):
    with claim(folder):
        pass


def test_one_refusal_in_a_delivery_never_mixes_or_loses(folder, tmp_path):
    """The old study or the new one, whole; an error is one of ours and names a place."""
    outcomes = []
    for number, copy, error in with_refusals(tmp_path, folder, delivered, 1):
        assert error is None or error.problems[0].where.file, number
        recovered(copy)
        outcomes.append((whole(copy, OLDER), whole(copy, NEWER)))
        assert sum(outcomes[-1]) == 1, number
        if error is None:
            assert outcomes[-1][1], number
    assert len(outcomes) > 60
    assert {new for _, new in outcomes} == {True, False}


@pytest.mark.long
@pytest.mark.parametrize("share", [0.55, 0.75, 0.9])
def test_one_refusal_in_a_recovery_never_drops_what_waits(folder, tmp_path, share):
    """A run was killed half-way through the moves; the look that is refused may be that at the tag."""
    number = round(share * calls_of(folder))
    with faults(killed_at(number)):
        assert forked(lambda: delivered(folder)) == 9
    sound = tmp_path / "sound"
    shutil.copytree(folder, sound)
    recovered(sound)
    wanted = NEWER if whole(sound, NEWER) else OLDER
    n_refused = 0
    for at, copy, error in with_refusals(tmp_path, folder, recovered, 1):
        recovered(copy)
        assert whole(copy, wanted), (at, sorted(tree(copy)))
        n_refused += error is not None
    assert n_refused


def test_a_marker_that_cannot_be_read_is_not_damaged(folder):
    """Until now all results were set aside as copies of somebody's, with a sentence that was not true."""
    before = tree(folder)
    real = os.open

    def refusing(path, *words, **more):
        if str(path).endswith(MARKER):
            raise Refused(errno.EACCES, "in use", str(path))
        return real(path, *words, **more)

    with mock.patch.object(os, "open", refusing), pytest.raises(ReportError) as caught:
        delivered(folder)

    assert caught.value.code == "results.unreadable"
    assert MARKER in str(caught.value)
    assert tree(folder) == before


def test_an_entry_that_is_held_stays_and_one_that_is_damaged_goes(tmp_path):
    """What another program has open is computed again; only what is not an entry is put aside."""
    store = Store(tmp_path)
    store.put("k", b"body")
    with mock.patch.object(os, "open", side_effect=Refused(errno.EACCES, "in use")):
        assert store.get("k") is None
    assert store.get("k") == b"body"

    (tmp_path / "k.npz").write_bytes(b"rubbish")
    assert store.get("k") is None
    assert (tmp_path / "quarantine" / "k.npz").read_bytes() == b"rubbish"


def test_a_move_waits_for_one_who_looks_and_for_nobody_else(tmp_path):
    """Windows' numbers 5, 32 and 33 are waited for, up to a limit; another refusal is said at once."""
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text("new", encoding="utf-8")
    real, n = os.replace, [0]

    def held(*words):
        n[0] += 1
        if n[0] <= 3:
            raise Refused(errno.EACCES, "in use")
        real(*words)

    with mock.patch.object(os, "replace", held), mock.patch("time.sleep") as slept:
        move(source, target)
    assert target.read_text(encoding="utf-8") == "new"
    assert [call.args[0] for call in slept.call_args_list] == [*WAITS[:3]]

    for error, n_trials in (
        (Refused(errno.EACCES, "held"), len(WAITS) + 1),
        (PermissionError(), 1),
    ):
        with (
            mock.patch.object(os, "replace", side_effect=error) as replaced,
            mock.patch("time.sleep"),
            pytest.raises(PermissionError),
        ):
            move(target, source)
        assert replaced.call_count == n_trials


def test_a_look_that_is_refused_is_no_absence(tmp_path):
    """`os.path.lexists` says False where the system says no; then files in the way would be lost."""
    assert not is_there(tmp_path / "none")
    assert not is_there(tmp_path / "none" / "below")
    with mock.patch.object(os, "lstat", side_effect=Refused(errno.EACCES, "no")):
        assert not os.path.lexists(tmp_path)
        with pytest.raises(PermissionError):
            is_there(tmp_path)


def test_a_working_folder_that_cannot_be_emptied_does_not_block_the_results(folder):
    """A file of it is open for ever (`.nfs…`, a viewer): the next run takes the next name."""
    stuck = folder / OLD
    make(stuck)
    (stuck / "held.docx").write_bytes(b"held")
    real = os.unlink

    def refusing(path, *words, **more):
        if str(path).endswith("held.docx"):
            raise Refused(errno.EACCES, "in use")
        return real(path, *words, **more)

    with mock.patch.object(os, "unlink", refusing):
        delivered(folder)
        assert (stuck / TAG).is_file()
    recovered(folder)

    assert whole(folder, NEWER)
    assert not stuck.exists()
