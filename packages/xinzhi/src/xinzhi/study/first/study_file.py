"""A first study file for somebody's data: roles proposed, each with its reason, in the person's language.

What nobody must decide is part of the study; the rest stands behind signs, with the reason beside it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType

from xinzhi.study.first.preparation import Preparation, prepared, uses_of
from xinzhi.study.first.roles import (
    NOTHING_NAMED,
    SCORE,
    Candidates,
    NamedRoles,
    ProposedRoles,
    candidates,
    columns_listed,
    labels_in_file,
    meaning_of,
    mechanism,
    propose_roles,
    smallest_group,
    tables_of,
)
from xinzhi.study.first.tables import FirstTables, vocabulary_beside
from xinzhi.study.first.yaml_text import beside, flow, offer, option, options, quoted, words
from xinzhi.study.gather.dissolved import DISSOLVED
from xinzhi.study.texts import CHAPTERS, FOLDER, text_name
from xinzhi_core.errors import DataError
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import LANGUAGES, Label, Language, Message, listed, message, say
from xinzhi_panel.columns.indicators import OWN, sizes
from xinzhi_panel.columns.kinds import price_basis
from xinzhi_panel.columns.meaning import HeadingReading, read_heading, without_topic
from xinzhi_panel.columns.recognise import fold
from xinzhi_panel.columns.seen import is_share
from xinzhi_panel.io.recognise.cells import has_chinese, split_unit
from xinzhi_panel.places.boundaries import place
from xinzhi_panel.places.strangers import judge

STATED = frozenset(sizes())
"""Units that are written into the study file where the heading alone has them."""
PERCENT = re.compile(r"[%‰％‱]|百分|(?<![a-z])(?:percent\w*|pct)(?![a-z])", re.IGNORECASE)
"""Units of shares, in a sign or in words: Percentage of 25-64 year-olds."""
AS_IT_IS = re.compile(
    r"指数|得分|比重|比例|占比|比率|率\Z|(?<![a-z])(?:index|score|ratio|rate|share|percent\w*|dummy)(?![a-z])",
    re.IGNORECASE,
)
"""Words of a heading that the vocabulary does not know, with which a column is not an amount."""
UNLOGGED = frozenset(("share", "index", "text", "code", "time", "ratio", "angle", "temperature"))
"""Dimensions that enter a regression as they are."""
INDUSTRY = " of industry above scale"
"""End of English labels that yearbooks have of an industry, and firms of themselves."""
PLACES = {"province": message("provinces"), "prefecture": message("places of prefecture level")}
MOSTLY = 0.9
"""Share of the entities that must have an outline for a map to be proposed."""
ROWS, ENTITIES = 60, 10
"""Rows and entities from which the score is explained without being asked to."""
GROUP = 5
"""Entities of the smallest group from which groups are compared without being asked to."""
SCORE_SYMBOLS = ("GE", "EE", SCORE)
"""Symbols of the score, the first that no column has."""
SHORT = re.compile(r"[A-Za-z][A-Za-z0-9]{0,7}")
"""Names of columns that are symbols already."""
INPUT_LETTERS: Mapping[str, str] = MappingProxyType(
    {"labour": "L", "capital": "K", "energy": "E", "water": "H"}
)
SETS = ("factors", "controls", "entity", "period")
"""Names that a first study gives to other things."""
LISTED = 40
STOP: Mapping[Language, str] = MappingProxyType({"zh": "。", "en": "."})
SAID = frozenset(
    (
        *("files.left_out_rows", "files.matched", "files.every_period"),
        *("excel.stacked", "excel.other_sheets", "units.converted"),
    )
)
"""Decisions about the files that stand in the study file."""


def bare(heading: str) -> str:
    """Take the unit off a heading: 外贸依存率（%） ends with 率.

    >>> bare("外贸依存率（%）"), bare("Trade openness")
    ('外贸依存率', 'Trade openness')
    """
    return split_unit(heading)[0]


@dataclass(frozen=True, slots=True)
class FirstStudy:
    """A first study file, the roles that it proposes, and what belongs beside it."""

    text: str
    preparation: Preparation
    beside: Mapping[str, bytes] = field(default_factory=dict)
    """File in the folder of the study -> its content: chapters to be written, entries of one's own."""

    def missing(self, folder: Path) -> dict[Path, bytes]:
        """Give the files that are not there yet; one that is there is somebody's, and stays."""
        files = {folder / name: content for name, content in self.beside.items()}
        return {path: content for path, content in files.items() if not os.path.lexists(path)}


