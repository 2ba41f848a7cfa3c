"""Ctrl-C is heard where Python itself loses it: in calls from C, at the end of objects, in collections."""

from __future__ import annotations

import ctypes
import gc
import signal
import sys
import threading
import time
import weakref

import pytest

from xinzhi.cli import main as command
from xinzhi.cli.streams import heard_interrupts

PATIENCE = 60
"""Seconds after which an interrupt counts as lost for good."""


class Thing:
    """Something that can be referred to, in a circle too."""


class Last:
    """Something whose end falls together with Ctrl-C."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def in_a_call_from_c():
    """A library asks back from C."""
    ctypes.CFUNCTYPE(None)(lambda: signal.raise_signal(signal.SIGINT))()


def at_the_end_of_an_object():
    """A thing ends."""
    Last()


def in_a_collection():
    """A circle of things is collected."""
    one = Last()
    one.self = one
    del one
    gc.collect()


def at_a_weak_reference():
    """Somebody hears that a thing has ended."""
    thing = Thing()
    heard = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    assert heard() is None


LOST = [in_a_call_from_c, at_the_end_of_an_object, in_a_collection, at_a_weak_reference]


def work():
    """Go on for longer than anybody waits."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """What the hook of Python was told, which is its own again at the end."""
    heard = []
    monkeypatch.setattr(sys, "unraisablehook", heard.append)
    hook = sys.unraisablehook
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield heard
    signal.signal(signal.SIGINT, before)
    assert sys.unraisablehook == hook


@pytest.mark.one_in(4)
@pytest.mark.parametrize("lost", LOST)
def test_an_interrupt_is_heard_wherever_it_falls(lost, told):
    """It is raised where it can be, and is not told as something ignored."""

    def go_on():
        lost()
        work()

    with heard_interrupts(), pytest.raises(KeyboardInterrupt):
        go_on()
    assert told == []


def test_an_interrupt_reaches_who_sleeps():
    """A long sleep ends early."""

    def sleep():
        in_a_call_from_c()
        time.sleep(PATIENCE)
        pytest.fail("nobody was interrupted")

    with heard_interrupts(), pytest.raises(KeyboardInterrupt):
        sleep()


def test_an_interrupt_that_comes_as_the_work_ends_interrupts_nothing_else():
    """Whoever has ended is not interrupted."""
    with heard_interrupts():
        in_a_call_from_c()
        before = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    for timer in before:
        timer.join(PATIENCE)
        assert timer.finished.is_set()


def test_what_else_is_lost_is_told_as_before(told):
    """Only interrupts are sent again."""

    def fail():
        raise ZeroDivisionError

    with heard_interrupts():
        ctypes.CFUNCTYPE(None)(fail)()
    assert [one.exc_type for one in told] == [ZeroDivisionError]


def test_a_command_is_interrupted_by_it(monkeypatch):
    """The command ends with the code of an interrupt, and says so."""

    def answer(**_):
        in_a_call_from_c()
        work()

    monkeypatch.setattr(command, "app", answer)
    printed = []
    monkeypatch.setattr(command, "print_json", printed.append)
    monkeypatch.setattr(sys, "argv", ["xinzhi", "check", "a.csv", "--format", "json"])
    with pytest.raises(SystemExit) as end:
        command.main()
    assert end.value.code == 130
    assert [one["code"] for one in printed[0]["problems"]] == ["interrupted"]
