"""`xinzhi parts`: what can be named in a study file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Protocol, get_args

import typer

from xinzhi.cli.console import print_json
from xinzhi.cli.flags import Form
from xinzhi.errors import SpecError
from xinzhi.problems import unknown_choice
from xinzhi.wording import Message

Parts = dict[str, list[tuple[str, str]]]
"""Kind -> (name, what it is) of each part."""


class Cited(Protocol):
    """Traits that name a title and papers."""

    @property
    def title(self) -> Message:
        """What the part is called."""

    @property
    def references(self) -> tuple[str, ...]:
        """DOIs."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="parts")(parts)


def parts(
    name: Annotated[
        str | None,
        typer.Argument(help="A kind of parts, such as measures, or one part; all where left out."),
    ] = None,
    output_format: Form = "text",
) -> None:
    """List measures, steps, diagnostics and formats."""
    found = _chosen(dict(_registers()), name)
    if output_format == "json":
        print_json(
            {
                kind: [{"name": one, "about": about} for one, about in listed]
                for kind, listed in found.items()
            }
        )
        return
    for kind, listed in found.items():
        typer.echo(f"{kind}:")
        for one, about in listed:
            typer.echo(f"  {one:<28}{about}")


def _chosen(every: Parts, name: str | None) -> Parts:
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
    found = {
        kind: [one for one in listed if one[0] == name]
        for kind, listed in every.items()
        if any(one[0] == name for one in listed)
    }
    if not found:
        known = [*every, *(one for listed in every.values() for one, _ in listed)]
        raise SpecError(unknown_choice(name, "parts", known))
    return found


def _registers() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    from xinzhi.analyses.analysis import ANALYSES
    from xinzhi.frontier.measure import MEASURES
    from xinzhi.frontier.productivity.index import INDICES
    from xinzhi.prepare.step import STEPS
    from xinzhi.regression.diagnostics import DIAGNOSTICS
    from xinzhi.study.meanings import meaning
    from xinzhi.study.schema.report import FormatName
    from xinzhi.vocabulary import CHOICES

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


def _cited(traits: Cited) -> str:
    """Title of a part and the papers it follows."""
    return f"{traits.title}; {', '.join(f'doi {doi}' for doi in traits.references)}"


def _first_line(part: object) -> str:
    return (part.__doc__ or "").strip().partition("\n")[0]
