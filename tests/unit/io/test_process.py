"""A number of a process names nobody without its computer and its start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from xinzhi_core.process import began, lives

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say when")


@pytest.fixture
def sleeper():
    """A process of the test's own, in a group of its own."""
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        yield process
        process.kill()


def test_a_process_is_known_by_its_number_and_its_start(sleeper):
    """The same number with another start is another process; without one the number has to do."""
    since = began(sleeper.pid)
    assert since
    assert began(os.getpid()) != since
    assert lives(sleeper.pid, since)
    assert lives(sleeper.pid)
    assert not lives(sleeper.pid, began(os.getpid()))


def test_a_process_that_has_ended_does_not_live(sleeper):
    """Nor do numbers that mean groups, or that no system gives."""
    since = began(sleeper.pid)
    sleeper.kill()
    sleeper.wait()
    assert not lives(sleeper.pid, since)
    assert not lives(sleeper.pid)
    assert began(sleeper.pid) == ""
    for pid in (0, -1, 10**30):
        assert not lives(pid)
