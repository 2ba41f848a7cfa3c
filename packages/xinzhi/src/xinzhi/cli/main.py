"""The command line: an interface to the same functions as Python.

Exit codes: 0 all done, warnings included; 1 errors in data, study file or a name that an option gives, or a
model that could not be estimated; 2 usage or crash; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from xinzhi import __version__
from xinzhi.cli.commands import (
    analyse,
    audit,
    brief,
    check,
    demo,
    efficiency,
    evaluate_terms,
    explain,
    explain_scores,
    init,
    parts,
    regress,
    run,
    runs,
    show,
    table,
    update,
    verify,
)
from xinzhi.cli.commands import app as page
from xinzhi.cli.console import CRASHED, complain, crash, describe_refusal, option_in, print_json
from xinzhi.cli.flags import lazy
from xinzhi.cli.help import App
from xinzhi.cli.streams import fewer_collections, guarded, heard_interrupts, lost
from xinzhi.cli.usage_errors import problem_of
from xinzhi_core.errors import Problem, Stopped, StudyError
from xinzhi_core.wording import message
from xinzhi_panel.io.json_text import problem_json

USAGE = 2
INTERRUPTED = 130
JSON = frozenset(
    {
        *(
            "check",
            "efficiency",
            "explain-scores",
            "regress",
            "analyse",
            "audit",
            "parts",
            "verify",
            "explain",
        ),
        *("evaluate-terms", "show", "runs"),
    }
)
"""Commands with `--format json`."""
DELIVERING = frozenset({"run", "demo", "report", "continue", "app", "update", "brief"})
"""Commands whose work lies in files."""

app = App(
    name="xinzhi",
    help="xinzhi 新质: measures the green efficiency of cities and estimates what affects it, from raw data to the printed report.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
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
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the console and of the help.")
    ] = None,
) -> None:
    """Take the options that stand before a command."""


# The help lists the commands in this order, groups of commands last.
app.command("demo")(demo.demo)
app.command("init", cls=lazy(init.make_command, init.Init))(init.init)
app.command("check")(check.check)
app.command("run")(run.run)
app.command("update")(update.update)
app.command("efficiency", cls=lazy(efficiency.make_command))(efficiency.efficiency)
app.command("explain-scores", cls=lazy(explain_scores.make_command))(explain_scores.explain_scores)
app.command("regress", cls=lazy(regress.make_command))(regress.regress)
app.add_typer(
    App(cls=analyse.AnalysisCommands, no_args_is_help=True),
    name="analyse",
    help="Run one analysis on a file of data, or on a study that has been run.",
)
app.command("audit")(audit.audit)
app.command("table")(table.table)
app.command("evaluate-terms")(evaluate_terms.evaluate_terms)
app.command("show")(show.show)
app.command("report")(show.report)
app.command("brief")(brief.brief)
app.command("explain")(explain.explain)
app.command("app")(page.serve)
app.add_typer(runs.runs, name="runs", invoke_without_command=True)
app.command("verify")(verify.verify)
app.command("parts")(parts.parts)
app.command("schema")(parts.schema)


def main() -> None:
    """Run the command line and leave with its exit code.

    Nothing that is said can fail the work: a run that is delivered has the code of the run, whatever
    became of its words. Where the words are all that a command is for, their loss is an error.
    """
    # Matrices are small here: threads would wait for each other, and the last digits of results would
    # depend on the number of cores. Whoever sets OMP_NUM_THREADS, or one of these, decides.
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, os.environ.get("OMP_NUM_THREADS", "1"))
    with guarded() as told, heard_interrupts(), fewer_collections():
        code, failed = _answer()
        # Whoever asked for JSON gets one document, whatever happened.
        if failed and _wants_json(sys.argv):
            problems = [problem_json(problem) for problem in failed]
            print_json({"status": "error", "problems": problems})
        sys.stdout.flush()
        if told is not None and (error := lost(told.failure)):
            complain(error)
            # What these commands are for lies in files, whose state the code tells.
            code = code or (0 if DELIVERING & {*sys.argv[1:4]} else error.exit_code)
    sys.exit(code)


def _answer() -> tuple[int, tuple[Problem, ...]]:
    """Do what the call asks for; give the exit code, and what went wrong."""
    try:
        return int(app(standalone_mode=False) or 0), ()
    except StudyError as error:
        return complain(error), error.problems
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED, (Problem("interrupted", message("The run was interrupted.")),)
    except typer.TyperException as error:
        return USAGE, _misused(error)
    except (OSError, Stopped) as error:  # a study says itself why its engine stopped
        failed = (error.problem if isinstance(error, Stopped) else describe_refusal(error),)
        return complain(StudyError(failed)), failed
    except Exception as error:  # noqa: BLE001 - the shell is where a crash becomes a message
        return CRASHED, (crash(error),)


def _misused(error: typer.TyperException) -> tuple[Problem, ...]:
    """Say what is wrong with a call; where there is no word to judge, show the help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(error.format_message() + "\n")
        return (Problem("usage", message("The command is missing.")),)
    failed = (problem_of(error, sys.argv[1:]),)
    complain(StudyError(failed))
    return failed


def _wants_json(words: Sequence[str]) -> bool:
    """Whether a call asked for a JSON document, which it then gets whatever happens.

    >>> _wants_json(["xinzhi", "check", "a.csv", "--format", "json"]), _wants_json(["xinzhi", "run"])
    (True, False)
    """
    return not JSON.isdisjoint(words[1:4]) and option_in(words, "--format") == "json"


if __name__ == "__main__":
    main()
