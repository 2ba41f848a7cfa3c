"""The periods of a panel: years as people write them, whole numbers otherwise.

Periods of which each is looked at: years of another calendar among years, and years far from the others.

A year counts as one of the common era from 1500 to 2200. What stands beside such years and is none may be
counted in another calendar; the calendars by which it would fall among the others are named, none is taken.

What is odd about the periods of a column, each value looked at: other calendars, far years, bare numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from xinzhi_core.periods import FIRST, LAST, PER_YEAR, frequency_of, quarter
from xinzhi_core.wording import Message, Wording, listed, message
from xinzhi_panel.io.raw import ERRORS_PER_COLUMN, Cell, ColumnFindings
from xinzhi_panel.io.recognise.cells import is_missing, tidy
from xinzhi_panel.io.text.columns import encode

IS_YEAR = re.compile(r"年|year|yr", re.IGNORECASE)
"""Headings below which years stand."""
Ints = npt.NDArray[np.int64]
NUMBERED = 20
"""Periods from which a dense row of numbers is a count, even where it passes 1500: 1, 2, 3 … 2000."""
AROUND = 30
"""Years before and behind the others in which a year of another calendar is sought."""
FAR = 10
"""Years without any row beyond which a year is far from the others."""
FEW = 0.5
"""Share of the rows of a usual period up to which a far year is one of a few rows."""


@dataclass(frozen=True, slots=True)
class Count:
    """A way to count years."""

    name: Message
    add: int
    """Years to add to get the common era."""
    first: int
    last: int
    """Numbers that may be years of it."""


COUNTS: tuple[Count, ...] = (
    Count(message("two digits of 20xx"), 2000, 0, 49),
    Count(message("two digits of 19xx"), 1900, 50, 99),
    Count(message("the Republic, 民国"), 1911, 1, 150),
    Count(message("Reiwa, 令和"), 2018, 1, 12),
    Count(message("Heisei, 平成"), 1988, 1, 31),
    Count(message("the Buddhist era, 佛历"), -543, 2300, 2800),
    Count(message("the Persian calendar"), 621, 1300, 1450),
)
"""Calendars that tables of regions are written in."""


def this_year() -> int:
    """Year of today."""
    return datetime.now(tz=UTC).year


def are_numbered(distinct: Sequence[int]) -> bool:
    """Whether many periods stand so densely that they are a count and no years.

    >>> are_numbered(range(1, 2001)), are_numbered([105, 106, 2015])
    (True, False)
    """
    if len(distinct) < NUMBERED:
        return False
    step = int(np.diff(distinct).min())
    return 2 * len(distinct) > (distinct[-1] - distinct[0]) // step


def other_calendars(values: Ints) -> Mapping[int, Wording]:
    """Find what is not a year of the common era beside such years, each with what it may be.

    >>> {v: str(why) for v, why in other_calendars(np.array([2010, 2011, 101, 2555])).items()}
    {101: '2012 (the Republic, 民国)', 2555: '2012 (the Buddhist era, 佛历)'}
    >>> other_calendars(np.array([1, 2, 3])), other_calendars(np.array([2008, 2009]))
    ({}, {})
    """
    distinct = np.unique(values).tolist()
    years = [value for value in distinct if FIRST <= value <= LAST]
    if not years or len(years) == len(distinct) or are_numbered(distinct):
        return {}
    low, high = years[0] - AROUND, years[-1] + AROUND
    return {
        value: listed(
            [
                message("{year} ({calendar})", year=value + count.add, calendar=count.name)
                for count in COUNTS
                if count.first <= value <= count.last and low <= value + count.add <= high
            ]
        )
        for value in distinct
        if value not in years
    }


@dataclass(frozen=True, slots=True)
class FarYear:
    """A year far from all others."""

    value: int
    distance: int
    """Years between it and the nearest of the others."""
    first: int
    last: int
    """The others."""
    is_few: bool
    """Whether fewer rows are of it than of a usual year."""

    @property
    def is_future(self) -> bool:
        """Whether it has not begun."""
        return self.value > max(this_year(), self.last)


def far_years(values: Ints) -> tuple[FarYear, ...]:
    """Find single years that stand more than ten years before or behind all others.

    >>> [(far.value, far.distance) for far in far_years(np.array([2008, 2009, 2009, 2010, 2010, 2105]))]
    [(2105, 95)]
    >>> far_years(np.array([1990, 2000, 2010])), far_years(np.array([1, 2, 3, 40]))
    ((), ())
    """
    distinct, n_rows = np.unique(values, return_counts=True)
    if len(distinct) < 3 or distinct[0] < FIRST or distinct[-1] > LAST:
        return ()
    found = []
    for end, others in ((0, slice(1, None)), (-1, slice(None, -1))):
        rest = distinct[others]
        distance = int(np.abs(rest - distinct[end]).min())
        # A survey every twenty years is not a slip: the others must lie closer together.
        if distance > max(FAR, 2 * int(np.diff(rest).max())):
            few = bool(n_rows[end] <= FEW * np.median(n_rows[others]))
            found.append(FarYear(int(distinct[end]), distance, int(rest[0]), int(rest[-1]), few))
    return tuple(found)


OTHER_COUNTS = ((90, 130), (2480, 2600))
"""Numbers that recent years of the Republic and of the Buddhist era have."""


def are_of_one_count(values: Ints, column: ColumnFindings) -> bool:
    """Refuse day numbers of a spreadsheet, other calendars, and mistyped years among years."""
    if not len(values):
        return False
    is_year = bool(IS_YEAR.search(column.name))
    if is_year and values.min() >= 18_000 and values.max() <= 60_000:
        column.findings.error(
            "year.serial",
            message(
                "The years look like day numbers of a spreadsheet ({value}).", value=int(values[0])
            ),
            column.where,
            message("format the column as a number and write the years, such as 2008."),
        )
        return False
    if is_year and ((values.min() >= 60 and values.max() < 1000) or values.min() > LAST):
        column.findings.error(
            "year.implausible",
            message("{value} is not a year of the common era.", value=int(values[0])),
            column.where,
            message("write the years, such as 2008; years of the Republic (民国) need 1911 more."),
        )
        return False
    if frequency_of(int(values.min())) != "Y":
        column.findings.error(
            "year.implausible",
            message(
                "{value} is the number by which quarters or months are counted here.",
                value=int(values.max()),
            ),
            column.where,
            message("write quarters as 2016Q1, or number the periods from 1."),
        )
        return False
    # A panel may number its periods 1, 2, 3: only beside years is another number a mistake.
    meanings = other_calendars(values)
    odd = np.flatnonzero(np.isin(values, [*meanings]))
    for i in odd[:ERRORS_PER_COLUMN].tolist():
        column.error("year.implausible", *other_calendar(values, int(values[i]), meanings), i)
    return not len(odd)


def other_calendar(
    values: Ints, value: int, meanings: Mapping[int, Wording]
) -> tuple[Message, Message]:
    """Say what is wrong with a period that is not a year beside years, and what it may be."""
    years = values[(values >= FIRST) & (values <= LAST)]
    what = message(
        "{value} is not a year of the common era, and {n} other rows of the column hold such years ({years}).",
        one="{value} is not a year of the common era, and {n} other row of the column holds such a year ({years}).",
        value=value,
        n=len(years),
        years=span(int(years.min()), int(years.max())),
    )
    if not str(meanings[value]):
        return what, message("write the year with four digits.")
    return what, message(
        "write the years of all rows in one calendar, with four digits: it may be {years}.",
        years=meanings[value],
    )


def span(first: int, last: int) -> str:
    """Write years from one to another.

    >>> span(2008, 2010), span(2008, 2008)
    ('2008–2010', '2008')
    """
    return str(first) if first == last else f"{first}–{last}"


def doubt_far_years(values: Ints, column: ColumnFindings, accept: Collection[str]) -> None:
    """Doubt a year far from all others, as 2105 for 2015; a few rows of the future are refused."""
    for far in far_years(values):
        code = "year.future" if far.is_future else "year.far"
        if code in accept:
            continue
        i = int(np.flatnonzero(values == far.value)[0])
        gap = {"value": far.value, "n": far.distance, "years": span(far.first, far.last)}
        what = (
            message(
                "{value} is in the future, {n} years after the other periods ({years}).",
                **gap,
            )
            if far.is_future
            else message("{value} lies {n} years from the other periods ({years}).", **gap)
        )
        remedy = message(
            "correct the year, or confirm it: `accept: [{code}]` under `read` of the source.",
            code=code,
        )
        if far.is_future and far.is_few:
            column.error(code, what, remedy, i)
        elif far.is_future or far.is_few:
            column.warn(code, what, remedy, i)


def doubt_quarters(cells: Sequence[Cell], column: ColumnFindings) -> None:
    """Doubt quarters below a heading of years: figures of the year may stand in each of them."""
    if IS_YEAR.search(column.name) and not re.search("季|quarter", column.name, re.IGNORECASE):
        what = message(
            "The heading '{name}' is of years, and '{cell}' is a quarter: a year has four periods here.",
            name=column.name,
            cell=tidy(str(cells[0])),
        )
        remedy = message(
            "see that each row is of its quarter and not of the whole year; or write the years."
        )
        column.warn("year.quarter", what, remedy)


def doubt_numbers(values: Ints, column: ColumnFindings) -> None:
    """Say that numbers below a heading of years, or such as years of another calendar, stay numbers."""
    first, last = int(values.min()), int(values.max())
    is_year = bool(IS_YEAR.search(column.name))
    if is_year and last < FIRST:
        column.warn(
            "year.numbers",
            message(
                "The periods below '{name}' are the numbers {first} to {last}; they are not read as years.",
                name=column.name,
                first=first,
                last=last,
            ),
            message(
                "if they are years, write them with four digits; if they number periods, confirm it or "
                "call the column period (期)."
            ),
        )
    elif not is_year and any(low <= first and last <= high for low, high in OTHER_COUNTS):
        column.warn(
            "year.numbers",
            message(
                "The periods {first} to {last} are read as numbers, and may be years of another calendar.",
                first=first,
                last=last,
            ),
            message(
                "if they are, write the years of the common era: 民国 + 1911, 佛历 - 543; if not, confirm it."
            ),
        )


_WHOLE = re.compile(r"[+-]?\d{1,9}(?:\.0*)?", re.ASCII)
_YEAR = re.compile(
    r"(?:FY|CY|YR|Y|X|公元|西元|公历|公曆|阳历|陽曆|西历|西曆|['’‘`])?\s*((?:1[5-9]|20|21)\d{2})\s*(?:年度?|年末|年底|财年|财政年度|会计年度|\[YR(?:1[5-9]|20|21)\d{2}\])?",
    re.IGNORECASE | re.ASCII,
)
_DAY = re.compile(
    r"((?:1[5-9]|20|21)\d{2})\s*([-/.年])\s*(\d{1,2})\s*(?:[-/.月])\s*(\d{1,2})\s*日?"
    r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_DAY_FIRST = re.compile(
    r"\d{1,2}[-/.](\d{1,2})[-/.]((?:1[5-9]|20)\d{2})(?: \d{1,2}:\d{2}(?::\d{2})?)?"
)
_NEW_YEAR_ELSEWHERE = re.compile(
    r"(?:\d{4}\s*[-/.年]\s*12\s*[-/.月]\s*31\s*日?|(?:31[-/.]12|12[-/.]31)[-/.]\d{4})[ T]+(?:1[2-9]|2[0-3]):00\b",
    re.ASCII,
)
"""Full hours in the second half of the last day of a year: midnight of New Year by a clock further east."""
_DIGITS_OF_DAY = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})?(?:\.0*)?", re.ASCII)
_MONTH_NAME = r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_NAMED_DAY = re.compile(
    rf"(?:\d{{1,2}}[-/. ]{_MONTH_NAME}[-/., ]+|{_MONTH_NAME} \d{{1,2}}, ?)(\d{{2}}|(?:19|20)\d{{2}})",
    re.IGNORECASE | re.ASCII,
)
_NAMED_MONTH = re.compile(
    rf"(?:{_MONTH_NAME}[-/., '’]*(\d{{2}}|(?:19|20)\d{{2}})|((?:19|20)\d{{2}})[-/., ]*{_MONTH_NAME})",
    re.IGNORECASE | re.ASCII,
)
_TWO_DIGIT = re.compile(r"['’‘`](\d{2})年?|(0\d)年?|(\d{2})年", re.ASCII)
_ERA = re.compile(
    r"(?:民国|民國|民(?=\d)|平成|昭和|令和|大正|明治|佛历|佛曆|佛元|回历|回曆|伊历|[HRS](?=\d{1,2}\b)"
    r"|(?:R\.?O\.?C\.?|B\.?E\.?|A\.?H\.?|พ\.ศ\.)(?=\s*\d)).*|(?:1\d\d|2[45]\d\d)\s*年度?"
)
_LUNAR = re.compile(r"(?:农历|農曆|阴历|陰曆|夏历|夏曆|旧历|舊曆|lunar\b).*", re.IGNORECASE)
_QUARTER_FIRST = re.compile(
    r"(?:Q([1-4])|([1-4])Q)\s*[-/. ]?\s*((?:1[5-9]|20)\d{2})", re.IGNORECASE
)
_SHORTER = re.compile(
    r"((?:1[5-9]|20)\d{2})\s*((?:[-/.年]?\s*(?:Q[1-4]|[上下]半年|第?[一二三四1-4]季度?|H[12]|M\d{1,2}|W\d{1,2})"
    r"|[-/.年]\s*(?:0?[1-9]|1[0-2])\s*月?))",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?:1[5-9]|20)\d{2}\s*年?\s*(?:[-/~～—–至到]+)\s*(?:(?:1[5-9]|20)?\d{2})\s*年?"
)
_MARKS = re.compile(
    r"(?:\s*[①-⑳❶-❿⑴-⒇*＊†‡※⁰¹²³⁴-⁹]|(?<=[⁰¹²³⁴-⁹])[,，、](?=[⁰¹²³⁴-⁹])"
    r"|\s*[\[［【（(]\s*\d{1,2}\s*[)）\]］】]|(?<=年)\d{1,2}[)）]|(?<=[度\d]) +\d{1,2}[)）])+$"
)
_WORDS = (
    r"(?:初步|快报|预计|预测|估计|估算|修订|修正|调整|推算|暂定"
    r"|prelim|provis|estim|forecast|revis)[^\d()（）\[\]]{0,12}"
)
_NOTE = re.compile(
    rf"(.*(?:19|20)\d{{2}}年?度?)\s*(?:[(（\[［【]\s*{_WORDS}[)）\]］】]|{_WORDS})",
    re.IGNORECASE | re.ASCII,
)
_NOTED = re.compile(
    r"((?:1[5-9]|20|21)\d{2})年?度?\s*(?:[(（\[［【]\s*[^\d()（）\[\]]{1,12}[)）\]］】]|[perf])",
    re.IGNORECASE | re.ASCII,
)
_PART = re.compile(r"季|月|半年|旬|周|日|[(（]\s*[QHMW]", re.IGNORECASE)
_HANZI = str.maketrans("〇零○一二三四五六七八九", "000123456789")
DAY_ZERO = (date(1899, 12, 30), date(1904, 1, 1))
"""Days from which spreadsheets count, in their two customs."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period read, or why it could not be."""

    value: int | None
    how: str
    """`plain`, `year`, `date`, `hanzi`, `two_digit`, `noted`, `typed_year`; or the reason: `era`,
    `lunar`, `range`, `shorter`, `timezone`, `fraction`, `blank`, `not_a_period`, `month_or_day`."""
    part: tuple[int, str] | None = None
    """Year, and which part of it: a quarter, a month, or the month of a day."""


