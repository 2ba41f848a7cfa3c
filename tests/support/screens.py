"""Small studies and the screen that each must give, line by line, in English and Chinese.

A scenario writes raw files from rows of its own and says every line from these rows alone: counts, names, units, files,
rows and columns are taken from what was written, never from the object that prints them. Whole lines are compared, so that
two exchanged values, a count that is off by one or a word of the catalogue in the wrong place cannot pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

NAMES = ("Aarhus", "Bilbao", "Cork", "Dijon", "Exeter", "Fulda", "Graz", "Hyvinge", "Izmir")
PLAIN_ENCODING = (
    "· Encoding utf-8: its bytes are valid in no other that is expected.",
    "· 编码 utf-8：其字节在其他可能的编码下均无效。",
)
Pair = tuple[str, str]
"""A line in English and in Chinese."""
Key = tuple[str, int]
"""Entity and year."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A command and the lines that it prints."""

    words: tuple[object, ...]
    lines: tuple[Pair, ...]
    code: int = 0
    errors: tuple[Pair, ...] = ()
    """Lines of stderr."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A file of cities and years as it was written."""

    name: str
    keys: tuple[Key, ...]
    n_lines: int

    @property
    def entities(self) -> set[str]:
        """Cities that have a row."""
        return {city for city, _ in self.keys}


def figure(key: Key, factor: int) -> float:
    """Give a figure that no rule of plausibility finds odd."""
    place, year = NAMES.index(key[0]), key[1]
    return 100 + factor * (7 * place + 3 * (year % 7) + (place * year) % 5) + 0.5


def write(path: Path, keys: Sequence[Key], columns: Mapping[str, Callable[[Key], object]]) -> Raw:
    """Write a file; an empty cell is an empty text."""
    rows = [f"{c},{y}," + ",".join(str(v((c, y))) for v in columns.values()) for c, y in keys]
    text = "\n".join([",".join(["city", "year", *columns]), *rows]) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Raw(path.name, tuple(keys), len(text.splitlines()))


def study(folder: Path, sources: Mapping[str, str], more: str = "") -> Path:
    """Write the study file."""
    listed = "".join(f"  {name}: {{{options}}}\n" for name, options in sources.items())
    names = ", ".join(sources)
    text = f"title: t\nsources:\n{listed}panel: {{from: [{names}]}}\n{more}"
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


def counted(n: int, many: str, one: str = "") -> str:
    """Say a number and its noun."""
    return f"{n} {(one or many.removesuffix('s')) if n == 1 else many}"


def head(keys: Iterable[Key], n_columns: int) -> Pair:
    """The first line of `check`."""
    found = set(keys)
    n, cities, years = len(found), {c for c, _ in found}, sorted(y for _, y in found)
    when = f"{years[0]}-{years[-1]}"
    entities, columns = counted(len(cities), "entities", "entity"), counted(n_columns, "columns")
    return (
        f"{counted(n, 'rows')}, {entities}, periods {when}, {columns}.",
        f"{n} 行，{len(cities)} 个个体，时期 {when}，{n_columns} 列。",
    )


def ledger(name: str, n_lines: int, left: Sequence[tuple[str, str, Sequence[int]]]) -> Pair:
    """What became of the rows of a file: rules in both languages with the rows they leave out."""
    n_left = sum(len(rows) for _, _, rows in left)
    english = "; ".join(
        f"{en} {len(rows)} (row{'s' * (len(rows) > 1)} {', '.join(map(str, rows))})"
        for en, _, rows in left
    )
    chinese = "；".join(
        f"{zh} {len(rows)} 行（第 {', '.join(map(str, rows))} 行）" for _, zh, rows in left
    )
    kept = n_lines - n_left
    return (
        f"{name}: {n_lines} rows in the file = {kept} kept + {n_left} left out: {english}.",
        f"{name}：文件共 {n_lines} 行 = 保留 {kept} 行 + 未计入 {n_left} 行：{chinese}。",
    )


def plain(raw: Raw) -> Pair:
    """The ledger of a file of which only the heading is no row of the table."""
    return ledger(
        raw.name, raw.n_lines, [("titles, names of the columns and units", "标题、列名与单位", [1])]
    )


