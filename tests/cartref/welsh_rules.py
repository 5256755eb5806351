"""What careful Welsh never looks like, as patterns over the translations, each with a wrong and a right example."""

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """A pattern that must not be found; `wrong` contains it and `right` says the same without it."""

    name: str
    pattern: str
    wrong: str
    right: str

    def breaks(self, text: str) -> bool:
        return re.search(self.pattern, text) is not None


MONTHS = "Ionawr|Chwefror|Mawrth|Ebrill|Mai|Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd|Rhagfyr"
PLURALS = "cleifion|apwyntiadau|munudau|wythnosau|negeseuon|diwrnodau|dyddiau|oriau|misoedd"
PLACES = "Bangor|Pwllheli|Porthmadog|Caernarfon|Conwy|Dolgellau|Tywyn"
FEMININE = "dolen|tudalen|dyfais|taflen|galwad|problem|canolfan|meddygfa|blwyddyn|gwybodaeth"
SOFTENED = "gamera|ficroffon|ddolen|ddyddiad|ddyfais|god|gyfrinair|feddyg|glinig|wybodaeth"

MUTATION = [
    Rule(
        "two forms with a slash",
        r"[a-zâêîôûŵŷ]/[a-zâêîôûŵŷ]",
        "Siaradwch â/ag %(name)s",
        "Clinigydd: %(name)s",
    ),
    Rule("two forms with a bracket", r"a\(c\)|y\(r\)|\bg\(w\)", "camera a(c) sain", "camera a sain"),
    Rule(
        "a plural after a figure",
        rf"(%\(\w+\)[sd]|[0-9]) ({PLURALS})\b",
        "%(n)s apwyntiadau",
        "%(n)s apwyntiad",
    ),
    Rule("no spirant mutation", r"\b(a|â|gyda|tua) (c|p|t)(?!h)[a-z]", "llun a camera", "llun a chamera"),
    Rule("gydag, ag or nac before a vowel", r"\b(gyda|â|na) [aeiouyâêîôûŷ]", "gyda apwyntiad", "gydag apwyntiad"),
    Rule(
        "cysylltu and ymuno take â",
        r"([Cc]ysylltwch|[Cc]ysylltu|[Yy]muno|[Yy]munwch) a\b",
        "Ymunwch a'r alwad",
        "Ymunwch â'r alwad",
    ),
    Rule(
        "no soft mutation after a preposition, neu or rhy",
        r"(?<!['’])\b(i|o|am|ar|at|dan|dros|drwy|heb|hyd|neu|rhy|wrth|tan) "
        r"(p(?!h)|t(?!h)|c(?!h)|m(?!ewn\b|or\b|i\b|ae)|ll|rh)[a-z]",
        "ffoniwch neu canslo i pobl",
        "newid neu ganslo i bobl",
    ),
    Rule("a feminine noun after the article", rf"(\by|['’]r) ({FEMININE})\b", "Agorwch y dolen", "Agorwch y ddolen"),
    Rule(
        "a noun softened after eich, ein or eu",
        rf"(\beich|\bein|\beu|['’]ch) ({SOFTENED})\b",
        "eich gamera",
        "eich camera",
    ),
    Rule("a place after yn", rf"\byn ({PLACES}|Dinbych|Gwynedd|Cymru)\b", "yn Bangor", "ym Mangor"),
    Rule("a place after i or o", rf"\b(i|o) ({PLACES}|Llandudno|Gwynedd)\b", "i Pwllheli", "i Bwllheli"),
    Rule("a day after a preposition", r"\b(ar|tan|i|o) [Dd]ydd \w|Dydd \w+,", "i dydd Iau", "i ddydd Iau"),
    Rule("a month after yn", rf"\byn ({MONTHS})\b", "yn Mai", "ym mis Mai"),
    Rule(
        "hwn after a feminine noun",
        r"(ddolen|dudalen|neges|alwad|sgrin|ddyfais|ystafell) hwn\b",
        "y sgrin hwn",
        "y sgrin hon",
    ),
    Rule(
        "hon after a masculine noun",
        r"(cod|porwr|apwyntiad|clinig|llythyr|ap|dyddiad) hon\b",
        "y cod hon",
        "y cod hwn",
    ),
    Rule(
        "the object of an imperative",
        r"(Rhowch|Dewiswch|Caewch|Gwiriwch|Nodwch|Teipiwch) (rhif|dyddiad|cod|pob|cyfrinair|testun|meddyg)\b",
        "Rhowch rhif",
        "Rhowch rif",
    ),
]

