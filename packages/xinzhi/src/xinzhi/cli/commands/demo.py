"""`xinzhi demo`: a whole example study, copied here and run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from xinzhi.cli.console import language, tell
from xinzhi.cli.flags import DryRun, Lang, print_plan, target
from xinzhi_core.wording import message, say


def demo(
    name: Annotated[
        str, typer.Argument(help="Name of the example; see --list.")
    ] = "resource_cities",
    list_examples: Annotated[
        bool, typer.Option("--list", help="List the examples and leave.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the copy; xinzhi-demo-NAME where left out.")
    ] = None,
    dry_run: DryRun = False,
    lang: Lang = None,
) -> None:
    """Copy an example study here and run it."""
    from xinzhi.cli.commands.run import run_study
    from xinzhi.examples.register import EXAMPLES, copy_example, find, list_files

    if list_examples:
        for example in EXAMPLES:
            typer.echo(f"{example.name}: {say(example.what, language(lang))}")
        return
    folder = out or Path(f"xinzhi-demo-{name}")
    if dry_run:
        work = message("the study {name}", name=name)
        copies = [folder / file.name for file in list_files(find(name))]
        # What is there is kept: it is not written.
        new = [file for file in copies if not os.path.lexists(file)]
        print_plan(lang, computes=(work,), writes=[*map(target, new), target(folder / "results")])
        return
    others = copy_example(find(name), folder)
    tell(message("The example {name} lies in {folder}.", name=name, folder=folder), lang)
    tell(message("Example {name}: {what}", name=name, what=find(name).what), lang)
    for file in others:
        tell(message("{file} was there before and is kept as it is.", file=file), lang)
    raise typer.Exit(run_study(folder / "study.yaml", folder / "results", lang=lang))
