"""Forms of signing in and of one's own account."""

from wtforms import EmailField, HiddenField, PasswordField, StringField

from cartref.accounts.passwords import MAXIMUM_LENGTH
from cartref.i18n import N_
from cartref.web.forms import AtMost, Form, Required

PRESENT = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}
CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "width": 10}


class SignInForm(Form):
    """E-mail address and password; `next` is the page to go on to."""

    next = HiddenField()
    email = EmailField(
        N_("E-mail address"),
        [Required(N_("Enter your e-mail address")), AtMost(254)],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        N_("Password"), [Required(N_("Enter your password")), AtMost(MAXIMUM_LENGTH)], render_kw=PRESENT
    )


class CodeForm(Form):
    """The six figures of the authenticator app."""

    next = HiddenField()
    code = StringField(N_("Security code"), [Required(N_("Enter the code")), AtMost(16)], render_kw=CODE)


class UnlockForm(Form):
    """The password of whoever locked the screen."""

    next = HiddenField()
    password = PasswordField(
        N_("Password"), [Required(N_("Enter your password")), AtMost(MAXIMUM_LENGTH)], render_kw=PRESENT
    )


class PasswordForm(Form):
    """The present password and the one that takes its place."""

    present = PasswordField(
        N_("Your password now"), [Required(N_("Enter your password")), AtMost(MAXIMUM_LENGTH)], render_kw=PRESENT
    )
    password = PasswordField(
        N_("New password"),
        [Required(N_("Enter a new password"))],
        description=N_("Three or four words that nobody would guess make a good password."),
        render_kw=NEW,
    )


class EnrolForm(Form):
    """The secret that the page showed, the first code made with it, and the password."""

    secret = HiddenField()
    code = StringField(N_("Security code"), [Required(N_("Enter the code")), AtMost(16)], render_kw=CODE)
    present = PasswordField(
        N_("Your password"), [Required(N_("Enter your password")), AtMost(MAXIMUM_LENGTH)], render_kw=PRESENT
    )


class RemoveFactorForm(Form):
    """The password, asked before codes are no longer asked."""

    present = PasswordField(
        N_("Your password"), [Required(N_("Enter your password")), AtMost(MAXIMUM_LENGTH)], render_kw=PRESENT
    )
