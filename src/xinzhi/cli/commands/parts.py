"""`xinzhi parts`: what can be named in a study file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, get_args

import typer

from xinzhi.wording import Message


class Cited(Protocol):
    """Traits that name a title and papers."""

    @property
    def title(self) -> Message:
        """What the part is called."""

    @property
    def references(self) -> tuple[str, ...]:
        """DOIs."""


REFERENCES = {
    "contemporaneous": "one frontier for each period; Tulkens and Vanden Eeckaut (1995), doi 10.1016/0377-2217(94)00132-V",
    "sequential": "the period and all before it; Tulkens and Vanden Eeckaut (1995), doi 10.1016/0377-2217(94)00132-V",
    "window": "a window of periods; Tulkens and Vanden Eeckaut (1995), doi 10.1016/0377-2217(94)00132-V",
    "biennial": "two neighbouring periods; Pastor, Asmild and Lovell (2011), doi 10.1016/j.seps.2010.09.001",
    "global": "all periods; Pastor and Lovell (2005), doi 10.1016/j.econlet.2005.02.013",
    "group": "the rows of the own group; O'Donnell, Rao and Battese (2008), doi 10.1007/s00181-007-0119-4",
    "rows": "rows that are named",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="parts")(parts)


def parts() -> None:
    """List measures, steps, diagnostics and formats."""
    for kind, names in _registers():
        typer.echo(f"{kind}:")
        for name, what in names:
            typer.echo(f"  {name:<28}{what}")


def _registers() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    from xinzhi.analyses.analysis import ANALYSES
    from xinzhi.frontier.measure import MEASURES
    from xinzhi.frontier.productivity.index import INDICES
    from xinzhi.prepare.step import STEPS
    from xinzhi.regression.diagnostics import DIAGNOSTICS
    from xinzhi.study.schema.report import FormatName
    from xinzhi.vocabulary import CHOICES

    yield "measures", [(name, _cited(part.traits)) for name, part in MEASURES]
    yield "indices", [(name, _cited(part.traits)) for name, part in INDICES]
    yield "reference", [(name, REFERENCES.get(name, "")) for name in CHOICES["reference"]]
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
