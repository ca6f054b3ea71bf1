#!/usr/bin/env bats
# The folder of samples/, its morning run and a campaign: the main job.
load helper

setup() {
  cp -R "$SRC/samples" "$BATS_TEST_TMPDIR/folder"
  cd "$BATS_TEST_TMPDIR/folder" || return
}

# daily: the morning run, whose status is 1: three rows are bad on purpose.
daily() {
  run --separate-stderr ./daily 2026-11-20
  [ "$status" -eq 1 ] || { echo "status $status: $stderr"; return 1; }
  [ ! -e .new ]
}

# derived DIR: what the mornings made, kept to compare.
derived() {
  mkdir "$1"
  cp -Rp base now out state "$1"
}

# stands DIR: it is the same to the byte.
stands() {
  local d
  for d in base now out state; do
    diff -r "$1/$d" "$d" || return
  done
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
    " 3 scrm-ingest"
  is "$(cat base/*/*.rejects | jq -r .reason | wc -l)" 3
  [ -s now/customers.ndjson ] && [ -s out/2026-11-20/vip.xlsx ]
}

@test "twice changes nothing, and base, now and out can be removed" {
  daily
  derived ../first
  daily
  is "$stderr" ""
  stands ../first
  rm -r base now out
  daily
  stands ../first
}

@test "only what is new is done: on another day the records stay" {
  daily
  derived ../first
  touch -d 2001-01-01 now/*.ndjson base/*/*.ndjson
  old() { find now base -name '*.ndjson' ! -newermt 2001-01-02 | wc -l; }
  all=$(old)
  daily
  is "$(old)" "$all"
  stands ../first
  run -1 ./daily 2026-11-21
  is "$(old)" "$((all - 2))" # customers, fresh
  [ -s out/2026-11-21/segments.txt ]
  # a rule, a file of now, a report that is gone: made again
  daily
  stands_but_out() { diff -r ../first/now now && diff -r ../first/out/2026-11-20 out/2026-11-20; }
  stands_but_out
  rm now/customers.ndjson
  daily
  rm out/2026-11-20/vip.xlsx
  daily
  stands_but_out
  echo 'bought,orders > 0,' >> rules/tags.csv
  daily
  grep -q '"bought"' now/customers.ndjson
}

