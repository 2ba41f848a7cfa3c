"""What a reading finds on its way: decisions, warnings and errors, raised once at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.raw import Decision
from xinzhi.wording import Message, Wording

CODES: Mapping[str, str] = MappingProxyType(
    {
        "There is no column '{key}'; '{heading}' means the same and was taken.": "layout.translated",
        "Rows {rows} are notes; kept out of the data.": "layout.notes",
        "Rows {rows} are headings of groups ({names}); kept out of the data.": "layout.headings",
        "The line 'sep=' of a spreadsheet program is no data.": "layout.sep_line",
        "The names of the columns stand in row {row}; what is above is a title.": "layout.header",
        "The names stand in two rows, {row} and {next}.": "layout.two_rows",
        "The names stand in rows {rows}.": "layout.name_rows",
        "Rows {rows} explain the names of the columns; kept out of the data.": "layout.explained",
        "Row {row} says the names again in another language.": "layout.translation",
        "Units were read from the names of columns: {columns}.": "units.names",
        "Row {row} holds the units.": "units.row",
        "The unit {unit} was read from the cells of '{name}'.": "units.cells",
        "Columns of variables by years were turned into rows: {names}.": "layout.wide",
        "Spaces that do not belong to names were removed in column '{name}'.": "names.spaces",
        "The names {names} are one entity: {short}.": "names.joined",
        "Years were read from texts such as '{cell}'.": "year.text",
        "Years were read from dates such as '{cell}'.": "year.date",
        "Years were read from numerals such as '{cell}'.": "year.numerals",
        "The decimal mark of the file is the comma.": "number.decimal",
        "Full-width digits were read in column '{name}'.": "number.full_width",
        "Thousands separators were taken out in column '{name}'.": "number.thousands",
        "Currency signs were taken off in column '{name}'.": "number.currency",
        "'{mark}' stands for a missing value in column '{name}'.": "number.missing",
        "Column '{name}' holds codes (leading zeros or many digits); it stays text.": "type.code",
        "Column '{name}' holds dates; it stays as it is.": "type.date",
        "Column '{name}' holds true and false; read as 1 and 0.": "type.flag",
        "Column '{name}' is empty.": "type.empty",
        "Sheet '{name}' was taken: of {n} sheets only it has the named columns.": "excel.sheet",
        "Hidden sheets were not read: {names}.": "excel.hidden_sheets",
        "Merged cells were filled with the value of their range.": "excel.merged",
        "Cells with formulas: their stored values are used.": "excel.formulas",
        "Cells formatted as percents were read as they are shown: {shown} where {stored} is stored.": "excel.percent",
        'Cells written as ="text" were read as that text.': "layout.text_formula",
        "Indicators named in column '{name}' were turned into columns.": "layout.indicators",
        "Encoding {name}: {reason}.": "text.encoding",
        "Fields are separated by: {mark}.": "text.delimiter",
        "Value labels were taken for values in: {names}.": "stata.labels",
    }
)
"""Template of a decision -> its code."""
LISTED = 20
ERRORS_PER_COLUMN = 50


@dataclass(slots=True)
class Findings:
    """Decisions, warnings and errors of one reading, in the order in which they were met."""

    decisions: list[Decision] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    errors: list[tuple[type[DataError], Problem]] = field(default_factory=list)

    def decide(self, what: Message, where: Where, count: int = 1) -> None:
        """Note a decision."""
        self.decisions.append(Decision(what, where, count, CODES[what.template]))

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
        self.errors.append((kind, Problem(code, what, where, remedy)))

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
