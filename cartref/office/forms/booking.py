"""The forms that book, move and cancel an appointment."""

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice

from cartref import formatting
from cartref.appointments.models import Mode
from cartref.appointments.status import CANCEL_REASONS
from cartref.clinics.models import OverbookLane, Room, SitePresenter
from cartref.i18n import N_
from cartref.office.forms.choices import whole, worded
from cartref.office.labels import MODES
from cartref.patients.models import CareCircle
from cartref.web.forms import Form, Required
from cartref.web.locale import current_words, gettext, language

REASONS = {reason: meaning.words for reason, meaning in CANCEL_REASONS.items()}


class BookingForm(Form):
    """What is booked for whom. `slot_instead` is the other time that one tap chooses when the first is gone.

    `idempotency_key` is made with the page: sent twice, it books once. `waiting_entry_id` is the line of the waiting
    list that it is for, empty for none.
    """

    patient_id = HiddenField()
    slot_id = HiddenField()
    slot_instead = HiddenField()
    idempotency_key = HiddenField()
    waiting_entry_id = HiddenField()
    overbook = HiddenField()
    # The service says what is too long, so that what was chosen stays chosen when it no longer fits.
    minutes = RadioField(N_("How long?"), choices=[], coerce=whole, validate_choice=False)
    mode = RadioField(
        N_("How is the patient seen?"), [Required(N_("Choose how the patient is seen"))], choices=worded(MODES)
    )
    room_id = SelectField(N_("Room"), description=N_("For a visit at a hospital or care home"), validate_choice=False)
    presenter_id = SelectField(
        N_("Who is beside the patient?"), description=N_("For a video visit at a hospital or care home"),
        validate_choice=False,
    )  # fmt: skip
    lane_id = RadioField(N_("In which lane?"), choices=[], validate_choice=False)
    overbook_reason = StringField(N_("Why is this time overbooked?"))
    carer_ids = SelectMultipleField(N_("Which carers take part?"), choices=[], validate_choice=False)

    def offer(
        self,
        lengths: Iterable[int],
        rooms: Iterable[Room],
        presenters: Iterable[SitePresenter],
        carers: Iterable[CareCircle],
    ) -> None:
        """Let these lengths in minutes, rooms, presenters and carers be chosen, beside what was chosen already."""
        chosen = {self.minutes.data} - {None}
        lengths = sorted({*lengths, *chosen})
        self.minutes.choices = [SelectChoice(str(n), formatting.minutes(n, language())) for n in lengths]
        none = SelectChoice("", gettext("None"))
        self.room_id.choices = [none, *(SelectChoice(room.id, f"{room.site.name}: {room.name}") for room in rooms)]
        beside = [
            SelectChoice(found.staff_id, f"{found.site.name}: {found.staff.display_name}") for found in presenters
        ]
        self.presenter_id.choices = [none, *beside]
        self.carer_ids.choices = [SelectChoice(place.carer_id, place.carer.name) for place in carers]

    def offer_lanes(self, lanes: Iterable[tuple[OverbookLane, int]]) -> None:
        """Let one of these overbooking lanes be chosen, each with how many places it has left."""
        said = current_words()
        places = [(lane, said.ngettext("%(n)s place left", "%(n)s places left", left)) for lane, left in lanes]
        self.lane_id.choices = [SelectChoice(lane.id, f"{lane.name} ({left})") for lane, left in places]

    def validate(self, extra_validators: Any = None) -> bool:
        """Tell whether everything needed is chosen: whoever overbooks says in which lane."""
        sound = bool(super().validate(extra_validators))
        if self.overbook.data and not (self.lane_id.data or self.slot_instead.data):
            self.refuse(gettext("Choose a lane"), "lane_id")
            return False
        return sound

    def wish(self) -> dict[str, Any]:
        """Return what was chosen, as the service takes it; another time than the overbooked one is an ordinary one."""
        beside = bool(self.overbook.data) and not self.slot_instead.data
        return {
            "lane_id": self.lane_id.data if beside else None,
            "overbook_reason": (self.overbook_reason.data or "") if beside else "",
            "slot_id": self.slot_instead.data or self.slot_id.data or "",
            "patient_id": self.patient_id.data or "",
            "minutes": self.minutes.data,
            "mode": Mode(self.mode.data),
            "room_id": self.room_id.data or None,
            "presenter_id": self.presenter_id.data or None,
            "carer_ids": self.carer_ids.data or (),
            "waiting_entry_id": self.waiting_entry_id.data or None,
            "idempotency_key": self.idempotency_key.data or "",
        }


class ChangeForm(Form):
    """A change of an appointment as it stood when the page was made: its version, and when it was to be (ISO 8601)."""

    version = HiddenField()
    seen = HiddenField()


class MoveForm(ChangeForm):
    """The slot to which an appointment moves."""

    slot_id = HiddenField()


class CancelForm(ChangeForm):
    """Why an appointment is cancelled."""

    reason = RadioField(N_("Why is it cancelled?"), [Required(N_("Choose a reason"))], choices=worded(REASONS))
