"""What is looked at on a page: axe's rules, its width, its language, and where the telephone number stands."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped] # it ships no types
from playwright.sync_api import Page

WIDE, PHONE, NARROW = 1280, 360, 320
HEIGHT = 900
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TOO_WIDE = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const reaches = (element) => element.getBoundingClientRect().right > room + 1;
    const guilty = [...document.body.querySelectorAll("*")].filter(reaches);
    return guilty.slice(0, 4).map((element) => element.outerHTML.slice(0, 90));
}"""
NUMBER_PLACE = """() => {
    const strip = document.querySelector(".help-strip").getBoundingClientRect();
    const number = [...document.querySelectorAll(".help-strip strong")].find((strong) => strong.checkVisibility());
    const place = number?.getBoundingClientRect();
    const inside = place && place.top >= strip.top && place.bottom <= strip.bottom && place.right <= strip.right;
    return inside ? [strip.x, strip.y, strip.width, strip.height, place.y].map(Math.round) : "no number";
}"""


def faults_of(page: Page, *, language: str, strict_contrast: bool) -> list[str]:
    """Return what is wrong with the page as it stands, at the width of a desk and of two telephones."""
    faults = []
    for width in (WIDE, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        faults += [f"{width} px: {fault}" for fault in broken_rules(page, strict_contrast=strict_contrast)]
    for width in (PHONE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        faults += [f"{width} px: wider than the screen: {element}" for element in page.evaluate(TOO_WIDE)]
    if page.locator("html").get_attribute("lang") != language:
        faults.append(f"lang is not {language}")
    return faults


def broken_rules(page: Page, *, strict_contrast: bool) -> list[str]:
    """Return what axe finds, one line for each rule: its name, where, and why."""
    options = {
        "runOnly": {"type": "tag", "values": LEVELS},
        "rules": {"color-contrast-enhanced": {"enabled": strict_contrast}},
        "resultTypes": ["violations"],
    }
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(
        "async (options) => (await axe.run(document, options)).violations", options
    )
    return [_told(rule) for rule in found]


def number_place(page: Page, width: int) -> object:
    """Return where the telephone number stands on a patient's page, or that there is none to be seen."""
    page.set_viewport_size({"width": width, "height": HEIGHT})
    return page.evaluate(NUMBER_PLACE)


def _told(rule: dict[str, Any]) -> str:
    nodes = [f"{node['html'][:120]} ({node['failureSummary'].splitlines()[-1].strip()})" for node in rule["nodes"][:3]]
    return f"{rule['id']}: {'; '.join(nodes)}"
