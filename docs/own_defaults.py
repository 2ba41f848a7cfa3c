"""Gives each parameter its own type and default, and declared verbs their keywords.

Griffe writes those of the first beside all of them: `window, group` would both have the default of
`window`. This extension is named in mkdocs.yml.
"""
# ruff: noqa: INP001

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

import griffe

from xinzhi.api.declared import Declared


class OwnDefaults(griffe.Extension):
    """Take types and defaults from the signature."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Mend the parsed docstring of a function."""
        if func.decorators and func.module.path == "xinzhi.api.scores":
            verb = getattr(import_module(func.module.path), func.name)
            if isinstance(verb, Declared):
                func.docstring = griffe.Docstring(verb.documentation(), parent=func, parser="numpy")
                func.parameters = griffe.Parameters(
                    *map(_parameter, verb.__signature__.parameters.values())
                )
        for section in func.docstring.parsed if func.docstring else ():
            if section.kind is griffe.DocstringSectionKind.parameters:
                for described in section.value:
                    own = func.parameters[described.name]
                    described.annotation, described.value = own.annotation, own.default


def _parameter(one: inspect.Parameter) -> griffe.Parameter:
    return griffe.Parameter(
        one.name,
        annotation=inspect.formatannotation(one.annotation),
        kind=griffe.ParameterKind.keyword_only
        if one.kind is one.KEYWORD_ONLY
        else griffe.ParameterKind.positional_or_keyword,
        default=None if one.default is one.empty else repr(one.default),
    )
