"""What keeps a page closed: escaped data, and a policy that names each script by its hash."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence

_UNSAFE = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def embedded_json(value: object) -> str:
    r"""Write a value as JSON that cannot end the element in which it stands.

    >>> embedded_json("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_UNSAFE)


def closed_script(script: str) -> str:
    r"""Write a script so that no string in it can end its element.

    >>> closed_script("write('</Script>')")
    "write('\\x3c/Script>')"
    """
    return re.sub(r"<(?=/script)", r"\\x3c", script, flags=re.IGNORECASE)


def hash_of(text: str) -> str:
    """Hash an inline script or style as the policy names it.

    >>> hash_of("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy(scripts: Sequence[str], style: str) -> str:
    """Write the content security policy: these scripts, this style, nothing from outside."""
    allowed = " ".join(hash_of(script) for script in scripts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {allowed}",
            f"style-src {hash_of(style)}",
            "font-src data:",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
