"""Spatial weights: who is whose neighbour, from pairs, common borders and points, or distances on the sphere.

Moran's I: global spatial association and its tests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from xinzhi_core.errors import (
    DataError,
    DuplicateKey,
    MethodError,
    OutOfDomain,
    Problem,
    SpecError,
    Where,
    suggestion,
)
from xinzhi_core.notices import Notice
from xinzhi_core.problems import require_columns
from xinzhi_core.wording import message
from xinzhi_econometrics.space.permutation import (
    ROUNDING,
    Alternative,
    check_permutations,
    p_of_tails,
    permuted_products,
    tails,
)
from xinzhi_econometrics.space.scores import list_names, require, require_choice, to_wide

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


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Directed pairs of neighbours with weights; names sorted."""

    entities: tuple[str, ...]
    """All that the structure knows, those without neighbours included."""
    weights: scipy.sparse.csr_array
    """Shape (n, n): row i holds the weights of the neighbours of i, as given, diagonal 0."""
    notices: tuple[Notice, ...] = ()
    """What must be known of the structure itself."""

    @property
    def mean_number(self) -> float:
        """Number of neighbours of a place on average, islands included; missing where there is no place."""
        n = len(self.entities)
        return self.weights.nnz / n if n else float("nan")

    def among(self, names: Collection[str]) -> Neighbours:
        """Keep these places alone, as far as they are known.

        >>> neighbours_of({"a": ["b"], "b": ["a", "c"], "c": ["b"]}).among({"a", "b"}).mean_number
        1.0
        """
        rows = [i for i, name in enumerate(self.entities) if name in names]
        kept = tuple(self.entities[i] for i in rows)
        return Neighbours(kept, self.weights[rows][:, rows], self.notices)


def neighbours_of(pairs: pd.DataFrame | Mapping[str, Sequence[str]]) -> Neighbours:
    """Make a structure from pairs of neighbours.

    Parameters
    ----------
    pairs
        Columns `entity`, `neighbour` and, if wanted, `weight` (positive; 1 if absent) and `line` of the
        file they stand on, one row for each direction; or entity -> its neighbours, none for an island.

    Raises
    ------
    DataError
        An entity is its own neighbour, a pair is listed twice, or a weight is not positive.

    Examples
    --------
    >>> neighbours_of({"a": ["b"], "b": ["a"], "island": []}).entities
    ('a', 'b', 'island')
    """
    frame = _pairs_frame(pairs)
    listed = () if isinstance(pairs, pd.DataFrame) else pairs  # islands are in no pair
    _check_pairs(frame)
    names = pd.Index(sorted({*frame["entity"], *frame["neighbour"], *listed}))
    coordinates = (names.get_indexer(frame["entity"]), names.get_indexer(frame["neighbour"]))
    weights = scipy.sparse.coo_array(
        (frame["weight"].to_numpy(float), coordinates), shape=(len(names), len(names))
    )
    return Neighbours(tuple(names), weights.tocsr())


def _pairs_frame(pairs: pd.DataFrame | Mapping[str, Sequence[str]]) -> pd.DataFrame:
    if not isinstance(pairs, pd.DataFrame):
        listed = [(entity, other) for entity, others in pairs.items() for other in others]
        pairs = pd.DataFrame(listed, columns=["entity", "neighbour"], dtype=object)
    require_columns(("entity", "neighbour"), pairs.columns)
    weight = pairs["weight"] if "weight" in pairs.columns else 1.0
    line = pairs["line"] if "line" in pairs.columns else None
    frame = pairs[["entity", "neighbour"]].astype(str).assign(weight=weight, line=line)
    return frame.astype({"weight": float}).reset_index(drop=True)


