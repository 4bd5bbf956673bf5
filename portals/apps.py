from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalsConfig(AppConfig):
    name = "portals"
    label = "portals"
    verbose_name = _("portals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portals import checks  # noqa: F401
