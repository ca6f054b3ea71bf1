#!/usr/bin/env bats
load helper

# order ID OBSERVED FILE ROW STATUS [PAID]
order() {
  printf '{"type":"order","source":"tmall","order_id":"%s",' "$1"
  printf '"observed_at":"%s","file":"%s","row":%s,' "$2" "$3" "$4"
  printf '"status":"%s","paid":%s}\n' "$5" "${6:-0}"
}

# what stands of the orders: "1 paid, 2 created"
states() {
  jq -r '.order_id + " " + .status' | paste -sd,
}

@test "the latest observed_at wins, wherever it stands" {
  {
    order 1 2026-11-20 b 1 completed
    order 1 2026-11-13 a 1 paid
    order 2 2026-11-13 a 2 created
    order 2 2026-11-20 b 2 paid
  } > in
  run scrm-latest in
  [ "$status" -eq 0 ]
  is "$(scrm-latest in)" "$(sed -n '1p;4p' in)"
}

@test "observed_at is an instant, not a text" {
  order 1 2026-11-20T01:00:00+08:00 b 1 paid > in
  order 1 2026-11-19T18:00:00Z a 1 shipped >> in
  is "$(scrm-latest in | states)" "1 shipped"
}

@test "a date is the start of its day in the zone of --tz" {
  order 1 2026-11-20 a 1 paid > in
  order 1 2026-11-20T06:00:00+08:00 b 1 shipped >> in
  is "$(scrm-latest in | states)" "1 paid"
  is "$(scrm-latest --tz Asia/Shanghai in | states)" "1 shipped"
}

@test "then the later file name wins, then the later row" {
  {
    order 1 2026-11-20 b.csv 1 paid
    order 1 2026-11-20 a.csv 9 created
    order 2 2026-11-20 a.csv 10 paid
    order 2 2026-11-20 a.csv 9 created
  } > in
  is "$(scrm-latest in 2>err | states)" "1 paid,2 paid"
  is "$(cat err)" \
    "scrm-latest: 'a.csv': rows 9 and 10 are the same order; the later is kept"
}

@test "a record without observed_at is the oldest, the later line is last" {
  cat > in <<'END'
{"type":"order","source":"s","order_id":"1","status":"a"}
{"type":"order","source":"s","order_id":"1","observed_at":"2026-11-20","file":"a","status":"paid"}
{"type":"order","source":"s","order_id":"1","status":"b"}
{"type":"order","source":"s","order_id":"2","status":"a"}
{"type":"order","source":"s","order_id":"2","status":"b"}
END
  is "$(scrm-latest in 2>err | states)" "1 paid,2 b"
  grep -q 'neither observed_at nor file; the later line is kept' err
}

@test "an observed_at that is no time is the oldest, and that is said" {
  order 1 lately b 1 paid > in
  order 1 2020-01-01 a 1 created >> in
  is "$(scrm-latest in 2>err | states)" "1 created"
  grep -q 'observed_at was no time in 1 record' err
}

@test "buyers that a list of orders repeats are folded without a word" {
  for row in 1 2 3; do
    echo '{"type":"profile","source":"s","source_id":"p","file":"f","row":'"$row"'}'
  done > in
  run --separate-stderr scrm-latest in
  is "$output" '{"type":"profile","source":"s","source_id":"p","file":"f","row":3}'
  is "$stderr" ""
}

@test "ids are compared after their escapes, as text, within a source" {
  cat > in <<'END'
{"type":"order","source":"s","order_id":"A1","row":1}
{"type":"order","source":"s","order_id":"\u00411","row":2}
{"type":"order","source":"t","order_id":"A1","row":1}
{"type":"order","source":"s","order_id":"01","row":1}
{"type":"order","source":"s","order_id":"1","row":1}
{"type":"order","source":"s","order_id":1,"row":1}
{"type":"refund","source":"s","refund_id":"1","row":1}
END
  is "$(scrm-latest in)" "$(sed 1d in)"
}

