"""Formulas that a study file names where variables stand: each becomes a variable, or a set of dummies."""

from __future__ import annotations

from xinzhi.errors import Problem, SpecError
from xinzhi.formula import tree
from xinzhi.formula.levels import is_dummies
from xinzhi.formula.parse import parse
from xinzhi.formula.tree import Node, children
from xinzhi.formula.write import written
from xinzhi.study.file.located import Located, Path
from xinzhi.study.file.references import Sections
from xinzhi.study.formulas import circles, flat, formula_variable, is_formula
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.variables import Variable
from xinzhi.wording import message


def with_formulas(spec: StudySpec, located: Located) -> tuple[StudySpec, list[Problem]]:
    """Make a variable of each formula that stands where a variable is named.

    Returns
    -------
    The study with these variables, and what is wrong with the formulas, each with its place.
    """
    collector = _Collector(located)
    collector.variables(spec)
    collector.analyses(spec)
    named, sets = dict(spec.variables.named), dict(spec.sets)
    for name, (path, can_be_several) in collector.formulas.items():
        node = collector.parsed(name, path, can_be_several=can_be_several)
        if isinstance(node, tree.Dummies):
            sets[name] = ()
        elif node is None:
            named[name] = UNKNOWN
        else:
            # Another writing of the same formula is the same row of a table.
            plain = written(node) if can_be_several else name
            sets |= {name: (plain,)} if plain != name else {}
            if plain not in named:
                named[plain] = formula_variable(plain, spec).placed(located.where(path))
    for name, variable in spec.variables.named.items():
        if variable.expression is not None:
            path = ("variables", name, "expression")
            if collector.parsed(variable.expression, path, can_be_several=False) is None:
                named[name] = UNKNOWN
            else:
                named[name] = variable.placed(located.where(path))
    variables = spec.variables.model_copy(update={"named": named})
    whole = spec.model_copy(update={"variables": variables, "sets": flat(sets)})
    # Circles can only be seen once every formula is a variable.
    for name, way in circles(whole):
        collector.refuse_circle(name, way)
    return whole, list(dict.fromkeys(collector.wrong))


UNKNOWN = Variable(expression="0")
"""Stands for a formula whose mistake has been told: its name is known, and nothing else is said of it."""


class _Collector(Sections):
    """Collects the formulas among the names of a study file."""

    def __init__(self, located: Located) -> None:
        super().__init__(located)
        self.formulas: dict[str, tuple[Path, bool]] = {}
        """Formula -> where it stands first, and whether several variables may stand wherever it does."""
        self.wrong: list[Problem] = []

    def variable(self, name: str, spec: StudySpec, path: Path, *, sets: bool = True) -> None:
        """Note a formula; other names are checked elsewhere."""
        if name in spec.variables.named or name in spec.sets or not is_formula(name):
            return
        several = sets or path[:1] == ("sets",)
        first, before = self.formulas.get(name, (path, False))
        if not several and is_dummies(name):
            self.refuse_several(name, path)
        self.formulas[name] = (first, before or several or is_dummies(name))

    def parsed(self, text: str, path: Path, *, can_be_several: bool) -> Node | None:
        """Parse a formula; one that is refused is noted with its place."""
        try:
            node = parse(text, where=self.located.where(path)).tree
        except SpecError as error:
            self.wrong += error.problems
            return None
        inside = children(node) if can_be_several else (node,)
        if any(map(_holds_dummies, inside)):
            self.refuse_several(text, path)
            return None
        return node

    def refuse_several(self, text: str, path: Path) -> None:
        """Say that dummies stand where there is room for one variable."""
        sentence = message("'{name}' makes several variables, and one is needed here.", name=text)
        remedy = message("name one value, such as region == 'East', or put i(…) into x by itself.")
        where = self.located.where(path)
        self.wrong.append(Problem("expression.dummies", sentence, where, remedy))

    def refuse_circle(self, name: str, way: str) -> None:
        """Say that a formula leads back to the variable that it makes."""
        sentence = message(
            "The formula of '{name}' leads back to itself: {way}.", name=name, way=way
        )
        path: Path = ("variables", name, "expression")
        remedy = message(
            "make it of other variables; a column of that name needs a variable of another name."
        )
        self.wrong.append(Problem("expression.circle", sentence, self.located.where(path), remedy))


def _holds_dummies(node: Node) -> bool:
    return isinstance(node, tree.Dummies) or any(map(_holds_dummies, children(node)))