def parse_period(cell: Cell) -> Period:
    """Read a cell as a period.

    >>> [parse_period(c).value for c in (2008.0, "2008年", "２００８", "2008/1/1 0:00", "'08")]
    [2008, 2008, 2008, 2008, 2008]
    >>> [parse_period(c).value for c in ("20191231", "2022(快报)", "31-Dec-19")]
    [2019, 2022, 2019]
    >>> parse_period("201906"), parse_period("Jun-19")
    (Period(value=None, how='shorter', part=(2019, '06')), Period(value=None, how='shorter', part=(2019, 'jun')))
    >>> parse_period("民国97年").how
    'era'
    """
    if isinstance(cell, (datetime, date)):
        return _from_date(cell)
    if isinstance(cell, bool) or cell is None:
        return Period(None, "blank" if cell is None else "not_a_period")
    if isinstance(cell, (int, float)):
        whole = float(cell).is_integer() and abs(cell) < 1e9
        return _whole(str(int(cell))) if whole else Period(None, "fraction")
    if not isinstance(cell, str):
        return Period(None, "not_a_period")
    text = tidy(cell)
    bare = _MARKS.sub("", text) or text
    period = _from_text(unicodedata.normalize("NFKC", bare))
    return Period(period.value, "noted") if bare != text and period.value is not None else period


