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
TAKE_OVER = "main form[action$='/apply'] button[type=submit]"
SUBSCRIBE = "main form[action='/calendars'] button[type=submit]"
ADD_ROOM = "main form[action$='/rooms'] button[type=submit]"
TAKE_OFF = "main form[action$='/remove'] button[type=submit]"
END_CARER = "main form[action$='/end'] button[type=submit]"
ADD_LANE = "main form[action$='/lanes'] button[type=submit]"
ADD_HOURS = "main form[action$='/hours'] button[type=submit]"
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
    Seen("office.week", "admin", "/week"),
    Seen("office.week", "admin", "/week?by=clinician&id={person}", "the week of one clinician"),
    Seen("office.week", "admin", "/week?by=site", "the week by place"),
    Seen("office.week", "admin", "/week?by=room", "the week by room"),
    Seen("office.week", "admin", "/week?date=2030-12-25", "a week with a bank holiday"),
    Seen("office.leave", "admin", "/leave"),
    Seen("office.new_leave", "admin", "/leave/new"),
    Seen("office.new_leave", "admin", "/leave/new", "leave refused", 422, presses=SEND, shows=REFUSED),
    Seen("office.close_session", "admin", "/sessions/{sitting}/close"),
    Seen("office.clinic_settings", "admin", "/clinics/{clinic}/settings"),
    Seen("office.end_pattern", "admin", "/clinics/{clinic}/patterns/{pattern}/end"),
    Seen("office.add_lane", "admin", "/clinics/{clinic}", "a lane refused", 422, presses=ADD_LANE, shows=REFUSED),
    Seen("office.add_hours", "admin", "/places/{site}", "hours refused", 422, presses=ADD_HOURS, shows=REFUSED),
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
    Seen("office.carer", "admin", "/patients/{due_patient}/carers/{circle}"),
    Seen(
        "office.end_carer", "admin", "/patients/{due_patient}/carers/{circle}", "a carer's end refused", 422,
        fills={"ended_on-year": "2999"}, presses=END_CARER, shows=REFUSED,
    ),
    Seen("office.record_death", "admin", "/patients/{due_patient}/death"),
    Seen("office.clinics", "admin", "/clinics"),
    Seen("office.new_clinic", "admin", "/clinics/new"),
    Seen("office.clinic", "admin", "/clinics/{clinic}"),
    Seen("office.edit_clinic", "admin", "/clinics/{clinic}/edit"),
    Seen("office.new_pattern", "admin", "/clinics/{clinic}/patterns/new"),
    Seen("office.new_pattern", "admin", "/clinics/{clinic}/patterns/new", "a pattern refused", 422, presses=SEND),
    Seen("office.new_session", "admin", "/clinics/{clinic}/sessions/new"),
    Seen("office.session", "admin", "/sessions/{sitting}"),
    Seen("office.session", "admin", "/sessions/{closed_sitting}", "a closed session", shows=".panel--alarm"),
    Seen("office.day", "admin", "/day?date={held_day}", "a day with a time that is held", shows=".slot--held"),
    Seen("office.places", "admin", "/places"),
    Seen("office.new_place", "admin", "/places/new"),
    Seen("office.place", "admin", "/places/{site}"),
    Seen("office.add_room", "admin", "/places/{site}", "a room refused", 422, presses=ADD_ROOM, shows=REFUSED),
    Seen("office.add_presenter", "admin", "/places/{site}", "a presenter refused", 422, presses=ADD_PRESENTER),
    Seen("office.book", "admin", "/appointments/new", "booking: whom"),
    Seen("office.book", "admin", "/appointments/new?patient_id={due_patient}&all=1", "booking: when"),
    Seen("office.find_time", "admin", "/find-time?patient_id={due_patient}", "times that suit"),
    Seen("office.find_time", "admin", "/find-time?patient_id={due_patient}&minutes=235", "no time that suits"),
    Seen("office.find_time", "admin", "/find-time?patient_id={due_patient}&minutes=1", "a search refused", 422),
    Seen("office.waiting_list", "admin", "/waiting-list"),
    Seen("office.waiting_list", "admin", "/waiting-list?name=Nobodyhere", "a waiting list with nobody on it"),
    Seen("office.waiting_entry", "admin", "/waiting-list/{entry}"),
    Seen("office.waiting_entry", "admin", "/waiting-list/{entry_removed}", "a line off the waiting list"),
    Seen("office.remove_entry", "admin", "/waiting-list/{entry}", "taking off refused", 422, presses=TAKE_OFF),
    Seen("office.new_review", "admin", "/waiting-list/new-review?patient_id={due_patient}"),
    Seen(
        "office.new_review", "admin", "/waiting-list/new-review?patient_id={due_patient}", "a review refused", 422,
        presses=SEND, shows=REFUSED,
    ),
    Seen("office.new_referral", "admin", "/referrals/new?patient_id={due_patient}"),
    Seen(
        "office.new_referral", "admin", "/referrals/new?patient_id={due_patient}", "a referral refused", 422,
        presses=SEND, shows=REFUSED,
    ),
    Seen(
        "office.new_referral", "admin", "/referrals/new?patient_id={referral_patient}", "a second referral",
        shows="#standing",
    ),
    Seen("office.referral", "admin", "/referrals/{referral}"),
    Seen("office.referral", "admin", "/referrals/{referral_closed}", "a closed referral"),
    Seen("office.edit_referral", "admin", "/referrals/{referral}/edit"),
    Seen("office.close_referral", "admin", "/referrals/{referral}/close"),
    Seen("office.wishes", "admin", "/patients/{due_patient}/wishes"),
    Seen("office.language_report", "admin", "/reports/language"),
    Seen("office.language_report", "admin", "/reports/language?first-day=x&last-day=1", "a report refused", 422),
    Seen("office.book", "admin", "/appointments/new?patient_id={open_patient}&slot_id={free}", "booking: how"),
    Seen(
        "office.book", "admin", "/appointments/new?patient_id={open_patient}&slot_id={due_slot}",
        "a time that is taken", 422, presses=SEND, shows=REFUSED,
    ),
    Seen("office.appointment", "admin", "/appointments/{due}"),
    Seen("office.appointment", "admin", "/appointments/{locked}", "an appointment with a locked link"),
    Seen("office.appointment", "admin", "/appointments/{cancelled}", "a cancelled appointment"),
    Seen("office.appointment", "admin", "/appointments/{held}", "a time that is held", shows="#held"),
    Seen("office.appointment", "admin", "/appointments/{asked}", "a time that is being offered", shows="#offered"),
    Seen("office.appointment", "admin", "/appointments/{overbooked}", "an overbooked appointment"),
    Seen("office.move", "admin", "/appointments/{early}/move"),
    Seen("office.cancel", "admin", "/appointments/{early}/cancel"),
    Seen("office.cancel", "admin", "/appointments/{early}/cancel", "cancelling without a reason", 422, presses=SEND),
    Seen("office.link", "admin", "/appointments/{due}/link"),
    Seen("office.imports", "admin", "/imports"),
    Seen("office.new_import", "admin", "/imports/new"),
    Seen("office.new_import", "admin", "/imports/new", "no sheet chosen", 422, presses=SEND, shows=REFUSED),
    Seen("office.match_columns", "admin", "/imports/{sheet_sent}/columns"),
    Seen("office.import_sheet", "admin", "/imports/{sheet}"),
    Seen("office.import_sheet", "admin", "/imports/{sheet_underway}", "a sheet that is being checked"),
    Seen(
        "office.import_sheet", "admin", "/imports/{sheet}", "all or nothing refused", 422,
        fills={"only_whole": TICKED}, presses=TAKE_OVER, shows=REFUSED,
    ),
    Seen("office.vacancies", "admin", "/vacancies"),
    Seen("office.vacancy", "admin", "/vacancies/{vacancy}"),
    Seen("office.vacancy", "admin", "/vacancies/{vacancy_declined}", "a freed time that was declined"),
    Seen("office.replan", "admin", "/replans/{replan}"),
    Seen("office.replan", "admin", "/replans/{replan_underway}", "a plan that is being made", shows="progress"),
    Seen("calendars.list", "clinician", "/calendars"),
    Seen("calendars.list", "presenter", "/calendars", "the calendars of a presenter"),
    Seen("calendars.day_sheet", "admin", "/day/sheet"),
    Seen("calendars.day_sheet", "admin", "/day/sheet?date=2030-01-01", "a day sheet with nobody on it"),
    Seen("calendars.week_list", "admin", "/week/list"),
    Seen("calendars.list", "clinician", "/calendars", "a subscription refused", 422, presses=SUBSCRIBE, shows=REFUSED),
    Seen("admin.notices", "admin", "/notices"),
    Seen("office.before_the_clinic", "admin", "/before-the-clinic?days=28", "before the clinic", shows="article"),
    Seen("office.before_the_clinic", "admin", "/before-the-clinic?clinic_id={clinic}", "before one clinic"),
    Seen("office.calls", "admin", "/messages", "the call list", shows="article"),
    Seen("office.calls", "admin", "/messages?show=mine", "my part of the call list"),
    Seen("office.calls", "admin", "/messages?show=done", "who was rung today", shows="article"),
    Seen("office.letters", "admin", "/messages/letters"),
    Seen("office.print_run", "admin", "/messages/letters/runs/{print_run_ready}", shows=".do-not-post"),
    Seen(
        "office.print_run", "admin", "/messages/letters/runs/{print_run_underway}", "letters being made",
        shows="progress",
    ),
    Seen("office.print_run", "admin", "/messages/letters/runs/{print_run_posted}", "a run that was posted"),
    Seen("office.wordings", "admin", "/messages/wording"),
    Seen("office.wording", "admin", "/messages/wording/appointment.confirmation/cy"),
    Seen("office.wording", "admin", "/messages/wording/appointment.offer/en", "the wording of an offer"),
    Seen(
        "office.wording", "admin", "/messages/wording/appointment.cancelled/en", "wording refused", 422,
        fills={"body": "Dear ((nobody))"}, presses=SEND, shows=REFUSED,
    ),
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
    visit("offered", "a time that is offered: the question", proved=False),
    visit("offered", "a time that is offered"),
    visit("offer-declined", "a time that was declined", proved=False),
    visit("offer-over", "a time that is no longer offered", proved=False),
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
    Seen("visits.check", "visitor", "/visit/{early}/check", "the check days ahead", link="early"),
    Seen("visits.check", "carer", "/visit/{due}/check", "a carer's check days ahead", link="carer"),
    Seen(
        "visits.check", "visitor", "/visit/{early}/check", "the check of the camera", link="early",
        presses="[data-begin]", shows="[data-go-next]",
    ),
    Seen("visits.room", "carer", "/visit/{due}/room", "a carer's check", link="carer", shows="[data-ready]"),
)  # fmt: skip
PAGES = (*PUBLIC, *OFFICE, *MANAGING, *CONSULTING, *VISITS)

