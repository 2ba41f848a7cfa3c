"""What is stated of a file on the command line: `--set read.KEY=VALUE`, in the words of a study file."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.api.regression import validate
from xinzhi_panel.io.raw import NOTHING_STATED, ReadOptions

OPTION = "--set"


def reading_of(settings: Sequence[str]) -> ReadOptions:
    """Read what is stated; nothing where nothing is.

    Raises
    ------
    SpecError
        An unknown key, with the nearest one, or a value of another type.

    Examples
    --------
    >>> reading_of(["read.text=[code, zip]", "read.decimal=','"]).text
    ('code', 'zip')
    """
    if not settings:
        return NOTHING_STATED
    # The reader of YAML takes time that a check of a file without statements need not wait for.
    from xinzhi.study.file.located import read_yaml
    from xinzhi.study.schema.sources import HowToRead

    given = {}
    for text in settings:
        key, _, written = text.replace("＝", "=", "=" not in text).partition("=")
        given[key.strip().removeprefix("read.")] = read_yaml(written, f"{OPTION} {text}").value
    return validate(lambda: HowToRead.model_validate(given), OPTION, HowToRead).reading()