def _from_date(cell: date) -> Period:
    """Read a date; a year that was typed into a cell for dates is a day of 1905, or of 1909."""
    new_year = isinstance(cell, datetime) and cell.hour >= 12 and not cell.minute
    if new_year and (cell.month, cell.day) == (12, 31):
        return Period(None, "timezone")  # midnight by the clock of Greenwich
    day = cell.date() if isinstance(cell, datetime) else cell
    # The number 2008 in a cell formatted as a date is the 2008th day of the spreadsheet's count.
    for zero in DAY_ZERO:
        if 1900 <= (day - zero).days <= 2100:
            return Period((day - zero) // timedelta(days=1), "typed_year")
    return Period(cell.year, "date", (cell.year, f"{cell.month:02}"))


def _whole(digits: str) -> Period:
    """Read a whole number: 20191231 is a day, 201912 a month, and all others what they are."""
    if day := _DIGITS_OF_DAY.fullmatch(digits):
        is_month = 1 <= int(day.group(2)) <= 12
        if is_month and day.group(3) is None:
            return Period(None, "shorter", (int(day.group(1)), day.group(2)))
        if is_month and 1 <= int(day.group(3)) <= 31:
            return Period(int(day.group(1)), "date", (int(day.group(1)), day.group(2)))
    return Period(int(digits.split(".", maxsplit=1)[0]), "plain")


def _from_text(text: str) -> Period:  # noqa: PLR0911  one line per spelling
    if is_missing(text):
        return Period(None, "blank")
    if two := _TWO_DIGIT.fullmatch(text):
        return Period(_four_digits(next(filter(None, two.groups()))), "two_digit")
    if _WHOLE.fullmatch(text):
        return _whole(text)
    if year := _YEAR.fullmatch(text):
        return Period(int(year.group(1)), "year")
    if _NEW_YEAR_ELSEWHERE.match(text):
        return Period(None, "timezone")
    if day := _DAY.fullmatch(text):
        valid = 1 <= int(day.group(3)) <= 12 and 1 <= int(day.group(4)) <= 31
        of_year = (int(day.group(1)), f"{int(day.group(3)):02}")
        return Period(of_year[0], "date", of_year) if valid else Period(None, "not_a_period")
    if day := _DAY_FIRST.fullmatch(text) or _NAMED_DAY.fullmatch(text):
        return Period(_four_digits(day.group(day.lastindex or 0)), "date")
    if re.fullmatch(r"[〇零○一二三四五六七八九]{4}年?", text):
        return Period(int(text.rstrip("年").translate(_HANZI)), "hanzi")
    year = _YEAR.fullmatch(without_note(text)) or _NOTED.fullmatch(text)
    if year and not _PART.search(text):
        return Period(int(year.group(1)), "noted")
    return _not_read(text)


def _four_digits(year: str) -> int:
    """Complete a year as spreadsheets do, which write December 2019 as Dec-19.

    >>> _four_digits("19"), _four_digits("98"), _four_digits("2019")
    (2019, 1998, 2019)
    """
    return int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 50 else 1900)


