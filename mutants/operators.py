"""Faults of a kind, put into a text at one place: what `just mutate --random` draws from.

Each operator reads a whole file and lists every place where it could be applied, as exact spans of the text. Python
is read as a syntax tree, C++ and JavaScript as text, catalogues as pairs of texts. The kind of a fault is that of what
a user would see wrong: it follows from the operator, else from the file.

Offutt, A. J., Lee, A., Rothermel, G., Untch, R. H., Zapf, C. (1996). An experimental determination of sufficient
mutant operators. ACM Transactions on Software Engineering and Methodology, 5(2), 99-118. doi:10.1145/227607.227610
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePosixPath

KINDS = (
    "numerical kernels",
    "inference",
    "printed cells",
    "sentences",
    "figures",
    "order",
    "reading",
    "options",
    "cache keys",
    "safety",
    "other",
)
OPPOSITES = (
    ("rose", "fell"), ("higher", "lower"), ("positive", "negative"), ("increase", "decrease"), ("largest", "smallest"),
    ("above", "below"), ("more", "less"), ("first", "last"), ("best", "worst"), ("with", "without"), ("before", "after"),
    ("上升", "下降"), ("正", "负"), ("提高", "降低"), ("最高", "最低"), ("高于", "低于"), ("大于", "小于"), ("增加", "减少"),
    ("最大", "最小"), ("之前", "之后"), ("不显著", "显著"), ("递增", "递减"), ("行", "列"), ("投入", "产出"),
)  # fmt: skip
"""Words that turn a sentence round; each is exchanged for the other."""
COMPARISONS = {"<=": "<", ">=": ">", "<": "<=", ">": ">=", "==": "!=", "!=": "==", "in": "not in", "not in": "in", "is": "is not", "is not": "is"}  # fmt: skip
SIGNS = {"+": "-", "-": "+", "*": "/", "/": "*", "and": "or", "or": "and"}
ENDS = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "argmin": "argmax",
    "argmax": "argmin",
}
LARGE = 100
DURABLE = {"fsync", "fsync_folder", "flush", "sync", "chmod", "close"}
HASHES = re.compile(
    r"(hashlib\.)?(sha256|blake2b)|(fingerprint\.)?(of_(options|text|columns?|method|panel|outlines|package)|key_of)|digest_of"
    r"|(self\.)?cache\.get_or_compute"
)
"""Functions that turn what a result depends on into a key or a part of one."""
GIVE_PARTS = frozenset({"dependencies"})
"""Functions whose value another module puts into a key."""
ROOMS: tuple[tuple[str, str], ...] = (
    (r"^econometrics/(resampling/|covariance|inference|judgement|caveats|verdict)|^frontier/inference/|^core/resampled|analyses/(inference|whole_study|placebo|leave_one_out|second_stage)", "inference"),
    (r"charts|diagram|mechanism|coefficients\.py|present/map|/map", "figures"),
    (r"prose|findings|locale|^core/wording|^core/vocabulary|report/(method|notes|what_changed)", "sentences"),
    (r"show\.py|tables?\.py|present/|report/|_output\.py|publication|cli/|app/(results|answers|words|static)|/export/|columns\.py$", "printed cells"),
    (r"^panel/|^core/(formula|panel|periods)", "reading"),
    (r"security|server|workspace|/lock|guard|deliver|app/(data|run|worker|child)|work/|^core/(write|process|processes|engine)\b", "safety"),
    (r"^frontier/|^econometrics/|^core/maximum|prepare/|analyses/", "numerical kernels"),
)  # fmt: skip
"""Pattern of an address -> the kind of a fault there; the first that fits. Studies, their options and the app are "other"."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One exchange in one file."""

    file: str
    """Address of the file, such as `frontier/evaluate.py`."""
    start: int
    end: int
    new: str
    operator: str
    kind: str

    def applied(self, text: str) -> str:
        """Put the fault into the text of its file."""
        return text[: self.start] + self.new + text[self.end :]

    def described(self, text: str) -> str:
        """Give line, operator and the exchange, on one line."""
        line = text.count("\n", 0, self.start) + 1
        return f"{self.file}:{line} {self.exchange(text)}"

    def exchange(self, text: str) -> str:
        """Give the operator and what is exchanged; it stays the same where lines move."""
        old, new = (" ".join(part.split()) for part in (text[self.start : self.end], self.new))
        return f"{self.operator}: `{old[:60]}` -> `{new[:60]}`"


