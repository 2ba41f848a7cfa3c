"""Match six-digit codes (GB/T 2260), those of former times too."""

from __future__ import annotations

from xinzhi.cities import index
from xinzhi.cities.divisions import MUNICIPALITIES
from xinzhi.cities.outcome import How, Match, Unknown
from xinzhi.cities.places import place_of, places
from xinzhi.cities.refusals import county_not_prefecture, province_not_city
from xinzhi.cities.years import matched_in_year
from xinzhi.wording import message

NATIONAL = "156"
"""China in the coding of the national platform: 156140200."""
REASSIGNED = ("469025", "469026", "469027", "469028", "469030")
"""Counties of Hainan whose codes belonged to other counties before 2007."""
REASSIGNED_IN = 2007


def six_digits(code: str) -> str:
    """Reduce the longer forms of a code to six digits; other lengths are left as they are.

    >>> six_digits("140200000000"), six_digits("156140200"), six_digits("110100")
    ('140200', '140200', '110000')
    """
    if len(code) == 12 and code.endswith("000000"):
        code = code[:6]
    if len(code) == 9 and code.startswith(NATIONAL):
        code = code[3:]
    is_city_proper = len(code) == 6 and code[:2] in MUNICIPALITIES and code[2:] == "0100"
    return code[:2] + "0000" if is_city_proper else code


def match_code(name: str, digits: str, year: int | None) -> Match:
    """Match a code with its place; codes of counties and provinces are refused.

    >>> match_code("522400", "522400", None).how
    'former_code'
    """
    code = six_digits(digits)
    rows = index.codes().get(code)
    if code in REASSIGNED and year is not None and year < REASSIGNED_IN:
        why = message(
            "{code} belonged to another place before {year}.", code=code, year=REASSIGNED_IN
        )
        return Unknown(name, "code", why)
    if not rows:
        near = places().get(code[:4] + "00") if len(code) in {4, 6} else None
        why = message("{code} is no known code of a place.", code=name)
        return Unknown(name, "code", why, (near,) if near else ())
    if rows[-1].level == "county":
        return county_not_prefecture(name, rows)
    place = place_of(rows[-1])
    if place.level == "province":
        return province_not_city(name)
    how: How = "code" if place.code == code else "former_code"
    return matched_in_year(name, place, how, year, ())
