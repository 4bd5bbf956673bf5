"""The roles of the operator's staff: what each may see and do in the back office.

Django makes the rows of permissions after all migrations; the ones named here are made now, and found again then.
"""

from django.db import migrations

VIEW = ("view",)
KEEP = ("view", "add", "change")
ALL = ("view", "add", "change", "delete")

ROLES = {
    # Leads the request to a live portal: companies, portals, people, assortments, credit.
    "coordinator": {
        "portals.company": KEEP,
        "portals.portal": KEEP,
        "portals.membership": KEEP,
        "onboarding.rosterimport": ALL,
        "catalog.assortmentcategory": ALL,
        "catalog.assortmentexception": ALL,
        "catalog.category": VIEW,
        "catalog.product": VIEW,
        "billing.grant": ("view", "add"),
        "billing.entry": VIEW,
        "billing.invoice": VIEW,
        "orders.order": VIEW,
        "orders.orderline": VIEW,
        "accounts.user": ("view", "change"),
        "accounts.mail": ("view", "change"),
    },
    # Downloads and reconciles the invoices; "change" of an invoice is to send it again, for it never changes itself.
    "finance": {
        "billing.invoice": ("view", "change"),
        "billing.invoiceline": VIEW,
        "billing.invoicedocument": VIEW,
        "billing.invoicedelivery": VIEW,
        "billing.billedentry": VIEW,
        "billing.grant": VIEW,
        "billing.entry": VIEW,
        "portals.company": ("view", "change"),
        "portals.portal": VIEW,
        "orders.order": VIEW,
        "orders.orderline": VIEW,
        "orders.payment": VIEW,
        "accounts.mail": VIEW,
    },
    # Finds orders, cancels, refunds.
    "customer_service": {
        "orders.order": ("view", "change"),
        "orders.orderline": VIEW,
        "orders.payment": VIEW,
        "portals.company": VIEW,
        "portals.portal": VIEW,
        "portals.membership": VIEW,
        "catalog.category": VIEW,
        "catalog.product": VIEW,
        "billing.grant": VIEW,
        "billing.entry": VIEW,
        "accounts.user": VIEW,
        "accounts.mail": ("view", "change"),
    },
    # Keeps the installation: everything above, the catalogue, and who works here.
    "administrator": {
        "accounts.user": KEEP,
        "accounts.mail": ("view", "change"),
        "auth.group": VIEW,
        "portals.company": KEEP,
        "portals.portal": KEEP,
        "portals.membership": KEEP,
        "onboarding.rosterimport": ALL,
        "catalog.category": ALL,
        "catalog.product": ALL,
        "catalog.productpicture": ALL,
        "catalog.assortmentcategory": ALL,
        "catalog.assortmentexception": ALL,
        "billing.grant": ("view", "add"),
        "billing.entry": VIEW,
        "billing.invoice": ("view", "change"),
        "billing.invoiceline": VIEW,
        "billing.invoicedocument": VIEW,
        "billing.invoicedelivery": VIEW,
        "billing.billedentry": VIEW,
        "orders.order": ("view", "change"),
        "orders.orderline": VIEW,
        "orders.payment": VIEW,
    },
}


def make_roles(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    for role, rights in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set(
            permission(apps, label, action) for label, actions in rights.items() for action in actions
        )


def permission(apps, label, action):
    app_label, model = label.split(".")
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    row, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=f"{action}_{model}", defaults={"name": f"Can {action} {model}"}
    )
    return row


def remove_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("onboarding", "0001_initial"),
        ("accounts", "0001_initial"),
        ("portals", "0001_initial"),
        ("catalog", "0001_initial"),
        ("billing", "0001_initial"),
        ("orders", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]
