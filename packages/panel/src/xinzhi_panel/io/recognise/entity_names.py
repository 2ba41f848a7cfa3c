"""Entities that stand under two names in one file: X and X市, renamed places, mixed levels.

Names in one file that may be one place or places of two ranks: typing errors, counties, raised places.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.wording import message
from xinzhi_panel.io.raw import ColumnFindings, listed
from xinzhi_panel.io.recognise.cells import has_chinese
from xinzhi_panel.io.recognise.gazetteer import (
    COUNTRIES,
    DISSOLVED,
    KNOWN_PROVINCES,
    MUNICIPALITIES,
    NATIONS,
    PROVINCES,
    RENAMED,
    TWO_LEVELS,
    simplified,
)

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
            message(
                "{codes} are codes among names.",
                one="{codes} is a code among names.",
                n=len(codes),
                codes=listed(codes),
            ),
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
            one="{names} is of a higher level than the other entities (rows {rows}).",
            n=len(higher),
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
            one="{names} is a county or district among entities of another level (rows {rows}).",
            n=len(counties),
            names=listed(
                [
                    message("{text} ({place})", text=n, place=namesakes[n]) if n in namesakes else n
                    for n in counties
                ]
            ),
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
