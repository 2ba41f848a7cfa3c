"""Entities that stand under two names in one file: X and X市, renamed places, mixed levels."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.errors import Where
from xinzhi.io.raw import Findings, RawTable, listed
from xinzhi.io.recognise.cells import has_chinese
from xinzhi.io.recognise.gazetteer import (
    COUNTRIES,
    DISSOLVED,
    KNOWN_PROVINCES,
    MUNICIPALITIES,
    NATIONS,
    RENAMED,
    TWO_LEVELS,
    simplified,
)
from xinzhi.wording import message

SUFFIX = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})(?:市|省|自治区|壮族自治区|回族自治区|维吾尔自治区|特别行政区)$"
)
CODE = re.compile(r"\d{4,}")
PROVINCE_ENDS = ("省", "自治区", "特别行政区")


def stem(name: str) -> str:
    """Name of a place without 市, 省 or 自治区.

    >>> stem("襄阳市"), stem("广西壮族自治区"), stem("沙市")
    ('襄阳', '广西', '沙市')
    """
    return name if name.isascii() else SUFFIX.sub("", unicodedata.normalize("NFKC", name))


def may_be_same(one: str, other: str) -> bool:
    """Whether two names differ by 市 or 省 only, and are not those of a province and its city.

    >>> may_be_same("襄阳", "襄阳市"), may_be_same("吉林市", "吉林省"), may_be_same("吉林", "吉林市")
    (True, False, False)
    """
    return one == other or (stem(one) == stem(other) and stem(one) not in TWO_LEVELS)


def join_spellings(
    names: npt.NDArray[np.object_],
    table: RawTable,
    column: str,
    found: Findings,
) -> npt.NDArray[np.object_]:
    """Join entities that differ by 市 or 省 or by the width of letters only, and say so."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in pd.unique(names):
        if name is not None:
            groups[simplified(stem(name))].append(name)
    _warn_case(groups, table, column, found)
    joined: dict[str, str] = {}
    for short, spellings in groups.items():
        if len(spellings) < 2:
            continue
        _warn_traditional(spellings, table, column, found)
        where = Where(file=table.file, sheet=table.sheet, column=column, entity=short)
        if _may_join(short, spellings):
            joined |= dict.fromkeys(spellings, short)
            count = int(np.isin(names, [s for s in spellings if s != short]).sum())
            found.decide(
                "names.joined",
                message(
                    "The names {names} are one entity: {short}.",
                    names=" = ".join(spellings),
                    short=short,
                ),
                where,
                count,
            )
        else:
            warn_similar(spellings, where, found)
    if not joined:
        return names
    return np.array([joined.get(name, name) for name in names.tolist()], dtype=object)


def warn_codes(
    names: npt.NDArray[np.object_], table: RawTable, column: str, found: Findings
) -> None:
    """Warn of codes among names: 130200 and 唐山市 would be two entities."""
    distinct = [name for name in pd.unique(names) if name is not None]
    codes = [name for name in distinct if CODE.fullmatch(name)]
    if not codes or len(codes) == len(distinct):
        return
    found.warn(
        "panel.code_among_names",
        message("{codes} are codes among names.", codes=listed(codes)),
        Where(file=table.file, sheet=table.sheet, column=column, entity=codes[0]),
        message("write names or codes throughout; until then they are entities of their own."),
    )


def _warn_case(groups: dict[str, list[str]], table: RawTable, column: str, found: Findings) -> None:
    """Warn of names that differ by capitals, stops or spaces only."""
    folded: dict[str, list[str]] = defaultdict(list)
    for short in groups:
        folded[re.sub(r"[\W_]+", "", short).casefold() or short].append(short)
    for spellings in folded.values():
        if len(spellings) > 1:
            where = Where(file=table.file, sheet=table.sheet, column=column, entity=spellings[0])
            warn_similar(spellings, where, found)


def warn_similar(names: Sequence[str], where: Where, found: Findings) -> None:
    """Warn of names that may mean one entity."""
    found.warn(
        "panel.similar_names",
        message("The names {names} may be one entity or two.", names=listed(names)),
        where,
        message("write one name for one entity; they are kept apart."),
    )


