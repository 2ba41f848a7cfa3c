"""`xz.table`: regressions of any program as a three-line table in Word, Excel, LaTeX, HTML, Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from xinzhi.api.fits import Fits
from xinzhi.present.numbers import write
from xinzhi.present.publication import PRESETS, PrintedFit, Under, printed_fit, publication_table
from xinzhi.present.table import Table
from xinzhi.report.document import Document, DocumentSection
from xinzhi.report.format import write_report
from xinzhi.report.formats.fragment import fragment
from xinzhi_core.errors import Problem, SpecError, Where, suggestion
from xinzhi_core.problems import unknown_choice
from xinzhi_core.wording import Label, Language, message, say
from xinzhi_core.write import write_atomically

FORMATS = (".docx", ".xlsx", ".tex", ".html", ".md")
"""Suffixes of the files that a table can be written to, each the name of a format of the report."""


@dataclass(frozen=True, slots=True)
class PublicationTable:
    """A table that can be written in every format of a report."""

    table: Table
    language: Language
    decimals: int

    def in_language(self, language: Language) -> PublicationTable:
        """Give the same table in another language."""
        return replace(self, language=language)

    def to_frame(self) -> pd.DataFrame:
        """Give the cells as they are printed, row labels as the index."""
        rows = [
            [str(write(cell, self.language, self.decimals)) for cell in row.cells]
            for row in self.table.rows
        ]
        index = pd.Index([say(row.label, self.language) for row in self.table.rows])
        columns = [say(column.heading, self.language) for column in self.table.columns]
        return pd.DataFrame(rows, index=index, columns=columns)

    def to_latex(self) -> str:
        """Write a LaTeX table with booktabs rules."""
        return self.content(".tex").decode("utf-8")

    def to_markdown(self) -> str:
        """Write a table of Markdown."""
        return self.content(".md").decode("utf-8")

    def to_html(self) -> str:
        """Write a piece of HTML for a notebook or a page; `save` writes a page of its own."""
        return fragment(self.table, self.language, self.decimals)

    def to_docx(self) -> bytes:
        """Write a Word document."""
        return self.content(".docx")

    def to_xlsx(self) -> bytes:
        """Write a workbook, numbers as numbers."""
        return self.content(".xlsx")

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the table to a file, in the format of its suffix: docx, xlsx, tex, html, md.

        Raises
        ------
        SpecError
            The suffix is none of these.
        ReportError
            The file exists and `overwrite` is not set, or it cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in FORMATS:
            text = message("'{suffix}' is not a format of a table.", suffix=path.suffix)
            where, remedy = Where(file=path.name), suggestion(path.suffix, FORMATS)
            raise SpecError(Problem("table.format", text, where, remedy))
        write_atomically(path, self.content(path.suffix.lower()), replace=overwrite)
        return path

    def content(self, suffix: str) -> bytes:
        """Write the content of a file with this suffix."""
        title = self.table.title
        document = Document(
            "", (DocumentSection("table", title, (replace(self.table, part="text"),)),)
        )
        files = write_report(
            document,
            formats=[suffix.removeprefix(".")],
            languages=[self.language],
            decimals=self.decimals,
        )
        # A format writes one file for each table beside the whole report, or the report alone.
        names = sorted(files, key=lambda name: Path(name).stem != self.table.id)
        return next(files[name] for name in names if name.endswith(suffix))

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return self.to_markdown()


def table(
    fits: object,
    *,
    title: str = "",
    labels: Mapping[str, str] | None = None,
    style: Literal["usual", "chinese_journal", "aea", "apa"] = "usual",
    under: Under | None = None,
    stars: Mapping[str, float] | None = None,
    decimals: int | None = None,
    rows: Sequence[str] | None = None,
    left_out: Sequence[str] = (),
    statistics: Sequence[str] = ("n", "r2", "r2_adj", "r2_within"),
    notes: Sequence[str] = (),
    language: Literal["en", "zh"] = "en",
) -> PublicationTable:
    r"""Set regressions of any program side by side as a three-line table.

    Parameters
    ----------
    fits
        One fit, a list of fits, the fits of one formula, or heading -> fit: of `xz.fit`, pyfixest, statsmodels, linearmodels, or
        frames of estimates with the columns name, estimate, std_error and p_value.
    title
        Title of the table.
    labels
        Name of a coefficient, effect or outcome -> what readers call it.
    style
        usual; chinese_journal: t statistics in parentheses; aea: no stars; apa: intervals, stars at 5, 1
        and 0.1 %.
    under
        std_error, t, p, interval or none; that of the style where None.
    stars
        Marks and the p-values below which they stand; those of the style where None.
    decimals
        Digits after the point.
    rows, left_out
        Coefficients that are shown, in their order; those that are not, which a note names.
    statistics
        n, r2, r2_adj, r2_within, pseudo_r2, f, log_likelihood: rows below, where a fit has them.
    notes
        Further notes.
    language
        Of headings and notes.

    Returns
    -------
    PublicationTable
        `.to_docx()`, `.to_xlsx()`, `.to_latex()`, `.to_html()`, `.to_markdown()`, `.save(path)`; numbers
        in the units of the fits.

    Raises
    ------
    SpecError, DataError
        A fit or a word is not known, or a frame of estimates lacks a column.

    Examples
    --------
    >>> import pandas as pd
    >>> estimates = pd.DataFrame({"name": ["x"], "estimate": [0.5], "std_error": [0.1], "p_value": [1e-6]})
    >>> print(table({"OLS": estimates}, labels={"x": "Talent"}).to_markdown().splitlines()[4])
    | Talent | 0\.500\*\*\* |
    """
    if style not in PRESETS:
        raise SpecError(unknown_choice(style, "style", tuple(PRESETS)))
    if under not in {None, "std_error", "t", "p", "interval", "none"}:
        raise SpecError(
            unknown_choice(str(under), "under", ("std_error", "t", "p", "interval", "none"))
        )
    preset = PRESETS[style]
    preset = replace(
        preset,
        under=under or preset.under,
        stars=preset.stars if stars is None else stars,
        decimals=preset.decimals if decimals is None else decimals,
    )
    words = {name: Label(label) for name, label in (labels or {}).items()}
    named: list[tuple[str, PrintedFit]] = (
        [(str(heading), printed_fit(fit, words)) for heading, fit in fits.items()]
        if isinstance(fits, Mapping)
        else [
            ("", printed_fit(fit, words))
            for fit in (fits if isinstance(fits, (list, tuple, Fits)) else [fits])
        ]
    )
    if not named:
        raise SpecError(Problem("table.empty", message("No fit was given.")))
    coefficients = {name for _, fit in named for name in fit.coefficients.index}
    for option, wanted in (("rows", rows or ()), ("left_out", left_out)):
        if unknown := [name for name in wanted if name not in coefficients]:
            raise SpecError(unknown_choice(unknown[0], option, tuple(coefficients)))
    printed = publication_table(
        named,
        title=title or say(message("Regressions"), language),
        preset=preset,
        labels=words,
        rows=rows,
        left_out=left_out,
        statistics=statistics,
        notes=tuple(notes),
    )
    return PublicationTable(printed, language, preset.decimals)