Span = tuple[int, int, str, str]
"""Start, end, new text, kind or nothing where the file decides."""


def faults(file: str, text: str) -> Iterator[Fault]:
    """List every fault of every operator in a file."""
    room = kind_of(file)
    for name, operator in OPERATORS.get(PurePosixPath(file).suffix, {}).items():
        for start, end, new, kind in operator(text):
            yield Fault(file, start, end, new, name, kind or room)


def kind_of(file: str) -> str:
    """Say which kind of fault a file gives where the operator does not.

    >>> kind_of("xinzhi/present/prose.py"), kind_of("frontier/kernel/kernel.cpp")
    ('sentences', 'numerical kernels')
    """
    return next((kind for pattern, kind in ROOMS if re.search(pattern, file)), "other")


class _Source:
    """A module with the places of its nodes as positions in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.by_kind: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        nodes = [*ast.walk(ast.parse(text))]
        types = {id(part) for node in nodes for part in _of_types(node)}
        for node in nodes:
            if id(node) not in types:
                self.by_kind[type(node)].append(node)
        lines = text.splitlines(keepends=True)
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line))
        self.lines = lines

    def nodes(self, kind: type[ast.AST]) -> Iterator[ast.AST]:
        return iter(self.by_kind[kind])

    def position(self, line: int, column: int) -> int:
        # Columns of the tree are bytes of UTF-8.
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self.position(node.lineno, node.col_offset),
            self.position(node.end_lineno, node.end_col_offset),
        )

    def of(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.text[start:end]


def _of_types(node: ast.AST) -> Iterator[ast.AST]:
    """List what stands in annotations: nothing that a program does depends on it."""
    for name in ("annotation", "returns"):
        part = getattr(node, name, None)
        if isinstance(part, ast.AST):
            yield from ast.walk(part)


@lru_cache(maxsize=1)
def _source(text: str) -> _Source:
    """Read a module once for all operators."""
    return _Source(text)


def flip_comparison(text: str) -> Iterator[Span]:
    """Exchange `<` and `<=`, `==` and `!=`, `in` and `not in`."""
    source = _source(text)
    for node in source.nodes(ast.Compare):
        assert isinstance(node, ast.Compare)
        if len(node.ops) == 1:
            yield from _between(source, node.left, node.comparators[0], COMPARISONS)


def flip_sign(text: str) -> Iterator[Span]:
    """Exchange + and -, * and /, `and` and `or`."""
    source = _source(text)
    for node in source.nodes(ast.BinOp):
        assert isinstance(node, ast.BinOp)
        if not isinstance(node.left, ast.Constant | ast.JoinedStr):
            yield from _between(source, node.left, node.right, SIGNS)
    for node in source.nodes(ast.BoolOp):
        assert isinstance(node, ast.BoolOp)
        if len(node.values) == 2:
            yield from _between(source, node.values[0], node.values[1], SIGNS)


def _between(
    source: _Source, left: ast.expr, right: ast.expr, exchanges: Mapping[str, str]
) -> Iterator[Span]:
    start, end = source.span(left)[1], source.span(right)[0]
    gap = source.text[start:end]
    word = gap.strip(" ()\n\t")
    if word in exchanges and gap.count(word) == 1:
        yield start, end, gap.replace(word, exchanges[word]), ""


def exchange_ends(text: str) -> Iterator[Span]:
    """Exchange min and max, any and all, the first and the last, both branches of a choice."""
    source = _source(text)
    for node in source.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name in ENDS:
            _, end = source.span(node.func)
            yield end - len(name), end, ENDS[name], ""
    for node in source.nodes(ast.Subscript):
        assert isinstance(node, ast.Subscript)
        part = source.of(node.slice)
        if part in {"0", "-1"}:
            yield *source.span(node.slice), {"0": "-1", "-1": "0"}[part], ""
    for node in source.nodes(ast.IfExp):
        assert isinstance(node, ast.IfExp)
        yes, test, no = source.of(node.body), source.of(node.test), source.of(node.orelse)
        if yes != no:
            yield *source.span(node), f"({no} if {test} else {yes})", ""


def change_number(text: str) -> Iterator[Span]:
    """Make a number of the code one larger, a large one twice as large."""
    source = _source(text)
    for node in source.nodes(ast.Constant):
        assert isinstance(node, ast.Constant)
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            start, end = source.span(node)
            # One more is nothing to a large number.
            new = node.value + 1 if abs(node.value) < LARGE else 2 * node.value
            yield start, end, repr(new), ""


def ignore_option(text: str) -> Iterator[Span]:
    """Leave out an argument that passes a name on."""
    source = _source(text)
    for node in source.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        for keyword in node.keywords:
            if keyword.arg and isinstance(keyword.value, ast.Name | ast.Attribute):
                start, end = source.span(keyword)
                after = re.match(r"\s*,", text[end:])
                yield start, end + (after.end() if after else 0), "", "options"


def exchange_fields(text: str) -> Iterator[Span]:
    """Exchange two neighbouring fields or names in a call or a tuple."""
    source = _source(text)
    unordered = {id(one) for one in _without_order(source)}
    for node in [*source.nodes(ast.Call), *source.nodes(ast.Tuple)]:
        if id(node) in unordered:
            continue
        parts = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
        if isinstance(getattr(node, "ctx", None), ast.Store):
            continue
        for one, two in pairwise(parts):
            both = isinstance(one, ast.Name | ast.Attribute) and type(one) is type(two)
            if both and source.of(one) != source.of(two):
                (start, middle), (onward, end) = source.span(one), source.span(two)
                new = source.of(two) + text[middle:onward] + source.of(one)
                yield start, end, new, ""


def _without_order(source: _Source) -> Iterator[ast.AST | None]:
    """List the tuples whose order means nothing: of exceptions, of types, of what something is among or begins with."""
    for handler in source.nodes(ast.ExceptHandler):
        yield getattr(handler, "type", None)
    for node in source.nodes(ast.Compare):
        assert isinstance(node, ast.Compare)
        if isinstance(node.ops[-1], ast.In | ast.NotIn):
            yield node.comparators[-1]
    for node in source.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in {"isinstance", "issubclass", "startswith", "endswith"}:
            yield from node.args[-1:]
        elif ast.unparse(node.func) == "contextlib.suppress":
            yield node


def exchange_values(text: str) -> Iterator[Span]:
    """Exchange what two neighbouring keywords of a call are given: in a sentence, what stands in two places."""
    source = _source(text)
    for node in source.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        is_message = getattr(node.func, "id", "") == "message"
        kind = "sentences" if is_message else ""
        for one, two in pairwise(word for word in node.keywords if word.arg not in {None, "one"}):
            values = source.of(one.value), source.of(two.value)
            simple = all(isinstance(word.value, ast.Name | ast.Attribute) for word in (one, two))
            if values[0] != values[1] and (is_message or simple):
                (start, middle), (onward, end) = source.span(one.value), source.span(two.value)
                yield start, end, values[1] + text[middle:onward] + values[0], kind


def drop_key_part(text: str) -> Iterator[Span]:
    """Leave out one part of what a key is made of: an element, a word of a text, a statement that adds one."""
    if not re.search(r"hashlib|fingerprint|\bcache\b", text):
        return
    source = _source(text)
    for node in _hashed(source):
        if isinstance(node, ast.stmt):
            yield *source.span(node), "pass", "cache keys"
        elif isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
            yield from _without_elements(source, [source.span(part) for part in node.elts])
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                start, end = source.span(value)
                start = source.span(key)[0] if key else text.rindex("**", 0, start)
                yield from _left_out(source, start, end)
        elif isinstance(node, ast.JoinedStr):
            start, end = source.span(node)
            for found in re.finditer(r"\{[^{}]+\}", text[start:end]):
                yield start + found.start(), start + found.end(), "", "cache keys"


def _without_elements(source: _Source, spans: Sequence[tuple[int, int]]) -> Iterator[Span]:
    if len(spans) == 2:  # what is left must still be a tuple
        (start, middle), (onward, end) = spans
        yield start, end, f"{source.text[onward:end]},", "cache keys"
        yield start, end, f"{source.text[start:middle]},", "cache keys"
    for span in spans if len(spans) > 2 else []:
        yield from _left_out(source, *span)


def _hashed(source: _Source) -> Iterator[ast.AST]:
    """List the expressions from which keys are made, and the statements that add to them.

    From the arguments of a hash backwards: names in them lead to what is assigned to these names, and functions that are
    called in them lead to what these give.
    """
    functions = [one for one in source.nodes(ast.FunctionDef) if isinstance(one, ast.FunctionDef)]
    by_name = {one.name: one for one in functions}
    given = GIVE_PARTS & by_name.keys()
    found: dict[int, ast.AST] = {}
    size = -1
    while size != len(found) + len(given):
        size = len(found) + len(given)
        for function in functions:
            for node in _parts_of_keys(function, is_given=function.name in given):
                found[id(node)] = node
                called = getattr(getattr(node, "func", None), "id", "")
                given = given | ({called} & by_name.keys())
    yield from found.values()


def _parts_of_keys(function: ast.FunctionDef, *, is_given: bool) -> Iterator[ast.AST]:
    nodes = [*ast.walk(function)]
    parts: list[ast.AST] = []
    digests: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Call) and HASHES.fullmatch(ast.unparse(node.func)):
            parts += node.args
        elif is_given and isinstance(node, ast.Return | ast.Yield | ast.YieldFrom) and node.value:
            parts.append(node.value)
        for name, value in _named(node):
            if _is_hash(value):
                digests.add(name)
            elif isinstance(value, ast.Tuple) and any(map(_is_hash, value.elts)):
                yield value
    names: set[str] = set()
    for part in parts:  # grows while it is read
        inside = [*_without_slices(part)]
        yield from inside
        new = {one.id for one in inside if isinstance(one, ast.Name)} - names
        names |= new
        parts += [value for node in nodes for name, value in _named(node) if name in new]
    for node in nodes:
        if isinstance(node, ast.stmt) and _adds_to(node) & (names | digests):
            yield node
            yield from _without_slices(node)


def _is_hash(node: ast.AST) -> bool:
    """Whether an expression is a hash, or its digest."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return isinstance(node, ast.Call) and HASHES.fullmatch(ast.unparse(node.func)) is not None


