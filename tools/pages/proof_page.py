"""The proof page, from the facts of tools/pages/generate_proof.py, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from proof_words import NAMES, WORDS

Facts = Mapping[str, Any]

MADE = "<!-- Made by tools/pages/generate_proof.py. -->"
FIELDS = ("regressions", "efficiency", "space")


class Page:
    """Lines of the page in a language."""

    def __init__(self, facts: Facts, language: str) -> None:
        self.facts = facts
        self.at = ("en", "zh").index(language)
        self.language = language

    def say(self, word: str, **values: object) -> str:
        """Give a text in the language."""
        return WORDS[word][self.at].format(**values)

    def name(self, key: str) -> str:
        """Give a name in the language; the key itself where it has none."""
        return NAMES[key][self.at] if key in NAMES else key

    def label(self, text: str) -> str:
        """Put the parts of a label into the language."""
        return ("，" if self.at else ", ").join(self.name(part) for part in text.split(": "))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[object]], left: int = 1) -> str:
        """Write a table; columns after the first `left` are numbers."""
        marks = ["---"] * left + ["---:"] * (len(head) - left)
        lines = [[self.say(word) if word in WORDS else word for word in head], marks, *rows]
        return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)

    def parts(self) -> Iterator[str]:
        """Go through the sections."""
        yield f"# {self.say('title')}\n\n{MADE}"
        yield self.say("lead", version=self.facts["version"])
        yield from self.summary()
        yield from self.gallery()
        for field in FIELDS:
            yield from self.field(field)
        yield from self.certificates()
        yield from self.coverage()
        yield from self.verdicts()
        yield from self.counts()
        yield f"## {self.say('again')}\n\n{self.say('again_text')}\n\n```sh\njust proof\n```"

    def of(self, field: str) -> list[Facts]:
        """List the comparisons of a field."""
        return [one for one in self.facts["comparisons"].values() if one["field"] == field]

    def summary(self) -> Iterator[str]:
        """Write what all comes to."""
        facts, printed = self.facts, self.facts["gallery"]
        met = self.say(
            "met",
            agree=sum(one["agree"] for one in printed),
            all=sum(one["figures"] for one in printed),
        )
        figures = sum(one["figures"] for one in printed)
        rows = [[self.say("printed"), self.say("tables_of", n=len(printed)), figures, met]]
        for field in FIELDS:
            ours = self.of(field)
            names = dict.fromkeys(one["by"][self.language] for one in ours)
            largest = max((one["largest"] for one in ours), key=float)
            total = sum(one["figures"] for one in ours)
            rows.append([self.say(field), "；".join(names) if self.at else "; ".join(names), f"{total:,}", largest])  # fmt: skip
        yield f"## {self.say('summary')}"
        yield self.table(["field", "witnesses", "figures", "largest"], rows, 2)
        proofs, faults = facts["certificates"].values(), [*facts["kills"], *facts["delivery"]]
        hard = self.hard()
        worst = max((v for one in proofs for v in one["worst"].values()), key=float)
        rows = [
            [self.say("certificates"), self.say("certified", worst=worst, **{k: f"{sum(one[k] for one in proofs):,}" for k in ("certified", "scores")})],
            [self.say("laws"), self.say("laws_hold", **facts["laws"] | {"cases": f"{facts['laws']['cases']:,}"})],
            [self.say("hard"), self.say("hard_hold", **hard)],
            [self.say("mutants"), self.say("mutants_die", n=sum(facts["mutants"].values()), killed=facts["killed"])],
            [self.say("coverage"), self.say("covered", n=len(facts["coverage"]["effects"]))],
            [self.say("faults"), self.say("survived", n=sum(int(one["struck"]) for one in faults))],
            [self.say("cases"), self.say("read", n=sum(facts["cases"].values()))],
            [self.say("tests"), self.say("tests_run", n=f"{sum(facts['tests'].values()):,}")],
        ]  # fmt: skip
        yield self.table(["evidence", "result"], rows, 2)

    def gallery(self) -> Iterator[str]:
        """Write the published tables."""
        rows = [
            [f"[{one['title'][self.language]}](gallery/{one['name']}.md)", one["figures"], one["agree"], one["largest"]]
            for one in self.facts["gallery"]
        ]  # fmt: skip
        yield f"## {self.say('printed')}"
        yield self.say("gallery_note")
        yield self.table(["study", "figures", "agree", "off"], rows)

    def field(self, field: str) -> Iterator[str]:
        """Write the comparisons of a field: all in a table, then each."""
        ours = self.of(field)
        yield f"## {self.say(field)}"
        rows = [
            [one["what"][self.language], one["by"][self.language], one["figures"], one["largest"]]
            for one in ours
        ]
        yield self.table(["what", "by", "figures", "largest"], rows, 2)
        for one in ours:
            yield f"### {one['what'][self.language]}"
            yield self.sentences(one)
            rows = [[self.label(label), *numbers] for label, *numbers in one["shown"]]
            yield self.table(["figure", "theirs", "ours", "difference"], rows)

    def sentences(self, one: Facts) -> str:
        """Say the witness, the test, why figures differ, and which are shown."""
        stop, colon, space = ("。", "：", "") if self.at else (".", ": ", " ")
        told = [
            f"{one['by'][self.language]}{stop}",
            f"{self.say('test')}{colon}`{one['test']}`{stop}",
            one["note"][self.language],
        ]
        if len(one["shown"]) < one["figures"]:
            told.append(self.say("many", n=one["figures"]))
        return space.join(filter(None, told))

    def certificates(self) -> Iterator[str]:
        """Write the worst residuals of the examples."""
        yield f"## {self.say('certificates')}"
        yield self.say("certificates_note")
        rows = [
            [f"`{name}`", f"{one['scores']:,}", f"{one['certified']:,}", *one["worst"].values()]
            for name, one in self.facts["certificates"].items()
        ]
        yield self.table(["example", "scores", "n_certified", "primal", "dual", "gap"], rows)

    def hard(self) -> dict[str, object]:
        """Give the counts of hard data as they are written."""
        found = self.facts["hard"]
        return {key: f"{n:,}" if isinstance(n, int) else n for key, n in found.items()}

    def coverage(self) -> Iterator[str]:
        """Write the simulated coverage of every printed interval."""
        effects, scores = self.facts["coverage"]["effects"], self.facts["coverage"]["scores"]
        yield f"## {self.say('coverage')}"
        yield self.say("coverage_note")
        designs = [name for name in effects[0] if name != "interval"]
        head = ["interval"]
        for design in designs:
            size, _, errors = design.rpartition(" ")
            head.append(f"{size.replace(' x ', '×')} {self.name(errors)}")
        rows = [[self.name(row["interval"]), *(row[d] for d in designs)] for row in effects]
        yield self.table(head, rows)
        yield self.say("scores_note")
        rows = [
            [self.name(name), one["designs"], f"{one['lowest']:.3f}", f"{one['highest']:.3f}"]
            for name, one in scores.items()
        ]
        yield self.table(["interval", "designs", "lowest", "highest"], rows)
        yield self.say("whole_note")
        whole: dict[str, list[str]] = {}
        for row in self.facts["coverage"]["whole_study"]:
            whole.setdefault(row["interval"], []).append(row["coverage"])
        rows = [[self.name(k), len(v), min(v), max(v)] for k, v in whole.items()]
        yield self.table(["interval", "designs", "lowest", "highest"], rows)

    def verdicts(self) -> Iterator[str]:
        """Write how often a true zero is called significant, by test and by what people read."""
        yield f"## {self.say('verdicts')}"
        for part, note in (("doors", "doors_note"), ("tests", "size_note")):
            yield self.say(note)
            found = self.facts["verdicts"][part]
            head = [name for name in found[0] if not name.startswith("power")]
            rows = [[row["panel"].replace(" x ", "×"), *(self.name(row[key]) if key in {"entities", "errors"} else row[key] for key in head[1:])] for row in found]  # fmt: skip
            yield self.table(head, rows, 3)

    def counts(self) -> Iterator[str]:
        """Write what is counted: laws, mutants, faults, cases."""
        facts = self.facts
        yield f"## {self.say('laws')}"
        yield (
            self.say("laws_hold", **facts["laws"] | {"cases": f"{facts['laws']['cases']:,}"})
            + ("。" if self.at else ". ")
            + self.say("laws_note")
        )
        yield f"## {self.say('hard')}"
        hard, stop = self.hard(), "。" if self.at else ". "
        yield self.say("hard_hold", **hard) + stop + self.say("hard_note", **hard)
        yield f"## {self.say('mutants')}"
        yield self.say("mutants_note")
        yield self.table(["file", "kept"], [[self.name(k), n] for k, n in facts["mutants"].items()])
        yield f"## {self.say('faults')}"
        yield self.say("faults_note")
        rows = [
            [self.name(one["killed"]), one["struck"], one["digits differ"]]
            for one in facts["kills"]
        ]
        rows += [
            [self.name(one["fault"]), one["struck"], int(one["mixed"]) + int(one["file of the user lost"])]
            for one in facts["delivery"]
        ]  # fmt: skip
        yield self.table(["fault", "struck", "harm"], rows)
        yield f"## {self.say('cases')}"
        yield self.say("cases_note")
        yield self.table(["kind", "number"], [[self.name(k), n] for k, n in facts["cases"].items()])
        yield f"## {self.say('tests')}"
        yield self.say("tests_note")
        rows = [[f"`tests/{folder}`", f"{n:,}"] for folder, n in facts["tests"].items()]
        yield self.table(["folder", "number"], rows)


def page(facts: Facts, language: str) -> str:
    """Write the page in a language."""
    return "\n\n".join(Page(facts, language).parts()) + "\n"
