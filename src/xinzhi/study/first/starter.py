"""A first study file for somebody's data: roles proposed, each with its reason, in the person's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xinzhi.errors import DataError
from xinzhi.panel.panel import Panel
from xinzhi.places.boundaries import place
from xinzhi.places.strangers import judge
from xinzhi.study.first.candidates import Candidates, candidates
from xinzhi.study.first.offered import SCORE, columns_listed, mechanism, tables_of
from xinzhi.study.first.roles import NOTHING_NAMED, NamedRoles, ProposedRoles
from xinzhi.study.first.tables import FirstTables
from xinzhi.study.first.yaml_text import beside, flow, offer, option, options, quoted, words
from xinzhi.study.gather.dissolved import DISSOLVED
from xinzhi.wording import Language, Message, message, say

PLACES = {"province": message("provinces"), "prefecture": message("places of prefecture level")}
MOSTLY = 0.9
"""Share of the entities that must have an outline for a map to be proposed."""
LISTED = 40
SAID = frozenset(
    (
        *("files.left_out_rows", "files.matched", "files.every_period"),
        *("excel.stacked", "excel.other_sheets", "units.converted"),
    )
)
"""Decisions about the files that stand in the study file."""


def starter(
    tables: FirstTables,
    roles: ProposedRoles,
    title: str,
    language: Language,
    named: NamedRoles = NOTHING_NAMED,
) -> str:
    """Write the study file; a regression that a person named is part of it, others are offered."""
    return "\n".join(_Starter(tables, roles, language, named).lines(title)) + "\n"


@dataclass(frozen=True, slots=True)
class _Starter:
    tables: FirstTables
    roles: ProposedRoles
    language: Language
    named: NamedRoles = NOTHING_NAMED

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
            "",
            *(self.measured() if self.is_measured else self.unmeasured()),
        ]
        lines += self.variables(columns)
        if self.outcome is not None:
            lines += ["", *tables_of(columns, self.panel, self.outcome)]
        if self.is_measured:
            offered = mechanism(columns, self.panel, self.language, outcome=self.outcome)
            lines += ["", *offer(offered), *self.map()]
        return [*lines, "", "report: {languages: [zh, en], formats: [html, xlsx]}"]

    @property
    def outcome(self) -> str | None:
        """Outcome of the regression that a person named; the score where regressors alone are."""
        if self.named.outcome or not self.named.regressors:
            return self.named.outcome
        return SCORE if self.is_measured else None

    def columns(self) -> Candidates:
        """Choose the columns of the sections; those that a person named come first."""
        named = self.named
        if self.outcome is None:
            return candidates(self.panel, self.roles.others)
        used = (*named.regressors, *named.controls, self.outcome)
        free = candidates(self.panel, [name for name in self.roles.others if name not in used])
        factors = named.regressors or free.factors
        controls = named.controls or tuple(n for n in free.controls if named.regressors == ())
        return replace(free, factors=factors, controls=controls)

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
        names = [source.name for source in self.tables.sources]
        joined = f", join: {self.tables.join}" if len(names) > 1 else ""
        return [*lines, f"panel: {{from: {flow(names) if joined else quoted(names[0])}{joined}}}"]

    def left_out(self) -> list[str]:
        """Offer a line that leaves out names which are no unit among the others."""
        judged = judge(self.panel.entities)
        names = [s.name for s in judged.strangers if s.kind != "unknown"] if judged else []
        if not names:
            return []
        why = message("what remains of the places, or is of another level, is no unit of its own")
        return offer([self.beside(f"    read: {options({'leave_out': names})}", why)])

    def left(self) -> list[str]:
        """Write what is left out, with the reason; a source that was to be stands behind signs."""
        lines: list[str] = []
        for one in self.tables.left:
            parts = (one.place, one.why, one.remedy)
            said = [say(part, self.language) for part in parts if part]
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
        n_empty = int(self.panel.frame[list(roles)].isna().any(axis=1).sum())
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
        roles = (*self.roles.inputs, *self.roles.good_outputs, *self.roles.bad_outputs)
        described = roles if self.is_measured else (*roles, *self.roles.others)
        described = tuple(name for name in described if name != SCORE)
        score = [f"  {SCORE}: {{from: {SCORE}, label: {{zh: 绿色效率, en: Efficiency}}}}"]
        lines = score if self.is_measured else offer(score)
        lines += [f"  {quoted(name)}: {options({'column': name})}" for name in described]
        asked: tuple[str, ...] = ()
        if self.outcome is not None:
            asked = (self.outcome, *columns.factors, *columns.controls)
            asked = tuple(n for n in dict.fromkeys(asked) if n not in (*described, SCORE))
            lines += [f"  {quoted(name)}: {self.variable(name)}" for name in asked]
        if self.is_measured:
            used = (*described, *asked, SCORE)
            more = [name for name in columns.variables if name not in used]
            lines += offer([f"  {quoted(name)}: {self.variable(name)}" for name in more])
        names = (*([SCORE] if self.is_measured else []), *described, *asked)
        if not names:
            return []
        return ["", "variables:", *lines, f"describe: {{variables: {flow(names)}}}"]

    def variable(self, name: str) -> str:
        """Write a variable of a regression: an amount enters as ln(1 + x)."""
        column = self.panel.frame[name]
        is_amount = bool((column.dropna() >= 0).all()) and float(column.max()) > 1
        return options({"column": name, **({"transform": "ln1p"} if is_amount else {})})

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
