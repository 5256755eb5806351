"""What staff do with their own sign-in, and what managers do with staff; every change is in the audit trail."""

from cartref.accounts.service.credentials import change_password, enrol_second_factor, remove_second_factor
from cartref.accounts.service.employing import (
    NewStaff,
    StaffDetails,
    add_colleague,
    add_membership,
    change_staff,
    create_staff,
    end_membership,
    leave,
    renew_access,
    set_roles,
)
from cartref.accounts.service.places import change_service
from cartref.accounts.service.presence import (
    activity_is_due,
    begin_presenting,
    choose_service,
    end_presenting,
    find_sign_in,
    find_unfinished,
    idle_limit,
    is_locked,
    lock,
    note_activity,
    password_is_due,
    share_device,
    sign_out,
)
from cartref.accounts.service.proving import Refusal
from cartref.accounts.service.signing_in import SignedInResult, finish, sign_in, unlock

__all__ = [
    "NewStaff",
    "Refusal",
    "SignedInResult",
    "StaffDetails",
    "activity_is_due",
    "add_colleague",
    "add_membership",
    "begin_presenting",
    "change_password",
    "change_service",
    "change_staff",
    "choose_service",
    "create_staff",
    "end_membership",
    "end_presenting",
    "enrol_second_factor",
    "find_sign_in",
    "find_unfinished",
    "finish",
    "idle_limit",
    "is_locked",
    "leave",
    "lock",
    "note_activity",
    "password_is_due",
    "remove_second_factor",
    "renew_access",
    "set_roles",
    "share_device",
    "sign_in",
    "sign_out",
    "unlock",
]
