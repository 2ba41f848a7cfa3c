"""`xinzhi parts` and `xinzhi schema`: what can be named in a study file, and its schema for editors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args

import typer

from xinzhi.cli.console import print_json
from xinzhi.cli.flags import Form
from xinzhi_core.errors import SpecError
from xinzhi_core.problems import unknown_choice

Parts = dict[str, list[tuple[str, str]]]
"""Kind -> (name, what it is) of each part."""


def parts(
    name: Annotated[
        str | None,
        typer.Argument(help="A kind of parts, such as measures, or one part; all where left out."),
    ] = None,
    output_format: Form = "text",
) -> None:
    """List measures, steps, diagnostics and formats."""
    kinds = _choose(dict(_list_kinds()), name)
    if output_format == "json":
        print_json(
            {
                kind: [{"name": part, "about": about} for part, about in listed]
                for kind, listed in kinds.items()
            }
        )
        return
    for kind, listed in kinds.items():
        typer.echo(f"{kind}:")
        for part, about in listed:
            typer.echo(f"  {part:<28}{about}")


def schema() -> None:
    """Print the JSON schema of the study file."""
    from xinzhi.study.schema.study import schema as study_schema

    print_json(study_schema())


def _choose(every: Parts, name: str | None) -> Parts:
    """Keep one kind, or the parts of a name.

    Raises
    ------
    SpecError
        Nothing has the name; with the nearest one.
    """
    if name is None:
        return every
    if name in every:
        return {name: every[name]}
    kinds = {
        kind: [part for part in listed if part[0] == name]
        for kind, listed in every.items()
        if any(part[0] == name for part in listed)
    }
    if not kinds:
        names = [*every, *(part for listed in every.values() for part, _ in listed)]
        raise SpecError(unknown_choice(name, "parts", names))
    return kinds


def _list_kinds() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    from xinzhi.analyses.analysis import ANALYSES
    from xinzhi.prepare.step import STEPS
    from xinzhi.study.meanings import meaning
    from xinzhi.study.schema.report import FormatName
    from xinzhi_core.vocabulary import CHOICES
    from xinzhi_econometrics.diagnostics import DIAGNOSTICS
    from xinzhi_frontier.measure import MEASURES
    from xinzhi_frontier.productivity.index import INDICES

    yield "measures", [(name, _cited(part.traits)) for name, part in MEASURES]
    yield "indices", [(name, _cited(part.traits)) for name, part in INDICES]
    yield "reference", [(n, str(meaning("reference", n))) for n in CHOICES["reference"]]
    for option in ("returns_to_scale", "covariance"):
        words = [(n, " ".join(short)) for n, short in CHOICES[option].items()]
        bounds = [("LOW..HIGH", "0.8..1.2")] if option == "returns_to_scale" else []
        yield option, [*words, *bounds]
    yield "preparation steps", [(name, _first_line(part)) for name, part in STEPS]
    yield "diagnostics", [(name, _first_line(part)) for name, part in DIAGNOSTICS]
    yield "analyses", [(name, _first_line(part)) for name, part in ANALYSES]
    yield "formats", [(name, "") for name in sorted(get_args(FormatName))]


def _cited(traits: Any) -> str:
    """Title of a part and the papers it follows."""
    return f"{traits.title}; {', '.join(f'doi {doi}' for doi in traits.references)}"


def _first_line(part: object) -> str:
    return (part.__doc__ or "").strip().partition("\n")[0]
