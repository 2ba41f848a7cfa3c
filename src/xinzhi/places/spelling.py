"""One spelling per name: width, invisible characters, suffixes, Latin letters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# fmt: off
PEOPLES: tuple[str, ...] = (
    "柯尔克孜族", "柯尔克孜", "维吾尔族", "维吾尔", "哈萨克族", "哈萨克", "塔吉克族", "塔吉克", "达斡尔族",
    "鄂温克族", "蒙古族", "蒙古", "锡伯族", "锡伯", "布依族", "朝鲜族", "土家族", "哈尼族",
    "傈僳族", "拉祜族", "东乡族", "纳西族", "景颇族", "仫佬族", "布朗族", "撒拉族", "毛南族",
    "仡佬族", "阿昌族", "普米族", "裕固族", "保安族", "独龙族", "满族", "回族", "藏族",
    "苗族", "彝族", "壮族", "侗族", "瑶族", "白族", "傣族", "黎族", "佤族",
    "畲族", "水族", "土族", "羌族", "怒族", "各族",
)
# fmt: on
"""Names of peoples in the names of autonomous places, longest first."""

SUFFIXES = (
    *("自治州", "自治县", "自治旗", "特别行政区", "自治区"),
    *("林区", "矿区", "特区", "新区", "地区"),
)
RANKS = ("省", "市", "州", "盟", "县", "区", "旗")
SHORTEST_STEM = 2

_QUOTES = "\"'“”‘’「」『』《》<>【】[]*"
_SHI = re.compile(r"\b(city|shi|municipality|prefecture|autonomous|league|region|diqu|zhou)\b")


def fold(text: str) -> str:
    """Fold width and compatibility forms, drop white space, invisible characters and quotes.

    >>> fold(" 大\u200b同　市 "), fold("１４０２００")
    ('大同市', '140200')
    """
    wide = unicodedata.normalize("NFKC", text)
    return "".join(c for c in wide if unicodedata.category(c)[0] not in "ZC" and c not in _QUOTES)


@cache
def stem(name: str) -> str:
    """Leave the rank and the peoples out of a place name, where two characters remain.

    >>> stem("大同市"), stem("延边朝鲜族自治州"), stem("大兴安岭地区"), stem("沁县")
    ('大同', '延边', '大兴安岭', '沁县')
    """
    for suffix in SUFFIXES + RANKS:
        if name.endswith(suffix) and len(name) - len(suffix) >= SHORTEST_STEM:
            return _without_peoples(name[: -len(suffix)])
    return name


def _without_peoples(name: str) -> str:
    """Strip names of peoples from the end as long as a name is left."""
    for people in PEOPLES:
        if name.endswith(people) and len(name) - len(people) >= SHORTEST_STEM:
            return _without_peoples(name[: -len(people)])
    return name


def latin(text: str) -> str:
    """Reduce a romanised name to its bare letters: accents, apostrophes and rank left out.

    >>> latin("Lüliang City"), latin("Ya'an Shi"), latin("Daxing’anling Prefecture")
    ('luliang', 'yaan', 'daxinganling')
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z]", "", _SHI.sub(" ", re.sub(r"['’`]", "", plain)))


def is_latin(text: str) -> bool:
    """Whether a text is written in Latin letters only.

    >>> is_latin("Ürümqi"), is_latin("大同")
    (True, False)
    """
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all("LATIN" in unicodedata.name(c, "") for c in letters)
