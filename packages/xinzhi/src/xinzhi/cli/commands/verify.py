"""`xinzhi verify`: whether results are those that a run wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xinzhi.cli.console import language, print_json, warn
from xinzhi.cli.flags import Form, Lang
from xinzhi_core.errors import StudyError
from xinzhi_core.wording import listed, message, say
from xinzhi_panel.io.json_text import problem_json


def verify(
    results: Annotated[Path, typer.Argument(help="Folder of the results.")] = Path("results"),
    output_format: Form = "text",
    lang: Lang = None,
) -> None:
    """Compare every file of the results, and kept draws, with what the run wrote."""
    from xinzhi.work.verify import compare_with_run

    comparison = compare_with_run(results)
    if output_format == "json":
        print_json(
            {
                "status": "ok" if comparison.is_sound else "error",
                "problems": [problem_json(problem) for problem in comparison.problems],
                "files": [*comparison.files],
                "other_files": comparison.n_others,
                "stored_results": comparison.n_stages,
                "draws": comparison.n_draws,
            }
        )
        raise typer.Exit(0 if comparison.is_sound else 1)
    errors = [problem for problem in comparison.problems if problem.severity == "error"]
    warn([problem for problem in comparison.problems if problem.severity != "error"], lang)
    if errors:
        raise StudyError(errors)
    words = message(
        "{files} and all other files are as the run wrote them; {draws} kept draws are sound.",
        one="{files} and all other files are as the run wrote them; {draws} kept draw is sound.",
        counting="draws",
        files=listed(comparison.files),
        draws=comparison.n_draws,
    )
    typer.echo(say(words, language(lang)))
