"""What Windows does otherwise, simulated by its contract: there is no Windows here.

docs/reference/files-on-every-system.md lists every operation on files with the test of it.
"""

from __future__ import annotations

import ast
import ctypes
import errno
import importlib.util
import os
import re
import signal
import sys
import tempfile
import threading
import types
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from places import ROOT
from xinzhi.report.file_names import stems
from xinzhi.work import lock
from xinzhi_core import process
from xinzhi_core.errors import ReportError
from xinzhi_core.process import end_with, lives
from xinzhi_core.wording import say
from xinzhi_core.write import failed, sweep_parts, write_atomically
from xinzhi_panel.io import guard
from xinzhi_panel.io.stored import spill


class Kernel:
    """Three calls of kernel32 over processes that live (True), have ended (False) or are not ours to open."""

    def __init__(self, processes, error=87):
        self.processes, self.error, self.opened = processes, error, []
        self.OpenProcess = mock.Mock(side_effect=self._open)

    def _open(self, right, _inherit, pid):
        assert right == process.SYNCHRONIZE
        if pid not in self.processes:
            return None
        self.opened.append(pid)
        return pid

    def WaitForSingleObject(self, handle, milliseconds):  # noqa: N802 - its name
        """Answer at once."""
        assert milliseconds == 0
        return 0x102 if self.processes[handle.value] else 0

    def CloseHandle(self, handle):  # noqa: N802 - its name
        """Count what stays open."""
        self.opened.remove(handle.value)


@pytest.mark.parametrize(
    ("processes", "error", "is_alive"),
    [({7: True}, 87, True), ({7: False}, 87, False), ({}, 87, False), ({}, 5, True)],
)
def test_a_process_is_looked_up_and_never_signalled(monkeypatch, processes, error, is_alive):
    """Signal 0 would end it there; a process that may not be opened lives as far as anybody can tell."""
    kernel = Kernel(processes)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "WinDLL", lambda *_, **__: kernel, raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: error, raising=False)
    monkeypatch.setattr(os, "kill", mock.Mock(side_effect=AssertionError("a signal")))
    assert lives(7) is is_alive
    assert kernel.opened == []
    assert not lives(0)


def test_a_worker_ends_with_a_driver_that_windows_still_names(monkeypatch):
    """The number of a parent stays there after its death: until now workers waited for ever."""
    told, alive = [], iter([True, True, False])
    monkeypatch.setattr(os, "getppid", lambda: 7)
    monkeypatch.setattr(process, "lives", lambda _pid: next(alive))
    end_with(7, 0, told.append)
    assert told == [1]
    end_with(8, 0, told.append)
    assert told == [1, 1]


def test_a_reader_is_ended_by_a_clock_where_there_is_no_alarm(monkeypatch):
    clock, watch = mock.Mock(), mock.Mock()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(threading, "Timer", clock)
    monkeypatch.setattr(threading, "Thread", watch)
    monkeypatch.delattr(signal, "SIGALRM", raising=False)
    guard._end_in_time(30)
    assert clock.call_args.args == (30, os._exit, [1])
    clock.return_value.start.assert_called_once_with()
    assert watch.call_args.kwargs["target"] is end_with


@pytest.fixture
def removes_nothing_read_only(monkeypatch):
    """Windows removes and replaces no file that is to read only."""
    for name in ("unlink", "replace"):
        real = getattr(os, name)

        def call(*paths, real=real, **more):
            for path in paths:
                if os.path.lexists(path) and not os.stat(path).st_mode & 0o200:  # noqa: PTH116
                    raise PermissionError(errno.EACCES, "read only", str(path))
            return real(*paths, **more)

        monkeypatch.setattr(os, name, call)


@pytest.mark.usefixtures("removes_nothing_read_only")
def test_a_file_to_read_only_is_refused_and_leaves_no_part(tmp_path):
    """The part has the permissions of the file, and could not be removed then."""
    (tmp_path / "a.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "a.txt").chmod(0o444)
    with pytest.raises(ReportError) as caught:
        write_atomically(tmp_path / "a.txt", "new")
    assert caught.value.code == "write.failed"
    assert {p.name: p.read_text("utf-8") for p in tmp_path.iterdir()} == {"a.txt": "mine"}


@pytest.mark.usefixtures("removes_nothing_read_only")
def test_a_part_that_cannot_be_removed_keeps_no_other(tmp_path):
    for n in range(3):
        (tmp_path / f".xinzhi-{n}.part").touch()
        (tmp_path / f".xinzhi-{n}.part").chmod(0o444 if n != 2 else 0o644)
    sweep_parts(tmp_path, older_than=0)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".xinzhi-0.part",
        ".xinzhi-1.part",
    ]


