"""The command line: one door to the same functions as Python and the web page.

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
    audit,
    check,
    demo,
    efficiency,
    init,
    parts,
    regress,
    run,
    schema,
    show,
)
from xinzhi.cli.console import complain, crash, misused, refused
from xinzhi.errors import StudyError

INTERRUPTED = 130

app = typer.Typer(
    name="xinzhi",
    help="xinzhi 新质: green efficiency of cities and what moves it, from raw data to printed report.",
    no_args_is_help=True,
    add_completion=False,
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


for command in (demo, init, check, run, efficiency, regress, audit, show, parts, schema):
    command.register(app)


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = app(standalone_mode=False)
    except StudyError as error:
        code = complain(error, _asked(sys.argv))
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except typer.TyperException as error:
        code = misused(error.format_message(), error.exit_code)
    except BrokenPipeError:
        # The reader of a pipe has left: that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        code = refused(error, _asked(sys.argv))
    except Exception as error:  # noqa: BLE001 - the shell is where a crash becomes a message
        code = crash(error)
    sys.exit(code or 0)


def _asked(words: Sequence[str]) -> str | None:
    """Find the language that a call asked for, which an error knows nothing of.

    >>> _asked(["run", "--lang", "zh"]), _asked(["run", "--lang=en"]), _asked(["run"])
    ('zh', 'en', None)
    """
    split = [part for word in words for part in word.split("=", 1)]
    return next((after for word, after in pairwise(split) if word == "--lang"), None)


if __name__ == "__main__":
    main()
