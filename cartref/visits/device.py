"""What sort of device a page is shown on, as far as its own name for itself tells: only the advice depends on it."""

from enum import StrEnum


class Device(StrEnum):
    """Devices that differ in how a camera is allowed."""

    IPHONE = "iphone"
    ANDROID = "android"
    FIREFOX = "firefox"
    MAC = "mac"
    COMPUTER = "computer"


# The first whose mark is found decides. An iPad calls itself a Mac, and its steps are close enough.
MARKS = (
    ("iPhone", Device.IPHONE),
    ("iPad", Device.IPHONE),
    ("Android", Device.ANDROID),
    ("Firefox", Device.FIREFOX),
    ("Chrome", Device.COMPUTER),
    ("Macintosh", Device.MAC),
)


def device_of(user_agent: str) -> Device:
    """Return the device that a User-Agent (RFC 9110 10.1.5) speaks of."""
    return next((device for mark, device in MARKS if mark in user_agent), Device.COMPUTER)
