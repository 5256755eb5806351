"""Pages as tests read them: rendered by the page machinery alone, without a database, and taken apart again."""

from html.parser import HTMLParser
from pathlib import Path

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect

import cartref
from cartref.config import read_settings
from cartref.web import headers, locale, policies, static, templating

ROOT = Path(cartref.__file__).parent
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "use", "source", "path", "circle", "rect"})


class Element(dict[str, str | None]):
    """An element's attributes, with its tag, its text and those inside it."""

    def __init__(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        super().__init__(attributes)
        self.tag, self.text = tag, ""


class Page(HTMLParser):
    """A page's elements in order, each with all the text inside it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, attrs)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open, f"</{tag}> closes nothing"
            assert self._open.pop().tag == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text = " ".join(f"{element.text} {data}".split())

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        """Return the elements of that tag and those attributes; a class is one of several."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.elements if tag in (None, e.tag) and all(_has(e, *item) for item in wanted.items())]

    def one(self, tag: str | None = None, **attributes: str) -> Element:
        """Return the only element of that tag and those attributes."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes}"
        return found[0]

    def words_of(self, element: Element, attribute: str) -> str:
        """Return the text of the elements that `attribute` (aria-describedby, say) of `element` names."""
        return " ".join(self.one(id=name).text for name in (element[attribute] or "").split())


def _has(element: Element, name: str, value: str) -> bool:
    given = element.get(name) or ""
    return value in given.split() if name == "class" else given == value


def page_machinery(data: Path) -> Flask:
    """Return an application of the page machinery alone: no database, nobody signed in."""
    settings = read_settings({"CARTREF_ENVIRONMENT": "test", "CARTREF_DATA": str(data)})
    app = Flask("cartref", root_path=str(ROOT), static_folder=None)
    app.config.update(SECRET_KEY=settings.secret_key, CARTREF=settings)
    locale.install(app, settings)
    CSRFProtect(app)
    templating.install(app, settings)
    static.install(app, settings)
    headers.install(app, settings)
    app.register_blueprint(policies.blueprint)
    app.register_blueprint(_way_out())
    return app


def _way_out() -> Blueprint:
    accounts = Blueprint("accounts", __name__)
    accounts.add_url_rule("/sign-out", "sign_out", lambda: "", methods=["POST"])
    accounts.add_url_rule("/account", "account", lambda: "")
    return accounts
