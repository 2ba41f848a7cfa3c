"""Names in one file that may be one place or places of two ranks: typing errors, counties, raised places."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.io.raw import ColumnFindings, listed
from xinzhi.io.recognise.cells import has_chinese
from xinzhi.io.recognise.entity_names import stem, warn_similar
from xinzhi.io.recognise.gazetteer import PROVINCES, RENAMED, TWO_LEVELS
from xinzhi.wording import message

Names = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]
RAISED = re.compile(r"(?P<stem>[\u4e00-\u9fff]{2,})(?:地区|盟)")
PREFECTURE = re.compile(
    r"(?P<stem>[\u4e00-\u9fff]{2,}?)(?:[\u4e00-\u9fff]{1,4}族|蒙古|哈萨克|柯尔克孜)*(?:自治)?州"
)
COUNTY = re.compile(
    r"(?P<stem>[\u4e00-\u9fff]{2,}?)(?:(?:[\u4e00-\u9fff]{1,4}族|蒙古)*自治[县旗]|县|(?:(?<!地)(?<!自治)|新|市辖|市|城|郊)区|旗)"
)
_PROVINCE = rf"(?:{PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区)?"
WITH_PROVINCE = re.compile(
    rf"{_PROVINCE}[\s·_—-]?(?P<before>[\u4e00-\u9fff]{{2,}})|(?P<behind>[\u4e00-\u9fff]{{2,}})\s?[(（]{_PROVINCE}[)）]"
)
RURAL = ("县", "旗")
DIVIDED = frozenset({"南宁", "柳州"})
"""Prefectures that were divided: the city of the name does not go on with their figures."""
FEW = 0.25
"""Share of entities other than the odd ones, up to which odd ones are named."""
MOST = 400
"""Incomplete entities beyond which a panel is too unbalanced for a look at each pair."""
TELLING = frozenset("甲乙丙丁戊己庚辛一二三四五六七八九十东西南北中上下左右新旧老大小")
"""Characters that tell two names apart where one stands for another: 淮南, 淮北."""
SHORTEST_LATIN = 5
LONGEST_COMPARED = 40


def join_raised(
    names: Names, distinct: Sequence[str], periods: Ints, column: ColumnFindings
) -> Names:
    """Join X地区 and X市, or X州 and X, where one follows the other; warn where both stand at once."""
    spans = _spans(names, distinct, periods)
    by_stem = {stem(name): name for name in spans}
    for old in list(spans):
        match = RAISED.fullmatch(old)
        new = by_stem.get(match["stem"]) if match else None
        if new is None or new == old:
            continue
        follows = max(spans[old]) < min(spans[new])
        is_spelling = match is not None and match["stem"] == new and not spans[old] & spans[new]
        if match is not None and match["stem"] not in DIVIDED and (follows or is_spelling):
            names = _join(names, old, new, column)
        else:
            warn_similar([old, new], column, old)
    return _join_autonomous(names, spans, column)


def join_with_province(
    names: Names, distinct: Sequence[str], periods: Ints, column: ColumnFindings
) -> Names:
    """Join 山西省大同市, 大同（山西） and 大同 where no year has both; warn where one has."""
    longer = {n: m for n in distinct if (m := WITH_PROVINCE.fullmatch(n))}
    if not longer:
        return names
    others = {stem(n): n for n in distinct if n not in longer}
    for name, match in longer.items():
        short = others.get(stem(match["before"] or match["behind"]))
        if short is None:
            continue
        if set(periods[names == name].tolist()) & set(periods[names == short].tolist()):
            warn_similar([name, short], column, name)
        else:
            names = _join(names, name, short, column)
    return names


def _join_autonomous(names: Names, spans: Mapping[str, set[int]], column: ColumnFindings) -> Names:
    """Join 延边州, 延边 and 延边朝鲜族自治州; 大理市 beside 大理州 is a county of it."""
    groups: dict[str, list[str]] = {}
    for name in spans:
        if match := PREFECTURE.fullmatch(name):
            groups.setdefault(match["stem"], []).append(name)
    for short, spellings in groups.items():
        if short in spans and short not in TWO_LEVELS:
            spellings.append(short)
        if len(spellings) < 2:
            continue
        if any(spans[a] & spans[b] for a, b in combinations(spellings, 2)):
            warn_similar(spellings, column, spellings[0])
            continue
        for other in spellings[1:]:
            names = _join(names, other, spellings[0], column)
    return names


def _join(names: Names, old: str, new: str, column: ColumnFindings) -> Names:
    is_old = names == old
    column.decide(
        "names.joined",
        message("The names {names} are one entity: {short}.", names=f"{old} = {new}", short=new),
        int(is_old.sum()),
        new,
    )
    return np.where(is_old, new, names)


def _spans(names: Names, distinct: Sequence[str], periods: Ints) -> dict[str, set[int]]:
    """Periods of the entities whose names may be of another rank, and of their namesakes."""
    matches = {n: (RAISED.fullmatch(n), PREFECTURE.fullmatch(n)) for n in distinct}
    odd = {n for n, ranks in matches.items() if any(ranks)}
    stems = {match["stem"] for ranks in matches.values() for match in ranks if match}
    concerned = [n for n in distinct if n in odd or stem(n) in stems]
    return {name: set(periods[names == name].tolist()) for name in concerned}


def warn_counties(codes: Ints, distinct: Sequence[str], column: ColumnFindings) -> None:
    """Warn of counties and districts among cities: 大同县 beside 大同, 平定县 among cities."""
    matches = {n: m for n in distinct if (m := COUNTY.fullmatch(n))}
    if len(matches) == len(distinct):
        return
    others = {stem(n): n for n in distinct if n not in matches}
    namesakes = {n: others[m["stem"]] for n, m in matches.items() if m["stem"] in others}
    autonomous = {m["stem"]: n for n in distinct if (m := PREFECTURE.fullmatch(n))}
    namesakes |= {
        n: autonomous[s] for s, n in others.items() if s in autonomous and n != autonomous[s]
    }
    rural = [n for n in distinct if n.endswith(RURAL)]
    few = rural if len(rural) <= FEW * (len(distinct) - len(rural)) else []
    counties = list(dict.fromkeys([*namesakes, *few]))
    if not counties:
        return
    places = np.flatnonzero(np.isin(codes, [i for i, n in enumerate(distinct) if n in counties]))
    column.warn(
        "names.county",
        message(
            "{names} are counties or districts among entities of another level (rows {rows}).",
            names=listed(f"{n} ({namesakes[n]})" if n in namesakes else n for n in counties),
            rows=column.shown_rows(places),
        ),
        message("leave these rows out, or study one level only."),
        int(places[0]),
        entity=counties[0],
    )


def warn_typing_errors(
    codes: Ints, distinct: Sequence[str], periods: Ints, column: ColumnFindings
) -> None:
    """Warn of two names that differ by one character and of which one fills the gaps of the other."""
    when, times = pd.factorize(periods)
    count = np.bincount(codes)
    incomplete = np.flatnonzero(count < len(times))
    if not 2 <= len(incomplete) <= MOST:
        return
    has = {int(c): frozenset(when[codes == c].tolist()) for c in incomplete}
    is_rare = len(incomplete) <= max(2, FEW * len(distinct))
    for pair in combinations(has, 2):
        few, many = sorted(pair, key=lambda code: len(has[code]))
        complete = len(has[few]) + len(has[many]) == len(times)
        # Of two equal halves neither is the odd one, and one entity stands once in a period.
        if len(has[few]) == len(has[many]) > 1 or has[few] & has[many]:
            continue
        stems = stem(distinct[few]), stem(distinct[many])
        renamed = any(set(stems) == {old, new} for old, new, _ in RENAMED)
        if (complete or is_rare) and not renamed and differ_by_one(*stems):
            places = np.flatnonzero(codes == few)
            column.warn(
                "names.typo",
                message(
                    "'{name}' (rows {rows}) fills periods that '{other}' lacks: one entity under two spellings?",
                    name=str(distinct[few]),
                    rows=column.shown_rows(places),
                    other=str(distinct[many]),
                ),
                message("write one name for one entity; they are kept apart."),
                int(places[0]),
                entity=str(distinct[few]),
            )


def differ_by_one(name: str, other: str) -> bool:
    """Whether names differ by one character, left out, added, changed or swapped with its neighbour.

    Numbers and single letters tell entities apart: those are never typing errors.

    >>> differ_by_one("攀枝化", "攀枝花"), differ_by_one("Tangshn", "Tangshan")
    (True, True)
    >>> differ_by_one("firm 1", "firm 2"), differ_by_one("plant A", "plant B"), differ_by_one("大同", "阳泉")
    (False, False, False)
    """
    short, long = sorted((name.casefold(), other.casefold()), key=len)
    if len(long) - len(short) > 1 or len(long) > LONGEST_COMPARED or short == long:
        return False
    if len(short) < (2 if has_chinese(short) else SHORTEST_LATIN):
        return False
    # Up to the first character that differs the names are equal; what follows decides which error it is.
    start = next(
        (i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    end = len(long) - start
    if len(short) < len(long):
        changed, rest = long[start], short[start:] == long[start + 1 :]
    elif short[start + 1 :] == long[start + 1 :]:
        changed, rest = short[start] + long[start], True
    else:
        changed = short[start : start + 2]
        rest = end > 1 and changed[::-1] + short[start + 2 :] == long[start:]
    return rest and not _tells_apart(changed, long, start)


def _tells_apart(changed: str, name: str, place: int) -> bool:
    """Whether a change is one of digits, of single letters, or of Latin letters in a Chinese name."""
    if any(c.isdigit() or not c.isalnum() for c in changed):
        return True
    if all(c.isascii() for c in changed):
        before, after = name[place - 1 : place], name[place + 1 : place + 2]
        return has_chinese(name) or not (before.isalpha() or after.isalpha())
    return all(c in TELLING for c in changed)
