"""The command line: an interface to the same functions as Python.

Exit codes: 0 all done, warnings included; 1 errors in data or study file, or a model that could not
be estimated; 2 usage or crash; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

import typer

from xinzhi import __version__
from xinzhi.cli.commands import (
    analyse,
    audit,
    check,
    demo,
    efficiency,
    explain_scores,
    init,
    parts,
    regress,
    run,
    schema,
    show,
    table,
)
from xinzhi.cli.console import (
    CRASHED,
    complain,
    crash,
    misused,
    print_json,
    problem_json,
    refused,
)
from xinzhi.errors import Problem, StudyError
from xinzhi.wording import message

INTERRUPTED = 130
JSON = frozenset({"check", "efficiency", "explain-scores", "regress", "analyse", "audit", "parts"})
"""Commands with `--format json`."""

app = typer.Typer(
    name="xinzhi",
    help="xinzhi 新质: measures the green efficiency of cities and estimates what affects it, from raw data to the printed report.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"xinzhi {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


for command in (
    demo,
    init,
    check,
    run,
    efficiency,
    explain_scores,
    regress,
    analyse,
    audit,
    table,
    show,
    parts,
    schema,
):
    command.register(app)


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Matrices are small here: threads would wait for each other, and the last digits of results would
    # depend on the number of cores. Whoever sets OMP_NUM_THREADS, or one of these, decides.
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, os.environ.get("OMP_NUM_THREADS", "1"))
    asked = _asked(sys.argv)
    failed: tuple[Problem, ...] = ()
    try:
        code = app(standalone_mode=False)
    except StudyError as error:
        code, failed = complain(error, asked), error.problems
    except (KeyboardInterrupt, typer.Abort):
        code, failed = INTERRUPTED, (Problem("interrupted", message("The run was interrupted.")),)
    except typer.TyperException as error:
        code = misused(error.format_message(), error.exit_code)
        failed = (Problem("usage", error.format_message()),)
    except BrokenPipeError:
        # The reader of a pipe has left: that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        failed = (refused(error),)
        code = complain(StudyError(failed), asked)
    except Exception as error:  # noqa: BLE001 - the shell is where a crash becomes a message
        failed = (crash(error),)
        code = CRASHED
    if failed and _wants_json(sys.argv):
        print_json({"status": "error", "problems": [problem_json(one) for one in failed]})
    sys.exit(code or 0)


def _asked(words: Sequence[str], option: str = "--lang") -> str | None:
    """Find an option such as the language in the arguments, for errors that are raised before they are parsed.

    >>> _asked(["run", "--lang", "zh"]), _asked(["run", "--lang=en"]), _asked(["run"])
    ('zh', 'en', None)
    """
    split = [part for word in words for part in word.split("=", 1)]
    return next((after for word, after in pairwise(split) if word == option), None)


def _wants_json(words: Sequence[str]) -> bool:
    """Whether a call asked for a JSON document, which it then gets whatever happens.

    >>> _wants_json(["xinzhi", "check", "a.csv", "--format", "json"]), _wants_json(["xinzhi", "run"])
    (True, False)
    """
    return not JSON.isdisjoint(words[1:2]) and _asked(words, "--format") == "json"


if __name__ == "__main__":
    main()
