"""The moderated equations, in symbols: paths that differ only in their names are written once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.in_symbols import Symbols
from xinzhi.analyses.moderation.paths import equation_of_path, paths_of
from xinzhi.analyses.moderation.section import ModerationSection
from xinzhi.present.equation.build import row
from xinzhi.present.equation.tree import Equation, Meaning, Symbol
from xinzhi.present.regression.fitted import name_of
from xinzhi.regression.specification import Regression
from xinzhi.wording import Wording, listed, message

LETTERS = "δωξη"
"""Of the coefficients, one for each form."""


@dataclass(frozen=True, slots=True)
class Form:
    """Paths of one form: what stands left and right of their arrows."""

    lefts: tuple[str, ...]
    """Moderated together; with `one_of`, one at a time."""
    rights: tuple[str, ...]
    one_of: bool = False


def forms(section: ModerationSection, shown: Shown) -> tuple[Form, ...]:
    """Gather the paths: ends of the same left side, then single starts of the same end.

    The paths factors -> firms, factors -> rivals, firms -> green, rivals -> green have two forms.
    """
    rights: dict[tuple[str, ...], list[str]] = {}
    for left, right in section.paths:
        rights.setdefault(shown.study.expand((left,)), []).append(right)
    singles: dict[tuple[str, ...], list[str]] = {}
    for lefts, ends in rights.items():
        if len(lefts) == 1:
            singles.setdefault(tuple(ends), []).extend(lefts)
    several = [Form(lefts, tuple(ends)) for lefts, ends in rights.items() if len(lefts) > 1]
    return (
        *several,
        *(Form(tuple(lefts), ends, one_of=len(lefts) > 1) for ends, lefts in singles.items()),
    )


def equations_in_symbols(
    section: ModerationSection, base: Regression, shown: Shown
) -> Iterator[Equation]:
    """Write each form once: with M for several mediators and W for several moderators."""
    symbols = Symbols(shown.style.labels, shown.panel.has_periods)
    moderators = shown.study.expand(section.moderators)
    w = moderators[0] if len(moderators) == 1 else "W"
    found = forms(section, shown)
    letters = "".join(LETTERS[at % len(LETTERS)] for at in range(len(found)))
    for number, form in enumerate(found, start=1):
        written = _Written(section, base, shown, symbols, form, w, moderators)
        yield written.equation(number, letters)


@dataclass(frozen=True, slots=True)
class _Written:
    section: ModerationSection
    base: Regression
    shown: Shown
    symbols: Symbols
    form: Form
    moderator: str
    moderators: Sequence[str]

    def equation(self, number: int, letters: str) -> Equation:
        """Write the equation of this number; `letters` are the coefficients of all."""
        section, form, symbols = self.section, self.form, self.symbols
        path = next(
            one
            for one in paths_of(section, self.shown.study)
            if one.focal == form.lefts[0] and one.outcome == form.rights[0]
        )
        asked = equation_of_path(path, self.base)
        lag, lag_of_others = section.lag, section.lag if section.lagged == "all" else 0
        starts = ("M",) if form.one_of else form.lefts
        w = symbols.variable(self.moderator, lag)
        focal = [symbols.variable(one, lag_of_others) for one in starts]
        others = [
            one for one in asked.regressors if one not in form.lefts and one != path.moderator
        ]
        beside = [symbols.variable(one, lag_of_others) for one in others]
        products = [row(one, "×", w) for one in focal]
        end = form.rights[0] if len(form.rights) == 1 else "M"
        return Equation(
            f"{self.shown.name}_{number}",
            message("{title}: {form}", title=self.shown.title, form=self._words()),
            symbols.sum(
                symbols.variable(end),
                letters[number - 1],
                [*focal, *products, w, *beside],
                asked,
                lag=lag_of_others,
            ),
            (*self._named(starts, others, end), *symbols.rest(letters, asked)),
        )

    def _words(self) -> Wording:
        return message("{x} → {y}", x=self._names(self.form.lefts), y=self._names(self.form.rights))

    def _names(self, names: Sequence[str]) -> Wording:
        return listed([name_of(one, self.shown.style.labels) for one in names])

    def _named(self, starts: Sequence[str], others: Sequence[str], end: str) -> Iterator[Meaning]:
        if end == "M":
            yield Symbol("M"), message("one of {names}", names=self._names(self.form.rights))
        else:
            yield from self.symbols.meanings(end)
        if self.form.one_of:
            yield Symbol("M"), message("one of {names}", names=self._names(self.form.lefts))
        yield from self.symbols.meanings(*(one for one in (*starts, *others) if one != "M"))
        if self.moderator == "W":
            yield Symbol("W"), message("one of {names}", names=self._names(self.moderators))
        else:
            yield from self.symbols.meanings(self.moderator)
