"""The words for what is wrong with a sheet or a cell of it, by code; the most exact code comes first."""

from collections.abc import Callable

from cartref.i18n import N_
from cartref.patients.service import ERROR_WORDS as PATIENT_WORDS
from cartref.referrals.importing.columns import BY_NAME, letter
from cartref.referrals.importing.rows import Fault
from cartref.referrals.service import ERROR_WORDS as REFERRAL_WORDS

CELL_WORDS = {
    "import.missing": N_("Nothing is here, and it is needed"),
    "import.date": N_("This is not a date that we can be sure of. Write it like 14/03/1939."),
    "import.name": N_("We can't tell the last name from the first. Write it like JONES, Mair."),
    "import.open-referral": N_("This patient has an open referral already"),
    "import.second-referral": N_("A row above has a referral of this patient too"),
    "import.frailty": N_("The Clinical Frailty Scale goes from 1 to 9"),
    "import.language": N_("The language is Welsh or English"),
    "import.email": N_("This is not an e-mail address"),
    "import.telephone": N_("This is not a telephone number"),
    "import.source": N_(
        "We do not know this source. Use GP, consultant, emergency, community, care home, self or other."
    ),
    "import.priority": N_("We do not know this priority. Use routine, urgent or urgent suspected cancer."),
    "import.clinic": N_("No clinic of this service has this name, or more than one has"),
    "import.hidden": N_("There are hidden characters in it. Type it again."),
    "import.too-long": N_("This is too long"),
    "import.twice": N_("The same is in a row above"),
    "import.other-patient": N_("Another patient has this NHS number: the name or the date of birth is not the same"),
    "import.alike": N_(
        "Somebody with this name and date of birth is known without this NHS number. If this is somebody else, "
        "register the patient by hand."
    ),
    "import.nameless": N_("Somebody with this name and date of birth is known. Add the NHS number."),
    "import.referral-of-another": N_("Another patient's referral has this number"),
}
SHEET_WORDS = {
    "import.file": N_("This file is not a sheet that we can read. Save it as CSV or XLSX, and choose it again."),
    "import.file.missing": N_("Choose a file"),
    "import.file.empty": N_("There is nothing in this file"),
    "import.file.no-rows": N_("This sheet has headings and no rows under them"),
    "import.file.letters": N_("We can't read the letters in this file. Save it as CSV UTF-8, and choose it again."),
    "import.file.too-big": N_("This file is too large. Send at most 10 MB."),
    "import.file.too-long": N_("This sheet has more than 10,000 rows. Divide it, and send one part after another."),
    "import.file.too-wide": N_("This sheet has more than 100 columns. Take out those that are not needed."),
    "import.column.missing": N_("Choose the column. There is no patient without it."),
    "import.column.referral": N_("Choose the column. There is no referral without the day on which it was received."),
    "import.column.twice": N_("Another line has this column already"),
    "import.busy": N_("The rows of this sheet are being worked on. Wait until that is over."),
    "import.not-whole": N_("Some rows are wrong, so nothing was taken over. Mend the sheet and send it again."),
    "import.clash": N_("Somebody changed the same patients meanwhile. Nothing was taken over. Try again."),
    "import.failed": N_("The rows could not be written. Nothing was taken over."),
}
ERROR_WORDS = SHEET_WORDS
_CELLS = PATIENT_WORDS | REFERRAL_WORDS | CELL_WORDS


def of_cell(code: str) -> str:
    """Return the English sentence for what is wrong with a cell."""
    while code:
        if code in _CELLS:
            return _CELLS[code]
        code = code.rpartition(".")[0]
    return N_("This can't be used")


def of_fault(fault: Fault, gettext: Callable[[str], str]) -> str:
    """Return a fault as one reads it: "C Date of birth: Nothing is here, and it is needed"."""
    return f"{letter(fault.column)} {gettext(BY_NAME[fault.field].label)}: {gettext(of_cell(fault.code))}"