def without_note(name: str) -> str:
    """Take a note such as (快报) or 修订 off a text that ends with a year.

    >>> without_note("GDP2022（快报）"), without_note("2022年预计"), without_note("GDP（亿元）")
    ('GDP2022', '2022年', 'GDP（亿元）')
    """
    match = _NOTE.fullmatch(name) if len(name) <= 60 else None
    return match.group(1) if match else name


def _not_read(text: str) -> Period:
    if _ERA.fullmatch(text) or _LUNAR.fullmatch(text):
        return Period(None, "era" if _ERA.fullmatch(text) else "lunar")
    if shorter := _SHORTER.fullmatch(text):
        part = shorter.group(2).strip(" -/.年").casefold()
        return Period(None, "shorter", (int(shorter.group(1)), part))
    if leading := _QUARTER_FIRST.fullmatch(text):
        number, other, of = leading.groups()
        return Period(None, "shorter", (int(of), f"q{number or other}"))
    if month := _NAMED_MONTH.fullmatch(text):
        before, after, year, behind = month.groups()
        part = (before or behind)[:3].casefold()
        return Period(None, "shorter", (_four_digits(after or year), part))
    if _RANGE.fullmatch(text):
        return Period(None, "range")
    return Period(None, "fraction" if re.fullmatch(r"[+-]?\d*\.\d+", text) else "not_a_period")


