"""Neighbours by distance on the sphere: the nearest places, all within a distance, or all by its inverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy

from xinzhi_core.errors import DataError, Problem, SpecError, suggestion
from xinzhi_core.notices import Notice
from xinzhi_core.wording import message
from xinzhi_econometrics.space.scores import list_names
from xinzhi_econometrics.space.weights import Neighbours

Array = npt.NDArray[np.float64]
Kind = Literal["rook", "queen", "nearest", "within", "inverse_distance"]
FORMS: Mapping[str, Kind] = {
    "rook": "rook",
    "queen": "queen",
    "nearest 4": "nearest",
    "within 300": "within",
    "inverse_distance": "inverse_distance",
}
"""How weights are written, by example -> their kind."""
RADIUS = 6371.0
"""Mean radius of the Earth, km."""
STEEPEST = 10.0
"""Largest power of the inverse distance: beyond it only the nearest place has a weight that counts."""
TIED = 1e-9
"""Distances that differ by less than this share are equal."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Who is a neighbour, and with which weight."""

    kind: Kind
    number: float = 1.0
    """How many are nearest, the largest distance in km, or the power of the inverse distance."""

    def __str__(self) -> str:
        if self.kind in {"rook", "queen"} or (self.kind, self.number) == ("inverse_distance", 1.0):
            return self.kind
        return f"{self.kind} {self.number:.15g}"


def weights_of(text: str) -> Weights:
    """Understand weights as they are written.

    Raises
    ------
    SpecError
        The word is unknown, or its number is missing or cannot be.

    Examples
    --------
    >>> weights_of("nearest 4"), str(weights_of("within 300 km"))
    (Weights(kind='nearest', number=4.0), 'within 300')
    """
    word, *rest = text.split() or [""]
    by_word = {form.split()[0]: (form, kind) for form, kind in FORMS.items()}
    if word not in by_word:
        what = message("No weights of neighbours are called '{name}'.", name=text)
        raise SpecError(Problem("spatial.weights", what, remedy=suggestion(word, tuple(FORMS))))
    form, kind = by_word[word]
    if kind == "within" and rest[1:] == ["km"]:
        rest = rest[:1]
    if not rest and " " not in form:
        return Weights(kind)
    takes_number = kind not in {"rook", "queen"}
    try:
        number = float(rest[0]) if takes_number and len(rest) == 1 else float("nan")
    except ValueError:
        number = float("nan")
    most = STEEPEST if kind == "inverse_distance" else np.finfo(float).max
    if not 0 < number <= most or (kind == "nearest" and number % 1):
        what = message("The weights '{text}' cannot be understood.", text=text)
        remedy = {
            "nearest": message("write how many of the nearest places are neighbours: nearest 4."),
            "within": message("write up to how many km places are neighbours: within 300."),
            "inverse_distance": message(
                "write a power up to {most} after it, or nothing for 1: inverse_distance 2.",
                most=f"{STEEPEST:g}",
            ),
        }.get(kind, message("write `{word}` alone.", word=word))
        raise SpecError(Problem("spatial.weights", what, remedy=remedy))
    return Weights(kind, number)


def distances(places: Array) -> Array:
    """Measure distances between all pairs of places along the sphere, km (haversine).

    Parameters
    ----------
    places
        Shape (n, 2): longitude and latitude, degrees.

    Examples
    --------
    >>> distances(np.array([[0.0, 0.0], [90.0, 0.0]])).round(1).tolist()
    [[0.0, 10007.5], [10007.5, 0.0]]
    """
    east, north = np.radians(places).T
    apart = np.sin((north[:, None] - north) / 2) ** 2
    apart += np.cos(north)[:, None] * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    found: Array = 2 * RADIUS * np.arcsin(np.sqrt(np.minimum(apart, 1.0)))
    return found


def near(places: Mapping[str, Sequence[float] | Array], weights: Weights) -> Neighbours:
    """Find the neighbours of places by their distance.

    Parameters
    ----------
    places
        Entity -> longitude and latitude, degrees.
    weights
        `nearest`: weight 1 on the nearest, which need not be mutual; of equal distances the first by name;
        `within`: 1 up to a distance, that distance included; `inverse_distance`: d^-power on all.

    Raises
    ------
    DataError
        More nearest places are asked for than there are others, or two places
        coincide and are to be weighed by the inverse of their distance.

    References
    ----------
    Anselin, L. (1988), Spatial Econometrics: Methods and Models, Kluwer, chapter 3.

    Examples
    --------
    >>> shown = near({"a": (0, 0), "b": (1, 0), "c": (3, 0)}, Weights("nearest", 1))
    >>> shown.weights.toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    names = tuple(sorted(places))
    points = np.array([places[name] for name in names], dtype=np.float64).reshape(-1, 2)
    apart = distances(points)
    np.fill_diagonal(apart, np.inf)
    if weights.kind == "nearest":
        linked, notices = _nearest(names, apart, int(weights.number))
        found = linked.astype(np.float64)
    elif weights.kind == "within":
        found, notices = (apart <= weights.number * (1 + TIED)).astype(np.float64), ()
    else:
        _refuse_same_place(names, apart)
        found, notices = apart**-weights.number, ()
    return Neighbours(names, scipy.sparse.csr_array(found), notices)


def _nearest(
    names: tuple[str, ...], apart: Array, k: int
) -> tuple[npt.NDArray[np.bool_], tuple[Notice, ...]]:
    n = len(names)
    if k >= n:
        what = message(
            "`nearest {k}` asks for {k} others, and {n} places have a value and an outline.",
            one="`nearest {k}` asks for {k} others, and {n} place has a value and an outline.",
            k=k,
            n=n,
        )
        raise DataError(
            Problem("spatial.weights", what, remedy=message("ask for fewer nearest places."))
        )
    ordered = np.sort(apart, axis=1)
    last = ordered[:, [k - 1]]
    is_nearer, is_tied = apart < last * (1 - TIED), np.abs(apart - last) <= last * TIED
    # Of the places that are as far as the last neighbour, only as many as are missing, by name.
    taken = is_tied & (is_tied.cumsum(axis=1) <= k - is_nearer.sum(axis=1, keepdims=True))
    tied = [name for name, more in zip(names, (is_tied & ~taken).any(axis=1), strict=True) if more]
    text = message(
        "{n} places have others as far as the last of their nearest neighbours; the first by name count: {names}.",
        one="{n} place has others as far as the last of its nearest neighbours; the first by name count: {names}.",
        n=len(tied),
        names=list_names(tied),
    )
    return is_nearer | taken, (Notice("spatial.tied", text),) if tied else ()


def _refuse_same_place(names: tuple[str, ...], apart: Array) -> None:
    same = [(names[i], names[j]) for i, j in np.argwhere(apart == 0) if i < j]
    if same:
        raise DataError(
            Problem(
                "spatial.same_place",
                message("{a} and {b} lie in one place: their distance has no inverse.", a=a, b=b),
                remedy=message("choose other weights, such as nearest 4."),
            )
            for a, b in same
        )