def warning(what: Pair, where: Pair, remedy: Pair, mark: str = "!") -> list[Pair]:
    """The three lines of a problem."""
    return [
        (f"{mark} {what[0]}", f"{mark} {what[1]}"),
        (f"  where: {where[0]}", f"  位置：{where[1]}"),
        (f"  remedy: {remedy[0]}", f"  办法：{remedy[1]}"),
    ]


def concluded(lines: Sequence[Pair]) -> Pair:
    """The last line of `check`: counts of errors and of warnings."""
    errors = sum(english.startswith("✗") for english, _ in lines)
    warnings = sum(english.startswith("!") for english, _ in lines)
    if errors and warnings:
        return (
            f"{counted(errors, 'errors')}, {counted(warnings, 'warnings')}.",
            f"{errors} 个错误，{warnings} 个警告。",
        )
    if errors:
        return f"{counted(errors, 'errors')}.", f"{errors} 个错误。"
    return f"{counted(warnings, 'warnings')}, no error.", f"{warnings} 个警告，没有错误。"


def lone(keys: Iterable[Key], name: str) -> list[Pair]:
    """Say that there is one city, or one year."""
    found = set(keys)
    cities, years = {c for c, _ in found}, {y for _, y in found}
    lines: list[Pair] = []
    if len(cities) == 1:
        (city,) = cities
        lines += warning(
            ("There is one entity only.", "只有一个个体。"),
            (f"{name}, {city}", f"{name}，{city}"),
            (
                "comparisons between entities and effects of periods mean nothing here.",
                "此时个体间比较和时期效应没有意义。",
            ),
        )
    if len(years) == 1:
        (year,) = years
        lines += warning(
            ("There is one period only.", "只有一个时期。"),
            (f"{name}, {year}", f"{name}，{year}"),
            (
                "changes over time and effects of entities mean nothing here.",
                "此时随时间的变化和个体效应没有意义。",
            ),
        )
    return lines


def stated(what: str) -> Pair:
    """The line that can be pasted into the study file."""
    options = f"{{read: {{encoding: 'utf-8', delimiter: ',', {what}}}}}"
    return (
        f"To state all this under sources.data: {options}",
        f"在 sources.data 下写明以上全部决定：{options}",
    )


def matched(files: Sequence[Raw]) -> list[Pair]:
    """Say how many cities both of two files have, and name the others."""
    first, second = files
    n = len(first.entities & second.entities)
    every = sorted(first.entities | second.entities)
    alone = [
        (city, (second if city in second.entities else first).name)
        for city in every
        if (city in first.entities) != (city in second.entities)
    ]
    english = ", ".join(f"{city} (only in {name})" for city, name in alone)
    chinese = "、".join(f"{city}（只在 {name} 中）" for city, name in alone)
    return warning(
        (
            f"{n} of {len(every)} entities {'is' if n == 1 else 'are'} in all 2 files. Not in all of them: {english}.",
            f"{len(every)} 个个体中有 {n} 个出现在全部 2 个文件中。未在全部文件中出现的有：{chinese}。",
        ),
        ("sources", "sources"),
        (
            "write one name for one entity, or state `names` (a register) or `spellings` (name as written: name that is meant) under the source.",
            "请对同一个体使用同一名称，或在数据源下写明 `names`（名录）或 `spellings`（文件中的写法: 所指的名称）。",
        ),
    )


