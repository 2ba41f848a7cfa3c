"""The one function that turns words into Markdown: no word of the user is markup."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"([\\`*_{}\[\]<>|#$~&@!])")
_LINKS = re.compile(r"(?i)(:)(?=//)|(?<=www)(\.)")
_LEADING = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def markdown(text: str) -> str:
    r"""Escape words for Markdown; a line break is a space.

    >>> markdown("<b> *x* | a_b"), markdown("- item"), markdown("http://x")
    ('\\<b\\> \\*x\\* \\| a\\_b', '\\- item', 'http\\://x')
    """
    plain = _SIGNS.sub(r"\\\1", _CONTROL.sub(" ", text))
    plain = _LINKS.sub(r"\\\g<0>", plain)
    return _LEADING.sub(_behind_backslash, plain)


def _behind_backslash(found: re.Match[str]) -> str:
    """Keep a word from beginning a list: a backslash before the sign, or before the point."""
    space, start = found.groups()
    return f"{space}{start}\\" if start[0].isdigit() else f"{space}\\{start}"
