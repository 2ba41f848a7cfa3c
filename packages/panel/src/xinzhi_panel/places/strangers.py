"""Names that do not belong among the entities of a table: what is left of the places, other levels, unknown names.

Where about nine in ten names are in one register, each of the others is judged, for every door alike: a residual
(其他, 省直辖县级行政区划, Unallocated), a place of another level, or a name that nobody knows.

Read a file as `io.read` does, and judge the names of its entities: one verdict for every door.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from xinzhi_core.errors import Problem, Where
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Message, message
from xinzhi_panel.io.raw import NOTHING_STATED, ReadOptions, listed
from xinzhi_panel.io.read import ReadResult, read_panel
from xinzhi_panel.io.recognise.gazetteer import PROVINCES
from xinzhi_panel.io.recognise.rows.left_out import refuse_unused
from xinzhi_panel.places.divisions import fold, is_latin
from xinzhi_panel.places.names import REGISTERS, Identity, Register, Unidentified, identify, match
from xinzhi_panel.places.places import Matched, Unknown

Kind = Literal["residual", "level", "unknown"]
RESIDUAL = "names.residual"
"""Code of the warning of remainders."""
NEARLY_ALL = 0.9
"""Share of the names that a register must know, of those that are neither residuals nor of another level."""
MOST_LEVELS = 0.25
"""Share of names of other levels up to which they are the odd ones."""
FEWEST = 3
MOST = 4000
"""Names beyond which no register holds them."""
TRIED = 12
"""Names of which a register must know half to be asked for all."""
SHOWN = 10
_PROVINCE = rf"(?:(?:{PROVINCES})(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)?)?"
_RESIDUAL = re.compile(
    rf"{_PROVINCE}(?:"
    r"(?:其[他它余]|剩余|余下)(?:地区|城市|市|市县|县市|市州|地市|省份?|省市|省区市?|区县|区域|国家|部分|单位|合并)?"
    r"|(?:省|自治区|市|州)?(?:直辖|直管|直属)(?:县级?|县市|市)?(?:级)?(?:行政(?:区划|单位|区))?(?:汇总)?"
    r"|(?:省|市|区|州|自治区|中央|部)(?:本级|直属?|直单位|属(?:单位|企业)?)|省级(?:单位|部门)?|央属"
    r"|不分(?:地区|城市|市|市县|省份?|区域|国家|地域)|(?:未|不)(?:分配|分摊|分类|列明|列名|归类|划分|明|详|能?确定)(?:地区|部分|市县)?|未知(?:地区)?"
    r"|跨(?:地区|省|市|区域|境)(?:部分|单位|项目)?"
    r"|(?:新疆)?(?:生产)?建设兵团|(?:新疆)?兵团(?:合计|直属)?|(?:农垦|森工|林业)(?:总局|系统|集团)?|农垦区|境外|海域|海上"
    r")"
)
_ENGLISH = re.compile(
    r"(?:all )?others?(?: (?:areas?|cities|city|regions?|provinces?|countries|prefectures?|counties|places|units))?(?: n\.?e\.?[cs]\.?)?"
    r"|(?:un|not )(?:allocated|assigned|classified|specified|distributed|known|stated|attributed|apportioned)(?: (?:areas?|regions?|territory|country))?"
    r"|(?:the )?rest of (?:the )?.+|residuals?|remainder|remaining(?: .+)?|not (?:stated|elsewhere specified|elsewhere classified|available by .+)"
    r"|areas?,? (?:n\.?e\.?[cs]\.?|not elsewhere specified)|extra-?regio.*|n\.?e\.?[cs]\.?|xpcc|xinjiang production and construction corps|bingtuan"
    r"|(?:province|county|centrally)[- ]administered.*"
)
_LEVEL = re.compile(
    r".*\b(?:world|europe(?:an)?(?: union)?|euro area|eu-?\d*|oecd|income|asia|africa|america|caribbean|pacific|arab|ida|ibrd|dividend|"
    r"states and|small states|least developed|heavily indebted|hipc|conflict|g7|g20|brics|asean|total)\b.*"
)
CALLED: Mapping[Register, Message] = {
    "china_cities": message("cities of China"),
    "china_provinces": message("provinces of China"),
    "countries": message("countries"),
}


@dataclass(frozen=True, slots=True)
class Stranger:
    """A name that is not one of the register's."""

    name: str
    kind: Kind
    nearest: str = ""
    """The most similar name of the register."""