def joined(folder: Path, first: Sequence[Key], second: Sequence[Key]) -> Screen:
    """Two files of which the inner join keeps what both have."""
    files = [
        write(folder / "gdp.csv", first, {"gdp": lambda key: figure(key, 2)}),
        write(folder / "pop.csv", second, {"pop": lambda key: figure(key, 5)}),
    ]
    path = study(
        folder,
        {"data": "files: [gdp.csv, pop.csv], entity: city, period: year, names: text, join: inner"},
    )
    both, every = set(first) & set(second), set(first) | set(second)
    lost = sorted({c for c, _ in every} - {c for c, _ in both})
    gone = len(every) - len(both)
    are, them = ("is", "it") if gone == 1 else ("are", "them")
    left: Pair = (
        f"· {gone} of {len(every)} rows {are} left out, as not every file has {them} (join: inner).",
        f"· {len(every)} 行中有 {gone} 行并非每个文件都有，已略去（join: inner）。",
    )
    if lost:
        is_lost = "is" if len(lost) == 1 else "are"
        left = (
            f"{left[0]} {counted(len(lost), 'entities', 'entity')} {is_lost} lost altogether: {', '.join(lost)}.",
            f"{left[1]}{len(lost)} 个个体被完全略去：{'、'.join(lost)}。",
        )
    lines = [head(both, 2), *map(plain, files), *[PLAIN_ENCODING] * 2, left]
    problems = [*matched(files), *lone(both, "gdp.csv, pop.csv")]
    return Screen(("check", path, "--all"), (*lines, *problems, concluded(problems)))


def outer(folder: Path, first: Sequence[Key], second: Sequence[Key]) -> Screen:
    """Two files of which the outer join keeps every row."""
    files = [
        write(folder / "gdp.csv", first, {"gdp": lambda key: figure(key, 2)}),
        write(folder / "pop.csv", second, {"pop": lambda key: figure(key, 5)}),
    ]
    path = study(
        folder,
        {"data": "files: [gdp.csv, pop.csv], entity: city, period: year, names: text, join: outer"},
    )
    every = {*first, *second}
    lines = [head(every, 2), *map(plain, files), *[PLAIN_ENCODING] * 2]
    for raw in files:
        n = len(every) - len(raw.keys)
        are = "is" if n == 1 else "are"
        lines.append(
            (
                f"· {counted(n, 'rows')} {are} not in {raw.name}; its columns are empty there.",
                f"· {n} 行不在 {raw.name} 中；其列在这些行为空。",
            )
        )
    problems = [*matched(files), *unbalanced(every, "gdp.csv, pop.csv")]
    return Screen(("check", path, "--all"), (*lines, *problems, concluded(problems)))


def unbalanced(keys: Iterable[Key], name: str) -> list[Pair]:
    """Say the rows that a panel lacks: each that lies inside of the span of its city, and both counts."""
    found = set(keys)
    years = sorted({y for _, y in found})
    inside, ends = [], 0
    for city in sorted({c for c, _ in found}):
        own = [y for c, y in found if c == city]
        for year in set(years) - set(own):
            if min(own) < year < max(own):
                inside.append((city, year))
            else:
                ends += 1
    lines: list[Pair] = []
    for city, year in sorted(inside):
        lines += warning(
            (f"{city} has no row for {year}.", f"{city} 没有 {year} 的数据。"),
            (f"{name}, {city}, {year}", f"{name}，{city}，{year}"),
            (
                "add the row; without it indices leave out this pair of periods and lags are missing.",
                "请补齐该行；否则指数将略去这对时期，滞后项缺失。",
            ),
        )
    n = len(inside)
    english = (
        f"1 row is missing inside the span of an entity, {ends} at the ends."
        if n == 1
        else f"{n} rows are missing inside the spans of entities, {ends} at their ends."
    )
    if not ends:
        return lines
    return [
        *lines,
        *warning(
            (
                f"The panel is unbalanced: {english}",
                f"面板不平衡：个体时段内部缺 {n} 行，两端缺 {ends} 行。",
            ),
            (name, name),
            (
                "add the rows, or study the entities and periods that are complete.",
                "请补齐各行，或只研究完整的个体和时期。",
            ),
        ),
    ]


