"""`xinzhi schema`: the JSON schema of the study file, for editors."""

from __future__ import annotations

import typer

from xinzhi.cli.console import print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="schema")(print_schema)


def print_schema() -> None:
    """Print the JSON schema of the study file."""
    from xinzhi.study.schema.study import schema

    print_json(schema())
