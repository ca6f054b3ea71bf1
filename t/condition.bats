#!/usr/bin/env bats
# Laws of conditions, on the samples and through the tools. What each decision
# is stands in scrm-condition(5), whose examples run, and in t/unit/condition.c.
load helper

conditions=(
  "type = 'order'"
  "total >= 500 and total < 1300"
  "city in ('上海', 'Lyon') or email is not null"
  "not (city = '上海')"
  "city <> '上海' and city not in ('x', 'y')"
  "time between '2026-11-01' and '2026-11-12'"
  "time < today() - days(7) or created_at < '2026-01-01'"
  "products.sku is not null and any(products, quantity >= 1 and price > 20)"
  "none(products, price < 100) or count(products) = 0"
  "all(products, price > 1)"
  "email ~ '(?i)@example\\.(com|org)\$' or phone starts_with '+86'"
  "name like '%林%' or name ilike 'S%'"
  "coalesce(paid, total, 0) * 2 - 1 > 100 and not total is null"
  "length(name) > 3 and lower(name) contains 'e'"
  "extra is not null or \"no such field\" = 1"
  "month(time) = 11 and weekday(time) in (3, 4)"
)

@test "a condition and its opposite divide every input" {
  for c in "${conditions[@]}"; do
    for s in "$SRC"/samples/records.ndjson "$SRC"/samples/customers.ndjson; do
      scrm-pick -q "$c" "$s" > in 2> /dev/null
      scrm-pick -q -v "$c" "$s" > out 2> /dev/null
      scrm-pick -q "not ($c)" "$s" 2> /dev/null | cmp - out
      sort in out | cmp - <(sort "$s")
    done
  done
}

@test "some of the conditions above hold and some do not" {
  for c in "${conditions[@]}"; do
    scrm-pick -q "$c" "$SRC/samples/records.ndjson" 2> /dev/null | wc -l
  done | sort -u > counts
  [ "$(wc -l < counts)" -gt 5 ]
}

@test "the values of an explanation alone give the verdict again" {
  for c in "total >= 500 and total < 1300" "city in ('上海', 'Lyon') or source = 'till'" \
    "not (city = '上海')" "time between '2026-11-01' and '2026-11-12'" \
    "any(products, quantity >= 1 and price > 20)" \
    "coalesce(paid, total, 0) * 2 - 1 > 100 and not total is null"; do
    for v in '' -v; do
      # shellcheck disable=SC2086
      scrm-pick -q $v --explain "$c" "$SRC/samples/records.ndjson" 2> /dev/null |
        jq -c '.reasons[-1].values' > values
      # shellcheck disable=SC2086
      scrm-pick -q $v "$c" values 2> /dev/null | cmp - values
    done
  done
}

@test "the same in a rule, a segment and a pick" {
  printf 'tag,when,type\n' > tags.csv
  printf 'segment,when\n' > seg.csv
  for i in 0 1 2 3 5 8 9; do
    c=${conditions[i]//\"/\"\"}
    printf '%s,"%s",order\n' "t$i" "$c" >> tags.csv
    printf '%s,"%s"\n' "t$i" "$c" >> seg.csv
  done
  scrm-tag -f tags.csv "$SRC/samples/records.ndjson" > tagged 2> /dev/null
  scrm-segment -T order --all -f seg.csv "$SRC/samples/records.ndjson" \
    > parted 2> /dev/null
  for i in 0 1 2 3 5 8 9; do
    n=$(scrm-pick -q "type = 'order' and (${conditions[i]})" \
      "$SRC/samples/records.ndjson" 2> /dev/null | wc -l)
    is "$(scrm-pick -q "tags = 't$i'" tagged | wc -l)" "$n"
    is "$(scrm-pick -q "segments = 'seg:t$i'" parted | wc -l)" "$n"
  done
}

@test "days are those of --tz, else those written" {
  line='{"time":"2026-10-31T16:30:00Z"}'
  is "$(scrm-pick "time = '2026-10-31'" <<< "$line")" "$line"
  is "$(scrm-pick --tz Asia/Shanghai "time = '2026-11-01'" <<< "$line")" "$line"
  is "$(scrm-set 'd = date(time)' --tz +08:00 <<< "$line")" \
    '{"time":"2026-10-31T16:30:00Z","d":"2026-11-01"}'
}

@test "today is the day of --as-of, in the zone" {
  is "$(scrm-set 'd = today()' --as-of 2026-03-01 <<< '{}')" \
    '{"d":"2026-03-01"}'
  is "$(scrm-set 'd = today()' --as-of 2026-02-28T20:00:00Z \
    --tz Asia/Shanghai <<< '{}')" '{"d":"2026-03-01"}'
  is "$(scrm-set 'd = today() - months(1)' --as-of 2026-03-31 <<< '{}')" \
    '{"d":"2026-02-28"}'
}

@test "every number, time and text of scrm-record(5) is read as such" {
  is "$(scrm-pick 'total = 5 and paid = 5 and tax = 5' \
    <<< '{"total":"5.00","paid":5,"tax":"5"}' | wc -l)" 1
  is "$(scrm-pick "time > '2026-01-01' and order_id = '7' and city = '7'" \
    <<< '{"time":"2026-01-02","order_id":7,"city":7}' | wc -l)" 1
}

@test "a long list and a long condition are no trouble" {
  seq 1 5000 | sed "s/.*/'&'/" | paste -sd, > list
  printf "code in (%s) or (%s)" "$(cat list)" \
    "$(seq 1 2000 | sed 's/^/n = /' | paste -sd, | sed 's/,/ or /g')" > cond
  printf '%s\n' '{"code":"4999"}' '{"n":2000}' '{"n":2001,"code":"5001"}' > in
  is "$(scrm-pick -f cond in)" "$(head -2 in)"
}
