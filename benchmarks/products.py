"""The products of the benchmarks, the same for everybody, in an order that is nobody's."""

COLUMNS = ("sku", "name", "category", "department", "brand", "package_size", "price")
PART = "CATEGORY 1"  # a tenth of them

# A name in a hundred begins like a formula.
PRODUCTS = """
SELECT 'SKU-' || lpad(i::text, 8, '0') AS sku,
    repeat('-', (mod(i, 100) = 0)::int) || 'Product ' || i || ' of the house' AS name,
    'CATEGORY ' || mod(i, 10) AS category, 'DEPARTMENT ' || mod(i, 25) AS department,
    CASE mod(i, 3) WHEN 0 THEN 'National' ELSE 'Private' END AS brand,
    mod(i, 50) || ' OZ' AS package_size, round(mod(i, 1000) + mod(i, 100) / 100.0, 2) AS price
FROM generate_series(1, %(rows)s) AS i ORDER BY md5(i::text)
"""

EMPTY = "TRUNCATE jobs_product RESTART IDENTITY"
ALL = f"INSERT INTO jobs_product ({', '.join(COLUMNS)}) SELECT * FROM ({PRODUCTS}) AS product"
HALF = f"""
INSERT INTO jobs_product ({", ".join(COLUMNS)})
SELECT sku, name, 'OLD', department, brand, package_size, 1 FROM ({PRODUCTS}) AS product
WHERE mod(right(sku, 8)::int, 2) = 0
"""
