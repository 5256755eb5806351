"""Writing referrals and the waiting list."""

from cartref.referrals.service.standing import EntryTaken, confirm, put_back, take_up

__all__ = ["EntryTaken", "confirm", "put_back", "take_up"]
