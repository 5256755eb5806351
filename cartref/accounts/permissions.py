"""What each role may do: a table that routes ask, so that no route ever asks for a role."""

from enum import StrEnum

from cartref.accounts.models import Role


class Permission(StrEnum):
    """One thing that a route may ask of whoever calls it."""

    PATIENTS_READ = "patients.read"
    PATIENTS_WRITE = "patients.write"
    CLINICS_READ = "clinics.read"
    CLINICS_WRITE = "clinics.write"
    APPOINTMENTS_READ = "appointments.read"
    APPOINTMENTS_WRITE = "appointments.write"
    BOARD_READ = "board.read"
    SITE_BOARD_READ = "site-board.read"
    CONSULT = "consultations.write"
    PRESENT = "consultations.present"
    CALENDARS_READ = "calendars.read"
    SITE_CALENDARS_READ = "site-calendars.read"
    PEOPLE_WRITE = "people.write"
    AUDIT_READ = "audit.read"
    NOTICES_READ = "notices.read"
    REFERRALS_READ = "referrals.read"
    REFERRALS_WRITE = "referrals.write"
    CALLS_WRITE = "calls.write"
    LETTERS_WRITE = "letters.write"
    TEMPLATES_WRITE = "templates.write"
    LEAVE_WRITE = "leave.write"


P = Permission
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(
        {
            P.PATIENTS_READ, P.PATIENTS_WRITE, P.CLINICS_READ, P.CLINICS_WRITE, P.APPOINTMENTS_READ,
            P.APPOINTMENTS_WRITE, P.BOARD_READ, P.CALENDARS_READ, P.NOTICES_READ, P.REFERRALS_READ, P.REFERRALS_WRITE,
            P.CALLS_WRITE, P.LETTERS_WRITE, P.TEMPLATES_WRITE, P.LEAVE_WRITE,
        }
    ),
    Role.MANAGER: frozenset({P.PEOPLE_WRITE, P.CLINICS_READ, P.CALENDARS_READ, P.NOTICES_READ}),
    Role.PRIVACY: frozenset({P.AUDIT_READ}),
    Role.CLINICIAN: frozenset(
        {
            P.PATIENTS_READ, P.CLINICS_READ, P.APPOINTMENTS_READ, P.BOARD_READ, P.CONSULT, P.CALENDARS_READ,
            P.REFERRALS_READ,
        }
    ),
    Role.PRESENTER: frozenset({P.SITE_BOARD_READ, P.PRESENT, P.SITE_CALENDARS_READ}),
}  # fmt: skip


def allowed(roles: frozenset[Role]) -> frozenset[Permission]:
    """Return everything that someone with `roles` may do."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
