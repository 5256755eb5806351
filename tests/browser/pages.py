"""Every page that a person can see: how to reach it from the demonstration and its states, and as whom.

A route that answers GET and stands neither here nor among `NOT_PAGES` fails the accessibility test by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seen:
    """One page in one state.

    `whom` names the browser: a role, or nobody, holder (opened a link), visitor (gave the birth date too), carer, desk
    (a presenter beside a patient), coded (at the second step of signing in), locked. `address` may name what `States`
    made; `link` is the state whose link is opened before; what `fills` says is typed, or TICKED, in the fields of these
    ids; `presses` is the button that leads from the address to what is looked at; `shows` must then be there.
    """

    endpoint: str
    whom: str
    address: str
    name: str = ""
    status: int = 200
    link: str = ""
    fills: Mapping[str, str] = field(default_factory=dict)
    presses: str = ""
    shows: str = "h1"

    @property
    def title(self) -> str:
        """Return what a test calls it."""
        return self.name or self.endpoint

    @property
    def for_patients(self) -> bool:
        """Tell whether patients and carers read it, for whom contrast is 7:1."""
        return self.whom in {"holder", "visitor", "carer"}


SEND = "main form[method=post] button[type=submit]"
SUBSCRIBE = "main form[action='/calendars'] button[type=submit]"
ADD_ROOM = "main form[action$='/rooms'] button[type=submit]"
ADD_PRESENTER = "main form[action$='/presenters'] button[type=submit]"
TICKED = "(ticked)"
KNOWN = {
    "language": TICKED,
    "nhs_number": "{due_number}", "given_name": "Eluned", "family_name": "Parry-Heli", "born_on-day": "14",
    "born_on-month": "3", "born_on-year": "1939",
}  # fmt: skip
STAGE = "[data-stage]"
REFUSED = ".nhsuk-error-summary"


def visit(state: str, name: str, *, proved: bool = True, **more: object) -> Seen:
    """Return the page of a visit in that state."""
    whom = "visitor" if proved else "holder"
    return Seen("visits.visit", whom, f"/visit/{{{state}}}", name, link=state, **more)  # type: ignore[arg-type] # texts


PUBLIC = (
    Seen("policies.accessibility", "nobody", "/accessibility"),
    Seen("policies.privacy", "nobody", "/privacy"),
    Seen("policies.cookies", "nobody", "/cookies"),
    Seen("policies.contact", "nobody", "/contact"),
    Seen("accounts.sign_in", "nobody", "/sign-in"),
    Seen("accounts.sign_in", "nobody", "/sign-in", "sign-in refused", 422, presses=SEND, shows=REFUSED),
    Seen("accounts.second_factor", "coded", "/sign-in/code"),
    Seen("accounts.second_factor", "coded", "/sign-in/code", "code refused", 422, presses=SEND, shows=REFUSED),
    Seen("accounts.unlock", "locked", "/unlock"),
    Seen("visits.open_link", "holder", "/v/no-such-link", "a link that is none", 404),
)
OFFICE = (
    Seen("accounts.account", "admin", "/account"),
    Seen("accounts.password", "admin", "/account/password"),
    Seen("accounts.enrol", "admin", "/account/second-factor"),
    Seen("accounts.remove_factor", "admin", "/account/second-factor/remove"),
    Seen("office.day", "admin", "/day"),
    Seen("office.day", "admin", "/day?date=2030-01-01", "a day without clinics"),
    Seen("office.patients", "admin", "/patients"),
    Seen("office.patients", "admin", "/patients?q=Parry", "patients found"),
    Seen("office.patients", "admin", "/patients?q=Nobodyhere", "no patient found"),
    Seen("office.new_patient", "admin", "/patients/new"),
    Seen("office.new_patient", "admin", "/patients/new", "a patient refused", 422, presses=SEND, shows=REFUSED),
    Seen(
        "office.new_patient", "admin", "/patients/new", "a number that is known", 422, fills=KNOWN, presses=SEND,
        shows="#known",
    ),
    Seen("office.patient", "admin", "/patients/{due_patient}"),
    Seen("office.patient", "admin", "/patients/{deceased_patient}", "a patient who has died"),
    Seen("office.edit_patient", "admin", "/patients/{due_patient}/edit"),
    Seen("office.add_carer", "admin", "/patients/{due_patient}/carers/new"),
    Seen("office.record_death", "admin", "/patients/{due_patient}/death"),
    Seen("office.clinics", "admin", "/clinics"),
    Seen("office.new_clinic", "admin", "/clinics/new"),
    Seen("office.clinic", "admin", "/clinics/{clinic}"),
    Seen("office.edit_clinic", "admin", "/clinics/{clinic}/edit"),
    Seen("office.new_pattern", "admin", "/clinics/{clinic}/patterns/new"),
    Seen("office.new_pattern", "admin", "/clinics/{clinic}/patterns/new", "a pattern refused", 422, presses=SEND),
    Seen("office.new_session", "admin", "/clinics/{clinic}/sessions/new"),
    Seen("office.session", "admin", "/sessions/{sitting}"),
    Seen("office.places", "admin", "/places"),
    Seen("office.new_place", "admin", "/places/new"),
    Seen("office.place", "admin", "/places/{site}"),
    Seen("office.add_room", "admin", "/places/{site}", "a room refused", 422, presses=ADD_ROOM, shows=REFUSED),
    Seen("office.add_presenter", "admin", "/places/{site}", "a presenter refused", 422, presses=ADD_PRESENTER),
    Seen("office.book", "admin", "/appointments/new", "booking: whom"),
    Seen("office.book", "admin", "/appointments/new?patient_id={due_patient}", "booking: when"),
    Seen("office.book", "admin", "/appointments/new?patient_id={open_patient}&slot_id={free}", "booking: how"),
    Seen(
        "office.book", "admin", "/appointments/new?patient_id={open_patient}&slot_id={due_slot}",
        "a time that is taken", 422, presses=SEND, shows=REFUSED,
    ),
    Seen("office.appointment", "admin", "/appointments/{due}"),
    Seen("office.appointment", "admin", "/appointments/{locked}", "an appointment with a locked link"),
    Seen("office.appointment", "admin", "/appointments/{cancelled}", "a cancelled appointment"),
    Seen("office.move", "admin", "/appointments/{early}/move"),
    Seen("office.cancel", "admin", "/appointments/{early}/cancel"),
    Seen("office.cancel", "admin", "/appointments/{early}/cancel", "cancelling without a reason", 422, presses=SEND),
    Seen("office.link", "admin", "/appointments/{due}/link"),
    Seen("calendars.list", "clinician", "/calendars"),
    Seen("calendars.list", "clinician", "/calendars", "a subscription refused", 422, presses=SUBSCRIBE, shows=REFUSED),
    Seen("admin.notices", "admin", "/notices"),
)  # fmt: skip
MANAGING = (
    Seen("admin.people", "manager", "/people"),
    Seen("admin.person", "manager", "/people/{person}"),
    Seen("admin.new_person", "manager", "/people/new"),
    Seen("admin.new_person", "manager", "/people/new", "a colleague refused", 422, presses=SEND, shows=REFUSED),
    Seen("admin.add_colleague", "manager", "/people/add"),
    Seen("admin.services", "manager", "/services"),
    Seen("admin.edit_service", "manager", "/services/{service}"),
    Seen("admin.audit", "privacy", "/audit"),
    Seen("admin.audit", "privacy", "/audit?first=rubbish", "an audit trail refused", 422),
)
CONSULTING = (
    Seen("consultations.today", "clinician", "/today"),
    Seen("consultations.board", "clinician", "/board/{sitting}"),
    Seen("consultations.board", "clinician", "/board/{locked_sitting}", "a board with a locked link"),
    Seen("consultations.consultation", "clinician", "/consultation/{early}", shows=STAGE),
    Seen("consultations.consultation", "clinician", "/consultation/{telephone}", "by telephone", shows=STAGE),
    Seen("consultations.consultation", "clinician", "/consultation/{seen}", "a consultation that is over", shows=STAGE),
    Seen("consultations.outcome", "clinician", "/consultation/{early}/outcome"),
    Seen(
        "consultations.outcome", "clinician", "/consultation/{early}/outcome", "an outcome refused", 422, presses=SEND,
        shows=REFUSED,
    ),
    Seen("consultations.outcome", "clinician", "/consultation/{seen}/outcome", "an outcome that is saved"),
    Seen("consultations.outcome", "clinician", "/consultation/{seen}/outcome?correct=1", "an outcome to be corrected"),
    Seen("consultations.site_board", "presenter", "/site-board/{site}"),
    Seen("consultations.present", "desk", "/present/{site_visit}"),
)  # fmt: skip
VISITS = (
    visit("open", "the question for the birth date", proved=False),
    Seen(
        "visits.visit", "holder", "/visit/{open}", "no birth date given", 422, link="open", presses=SEND, shows=REFUSED
    ),
    Seen("visits.not_mine", "holder", "/visit/{open}/not-mine", link="open"),
    visit("locked", "a locked link", proved=False, status=403),
    visit("ended-link", "a link that was ended", proved=False, status=410),
    visit("cancelled", "a cancelled visit", proved=False),
    visit("forgotten", "a visit long ago", proved=False),
    Seen("visits.visit", "carer", "/visit/{due}", "a carer's welcome", link="carer"),
    visit("open", "the welcome"),
    visit("asked-to-ring", "a welcome after asking to be rung"),
    visit("not-coming", "a welcome after saying that she cannot come"),
    visit("late", "a welcome after her time"),
    visit("early", "early"),
    Seen(
        "visits.visit", "visitor", "/visit/{early}", "asked whether she cannot come", link="early",
        presses="[data-opens=ask-cannot-come]", shows="dialog[open]",
    ),
    visit("another-day", "another day"),
    visit("moved", "a visit that was moved"),
    visit("past", "a visit that has passed"),
    visit("telephone", "a visit by telephone"),
    visit("rung", "a visit that turned to the telephone"),
    visit("at-site", "a visit at a site"),
    visit("in-person", "a visit in person"),
    visit("not-reached", "a visit that could not connect"),
    visit("missed", "a visit that was missed"),
    Seen("visits.over", "visitor", "/visit/{seen}/over", link="seen"),
    Seen("visits.room", "visitor", "/visit/{open}/room", "the check", link="open", shows="[data-ready]"),
    Seen("visits.room", "visitor", "/visit/{early}/room", "practising", link="early", shows="[data-check-done]"),
    Seen("visits.room", "carer", "/visit/{due}/room", "a carer's check", link="carer", shows="[data-ready]"),
)  # fmt: skip
PAGES = (*PUBLIC, *OFFICE, *MANAGING, *CONSULTING, *VISITS)

# Routes that answer GET with something else than a page: a file, a probe, data for a script, or the way to a page.
NOT_PAGES = {
    "calendars.clinic_ics": ("clinician", "/clinics/{clinic}/calendar.ics"),
    "calendars.day_csv": ("clinician", "/day.csv"),
    "calendars.feed": ("nobody", "/c/{feed}.ics"),
    "health.healthz": ("nobody", "/healthz"),
    "health.metrics": ("nobody", "/metrics"),
    "health.readyz": ("nobody", "/readyz"),
    "office.home": ("clinician", "/"),
    "office.known_patient": ("admin", "/patients/known"),
    "visits.state": ("visitor", "/visit/{open}/state"),
}