@test "what has no key passes, and what lacks it is counted" {
  cat > in <<'END'
{"a":1}
{"a":1}
{"type":"warranty","source":"s","serial":"1"}
{"type":"warranty","source":"s","serial":"1"}
{"type":"reject","reason":"x"}
{"type":"reject","reason":"x"}
{"type":"order","source":"s"}
{"type":"order","source":"s","order_id":null}
{"type":7,"source":"s","order_id":"1"}
END
  run --separate-stderr scrm-latest in
  is "$output" "$(cat in)"
  is "$stderr" \
    "scrm-latest: 2 of type order passed without their key: source, order_id"
}

@test "a revocation stays beside an older consent seen later" {
  cat > in <<'END'
{"type":"consent","source":"esp","observed_at":"2026-11-01","channel":"email","to":"a@b.c","purpose":"marketing","status":"revoked","time":"2026-10-30"}
{"type":"consent","source":"shop","observed_at":"2026-11-20","channel":"email","to":"a@b.c","purpose":"marketing","status":"granted","time":"2024-01-01"}
{"type":"consent","source":"shop","observed_at":"2026-11-20","channel":"email","to":"x@b.c","purpose":"marketing","status":"granted"}
{"type":"consent","source":"shop","observed_at":"2026-11-21","channel":"email","to":"x@b.c","purpose":"marketing","status":"denied"}
END
  is "$(scrm-latest in)" "$(sed 3d in)"
}

@test "two KOLs of a day are two spends, a sent and an opened mail two lines" {
  cat > in <<'END'
{"type":"spend","channel":"c","campaign":"x","date":"2026-11-11","kol_id":"a","cost":1}
{"type":"spend","channel":"c","campaign":"x","date":"2026-11-11","kol_id":"b","cost":2}
{"type":"delivery","message_key":"m","attempt":1,"status":"sent"}
{"type":"delivery","message_key":"m","attempt":1,"status":"opened"}
END
  is "$(scrm-latest in)" "$(cat in)"
}

@test "-k names the key, -T the type; all else passes" {
  cat > in <<'END'
{"type":"order","source":"s","order_id":"1","store_id":"A"}
{"type":"order","source":"s","order_id":"2","store_id":"A"}
{"type":"warranty","source":"s","store_id":"A"}
{"type":"warranty","source":"s","store_id":"A","n":2}
{"type":"order","source":"t","store_id":"A"}
END
  is "$(scrm-latest -k store_id in 2>/dev/null)" "$(sed -n '4,5p' in)"
  is "$(scrm-latest -k source,store_id -T order in 2>/dev/null)" \
    "$(sed -n '2,5p' in)"
  run -2 scrm-latest -k a,,b in
}

@test "--merge fills what the newest lacks or has as null, and nothing else" {
  cat > in <<'END'
{"type":"order","source":"s","order_id":"1","observed_at":"2026-11-20","file":"b","total":5.00,"coupon":"","tax":null}
{"type":"order","source":"s","order_id":"1","observed_at":"2026-11-13","file":"a","row":1,"total":4.00,"coupon":"X","tax":1.10,"products":[{"sku":"1"}]}
{"type":"order","source":"s","order_id":"1","observed_at":"2026-11-12","file":"a","row":2,"products":[],"country":"FR"}
{"type":"order","source":"s","order_id":"2","observed_at":"2026-11-12","file":"a","row":3,"total":1}
END
  scrm-latest --merge in > out
  is "$(cat out)" \
'{"type":"order","source":"s","order_id":"1","observed_at":"2026-11-20","file":"b","total":5.00,"coupon":"","tax":1.10,"products":[{"sku":"1"}],"country":"FR"}
{"type":"order","source":"s","order_id":"2","observed_at":"2026-11-12","file":"a","row":3,"total":1}'
  # Whatever the order in which the versions came.
  tac in | scrm-latest --merge | jq -cS . | sort > back
  is "$(cat back)" "$(jq -cS . out | sort)"
}

@test "--merge of versions with the same members changes no byte" {
  order 1 2026-11-13 a 1 paid 1.10 > in
  order 1 2026-11-20 b 1 paid 1e3 >> in
  is "$(scrm-latest --merge in)" "$(scrm-latest in)"
}