def gaps(folder: Path, keys: Sequence[Key], year: int) -> Screen:
    """One file with a title, a copy of its first row, a blank row and a note; no city has `year`."""
    raw = write(
        folder / "a.csv",
        keys,
        {"gdp": lambda key: figure(key, 2), "pop": lambda key: figure(key, 5)},
    )
    lines = (folder / "a.csv").read_text(encoding="utf-8").splitlines()
    text = ["Table 1 of cities,,,", "", *lines, lines[1], "", "Note: from the yearbook,,,"]
    (folder / "a.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    path = study(folder, {"data": "file: a.csv, entity: city, period: year, names: text"})
    n = len(text)
    fates = [
        ("titles, names of the columns and units", "标题、列名与单位", [1, 3]),
        ("blank rows", "空行", [2, n - 1]),
        ("text around the table", "表格以外的文字", [n]),
        ("copies of another row", "与另一行完全相同的行", [n - 2]),
    ]
    city, first = keys[0]
    told = [
        head(keys, 2),
        ledger(raw.name, n, fates),
        PLAIN_ENCODING,
        (
            "· The names of the columns are in row 3; what is above is a title.",
            "· 列名位于第 3 行；其上为标题。",
        ),
        (
            f"· Text around the table was left out (rows or cells {n}): 'Note: from the yearbook'.",
            f"· 表格周围的文字未作为数据读入（行或单元格：{n}）：'Note: from the yearbook'。",
        ),
        *warning(
            (
                f"Rows 4, {n - 2} are identical ({city} {first}).",
                f"第 4、{n - 2} 行完全相同（{city} {first}）。",
            ),
            (f"a.csv, row {n - 2}, {city}, {first}", f"a.csv，第 {n - 2} 行，{city}，{first}"),
            (
                "one is kept; remove the others from the file.",
                "保留一行；请从文件中删除其余各行。",
            ),
        ),
        *warning(
            (f"No entity has a row for {year}.", f"没有任何个体有 {year} 的数据。"),
            (f"a.csv, {year}", f"a.csv，{year}"),
            (
                "changes between the periods before and after it span more than one period: add the rows, or declare it.",
                "其前后两期之间的变化跨越多期：请补齐各行，或加以说明。",
            ),
        ),
        *unbalanced(keys, "a.csv"),
    ]
    told += [concluded(told), stated("header: 3, accept: ['layout.notes']")]
    return Screen(("check", path, "--all"), tuple(told))


def units(folder: Path, keys: Sequence[Key], first: str, second: str) -> Screen:
    """Two files that measure one column in different units."""
    half = len(keys) // 2
    files = [
        write(folder / name, part, {f"gdp（{unit}）": lambda key: figure(key, 2)})
        for name, part, unit in (("a.csv", keys[:half], first), ("b.csv", keys[half:], second))
    ]
    path = study(folder, {"data": "files: [a.csv, b.csv], entity: city, period: year, names: text"})
    told = warning(
        (
            f"'gdp' is measured in {first} in a.csv but in {second} in b.csv.",
            f"“gdp”在 a.csv 中的单位是{first}，在 b.csv 中却是{second}。",
        ),
        ("b.csv, column 'gdp'", "b.csv，列“gdp”"),
        (
            "convert the figures of one file to the unit of the other.",
            "请把其中一个文件的数值换算为另一个文件的单位。",
        ),
        "✗",
    )
    lines = (*matched(files), *told, concluded(told))
    return Screen(("check", path, "--all"), lines, code=1)


def differing(folder: Path, keys: Sequence[Key], at: int) -> Screen:
    """Two files that give one cell otherwise; the second has its rows the other way round."""
    other = [*reversed(keys)]
    old, new = figure(keys[at], 2), 77.25
    write(folder / "a.csv", keys, {"gdp": lambda key: figure(key, 2)})
    write(folder / "b.csv", other, {"gdp": lambda k: new if k == keys[at] else figure(k, 2)})
    path = study(folder, {"data": "files: [a.csv, b.csv], entity: city, period: year, names: text"})
    city, year = keys[at]
    row, below = at + 2, other.index(keys[at]) + 2
    told = warning(
        (
            f"'gdp' differs between a.csv and b.csv in 1 cell: {city} {year}: {old} (row {row}) and {new} (row {below}).",
            f"“gdp”在 a.csv 与 b.csv 中有 1 个单元格的值不同：{city} {year}：{old}（第 {row} 行）与 {new}（第 {below} 行）。",
        ),
        (
            f"b.csv, row {below}, column 'gdp', {city}, {year}",
            f"b.csv，第 {below} 行，列“gdp”，{city}，{year}",
        ),
        (
            "correct one of the files, or choose and rename columns with `columns: {new: old}` so that each stands once.",
            "请更正其中一个文件，或用 `columns: {新名: 原名}` 选择并改名，使每列只出现一次。",
        ),
        "✗",
    )
    return Screen(("check", path, "--all"), (*told, concluded(told)), code=1)


def expected(folder: Path, keys: Sequence[Key], low: float, high: float) -> Screen:
    """A file that has too few rows, another unit, figures out of range and a column less than expected."""
    raw = write(folder / "a.csv", keys, {"gdp（万元）": lambda key: figure(key, 2)})
    path = study(folder, {"data": "file: a.csv, entity: city, period: year, names: text"})
    n = len(keys)
    (folder / "expectations.yaml").write_text(
        f"sources:\n  data:\n    primaryKey: [city, year]\n    rows: {{minimum: {n + 2}, maximum: {n + 9}}}\n"
        "    fields:\n      - {name: city, type: any}\n      - {name: year, type: any}\n"
        f"      - {{name: gdp, type: number, unit: 亿元, constraints: {{minimum: {low}, maximum: {high}}}}}\n"
        "      - {name: pop, type: number}\n",
        encoding="utf-8",
    )
    out = [(key, figure(key, 2)) for key in keys if not low <= figure(key, 2) <= high]
    shown = [f"{c} {y} {value}" for (c, y), value in out[:3]]
    more = len(out) > len(shown)
    english = f"{', '.join(shown)}{f' … ({len(out)})' * more}"
    chinese = f"{'、'.join(shown)}{f'……（共 {len(out)} 个）' * more}"
    figures = f"{len(out)} figures" if len(out) > 1 else "1 figure"
    are = "are" if len(out) > 1 else "is"
    at = ("  where: sources.data, column 'gdp'", "  位置：sources.data，列“gdp”")
    lines: list[Pair] = [
        head(keys, 1),
        plain(raw),
        PLAIN_ENCODING,
        ("· Units were read from the names of columns: gdp.", "· 已从列名中读出计量单位：gdp。"),
        (
            f"✗ 'data' has {counted(n, 'rows')}; expected are {n + 2} to {n + 9}.",
            f"✗ “data”有{n}行；预期为{n + 2} 至 {n + 9}。",
        ),
        ("  where: sources.data", "  位置：sources.data"),
        (
            "✗ 'gdp' of 'data' is expected in 亿元; the file says 万元.",
            "✗ “data”的“gdp”预期以亿元为单位；文件中为万元。",
        ),
        at,
        (
            f"✗ {figures} of 'gdp' of 'data' {are} outside {low} to {high}: {english}.",
            f"✗ “data”的“gdp”有{len(out)}个数字超出{low} 至 {high}：{chinese}。",
        ),
        at,
        (
            "✗ Column 'pop' of 'data' is expected, and is not there.",
            "✗ 预期“data”有列“pop”，但没有。",
        ),
        ("  where: sources.data, column 'pop'", "  位置：sources.data，列“pop”"),
        ("  remedy: known: gdp.", "  办法：可用：gdp。"),
    ]
    words = ("check", path, "--all", "--against", folder / "expectations.yaml")
    lines += lone(keys, raw.name)
    errors = [(en, zh) for en, zh in lines if en.startswith("✗")]
    lines += [concluded(errors), stated("accept: ['units.names']")]
    return Screen(words, tuple(lines), code=1)


UPDATED = """\
efficiency: {e: {inputs: [pop], good_outputs: [gdp]}}
variables: {e: {from: e}, pop: {column: pop}}
tables: {base: {outcome: e, effects: [entity], columns: [{x: [pop]}]}}
report: {formats: [md], languages: [en], decimals: 3}
"""
FIGURES = 5
"""Rows that a line shows of those that are new or gone."""


def several(names: Sequence[str]) -> Pair:
    """The first names, and the number of all where there are more."""
    shown, more = names[:FIGURES], len(names) > FIGURES
    return (
        f"{', '.join(shown)}{f' … ({len(names)})' * more}",
        f"{'、'.join(shown)}{f'……（共 {len(names)} 个）' * more}",
    )


def updated(folder: Path, old: Sequence[Key], new: Sequence[Key], changed: Key) -> Screen:
    """A newer file: a figure, rows, columns and the unit of gdp differ."""
    write(
        folder / "study" / "data.csv",
        old,
        {
            "gdp（万元）": lambda k: figure(k, 2),
            "pop": lambda k: figure(k, 5),
            "former": lambda _: 1,
        },
    )
    newer = write(
        folder / "newer.csv",
        new,
        {
            "gdp（亿元）": lambda k: 777 if k == changed else figure(k, 2),
            "pop": lambda k: figure(k, 5),
            "fresh": lambda k: figure(k, 3),
            "later": lambda k: figure(k, 4),
        },
    )
    path = study(
        folder / "study", {"cities": "file: data.csv, entity: city, period: year"}, UPDATED
    )
    come, gone = sorted({*new} - {*old}), sorted({*old} - {*new})
    lines: list[Pair] = [
        (f"{newer.name} replaces data.csv.", f"{newer.name}替换data.csv。"),
        (
            f"  Source 'cities': {counted(len(old), 'rows')} before, {len(new)} now.",
            f"  数据来源“cities”：以前{len(old)}行，现在{len(new)}行。",
        ),
        (
            f"  1 cell differs: {changed[0]} {changed[1]} gdp {figure(changed, 2)} → 777.",
            f"  1个单元格不同，变化最大的是：{changed[0]} {changed[1]} gdp {figure(changed, 2)} → 777。",
        ),
    ]
    for keys, english, chinese in ((come, "new", "新增"), (gone, "gone", "减少")):
        if keys:
            rows = several([f"{c} {y}" for c, y in keys])
            are = "is" if len(keys) == 1 else "are"
            lines.append(
                (
                    f"  {counted(len(keys), 'rows')} {are} {english}: {rows[0]}.",
                    f"  {chinese}{len(keys)}行：{rows[1]}。",
                )
            )
    lines += [
        ("  2 columns are new: fresh, later.", "  新增2列：fresh、later。"),
        ("  1 column is gone: former.", "  减少1列：former。"),
        ("  The unit of 'gdp' was 万元 and is 亿元.", "  “gdp”的单位以前是万元，现在是亿元。"),
        ("Would read:", "将读取："),
        (f"  {folder / newer.name}", f"  {folder / newer.name}"),
        ("Would write:", "将写出："),
        (
            f"  {path.parent / 'data.csv'} (replaces the file that is there)",
            f"  {path.parent / 'data.csv'}（替换已有文件）",
        ),
        ("Dry run: nothing was written.", "试运行：未写出任何内容。"),
    ]
    return Screen(("update", "--dry-run", path, folder / newer.name), tuple(lines))


def losing(folder: Path, old: Sequence[Key], n: int) -> Screen:
    """A newer file that has the first rows only: it is refused."""
    columns = {"gdp": lambda k: figure(k, 2), "pop": lambda k: figure(k, 5)}
    write(folder / "study" / "data.csv", old, columns)
    write(folder / "few.csv", old[:n], columns)
    path = study(
        folder / "study", {"cities": "file: data.csv, entity: city, period: year"}, UPDATED
    )
    gone = sorted(old[n:])
    rows = several([f"{c} {y}" for c, y in gone])
    lines = (
        ("few.csv replaces data.csv.", "few.csv替换data.csv。"),
        (
            f"  Source 'cities': {len(old)} rows before, {n} now.",
            f"  数据来源“cities”：以前{len(old)}行，现在{n}行。",
        ),
        (f"  {len(gone)} rows are gone: {rows[0]}.", f"  减少{len(gone)}行：{rows[1]}。"),
    )
    errors = (
        (
            f"With few.csv, {len(gone)} of the {len(old)} rows of 'cities' would be gone.",
            f"使用few.csv后，“cities”的{len(old)}行中将有{len(gone)}行消失。",
        ),
        ("  where: few.csv", "  位置：few.csv"),
        (
            "  remedy: put the years together into one file; or, if it is meant, add --yes: the old file is kept.",
            "  办法：请把各年合并到一个文件中；如果确实如此，请加--yes：旧文件会保留。",
        ),
    )
    return Screen(("update", path, folder / "few.csv"), lines, 1, errors)
