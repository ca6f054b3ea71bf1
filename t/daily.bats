#!/usr/bin/env bats
# The folder of samples/ and its morning run: the main job.
load helper

setup() {
  cp -R "$SRC/samples" "$BATS_TEST_TMPDIR/folder"
  cd "$BATS_TEST_TMPDIR/folder" || return
}

# daily: the morning run, whose status is 1: three rows are bad on purpose.
daily() {
  run --separate-stderr ./daily 2026-11-20
  [ "$status" -eq 1 ] || { echo "status $status: $stderr"; return 1; }
}

# cents FILE: the sum of a column of amounts, exact.
cents() {
  awk '{ n = split($1, d, "."); f = substr((n > 1 ? d[2] : "") "00", 1, 2)
    sign = $1 ~ /^-/ ? -1 : 1; sub(/^-/, "", d[1])
    s += sign * (d[1] * 100 + f) } END { printf "%d", s }' "$@"
}

@test "three bad rows are named and kept, everything else goes through" {
  daily
  is "$(sed 's/: .*//' <<< "$stderr" | sort | uniq -c | tr -s ' ')" \
    " 3 scrm-ingest
 1 scrm-rfm"
  is "$(cat base/*/*.rejects | jq -r .reason | wc -l)" 3
  [ -s now/customers.ndjson ] && [ -s out/2026-11-20/vip.csv ]
}

@test "twice changes nothing, and base, now and out can be removed" {
  daily
  mkdir ../first
  cp -R base now out state ../first
  daily
  for d in base now out state; do diff -r "$d" "../first/$d"; done
  rm -r base now out
  daily
  for d in base now out state; do diff -r "$d" "../first/$d"; done
}

@test "what one stage wrote the next one read, and each adds up" {
  export SCRM_LOG=$PWD/log
  daily
  scrm log "$SCRM_LOG" > told || [ $? -eq 1 ]
  ! grep -i 'not agree\|add up' told
  jq -es 'all(.read == .written + .withheld + .folded + .superseded + .refused)
    ' log
}

@test "the sales are those of the records, to the cent" {
  daily
  counts='select(.type == "order" and .currency == "CNY" and (.status |
    IN("paid", "shipped", "completed", "refunded")))'
  jq -r "$counts | .paid // .total" now/records.ndjson > paid
  scrm pick "currency = 'CNY'" now/records.ndjson |
    SCRM_TZ=Asia/Shanghai scrm report sales --by channel --format csv \
      --as-of 2026-11-20 > table
  is "$(tail -n +2 table | cut -d, -f3 | cents)" "$(cents paid)"
  is "$(tail -n +2 table | cut -d, -f2 | jq -s add)" "$(wc -l < paid)"
}

@test "revenue of the customers is that of their orders, to the cent" {
  daily
  export SCRM_CURRENCY=CNY
  scrm profile --as-of 2026-11-20 --rates lists/rates.csv now/records.ndjson \
    2>/dev/null | jq -r '.gross_revenue // 0' > of-customers
  scrm pick "customer_id is not null" now/records.ndjson |
    scrm report sales --by channel --format csv \
      --rates lists/rates.csv --as-of 2026-11-20 2>/dev/null > table
  is "$(tail -n +2 table | cut -d, -f3 | cents)" "$(cents of-customers)"
  [ "$(cents of-customers)" -gt 10000000 ]
}

@test "the list for Excel has its byte order mark and line ends" {
  daily
  is "$(head -c 3 out/2026-11-20/vip.csv | od -An -tx1)" " ef bb bf"
  is "$(grep -c $'\r$' out/2026-11-20/vip.csv)" \
    "$(wc -l < out/2026-11-20/vip.csv)"
}

@test "a person met in a shop, online and on WeChat is one customer" {
  daily
  is "$(jq -c 'select(.name == "Xiaoman Lin" or .name == "林小满") |
    .sources' now/customers.ndjson)" '["shopify","taobao","till","wechat"]'
}

@test "without scrm on the PATH nothing is done" {
  mkdir bin
  ln -s "$(command -v bash)" "$(command -v dirname)" bin
  run env PATH="$PWD/bin" ./daily 2026-11-20
  [ "$status" -eq 2 ]
  [ ! -e base ]
}
