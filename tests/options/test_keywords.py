"""Every keyword of every function, and the flag of the same name, changes the result or is refused.

Both doors give the same numbers. Keywords are read from the signatures: one without another value fails.
"""

from __future__ import annotations

import inspect
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

import xinzhi as xz
from cli_runner import attempt
from made_options import frame, many
from options_of_calls import BASES, DRAWS_NOTHING, KEYS, SHOWN_ONLY, Call, flags, values_of
from parts import quick_where
from xinzhi.api.analysis import analyse_data
from xinzhi_core.errors import StudyError

PLACED = {"data", "theirs", "their_entity", "their_period"}
"""What a call is about; the second file of `explain-scores` has tests of its own below."""
COMMANDS = {
    "evaluate": "efficiency",
    "productivity": "efficiency",
    "bootstrap_scores": "efficiency",
    "fit": "regress",
    "explain_scores": "explain-scores",
}
"""Function -> command, of those that are not under `analyse`."""


SAME = {
    # Degrees rest on weights and scaled values, whatever is made of them.
    "obstacles: score=topsis",
    "explain_scores: measure=radial",
    "scale_efficiency: measure=radial",
    "second_stage: measure=radial",
    # No two of these places meet in a point alone.
    "spatial_markov: weights=queen",
    # The base call is radial, in which bad outputs as inputs and left where they are give one program.
    "bootstrap_scores: bads=inputs",
    # Open: whether these verbs should refuse what they do not use is not settled.
    "explain_scores: zeros=keep, measure=sbm, inputs=['zero', 'capital']",
    "second_stage: zeros=keep, measure=sbm, inputs=['zero', 'capital']",
}
"""Calls whose value is what these functions do anyway."""


def every_call() -> Iterator[Call]:
    """List the calls: each keyword of each function with each of its other values."""
    for verb in BASES:
        taken = inspect.signature(getattr(xz, verb)).parameters
        for name in taken:
            for value, beside in values_of(verb, name):
                is_idle = name == "jobs" or (name == "seed" and verb in DRAWS_NOTHING)
                # Every solver finds the same scores; which one it was is told beside the scores only.
                is_idle = is_idle or (verb, name) == ("bootstrap_scores", "solver")
                # What a function does not take cannot stand beside its keyword.
                stands = {n: one for n, one in beside.items() if n in taken}
                yield Call(verb, name, value, stands, is_idle)


CALLS = {str(call): call for call in every_call()}


def panel_of(verb: str) -> pd.DataFrame:
    """Make the panel of a function, with a second name and a second period for each row."""
    made = (many() if verb == "bootstrap_scores" else frame()).reset_index()
    towns = dict(zip(made["place"].unique(), sorted(made["place"].unique()), strict=True))
    made["town"] = made["place"].map(towns)
    made["far"], made["wide"] = 1000 * made["labour"], 900 * made["capital"]
    made["later"] = 2100 - made["year"]
    # Indices from 0 to 1, and a product.
    made["low"], made["high"] = 1 / (1 + made["gdp"]), 1 / (1 + made["waste"])
    made["product"] = made["labour"] * made["capital"]
    return made


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """The panels in memory and in files; one has scores of another program."""
    plain = panel_of("")
    plain["score"] = (
        xz.evaluate(
            plain,
            inputs=["labour", "capital"],
            good_outputs=["gdp"],
            bad_outputs=["waste"],
            measure="radial",
            entity="place",
            period="year",
        ).scores
    ).round(4)
    plain["other_score"] = plain["score"] * 0.9
    frames = {"": plain, "bootstrap_scores": panel_of("bootstrap_scores")}
    folder = tmp_path_factory.mktemp("keywords")
    paths = {verb: folder / f"data{n}.csv" for n, verb in enumerate(frames)}
    for verb, made in frames.items():
        made.to_csv(paths[verb], index=False, encoding="utf-8", float_format="%.17g")
    return frames, paths


def words_of(call: Call, *, with_value: bool) -> dict[str, Any]:
    """Put the keywords of a call together."""
    words = {"entity": "place", "period": "year", **BASES[call.verb], **call.beside}
    if call.verb == "explain_scores":
        words |= {"their_entity": "place", "their_period": "year"}
    words = {**words, call.name: call.value} if with_value else words
    return {name: value for name, value in words.items() if value is not None}


