"""Headers of every answer, errors included, and what the page's scripts may do."""

import re
import secrets

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Content policy of whatever is no page."""

_SCRIPT = re.compile(rb"<script(?=[\s>])")
_HANDLER = re.compile(rb' onclick="[^"]*"')
"""Of the template's button for the whole screen, which the dashboard does not show."""


def page_policy(nonce: str) -> str:
    """Content policy of the dashboard's page.

    The page's own scripts carry the nonce; scripts and event handlers in what a view shows do not run. ``unsafe-eval``
    is for Bokeh and Panel, which make functions from the text of callbacks and templates; ``blob:`` is for Panel, which
    loads the code of components of one's own from there. Both need a script that runs already. Styles are inline
    throughout Bokeh: each model brings its own into its shadow tree.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' blob:",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def form_policy(nonce: str) -> str:
    """Content policy of the login page: one style sheet, one form, no script."""
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


class SafeHeaders(OutputTransform):
    """What Tornado lets every answer go through, whichever handler gives it."""

    def __init__(self, request: HTTPServerRequest) -> None:
        super().__init__(request)

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add the headers; give the scripts of a page their nonce."""
        for name in [name for name in headers if name.startswith("Access-Control-")]:
            del headers[name]  # Bokeh lets pages of others embed a view and read the token of its session
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if "Content-Security-Policy" not in headers:
            if status_code == 200 and headers.get("Content-Type", "").startswith("text/html") and finishing:
                nonce = secrets.token_urlsafe(16)
                # The first page holds nothing of a store or an address: what views show comes over the socket.
                chunk = _SCRIPT.sub(b'<script nonce="%s"' % nonce.encode(), _HANDLER.sub(b"", chunk))
                if chunk:
                    headers["Content-Length"] = str(len(chunk))
                headers["Content-Security-Policy"] = page_policy(nonce)
            else:
                headers["Content-Security-Policy"] = NOTHING
        return status_code, headers, chunk
