"""`xinzhi brief`: a page on one entity to hand on, from the last run, as Word document and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xinzhi.cli.commands.show import Out, places
from xinzhi.cli.console import Settings, language, names, tell_notes
from xinzhi.cli.flags import DryRun, Lang, print_plan, target
from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.wording import message, say

if TYPE_CHECKING:
    from xinzhi.report.brief import Brief


def brief(
    study: Annotated[Path, typer.Argument(help="The study file; it has been run.")],
    entities: Annotated[
        list[str] | None, typer.Argument(help="Names of cities, in either language.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="A page for every city.")] = False,
    page_language: Annotated[
        Literal["zh", "en"] | None,
        typer.Option(
            "--language", help="Language of the pages; those of the report where left out."
        ),
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", help="Formats of the pages: docx, pdf.")
    ] = "docx,pdf",
    out: Out = None,
    settings: Settings = None,
    dry_run: DryRun = False,
    lang: Lang = None,
) -> None:
    """Write a page on each of the cities named, as Word document and PDF, from the last run."""
    from xinzhi.report.brief import brief_files, brief_names, briefs_of
    from xinzhi.report.build import text_of
    from xinzhi.report.deliver import describe
    from xinzhi.study.file.step_inputs import files_read
    from xinzhi.study.run import run
    from xinzhi.work.results import claim, look_at, provide

    file, folder = places(study, out)
    forms = _formats(formats)
    place = look_at(folder)
    tell_notes(place, lang)
    result = run(file, results=place, settings=tuple(settings or ()), computes=False)
    briefs = briefs_of(text_of(result))
    chosen = _choose(briefs, entities or (), every=every)
    languages = result.spec.report.languages
    written = (page_language,) if page_language else languages
    wanted = {brief.profile.key for brief in chosen}
    known = {
        (key, form, spoken): name
        for (key, form, spoken), name in brief_names(briefs, forms, languages, written).items()
        if key in wanted
    }
    reads = files_read(result.spec, file)
    if dry_run:
        writes = [target(folder / name) for name in known.values()]
        print_plan(lang, reads=reads, writes=writes)
        return
    provide(study)
    with claim(folder) as place:
        n_told = tell_notes(place, lang)
        place.refuse_others(known.values(), reads)
        place.add(brief_files(chosen, known))
        tell_notes(place, lang, n_told=n_told)
    for name in known.values():
        typer.echo(f"{folder / name}  {say(describe(name), language(lang))}")


def _formats(asked: str) -> tuple[str, ...]:
    """Read the formats of the pages.

    Raises
    ------
    SpecError
        `brief.format`: one is unknown, or none is named.
    """
    from xinzhi.report.brief import FORMS

    forms = tuple(dict.fromkeys(names(asked)))
    wrong = next((form for form in forms if form not in FORMS), "" if forms else asked)
    if wrong or not forms:
        text = message("Pages have no format '{name}'.", name=wrong)
        where = Where(key="--format")
        raise SpecError(Problem("brief.format", text, where, suggestion(wrong, tuple(FORMS))))
    return forms


def _choose(briefs: Sequence[Brief], asked: Sequence[str], *, every: bool) -> Sequence[Brief]:
    """Find the pages that are asked for, each once.

    Raises
    ------
    SpecError
        `brief.none`: no city is named; `brief.both`: some are, and all; or a name is unknown.
    """
    from xinzhi.report.brief import find_brief

    if every and asked:
        text = message("Cities are named, and `--all` asks for all.")
        remedy = message("leave out one of the two.")
        raise SpecError(Problem("brief.both", text, Where(key="--all"), remedy))
    if not every and not asked:
        text = message("No city is named.")
        remedy = message("name one or more behind the study file, or write --all.")
        raise SpecError(Problem("brief.none", text, Where(), remedy))
    if every:
        return briefs
    return tuple({b.profile.key: b for b in (find_brief(briefs, n) for n in asked)}.values())
