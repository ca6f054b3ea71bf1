#!/usr/bin/env bats
# What -j changes: the time it takes, and nothing else.
load helper

# Several pieces of 256 KiB, with all that a line can be.
mixed() {
  printf '\xef\xbb\xbf'
  awk 'BEGIN {
    for (i = 1; i <= 9000; i++) {
      printf "{\"type\":\"order\",\"n\":%d,\"city\":\"上海\",\"total\":%d.10", \
        i, i % 97
      if (i % 1000 == 7)
        printf ",\"n\":1"
      if (i % 1000 == 9)
        printf ",\"total\":"
      if (i == 4321)
        for (k = 0; k < 70000; k++)
          printf ",\"k%d\":1", k
      if (i % 500 == 0)
        printf ",\"weight\":\"heavy\""
      printf "}%s", i % 7 ? "\n" : "\r\n\n"
    }
  }'
  printf '{"type":"order","n":10000,"total":5}'
}

# same TOOL ARGS...: one thread and three, all that can be seen.
same() {
  local j
  for j in 1 3; do
    rm -f log rejects
    status=0
    SCRM_LOG=log "$1" -j $j --rejects rejects "${@:2}" \
      > "out$j" 2> "err$j" || status=$?
    echo "status $status" >> "err$j"
    touch rejects
    mv rejects "rejects$j"
    # what was done by who died is not counted the same
    jq -c 'del(.seconds, .to) | select(.exit < 2)' log > "log$j"
  done
  diff err1 err3
  # who dies may have held back his last lines
  if ! grep -qx 'status 2' err1; then
    cmp out1 out3
  else
    cmp -n "$(stat -c %s out1)" out1 out3 ||
      cmp -n "$(stat -c %s out3)" out1 out3
  fi
  cmp rejects1 rejects3
  diff log1 log3
}

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  export SCRM_AS_OF=2026-11-21
  mixed > in
}

@test "scrm-pick: output, messages, rejects and counts are the same" {
  same scrm-pick 'total > 50' in
  [ -s rejects1 ]
  same scrm-pick -v 'total > 50' in in
  same scrm-pick --explain "city = '上海' and total > 90" in
}

@test "what no record had, and what was of another kind, is said alike" {
  same scrm-pick 'shoe_no > 3 or weight > 5' in
  grep -q "no record had a field 'shoe_no'" err1
  grep -q "'weight' was text in 18 records" err1
}

@test "scrm-tag, scrm-segment and scrm-set do as scrm-pick does" {
  printf 'tag,when,type\nbig,total > 50,order\nheavy,weight > 1,order\n' > r
  same scrm-tag -f r --explain in
  printf 'segment,when\nbig,total > 50\nrest,true\n' > s
  same scrm-segment -T order -f s in
  same scrm-set 'net = total - 1, drop city' in
}

@test "a limit of refused lines and --strict end it alike" {
  same scrm-pick --strict 'total > 50' in
  grep -qx 'status 2' err1
  same scrm-pick --max-refused 18 'total > 50' in
  grep -qx 'status 0' err1
  same scrm-pick --max-line 1000 'total > 50' in
}

@test "a cut last line, and the lines of a tool that died, end it alike" {
  { cat in; printf '\n{"a":'; } > cut
  same scrm-pick true cut
  grep -q 'cut short' err1
  { cat in; printf '\n{"type":"abort","tool":"x","reason":"y"}\n'; } > dead
  same scrm-pick true dead in
  grep -qx 'status 2' err1
}

@test "seals inside files are counted alike" {
  { head -1000 in | scrm-pick 'n > 0' 2> /dev/null || true; } > some
  n=$(wc -l < some)
  { cat some; echo "{\"type\":\"end\",\"tool\":\"x\",\"written\":$n}"; } > good
  same scrm-pick true good good in
  grep -qx 'status 1' err1
  { cat some; echo '{"type":"end","tool":"x","written":3}'; cat some; } > bad
  same scrm-pick true bad
  grep -q 'is not whole' err1
}

@test "a second file that is not there ends it after the first one's lines" {
  same scrm-pick 'total > 50' in no-such-file
  grep -q "cannot open 'no-such-file'" err1
}

@test "an empty file, a blank one, one line without its end" {
  : > empty
  printf '\n\r\n' > blank
  printf '{"n":1}' > one
  same scrm-pick true empty blank one empty
  printf '\xef\xbb\xbf' > bom
  same scrm-pick true bom
}

@test "-o is whole or not there with several threads" {
  run -2 scrm-pick -j 3 --strict true in -o out
  [ ! -e out ]
  run -1 scrm-pick -j 3 -q true in -o out
  run -1 scrm-pick -q true in -o out1
  cmp out out1
}