def _warn_traditional(spellings: list[str], table: RawTable, column: str, found: Findings) -> None:
    """Warn of names that stand in traditional and in simplified characters."""
    if len({stem(name) for name in spellings}) < 2:
        return
    found.warn(
        "names.traditional",
        message("The names {names} are one in other characters.", names=listed(spellings)),
        Where(file=table.file, sheet=table.sheet, column=column, entity=spellings[0]),
        message("write one name for one entity."),
    )


def _may_join(short: str, spellings: list[str]) -> bool:
    ends = {simplified(name).removeprefix(short) for name in spellings} - {""}
    return len(ends) <= 1 and short not in TWO_LEVELS


def warn_renamed(
    names: npt.NDArray[np.object_],
    periods: npt.NDArray[np.int64],
    table: RawTable,
    column: str,
    found: Findings,
    *,
    join: bool,
) -> npt.NDArray[np.object_]:
    """Find places that were renamed within the sample; join them only where that was asked for."""
    present = {stem(name): name for name in pd.unique(names) if name is not None}
    for old, new, year in RENAMED:
        before, after = present.get(old), present.get(new)
        if before is None or after is None:
            continue
        apart = not set(periods[names == before]) & set(periods[names == after])
        where = Where(file=table.file, sheet=table.sheet, column=column, entity=after)
        joins = join and apart
        found.warn(
            "panel.renamed_city",
            message(
                "{old} was renamed {new} in {year}; both names occur in the data.",
                old=before,
                new=after,
                year=year,
            ),
            where,
            message("they were joined as {new}, as stated.", new=after)
            if joins
            else message(
                "if they are one place, state `renamed: join` or write {new} throughout; "
                "until then they are two entities.",
                new=after,
            ),
        )
        if joins:
            names = np.where(names == before, after, names)
    return names


def warn_dissolved(
    names: npt.NDArray[np.object_],
    periods: npt.NDArray[np.int64],
    table: RawTable,
    column: str,
    found: Findings,
) -> None:
    """Warn of cities that were dissolved: their heirs have another extent afterwards."""
    present = {stem(name): name for name in pd.unique(names) if name is not None}
    last = int(periods.max()) if len(periods) else 0
    for old, year, heirs in DISSOLVED:
        if old not in present or (0 < last < year):
            continue
        found.warn(
            "panel.boundary_change",
            message(
                "{old} was dissolved in {year}; {heirs} have another extent since.",
                old=present[old],
                year=year,
                heirs=listed(heirs),
            ),
            Where(file=table.file, sheet=table.sheet, column=column, entity=present[old]),
            message("leave these cities out, or add the figures up to one extent for all years."),
        )


def warn_levels(
    names: npt.NDArray[np.object_],
    rows: npt.NDArray[np.int64],
    table: RawTable,
    column: str,
    found: Findings,
) -> None:
    """Warn of provinces or the nation among cities, or the nation among provinces."""
    distinct = [name for name in pd.unique(names) if name is not None]
    higher = [n for n in distinct if n.casefold() in NATIONS]
    if COUNTRIES & set(distinct):
        higher = [n for n in higher if n != "中国"]
    provinces = [n for n in distinct if _is_province(n)]
    others = [n for n in distinct if n not in higher and not _is_province(n)]
    others = [n for n in others if stem(n) not in MUNICIPALITIES | TWO_LEVELS]
    if others and any(map(has_chinese, others)):
        higher += provinces
    if not higher or len(higher) == len(distinct):
        return
    at = np.flatnonzero(np.isin(names, higher))
    found.warn(
        "panel.mixed_level",
        message(
            "{names} are of a higher level than the other entities (rows {rows}).",
            names=listed(higher),
            rows=listed(table.shown_rows(rows[at])),
        ),
        replace(table.where(int(rows[at[0]]), None, column), entity=higher[0]),
        message("leave these rows out, or study one level only."),
    )


def is_higher(name: str) -> bool:
    """Whether a name is that of a province, also one that is a city at once.

    >>> is_higher("山西省"), is_higher("北京市"), is_higher("吉林市"), is_higher("大同")
    (True, True, False, False)
    """
    short = stem(name)
    return short in KNOWN_PROVINCES and (short not in TWO_LEVELS or not name.endswith("市"))


def _is_province(name: str) -> bool:
    short = stem(name)
    return (
        short in KNOWN_PROVINCES
        and short not in MUNICIPALITIES
        and (name.endswith(PROVINCE_ENDS) or short not in TWO_LEVELS)
    )
