"""Names of files: from the ids of tables and charts, safe on every system, one a language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xinzhi.wording import Language

LONGEST = 80
RESERVED = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in range(10)
}
"""Names that Windows keeps for itself."""


def stems(ids: Sequence[str]) -> tuple[str, ...]:
    """Turn ids into names of files: letters, digits, - and _ only, no two alike.

    >>> stems(["baseline", "../../etc", "基准/1", "Baseline"])
    ('baseline', 'etc', '基准_1', 'Baseline_2')
    """
    names: dict[str, str] = {}
    for id_ in ids:
        stem = re.sub(r"[^\w-]+", "_", id_).strip("_")[:LONGEST] or "unnamed"
        stem = f"{stem}_" if stem.casefold() in RESERVED else stem
        name, n = stem, 1
        # Folded: some systems take Baseline and baseline for one file.
        while name.casefold() in names:
            n += 1
            name = f"{stem}_{n}"
        names[name.casefold()] = name
    return tuple(names.values())


def in_language(name: str, suffix: str, language: Language, languages: Sequence[Language]) -> str:
    """Name a file of one language: the first language has the plain name.

    >>> in_language("report", "docx", "zh", ("zh", "en"))
    'report.docx'
    >>> in_language("report", "docx", "en", ("zh", "en"))
    'report.en.docx'
    """
    return f"{name}.{suffix}" if language == languages[0] else f"{name}.{language}.{suffix}"
