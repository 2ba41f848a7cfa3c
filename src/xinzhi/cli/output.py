"""`--output`: a new file, in the format that its name says, and never a file that was read."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xinzhi.errors import Problem, SpecError, Where
from xinzhi.wording import listed, message

OVERWRITE = "Let --output replace a file that is there."


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command writes; checked before anything is computed."""

    path: Path
    is_replacing: bool

    def write(self, content: str) -> None:
        """Write the file whole, or raise."""
        from xinzhi.io.write import sweep_parts, write_atomically

        sweep_parts(self.path.parent)
        write_atomically(self.path, content, replace=self.is_replacing)


def output_of(
    path: Path | None, *, overwrite: bool, sources: Sequence[Path], suffixes: Sequence[str] = ()
) -> Output | None:
    """Check where a command shall write.

    Parameters
    ----------
    path
        As given; None writes nothing.
    overwrite
        Whether a file that is there may be replaced; one that is read may not.
    sources
        Files that the command reads.
    suffixes
        Suffixes that the name may have; any where empty.

    Raises
    ------
    SpecError
        `output.exists`, `output.source` or `output.suffix`.
    """
    if path is None:
        return None
    if suffixes and path.suffix.lower() not in suffixes:
        raise SpecError(_suffix(path, suffixes))
    if any(_is_same(path, source) for source in sources):
        raise SpecError(
            Problem(
                "output.source",
                message("{file} is read by this command and is never overwritten.", file=path),
                Where(file=str(path)),
                message("choose another name for --output."),
            )
        )
    if path.is_dir() or (os.path.lexists(path) and not overwrite):
        raise SpecError(_there(path))
    return Output(Path(os.path.realpath(path)), overwrite)


def format_of(
    path: Path | None, asked: str | None, formats: Mapping[str, str], otherwise: str
) -> str:
    """Choose the format of the output: that of the suffix, which `--format` must not contradict.

    Parameters
    ----------
    formats
        Suffix -> format.
    otherwise
        Format without a file.

    Raises
    ------
    SpecError
        `output.format`: the name says another format; `output.suffix`: it says none.

    Examples
    --------
    >>> format_of(Path("a.csv"), None, {".csv": "csv"}, "table")
    'csv'
    """
    if path is None:
        return asked or otherwise
    said = formats.get(path.suffix.lower())
    if said is None and asked not in formats.values():
        raise SpecError(_suffix(path, tuple(formats)))
    if asked and said and asked != said:
        raise SpecError(
            Problem(
                "output.format",
                message(
                    "--output {file} is a file of format {said}, and --format asks for {asked}.",
                    file=path,
                    said=said,
                    asked=asked,
                ),
                Where(file=str(path)),
                message("leave --format out, or change the suffix of the file."),
            )
        )
    return said or str(asked)


def _there(path: Path) -> Problem:
    other = message("choose another name for --output.")
    return Problem(
        "output.exists",
        message("{file} is already there and is not overwritten.", file=path),
        Where(file=str(path)),
        other if path.is_dir() else message("choose another name, or add --overwrite."),
    )


def _suffix(path: Path, suffixes: Sequence[str]) -> Problem:
    return Problem(
        "output.suffix",
        message("The name {file} does not say in which format to write.", file=path),
        Where(file=str(path)),
        message("let it end in {suffixes}.", suffixes=listed(suffixes)),
    )


def _is_same(path: Path, source: Path) -> bool:
    try:
        return path.samefile(source)
    except OSError:
        return os.path.realpath(path) == os.path.realpath(source)
