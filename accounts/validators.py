"""Django's password validators where its words do not fit: not translated, or too formal for this shop."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _


class LengthValidator(password_validation.MinimumLengthValidator):
    """Long enough."""

    def get_error_message(self) -> str:
        return _("Choose a password of at least %(count)d characters.") % {"count": self.min_length}


class SimilarityValidator(password_validation.UserAttributeSimilarityValidator):
    """Not nearly the name or the e-mail of the person. Django fills in which of the two."""

    def get_error_message(self) -> str:
        return _("This looks too much like your %(verbose_name)s.")
