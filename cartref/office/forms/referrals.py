"""The forms about referrals, their clocks, and what is to be booked."""

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from cartref.accounts.models import Staff
from cartref.clinics.models import Clinic
from cartref.i18n import N_
from cartref.office.forms.choices import worded
from cartref.office.referral_labels import CLOSINGS, PRIORITIES, SOURCES
from cartref.referrals.models import Priority, Source, TickKind
from cartref.referrals.reasons import REMOVE_REASONS
from cartref.referrals.service import EntryDetails, ReferralDetails
from cartref.referrals.service.clocking import LONGEST_REASON
from cartref.referrals.service.referring import LENGTHS
from cartref.referrals.service.waiting import LONGEST_NOTE, MOST_MINUTES
from cartref.web.forms import AtMost, DatePartsField, Form, Required, WholeNumberField
from cartref.web.locale import gettext

OFF = {"autocomplete": "off"}  # the browser knows the clerk's own details, never the patient's


class ReferralForm(Form):
    """What a referral says; `version` and `seen` are what was seen when the change began."""

    received_on = DatePartsField(N_("When was the referral received?"), description=N_("For example 14 3 2026"))
    source = SelectField(
        N_("Who refers the patient?"), [Required(N_("Choose who refers the patient"))],
        choices=worded(SOURCES, none=N_("Choose")),
    )  # fmt: skip
    referrer = StringField(
        N_("Name of the person or surgery"), [AtMost(LENGTHS["referrer"])], render_kw=OFF
    )  # fmt: skip
    priority = RadioField(
        N_("How soon should the patient be seen?"), [Required(N_("Choose how soon"))], choices=worded(PRIORITIES)
    )
    clinic_id = SelectField(N_("Clinic"), choices=[], validate_choice=False)
    reason = TextAreaField(N_("Reason"), [AtMost(LENGTHS["reason"])], render_kw={"rows": 4})
    version = HiddenField()
    seen = HiddenField()

    def offer(self, clinics: Iterable[Clinic]) -> None:
        """Let these clinics be chosen."""
        self.clinic_id.choices = _clinics(clinics)

    def details(self) -> ReferralDetails:
        """Return what was typed, as the service takes it."""
        given: dict[str, Any] = {name: self[name].data or "" for name in ("received_on", "referrer", "reason")}
        return ReferralDetails(
            source=Source(self.source.data), priority=Priority(self.priority.data),
            clinic_id=self.clinic_id.data or None, **given,
        )  # fmt: skip


class CloseReferralForm(Form):
    """Why a referral is closed."""

    reason = RadioField(N_("Why is the referral closed?"), [Required(N_("Choose a reason"))], choices=worded(CLOSINGS))
    version = HiddenField()


class ClockForm(Form):
    """A change of the waiting time: the button pressed is `kind`."""

    on = DatePartsField(N_("From which day?"), description=N_("For example 14 3 2026"))
    reason = StringField(
        N_("Why?"), [Required(N_("Say why")), AtMost(LONGEST_REASON)], render_kw=OFF,
        description=N_("For example: the patient is away, and asked for it."),
    )  # fmt: skip
    kind = HiddenField()

    @property
    def chosen(self) -> TickKind | None:
        """Return what the pressed button asks for; None when it asks for nothing that there is."""
        return TickKind(self.kind.data) if self.kind.data in set(TickKind) else None

    def details(self) -> dict[str, Any]:
        """Return when and why, as the service takes it."""
        return {"on": self.on.data, "reason": self.reason.data or ""}


class EntryForm(Form):
    """One appointment that is to be booked."""

    due_on = DatePartsField(
        N_("By which day should the patient be seen?"), optional=True, description=N_("For example 14 3 2026")
    )
    priority = RadioField(
        N_("How soon should the patient be seen?"), [Required(N_("Choose how soon"))], choices=worded(PRIORITIES)
    )
    clinic_id = SelectField(N_("Clinic"), choices=[], validate_choice=False)
    clinician_id = SelectField(N_("Clinician"), choices=[], validate_choice=False)
    minutes = WholeNumberField(
        N_("Minutes needed"), least=1, most=MOST_MINUTES, wrong=N_("Enter a number of minutes from 1 to 240"),
        description=N_("Leave it empty for the usual length."), render_kw={"width": 3},
    )  # fmt: skip
    note = StringField(N_("Note for booking"), [AtMost(LONGEST_NOTE)], render_kw=OFF)
    version = HiddenField()

    def offer(self, clinics: Iterable[Clinic], clinicians: Iterable[Staff]) -> None:
        """Let these clinics and clinicians be chosen."""
        self.clinic_id.choices = _clinics(clinics)
        anybody = SelectChoice("", gettext("Anybody"))
        self.clinician_id.choices = [anybody, *(SelectChoice(who.id, who.display_name) for who in clinicians)]

    def details(self) -> EntryDetails:
        """Return what was typed, as the service takes it."""
        return EntryDetails(
            due_on=self.due_on.data, priority=Priority(self.priority.data), minutes=self.minutes.data,
            clinic_id=self.clinic_id.data or None, clinician_id=self.clinician_id.data or None,
            note=self.note.data or "",
        )  # fmt: skip


class ReviewForm(EntryForm):
    """A review that is to be booked: it is due on a day."""

    due_on = DatePartsField(N_("By which day should the patient be seen?"), description=N_("For example 14 3 2026"))


class RemoveForm(Form):
    """Why something is taken off the waiting list."""

    reason = RadioField(
        N_("Why is it taken off the list?"), [Required(N_("Choose a reason"))], choices=worded(REMOVE_REASONS)
    )


def _clinics(clinics: Iterable[Clinic]) -> list[SelectChoice]:
    return [SelectChoice("", gettext("Any clinic")), *(SelectChoice(clinic.id, clinic.name) for clinic in clinics)]


def beginning(details: Any) -> dict[str, Any]:
    """Return what a form begins with for details as they are saved: empty texts for what is None."""
    return {name: getattr(details, name) for name in details.__dataclass_fields__} | {
        name: "" for name in ("clinic_id", "clinician_id") if getattr(details, name, None) is None
    }
