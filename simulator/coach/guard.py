"""Who may come in: host, origin, token and password are checked before any page or socket is reached.

A page elsewhere can make a browser send requests here. It cannot forge the Host and Origin headers, cannot read the
token, and gets no cookie of ours sent along.
"""

import hmac
import ipaddress
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

TOKEN_HEADER = "X-Calmline-Token"
LOGIN_PATH = "/login"
_COOKIE = "calmline_login"
_OPEN_PATHS = (LOGIN_PATH, "/static/")
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_OWN_NAMES = {"127.0.0.1", "localhost", "::1"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; worker-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}


@dataclass(frozen=True)
class Door:
    """How the desk may be reached. Without `password` only from this machine, by one of its own names."""

    password: str | None = None
    names: frozenset[str] = frozenset()
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    login: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this desk and not a stranger's name that was pointed at it (DNS rebinding)."""
        name = host_name(host)
        return name in _OWN_NAMES | self.names or (self.password is not None and _is_address(name))

    def opens_to(self, password: str) -> bool:
        """Whether this is the password; takes as long for a wrong one as for the right one."""
        return self.password is not None and hmac.compare_digest(password.encode(), self.password.encode())

    def login_cookie(self) -> str:
        """What a browser that knows the password keeps."""
        return f"{_COOKIE}={self.login}; HttpOnly; SameSite=Strict; Path=/"


class Guard:
    """Lets through what comes from the desk's own pages, and closes every answer with strict headers."""

    def __init__(self, app: App, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one socket."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403, "reason": "refused"})
        else:
            await refused(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not self._door.knows_host(headers.get("host", "")):
            return _no("This desk answers only to its own address.", 421)
        if not self._is_at_home(scope, headers):
            return _no("This came from another page.", 403)
        if self._door.password and not self._has_login(headers) and not scope["path"].startswith(_OPEN_PATHS):
            wants_page = "text/html" in headers.get("accept", "")
            return RedirectResponse(LOGIN_PATH, 303) if wants_page else _no("Log in first.", 401)
        if not self._carries_token(scope, headers):
            return _no("The page is out of date: load it again.", 403)
        return None

    def _is_at_home(self, scope: Scope, headers: Headers) -> bool:
        """Whether a request that can change something comes from a page of the desk."""
        origin = headers.get("origin")
        if scope["type"] == "websocket":
            return origin is not None and _netloc(origin) == headers.get("host")
        if scope["method"] in _SAFE_METHODS:
            return True
        return origin is None or _netloc(origin) == headers.get("host")

    def _has_login(self, headers: Headers) -> bool:
        cookies: SimpleCookie = SimpleCookie(headers.get("cookie", ""))
        return _COOKIE in cookies and hmac.compare_digest(cookies[_COOKIE].value, self._door.login)

    def _carries_token(self, scope: Scope, headers: Headers) -> bool:
        if scope["type"] != "http" or scope["method"] in _SAFE_METHODS or scope["path"] == LOGIN_PATH:
            return True  # a socket proves its origin; the log-in form has no page before it that knows the token
        return hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), self._door.token.encode())


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    name = host[1:].split("]", 1)[0] if host.startswith("[") else host.split(":", 1)[0]
    return name.lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _netloc(origin: str) -> str:
    return origin.split("://", 1)[-1]


def _no(message: str, status: int) -> Response:
    return JSONResponse({"error": message, "advice": ""}, status)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
