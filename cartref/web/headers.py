"""What every answer tells the browser it may do: nothing from another host, no script without the page's nonce."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g

from cartref.config import Settings

PERMISSIONS_POLICY = "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()"


def install(app: Flask, settings: Settings) -> None:
    """Put the security headers on every answer of `app`, its errors included."""

    def add(response: Response) -> Response:
        for name, value in page_headers(settings).items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy(settings, csp_nonce()))
        if response.mimetype in {"text/html", "application/json"}:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(add)


def csp_nonce() -> str:
    """Return the nonce of this answer's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def policy(settings: Settings, nonce: str) -> str:
    """Return the content security policy (W3C CSP 3) of a page whose scripts carry `nonce`."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "media-src 'self' blob:",
            "manifest-src 'self'",
            f"connect-src 'self' {settings.signalling_origin} {_origin(settings.line_check_url)}",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def page_headers(settings: Settings) -> dict[str, str]:
    """Return the headers that do not depend on the page."""
    return file_headers(settings) | {
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS_POLICY,
        "X-Robots-Tag": "noindex, nofollow",
    }


def file_headers(settings: Settings) -> dict[str, str]:
    """Return the headers that mean something on a static file; a page fetches dozens, and every byte counts."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers
