"""Pages of signing in, of the locked screen, and of one's own account."""

import segno
from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from cartref.accounts import access, passwords, service, totp
from cartref.accounts.forms import CodeForm, EnrolForm, PasswordForm, RemoveFactorForm, SignInForm, UnlockForm
from cartref.accounts.service import Refusal, SignedInResult
from cartref.db import db
from cartref.i18n import N_
from cartref.web.access import public
from cartref.web.errors import sentence
from cartref.web.forms import Form
from cartref.web.locale import gettext

blueprint = Blueprint("accounts", __name__)
install = access.install
HOME = "/"

ERROR_WORDS = {
    "forbidden.locked": N_("Your screen is locked. Enter your password to go on."),
    "forbidden.not-signed-in": N_("You are not signed in. Sign in to go on."),
    "sign-in.wrong": N_("The e-mail address or the password is not right."),
    "sign-in.throttled": N_("You have tried too many times. Wait 15 minutes, then try again."),
    "sign-in.code-wrong": N_("That code is not right. Wait for the next code, then enter it."),
    "sign-in.code-throttled": N_("You have entered too many wrong codes. Wait an hour, then try again."),
    "sign-in.password-expired": N_("Your first password was not used in time. Ask your manager for a new one."),
    "sign-in.no-service": N_("You do not work in any service at the moment. Ask your manager."),
    "credentials.password-wrong": N_("That password is not right."),
    "credentials.code-wrong": N_("That code is not right. Check the clock of your phone, then enter the next code."),
    "credentials.password-unchanged": N_("Choose a password that is not the same as now."),
    passwords.PasswordTooShort.code: N_("Use at least 12 letters."),
    passwords.PasswordTooLong.code: N_("Use at most 128 letters."),
    passwords.PasswordTooEasy.code: N_("Choose a password that is harder to guess. Leave out your own name."),
}


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> AnyResponse:
    """Ask for e-mail address and password."""
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        answer = service.sign_in(
            db.session(), email=form.email.data, password=form.password.data, address=request.remote_addr or ""
        )
        if isinstance(answer, SignedInResult):
            _end_earlier()
            return _go_on(answer, form)
        return _refused(form, answer, "accounts/sign_in.html")
    return _page("accounts/sign_in.html", form)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
def second_factor() -> AnyResponse:
    """Ask for the code of the second factor, once the password was right."""
    begun = service.find_unfinished(db.session(), access.cookie())
    form = CodeForm(next=request.args.get("next", ""))
    if begun is None:
        return redirect(url_for("accounts.sign_in", next=_local(form.next.data)), 303)
    if form.validate_on_submit():
        answer = service.finish(db.session(), begun, form.code.data)
        if isinstance(answer, SignedInResult):
            return _go_on(answer, form)
        return _refused(form, answer, "accounts/second_factor.html", "code")
    return _page("accounts/second_factor.html", form)


@blueprint.post("/sign-out")
@public
def sign_out() -> AnyResponse:
    """End this browser's sign-in."""
    _end_earlier()
    answer = redirect(url_for("accounts.sign_in"), 303)
    access.clear_cookie(answer)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.post("/lock")
@access.signed_in_only
def lock() -> AnyResponse:
    """Lock the screen until the password is given again."""
    service.lock(db.session(), access.current().sign_in)
    return redirect(url_for("accounts.unlock", next=_local(request.form.get("next", ""))), 303)


@blueprint.route("/unlock", methods=["GET", "POST"])
@public
def unlock() -> AnyResponse:
    """Ask for the password again; the page names nobody."""
    found = access.signed_in()
    form = UnlockForm(next=request.args.get("next", ""))
    if found is None:
        return redirect(url_for("accounts.sign_in", next=_local(form.next.data)), 303)
    if not found.locked:
        return redirect(_local(form.next.data), 303)
    if form.validate_on_submit():
        answer = service.unlock(db.session(), found.sign_in, form.password.data, request.remote_addr or "")
        if isinstance(answer, SignedInResult):
            return _go_on(answer, form, new=False)
        code = "credentials.password-wrong" if answer.retry_after is None else answer.code
        return _refused(form, Refusal(code, answer.retry_after), "accounts/unlock.html", "password")
    return _page("accounts/unlock.html", form)


@blueprint.post("/service")
@access.signed_in_only
def choose_service() -> AnyResponse:
    """Go on for another service where this member of staff works."""
    service.choose_service(db.session(), access.current().sign_in, request.form.get("service_id", ""))
    return redirect(HOME, 303)


@blueprint.get("/account")
@access.signed_in_only
def account() -> AnyResponse:
    """Show one's own name, services, password and second factor."""
    return _account_page("accounts/account.html")


@blueprint.route("/account/password", methods=["GET", "POST"])
@access.signed_in_only
@access.with_first_password
def password() -> AnyResponse:
    """Change one's own password."""
    form, found = PasswordForm(), access.current()
    if form.validate_on_submit():
        refusal = None
        with form.attempt():
            refusal = service.change_password(
                db.session(), found.sign_in, present=form.present.data, password=form.password.data
            )
        if refusal:
            return _refused(form, refusal, "accounts/password.html", "present")
        if not form.refused:
            return _back_to_account(gettext("Your password is changed."))
    return _account_page("accounts/password.html", form)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@access.signed_in_only
def enrol() -> AnyResponse:
    """Set up the authenticator app that makes the codes of the second factor."""
    form, found = EnrolForm(), access.current()
    secret = form.secret.data or totp.new_secret()
    form.secret.data = secret
    shown = {"secret": secret, "picture": _qr_code(totp.provisioning_uri(secret, found.sign_in.staff.email))}
    if form.validate_on_submit():
        refusal = service.enrol_second_factor(
            db.session(), found.sign_in, present=form.present.data, secret=secret, code=form.code.data
        )
        if refusal is None:
            return _back_to_account(gettext("You sign in with a code from now on."))
        field = "code" if refusal.code == "credentials.code-wrong" else "present"
        return _refused(form, refusal, "accounts/enrol.html", field, **shown)
    return _account_page("accounts/enrol.html", form, **shown)


@blueprint.route("/account/second-factor/remove", methods=["GET", "POST"])
@access.signed_in_only
def remove_factor() -> AnyResponse:
    """Sign in without a code again."""
    form, found = RemoveFactorForm(), access.current()
    if form.validate_on_submit():
        refusal = service.remove_second_factor(db.session(), found.sign_in, present=form.present.data)
        if refusal is None:
            return _back_to_account(gettext("You sign in without a code from now on."))
        return _refused(form, refusal, "accounts/remove_factor.html", "present")
    return _account_page("accounts/remove_factor.html", form)


def _page(template: str, form: Form, status: int | None = None, **shown: object) -> Response:
    answer = make_response(render_template(template, form=form, **shown))
    answer.status_code = status or (422 if form.refused else 200)
    return answer


def _account_page(template: str, form: Form | None = None, **shown: object) -> Response:
    answer = make_response(render_template(template, form=form, found=access.current(), **shown))
    answer.status_code = 422 if form is not None and form.refused else 200
    return answer


def _refused(form: Form, refusal: Refusal, template: str, field: str | None = None, **shown: object) -> Response:
    form.refuse(sentence(refusal.code), field)
    answer = _page(template, form, 422, found=access.signed_in(), **shown)
    if refusal.retry_after:
        answer.status_code = 429
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _go_on(answer: SignedInResult, form: Form, *, new: bool = True) -> AnyResponse:
    onward = _local(form.next.data)
    place = url_for("accounts.second_factor", next=onward) if answer.code_due else onward
    response = redirect(place, 303)
    access.set_cookie(response, answer.token, new=new)
    return response


def _end_earlier() -> None:
    """End the sign-in that this browser brought along, finished or not."""
    token = access.cookie()
    if earlier := service.find_sign_in(db.session(), token) or service.find_unfinished(db.session(), token):
        service.sign_out(db.session(), earlier)


def _back_to_account(said: str) -> AnyResponse:
    flash(said, "success")
    return redirect(url_for("accounts.account"), 303)


def _local(address: str | None) -> str:
    """Return `address` when it is a path of this site, else the first page."""
    address = address or ""
    foreign = not address.startswith("/") or address.startswith("//") or "\\" in address
    return HOME if foreign or any(ord(letter) < 33 for letter in address) else address  # browsers drop a tab in "/\t/"


def _qr_code(text: str) -> str:
    return str(segno.make(text, error="m").svg_data_uri(scale=5, border=2, dark="#212b32"))
