"""Calls the command line inside this process, as a shell would."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from unittest import mock

import pytest
import typer.main
from typer.utils import get_params_from_function

from xinzhi.cli.main import main


@lru_cache(maxsize=256)
def parameters_of(function: Callable[..., object]) -> Mapping[str, object]:
    """Read the flags of a command from its signature once: a shell reads all commands again at each call."""
    return get_params_from_function(function)


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
        mock.patch.object(typer.main, "get_params_from_function", parameters_of),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as stop,
    ):
        main()
    return Done(int(stop.value.code or 0), out.getvalue(), err.getvalue())