@test "--explain counts new, changed and same by source and type" {
  {
    order 1 2026-11-13 a 1 paid
    order 1 2026-11-20 b 1 paid
    order 2 2026-11-13 a 2 paid
    order 2 2026-11-20 b 2 shipped
    order 3 2026-11-20 b 3 created
    # The list of items of the same export is no change.
    echo '{"type":"order","source":"tmall","order_id":"1","observed_at":"2026-11-20","file":"a","products":[]}'
    echo '{"type":"order","source":"tmall","order_id":"3","observed_at":"2026-11-20","file":"a","products":[]}'
    echo '{"type":"profile","source":"tmall","source_id":"p"}'
  } > in
  is "$(scrm-latest --explain in 2>&1 >/dev/null)" \
"scrm-latest: tmall order: 1 new, 1 changed, 1 same
scrm-latest: tmall profile: 1 new, 0 changed, 0 same"
}

@test "an export imported again, one status further, leaves revenue right" {
  # Orders of 2026-11-13; on the 20th the open ones are one status further.
  {
    order 101 2026-11-13 2026-11-13-list.csv 1 completed 1299.00
    order 102 2026-11-13 2026-11-13-list.csv 2 shipped 458.50
    order 103 2026-11-13 2026-11-13-list.csv 3 created 0.00
    order 104 2026-11-13 2026-11-13-list.csv 4 cancelled 0.00
  } > first
  {
    order 101 2026-11-20 2026-11-20-list.csv 1 completed 1299.00
    order 102 2026-11-20 2026-11-20-list.csv 2 completed 458.50
    order 103 2026-11-20 2026-11-20-list.csv 3 paid 77.10
    order 104 2026-11-20 2026-11-20-list.csv 4 cancelled 0.00
  } > second
  sums='[.[] | select(.status == "paid" or .status == "shipped" or
    .status == "completed")] | "\(length) \([.[].paid] | add)"'
  is "$(jq -rs "$sums" second)" "3 1834.6"
  # The second import takes the first one's place, in either order.
  is "$(scrm-latest first second | jq -rs "$sums")" "3 1834.6"
  is "$(cat second first | scrm-latest | jq -rs "$sums")" "3 1834.6"
  # What a hash of the row would have made of it.
  is "$(cat first second | sed 's/"observed.*"status/"status/' | sort -u |
    jq -rs "$sums")" "4 2293.1"
}

# mess: lines that come and lines that do not, as files really are
mess() {
  printf '\357\273\277'
  order 1 2026-11-13 a 1 paid
  echo
  order 2 2026-11-13 a 2 paid | sed 's/$/\r/'
  echo '{"broken'
  printf '   \r\n'
  order 1 2026-11-20 b 1 shipped
  echo '[]'
  echo '[]'
  order 3 2026-11-20 b 1 shipped | tr -d '\n'
}

@test "blank and refused lines, BOM and CR are the same in both readings" {
  mess > in
  run -1 --separate-stderr scrm-latest in
  is "$output" "$(order 2 2026-11-13 a 2 paid | sed 's/$/\r/'
    order 1 2026-11-20 b 1 shipped
    order 3 2026-11-20 b 1 shipped)"
  scrm-latest -q in > file 2>/dev/null || true
  mess | scrm-latest -q > pipe 2>/dev/null || true
  cmp file pipe
}

@test "a pipe larger than memory comes again from a copy in TMPDIR" {
  for i in $(seq 1 3000); do
    order "$i" 2026-11-13 a "$i" paid
    echo "{\"pad\":\"$(printf %0200d "$i")\"}"
  done > in
  order 7 2026-11-20 b 1 shipped >> in
  mkdir tmp
  TMPDIR=$PWD/tmp scrm-latest < in > a
  scrm-latest in > b
  cp in copy
  TMPDIR=$PWD/tmp scrm-latest in - in > c 2>/dev/null < copy
  cmp a b
  is "$(wc -l < a)" 6000
  is "$(wc -l < c)" 12000
  is "$(ls tmp)" ""
  TMPDIR=$PWD/nowhere run -2 scrm-latest - < in
}

