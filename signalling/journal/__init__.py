"""The journal: what must survive a SIGKILL, events that await acceptance included, on disk before it is announced."""

from signalling.journal.records import Delivered, Obeyed, Record, Spent, Spooled
from signalling.journal.replay import Memory
from signalling.journal.write import FolderTaken, Journal

__all__ = ["Delivered", "FolderTaken", "Journal", "Memory", "Obeyed", "Record", "Spent", "Spooled"]
