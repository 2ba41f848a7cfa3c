"""Places whose names look or sound most like an unknown one: suggestions, never decisions."""

from __future__ import annotations

import difflib
from functools import cache

from xinzhi.places import index
from xinzhi.places.places import Place, places
from xinzhi.places.spelling import is_latin, latin, stem

SHOWN = 3
CUTOFF = 0.6
LOOK_ALIKES = (
    "毫亳",
    "荷菏",
    "洲州",
    "泸沪庐",
    "攀樊",
    "濮璞仆",
    "淄缁",
    "葫胡",
    "忻沂析",
    "郴彬林",
    "朔塑",
    "萍苹",
    "莱来",
    "邯甘",
    "辽疗",
    "宿苏",
    "宜伊",
    "绍邵韶",
    "吕呂",
    "张張",
    "东東",
    "长長",
    "阳陽",
    "宁寧",
    "云雲",
    "龙龍",
    "马馬",
    "兴興",
    "双雙",
    "铜銅",
    "广廣",
    "庆慶",
    "岭嶺",
    "乌烏",
    "济濟",
    "庄莊",
    "达達",
)
"""Characters that are taken for one another, by look, sound or old form; the last ones pairwise."""


@cache
def _plain() -> dict[int, str]:
    """Table that writes the first character of each group for the others."""
    return {ord(c): group[0] for group in LOOK_ALIKES for c in group}


def nearest_places(text: str) -> tuple[Place, ...]:
    """Find up to three places with the most similar names.

    >>> [place.name for place in nearest_places("毫州")]
    ['亳州市']
    """
    names = _romanised() if is_latin(text) else _stems()
    key = latin(text) if is_latin(text) else stem(text)
    alike = [
        code for name, code in names if not is_latin(text) and _same_look(name, key) and name != key
    ]
    if not alike:
        close = difflib.get_close_matches(key, dict(names), n=SHOWN, cutoff=CUTOFF)
        alike = [code for name in close for known, code in names if known == name]
    return tuple(places()[code] for code in list(dict.fromkeys(alike))[:SHOWN])


def _same_look(name: str, other: str) -> bool:
    return name.translate(_plain()) == other.translate(_plain())


@cache
def _stems() -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, code)
        for name, rows in index.prefecture_stems().items()
        for code in index.codes_of_places(rows)
    )


@cache
def _romanised() -> tuple[tuple[str, str], ...]:
    return tuple((name, code) for name, found in index.romanised().items() for code in found)
