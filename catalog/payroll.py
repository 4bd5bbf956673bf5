"""Which payroll class a product has in a portal: that of its category, or of the nearest one above with a class."""

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Subquery

from catalog.assortment import allowed_categories
from catalog.models import Category, PayrollRule, Product
from portals.models import Portal


def rule_value(field: str, *, portal: str, path: str) -> Subquery:
    """`field` of the rule that holds, for an annotation; `portal` and `path` (of the category) name outer columns."""
    rules = _rules_above(path).filter(portal=OuterRef(portal))
    # Of paths that begin alike the longest comes last: the nearest category.
    return Subquery(rules.order_by("-category__path").values(field)[:1])


def unclassified(portal: Portal) -> QuerySet[Category]:
    """Categories with products for sale that credit pays for in `portal`, and that have no class."""
    for_sale = Product.objects.filter(category=OuterRef("pk"), is_active=True)
    rules = _rules_above("path").filter(portal=portal)
    return allowed_categories(portal).filter(Exists(for_sale), ~Exists(rules))


def _rules_above(path: str) -> QuerySet[PayrollRule]:
    wanted = ExpressionWrapper(OuterRef(path), CharField())
    return PayrollRule.objects.alias(wanted=wanted).filter(wanted__startswith=F("category__path"))
