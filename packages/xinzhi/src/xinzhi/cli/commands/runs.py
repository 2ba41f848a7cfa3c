"""`xinzhi runs`: what a folder of results keeps of long computations, and why something is computed again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinzhi.cli.commands.run import run
from xinzhi.cli.commands.show import Out, Study, places, sources_of
from xinzhi.cli.console import language, print_table, tell
from xinzhi.cli.flags import Lang, OutputFile, OutputForm, Overwrite
from xinzhi.cli.frame_output import Destination
from xinzhi.cli.help import App
from xinzhi_core.errors import Problem, SpecError, suggestion
from xinzhi_core.wording import Language, Wording, message, say

if TYPE_CHECKING:
    from xinzhi.report.formats.frame_file import FrameFile
    from xinzhi.work.draws.chunk_store import Listed

COLUMNS = ("name", "key", "n", "done", "left", "bytes", "started", "xinzhi", "sha256")
"""What is said of draws that are kept."""
runs = App(help="List, explain, continue or delete long computations.")


@runs.callback()
def show_runs(
    context: typer.Context,
    study: Study = Path("study.yaml"),
    out: Out = None,
    output: OutputFile = None,
    output_format: OutputForm = None,
    overwrite: Overwrite = False,
    lang: Lang = None,
) -> None:
    """List the draws that are kept: how many are done, and how many are left."""
    if context.invoked_subcommand is not None:
        return
    folder = _results(study, out)
    file, _ = places(study, out)
    sources = sources_of(file, ()) if output else ()
    to = Destination.of(
        output, output_format, "text", overwrite=overwrite, sources=sources, lang=lang
    )
    computations = _draws(folder)
    spoken = language(lang)
    title = message("Draws kept in '{folder}'", folder=folder)
    if not to.is_console:
        to.write(
            lambda: {"draws": [_json(computation) for computation in computations]},
            lambda: [_as_file(computations, title, spoken)],
        )
        return
    if not computations:
        typer.echo(say(_none_in(folder), spoken))
        return
    headings = (
        message("computation"),
        message("done"),
        message("left"),
        message("MB"),
        message("begun"),
    )
    rows = [
        (
            computation.about.name,
            str(computation.done),
            str(computation.left),
            f"{computation.size / 1e6:.1f}",
            computation.about.started,
        )
        for computation in computations
    ]
    print_table(say(title, spoken), [say(heading, spoken) for heading in headings], rows)
    if any(computation.left for computation in computations):
        tell(message("`xinzhi runs continue` computes what is left."), lang)


@runs.command()
def why(
    name: Annotated[str, typer.Argument(help="A score, table, map or section of the study file.")],
    study: Study = Path("study.yaml"),
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Say why a part of a study would be computed again, without computing it."""
    from xinzhi.study.run import run as run_study
    from xinzhi.work.results import look_at

    file, folder = places(study, out)
    words: Wording
    try:
        run_study(file, results=look_at(folder), only=(name,), computes=False)
        words = message(
            "'{name}' is taken from the last run: nothing that it depends on has changed.",
            name=name,
        )
    except SpecError as error:
        if error.code != "study.not_computed":
            raise
        words = error.problems[0].what
    typer.echo(say(words, language(lang)))


# A run continues by itself what was interrupted: the same command under the name that a person looks for.
runs.command(name="continue")(run)


@runs.command()
def delete(
    name: Annotated[str | None, typer.Argument(help="Name of a computation, as listed.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Delete all draws.")] = False,
    study: Study = Path("study.yaml"),
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Delete draws that are kept; results stay."""
    from xinzhi.work.draws.chunk_store import delete as delete_draws
    from xinzhi.work.results import claim

    folder = _results(study, out)
    with claim(folder):
        chosen = _choose(folder, name, everything=everything)
        for computation in chosen:
            delete_draws(computation)
    n = len(chosen)
    words = message(
        "The draws of {n} computations were deleted.",
        one="The draws of {n} computation were deleted.",
        n=n,
    )
    tell(words, lang)


def _results(study: Path, out: Path | None) -> Path:
    """Name the folder of the results of a study, which must be there where it alone tells the folder."""
    from xinzhi.study.file.load import read_text

    file, folder = places(study, out)
    if out is None and not file.exists():
        read_text(file)
    return folder


def _none_in(folder: Path) -> Wording:
    return message("No draws are kept in '{folder}'.", folder=folder)


def _draws(folder: Path) -> list[Listed]:
    from xinzhi.work.draws.chunk_store import DRAWS, list_draws
    from xinzhi.work.results import STORE

    return list_draws(folder / STORE / DRAWS)


def _choose(folder: Path, name: str | None, *, everything: bool) -> list[Listed]:
    computations = _draws(folder)
    names = [computation.about.name for computation in computations]
    if everything == (name is not None):
        text = message("Which draws are to be deleted?")
        remedy = message("name a computation, or add --all.")
        raise SpecError(Problem("runs.name", text, remedy=remedy))
    if name is not None and not names:
        raise SpecError(Problem("runs.unknown", _none_in(folder)))
    if name is not None and name not in names:
        text = message("No draws are kept under the name '{name}'.", name=name)
        raise SpecError(Problem("runs.unknown", text, remedy=suggestion(name, names)))
    return [
        computation for computation in computations if everything or computation.about.name == name
    ]


def _as_file(computations: Sequence[Listed], title: Wording, spoken: Language) -> FrameFile:
    import pandas as pd

    from xinzhi.report.formats.frame_file import FrameFile

    rows = [_json(computation) for computation in computations]
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    return FrameFile(frame, title, language=spoken, id="draws")


def _json(computation: Listed) -> dict[str, object]:
    return {
        "name": computation.about.name,
        "key": computation.about.key,
        "n": computation.about.n,
        "done": computation.done,
        "left": computation.left,
        "bytes": computation.size,
        "started": computation.about.started,
        "xinzhi": computation.about.version,
        "sha256": computation.about.sha256 or None,
    }