@pytest.mark.parametrize("name", ["con", "NUL", "com1", "COM¹", "lpt²", "Lpt³", "aux"])
def test_no_file_of_ours_is_a_device(name):
    (made,) = stems([name])
    assert made == f"{name}_"


def test_a_path_that_is_too_long_has_its_own_remedy(tmp_path):
    """Windows says it by a number of its own, which Python takes for a file that is not there."""
    error = FileNotFoundError(errno.ENOENT, "The filename or extension is too long")
    error.winerror = 206
    (remedy,) = {failed(tmp_path / "a.txt", 0, error).remedy}
    assert say(remedy, "en") == "choose a shorter name, or a folder with a shorter path."
    assert say(remedy, "zh") == "请使用较短的名称，或路径较短的文件夹。"


def test_a_column_on_disk_has_no_name_that_could_be_left(tmp_path, monkeypatch):
    """The file goes with its last reader; on Windows it stayed for ever, and nothing swept it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    column = spill(np.arange(5.0))
    assert isinstance(column, np.memmap)
    assert list(tmp_path.iterdir()) == []
    assert column.tolist() == [0, 1, 2, 3, 4]


def test_the_page_of_the_audit_names_tests_that_are_there():
    told = (ROOT / "docs/reference/files-on-every-system.md").read_text(encoding="utf-8")
    there = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    named = set(re.findall(r"`(test_\w+)`", told))
    assert named
    assert named <= there, named - there


class Bytes(types.ModuleType):
    """The locks of msvcrt: one byte, whoever holds it, freed by hand or some time after closing."""

    LK_NBLCK, LK_UNLCK = 2, 0

    def __init__(self):
        super().__init__("msvcrt")
        self.holder = None

    def locking(self, handle, mode, n):
        """Lock or free the byte where the handle stands."""
        assert n == 1
        at = os.lseek(handle, 0, os.SEEK_CUR)
        assert at == 1 << 30, "a byte among the words could not be read by others"
        if mode == self.LK_UNLCK and self.holder == handle:
            self.holder = None
        elif mode == self.LK_UNLCK or self.holder is not None:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        else:
            self.holder = handle


@pytest.fixture
def windows(monkeypatch):
    """The module of locks as Windows loads it; a file that is open cannot be removed."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", Bytes())
    monkeypatch.setattr(process, "_lives_on_windows", lambda _pid: True)
    spec = importlib.util.spec_from_file_location("lock_on_windows", lock.__file__)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    real_open, real_close, real_unlink, held = os.open, os.close, os.unlink, {}

    def opened(path, *words, **more):
        handle = real_open(path, *words, **more)
        held[handle] = Path(os.fsdecode(path)).name
        return handle

    def closed(handle):
        real_close(handle)
        held.pop(handle, None)

    def removed(path, **more):
        if Path(path).name in held.values():
            raise PermissionError(errno.EACCES, "in use", str(path))
        real_unlink(path, **more)

    for name, call in (("open", opened), ("close", closed), ("unlink", removed)):
        monkeypatch.setattr(os, name, call)
    return module


def test_one_run_at_a_time_by_a_byte_behind_the_words(windows, tmp_path):
    """The second one is refused and can read who holds it; the file goes when it is closed, and the byte is free."""
    first, second = windows.Lock(tmp_path), windows.Lock(tmp_path)
    assert first.acquire() is None
    assert windows.find_holder(tmp_path).pid == os.getpid()
    with pytest.raises(ReportError) as caught:
        second.acquire()
    assert caught.value.code == "results.locked"
    assert str(os.getpid()) in str(caught.value)
    first.release()
    assert sys.modules["msvcrt"].holder is None
    assert list(tmp_path.iterdir()) == []
    assert second.acquire() is None
    second.release()
    assert windows.find_holder(tmp_path) is None


@pytest.mark.long
def test_no_passing_folder_that_cannot_be_removed_ends_the_work():
    """A scanner, or a reader that has just been ended, still holds a file of it there."""
    for file in sorted((ROOT / "packages").glob("*/src/**/*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("TemporaryDirectory"):
                words = {word.arg: ast.unparse(word.value) for word in call.keywords}
                assert words.get("ignore_cleanup_errors") == "True", f"{file}:{call.lineno}"
