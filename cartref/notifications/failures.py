"""Why a message did not go, in words for staff: the codes that stand on a notice and on a line of the call list."""

from collections.abc import Mapping

from cartref.i18n import N_

FAILURE_WORDS: Mapping[str, str] = {
    "address-refused": N_("The e-mail address does not exist"),
    "bounced": N_("The email came back"),
    "fault": N_("Cartref made a mistake"),
    "in-doubt": N_("Nobody knows whether it arrived"),
    "letter-failed": N_("The letter could not be made or sent"),
    "mail-refused": N_("The mail server refused the message"),
    "mail-server": N_("The mail server did not answer"),
    "no-address": N_("There is no address for a letter"),
    "no-such-way": N_("There is no way to send it"),
    "notify-away": N_("GOV.UK Notify did not answer"),
    "notify-busy": N_("GOV.UK Notify was too busy"),
    "notify-key": N_("GOV.UK Notify refused the key"),
    "notify-refused": N_("GOV.UK Notify refused the message"),
    "number-wrong": N_("The mobile number is wrong"),
    "text-failed": N_("The text message did not arrive"),
    "too-late-for-letter": N_("A letter would come too late"),
}
