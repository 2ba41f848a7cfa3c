"""Calls the command line inside this process, as a shell would."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass
from unittest import mock

import pytest

from xinzhi.cli.main import main


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str


def call(*words: object, code: int = 0, stdin: str = "") -> Done:
    """Run `xinzhi WORDS` and expect an exit code."""
    done = attempt(*words, stdin=stdin)
    assert done.code == code, done.stderr or done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    return done


def attempt(*words: object, stdin: str = "") -> Done:
    """Run `xinzhi WORDS`, whatever comes."""
    out, err = io.StringIO(), io.StringIO()
    given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    arguments = ["xinzhi", *map(str, words)]
    with (
        mock.patch.object(sys, "argv", arguments),
        mock.patch.object(sys, "stdin", given),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as stop,
    ):
        main()
    return Done(int(stop.value.code or 0), out.getvalue(), err.getvalue())
