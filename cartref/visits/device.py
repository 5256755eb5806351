"""What sort of device a page is shown on, as far as its own name for itself tells: only the advice depends on it."""

from enum import StrEnum


class Device(StrEnum):
    """Devices that differ in where things are."""

    IPHONE = "iphone"
    IPAD = "ipad"
    ANDROID = "android"
    WINDOWS = "windows"
    MAC = "mac"


class Browser(StrEnum):
    """Browsers that differ in how a camera is allowed."""

    SAFARI = "safari"
    CHROME = "chrome"
    FIREFOX = "firefox"


# The first whose mark is found decides. An iPad calls itself a Mac: the page's script knows it by its touch screen.
DEVICE_MARKS = (
    ("iPhone", Device.IPHONE),
    ("iPad", Device.IPAD),
    ("Android", Device.ANDROID),
    ("Macintosh", Device.MAC),
)
BROWSER_MARKS = (
    ("Firefox", Browser.FIREFOX),
    ("Chrome", Browser.CHROME),
    ("Safari", Browser.SAFARI),
)


def device_of(user_agent: str) -> Device:
    """Return the device that a User-Agent (RFC 9110 10.1.5) speaks of; other computers are much like Windows."""
    return next((device for mark, device in DEVICE_MARKS if mark in user_agent), Device.WINDOWS)


def browser_of(user_agent: str) -> Browser:
    """Return the browser that a User-Agent speaks of."""
    return next((browser for mark, browser in BROWSER_MARKS if mark in user_agent), Browser.CHROME)
