"""`xinzhi check`: find every problem of a file, compute nothing."""
from __future__ import annotations
import typer
def register(app: typer.Typer) -> None: ...
