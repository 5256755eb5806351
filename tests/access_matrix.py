"""Who may use which route: one row each, written by hand and not derived from the programme's own table.

The values of a row name things in `Ids`; each has a namesake in the other service, which is asked for in its place and
must not be found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ROLES = frozenset({"admin", "manager", "privacy", "clinician", "presenter"})
BOOKS = frozenset({"admin"})
READS_PATIENTS = frozenset({"admin", "clinician"})
READS_CLINICS = frozenset({"admin", "manager", "clinician"})
MANAGES = frozenset({"manager"})
READS_TRAIL = frozenset({"privacy"})
CONSULTS = frozenset({"clinician"})
PRESENTS = frozenset({"presenter"})


@dataclass(frozen=True)
class Row:
    """Which roles may use a route; `path`, `data` and `query` map the names of its values to names in `Ids`.

    A value that begins with "=" stands for itself.
    """

    roles: frozenset[str]
    path: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


APPOINTMENT = {"appointment_id": "appointment"}
AT_SITE = {"appointment_id": "site_appointment"}
PATIENT = {"patient_id": "patient"}
CLINIC = {"clinic_id": "clinic"}
REFERRAL = {"referral_id": "referral"}
ENTRY = {"entry_id": "entry"}
SHEET = {"sheet_id": "sheet"}
SITTING = {"session_id": "sitting"}
PERSON = {"staff_id": "person"}
CHOSEN = {"slot_id": "slot", "patient_id": "patient"}
VISIT = {"visit_id": "appointment"}
VACANCY = {"vacancy_id": "vacancy"}
LISTED = {"of": "clinic_list"}

STAFF: dict[str, Row] = {
    "accounts.account": Row(ROLES),
    "accounts.choose_service": Row(ROLES, data={"service_id": "service"}),
    "accounts.enrol": Row(ROLES),
    "accounts.lock": Row(ROLES),
    "accounts.password": Row(ROLES),
    "accounts.remove_factor": Row(ROLES),
    "admin.add_colleague": Row(MANAGES),
    "admin.audit": Row(READS_TRAIL),
    "admin.change_roles": Row(MANAGES, PERSON),
    "admin.edit_service": Row(MANAGES, {"service_id": "service"}),
    "admin.leave": Row(MANAGES, PERSON),
    "admin.new_person": Row(MANAGES),
    "admin.notices": Row(frozenset({"admin", "manager"})),
    "admin.people": Row(MANAGES),
    "admin.person": Row(MANAGES, PERSON),
    "admin.renew_access": Row(MANAGES, PERSON),
    "admin.send_again": Row(frozenset({"admin", "manager"}), {"notice_id": "notice"}),
    "admin.services": Row(MANAGES),
    "calendars.clinic_ics": Row(READS_CLINICS, CLINIC),
    "calendars.create": Row(READS_CLINICS | PRESENTS),
    "calendars.day_csv": Row(READS_PATIENTS, query=LISTED),
    "calendars.day_sheet": Row(READS_PATIENTS, query=LISTED),
    "calendars.day_xlsx": Row(READS_PATIENTS, query=LISTED),
    "calendars.list": Row(READS_CLINICS | PRESENTS),
    "calendars.revoke": Row(READS_CLINICS | PRESENTS, {"feed_id": "feed"}),
    "calendars.want_invitations": Row(CONSULTS | PRESENTS, data={"wanted": "=1"}),
    "calendars.week_csv": Row(READS_PATIENTS, query=LISTED),
    "calendars.week_list": Row(READS_PATIENTS, query=LISTED),
    "calendars.week_xlsx": Row(READS_PATIENTS, query=LISTED),
    "consultations.ask_done": Row(PRESENTS, AT_SITE | {"ask_id": "ask"}),
    "consultations.ask_presenter": Row(CONSULTS, APPOINTMENT, data={"text": "=Show the ankles", "key": "=matrix-ask"}),
    "consultations.arrived": Row(PRESENTS, {"site_id": "site", **AT_SITE}),
    "consultations.board": Row(READS_PATIENTS, SITTING),
    "consultations.board_ticket": Row(READS_PATIENTS, SITTING),
    "consultations.consultation": Row(CONSULTS, APPOINTMENT),
    "consultations.consultation_ticket": Row(CONSULTS, APPOINTMENT),
    "consultations.consultation_watch": Row(CONSULTS, APPOINTMENT),
    "consultations.consultation_examined": Row(CONSULTS, APPOINTMENT),
    "consultations.correct_value": Row(PRESENTS, AT_SITE | {"value_id": "value"}),
    "consultations.late": Row(READS_PATIENTS, SITTING, data={"minutes": "=10"}),
    "consultations.note_medicine": Row(PRESENTS, AT_SITE),
    "consultations.note": Row(CONSULTS, APPOINTMENT),
    "consultations.outcome": Row(CONSULTS, APPOINTMENT),
    "consultations.present": Row(PRESENTS, AT_SITE),
    "consultations.present_examined": Row(PRESENTS, AT_SITE),
    "consultations.present_ticket": Row(PRESENTS, AT_SITE),
    "consultations.present_watch": Row(PRESENTS, AT_SITE),
    "consultations.remove_medicine": Row(PRESENTS, AT_SITE | {"medicine_id": "medicine"}),
    "consultations.picture": Row(CONSULTS, APPOINTMENT),
    "consultations.ring": Row(CONSULTS, APPOINTMENT),
    "consultations.sign_values": Row(PRESENTS, AT_SITE),
    "consultations.site_board": Row(PRESENTS, {"site_id": "site"}),
    "consultations.site_board_ticket": Row(PRESENTS, {"site_id": "site"}),
    "consultations.site_watch": Row(PRESENTS, {"site_id": "site"}),
    "consultations.take_value": Row(PRESENTS, AT_SITE),
    "consultations.today": Row(READS_PATIENTS | PRESENTS),
    "consultations.unlock_link": Row(READS_PATIENTS, {**SITTING, "link_id": "link"}),
    "consultations.withdraw_value": Row(PRESENTS, AT_SITE | {"value_id": "value"}),
    "consultations.watch": Row(READS_PATIENTS, SITTING),
    "consultations.with_patient": Row(CONSULTS, APPOINTMENT),
    "office.accept_all_moves": Row(BOOKS, {"replan_id": "replan"}),
    "office.accept_move": Row(BOOKS, {"move_id": "replan_move"}),
    "office.discard_replan": Row(BOOKS, {"replan_id": "replan"}),
    "office.refuse_move": Row(BOOKS, {"move_id": "replan_move"}),
    "office.replan": Row(READS_PATIENTS, {"replan_id": "replan"}),
    "office.start_replan": Row(BOOKS, {"session_id": "closed_sitting"}),
    "office.add_carer": Row(BOOKS, PATIENT),
    "office.carer": Row(BOOKS, {**PATIENT, "circle_id": "circle"}),
    "office.add_hours": Row(BOOKS, {"site_id": "site"}),
    "office.add_lane": Row(BOOKS, CLINIC),
    "office.clinic_settings": Row(BOOKS, CLINIC),
    "office.close_session": Row(BOOKS, SITTING),
    "office.end_lane": Row(BOOKS, {**CLINIC, "lane_id": "lane"}),
    "office.end_pattern": Row(BOOKS, {**CLINIC, "pattern_id": "pattern"}),
    "office.leave": Row(BOOKS),
    "office.new_leave": Row(BOOKS),
    "office.remove_hours": Row(BOOKS, {"site_id": "site", "hours_id": "hours"}),
    "office.reopen_session": Row(BOOKS, {"session_id": "closed_sitting"}),
    "office.restore": Row(BOOKS, APPOINTMENT),
    "office.week": Row(READS_PATIENTS),
    "office.withdraw_leave": Row(BOOKS, {"leave_id": "leave"}),
    "office.answer_offer": Row(BOOKS, {"offer_id": "offer"}, data={"answer": "=yes"}),
    "office.appointment": Row(READS_PATIENTS, APPOINTMENT),
    "office.ask_next": Row(BOOKS, VACANCY, data={"entry_id": "offered_entry"}),
    "office.book": Row(BOOKS, data=CHOSEN, query=CHOSEN),
    "office.cancel": Row(BOOKS, APPOINTMENT),
    "office.clinic": Row(READS_CLINICS, CLINIC),
    "office.clinics": Row(READS_CLINICS),
    "office.call_done": Row(BOOKS, {"call_id": "call"}, data={"outcome": "=told"}),
    "office.call_tried": Row(BOOKS, {"call_id": "call"}, data={"how": "=engaged"}),
    "office.before_the_clinic": Row(BOOKS, query={"clinic_id": "clinic"}),
    "office.settle_ready": Row(BOOKS, APPOINTMENT, data={"result": "=helped"}),
    "office.calls": Row(BOOKS),
    "office.day": Row(READS_PATIENTS),
    "office.discard_print_run": Row(BOOKS, {"run_id": "print_run"}),
    "office.letters": Row(BOOKS),
    "office.make_print_run": Row(BOOKS),
    "office.post_letters": Row(BOOKS, {"run_id": "print_run"}),
    "office.print_letter_again": Row(BOOKS, {"notice_id": "letter"}),
    "office.print_run": Row(BOOKS, {"run_id": "print_run"}),
    "office.print_run_pdf": Row(BOOKS, {"run_id": "print_run"}),
    "office.reopen_call": Row(BOOKS, {"call_id": "call"}),
    "office.take_call": Row(BOOKS, {"call_id": "call"}),
    "office.edit_clinic": Row(BOOKS, CLINIC),
    "office.edit_patient": Row(BOOKS, PATIENT),
    "office.end_carer": Row(BOOKS, {**PATIENT, "circle_id": "circle"}),
    "office.free_after_death": Row(BOOKS, PATIENT),
    "office.home": Row(ROLES),
    "office.apply_import": Row(BOOKS, SHEET),
    "office.forget_import": Row(BOOKS, SHEET),
    "office.import_sheet": Row(BOOKS, SHEET),
    "office.imports": Row(BOOKS),
    "office.job": Row(BOOKS, {"job_id": "job"}),
    "office.match_columns": Row(BOOKS, SHEET),
    "office.new_import": Row(BOOKS),
    "office.stop_job": Row(BOOKS, {"job_id": "job"}),
    "office.wrong_rows": Row(BOOKS, {**SHEET, "kind": "=csv"}),
    "office.confirm_held": Row(BOOKS, APPOINTMENT),
    "office.find_time": Row(BOOKS, query={"patient_id": "patient", "clinic_id": "clinic"}),
    "office.known_patient": Row(BOOKS),
    "office.language_report": Row(READS_PATIENTS),
    "office.language_report_csv": Row(READS_PATIENTS),
    "office.let_go": Row(BOOKS, APPOINTMENT),
    "office.link": Row(BOOKS, APPOINTMENT, query={"link_id": "link"}),
    "office.move": Row(BOOKS, APPOINTMENT, data={"slot_id": "slot"}),
    "office.new_clinic": Row(BOOKS),
    "office.new_patient": Row(BOOKS),
    "office.new_pattern": Row(BOOKS, CLINIC),
    "office.new_session": Row(BOOKS, CLINIC),
    "office.new_place": Row(BOOKS),
    "office.add_presenter": Row(BOOKS, {"site_id": "site"}),
    "office.add_room": Row(BOOKS, {"site_id": "site"}),
    "office.place": Row(READS_CLINICS, {"site_id": "site"}),
    "office.places": Row(READS_CLINICS),
    "office.patient": Row(READS_PATIENTS, PATIENT),
    "office.patients": Row(READS_PATIENTS),
    "office.record_death": Row(BOOKS, PATIENT),
    "office.reissue_link": Row(BOOKS, {**APPOINTMENT, "link_id": "link"}),
    "office.send_confirmation": Row(BOOKS, APPOINTMENT),
    "office.session": Row(READS_PATIENTS, SITTING),
    "office.offer": Row(BOOKS, {"appointment_id": "offered_appointment"}),
    "office.stop_vacancy": Row(BOOKS, VACANCY),
    "office.vacancies": Row(BOOKS),
    "office.vacancy": Row(BOOKS, VACANCY),
    "office.unlock_link": Row(BOOKS, {**APPOINTMENT, "link_id": "link"}),
    "office.wording": Row(BOOKS, {"template": "=appointment.reminder", "language": "=en"}),
    "office.reset_wording": Row(BOOKS, {"template": "=appointment.reminder", "language": "=en"}),
    "office.wordings": Row(BOOKS),
    "office.wishes": Row(BOOKS, PATIENT),
    "office.withdraw_death": Row(BOOKS, PATIENT),
    "office.change_clock": Row(BOOKS, REFERRAL, data={"kind": "=pause", "reason": "=Away"}),
    "office.close_referral": Row(BOOKS, REFERRAL),
    "office.edit_referral": Row(BOOKS, REFERRAL),
    "office.new_referral": Row(BOOKS, query=PATIENT),
    "office.new_review": Row(BOOKS, query={**PATIENT, **REFERRAL}),
    "office.referral": Row(READS_PATIENTS, REFERRAL),
    "office.remove_entry": Row(BOOKS, ENTRY),
    "office.reopen_referral": Row(BOOKS, REFERRAL),
    "office.restore_entry": Row(BOOKS, ENTRY),
    "office.take_back_tick": Row(BOOKS, {**REFERRAL, "tick_id": "tick"}),
    "office.waiting_entry": Row(BOOKS, ENTRY),
    "office.waiting_list": Row(READS_PATIENTS),
    "office.waiting_list_csv": Row(READS_PATIENTS),
    "office.waiting_list_xlsx": Row(READS_PATIENTS),
}
HOLDERS: dict[str, Row] = {  # whoever has a link to the visit, birth date given or not
    "visits.not_mine": Row(frozenset(), VISIT),
    "visits.prove": Row(frozenset(), VISIT),
    "visits.visit": Row(frozenset(), VISIT),
}
VISITORS: dict[str, Row] = {  # whoever gave the birth date
    "visits.answer_offer": Row(frozenset(), VISIT, data={"answer": "=yes"}),
    "visits.ask_help": Row(frozenset(), VISIT),
    "visits.calendar": Row(frozenset(), VISIT),
    "visits.check": Row(frozenset(), VISIT),
    "visits.keep_check": Row(frozenset(), VISIT),
    "visits.ways": Row(frozenset(), VISIT),
    "visits.check_ticket": Row(frozenset(), VISIT),
    "visits.over": Row(frozenset(), VISIT),
    "visits.ready": Row(frozenset(), VISIT),
    "visits.room": Row(frozenset(), VISIT),
    "visits.state": Row(frozenset(), VISIT),
    "visits.ticket": Row(frozenset(), VISIT),
    "visits.wish": Row(frozenset(), VISIT),
}
PUBLIC: dict[str, Row] = {
    "accounts.second_factor": Row(ROLES),
    "accounts.sign_in": Row(ROLES),
    "accounts.sign_out": Row(ROLES),
    "accounts.unlock": Row(ROLES),
    "calendars.feed": Row(ROLES, {"token": "feed_token"}),
    "health.healthz": Row(ROLES),
    "health.metrics": Row(ROLES),
    "health.readyz": Row(ROLES),
    "policies.accessibility": Row(ROLES),
    "policies.contact": Row(ROLES),
    "policies.cookies": Row(ROLES),
    "policies.privacy": Row(ROLES),
    "visits.open_link": Row(ROLES, {"token": "link_token"}),
}
SIGNED: dict[str, Row] = {"callbacks.receive": Row(frozenset())}  # by a signature over the body, with no cookie at all
EVERYTHING = STAFF | HOLDERS | VISITORS | PUBLIC | SIGNED
