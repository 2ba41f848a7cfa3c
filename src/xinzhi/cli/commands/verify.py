"""`xinzhi verify`: whether results are those that a run wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xinzhi.cli.console import language, print_json, warn
from xinzhi.cli.flags import Form, Lang
from xinzhi.errors import StudyError
from xinzhi.io.json_text import problem_json
from xinzhi.wording import listed, message, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="verify")(verify)


def verify(
    results: Annotated[Path, typer.Argument(help="Folder of the results.")] = Path("results"),
    output_format: Form = "text",
    lang: Lang = None,
) -> None:
    """Compare results.json, scores.csv and kept draws with run.json."""
    from xinzhi.work.verify import verified

    found = verified(results)
    if output_format == "json":
        print_json(
            {
                "status": "ok" if found.is_sound else "error",
                "problems": [problem_json(one) for one in found.problems],
                "files": [*found.files],
                "other_files": found.n_others,
                "stored_results": found.n_stages,
                "draws": found.n_draws,
            }
        )
        raise typer.Exit(0 if found.is_sound else 1)
    errors = [one for one in found.problems if one.severity == "error"]
    warn([one for one in found.problems if one.severity != "error"], lang)
    if errors:
        raise StudyError(errors)
    words = message(
        "{files} are as the run wrote them; {draws} kept draws are sound.",
        files=listed(found.files),
        draws=found.n_draws,
    )
    typer.echo(say(words, language(lang)))
