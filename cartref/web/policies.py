"""The pages behind the footer of every page."""

from flask import Blueprint, render_template

from cartref.web.access import public

blueprint = Blueprint("policies", __name__)


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """Say how far everyone can use these pages, and what to do when one can't."""
    return render_template("policies/accessibility.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """Say what is kept about a person and who sees it."""
    return render_template("policies/privacy.html")


@blueprint.get("/cookies")
@public
def cookies() -> str:
    """Name every cookie and what it is for."""
    return render_template("policies/cookies.html")


@blueprint.get("/contact")
@public
def contact() -> str:
    """Say how to reach the clinic."""
    return render_template("policies/contact.html")
