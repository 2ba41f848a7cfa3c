"""Equations in a page of one or two languages, as MathML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from xinzhi.present.equation import Equation
from xinzhi.present.equation.mathml import mathml
from xinzhi.report.symbols import meanings
from xinzhi.wording import Language


@dataclass(frozen=True, slots=True)
class EquationView:
    """An equation and the words under it, in one language of the page."""

    language: Language
    math: Markup
    where: Markup


def equation_views(equation: Equation, *, languages: Sequence[Language]) -> Iterator[EquationView]:
    """Write an equation in each language of the page."""
    for language in languages:
        words = (
            escape(part) if isinstance(part, str) else Markup(mathml(part, language))  # noqa: S704 - escaped by its writer
            for part in meanings(equation, language)
        )
        math = mathml(equation.tree, language, is_block=True)
        yield EquationView(
            language,
            Markup(math),  # noqa: S704 - escaped by its writer
            Markup("").join(words),
        )
