"""Lists inside sentences, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.wording import Wording, message


def listed(items: Sequence[Wording]) -> Wording:
    """Put words into a list: commas in English, 、 in Chinese.

    >>> str(listed(["a", "b", "c"]))
    'a, b, c'
    """
    if not items:
        return ""
    if len(items) == 1:
        return items[0]
    return message("{first}, {rest}", first=items[0], rest=listed(items[1:]))
