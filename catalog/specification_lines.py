"""How the database takes specifications apart: SQL for `catalog.triggers`, so that reading a list parses nothing.

A value is a number where it begins with one and its unit: "12 kg", "1.200 W", "62 tot 127 cm", and "34 inch, 21:9" with
what else it says behind a comma, a semicolon or in brackets; "140 x 80 cm" is none. What is too long to choose by is no
line of its own.
"""

_DIGITS = r"(\d{1,3}(?:\.\d{3})+(?:,\d{1,4})?|\d{1,9}(?:[.,]\d{1,4})?)"
_UNIT = r"((?!x\s)[^\d\s.,:;()+×/-](?:[^\d,:;()]{0,13}[^\d\s,:;()])?)"
_NUMBER = rf"'^{_DIGITS}(?:\s*(?:-|–|tot|to)\s*{_DIGITS})?\s*{_UNIT}\s*(?:[,;(].*)?$'"
_ID = "('x' || left(md5(line::text), 16))::bit(64)::bigint"


def ids_of(specifications: str) -> str:
    """The ids of the lines in a column."""
    return f"ARRAY(SELECT DISTINCT {_ID} FROM jsonb_path_query({specifications}, '$[*]') AS line)"  # noqa: S608 - made of constants


def keep_lines(products: str) -> str:
    """The statement that keeps the lines of a query of `specifications`; in one order, so that two never wait in a
    circle."""
    return rf"""
INSERT INTO catalog_specificationline (id, key, name_nl, name_en, value_nl, value_en, low, high)
SELECT id, trim('-' FROM lower(regexp_replace(name_nl, '[^[:alnum:]]+', '-', 'g'))),
       name_nl, name_en, value_nl, value_en, {_as_number("nl[1]")}, {_as_number("coalesce(nl[2], nl[1])")}
  FROM (SELECT DISTINCT jsonb_path_query(specifications, '$[*]') FROM ({products}) AS products) AS said(line),
       LATERAL (SELECT {_ID}, {_either(0, 1)}, {_either(1, 0)}, {_either(2, 3)}, {_either(3, 2)}
         ) AS texts(id, label_nl, label_en, value_nl, value_en),
       LATERAL (SELECT regexp_match(value_nl, {_NUMBER}), regexp_match(value_en, {_NUMBER})) AS found(nl, en),
       LATERAL (SELECT concat(label_nl, ' (' || nl[3] || ')'),
                       concat(label_en, CASE WHEN nl IS NOT NULL THEN ' (' || coalesce(en[3], nl[3]) || ')' END)
         ) AS names(name_nl, name_en)
 WHERE label_nl ~ '[[:alnum:]]' AND value_nl <> '' AND greatest(length(label_nl), length(label_en)) <= 60
   AND greatest(length(value_nl), length(value_en)) <= 80
 ORDER BY id
    ON CONFLICT DO NOTHING;
"""  # noqa: S608 - made of constants


def _either(first: int, second: int) -> str:
    return f"coalesce(nullif(line->>{first}, ''), line->>{second})"


def _as_number(text: str) -> str:
    return rf"replace(regexp_replace({text}, '\.(?=\d{{3}})', '', 'g'), ',', '.')::numeric"
