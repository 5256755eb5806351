"""The sheet of paper that tells somebody of an appointment: in her language, large, with a QR code. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

import segno
from markupsafe import Markup

from cartref.appointments.messages.values import ARRANGED
from cartref.appointments.models import Appointment, Mode
from cartref.formatting import local, on_day_at_time, telephone
from cartref.i18n import N_, Words, words
from cartref.office.holders import Holder
from cartref.office.speech import ZONE

MODULE = 6  # how many units of the drawing a square of the code measures


@dataclass(frozen=True)
class LinkSheet:
    """One sheet, whole in `language`: the appointment, and how to follow `url` (None: there is nothing to follow)."""

    language: str
    sender: tuple[str, ...]
    greeting: str
    told: tuple[str, ...]
    how: tuple[str, ...]
    url: str | None
    qr: Markup | None
    after: tuple[str, ...]
    ending: str


def link_sheet(appointment: Appointment, holder: Holder, url: str | None) -> LinkSheet:
    """Return the sheet for the patient or one of her carers; a visit at a site needs no link, for it starts there."""
    said = words(holder.language)
    if appointment.mode is not Mode.VIDEO_HOME and not holder.is_carer:
        url = None
    phone = telephone(appointment.session.clinic.contact_phone)
    return LinkSheet(
        language=holder.language,
        sender=tuple(_sender(appointment, holder.language)),
        greeting=said.gettext("Dear %(name)s", name=holder.name),
        told=(*_told(appointment, holder, said), *_place(appointment, said)),
        how=tuple(_how(holder, said)) if url else (),
        url=url,
        qr=qr_code(url) if url else None,
        after=(
            said.gettext("You are welcome to have someone with you."),
            said.gettext("To change or cancel, ring us on %(phone)s.", phone=phone),
        ),
        ending=said.gettext("Yours sincerely"),
    )


def _sender(appointment: Appointment, language: str) -> Iterator[str]:
    clinic = appointment.session.clinic
    board = clinic.service.health_board
    yield clinic.public_name(language)
    yield board.name_cy if language == "cy" else board.name_en


def _told(appointment: Appointment, holder: Holder, said: Words) -> Iterator[str]:
    by_telephone = appointment.mode is Mode.TELEPHONE
    facts = {
        "clinician": appointment.clinician.display_name,
        "when": on_day_at_time(local(appointment.starts_at, ZONE), holder.language, year=True),
    }
    if holder.is_carer:
        sentence = (
            N_("%(clinician)s will ring %(patient)s %(when)s.")
            if by_telephone
            else N_("%(patient)s is seeing %(clinician)s %(when)s.")
        )
        yield said.gettext(sentence, patient=appointment.patient.spoken_name, **facts)
        return
    yield said.gettext(ARRANGED[appointment.mode])
    sentence = (
        N_("%(clinician)s will ring you %(when)s.") if by_telephone else N_("You are seeing %(clinician)s %(when)s.")
    )
    yield said.gettext(sentence, **facts)


def _place(appointment: Appointment, said: Words) -> Iterator[str]:
    if appointment.site is not None:
        place = ", ".join(filter(None, (appointment.site.name, appointment.site.address, appointment.site.postcode)))
        yield said.gettext("Place: %(place)s", place=place)


def _how(holder: Holder, said: Words) -> Iterator[str]:
    yield said.gettext("Point the camera of your phone or tablet at this square. Tap the address that appears.")
    yield said.gettext("Or type this address:")
    if not holder.is_carer:
        yield said.gettext("You do not need an account or an app.")
        yield said.gettext("We will ask for your date of birth.")
    yield said.gettext("Keep this link private. Do not share it.")


def qr_code(url: str) -> Markup:
    """Return the address as a QR code (ISO/IEC 18004, level M): an inline SVG without style, as large as its box."""
    drawing = segno.make(url, error="m", micro=False).svg_inline(
        scale=MODULE, border=4, omitsize=True, light="#fff", svgclass=None, lineclass=None
    )
    return Markup(drawing.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 # segno draws it