def looks_like_year(cell: Cell) -> bool:
    """Whether a header cell is a year from 1900 to 2100.

    >>> looks_like_year("2008年"), looks_like_year("GDP"), looks_like_year(3.0)
    (True, False, False)
    """
    period = parse_period(cell)
    return period.value is not None and 1900 <= period.value <= 2100 and period.how != "two_digit"


BAD_PERIODS: dict[str, tuple[Message, Message]] = {
    "blank": (message("The period is empty."), message("fill it.")),
    "era": (
        message("'{cell}' counts years in another era."),
        message(
            "write the year of the common era: 民国 + 1911, 令和 + 2018, 平成 + 1988, 昭和 + 1925, 佛历 - 543."
        ),
    ),
    "lunar": (
        message("'{cell}' is a year of the lunar calendar."),
        message("write the year of the common era that the figures are of."),
    ),
    "range": (message("'{cell}' is a range of years."), message("state one year a row.")),
    "shorter": (
        message("'{cell}' is a part of a year."),
        message("aggregate to years, write quarters as 2016Q1, or number the periods 1, 2, 3 …"),
    ),
    "timezone": (
        message("'{cell}' is New Year by the clock of another time zone."),
        message("write dates without hours, or years."),
    ),
    "fraction": (message("'{cell}' is not a whole number."), message("periods are whole numbers.")),
    "not_a_period": (
        message("'{cell}' is not a period."),
        message("write the year as a whole number, such as 2008."),
    ),
}
DOUBTED: dict[str, tuple[Message, Message]] = {
    "two_digit": (
        message("Years have two digits: '{cell}' was read as {year}."),
        message(
            "confirm {year}, or write years with four digits. Years of the Republic (民国) need 1911 more, "
            "and numbers of periods a heading such as period (期)."
        ),
    ),
    "one_part": (
        message(
            "'{cell}' is a part of a year, and of each year there is this part only: read as {year}."
        ),
        message("see that the values are of the whole year or of its end, or write the years."),
    ),
    "noted": (
        message("'{cell}' was read as {year}."),
        message("read the note: such figures are often revised or estimated."),
    ),
    "typed_year": (
        message("A cell formatted as a date contains a year ('{cell}'): read as {year}."),
        message("format the column as a number, to see what is read."),
    ),
}
"""How a period was read that is worth a warning, and what to do; stated under `accept` it is confirmed."""
DECIDED: dict[str, tuple[str, Message]] = {
    "year": ("year.text", message("Years were read from texts such as '{cell}'.")),
    "date": ("year.date", message("Years were read from dates such as '{cell}'.")),
    "quarter": ("year.quarter", message("Quarters were read from texts such as '{cell}'.")),
    "hanzi": ("year.numerals", message("Years were read from numerals such as '{cell}'.")),
}


