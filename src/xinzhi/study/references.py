"""Names in the study file that point to other parts of it: each must point to something."""

from __future__ import annotations

from dataclasses import replace

from xinzhi.efficiency.measure import MEASURES
from xinzhi.errors import Problem, StudyError, Where
from xinzhi.prepare.step import plan_steps, supplied
from xinzhi.study.finder import Finder
from xinzhi.study.located import Located, Path
from xinzhi.study.mechanism_references import find_in_mechanism
from xinzhi.study.schema.maps import BUILT_IN
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.supplies import SAMPLES, needed_sources
from xinzhi.study.typology_references import find_in_typology
from xinzhi.wording import message


def unresolved(spec: StudySpec, located: Located) -> list[Problem]:
    """Find every name that points to nothing, and every source that nothing uses."""
    finder = _Sections(located)
    finder.sources(spec)
    finder.variables(spec)
    finder.tables(spec)
    finder.maps(spec)
    finder.space(spec)
    finder.parts(spec)
    find_in_mechanism(spec, finder)
    find_in_typology(spec, finder)
    return finder.problems


class _Sections(Finder):
    """Looks through the sections one by one."""

    def sources(self, spec: StudySpec) -> None:
        for position, name in enumerate(spec.panel.sources):
            panels = tuple(n for n, source in spec.sources.items() if source.kind == "panel")
            self.known(name, panels, ("panel", "from", position), "panel source")
        used = {*spec.panel.sources, *needed_sources(spec)}
        for name in spec.sources:
            if name not in used:
                self.add(
                    "study.no_effect",
                    message("The source '{name}' is not used.", name=name),
                    ("sources", name),
                    message("name it under panel.from or in a step, or remove it."),
                )

    def variables(self, spec: StudySpec) -> None:
        for name, variable in spec.variables.named.items():
            if variable.score is not None:
                path = ("variables", name, "from")
                self.known(variable.score, tuple(spec.sections("efficiency")), path, "score")
        for name, members in spec.sets.items():
            for position, member in enumerate(members):
                self.variable(member, spec, ("sets", name, position), sets=False)

    def tables(self, spec: StudySpec) -> None:
        for name, table in spec.tables.items():
            if table.outcome is not None:
                self.variable(table.outcome, spec, ("tables", name, "outcome"), sets=False)
            if table.base is not None and self.inherits(name, spec):
                self.column_of_table(table.base, spec, ("tables", name, "from"))
            for number, column in enumerate(table.columns):
                path: Path = ("tables", name, "columns", number)
                for position, variable in enumerate(column.x or ()):
                    self.variable(variable, spec, (*path, "x", position))
                if column.outcome is not None:
                    self.variable(column.outcome, spec, (*path, "outcome"), sets=False)

    def inherits(self, name: str, spec: StudySpec) -> bool:
        """Whether what a table starts from comes to an end; a circle is a problem."""
        seen, here = {name}, spec.tables[name].base
        while here is not None and (table := here.partition("/")[0]) in spec.tables:
            if table in seen:
                self.add(
                    "study.circle",
                    message("The table '{name}' starts from itself.", name=name),
                    ("tables", name, "from"),
                    message("start from a column of a table that names its own outcome and x."),
                )
                return False
            seen, here = seen | {table}, spec.tables[table].base
        return True

    def maps(self, spec: StudySpec) -> None:
        for name, found in spec.maps.items():
            path: Path = ("maps", name, "value")
            if found.value is None:
                self.known(str(found.groups), tuple(spec.groups), ("maps", name, "groups"), "group")
            elif self.known(found.value, tuple(spec.sections("efficiency")), path, "score") and (
                spec.sections("efficiency")[found.value].classes is None
            ):
                self.add(
                    "study.no_classes",
                    message(
                        "The score '{name}' has no classes to colour a map by.", name=found.value
                    ),
                    path,
                    message("add `classes` to it under efficiency."),
                )

    def space(self, spec: StudySpec) -> None:
        for name, found in spec.space_and_time.items():
            self.known(name, tuple(spec.sections("efficiency")), ("space_and_time", name), "score")
            if found.neighbours not in {None, BUILT_IN}:
                path: Path = ("space_and_time", name, "neighbours")
                self.known(str(found.neighbours), (*spec.maps, BUILT_IN), path, "map")

    def parts(self, spec: StudySpec) -> None:
        for number, (name, options) in enumerate(spec.prepare):
            place = self.located.where(("prepare", number, name))
            for needed in supplied(options):
                if "." not in needed:
                    path: Path = ("prepare", number, name)
                    self.known(needed, (*spec.sources, *SAMPLES), path, "source")
            try:
                plan_steps([(name, options)], where=place)
            except StudyError as error:
                self.problems.extend(
                    replace(p, where=_nearer(p.where, place)) for p in error.problems
                )
        for name, score in spec.sections("efficiency").items():
            self.part(MEASURES, score.measure, ("efficiency", name, "measure"))


def _nearer(found: Where, step: Where) -> Where:
    """Keep the place of a step in the file, with the key that the step itself named."""
    return replace(step, key=found.key or step.key)
