"""What a reading finds on its way: decisions, warnings and errors, raised once at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.raw import Decision
from xinzhi.wording import Message, Wording

LISTED = 20
ERRORS_PER_COLUMN = 50


@dataclass(slots=True)
class Findings:
    """Decisions, warnings and errors of one reading, in the order in which they were met."""

    decisions: list[Decision] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    errors: list[tuple[type[DataError], Problem]] = field(default_factory=list)

    def decide(self, code: str, what: Message, where: Where, count: int = 1) -> None:
        """Note a decision; its code is what a study states under `accept` to confirm it."""
        self.decisions.append(Decision(what, where, count, code))

    def warn(self, code: str, what: Wording, where: Where, remedy: Wording) -> None:
        """Note a warning."""
        self.warnings.append(Problem(code, what, where, remedy, severity="warning"))

    def error(
        self,
        code: str,
        what: Wording,
        where: Where,
        remedy: Wording,
        kind: type[DataError] = DataError,
    ) -> None:
        """Note an error."""
        self.refuse(Problem(code, what, where, remedy), kind)

    def refuse(self, problem: Problem, kind: type[DataError] = DataError) -> None:
        """Note an error that is worded already."""
        self.errors.append((kind, problem))

    def stop_if_wrong(self) -> None:
        """Raise all errors so far, as their common class."""
        if self.errors:
            kinds = {kind for kind, _ in self.errors}
            kind = kinds.pop() if len(kinds) == 1 else DataError
            raise kind(problem for _, problem in self.errors)


def listed(numbers: Iterable[object], most: int = LISTED) -> str:
    """List numbers or names for a sentence, the first twenty of them.

    >>> listed([7, 11]), listed(range(4), most=2)
    ('7, 11', '0, 1 … (4)')
    """
    everything = [str(number) for number in numbers]
    if len(everything) <= most:
        return ", ".join(everything)
    return f"{', '.join(everything[:most])} … ({len(everything)})"
