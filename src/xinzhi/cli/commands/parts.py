"""`xinzhi parts`: what can be named in a study file."""

from __future__ import annotations

from collections.abc import Iterator

import typer


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
    from xinzhi.econometrics.diagnostic import DIAGNOSTICS
    from xinzhi.efficiency.measure import MEASURES
    from xinzhi.prepare.step import STEPS
    from xinzhi.report.format import FORMATS
    from xinzhi.vocabulary import CHOICES

    yield "measures", [(name, str(part.traits.title)) for name, part in MEASURES]
    for option in ("returns_to_scale", "reference", "covariance"):
        yield option, [(n, " ".join(short)) for n, short in CHOICES[option].items()]
    yield "preparation steps", [(name, _first_line(part)) for name, part in STEPS]
    yield "diagnostics", [(name, _first_line(part)) for name, part in DIAGNOSTICS]
    yield "formats", [(name, "") for name, _ in FORMATS]


def _first_line(part: object) -> str:
    return (part.__doc__ or "").strip().partition("\n")[0]
