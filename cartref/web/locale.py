"""The reader's language: her own choice first, then what her record says, then her browser's wish."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from cartref.config import Settings
from cartref.i18n import Words, words
from cartref.web.session import database_away

COOKIE = "cartref_language"
LANGUAGES = ("en", "cy")
PARAMETER = "lang"
YEAR = 365 * 24 * 3600


def install(app: Flask, settings: Settings) -> None:
    """Let every page of `app` be asked for in the other language with `?lang=`, and remember the answer."""

    def choose() -> AnyResponse | None:
        wanted = request.args.get(PARAMETER)
        if wanted not in LANGUAGES or request.method != "GET":
            return None
        answer = redirect(same_page(), 303)
        remember(answer, wanted, secure=settings.secure)
        return answer

    app.before_request(choose)
    app.after_request(_tell_language)


def remember(response: AnyResponse, language: str, *, secure: bool) -> None:
    """Keep the reader's own choice of language in a cookie for a year."""
    response.set_cookie(COOKIE, language, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)


def suggest(language: Callable[[], str | None]) -> None:
    """Let `language` say what the reader's record says, when she has not chosen; asked at most once a request."""
    g.setdefault("language_suggestions", []).append(language)


def language() -> str:
    """Return the language of this answer, `en` or `cy`."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    if "language" not in g:
        g.language = _recorded() or _wished() or "en"
    recorded: str = g.language
    return recorded


def current_words() -> Words:
    """Return the words of this answer's language."""
    return words(language())


def gettext(message: str, **values: object) -> str:
    """Return `message` in this answer's language."""
    return current_words().gettext(message, **values)


def same_page(**parameters: str) -> str:
    """Return this page's own address, with `parameters` in place of any language it was asked for in."""
    kept = {name: value for name, value in request.args.items(multi=True) if name != PARAMETER}
    query = urlencode({**kept, **parameters})
    return f"{_own_path()}?{query}" if query else _own_path()


def other_language() -> str:
    """Return the language that this answer is not in."""
    return "en" if language() == "cy" else "cy"


def _own_path() -> str:
    """Return where this page can be asked for: an answer to a form that is sent elsewhere stands on the page above."""
    path, adapter = request.path, current_app.create_url_adapter(request)
    if request.method != "POST" or adapter is None:
        return path
    while path and not adapter.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def _recorded() -> str | None:
    if database_away():
        return None
    for suggestion in reversed(g.get("language_suggestions", [])):
        if (found := suggestion()) in LANGUAGES:
            return str(found)
    return None


def _wished() -> str | None:
    """Return the browser's first wish that is one of ours, of whichever country: `cy-GB` is Welsh."""
    wishes = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((wish for wish in wishes if wish in LANGUAGES), None)


def _tell_language(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", language())
        response.vary.update(("Cookie", "Accept-Language"))
    return response