def _check_pairs(frame: pd.DataFrame) -> None:
    loops = frame[frame["entity"] == frame["neighbour"]]
    if len(loops):
        raise DataError(
            Problem(
                "spatial.own_neighbour",
                message("{name} is listed as its own neighbour.", name=name),
                Where(line=line, entity=name),
                message("take the pair out."),
            )
            for name, line in loops.drop_duplicates("entity")[["entity", "line"]].to_numpy()
        )
    twice = frame[frame.duplicated(["entity", "neighbour"])]
    if len(twice):
        raise DuplicateKey(
            Problem(
                "spatial.pair_twice",
                message("The neighbours {a} and {b} are listed twice.", a=a, b=b),
                Where(line=line, entity=a),
                message("list each pair once in each direction."),
            )
            for a, b, line in twice[["entity", "neighbour", "line"]].to_numpy()
        )
    wrong = frame[~(np.isfinite(frame["weight"]) & (frame["weight"] > 0))]
    if len(wrong):
        raise OutOfDomain(
            Problem(
                "spatial.weight",
                message("The weight of {a} and {b} is {weight}.", a=a, b=b, weight=weight),
                Where(line=line, entity=a),
                message("weights are positive; leave out pairs that are not neighbours."),
            )
            for a, b, weight, line in wrong.to_numpy()
        )


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Places with a value and at least one neighbour with a value."""

    names: tuple[str, ...]
    numbers: Array
    """Shape (n,), in the order of the names."""
    weights: scipy.sparse.csr_array
    """Shape (n, n); rows sum to 1 if they were standardised."""
    islands: tuple[str, ...]
    """Places with a value but no neighbour that has one; left out."""
    unplaced: tuple[str, ...]
    """Entities with a value that the structure does not know; left out."""
    of_structure: tuple[Notice, ...] = ()
    """What must be known of the structure itself."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Say who was left out."""
        islands = message(
            "{n} places have no neighbour with a value and are left out: {names}.",
            one="{n} place has no neighbour with a value and is left out: {names}.",
            n=len(self.islands),
            names=list_names(self.islands),
        )
        unplaced = message(
            "{n} entities are not in the neighbour structure and are left out: {names}.",
            one="{n} entity is not in the neighbour structure and is left out: {names}.",
            n=len(self.unplaced),
            names=list_names(self.unplaced),
        )
        return (
            *self.of_structure,
            *([Notice("spatial.islands", islands)] if self.islands else []),
            *([Notice("spatial.unplaced", unplaced)] if self.unplaced else []),
        )


def match_places(values: pd.Series, neighbours: Neighbours, *, standardise: bool) -> Places:
    """Match values with the structure; leave out islands, and islands that this makes.

    Parameters
    ----------
    values
        Number per entity; missing ones are left out.
    neighbours
        The structure.
    standardise
        Whether the weights of each row are divided by their sum.
    """
    position = {name: i for i, name in enumerate(neighbours.entities)}
    twice = values.index[values.index.duplicated()].unique()
    if len(twice):
        raise DuplicateKey(
            Problem(
                "spatial.value_twice",
                message("Entity {entity} has two values.", entity=str(entity)),
                Where(entity=str(entity)),
                message("give one value for each entity; pick one period."),
            )
            for entity in twice
        )
    present = {str(entity): float(v) for entity, v in values.items() if np.isfinite(v)}
    placed = [name for name in sorted(present) if name in position]
    rows = [position[name] for name in placed]
    names, weights = np.array(placed, dtype=object), neighbours.weights[rows][:, rows]
    # An island can still be someone's neighbour where the structure is one-sided; out it goes, and
    # who had only it becomes an island too.
    while not (linked := _has_neighbour(weights)).all():
        names, weights = names[linked], weights[linked][:, linked]
    if standardise and len(names):
        weights = scipy.sparse.diags_array(1.0 / weights.sum(axis=1)) @ weights
    return Places(
        names=tuple(names),
        numbers=np.array([present[name] for name in names]),
        weights=scipy.sparse.csr_array(weights),
        islands=tuple(sorted(set(placed) - set(names))),
        unplaced=tuple(name for name in sorted(present) if name not in position),
        of_structure=neighbours.notices,
    )


def _has_neighbour(weights: scipy.sparse.csr_array) -> npt.NDArray[np.bool_]:
    """Mark the rows that have a neighbour; weights are positive, so none is stored as 0."""
    return np.diff(weights.indptr) > 0


Contiguity = Literal["rook", "queen"]


def adjacent(
    topology: Mapping[str, Any], *, name: str, key: str, contiguity: Contiguity = "rook"
) -> Neighbours:
    """Find the neighbours in a TopoJSON topology, where a common border is one common arc.

    Areas that meet in a single point share no arc: neighbours by queen, and not by rook contiguity.

    Parameters
    ----------
    topology
        Parsed TopoJSON.
    name
        The object in it that holds the areas.
    key
        Property, or `id`, by which areas are known; parts with the same key are one area.
    contiguity
        `rook`: a common border; `queen`: a common point of the outlines.

    Raises
    ------
    DataError
        The object does not exist, or an area lacks the key.

    References
    ----------
    The TopoJSON Format Specification, section 2.1.4: a negative arc index is the reversed arc.

    Examples
    --------
    >>> areas = [{"type": "Polygon", "id": "a", "arcs": [[0, 1]]},
    ...     {"type": "Polygon", "id": "b", "arcs": [[-2, 2]]}]
    >>> shown = adjacent({"objects": {"map": {"geometries": areas}}}, name="map", key="id")
    >>> shown.weights.toarray().tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    areas_of: dict[Hashable, set[str]] = defaultdict(set)
    are_steps = topology.get("transform") is not None
    points = points_of(topology["arcs"], are_steps=are_steps) if contiguity == "queen" else None
    names = []
    for position, geometry in enumerate(_geometries(topology, name)):
        area = _name(geometry, key, position)
        names.append(area)
        for arc in _arcs(geometry.get("arcs", [])):
            for place in [arc] if points is None else points[arc]:
                areas_of[place].add(area)
    others: dict[str, set[str]] = {area: set() for area in names}
    for areas in areas_of.values():
        for area in areas:
            others[area] |= areas - {area}
    return neighbours_of({area: sorted(neighbours) for area, neighbours in others.items()})


def _geometries(topology: Mapping[str, Any], name: str) -> list[Mapping[str, object]]:
    objects = topology.get("objects", {})
    if name not in objects:
        text = message("The boundaries do not contain an object '{name}'.", name=name)
        remedy = suggestion(name, tuple(objects))
        raise DataError(Problem("spatial.no_object", text, remedy=remedy))
    return list(objects[name].get("geometries", []))


def _name(geometry: Mapping[str, Any], key: str, place: int) -> str:
    properties = geometry.get("properties") or {}
    value = geometry.get("id") if key == "id" else properties.get(key)
    if value is None:
        text = message("Area {place} of the boundaries has no {key}.", place=place + 1, key=key)
        remedy = message("known: {known}.", known=", ".join(sorted(map(str, properties))) or "-")
        raise DataError(Problem("spatial.no_key", text, Where(column=key), remedy))
    return str(value)


def points_of(
    arcs: Sequence[Sequence[Sequence[float]]], *, are_steps: bool
) -> list[list[tuple[float, ...]]]:
    """List the points of each arc of a topology; in steps, all but the first are (TopoJSON, 2.1.3).

    >>> points_of([[[1, 0], [0, 1]]], are_steps=True)
    [[(1, 0), (1, 1)]]
    """
    found = []
    for arc in arcs:
        points = np.asarray([point[:2] for point in arc])
        found.append(list(map(tuple, (points.cumsum(axis=0) if are_steps else points).tolist())))
    return found


def _arcs(nested: Any) -> Iterator[int]:
    """Walk the arcs of rings of polygons; an arc and its reverse are the same border."""
    for arc in nested:
        if isinstance(arc, int):
            yield arc if arc >= 0 else ~arc
        else:
            yield from _arcs(arc)


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


def require_others(weights: Weights, n: int) -> None:
    """Refuse more nearest places than there are others among `n` places.

    Raises
    ------
    DataError
        With the numbers of both.
    """
    k = int(weights.number)
    if weights.kind == "nearest" and k >= n:
        what = message(
            "`nearest {k}` asks for more others than there are: {n} places.",
            one="`nearest {k}` asks for more others than there are: {n} place.",
            k=k,
            n=n,
        )
        remedy = message("ask for fewer nearest places; a place needs a value and an outline.")
        raise DataError(Problem("spatial.weights", what, remedy=remedy))


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
    require_others(weights, len(names))
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


FEWEST = 4
"""Below four places the variance of Moran's I under randomisation does not exist."""


@dataclass(frozen=True, slots=True)
class Moran:
    """Moran's I of one cross-section. Null hypothesis: no spatial association."""

    value: float
    expected: float
    """-1 / (n - 1)."""
    variance_normality: float
    variance_randomisation: float
    """0 where every order of the values has the same I; then its z and p are missing."""
    p_normality: float
    p_randomisation: float
    p_permutation: float
    """(1 + as extreme) / (1 + permutations); missing without permutations."""
    n: int
    """Places used."""
    notices: tuple[Notice, ...] = ()

    @property
    def z_randomisation(self) -> float:
        """Distance from the expected value in standard errors, values shuffled over places."""
        if not self.variance_randomisation > 0:
            return float("nan")
        return (self.value - self.expected) / float(np.sqrt(self.variance_randomisation))