def first_study(
    tables: FirstTables, folder: Path, language: Language, named: NamedRoles = NOTHING_NAMED
) -> FirstStudy:
    """Build the first study of a folder: the console and the page call this, and write the same bytes."""
    roles = propose_roles(tables.reading.panel, named, tables.vocabulary)
    first = starter(tables, roles, folder.absolute().name, language, named)
    entries = vocabulary_beside([file.given for file in tables.files], folder)
    own = {} if entries is None else {OWN: (entries / OWN).read_bytes()}
    return replace(first, beside={**first.beside, **own})


def starter(
    tables: FirstTables,
    roles: ProposedRoles,
    title: str,
    language: Language,
    named: NamedRoles = NOTHING_NAMED,
) -> FirstStudy:
    """Write the study file; a regression that a person named is part of it, others are offered."""
    done = prepared(roles, tables.reading.panel, tables.vocabulary)
    first = _Starter(tables, done.roles, language, named, done)
    chapters = dict.fromkeys(first.chapters(), b"")
    return FirstStudy("\n".join(first.lines(title)) + "\n", done, chapters)


@dataclass(frozen=True, slots=True)
class _Starter:
    tables: FirstTables
    roles: ProposedRoles
    language: Language
    named: NamedRoles
    preparation: Preparation

    @property
    def panel(self) -> Panel:
        return self.tables.reading.panel

    @property
    def is_measured(self) -> bool:
        return bool(self.roles.inputs and self.roles.good_outputs)

    def lines(self, title: str) -> list[str]:
        columns = self.columns()
        lines = [
            "# yaml-language-server: $schema=./study.schema.json",
            *self.say(
                message(
                    "A first study file, written by `xinzhi init`. The roles of the columns are guesses "
                    "from their headings: check each one, then `xinzhi run`."
                ),
                message(
                    "Lines with ## are for people. Sections behind a single # are offered: remove the "
                    "sign to have them computed."
                ),
            ),
            "",
            f"title: {quoted(title)}",
            "seed: 1",
            "",
            *self.sources(),
            *self.prepare(),
            "",
            *(self.measured() if self.is_measured else self.unmeasured()),
        ]
        lines += self.variables(columns)
        symbols = self.symbols(columns)
        written = columns.called(symbols)
        outcome = self.outcome or (SCORE if self.is_explained(columns) else None)
        if outcome is not None:
            lines += ["", *tables_of(written, self.panel, symbols.get(outcome, outcome))]
        if self.is_measured:
            part, offered = mechanism(
                written,
                self.panel,
                self.language,
                outcome=symbols[outcome or SCORE],
                has_baseline=outcome is not None,
                active=self.active(columns),
                labels=self.labels_of(columns),
            )
            lines += [*(["", *part] if part else []), "", *offer(offered), *self.map()]
        return [*lines, *self.unused(columns), "", *self.report()]

    def unused(self, columns: Candidates) -> list[str]:
        """Name the columns of numbers that no part of the study uses: none is left out in silence."""
        parts = (columns.group, columns.split, self.outcome)
        used = {*self.described(), *columns.variables, *self.preparation.sources, *parts}
        left = [name for name in self.roles.others if name not in used]
        if not (self.is_measured and left):
            return []
        listed_names = columns_listed(left, LISTED)
        return [
            "",
            *self.say(message("Columns not used in this study: {names}.", names=listed_names)),
        ]

    @property
    def outcome(self) -> str | None:
        """Outcome of the regression that a person named; the score where regressors alone are."""
        if self.named.outcome or not self.named.regressors:
            return self.named.outcome
        return SCORE if self.is_measured else None

    def is_explained(self, columns: Candidates) -> bool:
        """Whether the score is explained without a person's word: factors are there, and rows enough."""
        n_rows, n_entities = len(self.panel.frame), self.panel.n_entities
        known = [name for name in columns.factors if self.read(name).roles]
        is_large = n_rows >= ROWS and n_entities >= ENTITIES and len(self.panel.periods) > 1
        return self.is_measured and self.outcome is None and bool(known) and is_large

    def active(self, columns: Candidates) -> frozenset[str]:
        """Name the analyses that need nobody's word: the vocabulary knows their columns, and groups are large enough."""
        if not self.is_explained(columns):
            return frozenset()
        known = {n for n in (columns.mediator, columns.moderator) if n and self.read(n).roles}
        is_grouped = columns.group and smallest_group(self.panel, columns.group) >= GROUP
        return frozenset(
            name
            for name, is_there in (
                ("mediation", columns.mediator in known),
                ("moderation", {columns.mediator, columns.moderator} <= known),
                ("heterogeneity", is_grouped),
            )
            if is_there
        )

    def columns(self) -> Candidates:
        """Choose the columns of the sections; those that a person named come first."""
        named = self.named
        if self.outcome is None:
            return candidates(self.panel, self.roles.others, self.tables.vocabulary)
        used = (*named.regressors, *named.controls, self.outcome)
        others = [name for name in self.roles.others if name not in used]
        free = candidates(self.panel, others, self.tables.vocabulary)
        factors = named.regressors or free.factors
        controls = named.controls or tuple(n for n in free.controls if named.regressors == ())
        return replace(free, factors=factors, controls=controls)

    def symbols(self, columns: Candidates) -> dict[str, str]:
        """Give each column a name for equations: its symbol in the vocabulary, its own short word, or the letter of its role.

        No symbol is the name of another column, and none stands twice.
        """
        letters = self.letters(columns)
        taken = {fold(str(name)) for name in self.panel.frame.columns} | set(map(fold, SETS))
        given: dict[str, str] = {}
        used = (self.outcome,) if self.outcome else ()
        for name in dict.fromkeys((SCORE, *self.described(), *used, *columns.variables)):
            plain = (name,) if SHORT.fullmatch(name) else ()
            letter = letters.get(name, "Z")
            numbered = (f"{letter.rstrip('0123456789')}{number}" for number in count(1))
            choices = SCORE_SYMBOLS if name == SCORE else (*self.symbols_of(name), *plain, letter)
            # The name of the column itself is no other one's, in whatever case.
            others = taken - ({fold(name)} - set(map(fold, given.values())))
            symbol = next(s for s in chain(choices, numbered) if fold(s) not in others)
            taken.add(fold(symbol))
            given[name] = symbol
        return given

    def letters(self, columns: Candidates) -> dict[str, str]:
        """Give each column the letter of its role: L, K, E of inputs, Y and B of outputs, X, C, M and W of regressors."""
        roles = self.roles
        uses = {n: next(uses_of(roles, {n: self.read(n)}, n), "") for n in roles.inputs}
        letters = {
            name: f"{letter}{number}"
            for letter, names in (
                ("I", roles.inputs),
                ("B", roles.bad_outputs),
                ("X", columns.factors),
                ("C", columns.controls),
                ("M", (columns.mediator,)),
                ("W", (columns.moderator,)),
            )
            for number, name in enumerate(names, start=1)
            if name is not None
        }
        inputs = {name: INPUT_LETTERS[use] for name, use in uses.items() if use in INPUT_LETTERS}
        goods = dict.fromkeys(roles.good_outputs, "Y")
        return {**letters, **inputs, **goods, **({self.outcome: "Y"} if self.outcome else {})}

    def symbols_of(self, name: str) -> tuple[str, ...]:
        """List the symbols of what a column is; of what may be several things those of all, of what is made of it none."""
        read = self.read(name)
        if read.indicator is None or read.derived:
            return ()
        others = [one.symbol for one in read.may_be]
        return tuple(one for one in read.indicator.symbol if all(one in each for each in others))

    def described(self) -> tuple[str, ...]:
        """List the columns that are described whatever is asked about them."""
        roles = (*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs)
        described = roles if self.is_measured else (*roles, *self.roles.others)
        return tuple(name for name in described if name != SCORE)

    def labels_of(self, columns: Candidates) -> dict[str, object]:
        """Give the names in print of the columns that part entities into groups."""
        names = [name for name in (columns.group, columns.split) if name is not None]
        labels = {name: self.options_of(name).get("label") for name in names}
        return {name: label for name, label in labels.items() if label}

    def say(self, *wordings: Message) -> list[str]:
        return [words(wording, self.language) for wording in wordings]

    def beside(self, text: str, wording: Message | None) -> str:
        return beside(text, wording, self.language)

    def sources(self) -> list[str]:
        """Write where the data come from, with what is said of the files."""
        reading = self.tables.reading
        remarks = list(dict.fromkeys(d.what for d in reading.decisions if d.code in SAID))
        coverage = reading.coverage
        if coverage is not None and coverage.partial:
            remarks.insert(0, coverage.in_words())
        doubts = [
            w.what for w in reading.warnings if w.code == DISSOLVED and isinstance(w.what, Message)
        ]
        lines = [*self.say(*remarks, *doubts), "sources:"]
        for name, given in self.tables.options().items():
            lines.append(f"  {quoted(name)}:")
            lines += [
                self.beside(f"    {option(key, value)}", self.why(key, value))
                for key, value in given.items()
            ]
            if self.tables.spellings and name == self.tables.sources[0].name:
                spellings = f"    spellings: {options(self.tables.spellings)}"
                why = message("if the first name is a slip for the second")
                lines += offer([self.beside(spellings, why)])
            if name == self.tables.sources[0].name and "read" not in given:
                lines += self.left_out()
        lines += self.left()
        return [*lines, *self.panel_lines()]

    def panel_lines(self) -> list[str]:
        """Write the panel: its sources, and the names in print of the columns that are measured or prepared."""
        names = [source.name for source in self.tables.sources]
        joined = f", join: {self.tables.join}" if len(names) > 1 else ""
        sources = flow(names) if joined else quoted(names[0])
        labels = {name: self.options_of(name).get("label") for name in self.printed()}
        known = {name: label for name, label in labels.items() if isinstance(label, dict)}
        if not known:
            return [f"panel: {{from: {sources}{joined}}}"]
        return [
            "panel:",
            f"  from: {sources}",
            *([f"  join: {self.tables.join}"] if joined else []),
            self.beside("  labels:", message("names in print; units stand beside them anyway")),
            *(f"    {option(quoted(name), label)}" for name, label in known.items()),
        ]

    def printed(self) -> list[str]:
        """List the columns that the report names: inputs, outputs, and what steps make them of."""
        roles = (*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs)
        sources = [name for name in self.preparation.sources if name in self.panel.frame]
        return [*dict.fromkeys((*(roles if self.is_measured else ()), *sources))]

    def left_out(self) -> list[str]:
        """Offer a line that leaves out names which are not a unit among the others."""
        judged = judge(self.panel.entities)
        names = [s.name for s in judged.strangers if s.kind != "unknown"] if judged else []
        if not names:
            return []
        why = message("a remainder, or a place of another level, is not a unit of the study")
        return offer([self.beside(f"    read: {options({'leave_out': names})}", why)])

    def left(self) -> list[str]:
        """Write what is left out, with the reason; a source that was to be stands behind signs."""
        lines: list[str] = []
        for one in self.tables.left:
            parts = (one.place, one.why, one.remedy)
            said = [say(part, self.language) for part in parts if part]
            said[1:] = [
                text if text.endswith((".", "。")) else f"{text}{STOP[self.language]}"
                for text in said[1:]
            ]
            text = message("Left out: {what}: {why}", what=said[0], why=" ".join(said[1:]))
            lines += self.say(text)
            if one.source is not None:
                names = {source.name for source in self.tables.sources}
                options_of = one.source.options(self.tables.register, self.tables.join, given=False)
                name = one.source.name if one.source.name not in names else f"{one.source.name}_2"
                lines += offer(
                    [f"  {quoted(name)}:", *(f"    {option(k, v)}" for k, v in options_of.items())]
                )
        return lines

    def why(self, key: str, value: object) -> Message | None:
        """Say why an option of a source is as it is."""
        if key in ("entity", "period"):
            return self.tables.reasons.get(str(value))
        fixed = {
            "names": message("names are matched through this register; or text: as written"),
            "join": message("rows that every file has; or left, outer"),
            "period_from": message("the year stands in the names of the files"),
        }
        return fixed.get(key)

    def measured(self) -> list[str]:
        """Propose the measurement."""
        roles = (*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs)
        there = [name for name in roles if name in self.panel.frame]
        n_empty = int(self.panel.frame[there].isna().any(axis=1).sum())
        missing = (
            message(
                "{n} rows have an empty cell: they get no score",
                one="{n} row has an empty cell: it gets no score",
                n=n_empty,
            )
            if n_empty
            else message("or leave_out: rows with an empty cell get no score")
        )
        bads = self.roles.bad_outputs
        lines = self.say(
            message(
                "Green efficiency: super-SBM, one frontier over all periods. Other measures: "
                "`xinzhi parts`. All options: study.schema.json."
            )
        )
        if not self.roles.is_real and len(self.panel.periods) > 1:
            lines += self.say(
                message(
                    "If the good output is at the prices of each year, the step `real_output` under "
                    "`prepare` makes real values of it with a price index."
                )
            )
        return [
            *lines,
            "efficiency:",
            f"  {SCORE}:",
            "    measure: super_sbm",
            self.beside("    returns_to_scale: constant", message("or variable")),
            self.beside(
                "    reference: global", message("or contemporaneous: a frontier for each period")
            ),
            "    inputs:",
            *self.with_reasons(self.roles.inputs),
            "    good_outputs:",
            *self.with_reasons(self.roles.good_outputs),
            *(
                ["    bad_outputs:", *self.with_reasons(bads)]
                if bads
                else [self.beside("    bad_outputs: []", message("no heading speaks of pollution"))]
            ),
            self.beside(f"    missing: {'leave_out' if n_empty else 'refuse'}", missing),
            '    classes: {low: "< 0.30", middle: 0.30-0.60, high: "> 0.60"}',
        ]

    def prepare(self) -> list[str]:
        """Write the steps that the columns allow, and the roles that no column has."""
        said = self.say(*self.preparation.missing)
        hints = [f"## {line.strip()}" for line in self.preparation.hints]
        steps = self.preparation.steps
        lines = [*(["", "prepare:", *steps] if steps else [])]
        return [*lines, *(["", *said, *hints] if said else [])]

    def read(self, name: str) -> HeadingReading:
        """Read what a column means; of one that a step makes, what the step makes."""
        made = dict(self.preparation.made)
        if name in made:
            return HeadingReading(self.tables.vocabulary.indicators[made[name]])
        return meaning_of(self.panel, name, self.tables.vocabulary)

    def options_of(self, name: str) -> dict[str, object]:
        """Give the options of a variable that its heading says: its names in print, and its unit."""
        given: dict[str, object] = {"column": name}
        read = self.read(name)
        is_there = name in self.panel.frame
        label = self.panel.label(name) if is_there else Label(name)
        # A file that names its columns in both languages knows better, as does a label unlike the name.
        is_labelled = bool(label.zh and label.en) or self.is_read_by_name_alone(name)
        if read.indicator and not read.derived and not is_labelled:
            names = read.indicator.label
            zh, en = bare(names.zh or names.en or name), names.en or names.zh or name
            if read.may_be:
                # What may be several things keeps its own name, and is not called one of them in English.
                alike = {one.dimension for one in read.may_be} == {"persons"}
                zh, en = self.own_name(name), en if alike else ""
            if self.is_of_firms and en.endswith(INDUSTRY):
                # The yearbook has of an industry what a firm has of itself.
                zh, en = self.own_name(name), en.removesuffix(INDUSTRY)
            said = (self.panel.units.get(name, ""), *labels_in_file(self.panel, name))
            if price_basis(name, *(said if is_there else ())) is None:
                en = en.removesuffix(" at current prices")
            if read.is_districts:
                zh, en = f"{zh}（市辖区）", f"{en} (districts)"
            if self.panel.per_year > 1:
                # What yearbooks have of a year is here of a quarter.
                zh = zh.replace("年平均", "平均").replace("年末", "期末")
                en = en.replace("mean of the year", "mean of the quarter")
            if en and not self.is_named_twice(name):
                given["label"] = {"zh": zh, "en": en}
        if read.unit in STATED and is_there and not self.panel.units.get(name):
            given["unit"] = read.unit
        return given

    @property
    def is_of_firms(self) -> bool:
        """Whether the entities are firms."""
        key = read_heading(self.panel.keys[0], None, self.tables.vocabulary)
        return key.id in ("firm_name", "firm_code")

    def own_name(self, name: str) -> str:
        """Give the heading of a column as its name in print: its label in the file, or the name without the topic above it."""
        label = self.panel.label(name).zh if name in self.panel.frame else None
        if label and bare(label) != name and not has_chinese(name):
            return bare(label)
        below = without_topic(name)
        others = [without_topic(str(other)) for other in self.panel.frame.columns]
        return below if others.count(below) < 2 else name

    def is_read_by_name_alone(self, name: str) -> bool:
        """Whether a short name is known and its label in the file is not: the label then says what it is."""
        if name not in self.panel.frame:
            return False
        labels = [text for text in labels_in_file(self.panel, name) if bare(text) != name]
        unit = self.panel.units.get(name)
        known = (read_heading(text, unit, self.tables.vocabulary).indicator for text in labels)
        return bool(labels) and not any(known)

    def is_named_twice(self, name: str) -> bool:
        """Whether another column is the same indicator of the same area: one name in print would be two things."""
        read = self.read(name)
        others = [str(other) for other in self.panel.frame.columns if str(other) != name]
        alike = (
            self.read(other) for other in (*others, *dict(self.preparation.made)) if other != name
        )
        return any((one.id, one.is_districts) == (read.id, read.is_districts) for one in alike)

    def without_english(self) -> list[str]:
        """List the names in Chinese that have no English label."""
        named = [*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs]
        named += [*self.columns().variables]
        unknown = [name for name in dict.fromkeys(named) if "label" not in self.options_of(name)]
        return [name for name in unknown if has_chinese(name)]

    def languages(self) -> tuple[Language, ...]:
        """Choose both languages where every name has both, else that of the names."""
        return ("zh",) if self.without_english() else LANGUAGES

    def chapters(self) -> tuple[str, ...]:
        """Name the files of the chapters that no program can write; a study without a score has none yet."""
        languages = self.languages() if self.is_measured else ()
        return tuple(text_name(chapter, each) for chapter in CHAPTERS for each in languages)

    def report(self) -> list[str]:
        """Write the report, and where its author writes the chapters that no program can write."""
        lines = []
        if chinese := self.without_english():
            lines = self.say(
                message(
                    "The report is in Chinese alone: these names have no English label yet: {names}. Give "
                    "each a `label: {{zh: …, en: …}}` under `variables`, then write `languages: [zh, en]`.",
                    names=listed(chinese),
                )
            )
        if self.is_measured:
            lines += self.say(
                message(
                    "Introduction, literature, hypotheses and conclusion are yours: write them in the "
                    "files of the folder `{folder}`, each line a paragraph. Every report prints them, and "
                    "no run changes them.",
                    folder=FOLDER,
                )
            )
        languages = ", ".join(self.languages())
        return [*lines, f"report: {{languages: [{languages}], formats: [html, docx, xlsx]}}"]

    def with_reasons(self, names: Sequence[str]) -> list[str]:
        return [
            self.beside(f"      - {quoted(name)}", self.roles.reasons.get(name)) for name in names
        ]

    def unmeasured(self) -> list[str]:
        """Offer a measurement where headings do not tell inputs from outputs."""
        numbers = (
            *(*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs),
            *self.roles.others,
        )
        lines = []
        if not self.roles.inputs:
            lines += self.say(message("No heading speaks of an input (labour, capital, energy)."))
        if not self.roles.good_outputs:
            lines += self.say(message("No heading speaks of a good output (GDP, value added)."))
        lines += self.say(
            message(
                "No efficiency is measured yet: name the columns and remove the # signs. The columns "
                "of numbers are: {columns}.",
                columns=columns_listed(numbers, LISTED),
            )
        )
        free = list(self.roles.others)
        inputs = self.roles.inputs or tuple(free[:1])
        goods = self.roles.good_outputs or tuple(n for n in free if n not in inputs)[:1]
        return [
            *lines,
            *offer(
                [
                    "efficiency:",
                    f"  {SCORE}:",
                    "    measure: super_sbm",
                    f"    inputs: {flow(inputs)}",
                    f"    good_outputs: {flow(goods)}",
                    f"    bad_outputs: {flow(self.roles.bad_outputs)}",
                    "    missing: leave_out",
                ]
            ),
        ]

    def variables(self, columns: Candidates) -> list[str]:
        """Write the variables that are described, and those that the offered sections need."""
        described, symbols = self.described(), self.symbols(columns)
        score = [f"  {symbols[SCORE]}: {{from: {SCORE}, label: {{zh: 绿色效率, en: Efficiency}}}}"]
        lines = score if self.is_measured else offer(score)
        lines += [f"  {self.variable(name, symbols[name])}" for name in described]
        asked: tuple[str, ...] = ()
        if self.outcome is not None:
            asked = (self.outcome, *columns.factors, *columns.controls)
        if self.is_explained(columns):
            asked = (*asked, *columns.variables)
        asked = tuple(n for n in dict.fromkeys(asked) if n not in (*described, SCORE))
        lines += [f"  {self.variable(name, symbols[name], transforms=True)}" for name in asked]
        if self.is_measured:
            used = (*described, *asked, SCORE)
            more = [name for name in columns.variables if name not in used]
            lines += offer(
                [f"  {self.variable(name, symbols[name], transforms=True)}" for name in more]
            )
        names = (*([SCORE] if self.is_measured else []), *described, *asked)
        if not names:
            return []
        shown = flow([symbols[name] for name in names])
        return ["", "variables:", *lines, f"describe: {{variables: {shown}}}"]

    def variable(self, name: str, symbol: str, *, transforms: bool = False) -> str:
        """Write a variable; in a regression an amount enters as ln(1 + x), a share or a rate as it is."""
        given = self.options_of(name)
        if symbol != name and "label" not in given:
            # Without a label the symbol would be its name in print.
            label = self.panel.label(name)
            both = {"zh": label.zh, "en": label.en}
            shown = self.own_name(name)
            own = {"zh": shown} if has_chinese(name) else {"zh": shown, "en": name}
            given = {"column": name, "label": both if all(both.values()) else own, **given}
        more = {"transform": "ln1p"} if transforms and self.is_logged(name) else {}
        return option(quoted(symbol), given | more)

    def is_logged(self, name: str) -> bool:
        """Whether a column enters as ln(1 + x): an amount, never a percentage, an index or a mark of 0 and 1."""
        column = self.panel.frame[name]
        if column.dropna().lt(0).any() or column.max() <= 1:
            return False
        read, unit = self.read(name), self.panel.units.get(name, "")
        if PERCENT.search(read.unit) or PERCENT.search(unit):
            return False
        if read.indicator is None:
            texts = (name, unit, *labels_in_file(self.panel, name))
            return not (is_share(name) or any(AS_IT_IS.search(bare(text)) for text in texts))
        # An amount per head, such as 吨/人, is an amount; a ratio of two amounts of one kind is not.
        is_per = read.indicator.dimension == "ratio" and "/" in (read.unit or unit)
        is_plain = read.indicator.dimension in UNLOGGED and not is_per
        is_plain = is_plain or read.derived in ("growth", "share")
        return not is_plain or bool({"ln1p", "ln"} & set(read.indicator.step_hint))

    def map(self) -> list[str]:
        """Propose a map where nearly all entities have an outline in the package."""
        try:
            placed = place(self.panel.entities)
        except DataError:
            return []
        if len(placed.of) < MOSTLY * len(self.panel.entities):
            return []
        text = message(
            "{n} of {all} entities are {places} of China: a map of the efficiency. Pictures show four "
            "periods side by side; `in: [2008, 2013]` chooses them.",
            one="{n} of {all} entities is one of the {places} of China: a map of the efficiency. Pictures show four periods side by side; `in: [2008, 2013]` chooses them.",
            n=len(placed.of),
            all=len(self.panel.entities),
            places=PLACES[placed.level],
        )
        return [
            "",
            *self.say(text),
            "maps:",
            f"  {SCORE}: {{value: {SCORE}, boundaries: built_in}}",
        ]
