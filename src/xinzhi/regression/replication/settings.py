"""The section [audit] of published tables: how their parts are connected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.regression.replication.published import MediationLink, NestedLink
from xinzhi.wording import message


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of [audit]; all are optional."""

    means: str = ""
    """Table of mean, sd, min, max by variable."""
    vif: str = ""
    """Table of VIF and 1/VIF by variable; found by its shape where not named."""
    clusters: int | None = None
    """Entities of the whole sample."""
    years: int | None = None
    depvar: str = ""
    effects: tuple[str, ...] = ()
    n: int | None = None
    controls: tuple[str, ...] = ()
    without_controls: tuple[str, ...] = ()
    """Columns whose models have no controls."""
    groups: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Column -> entities of its group."""
    nested: tuple[NestedLink, ...] = ()
    mediation: tuple[MediationLink, ...] = ()


def is_text(value: object) -> bool:
    """Whether a value is a string."""
    return isinstance(value, str)


def is_count(value: object) -> bool:
    """Whether a value is a positive whole number."""
    # True and false are integers in Python: `years = true` is not a count.
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def is_list_of_text(value: object) -> bool:
    """Whether a value is a list of strings."""
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _is_links(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(part, dict) and all(isinstance(v, str) for v in part.values()) for part in value
    )


NESTED = ("model", "of", "added")
MEDIATION = ("mediator", "a", "b", "total")
"""Words that a link needs."""
Test = Callable[[object], bool]
KEYS: Mapping[str, Test] = {
    "means": is_text,
    "vif": is_text,
    "clusters": is_count,
    "years": is_count,
    "default": lambda value: isinstance(value, dict),
    "without_controls": is_list_of_text,
    "groups": lambda value: isinstance(value, dict) and all(map(is_count, value.values())),
    "nested": _is_links,
    "mediation": _is_links,
}
DEFAULTS: Mapping[str, Test] = {
    "depvar": is_text,
    "effects": is_list_of_text,
    "N": is_count,
    "controls": is_list_of_text,
}


def read_settings(raw: object, file: str | None) -> Settings:
    """Read the section [audit], refusing words and values that mean nothing.

    Raises
    ------
    SpecError
        An unknown key, a value of the wrong kind, or an incomplete link.
    """
    given = _require_words(raw, KEYS, "audit", file)
    default = _require_words(given.get("default", {}), DEFAULTS, "audit.default", file)
    return Settings(
        means=given.get("means", ""),
        vif=given.get("vif", ""),
        clusters=given.get("clusters"),
        years=given.get("years"),
        depvar=default.get("depvar", ""),
        effects=tuple(default.get("effects", ())),
        n=default.get("N"),
        controls=tuple(default.get("controls", ())),
        without_controls=tuple(given.get("without_controls", ())),
        groups=dict(given.get("groups", {})),
        nested=tuple(
            NestedLink(**_read_link("nested", link, NESTED, (), file))
            for link in given.get("nested", ())
        ),
        mediation=tuple(
            MediationLink(**_read_link("mediation", link, MEDIATION, ("sobel",), file))
            for link in given.get("mediation", ())
        ),
    )


def _require_words(
    raw: object, keys: Mapping[str, Test], path: str, file: str | None
) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise SpecError(_wrong_kind(path, file))
    problems = [
        Problem(
            "audit.key",
            message("[{path}] has no key '{key}'.", path=path, key=key),
            Where(file=file, key=f"{path}.{key}"),
            suggestion(key, tuple(keys)),
        )
        for key in raw
        if key not in keys
    ]
    problems += [
        _wrong_kind(f"{path}.{key}", file)
        for key, value in raw.items()
        if key in keys and not keys[key](value)
    ]
    if problems:
        raise SpecError(problems)
    return raw


def _wrong_kind(path: str, file: str | None) -> Problem:
    what = message("'{path}' has unexpected content.", path=path)
    remedy = message("names are text, counts are whole numbers, links are tables of names.")
    return Problem("audit.kind", what, Where(file=file, key=path), remedy)


def _read_link(
    key: str,
    link: Mapping[str, str],
    needed: tuple[str, ...],
    optional: tuple[str, ...],
    file: str | None,
) -> dict[str, str]:
    """Check that a link of [audit] has the words that it needs and no others."""
    missing = [word for word in needed if word not in link]
    strange = [word for word in link if word not in {*needed, *optional}]
    if missing or strange:
        what = message(
            "A link of audit.{key} needs {needed}, not {given}.",
            key=key,
            needed=", ".join(needed),
            given=", ".join(link),
        )
        remedy = message("write the words {needed}.", needed=", ".join((*needed, *optional)))
        raise SpecError(Problem("audit.link", what, Where(file=file, key=f"audit.{key}"), remedy))
    return dict(link)
