"""The kept mutants: small faults of what is printed, each with what it would do to a reader."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Mutant:
    """A replacement in one file of the package."""

    name: str
    file: str
    """Path inside `src/xinzhi`."""
    old: str
    """Text that stands exactly once in the file."""
    new: str
    harm: str
    """What a reader would be told wrongly."""
    tests: tuple[str, ...]
    """Tests that should fail, as pytest takes them."""

    def applied(self, text: str) -> str:
        """Put the fault into the text of the file.

        Raises
        ------
        ValueError
            The old text does not stand exactly once: the library must follow the code.
        """
        n = text.count(self.old)
        if n != 1:
            msg = f"mutant {self.name}: its text stands {n} times in {self.file}, not once"
            raise ValueError(msg)
        return text.replace(self.old, self.new)


def mutants() -> tuple[Mutant, ...]:
    """Read all mutants, in the order of their files."""
    return tuple(
        Mutant(**{**record, "tests": tuple(record["tests"])})
        for path in sorted(HERE.glob("*.toml"))
        for record in tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    )
