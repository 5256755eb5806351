"""Words that sheets use for the clinic's codes, in Welsh and English. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from cartref.referrals.importing.columns import squeezed
from cartref.referrals.models import Priority, Source

Code = TypeVar("Code", bound=str)


def _table(words: Mapping[Code, str]) -> dict[str, Code]:
    own = {squeezed(code.value if isinstance(code, StrEnum) else code): code for code in words}
    return own | {squeezed(word): code for code, said in words.items() for word in said.split(",")}


PRIORITIES = _table(
    {
        Priority.ROUTINE: "routine, r, non urgent, not urgent, arferol, rheolaidd, nid yw'n frys, ddim yn frys",
        Priority.URGENT: "urgent, u, soon, brys, b, yn frys",
        Priority.SUSPECTED_CANCER: (
            "urgent suspected cancer, suspected cancer, USC, 2WW, two week wait, amheuaeth o ganser, "
            "brys amheuaeth o ganser, brys - amheuir canser, amheuir canser"
        ),
    }
)
SOURCES = _table(
    {
        Source.GP: (
            "GP, general practitioner, general practice, GP surgery, GP practice, surgery, doctor, family doctor, "
            "meddyg teulu, meddygfa, MT"
        ),
        Source.CONSULTANT: "consultant, hospital, hospital doctor, internal, meddyg ymgynghorol, ymgynghorydd, ysbyty",
        Source.EMERGENCY: (
            "emergency, emergency department, A and E, A&E, ED, casualty, argyfwng, adran achosion brys, "
            "adran frys, damweiniau ac achosion brys"
        ),
        Source.COMMUNITY: (
            "community, community nurse, district nurse, community team, cymuned, y gymuned, nyrs ardal, "
            "nyrs gymunedol, tîm cymunedol"
        ),
        Source.CARE_HOME: "care home, nursing home, residential home, cartref gofal, cartref nyrsio, cartref preswyl",
        Source.SELF: "self, self referral, patient, family, hunanatgyfeirio, hunanatgyfeiriad, y claf, claf, teulu",
        Source.OTHER: "other, unknown, arall, anhysbys",
    }
)
LANGUAGES = _table(
    {"cy": "Welsh, Cymraeg, Cymraeg yn unig, W, C, wel, cym, iaith Gymraeg", "en": "English, Saesneg, E, S, eng"}
)