def read_periods(
    cells: Sequence[Cell],
    column: ColumnFindings,
    accept: Collection[str] = (),
    entities: Sequence[object] = (),
) -> npt.NDArray[np.int64]:
    """Read the periods: years, quarters by their numbers in `panel.calendar`, or plain counts.

    What is not a period is an error with its row. `accept` holds the codes of what is odd and stated
    to be true; `entities` is the entity of each row, by which quarters' ends are told from fiscal years.
    """
    codes, distinct = encode(cells)
    periods = _complete_years({cell: parse_period(cell) for cell in distinct}, column.name)
    periods = quarters(_one_part(periods))
    if ends := quarters(periods, by_month=True):
        years = np.array([p.part[0] if p.part else 0 for p in periods.values()] or [0])[codes]
        is_repeated = len(set(zip(entities, years.tolist(), strict=False))) < len(entities)
        periods = ends if is_repeated else periods
    counts = dict(zip(distinct, np.bincount(codes, minlength=len(distinct)).tolist(), strict=True))
    _report_reading(periods, counts, column)
    # The 0 stands for a table without rows.
    values = np.array([periods[c].value or 0 for c in distinct] or [0], dtype=np.int64)[codes]
    is_bad = np.array([periods[cell].value is None for cell in distinct], dtype=bool)
    bad = np.flatnonzero(is_bad[codes]).tolist() if is_bad.any() else []
    for i in bad[:ERRORS_PER_COLUMN]:
        how = periods[cells[i]].how
        sentence, remedy = BAD_PERIODS[how]
        column.error(
            "panel.blank_key" if how == "blank" else f"year.{how}",
            message(sentence.template, cell=tidy(str(cells[i]))),
            remedy,
            i,
        )
    if not bad and {p.how for p in periods.values()} == {"quarter"}:
        doubt_quarters(distinct, column)
        doubt_far_years(values // PER_YEAR["Q"], column, accept)
    elif not bad and are_of_one_count(values, column):
        doubt_far_years(values, column, accept)
        doubt_numbers(values, column)
    return values


def _complete_years(periods: dict[Cell, Period], name: str) -> dict[Cell, Period]:
    """Read 98, 99, 00 as years where the column is one of years and all of them are short."""
    values = [period.value for period in periods.values() if period.value is not None]
    short = [cell for cell, p in periods.items() if p.value is not None and 0 <= p.value < 100]
    two_digit = any(period.how == "two_digit" for period in periods.values())
    if not short or not (two_digit or (IS_YEAR.search(name) and len(short) == len(values))):
        return periods
    # 1, 2, 3 may be numbers of periods; 98, 99, 0 and 08, 09, 10 are not.
    if not two_digit and min(values) < 10 and max(values) < 50:
        return periods
    completed = {c: Period(_four_digits(f"{periods[c].value:02}"), "two_digit") for c in short}
    return {**periods, **completed}


def _one_part(periods: dict[Cell, Period]) -> dict[Cell, Period]:
    """Read parts of years as years where all are the same part, as the ends of years are."""
    parts = {period.part[1] if period.part else None for period in periods.values()}
    if len(parts) != 1 or None in parts or any(p.how == "date" for p in periods.values()):
        return periods
    return {cell: Period(p.part[0], "one_part") for cell, p in periods.items() if p.part}


OF_YEAR: Mapping[str, int] = MappingProxyType(
    {
        **{f"q{n}": n for n in range(1, 5)},
        **{f"{word}季": n for n, word in enumerate("一二三四", start=1)},
        **{f"{n}季": n for n in range(1, 5)},
    }
)
"""Part of a year -> its quarter, where the part is called one."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
QUARTER_ENDS: Mapping[int, int] = MappingProxyType({3: 1, 6: 2, 9: 3, 12: 4})
"""Month -> the quarter that ends with it."""


def quarters(periods: dict[Cell, Period], *, by_month: bool = False) -> dict[Cell, Period]:
    """Read parts of years as quarters where all are called so; a quarter among years stays a mistake.

    By months, those that are the ends of all four quarters are read, and nothing is given where others
    are among them: figures of a day of each year are yearly.

    >>> [p.value for p in quarters({c: parse_period(c) for c in ("2016Q1", "2016年二季度")}).values()]
    [8064, 8065]
    >>> [p.value for p in quarters({c: parse_period(c) for c in ("2016", "2016Q1")}).values()]
    [2016, None]
    """
    unread: dict[Cell, Period] = {} if by_month else periods
    parts = [period.part for period in periods.values() if period.part]
    if not parts or len(parts) < len(periods):
        return unread
    if by_month:
        months = [month_of(part) for _, part in parts]
        numbers = [QUARTER_ENDS.get(month, 0) for month in months]
        is_whole = set(months) == QUARTER_ENDS.keys()
    else:
        words = (part.removeprefix("第").removesuffix("度") for _, part in parts)
        numbers = [OF_YEAR.get(word, 0) for word in words]
        is_whole = all(numbers)
    if not is_whole:
        return unread
    return {
        cell: Period(quarter(year, number), "quarter")
        for cell, (year, _), number in zip(periods, parts, numbers, strict=True)
    }


def month_of(part: str) -> int:
    """Give the month that a part of a year is called by; 0 where it is none.

    >>> month_of("03"), month_of("3月"), month_of("m12"), month_of("sept"), month_of("h1")
    (3, 3, 12, 9, 0)
    """
    digits = part.removeprefix("m").removesuffix("月").strip()
    if digits.isdecimal():
        return int(digits)
    return next((n for n, name in enumerate(MONTHS, start=1) if part.startswith(name)), 0)


def _report_reading(
    periods: dict[Cell, Period], counts: dict[Cell, int], column: ColumnFindings
) -> None:
    # Reversed, so that the first cell of a kind is the example.
    examples = {period.how: cell for cell, period in reversed(list(periods.items()))}
    for how, (code, sentence) in DECIDED.items():
        if how in examples:
            count = sum(n for cell, n in counts.items() if periods[cell].how == how)
            column.decide(code, message(sentence.template, cell=tidy(str(examples[how]))), count)
    for how, (sentence, remedy) in DOUBTED.items():
        if how in examples:
            cell, year = examples[how], periods[examples[how]].value
            shown = cell.isoformat()[:10] if isinstance(cell, date) else tidy(str(cell))
            doubt = message(sentence.template, cell=shown, year=year)
            column.warn(f"year.{how}", doubt, message(remedy.template, year=year))