@dataclass(frozen=True, slots=True)
class CheckedNames:
    """The register that knows the names, and the names that it does not."""

    register: Register
    strangers: tuple[Stranger, ...]

    def of(self, kind: Kind) -> tuple[Stranger, ...]:
        """Strangers of one kind."""
        return tuple(stranger for stranger in self.strangers if stranger.kind == kind)


def is_residual(name: str) -> bool:
    """Whether a name is that of what remains of the places, or of what none of them was given.

    >>> [is_residual(n) for n in ("其他", "省直辖县级行政区划", "湖北省直辖县级行政区划", "新疆生产建设兵团", "未分配")]
    [True, True, True, True, True]
    >>> [is_residual(n) for n in ("Rest of Hebei", "429000", "大同", "Otherton", "直辖市")]
    [True, True, False, False, False]
    """
    text = re.sub(r"[(（\[][^()（）\[\]]*[)）\]]$|[*＊①-⑳]+$", "", name.strip()) or name
    if is_latin(text):
        return _ENGLISH.fullmatch(" ".join(text.split()).casefold()) is not None
    folded = fold(text)
    # The code of a province with 90 behind it holds its counties without a prefecture.
    if re.fullmatch(r"[1-6]\d9000", folded):
        return True
    return bool(folded) and folded != "直辖市" and _RESIDUAL.fullmatch(folded) is not None


