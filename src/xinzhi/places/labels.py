"""Names of entities for readers of both languages, from the registers of cities, provinces and countries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from xinzhi.places.countries import find_countries
from xinzhi.places.identity import REGISTERS, Identity, Register, identify
from xinzhi.places.places import english_names, province_name
from xinzhi.places.spelling import stem
from xinzhi.wording import Label

SAMPLED = 40
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
    identities = _identified(names, register)
    english = _english(identities, register)
    return {
        name: Label(
            name,
            zh=name if CHINESE.search(name) else _chinese(identity, register),
            en=name
            if LATIN.search(name) and not CODE.fullmatch(name)
            else _former(name, identity, register) or english.get(identity.code),
        )
        for name, identity in identities.items()
    }


def register_of(names: Sequence[str]) -> Register | None:
    """Choose the register that knows nearly all of the names; None where no register does.

    >>> register_of(["唐山市", "大同市"]), register_of(["DEU", "France"]), register_of(["plot 1"])
    ('china_cities', 'countries', None)
    """
    step = max(1, len(names) // SAMPLED)
    return _register(tuple(names[::step]))


@lru_cache(maxsize=4)
def _register(sample: tuple[str, ...]) -> Register | None:
    counts: dict[Register, int] = {}
    for register in REGISTERS:
        counts[register] = len(_identified(sample, register))
        if counts[register] == len(sample):  # no other can know more
            break
    best = max(counts, key=lambda register: counts[register])
    return best if sample and counts[best] >= MOSTLY * len(sample) else None


def _identified(names: Iterable[str], register: Register) -> dict[str, Identity]:
    meanings = identify([(name, None, None) for name in names], register).found
    return {name: found for (name, _, _), found in meanings.items() if isinstance(found, Identity)}


def _english(identities: Mapping[str, Identity], register: Register) -> dict[str, str]:
    """Give the English names by code; those that several cities bear with their provinces."""
    codes = list(dict.fromkeys(identity.code for identity in identities.values()))
    if register == "countries":
        return {code: find_countries(code)[0].name for code in codes}
    usual = {code: names[0] for code, names in english_names().items()}
    # Provinces and their capitals of one name are not meant.
    bearers = Counter(name for code, name in usual.items() if not code.endswith("0000"))
    return {
        code: f"{usual[code]} ({usual[code[:2] + '0000']})"
        if bearers[usual[code]] > 1
        else usual[code]
        for code in codes
        if code in usual
    }


def _former(name: str, identity: Identity, register: Register) -> str | None:
    """Give the English of a former name of a city: 思茅市 is Simao, and not Pu'er already."""
    former = english_names().get(identity.code, ())[1:] if register == "china_cities" else ()
    is_former = bool(CHINESE.search(name)) and stem(name) != stem(identity.name or name)
    return former[-1] if former and is_former else None


def _chinese(identity: Identity, register: Register) -> str | None:
    if register == "countries":
        return find_countries(identity.code)[0].chinese
    return identity.name if register == "china_cities" else stem(province_name(identity.code))
