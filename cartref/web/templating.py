"""What every template can count on: words in the page's language, the NHS macros, addresses of static files."""

from typing import Any

from flask import Flask, get_flashed_messages
from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader, PackageLoader

from cartref.config import Settings
from cartref.formatting import telephone
from cartref.web import locale
from cartref.web.headers import csp_nonce


def install(app: Flask, settings: Settings) -> None:
    """Prepare `app`'s template environment."""
    environment = app.jinja_env
    environment.undefined = ChainableUndefined  # the NHS macros read nested parameters that may be left out
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.autoescape = _is_markup
    folder = app.template_folder or "templates"
    environment.loader = ChoiceLoader(
        [FileSystemLoader(f"{app.root_path}/{folder}"), PackageLoader("nhsuk_frontend_jinja")]
    )
    environment.add_extension("jinja2.ext.i18n")
    environment.add_extension("jinja2.ext.do")
    _install_words(app)
    environment.globals |= {
        "csp_nonce": csp_nonce,
        "help_phone": telephone(settings.help_phone),
        "help_phone_uri": telephone_uri(settings.help_phone),
        "health_board_name": settings.health_board,
    }
    app.context_processor(_page)


def telephone_uri(number: str) -> str:
    """Return the `tel:` address (RFC 3966) of a British number: "tel:+441632960123"."""
    digits = "".join(figure for figure in number if figure.isdigit())
    return f"tel:+44{digits.removeprefix('0')}" if digits.startswith("0") else f"tel:{digits}"


def _flashed() -> list[tuple[str, str]]:
    return get_flashed_messages(with_categories=True)  # type: ignore[return-value] # pairs, when asked for them


def _is_markup(name: str | None) -> bool:
    """Tell whether a template's values are escaped: all but plain text, the NHS macros (.jinja) above all."""
    return name is None or not name.endswith(".txt")


def _install_words(app: Flask) -> None:
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # the i18n extension adds it
        gettext=lambda message: locale.current_words().catalogue.gettext(message),
        ngettext=lambda one, many, n: locale.current_words().catalogue.ngettext(one, many, n),
        pgettext=lambda context, message: locale.current_words().catalogue.pgettext(context, message),
        npgettext=lambda context, one, many, n: locale.current_words().catalogue.npgettext(context, one, many, n),
        newstyle=True,
    )


def _page() -> dict[str, Any]:
    other = locale.other_language()
    return {
        "language": locale.language(),
        "other_language": other,
        "other_language_url": locale.same_page(lang=other),
        "flashes": [{"category": category, "text": text} for category, text in _flashed()],
    }
