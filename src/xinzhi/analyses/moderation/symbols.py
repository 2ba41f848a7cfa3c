"""The moderated equations, in symbols: paths that differ only in their names are written once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xinzhi.analyses.analysis import Shown
from xinzhi.analyses.in_symbols import Symbols
from xinzhi.analyses.moderation.paths import paths_of
from xinzhi.analyses.moderation.section import ModerationSection
from xinzhi.present.equation.build import row
from xinzhi.present.equation.tree import Meaning, NumberedEquation, Symbol
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
) -> Iterator[NumberedEquation]:
    """Write each form once: with M for several mediators and W for several moderators."""
    written = forms(section, shown)
    letters = "".join(LETTERS[n % len(LETTERS)] for n in range(len(written)))
    for number, form in enumerate(written, start=1):
        yield _equation(section, base, shown, form, number, letters)


def _equation(
    section: ModerationSection,
    base: Regression,
    shown: Shown,
    form: Form,
    number: int,
    letters: str,
) -> NumberedEquation:
    """Write the equation of this number; `letters` are the coefficients of all."""
    symbols = Symbols(shown.style.labels, shown.panel.has_periods)
    path = next(
        path
        for path in paths_of(section, shown.study)
        if path.focal == form.lefts[0] and path.outcome == form.rights[0]
    )
    asked = path.regression(base)
    lag, lag_of_others = section.lag, section.lag if section.lagged == "all" else 0
    moderators = shown.study.expand(section.moderators)
    moderator = moderators[0] if len(moderators) == 1 else "W"
    starts = ("M",) if form.one_of else form.lefts
    end = form.rights[0] if len(form.rights) == 1 else "M"
    others = [x for x in asked.regressors if x not in form.lefts and x != path.moderator]
    w = symbols.variable(moderator, lag)
    focal = [symbols.variable(start, lag_of_others) for start in starts]
    right = [
        *focal,
        *(row(x, "×", w) for x in focal),
        w,
        *(symbols.variable(other, lag_of_others) for other in others),
    ]
    meanings = (
        *_meanings("M", form.rights, symbols, shown),
        *(_meanings("M", form.lefts, symbols, shown) if form.one_of else ()),
        *symbols.meanings(*(() if form.one_of else form.lefts), *others),
        *_meanings("W", moderators, symbols, shown),
    )
    x, y = (_names(names, shown) for names in (form.lefts, form.rights))
    outcome, letter = symbols.variable(end), letters[number - 1]
    return NumberedEquation(
        f"{shown.name}_{number}",
        message("{title}: {form}", title=shown.title, form=message("{x} → {y}", x=x, y=y)),
        symbols.sum(outcome, letter, right, asked, lag=lag_of_others),
        (*meanings, *symbols.rest(letters, asked)),
    )


def _meanings(
    letter: str, names: Sequence[str], symbols: Symbols, shown: Shown
) -> Iterator[Meaning]:
    """Give the meaning of a variable, or of the letter that stands for several."""
    if len(names) == 1:
        yield from symbols.meanings(*names)
    else:
        yield Symbol(letter), message("one of {names}", names=_names(names, shown))


def _names(names: Sequence[str], shown: Shown) -> Wording:
    return listed([name_of(name, shown.style.labels) for name in names])