SPELLING = [
    Rule("pan and the present", r"\bpan (mae|yw|rydych)\b", "pan mae'n barod", "pan fydd yn barod"),
    Rule("wedi'i is one word", r"\bwedi ei\b", "wedi ei ganslo", "wedi'i ganslo"),
    Rule("an ampersand", r"&(?!\w+;)", "Bangor & Conwy", "Bangor a Chonwy"),
    Rule("etc", r"\bayyb\b", "camera, sain ayyb", "camera, sain etc"),
    Rule("posibl", r"\bposib\b", "os yw'n posib", "os yw'n bosibl"),
    Rule("cod", r"côd\b", "y côd", "y cod"),
    Rule("sgrin", r"sgrîn", "y sgrîn", "y sgrin"),
    Rule("microffon", r"meicroff", "meicroffon", "microffon"),
    Rule("wifi", r"[Ww]i-[Ff]i\b|\bWiFi\b", "eich Wi-Fi", "eich wifi"),
    Rule("e-bost", r"\b[Ee]bost", "ebost", "e-bost"),
    Rule("cliciwch yma", r"[Cc]liciwch yma", "Cliciwch yma", "Agorwch y ddolen"),
    Rule("siŵr", r"\bsiwr\b", "gwnewch yn siwr", "gwnewch yn siŵr"),
    Rule("a letter lost in an encoding", r"\w\?\w|Ã|Å", "si?r", "siŵr"),
    Rule("GIG", r"\bNHS\b(?! login\b)", "rhif NHS", "rhif GIG"),
    Rule("cyffredinol", r"Cyffredniol", "Cyffredniol", "Cyffredinol"),
    Rule("os gwelwch yn dda", r"\b[Oo]s gwelwch", "Arhoswch os gwelwch yn dda", "Arhoswch"),
    Rule(
        "an English word",
        r"(?i)\b(the|your|please|click|with|and)\b",
        "Pwyswch and arhoswch",
        "Pwyswch ac arhoswch",
    ),
]

# On patients' screens the clinic speaks as "we", never with a verb that has no person.
IMPERSONAL = Rule(
    "an impersonal verb",
    r"(?i)\b(?!(angh|[cg]|ch)ywir\b|\w+air\b|(rhyngr|ael|ann|breudd)wyd\b)\w{3,}(wyd|ir)\b",
    "Canslwyd eich apwyntiad",
    "Rydyn ni wedi canslo eich apwyntiad",
)

ENGLISH = [
    Rule("please", r"(?i)\bplease\b", "Please wait", "Wait"),
    Rule("an ampersand", r"&(?!\w+;)", "Date & time", "Date and time"),
    Rule(
        "a shortened not",
        r"(?i)\b(do|does|did|is|are|was|were|has|have|had|wo|would|should)n['’]t\b",
        "You don't need to",
        "You do not need to",
    ),
    Rule("a full stop in a time", r"\d\.\d\d ?[ap]m", "at 2.30pm", "at 2:30pm"),
    Rule("click", r"(?i)\bclick\b", "Click here", "Open the link"),
    Rule("a line break or double space", r"\n|  ", "Two  spaces", "One space"),
    Rule("a percent sign of its own", r"%(?!\(\w+\)s)", "50% of visits", "%(share)s of visits"),
]

# Welsh and English may be the same where nothing but these words remains.
ALIKE = {
    *("CARTREF", "Cartref", "Dr", "Mr", "Mrs", "Ms", "BSL", "SOS", "PIFU", "PDSA", "XmR", "RTT"),
    *("PDF", "CSV", "PIN", "QR", "SMS", "wifi", "URL", "Braille"),
    *("camera", "tab", "slot", "data", "carbon", "dementia", "diagnosis", "staff", "ward", "post", "problem", "signal"),
    *("beta", "Chrome", "Edge", "Firefox", "Safari", "Bangor", "Pwllheli", "Porthmadog", "Dolgellau", "Llandudno"),
    *("Cymraeg", "English", "Ysbyty", "Gwynedd", "Glan", "Clwyd", "Bryn", "Beryl", "Alltwen"),
}

# English words that must never survive into the Welsh, with what Welsh says.
NEVER_ALIKE = {
    "NHS": "GIG",
    "UK": "DU",
    "OK": "Iawn",
    "e-mail": "e-bost",
    "email": "e-bost",
    "Wrexham": "Wrecsam",
    "Holyhead": "Caergybi",
    "Mold": "yr Wyddgrug",
}

# (name of the rule, the Welsh) -> why it is right all the same.
EXCEPTIONS: dict[tuple[str, str], str] = {}
