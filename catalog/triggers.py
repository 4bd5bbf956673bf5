"""What the database itself keeps right, so that bulk statements and raw SQL do too.

`Product.search` and `specification_ids` follow the texts that they are made of; with `search` set to null they are made
anew. `Portal.revision`, which is part of every cache key, grows when anything changes that pages keep: the tree, the
assortment, which products there are and what they are found by. Prices and stock are read fresh, so an order makes no
page stale.
"""

from pgtrigger import After, Before, Condition, Delete, Insert, Referencing, Row, Statement, Trigger, Update

from catalog.specification_lines import ids_of, keep_lines

# Names weigh most (A), then brand and numbers (B), category and specifications (C), and the text (D). Two things that
# the Dutch stemmer leaves are made up for: compounds are one word, so every ending of a stem in the name and category
# counts as well ("stoel" finds "bureaustoel"), and so do its twins ("bureaus" finds "bureau", "muizen" finds "muis").
_MAKE_SEARCH = f"""
SELECT name_nl, name_en INTO shelf FROM catalog_category WHERE id = NEW.category_id;
dutch := to_tsvector('dutch', NEW.name_nl);
SELECT array_agg(DISTINCT twin) INTO endings
  FROM unnest(tsvector_to_array(dutch || to_tsvector('dutch', shelf.name_nl))) AS stem,
       generate_series(3, length(stem)) AS size,
       LATERAL (SELECT right(stem, size)) AS part(ending),
       LATERAL (VALUES (ending), (CASE
         WHEN ending ~ '[aeou]$' THEN ending || 's'
         WHEN ending ~ '[aeou]s$' THEN left(ending, -1)
         WHEN ending ~ '[szfv]$' THEN left(ending, -1) || translate(right(ending, 1), 'szfv', 'zsvf')
       END)) AS twins(twin)
 WHERE twin IS NOT NULL;
NEW.search := setweight(dutch || to_tsvector('english', NEW.name_en), 'A')
  || setweight(to_tsvector('simple', concat_ws(' ', NEW.brand, NEW.sku, NEW.ean)), 'B')
  || setweight(to_tsvector('dutch', shelf.name_nl), 'C')
  || setweight(to_tsvector('english', shelf.name_en), 'C')
  || setweight(jsonb_to_tsvector('dutch', jsonb_path_query_array(NEW.specifications, '$[*][0, 2]'), '"string"'), 'C')
  || setweight(jsonb_to_tsvector('english', jsonb_path_query_array(NEW.specifications, '$[*][1, 3]'), '"string"'), 'C')
  || to_tsvector('dutch', NEW.text_nl) || to_tsvector('english', NEW.text_en)
  || array_to_tsvector(coalesce(endings, '{{}}'));
NEW.specification_ids := {ids_of("NEW.specifications")};
RETURN NEW;
"""  # noqa: S608 - made of constants
_DECLARE = [("shelf", "record"), ("dutch", "tsvector"), ("endings", "text[]")]
_SEARCHED = ("sku", "ean", "category_id", "brand", "name_nl", "name_en", "text_nl", "text_en", "specifications")
_IS_STALE = " OR ".join(
    ["NEW.search IS NULL", *(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _SEARCHED)]
)

# The words of names and brands, for `catalog.vocabulary`; in one order, so that two imports never wait in a circle.
_COLLECT = """
INSERT INTO catalog_word (text, language)
SELECT DISTINCT word, language
  FROM ({names}) AS named(nl, en, brand),
       LATERAL (VALUES (nl, 'nl'), (en, 'en'), (brand, '')) AS written(names, language),
       unnest(tsvector_to_array(to_tsvector('simple', names))) AS word
 WHERE word ~ '^[[:alpha:]]{{3,80}}$'
 ORDER BY word, language
    ON CONFLICT DO NOTHING;
"""
_OF_PRODUCTS = "SELECT after.name_nl, after.name_en, after.brand FROM after"
_OF_RENAMED = f"""{_OF_PRODUCTS} JOIN before USING (id)
 WHERE (after.name_nl, after.name_en, after.brand) IS DISTINCT FROM (before.name_nl, before.name_en, before.brand)"""
_OF_CATEGORY = "SELECT NEW.name_nl, NEW.name_en, ''"

_GROW = "UPDATE portals_portal SET revision = revision + 1;"
_EVERY_PORTAL = f"{_GROW} RETURN NULL;"
_IS_MOVED = """EXISTS (
  SELECT FROM before JOIN after USING (id)
   WHERE (before.is_active, before.category_id, before.picture, before.search, before.specification_ids)
     IS DISTINCT FROM (after.is_active, after.category_id, after.picture, after.search, after.specification_ids)
)"""
_KEEP_NEW = keep_lines("SELECT specifications FROM after")
_COLLECT_RENAMED = _COLLECT.format(names=_OF_RENAMED)
_KEEP_CHANGED = keep_lines(
    """SELECT after.specifications FROM after JOIN before USING (id)
 WHERE after.specification_ids IS DISTINCT FROM before.specification_ids"""
)
_IF_MOVED = f"IF {_IS_MOVED} THEN {_GROW} {_COLLECT_RENAMED} {_KEEP_CHANGED} END IF; RETURN NULL;"
_OWN_PORTAL = """
UPDATE portals_portal SET revision = revision + 1 WHERE id IN (OLD.portal_id, NEW.portal_id);
RETURN NULL;
"""
_SEARCH_OF_PRODUCTS = "UPDATE catalog_product SET search = NULL WHERE category_id = NEW.id; RETURN NULL;"

OF_PRODUCT = (
    Trigger(name="product_search_made", when=Before, operation=Insert, declare=_DECLARE, func=_MAKE_SEARCH),
    Trigger(
        name="product_search_kept",
        when=Before,
        operation=Update,
        condition=Condition(f"({_IS_STALE})"),
        declare=_DECLARE,
        func=_MAKE_SEARCH,
    ),
    Trigger(name="product_comes_or_goes", level=Statement, when=After, operation=Insert | Delete, func=_EVERY_PORTAL),
    Trigger(
        name="product_words",
        level=Statement,
        when=After,
        operation=Insert,
        referencing=Referencing(new="after"),  # type: ignore[no-untyped-call]
        func=_COLLECT.format(names=_OF_PRODUCTS) + _KEEP_NEW + "RETURN NULL;",
    ),
    Trigger(
        name="product_moves",
        level=Statement,
        when=After,
        operation=Update,
        referencing=Referencing(old="before", new="after"),  # type: ignore[no-untyped-call]
        func=_IF_MOVED,
    ),
)
OF_CATEGORY = (
    Trigger(
        name="category_changes", level=Statement, when=After, operation=Insert | Update | Delete, func=_EVERY_PORTAL
    ),
    Trigger(
        name="category_is_renamed",
        level=Row,
        when=After,
        operation=Update,
        condition=Condition("((OLD.name_nl, OLD.name_en) IS DISTINCT FROM (NEW.name_nl, NEW.name_en))"),
        func=_SEARCH_OF_PRODUCTS,
    ),
    Trigger(
        name="category_words",
        level=Row,
        when=After,
        operation=Insert | Update,
        func=_COLLECT.format(names=_OF_CATEGORY) + "RETURN NULL;",
    ),
)
OF_ASSORTMENT = (Trigger(name="assortment_changes", when=After, operation=Insert | Update | Delete, func=_OWN_PORTAL),)
OF_SYNONYMS = (
    Trigger(
        name="synonyms_change", level=Statement, when=After, operation=Insert | Update | Delete, func=_EVERY_PORTAL
    ),
)