def _named(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """List the names that a statement gives, each with where its value comes from."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        yield node.target.id, node.value
    elif isinstance(node, ast.For):
        yield from (
            (one.id, node.iter) for one in ast.walk(node.target) if isinstance(one, ast.Name)
        )


def _adds_to(node: ast.stmt) -> set[str]:
    """Name the digest, list or mapping to which a statement adds."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        return {getattr(node.targets[0].value, "id", "")} - {""}
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        function = node.value.func
        if isinstance(function, ast.Attribute) and function.attr in {"update", "append", "extend"}:
            return {getattr(function.value, "id", "")} - {""}
        if getattr(function, "id", "").startswith("_add"):
            return {getattr(one, "id", "") for one in node.value.args[:1]} - {""}
    return set()


def _without_slices(node: ast.AST) -> Iterator[ast.AST]:
    """Walk through an expression, but not into what chooses columns or names a type."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Subscript) and child is node.slice):
            yield from _without_slices(child)


def _left_out(source: _Source, start: int, end: int) -> Iterator[Span]:
    """Leave out a part together with its comma; the last one keeps the comma before it."""
    after = re.match(r"\s*,", source.text[end:])
    before = re.search(r",\s*\Z", source.text[:start])
    if after:
        yield start, end + after.end(), "", "cache keys"
    elif before:
        yield start, end, "", "cache keys"


def disorder(text: str) -> Iterator[Span]:
    """Turn an order around, or leave rows as they come."""
    source = _source(text)
    for node in source.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        _, end = source.span(node)
        if getattr(node.func, "id", "") == "sorted":
            yield end, end, "[::-1]", "order"
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"sort_values", "sort_index"}:
            yield end, end, ".iloc[::-1]", "order"
        for keyword in node.keywords:
            if keyword.arg in {"reverse", "ascending"}:
                value = source.of(keyword.value)
                yield *source.span(keyword.value), f"(not {value})", "order"
    for node in source.nodes(ast.Subscript):
        assert isinstance(node, ast.Subscript)
        if source.of(node.slice) == "::-1":
            yield source.span(node.value)[1], source.span(node)[1], "", "order"


def drop_statement(text: str) -> Iterator[Span]:
    """Leave out a call whose value nobody uses: an fsync, a check, a refusal."""
    source = _source(text)
    for node in source.nodes(ast.Expr):
        assert isinstance(node, ast.Expr)
        if isinstance(node.value, ast.Call):
            function = node.value.func
            name = getattr(function, "attr", getattr(function, "id", ""))
            kind = "safety" if name in DURABLE else ""
            yield *source.span(node), "pass", kind


def drop_not(text: str) -> Iterator[Span]:
    """Leave out a `not`."""
    source = _source(text)
    for node in source.nodes(ast.UnaryOp):
        assert isinstance(node, ast.UnaryOp)
        if isinstance(node.op, ast.Not):
            yield *source.span(node), f"({source.of(node.operand)})", ""


def turn_sentence(text: str) -> Iterator[Span]:
    """Exchange a word for its opposite, or two placeholders, in what is said to people."""
    source = _source(text)
    for node in source.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        if getattr(node.func, "id", "") != "message" or not node.args:
            continue
        start, end = source.span(node.args[0])
        yield from _turned(text, start, end)


def turn_translation(text: str) -> Iterator[Span]:
    """Exchange a word for its opposite, or two placeholders, in a translation."""
    for found in re.finditer(r'^msgstr ((?:".*"\n?)+)', text, re.MULTILINE):
        yield from _turned(text, found.start(1), found.end(1))


def _turned(text: str, start: int, end: int) -> Iterator[Span]:
    part = text[start:end]
    for pair in OPPOSITES:
        for old, new in (pair, pair[::-1]):
            pattern = rf"\b{old}\b" if old.isascii() else old
            for found in re.finditer(pattern, part):
                yield start + found.start(), start + found.end(), new, "sentences"
    places = [*re.finditer(r"\{\w+\}", part)]
    for one, two in pairwise(places):
        if one[0] != two[0]:
            new = two[0] + part[one.end() : two.start()] + one[0]
            yield start + one.start(), start + two.end(), new, "sentences"


def flip_text(text: str) -> Iterator[Span]:
    """Exchange comparisons, signs and ends in C++ or JavaScript."""
    code = re.compile(
        r"(?<=[\w)\]]) (<=|>=|<|>|===|!==|==|!=|\+|-|\*|/|&&|\|\|) (?=[\w(])|\bMath\.(min|max)\b"
    )
    turned = {**COMPARISONS, **SIGNS, "===": "!==", "!==": "===", "&&": "||", "||": "&&", "min": "max", "max": "min"}  # fmt: skip
    skipped = re.compile(r"/\*[\s\S]*?\*/|`[^`]*`|//.*|^#include.*", re.MULTILINE)
    comments = [found.span() for found in skipped.finditer(text)]
    for found in code.finditer(text):
        if not any(start <= found.start() < end for start, end in comments):
            group = 1 if found[1] else 2
            yield found.start(group), found.end(group), turned[found[group]], ""


OPERATORS: Mapping[str, Mapping[str, Callable[[str], Iterator[Span]]]] = {
    ".py": {
        "flip a comparison": flip_comparison,
        "flip a sign": flip_sign,
        "exchange ends": exchange_ends,
        "change a number": change_number,
        "ignore an option": ignore_option,
        "exchange two fields": exchange_fields,
        "exchange two values": exchange_values,
        "drop a part of a key": drop_key_part,
        "turn an order": disorder,
        "drop a statement": drop_statement,
        "drop a not": drop_not,
        "turn a sentence": turn_sentence,
    },
    ".po": {"turn a translation": turn_translation},
    ".cpp": {"flip C++": flip_text},
    ".h": {"flip C++": flip_text},
    ".js": {"flip JavaScript": flip_text},
}
"""Ending of a file -> its operators."""