@test "a base is made again only for a file that changed" {
  daily
  touch -d 2001-01-01 base/*/*.ndjson
  cp -p raw/till-orders/* till
  echo 'X-1,broken' >> raw/till-orders/2026-11-20-till.csv
  daily
  is "$(find base -name '*.ndjson' -newermt 2001-01-02)" \
    base/till-orders/2026-11-20-till.csv.ndjson
}

@test "undo by deletion: a raw file that is taken away never was" {
  daily
  derived ../first
  mv raw/wechat-events ../
  rm state/links.ndjson
  ./daily 2026-11-20 2> /dev/null || [ $? -eq 1 ]
  is "$(find base/wechat-events -type f)" ""
  is "$(jq -r 'select(.file == "2026-11-20-pushes.xmllog") | .file' now/records.ndjson)" ""
  derived ../without
  mv ../wechat-events raw/
  cp ../first/state/links.ndjson state/
  daily
  stands ../first
  mkdir ../fresh
  cp -R "$SRC/samples/." ../fresh
  rm -r ../fresh/raw/wechat-events
  cd ../fresh
  ./daily 2026-11-20 2> /dev/null || [ $? -eq 1 ]
  diff -r -x '*.from' now ../without/now
}

@test "blanks, brackets and quotes in the names of downloads are normal" {
  daily
  jq -c 'del(.file)' now/records.ndjson > want
  odd="2026-11-20-it's 导出 (1) [2]*.csv"
  mv raw/till-orders/2026-11-20-till.csv "raw/till-orders/$odd"
  rm -r now base state/links.ndjson
  daily
  [ -s "base/till-orders/$odd.ndjson" ]
  jq -c 'del(.file)' now/records.ndjson | sort > got
  sort want | diff - got
}

@test "two mornings at once: the second says so and ends with 75" {
  exec 8> .lock
  flock 8
  run -75 --separate-stderr ./daily 2026-11-20
  is "$output$stderr" "daily: another run is at work in $PWD"
  [ ! -e base ]
  exec 8>&-
  daily
}

@test "a full disk: said, 2, and yesterday's files stand" {
  daily
  derived ../first
  echo >> raw/taobao-orders/2026-11-20-ExportOrderList202611200900.csv
  # a disk that takes no more is one whose files cannot grow
  run -2 --separate-stderr bash -c \
    "trap '' XFSZ; ulimit -f 8; ./daily 2026-11-21"
  [[ $stderr == *"cannot write 'base/taobao-orders/"*": File too large"* ]]
  for d in now out state; do diff -r "../first/$d" "$d"; done
  daily
  diff -r -x '*.from' ../first/now now
}

@test "a run that fails half-way leaves yesterday's files whole" {
  daily
  derived ../first
  sed -i 's/silver/silver,/' rules/segments.csv
  run -2 --separate-stderr ./daily 2026-11-21
  [[ $stderr == *"rules/segments.csv:"* ]]
  stands ../first
  cp "$SRC/samples/rules/segments.csv" rules/
  daily
  stands ../first
}

@test "what the messages of a morning that failed name is there to be looked at" {
  daily
  sed -i '2,$d' lists/rates.csv
  run -2 --separate-stderr ./daily 2026-11-21
  line=$(sed -n "s/^scrm-profile: \(.*\): no rate for 'EUR'.*/\1/p" <<< "$stderr")
  is "${line%:*}" .new/now/records.ndjson
  is "$(sed -n "${line##*:}p" "${line%:*}" | jq -r .currency)" EUR
  cp "$SRC/samples/lists/rates.csv" lists/
  daily
}

@test "a run that was killed is made good by the next one" {
  daily
  derived ../first
  mkdir -p .new/now
  echo half > .new/now/records.ndjson
  rm -r now
  for f in ndjson ndjson.rejects; do
    echo half > "base/till-orders/2026-11-20-till.csv.$f.aB3xYz"
  done
  daily
  stands ../first
}

@test "a day or a zone that is none is said once, and nothing is done" {
  for day in yesterday 2026-02-30 20261120; do
    run -2 --separate-stderr ./daily $day
    [[ $stderr == "scrm-check: as-of '$day' is neither a date like "* ]]
    is "$(wc -l <<< "$stderr")" 1
  done
  sed -i s,Asia/Shanghai,Asia/Shanhai, scrm.env
  run -2 --separate-stderr ./daily 2026-11-20
  [[ $stderr == "scrm-check: time zone 'Asia/Shanhai': "* ]]
  is "$(wc -l <<< "$stderr")" 1
  [ ! -e base ]
}

@test "exports in the wrong map's folder are all named, and now stands" {
  daily
  derived ../first
  cp raw/shopify-orders/* raw/taobao-orders/9.csv
  cp raw/shopify-orders/* raw/till-orders/9.csv
  run -2 --separate-stderr ./daily 2026-11-20
  is "$(grep -c "9.csv:.*(map '" <<< "$stderr")" 2
  is "$output" ""
  rm raw/*/9.csv
  daily
  stands ../first
}

@test "the list of orders in the folder of its articles is said, and adds nothing" {
  daily
  derived ../first
  cp raw/taobao-orders/2026-11-20* raw/taobao-items/9.csv
  daily
  [[ $stderr == *"raw/taobao-items/9.csv:2: this is the list of orders: map 'taobao-orders'"* ]]
  diff -r -x '*.from' ../first/now now
}

@test "a source that is late is named, and in the head of every report" {
  daily
  run -1 --separate-stderr ./daily 2026-11-23
  is "$(grep -c "rules/sources.csv:.*late: till orders, last of 2026-11-20" <<< "$stderr")" 1
  for f in out/2026-11-23/*.txt; do
    grep -q 'late: .*till' "$f" || { head -n 5 "$f"; return 1; }
  done
  ! grep -r late out/2026-11-20
}

@test "a download in no map's folder is named, not forgotten" {
  rm -r raw/taobao-orders raw/till-orders raw/shopify-orders
  sed -i '3,$d' rules/sources.csv # or they are late
  run -0 ./daily 2026-11-20
  cp "$SRC"/samples/raw/till-orders/* raw/till.csv
  daily
  grep -qx "daily: raw/till.csv is in no map's folder: raw/MAP/FILE" <<< "$stderr"
}

@test "orders that name nobody are a morning, too" {
  rm -r raw/[!t]* raw/taobao-orders raw/till-orders
  sed -i '3,$d' rules/sources.csv
  run -0 --separate-stderr ./daily 2026-11-20
  is "$output$stderr" ""
  is "$(cat now/customers.ndjson)" ""
  [ -s now/records.ndjson ]
}

@test "half a download is said, 2, and yesterday's files stand" {
  daily
  derived ../first
  head -c 700 raw/till-orders/2026-11-20-till.csv > raw/till-orders/2026-11-21-till.csv
  head -c 700 raw/wechat-users/2026-11-20-batchget.json > raw/wechat-users/2026-11-21.json
  run -2 --separate-stderr ./daily 2026-11-20
  [[ $stderr == *"raw/till-orders/2026-11-21-till.csv:4: the file ends in the middle of a row"* ]]
  [[ $stderr == *"raw/wechat-users/2026-11-21.json:"*"half of the download"* ]]
  for d in now out state; do diff -r "../first/$d" "$d"; done
  rm raw/*/2026-11-21*
  daily
  stands ../first
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

@test "the list is a workbook with a row of totals" {
  daily
  unzip -p out/2026-11-20/vip.xlsx xl/worksheets/sheet1.xml > sheet
  is "$(grep -o '<row ' sheet | wc -l)" \
    "$(($(jq -c 'select(.tags // [] | index("vip"))' now/customers.ndjson | wc -l) + 2))"
  grep -q 合计 sheet
}

@test "products and stores have their names, and a follow is consent" {
  daily
  is "$(jq -c 'select(.order_id == "SH01-0000401") |
    [.store.city, .products[2].sku, .products[2].cost]' now/records.ndjson)" \
    '["上海","SKU-044",31.5]'
  is "$(jq -r 'select(.source == "shopify") | .products[]? | select(.category == null) | .sku' now/records.ndjson)" ""
  grep -q '"channel":"wechat:wx1234567890abcdef","to":"[^"]*","purpose":"marketing","status":"granted"' \
    now/customers.ndjson
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

@test "who is erased is gone from everything the next morning makes" {
  printf '%064d\n' 7 > state/salt
  chmod 600 state/salt
  daily
  grep -qr chloe.martin base now
  export SCRM_ERASED=$PWD/state/erased.ndjson
  scrm erase -q -l state/links.ndjson --in state email:chloe.martin@example.com > ids
  rm ids
  daily
  is "$(grep -rl chloe.martin base now out state)" ""
  rm -r raw ./*.ndjson # the exports, and samples for other tests
  scrm erase --check . email:chloe.martin@example.com > left || { cat left; return 1; }
}

@test "a list of the erased that is gone ends the morning, whatever was kept" {
  daily
  rm state/erased.ndjson
  run -2 --separate-stderr ./daily 2026-11-20
  [[ $stderr == *state/erased.ndjson* ]]
}

@test "samples is the folder that scrm init makes, filled" {
  cmp "$SRC/share/folder/daily" "$SRC/samples/daily"
  cmp "$SRC/share/folder/campaign" "$SRC/samples/campaign"
  (cd "$SRC/share/folder" && find . -type f ! -name .gitignore) | sort > ours
  while read -r f; do
    [ -e "$SRC/samples/$f" ] || { echo "samples has no $f"; return 1; }
  done < ours
}

@test "campaign: a tool that is not installed is named before anything is done" {
  mkdir bin
  for t in "$B"/bin/scrm*; do
    case $t in *-match | *-render | *-send) ;; *) cp "$t" bin ;; esac
  done
  export SCRM_SHARE=$SRC/share PATH=$PWD/bin:/usr/bin:/bin
  for word in '' run; do
    # shellcheck disable=SC2086
    run -2 --separate-stderr ./campaign 2026-11-winback $word
    is "$stderr" "scrm: no tool 'match'; scrm --list shows them"
    [ "$(ls state)" = erased.ndjson ] && [ ! -e .lock ]
  done
}

@test "campaign: anything but NAME and run is 2 with the usage" {
  for words in '' '-h' 'a b' 'a run now' 'a plan'; do
    # shellcheck disable=SC2086
    run -2 --separate-stderr ./campaign $words
    is "$stderr" "usage: campaign NAME [run]"
  done
}
