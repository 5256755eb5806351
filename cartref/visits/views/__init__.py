"""The pages of a visit: importing this package puts every one of them on the blueprint."""

from importlib import import_module

from cartref.consultations.readiness.claims import CheckUnreadable
from cartref.consultations.readiness.service import CheckNotAsked
from cartref.consultations.service import VisitOver
from cartref.i18n import N_
from cartref.visits.views.blueprint import blueprint
from cartref.visits.views.room import NotOpen
from cartref.visits.views.visitor import NotProved
from cartref.visits.views.wishing import NotWished

__all__ = ["ERROR_WORDS", "blueprint"]

for _page in ("links", "proving", "arriving", "room", "measuring", "checking", "wishing", "offering", "keeping"):
    import_module(f"{__name__}.{_page}")

ERROR_WORDS = {
    VisitOver.code: N_("This visit is over or cancelled."),
    NotProved.code: N_("Open your link again, and give the date of birth."),
    NotOpen.code: N_("The waiting room is not open for this visit."),
    CheckNotAsked.code: N_("This visit needs no camera check."),
    CheckUnreadable.code: N_("We could not read what was checked. Check again."),
    NotWished.code: N_("That cannot be asked for this visit."),
}