# Routes that answer GET with something else than a page: a file, a probe, data for a script, or the way to a page.
NOT_PAGES = {
    "consultations.consultation_examined": ("clinician", "/consultation/{early}/examined"),
    "consultations.present_examined": ("desk", "/present/{site_visit}/examined"),
    "office.language_report_csv": ("admin", "/reports/language.csv"),
    "calendars.clinic_ics": ("clinician", "/clinics/{clinic}/calendar.ics"),
    "calendars.day_csv": ("clinician", "/day.csv"),
    "calendars.day_xlsx": ("clinician", "/day.xlsx"),
    "calendars.week_csv": ("clinician", "/week.csv"),
    "calendars.week_xlsx": ("clinician", "/week.xlsx"),
    "calendars.feed": ("nobody", "/c/{feed}.ics"),
    "health.healthz": ("nobody", "/healthz"),
    "health.metrics": ("nobody", "/metrics"),
    "health.readyz": ("nobody", "/readyz"),
    "office.change_clock": ("admin", "/referrals/{referral}/clock"),
    "office.waiting_list_csv": ("admin", "/waiting-list.csv"),
    "office.waiting_list_xlsx": ("admin", "/waiting-list.xlsx"),
    "office.home": ("clinician", "/"),
    "office.print_run_pdf": ("admin", "/messages/letters/runs/{print_run_ready}/letters.pdf"),
    "office.offer": ("admin", "/appointments/{offered}/offer"),
    "office.job": ("admin", "/jobs/{job}"),
    "office.wrong_rows": ("admin", "/imports/{sheet}/wrong.csv"),
    "office.known_patient": ("admin", "/patients/known"),
    "visits.calendar": ("visitor", "/visit/{open}/calendar.ics"),
    "visits.state": ("visitor", "/visit/{open}/state"),
    "visits.ways": ("visitor", "/visit/{open}/ways"),
}
