"""What the site needs besides its pages: equations without a script, and nothing from elsewhere.

mkdocs calls these functions by their names.
"""
# ruff: noqa: INP001

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError

FROM_ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?(?:https?:)?//[^>]*>"""
    r"""|<link\b[^>]*\brel=["']?(?:stylesheet|preload|icon|preconnect)[^>]*\bhref=["']?(?:https?:)?//[^>]*>""",
    re.IGNORECASE,
)
CODE_OR_INLINE = re.compile(
    r"^```.*?^```$|`[^`\n]+`|\$(?P<latex>[^$\n]+)\$", re.MULTILINE | re.DOTALL
)


def on_config(config: Any) -> Any:
    """Let a fenced block called `math` be an equation; put the decisions into the menu."""
    superfences = config["mdx_configs"].setdefault("pymdownx.superfences", {})
    superfences["custom_fences"] = [{"name": "math", "class": "math", "format": _equation}]
    docs = Path(config["docs_dir"])
    decisions = sorted(docs.glob("decisions/*.md"))
    config["nav"].append({"Decisions": [str(page.relative_to(docs)) for page in decisions]})
    return config


def _equation(source: str, *_: object, **__: object) -> str:
    """Write LaTeX as MathML, which browsers draw by themselves."""
    return f"<p>{convert(source.strip(), display='block')}</p>"


def on_page_markdown(markdown: str, **_: object) -> str:
    """Let `$x$` within a line of text be an equation; code is left as it is."""
    return CODE_OR_INLINE.sub(_inline, markdown)


def _inline(found: re.Match[str]) -> str:
    latex = found["latex"]
    return found.group() if latex is None else convert(latex)


def on_post_page(output: str, *, page: Any, **_: object) -> str:
    """Refuse a page that fetches something from elsewhere."""
    if found := FROM_ELSEWHERE.search(output):
        message = f"{page.file.src_uri} fetches something: {found.group()[:200]}"
        raise PluginError(message)
    return output
