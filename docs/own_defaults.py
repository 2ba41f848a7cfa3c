"""Gives each parameter its own type and default where a docstring describes several together.

Griffe writes those of the first beside all of them: `window, group` would both have the default of
`window`. This extension is named in mkdocs.yml.
"""
# ruff: noqa: INP001

from __future__ import annotations

from typing import Any

import griffe


class OwnDefaults(griffe.Extension):
    """Take types and defaults from the signature."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Mend the parsed docstring of a function."""
        for section in func.docstring.parsed if func.docstring else ():
            if section.kind is griffe.DocstringSectionKind.parameters:
                for described in section.value:
                    own = func.parameters[described.name]
                    described.annotation, described.value = own.annotation, own.default
