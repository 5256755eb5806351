"""Pages of calendars: subscriptions, their feeds, files to keep, and lists to print."""

from cartref.calendars import service
from cartref.calendars.views import feeds, files, lists, subscriptions
from cartref.calendars.views.blueprint import blueprint
from cartref.calendars.views.lists import DateWrong
from cartref.i18n import N_

__all__ = ["ERROR_WORDS", "blueprint", "feeds", "files", "lists", "subscriptions"]

ERROR_WORDS = {
    service.LabelMissing.code: N_("Enter a name of 80 letters or fewer"),
    DateWrong.code: N_("Enter a real date"),
}
