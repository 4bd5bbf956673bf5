"""How forms look: one field template for all of them."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Renders `{{ form.email.as_field_group }}` through `components/field.html`."""

    field_template_name = "components/field.html"
