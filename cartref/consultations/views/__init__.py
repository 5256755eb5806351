"""Pages of the visit: today, the board, the consultation and its outcome, and the presenter's desk."""

from cartref.consultations.encounters.observing.service import ERROR_WORDS as OBSERVING_WORDS
from cartref.consultations.service import ERROR_WORDS as VISIT_WORDS
from cartref.consultations.views import board, consultation, examination, outcome, presenter, today
from cartref.consultations.views.frame import blueprint
from cartref.consultations.views.shared_device import install

__all__ = [
    "ERROR_WORDS",
    "blueprint",
    "board",
    "consultation",
    "examination",
    "install",
    "outcome",
    "presenter",
    "today",
]

ERROR_WORDS = VISIT_WORDS | OBSERVING_WORDS