def judge(names: Sequence[str]) -> CheckedNames | None:
    """Find the register that knows nearly all names, and judge the others; None where none does.

    Examples
    --------
    >>> found = judge(["大同", "唐山", "包头", "其他", "河北省", "大同市"])
    >>> found.register, [(stranger.name, stranger.kind) for stranger in found.strangers]
    ('china_cities', [('其他', 'residual'), ('河北省', 'level')])
    >>> judge(["Acme", "Globex", "Initech", "Other"]) is None
    True
    """
    distinct = list(dict.fromkeys(names))
    if len(distinct) > MOST:
        return None
    residual = [name for name in distinct if is_residual(name)]
    others = [name for name in distinct if name not in residual]
    best: tuple[int, Register, list[Stranger]] | None = None
    for register in REGISTERS:
        # The likeness of unknown names is slow to find: a register is asked for a few of them first.
        few = others[:: max(1, len(others) // TRIED)][:TRIED]
        if (
            sum(map(_is_known, identify(((n, None, None) for n in few), register).found.values()))
            < len(few) / 2
        ):
            continue
        places = identify(((name, None, None) for name in others), register).found
        odd = {
            key[0]: place
            for key, place in places.items()
            if isinstance(place, Unidentified) and not _is_known(place)
        }
        n_known = len(others) - len(odd)
        if n_known >= FEWEST and (best is None or n_known > best[0]):
            best = (n_known, register, [_stranger(n, p, register) for n, p in odd.items()])
    if best is None:
        return None
    n_known, register, strangers = best
    n_levels = sum(stranger.kind == "level" for stranger in strangers)
    n_unknown = len(strangers) - n_levels
    if n_known < NEARLY_ALL * (n_known + n_unknown) or n_levels > MOST_LEVELS * len(others):
        return None
    return CheckedNames(register, (*(Stranger(n, "residual") for n in residual), *strangers))


def _is_known(place: Identity | Unidentified) -> bool:
    """Whether the register knows a name, of one place or of several."""
    return isinstance(place, Identity) or place.is_ambiguous


def _stranger(name: str, place: Unidentified, register: Register) -> Stranger:
    nearest = place.candidates[0] if place.candidates else ""
    return Stranger(name, "level" if _is_level(name, register) else "unknown", nearest)


def _is_level(name: str, register: Register) -> bool:
    """Whether a name that a register lacks is that of a place of another level."""
    if register == "countries":
        if is_latin(name):
            return _LEVEL.fullmatch(name.casefold()) is not None
        return any(
            isinstance(p, Identity)
            for r in REGISTERS[:2]
            for p in identify([(name, None, None)], r).found.values()
        )
    found = match(name)
    if isinstance(found, Unknown):
        return found.reason in {"province", "county"}
    return register == "china_provinces" and isinstance(found, Matched)


SENTENCES: Mapping[Kind, tuple[str, Message, Message]] = {
    "residual": (
        RESIDUAL,
        message(
            "{n} names are not {places} but what remains of them, or what was given to none: {names}.",
            one="{n} name is not one of the {places} but what remains of them, or what was given to none: {names}.",
        ),
        message(
            "leave them out: `leave_out: [{bare}]` under `read` of the source. A remainder is not a unit that "
            "can be compared with the others."
        ),
    ),
    "level": (
        "names.level",
        message(
            "{n} names are places of another level than the {places} beside them: {names}.",
            one="{n} name is a place of another level than the {places} beside it: {names}.",
        ),
        message("study one level only: `leave_out: [{bare}]` under `read` of the source."),
    ),
    "unknown": (
        "names.unknown",
        message(
            "{n} names are not known as {places} and stay as they are written: {names}.",
            one="{n} name is not known as one of the {places} and stays as it is written: {names}.",
        ),
        message(
            "if one is misspelt, state under `spellings` which place is meant; if one is not an entity, leave it "
            "out: `leave_out: [{bare}]` under `read` of the source."
        ),
    ),
}
"""Kind -> code, what is said, and the remedy."""


def doubt_strangers(
    panel: Panel, said: Iterable[Problem] = (), accept: Collection[str] = ()
) -> tuple[Problem, ...]:
    """Warn of the names of a panel that are not places as the others are.

    Parameters
    ----------
    panel
        Rows of a file or of a study.
    said
        Warnings that were made of the same rows: a name of another level that one of them names is not
        said again.
    accept
        Codes of what is stated to be true.
    """
    judged = judge(panel.entities)
    if judged is None:
        return ()
    texts = [
        str(w.what)
        for w in said
        if w.code in {"panel.mixed_level", "names.county", "names.unknown"}
    ]
    problems = []
    for kind, (code, what, remedy) in SENTENCES.items():
        names = [
            s
            for s in judged.of(kind)
            if kind == "residual" or not any(s.name in text for text in texts)
        ]
        if not names or code in accept:
            continue
        bare = listed((s.name for s in names), most=SHOWN)
        shown = listed(
            (
                f"{s.name} ({s.nearest}?)" if s.nearest and kind == "unknown" else s.name
                for s in names
            ),
            most=SHOWN,
        )
        values = {"n": len(names), "places": CALLED[judged.register], "names": shown}
        problems.append(
            Problem(
                code,
                message(what.template, one=what.one, **values),
                Where(file=panel.source, entity=names[0].name),
                message(remedy.template, bare=bare),
                severity="warning",
            )
        )
    return tuple(problems)


def read_judged(
    path: Path,
    *,
    entity: str,
    period: str | None,
    sheet: str | None = None,
    reading: ReadOptions = NOTHING_STATED,
) -> ReadResult:
    """Read a file as a panel, and warn of names that are not places as the others are.

    Raises
    ------
    DataError
        Everything that is wrong with the file; a name that is to be left out and is not there.
    """
    result = read_panel(path, entity=entity, period=period, sheet=sheet, reading=reading)
    refuse_unused(reading.leave_out, result.decisions, result.panel.entities)
    strangers = doubt_strangers(result.panel, result.warnings, reading.accept)
    return replace(result, warnings=(*result.warnings, *strangers))
