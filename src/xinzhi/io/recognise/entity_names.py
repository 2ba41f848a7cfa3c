"""Entities that stand under two names in one file: X and X市, renamed places, mixed levels."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.io.raw import ColumnFindings, listed
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

Names = npt.NDArray[np.object_]
SUFFIX = re.compile(
    r"(?<=[\u4e00-\u9fff]{2})(?:市|省|自治区|壮族自治区|回族自治区|维吾尔自治区|特别行政区)$"
)
CODE = re.compile(r"\d{4,}")
WORDS = re.compile(r"[^\W\d_](?:[^\d_]*[^\W\d_])+")
"""A name without digits, of two letters or more."""
PROVINCE_ENDS = ("省", "自治区", "特别行政区")


def stem(name: str) -> str:
    """Name of a place without 市, 省 or 自治区.

    >>> stem("襄阳市"), stem("广西壮族自治区"), stem("沙市")
    ('襄阳', '广西', '沙市')
    """
    return name if name.isascii() else SUFFIX.sub("", unicodedata.normalize("NFKC", name))


def may_be_same(name: str, other: str) -> bool:
    """Whether two names differ by 市 or 省 only, and are not those of a province and its city.

    >>> may_be_same("襄阳", "襄阳市"), may_be_same("吉林市", "吉林省"), may_be_same("吉林", "吉林市")
    (True, False, False)
    """
    return name == other or (stem(name) == stem(other) and stem(name) not in TWO_LEVELS)


def join_spellings(names: Names, column: ColumnFindings) -> Names:
    """Join entities that differ by 市 or 省 or by the width of letters only, and say so."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in pd.unique(names):
        groups[simplified(stem(name))].append(name)
    _warn_case(groups, column)
    joined: dict[str, str] = {}
    for short, spellings in groups.items():
        if len(spellings) < 2:
            continue
        if len({stem(name) for name in spellings}) > 1:
            column.warn(
                "names.traditional",
                message("The names {names} are one in other characters.", names=listed(spellings)),
                message("write one name for one entity."),
                entity=spellings[0],
            )
        # A name with one end or none is one place; with two ends, or of two levels, it may be two.
        ends = {simplified(name).removeprefix(short) for name in spellings} - {""}
        if len(ends) > 1 or short in TWO_LEVELS:
            warn_similar(spellings, column, short)
            continue
        joined |= dict.fromkeys(spellings, short)
        column.decide(
            "names.joined",
            message(
                "The names {names} are one entity: {short}.",
                names=" = ".join(spellings),
                short=short,
            ),
            int(np.isin(names, [s for s in spellings if s != short]).sum()),
            short,
        )
    if not joined:
        return names
    return np.array([joined.get(name, name) for name in names.tolist()], dtype=object)


def warn_codes(names: Names, column: ColumnFindings) -> None:
    """Warn of codes among names: 130200 and 唐山市 would be two entities."""
    distinct = pd.unique(names)
    codes = [name for name in distinct if CODE.fullmatch(name)]
    # Numbers of other lengths and codes with letters are codes, too: only words are names.
    if codes and any(WORDS.fullmatch(name) for name in distinct):
        column.warn(
            "panel.code_among_names",
            message("{codes} are codes among names.", codes=listed(codes)),
            message("write names or codes throughout; until then they are entities of their own."),
            entity=codes[0],
        )


def _warn_case(stems: Iterable[str], column: ColumnFindings) -> None:
    """Warn of names that differ by capitals, stops or spaces only."""
    folded: dict[str, list[str]] = defaultdict(list)
    for name in stems:
        folded[re.sub(r"[\W_]+", "", name).casefold() or name].append(name)
    for spellings in folded.values():
        if len(spellings) > 1:
            warn_similar(spellings, column, spellings[0])


def warn_similar(names: Sequence[str], column: ColumnFindings, entity: str) -> None:
    """Warn of names that may mean one entity."""
    column.warn(
        "panel.similar_names",
        message("The names {names} may be one entity or two.", names=listed(names)),
        message("write one name for one entity; they are kept apart."),
        entity=entity,
    )


def warn_renamed(
    names: Names, periods: npt.NDArray[np.int64], column: ColumnFindings, *, join: bool
) -> Names:
    """Find places that were renamed within the sample; join them only where that was asked for."""
    by_stem = {stem(name): name for name in pd.unique(names)}
    for old, new, year in RENAMED:
        before, after = by_stem.get(old), by_stem.get(new)
        if before is None or after is None:
            continue
        # Two rows of one year would be twins: such names are two entities whatever is asked for.
        joins = join and not set(periods[names == before]) & set(periods[names == after])
        column.warn(
            "panel.renamed_city",
            message(
                "{old} was renamed {new} in {year}; both names occur in the data.",
                old=before,
                new=after,
                year=year,
            ),
            message("they were joined as {new}, as stated.", new=after)
            if joins
            else message(
                "if they are one place, state `renamed: join` or write {new} throughout; "
                "until then they are two entities.",
                new=after,
            ),
            entity=after,
        )
        if joins:
            names = np.where(names == before, after, names)
    return names


def warn_dissolved(names: Names, periods: npt.NDArray[np.int64], column: ColumnFindings) -> None:
    """Warn of cities that were dissolved: their heirs have another extent afterwards."""
    by_stem = {stem(name): name for name in pd.unique(names)}
    last = int(periods.max()) if len(periods) else 0
    for old, year, heirs in DISSOLVED:
        # The period of a cross-section is 0: it may be of any year.
        if old not in by_stem or (0 < last < year):
            continue
        column.warn(
            "panel.boundary_change",
            message(
                "{old} was dissolved in {year}; {heirs} have another extent since.",
                old=by_stem[old],
                year=year,
                heirs=listed(heirs),
            ),
            message("leave these cities out, or add the figures up to one extent for all years."),
            entity=by_stem[old],
        )


def warn_levels(names: Names, column: ColumnFindings) -> None:
    """Warn of provinces or the nation among cities, or the nation among provinces."""
    distinct = pd.unique(names).tolist()
    higher = [n for n in distinct if n.casefold() in NATIONS]
    if COUNTRIES & set(distinct):
        higher = [n for n in higher if n != "中国"]
    others = [n for n in distinct if n not in higher and not _is_province(n)]
    # A municipality, or 吉林, is a city as well: it does not show that the table is of cities.
    others = [n for n in others if stem(n) not in MUNICIPALITIES | TWO_LEVELS]
    if any(map(has_chinese, others)):
        higher += [n for n in distinct if _is_province(n)]
    if not higher or len(higher) == len(distinct):
        return
    places = np.flatnonzero(np.isin(names, higher))
    column.warn(
        "panel.mixed_level",
        message(
            "{names} are of a higher level than the other entities (rows {rows}).",
            names=listed(higher),
            rows=column.shown_rows(places),
        ),
        message("leave these rows out, or study one level only."),
        int(places[0]),
        entity=higher[0],
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