# CSV of several batches of 128 KiB with all that a row can be.
rows() {
  awk 'BEGIN {
    print "order_id,time,total,status,note,col6"
    for (i = 1; i <= 6000; i++) {
      note = "a note of the usual length, 上海"
      if (i % 5 == 0) note = "\"quoted, with\na line end\""
      if (i % 100 == 3) note = "\"a \"\"doubled\"\" quote\""
      if (i % 1000 == 7) note = "\"x\" after"
      if (i % 1000 == 8) note = "one,too,many"
      if (i % 1000 == 9) note = "\xff\xfe"
      total = i % 700 == 1 ? "none" : i % 90 ".50"
      printf "%d,2026-11-%02d 08:00:00,%s,paid,%s,=\"00%d\"\n", i, \
        i % 28 + 1, total, note, i
    }
  }'
}

@test "scrm-ingest reads a CSV file alike" {
  cat > m.json << 'MAP'
{ "set": { "source": "t", "currency": "CNY" },
  "input": { "format": "csv", "encodings": ["utf-8", "gb18030"] },
  "records": [ { "type": "order", "fields": {
    "order_id": "order_id", "total": "total", "status": "status",
    "time": { "from": "time", "format": "%Y-%m-%d %H:%M:%S",
              "zone": "+08:00" } } },
    { "type": "event", "fields": { "event_id": "order_id",
      "event": { "const": "seen" } } } ] }
MAP
  rows > in.csv
  same scrm-ingest -m ./m.json in.csv
  grep -q 'text after a closing quote' err1
  grep -q 'expected 6 fields, got 8' err1
  same scrm-ingest -m ./m.json --max-refused 20 in.csv in.csv
  same scrm-ingest -m ./m.json --strict in.csv
  grep -av "$(printf '\xff')" in.csv | iconv -t GB18030 > gb.csv
  same scrm-ingest -m ./m.json gb.csv
  : > empty
  same scrm-ingest -m ./m.json empty in.csv
}

# Records of 400 customers; names, fields and channels go on being new.
records() {
  awk 'BEGIN {
    for (i = 1; i <= 9000; i++) {
      k = int(i / 50)
      printf "{\"source\":\"s%d\",\"customer_id\":\"c%d\",", i % 3, i * 7 % 400
      printf "\"time\":\"2026-0%d-%02dT08:00:00+08:00\",", i % 9 + 1, i % 28 + 1
      if (i % 5 == 0) {
        printf "\"type\":\"profile\",\"source_id\":\"p%d\",\"city\":\"t%d\",", i, k
        printf "\"f%d\":%d,\"email\":\"a%d@b.c\"}\n", k, i, i
      } else if (i % 5 == 1) {
        printf "\"type\":\"event\",\"event_id\":\"e%d\",\"event\":\"e%d\"}\n", i, k
      } else if (i % 97 == 2) {
        printf "\"type\":\"order\",\"order_id\":\"o%d\"}\n", i
      } else if (i % 11 == 2) {
        printf "\"type\":\"note\",\"n\":%d}\n", i
      } else {
        printf "\"type\":\"order\",\"order_id\":\"o%d\",\"status\":\"paid\",", i
        printf "\"paid\":%d.50,\"currency\":\"CNY\",\"channel\":\"ch%d\",", i, k
        printf "\"products\":[{\"category\":\"k%d\",\"price\":%d.25}]}\n", k, i
      }
    }
  }'
}

@test "scrm-profile folds alike, whatever is new in whichever block" {
  records > r
  same scrm-profile r in
  same scrm-profile --explain --keep r
  cat > f.csv <<'CSV'
fact,of,agg,value,where
n,order,count,,paid > 10
most,order,most_frequent,channel,
first_ch,order,first,channel,
big,order,max,paid,
huge,order,sum,paid * 1000000000000000000,
note,order,last,remark,remark > 3
CSV
  same scrm-profile -f f.csv r
  same scrm-profile --no-default-facts -f f.csv r r
  grep -q "no record had a field 'remark'" err1
  printf 'when,channel,purpose,status\ntrue,email,marketing,granted\n' > c.csv
  same scrm-profile --consent c.csv r
}

@test "scrm-profile ends alike where amounts are of two currencies" {
  records | sed '8990,$s/CNY/EUR/' > r
  same scrm-profile r
  grep -q "amounts in 'CNY' and in 'EUR'" err1
  grep -q '^scrm-profile: r:899[0-9]:' err1
}
