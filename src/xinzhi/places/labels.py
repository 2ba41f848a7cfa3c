"""Names of entities for readers of both languages, from the registers of cities, provinces and countries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType

from xinzhi.places.countries import find_countries
from xinzhi.places.identity import REGISTERS, Identity, Register, identify
from xinzhi.places.places import english_names, province_name
from xinzhi.places.spelling import stem
from xinzhi.wording import Label

TRIED = 40
"""Names by which the register is chosen: to look for what thousands of unknown names are near takes long."""
MOSTLY = 0.9
CODE = re.compile(r"[A-Z]{2,3}|\d+(\.0)?")
CHINESE, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")


def labels_of(entities: Iterable[str]) -> dict[str, Label]:
    """Label entities that are cities or provinces of China, or countries; others have no label.

    A name that is written in a language stays as it is written there. Cities of one English name have
    their province beside it.

    >>> labels = labels_of(["宜春市", "伊春市", "唐山"])
    >>> [label.en for label in labels.values()], labels["唐山"].zh
    (['Yichun (Jiangxi)', 'Yichun (Heilongjiang)', 'Tangshan'], '唐山')
    >>> [label.en for label in labels_of(["思茅市", "普洱市"]).values()]
    ['Simao', "Pu'er"]
    >>> [label.zh for label in labels_of(["DEU", "Korea, Rep."]).values()]
    ['德国', '韩国']
    """
    return dict(_labels(tuple(dict.fromkeys(entities))))


@lru_cache(maxsize=4)
def _labels(names: tuple[str, ...]) -> Mapping[str, Label]:
    """Label distinct names; a report asks for those of its entities again and again."""
    register = register_of(names)
    if register is None:
        return {}
    found = _identified(names, register)
    english = _english(found, register)
    return {
        name: Label(
            name,
            zh=name if CHINESE.search(name) else _chinese(one, register),
            en=name
            if LATIN.search(name) and not CODE.fullmatch(name)
            else _former(name, one, register) or english.get(one.code),
        )
        for name, one in found.items()
    }


def register_of(names: Sequence[str]) -> Register | None:
    """Choose the register that knows nearly all of the names; None where no register does.

    >>> register_of(["唐山市", "大同市"]), register_of(["DEU", "France"]), register_of(["plot 1"])
    ('china_cities', 'countries', None)
    """
    step = max(1, len(names) // TRIED)
    return _register(tuple(names[::step]))


@lru_cache(maxsize=4)
def _register(tried: tuple[str, ...]) -> Register | None:
    known: dict[Register, int] = {}
    for register in REGISTERS:
        known[register] = len(_identified(tried, register))
        if known[register] == len(tried):  # no other can know more
            break
    best = max(known, key=lambda register: known[register])
    return best if tried and known[best] >= MOSTLY * len(tried) else None


def _identified(names: Iterable[str], register: Register) -> dict[str, Identity]:
    matched = identify([(name, None, None) for name in names], register).found
    return {key[0]: one for key, one in matched.items() if isinstance(one, Identity)}


def _english(found: Mapping[str, Identity], register: Register) -> dict[str, str]:
    """Give the English names by code; those that several cities bear with their provinces."""
    codes = list(dict.fromkeys(one.code for one in found.values()))
    if register == "countries":
        return {code: find_countries(code)[0].name for code in codes}
    known = {code: english_names()[code][0] for code in codes if code in english_names()}
    bearers = Counter(_bearers().values())
    return {
        code: f"{name} ({english_names()[code[:2] + '0000'][0]})" if bearers[name] > 1 else name
        for code, name in known.items()
    }


def _former(name: str, one: Identity, register: Register) -> str | None:
    """Give the English of a former name of a city: 思茅市 is Simao, and not Pu'er already."""
    former = english_names().get(one.code, ())[1:] if register == "china_cities" else ()
    is_former = bool(CHINESE.search(name)) and stem(name) != stem(one.name or name)
    return former[-1] if former and is_former else None


@cache
def _bearers() -> Mapping[str, str]:
    """English names of all cities by code; provinces and their capitals of one name are not meant."""
    return MappingProxyType(
        {code: names[0] for code, names in english_names().items() if not code.endswith("0000")}
    )


def _chinese(one: Identity, register: Register) -> str | None:
    if register == "countries":
        return find_countries(one.code)[0].chinese
    return one.name if register == "china_cities" else stem(province_name(one.code))