@test "a file that changes between the readings is an error" {
  order 1 2026-11-13 a 1 paid > in
  mkfifo late.pipe
  scrm-latest in late.pipe > out 2> err 3>&- &
  pid=$!
  exec 4> late.pipe
  order 2 2026-11-13 a 2 paid >> in
  order 3 2026-11-13 a 3 paid >&4
  exec 4>&-
  status=0
  wait "$pid" || status=$?
  [ "$status" -eq 2 ]
  grep -q "'in' changed while it was read" err
}

@test "each line is written, superseded or refused" {
  mess > in
  SCRM_LOG=log scrm-latest in > out 2>/dev/null || true
  is "$(jq -c '[.read, .written, .superseded, .refused]' log)" "[7,3,1,3]"
}

@test "of any mixture the newest of each key is left, by another reckoning" {
  awk 'BEGIN { srand(7); for (i = 0; i < 600; i++)
    printf "{\"type\":\"order\",\"source\":\"s\",\"order_id\":\"%d\"," \
      "\"observed_at\":\"2026-11-%02d\",\"file\":\"%c\",\"row\":%d,\"n\":%d}\n",
      rand() * 90, 1 + rand() * 4, 97 + rand() * 3, rand() * 30, i }' > in
  scrm-latest in > got 2>/dev/null
  jq -cs 'group_by(.order_id) | [.[] | max_by([.observed_at, .file, .row, .n])]
    | sort_by(.n)[]' in > want
  [ "$(wc -l < want)" -eq 90 ]
  diff -u want got
  # Cut into files anyhow, and through a pipe, it is the same.
  split -n l/7 in part.
  cat part.* | scrm-latest > pipe 2>/dev/null
  scrm-latest part.* > parts 2>/dev/null
  cmp got pipe
  cmp got parts
}

@test "so it is from the platform's own file to revenue" {
  need iconv sqlite3
  raw=$SRC/samples/raw/taobao-orders/2026-11-13-ExportOrderList202611130900.csv
  cp "$raw" 2026-11-13-list.csv
  iconv -f GB18030 -t UTF-8 "$raw" > utf8.csv
  sed 's/卖家已发货，等待买家确认/交易成功/
    s/买家已付款，等待卖家发货/卖家已发货，等待买家确认/' utf8.csv |
    iconv -f UTF-8 -t GB18030 > 2026-11-20-list.csv
  ! cmp -s 2026-11-13-list.csv 2026-11-20-list.csv
  for day in 13 20; do
    scrm-ingest -q -m "$SRC/share/maps/taobao-orders.json" \
      2026-11-$day-list.csv -o $day.ndjson
  done
  # SQLite's reading of the file, and its sum, in cents.
  paid=$(sqlite3 :memory: '.import --csv utf8.csv o' 'select count(*) || " " ||
    sum(cast(round("买家实际支付金额" * 100) as int)) from o
    where cast("买家实际支付金额" as real) > 0')
  sums='[.[] | select(.type == "order" and .paid > 0)] |
    "\(length) \([.[].paid * 100 | round] | add)"'
  is "$(jq -rs "$sums" 13.ndjson)" "$paid"
  is "$(scrm-latest 13.ndjson 20.ndjson | jq -rs "$sums")" "$paid"
  # The facts of the customers say so, too.
  revenue() {
    scrm-latest "$@" | scrm-dedupe --exact --links links -q |
      scrm-profile -q --as-of 2026-11-21 |
      jq -s '[.[] | [.orders, .revenue]] | transpose | map(add)'
  }
  is "$(revenue 13.ndjson 20.ndjson)" "$(revenue 13.ndjson)"
}

@test "deliveries without message_key are versions by their remote_id" {
  printf '%s\n' '{"type":"delivery","remote_id":"r","status":"sent","row":1}' \
    '{"type":"delivery","remote_id":"r","status":"sent","row":2}' \
    '{"type":"delivery","remote_id":"r","status":"opened"}' \
    '{"type":"delivery","remote_id":"q","status":"sent"}' \
    '{"type":"delivery","message_key":"r","attempt":1,"status":"sent"}' \
    '{"type":"delivery","status":"sent"}' > in
  run -0 --separate-stderr scrm-latest in
  is "$(wc -l <<< "$output")" 5
  [[ $stderr == *"1 of type delivery passed without their key: message_key, attempt; or remote_id"* ]]
}