def moran(
    values: pd.Series,
    neighbours: Neighbours,
    *,
    generator: np.random.Generator,
    permutations: int = 999,
    alternative: Alternative = "two_sided",
    standardise: bool = True,
) -> Moran:
    """Compute Moran's I with its tests under normality, randomisation and permutation.

        I = n / S0 * sum_ij w_ij z_i z_j / sum_i z_i^2,   z = y - mean(y),  S0 = sum_ij w_ij

    Parameters
    ----------
    values
        Number per entity; entities without one are left out, islands too, with a notice.
    neighbours
        Who is whose neighbour.
    generator
        Source of the permutations; the same generator gives the same p-value.
    permutations
        Number of shuffles; 0 for none.
    alternative
        `two_sided` (twice the smaller tail), `greater` (neighbours alike), `less`.
    standardise
        Whether each row of weights is divided by its sum.

    Raises
    ------
    MethodError
        Fewer than four places are left, or all their values are equal.

    References
    ----------
    Moran, P. A. P. (1950), Biometrika 37, 17-23, doi:10.2307/2332142. Cliff, A. D. and Ord, J. K.
    (1981), Spatial Processes: Models and Applications, Pion, chapter 2.

    Examples
    --------
    >>> from xinzhi_econometrics.space.weights import neighbours_of
    >>> line = neighbours_of({"a": ["b"], "b": ["a", "c"], "c": ["b", "d"], "d": ["c"]})
    >>> found = moran(pd.Series({"a": 1.0, "b": 1.0, "c": 3.0, "d": 3.0}), line,
    ...     generator=np.random.default_rng(1), permutations=99)
    >>> found.value
    0.5
    """
    require_choice("alternative", alternative, ("two_sided", "greater", "less"))
    check_permutations(permutations)
    places = match_places(values, neighbours, standardise=standardise)
    z = deviations(places)
    scale = len(z) / (places.weights.sum() * (z @ z))  # the same in every order of the values
    value = float(scale * (z @ (places.weights @ z)))
    permuted = scale * permuted_products(z, places.weights, permutations, generator)
    expected = -1.0 / (len(z) - 1)
    normal, random = _variances(z, places)
    return Moran(
        value=value,
        expected=expected,
        variance_normality=normal,
        variance_randomisation=random,
        p_normality=_p_of_z(value - expected, normal, alternative),
        p_randomisation=_p_of_z(value - expected, random, alternative),
        p_permutation=float(
            p_of_tails(*tails(permuted[:, None], np.array([value])), alternative)[0]
        ),
        n=len(z),
        notices=places.notices,
    )


def moran_by_period(
    scores: pd.Series,
    neighbours: Neighbours,
    *,
    generator: np.random.Generator,
    permutations: int = 999,
) -> tuple[pd.DataFrame, tuple[Notice, ...]]:
    """Compute Moran's I for each period; one without an answer is a row of missing numbers.

    Returns
    -------
    tuple
        By period `n`, `moran`, `expected`, `z` and `p` (randomisation), `p_permutation`; and what
        must be known of each period.
    """
    table = to_wide(scores)
    rows, notices = {}, []
    for period in table.columns:
        where = Where(period=int(period))
        try:
            result = moran(
                table[period], neighbours, generator=generator, permutations=permutations
            )
        except MethodError as error:
            rows[int(period)] = [0, *[np.nan] * 5]
            notices += [Notice(problem.code, problem.what, where) for problem in error.problems]
        else:
            test = (result.z_randomisation, result.p_randomisation, result.p_permutation)
            rows[int(period)] = [result.n, result.value, result.expected, *test]
            notices += [Notice(notice.code, notice.text, where) for notice in result.notices]
    columns = ["n", "moran", "expected", "z", "p", "p_permutation"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype({"n": int})
    return frame.rename_axis("period"), tuple(notices)


def deviations(places: Places) -> Array:
    """Take the mean off the values; too few places or equal values have no association."""
    n = len(places.names)
    require(
        n >= FEWEST,
        "spatial.few",
        message(
            "{n} places have a value and a neighbour with one; {fewest} are needed.",
            one="{n} place has a value and a neighbour with one; {fewest} are needed.",
            n=n,
            fewest=FEWEST,
        ),
        message("check that entities are written alike in both tables."),
        error=MethodError,
    )
    z: Array = places.numbers - places.numbers.mean()
    # Equal values differ from their mean by rounding, which is not a spread to test.
    require(
        np.abs(z).max() > ROUNDING * np.abs(places.numbers).max(),
        "spatial.constant",
        message("All places have the same value, so no pattern can be found."),
        message("look at another variable or period."),
        error=MethodError,
    )
    return z


def _variances(z: Array, places: Places) -> tuple[float, float]:
    """Variance of I under normality and under randomisation (Cliff and Ord 1981, chapter 2)."""
    W, n = places.weights, len(z)
    s0 = float(W.sum())
    both = W + W.T
    s1 = float(both.multiply(both).sum()) / 2.0
    s2 = float(((W.sum(axis=1) + W.sum(axis=0)) ** 2).sum())
    expected_squared = 1.0 / (n - 1) ** 2
    normal = (n**2 * s1 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2) - expected_squared
    k = float((z**4).mean() / (z**2).mean() ** 2)  # kurtosis of the values
    size = (n - 1) * (n - 2) * (n - 3) * s0**2
    plus = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2) / size
    minus = k * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2) / size
    random = plus - minus - expected_squared
    # Where I is the same in every order the difference is rounding: z would be noise over noise.
    if random <= ROUNDING * (abs(plus) + abs(minus)):
        random = 0.0
    return normal, random


def _p_of_z(distance: float, variance: float, alternative: Alternative) -> float:
    if not variance > 0:
        return float("nan")
    z = distance / float(np.sqrt(variance))
    outside = {"two_sided": -abs(z), "greater": -z, "less": z}[alternative]
    return (2.0 if alternative == "two_sided" else 1.0) * float(scipy.special.ndtr(outside))
