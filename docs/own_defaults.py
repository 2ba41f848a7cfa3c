"""Gives each parameter its own type and default, declared verbs their keywords, made verbs a place.

Griffe writes those of the first beside all of them: `window, group` would both have the default of
`window`; and it reads the code without running it, where no verb of an analysis stands. This extension is
named in mkdocs.yml.
"""
# ruff: noqa: INP001

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

import griffe

from xinzhi.api.declared import Declared
from xinzhi.api.functions import functions

MADE = ("xinzhi.api.analysis", "xinzhi.api.of_study")
"""Modules in which made verbs say that they stand."""


class OwnDefaults(griffe.Extension):
    """Take types and defaults from the signature."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Mend the parsed docstring of a function."""
        if func.decorators and func.module.path in {"xinzhi.api.models", "xinzhi.api.scores"}:
            verb = getattr(import_module(func.module.path), func.name)
            if isinstance(verb, Declared):
                func.docstring = griffe.Docstring(verb.documentation(), parent=func, parser="numpy")
                func.parameters = _parameters(verb)
        _mend(func)

    def on_module_members(self, *, mod: griffe.Module, **_: Any) -> None:
        """Add the verbs that are made from the options of analyses."""
        if mod.path not in MADE:
            return
        for name, verb in functions().items():
            if verb.__module__ == mod.path:
                func = griffe.Function(name, parameters=_parameters(verb), parent=mod, runtime=True)
                func.docstring = griffe.Docstring(
                    inspect.cleandoc(verb.__doc__ or ""), parent=func, parser="numpy"
                )
                mod.set_member(name, func)
                _mend(func)


def _mend(func: griffe.Function) -> None:
    """Write beside each parameter its own type and default."""
    for section in func.docstring.parsed if func.docstring else ():
        if section.kind is griffe.DocstringSectionKind.parameters:
            for described in section.value:
                own = func.parameters[described.name]
                described.annotation, described.value = own.annotation, own.default


def _parameters(verb: Callable[..., Any]) -> griffe.Parameters:
    return griffe.Parameters(*map(_parameter, inspect.signature(verb).parameters.values()))


def _parameter(one: inspect.Parameter) -> griffe.Parameter:
    return griffe.Parameter(
        one.name,
        annotation=inspect.formatannotation(one.annotation),
        kind=griffe.ParameterKind.keyword_only
        if one.kind is one.KEYWORD_ONLY
        else griffe.ParameterKind.positional_or_keyword,
        default=None if one.default is one.empty else repr(one.default),
    )
