"""What a service says of itself."""

from sqlalchemy.orm import Session

from cartref.accounts.actor import Actor
from cartref.accounts.models import Service
from cartref.accounts.permissions import Permission
from cartref.audit.service import record


def change_service(
    session: Session, actor: Actor, *, name_en: str, name_cy: str, contact_phone: str, contact_email: str
) -> Service:
    """Return the actor's service with its names for staff, and where help is asked: telephone and email."""
    actor.require(Permission.PEOPLE_WRITE)
    service = session.get_one(Service, actor.service)
    service.name_en, service.name_cy = name_en, name_cy
    service.contact_phone, service.contact_email = contact_phone, contact_email
    record(session, actor, "service.changed", "service", service.id)
    session.flush()
    return service
