"""Somebody with a keyboard and nothing else: Tab, Enter, Space, arrows and letters, the focus always seen."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.people import wait_until

MOST_STOPS = 120
MOST_CHOICES = 60
ON_THE_PAGE = "() => document.activeElement !== null && document.activeElement !== document.body"
WITHIN = "element => element.contains(document.activeElement)"
# Whether the focus is seen where it is: on the element itself or, where that is drawn by its label, beside the label.
FOCUS = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return "";
    const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const drawn = getComputedStyle(element).opacity !== "0";
    const mark = element.labels?.[0] && getComputedStyle(element.labels[0], "::before");
    const seen = drawn ? ring(getComputedStyle(element)) : ring(mark) || mark.boxShadow !== "none";
    const box = element.getBoundingClientRect();
    const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.height > 0;
    return seen && inView ? "" : element.outerHTML.slice(0, 160);
}"""


class Keyboard:
    """One person's hands on the keyboard of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._keys = page.keyboard

    def go_to(self, target: Locator) -> None:
        """Press Tab until the focus is on `target`; everywhere on the way the focus can be seen."""
        target.wait_for()
        for _stop in range(MOST_STOPS):
            if self._is_on(target):
                return
            self._keys.press("Tab")
            hidden = self._page.evaluate(FOCUS)
            assert not hidden, f"the focus is not seen on {hidden}"
        raise AssertionError(f"Tab does not lead to {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Go to a link or a button and press Enter or Space."""
        self.go_to(target)
        self._keys.press(key)

    def use(self, target: Locator, key: str = "Enter") -> None:
        """Press what acts on its own page and stays there: the focus stays on it, and is seen."""
        self.press(target, key)
        expect(target).to_be_focused()
        hidden = self._page.evaluate(FOCUS)
        assert not hidden, f"the focus is not seen on {hidden}"

    def leave(self) -> None:
        """Press Escape."""
        self._keys.press("Escape")

    def is_kept_in(self, place: Locator) -> None:
        """Press Tab on and back, more often than a question has answers: the focus does not leave `place`."""
        for key in ("Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab", "Shift+Tab"):
            self._keys.press(key)
            assert place.evaluate(WITHIN), f"{key} leads out of {place}"

    def is_on_the_page(self) -> None:
        """Wait until the focus is on something of the page, where a reader is told what has changed."""
        wait_until(self._page, ON_THE_PAGE)

    def type(self, target: Locator, text: str) -> None:
        """Go to a field and type into it."""
        self.go_to(target)
        self._keys.type(text)

    def send(self) -> None:
        """Press Enter where the focus is."""
        self._keys.press("Enter")

    def pick(self, radio: Locator) -> None:
        """Go to the group that a radio button is in, and press the arrow until it is chosen."""
        name = radio.get_attribute("name")
        group = self._page.locator(f"input[type=radio][name='{name}']")
        checked = group.and_(self._page.locator(":checked"))
        self.go_to(checked.first if checked.count() else group.first)
        self._keys.press("Space")
        for _choice in range(MOST_CHOICES):
            if radio.is_checked():
                return
            self._keys.press("ArrowDown")
        raise AssertionError(f"the arrows do not lead to {radio}")

    def choose(self, select: Locator, words: str) -> None:
        """Go to a list and type the first letters of what is wanted."""
        self.go_to(select)
        self._keys.type(words)
        chosen = select.evaluate("list => list.selectedOptions[0].text")
        assert chosen.startswith(words), f"{chosen} is chosen, not {words}"

    def _is_on(self, target: Locator) -> bool:
        return bool(target.evaluate("element => element === document.activeElement"))