def told(value: Any) -> Any:  # noqa: PLR0911 - a kind of value a line
    """Turn a result into plain values, by which two results are compared."""
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return value.to_csv(float_format="%.12g")
    if isinstance(value, np.ndarray):
        return [told(one) for one in value.tolist()]
    if isinstance(value, Mapping):
        return [(str(name), told(one)) for name, one in value.items()]
    if isinstance(value, (list, tuple)):
        return [told(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return [(one.name, told(getattr(value, one.name, None))) for one in fields(value)]
    if isinstance(value, float):
        return f"{value:.12g}"
    return value if isinstance(value, (str, int, bool, type(None))) else type(value).__name__


class Doors:
    """Calls functions and commands, each once."""

    def __init__(self, data: tuple[dict[str, pd.DataFrame], dict[str, Any]]) -> None:
        self.frames, self.paths = data
        self.results: dict[str, Any] = {}

    def of(self, verb: str) -> tuple[pd.DataFrame, Any]:
        """Give the data of a function, and the file that holds them."""
        place = verb if verb in self.frames else ""
        return self.frames[place], self.paths[place]

    def python(self, verb: str, words: dict[str, Any]) -> Any:
        """Give what a function returns, or the words of its refusal."""
        key, frame_of = f"{verb} {words}", self.of(verb)[0]
        if key not in self.results:
            more = {"theirs": frame_of} if verb == "explain_scores" else {}
            try:
                self.results[key] = getattr(xz, verb)(frame_of, **words, **more)
            except StudyError as error:
                self.results[key] = error
        return self.results[key]

    def command(self, verb: str, words: dict[str, Any]) -> Any:
        """Give the document of the command, or what it says on stderr."""
        return json.loads(self.printed(verb, words, "json"))

    def printed(self, verb: str, words: dict[str, Any], form: str) -> str:
        """Give what the command writes."""
        path = self.of(verb)[1]
        command = [COMMANDS[verb]] if verb in COMMANDS else ["analyse", KEYS[verb]]
        given = ["--theirs", path] if verb == "explain_scores" else []
        done = attempt(*command, path, *flags(words), *given, "--format", form, "--lang", "en")
        return done.stdout


@pytest.fixture(scope="module")
def doors(data) -> Doors:
    return Doors(data)


def outcome(result: Any) -> Any:
    """Give what is compared: the result, or why there is none."""
    return Refusal(str(result)) if isinstance(result, StudyError) else told(result)


class Refusal(str):
    """Words of a refusal."""

    __slots__ = ()


@pytest.mark.parametrize("verb", BASES)
def test_every_keyword_has_another_value(verb):
    """What a function takes and no call sets fails here."""
    names = set(inspect.signature(getattr(xz, verb)).parameters) - PLACED

    assert {name for name in names if not values_of(verb, name)} == set()


def test_every_function_has_calls():
    """Those that take a table of data; whole studies, tables and files have tests of their own."""
    verbs = {name for name in (*xz.__all__, *KEYS) if callable(getattr(xz, name))}

    assert verbs - set(BASES) <= {
        "audit",
        "read",
        "run",
        "table",
        "prepare_panel",
        "pathways",
        "compare",
    }


LONG = ("explain_scores", "second_stage", "scale_efficiency", "bootstrap_scores")
"""Functions that solve many programs."""


FIRST = {(call.verb, call.name): name for name, call in reversed(CALLS.items())}
"""Function and keyword -> the call that runs each time."""


def marked(names: Iterable[str]) -> list[Any]:
    """Mark the calls of long functions, and further values of a keyword."""

    def is_quick(name: str) -> bool:
        call = CALLS[name]
        return call.verb not in LONG and FIRST[call.verb, call.name] == name

    return quick_where(is_quick, names)


def marked_flags(names: Iterable[str]) -> list[Any]:
    """Mark the same, and a keyword that two functions before have as a flag: flags are made in one place."""
    quick: set[str] = set()
    bearers: Counter[str] = Counter()
    for name in names:
        call = CALLS[name]
        if call.verb in LONG or FIRST[call.verb, call.name] != name:
            continue
        bearers[call.name] += 1
        if bearers[call.name] <= 2 or call.verb in COMMANDS:
            quick.add(name)
    return quick_where(quick.__contains__, names)


@pytest.mark.one_in(10)
@pytest.mark.parametrize("name", marked(CALLS))
def test_another_value_changes_the_result(doors, name):
    """Or the call is refused; where the promise is that it changes nothing, it does not."""
    call = CALLS[name]
    before = outcome(doors.python(call.verb, words_of(call, with_value=False)))
    after = outcome(doors.python(call.verb, words_of(call, with_value=True)))
    if isinstance(before, Refusal) and isinstance(after, Refusal) and call.beside:
        # What stands beside is refused by this function: the keyword alone is, too.
        bare = Call(call.verb, call.name, call.value)
        before = outcome(doors.python(call.verb, words_of(bare, with_value=False)))
        after = outcome(doors.python(call.verb, words_of(bare, with_value=True)))

    assert (before == after) == (call.is_idle or str(call) in SHOWN_ONLY or str(call) in SAME)


@pytest.mark.parametrize("name", sorted(SHOWN_ONLY))
def test_what_is_shown_only_is_shown_otherwise(doors, name):
    """The tables of the command have other tests, and the same numbers for those that stay."""
    call = CALLS[name]
    without, given = (
        doors.printed(call.verb, words_of(call, with_value=value), "table")
        for value in (False, True)
    )

    assert without
    assert given
    assert without != given


@pytest.mark.one_in(12)
@pytest.mark.parametrize(
    "name",
    marked_flags(
        [
            n
            for n, call in CALLS.items()
            if call.verb not in ("vif", "hausman", "profile", "explain_scores") and n not in SAME
        ]
    ),
)
def test_the_flag_gives_what_the_keyword_gives(doors, name):
    """The same numbers in the same order, or a refusal at both doors; `explain-scores` has its own tests in tests/cli."""
    call = CALLS[name]
    words = words_of(call, with_value=True)
    if call.verb in ("evaluate", "productivity", "bootstrap_scores", "fit", "explain_scores"):
        found = doors.python(call.verb, words)
        expected = None if isinstance(found, StudyError) else numbers_of(call.verb, found)
    else:
        expected = document_of(call, doors.of(call.verb)[0], words)
    document = doors.command(call.verb, words)

    if expected is None and call.verb == "bootstrap_scores" and "rows" in document:
        # The command gives the scores, and says in the place of the intervals that none is known.
        assert {one for row in document["rows"] for one in row["bootstrap"].values()} == {None}
    elif expected is None:
        assert "problems" in document
    elif isinstance(expected, dict):
        assert document == expected
    else:
        np.testing.assert_allclose(in_document(call.verb, document), expected, rtol=1e-9, atol=1e-9)


def document_of(call: Call, data: pd.DataFrame, words: dict[str, Any]) -> dict[str, Any] | None:
    """Give the tables of an analysis as the command writes them; None where it is refused."""
    keys = {"entity": words["entity"], "period": words["period"]}
    rest = {name: value for name, value in words.items() if name not in keys}
    if not set(keys.values()) <= set(data):
        return None
    panel = xz.prepare_panel(data, {}, **keys)
    rest = {
        n: {"place": "entity", "year": "period"}.get(v, v) if isinstance(v, str) else v
        for n, v in rest.items()
    }
    try:
        shown = analyse_data(KEYS[call.verb], panel, **rest)
    except StudyError:
        return None
    from xinzhi_panel.io.json_text import json_text

    return json.loads(json_text({table.id: dict(table.machine) for table in shown.exhibits.tables}))


def numbers_of(verb: str, result: Any) -> list[float]:
    """List the numbers of a result in its order."""
    if verb == "evaluate":
        return [*result.scores]
    if verb == "productivity":
        return [*result.values]  # noqa: PD011 - of an index
    if verb == "fit":
        estimates = getattr(result, "estimates", result)
        return [*estimates.estimate, *estimates.std_error, *estimates.p_value]
    if verb == "explain_scores":
        return [result.n, result.n_tried, *(one.n_agree for one in result.candidates)]
    frame = result.select_dtypes("number")
    return [*frame.fillna(-1).to_numpy().ravel()]


def in_document(verb: str, document: dict[str, Any]) -> list[float]:
    """List the same numbers of the document of the command."""
    if verb == "evaluate":
        return [np.nan if row["score"] is None else row["score"] for row in document["rows"]]
    if verb == "productivity":
        return [np.nan if row["value"] is None else row["value"] for row in document["index"]]
    if verb == "fit":
        rows = document["coefficients"]
        return [row[name] for name in ("estimate", "std_error", "p_value") for row in rows]
    if verb == "explain_scores":
        return [
            document["n"],
            document["n_tried"],
            *(one["n_agree"] for one in document["candidates"]),
        ]
    blocks = [
        row.get("bootstrap") or row.get("sensitivity_to_the_sample") for row in document["rows"]
    ]
    return [
        value if value is not None else -1
        for block in blocks
        for value in (block or {}).values()
        if not isinstance(value, (str, bool))
    ]
