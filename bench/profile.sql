WITH o AS MATERIALIZED (
  SELECT *, CAST(substr(time, 1, 10) AS DATE) AS day
  FROM ORDERS WHERE status IN ('paid', 'shipped', 'completed', 'refunded')
), days AS (
  SELECT customer_id, day, sum(paid) AS value FROM o GROUP BY customer_id, day
), gaps AS (
  SELECT customer_id, day, value,
    date_diff('day', lag(day) OVER w, day) AS gap,
    row_number() OVER w AS n
  FROM days WINDOW w AS (PARTITION BY customer_id ORDER BY day)
), btyd AS (
  SELECT customer_id, count(*) - 1 AS frequency,
    date_diff('day', min(day), max(day)) AS recency,
    date_diff('day', min(day), DATE '2026-11-21') AS T,
    avg(value) FILTER (n > 1) AS monetary_value,
    median(gap) AS median_days_between_orders
  FROM gaps GROUP BY customer_id
), p AS (
  SELECT customer_id, unnest(products) AS line FROM o
), lines AS (
  SELECT customer_id, line.brand AS brand, line.category AS category,
    line.price AS price, line.quantity AS quantity FROM p
), items AS (
  SELECT customer_id, sum(quantity) AS items, median(price) AS median_price
  FROM lines GROUP BY customer_id
), brands AS (
  SELECT customer_id, map(list(brand ORDER BY v DESC), list(v ORDER BY v DESC))
    AS share_by_brand
  FROM (SELECT customer_id, brand, sum(price * quantity) AS v FROM lines
    GROUP BY customer_id, brand) GROUP BY customer_id
), categories AS (
  SELECT customer_id, map(list(category ORDER BY v DESC),
    list(v ORDER BY v DESC)) AS share_by_category
  FROM (SELECT customer_id, category, sum(price * quantity) AS v FROM lines
    GROUP BY customer_id, category) GROUP BY customer_id
), base AS (
  SELECT customer_id, count(*) AS orders, sum(paid) AS revenue,
    sum(paid) / count(*) AS aov, min(time) AS first_order_at,
    max(time) AS last_order_at, list(DISTINCT channel) AS channels,
    mode(channel) AS top_channel, max(phone) AS phone, max(city) AS city
  FROM o GROUP BY customer_id
)
SELECT * FROM base LEFT JOIN btyd USING (customer_id)
  LEFT JOIN items USING (customer_id) LEFT JOIN brands USING (customer_id)
  LEFT JOIN categories USING (customer_id) ORDER BY customer_id
