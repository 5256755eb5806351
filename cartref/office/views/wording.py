"""The words of the service's notices: listed, changed, tried out in both languages, and given back to CARTREF's."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cartref.accounts.access import current_actor, requires
from cartref.accounts.permissions import Permission
from cartref.appointments.messages import KIND_WORDS, rewording, samples
from cartref.appointments.messages.words import needs, split
from cartref.db import db
from cartref.errors import StaleVersion
from cartref.i18n import other
from cartref.links.models import Holder
from cartref.notifications.text_messages import size
from cartref.notifications.wording import Wording
from cartref.office.clinic_book import Saved
from cartref.office.forms.changes import Difference, begun, merged
from cartref.office.forms.choices import version
from cartref.office.forms.wording import WordingForm
from cartref.office.labels import LANGUAGES
from cartref.office.queries import staff_names
from cartref.office.views.blueprint import blueprint
from cartref.office.views.noting import noting
from cartref.web.locale import gettext

Answer = str | Response | tuple[str, int]


@blueprint.get("/messages/wording")
@requires(Permission.TEMPLATES_WRITE)
def wordings() -> str:
    """List the notices, each with its languages."""
    found = rewording.overview(db.session(), current_actor())
    return render_template(
        "office/wordings.html", templates=[(name, title(name), languages) for name, languages in found],
        languages=LANGUAGES,
    )  # fmt: skip


@blueprint.route("/messages/wording/<template>/<language>", methods=["GET", "POST"])
@requires(Permission.TEMPLATES_WRITE)
def wording(template: str, language: str) -> Answer:
    """Change the words of one notice in one language; "preview" shows them and keeps nothing."""
    session, actor = db.session(), current_actor()
    now = rewording.current(session, actor, template, language)
    form = begun(WordingForm, now.wording, now.version, request.form)
    meanwhile: list[Difference] | None = None
    if form.validate_on_submit():
        form.refuse_all(rewording.unfit(template, language, form.wording()))
        if not form.refused and "preview" not in request.form:
            with form.attempt(), noting() as noted:
                rewording.change(session, actor, template, language, form.wording(), version=version(form.version.data))
            if not form.refused:
                flash(gettext("The words are saved. Every message from now on has them."), "success")
                return redirect(url_for("office.wordings"), 303)
            if any(isinstance(error, StaleVersion) for error in noted):
                now = rewording.current(session, actor, template, language)
                form, meanwhile = merged(WordingForm, form, now.wording, now.version, request.form)
    page = _page(form, now, meanwhile)
    return (page, 422) if form.refused else page


@blueprint.post("/messages/wording/<template>/<language>/reset")
@requires(Permission.TEMPLATES_WRITE)
def reset_wording(template: str, language: str) -> Response:
    """Let CARTREF's own words be used again."""
    rewording.reset(db.session(), current_actor(), template, language)
    flash(gettext("Cartref's own words are used again."), "success")
    return redirect(url_for("office.wording", template=template, language=language), 303)


def title(template: str) -> str:
    """Return what staff call a wording: "Reminder", "Reminder, to a carer"."""
    kind, reader = split(template)
    what = gettext(KIND_WORDS[kind])
    return what if reader is Holder.PATIENT else gettext("%(what)s, to a carer", what=what)


def _page(form: WordingForm, now: rewording.Current, meanwhile: list[Difference] | None) -> str:
    session, actor = db.session(), current_actor()
    second = other(now.language)
    names = staff_names(session, actor, [now.changed_by_id])
    return render_template(
        "office/wording.html",
        form=form,
        now=now,
        title=title(now.template),
        languages=LANGUAGES,
        changed_by=names.get(now.changed_by_id or ""),
        meanwhile=meanwhile,
        saved=_changed(now, names) if meanwhile else None,
        placeholders=sorted(samples.examples(now.template, now.language).items()),
        must_have=[sorted(group) for group in needs(now.template).body],
        previews=[
            _preview(now.template, now.language, form.wording()),
            _preview(now.template, second, rewording.current(session, actor, now.template, second).wording),
        ],
    )


def _changed(now: rewording.Current, names: Mapping[str, str]) -> Saved | None:
    return Saved(names.get(now.changed_by_id or "", ""), now.changed_at) if now.changed_at else None


def _preview(template: str, language: str, words: Wording) -> dict[str, object]:
    part, short = samples.preview(words, template, language)
    return {"language": language, "part": part, "short": short, "size": size(short)}
