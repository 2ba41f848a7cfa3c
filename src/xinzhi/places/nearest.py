"""Places whose names look or sound most like an unknown one: suggestions, never decisions."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache

from xinzhi.places import index
from xinzhi.places.places import KnownPlace, places
from xinzhi.places.spelling import is_latin, latin, stem

SHOWN = 3
CUTOFF = 0.6
LOOK_ALIKES = (
    "毫亳 荷菏 洲州 泸沪庐 攀樊 濮璞仆 淄缁 葫胡 忻沂析 郴彬林 朔塑 萍苹 莱来 "
    "邯甘 辽疗 宿苏 宜伊 绍邵韶 吕呂 张張 东東 长長 阳陽 宁寧 云雲 龙龍 马馬 "
    "兴興 双雙 铜銅 广廣 庆慶 岭嶺 乌烏 济濟 庄莊 达達"
)
"""Characters that are taken for one another, by look, sound or old form, group by group."""


@cache
def _plain() -> dict[int, str]:
    """Table that writes the first character of each group for the others."""
    return {ord(c): group[0] for group in LOOK_ALIKES.split() for c in group}


def nearest_places(text: str) -> tuple[KnownPlace, ...]:
    """Find up to three places with the most similar names.

    >>> [place.name for place in nearest_places("毫州")]
    ['亳州市']
    """
    if is_latin(text):
        names, key = index.romanised(), latin(text)
        alike: list[str] = []
    else:
        names, key = _codes_of_stems(), stem(text)
        look = key.translate(_plain())
        alike = [name for name in names if name.translate(_plain()) == look and name != key]
    # Likeness by letters is asked only where no name looks the same: 毫州 is 亳州, not 郑州.
    alike = alike or difflib.get_close_matches(key, names, n=SHOWN, cutoff=CUTOFF)
    codes = dict.fromkeys(code for name in alike for code in names[name])
    return tuple(places()[code] for code in list(codes)[:SHOWN])


@cache
def _codes_of_stems() -> Mapping[str, tuple[str, ...]]:
    stems = index.prefecture_stems()
    return {name: index.codes_of_places(rows) for name, rows in stems.items()}
