"""Who may ask the page, and how much may be sent to it: every request passes here first.

The server listens on 127.0.0.1 only. That keeps other machines away, and neither other users of this
machine nor other pages of the browser: for them there are the token, the Host and the Origin.
"""

from __future__ import annotations

import re
import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xinzhi_core.errors import Problem, SpecError
from xinzhi_core.wording import LANGUAGES, Wording, message, say
from xinzhi_panel.io.raw import LIMITS, MEGABYTE

HOST = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?", re.ASCII)
"""The port is free: whoever forwards it by ssh sees another one. A page elsewhere has another name."""
SAFE = frozenset({"GET", "HEAD"})
MARK = "x-xinzhi"
"""A header that no form of another page can send."""
BODY, UPLOAD = 4 * MEGABYTE, LIMITS.file_bytes
"""Bytes of a request, and of one that brings a file."""
UPLOADS = re.compile(r"/api/studies/[^/]+/files")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
"""What every answer says, unless it says something else itself."""


def too_large(most: int) -> Problem:
    """Say that a request is larger than what is taken."""
    text = message("This is larger than {n} MB, the most that is taken.", n=most // MEGABYTE)
    remedy = message("leave out what the study does not need, then try again.")
    return Problem("app.too_large", text, remedy=remedy)


class OriginGuard:
    """Lets through what comes from the page itself."""

    def __init__(self, app: ASGIApp, token: str, cookie: str) -> None:
        self.app = app
        self.token = token
        self.cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # browsers open web sockets across origins; the page has none
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = self._refusal(scope) or self._entrance(scope)
        if answer is None and not self._has_cookie(Headers(scope=scope)):
            answer = _plain_refusal(
                403, message("Open the address that `xinzhi app` printed last.")
            )
        limit = UPLOAD if UPLOADS.fullmatch(scope["path"]) else BODY
        await (answer or self.app)(scope, _limited(receive, limit), _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        """Refuse what another page could have sent."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not HOST.fullmatch(host):
            return _plain_refusal(400, message("The page answers to 127.0.0.1 only."))
        is_own = origin == f"http://{host}"
        is_marked = is_own and headers.get(MARK) == "1"
        if not (is_marked if scope["method"] not in SAFE else is_own or origin is None):
            return _plain_refusal(403, message("Another page cannot send anything to this one."))
        return None

    def _entrance(self, scope: Scope) -> Response | None:
        """Exchange the token of the printed address for a cookie."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["path"] != "/" or not self._fits(given):
            return None
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self.cookie, self.token, httponly=True, samesite="strict")
        return answer

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return False
        return morsel is not None and self._fits(morsel.value)

    def _fits(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self.token.encode())


def _plain_refusal(status: int, why: Wording) -> Response:
    """Say why in both languages: whoever is refused has not chosen one yet."""
    return PlainTextResponse(
        "\n".join(say(why, language) for language in LANGUAGES), status_code=status
    )


def _limited(receive: Receive, most: int) -> Receive:
    """Count what comes, whatever a request says of its length."""
    n_bytes = 0

    async def counted() -> Message:
        nonlocal n_bytes
        part = await receive()
        n_bytes += len(part.get("body", b""))
        if n_bytes > most:
            raise SpecError(too_large(most))
        return part

    return counted


def _with_headers(send: Send) -> Send:
    async def sent(part: Message) -> None:
        if part["type"] == "http.response.start":
            headers = MutableHeaders(scope=part)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(part)

    return sent
