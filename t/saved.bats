#!/usr/bin/env bats
load helper

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  cat > in <<'END'
{"type":"profile","customer_id":"a","city":"上海","revenue":6200.00,"orders":1,"last_order_at":"2025-11-18T20:11:00+08:00"}
{"type":"profile","customer_id":"b","city":"Köln","revenue":400,"orders":2,"last_order_at":"2026-11-18T20:11:00+01:00"}
{"type":"profile","customer_id":"c","city":"Lyon","revenue":400,"orders":3,"last_order_at":"2025-11-18T20:11:00+01:00"}
END
  cat > records <<'END'
{"type":"profile","source":"s","source_id":"1","customer_id":"a"}
{"type":"order","source":"s","order_id":"1","customer_id":"a","city":"上海","time":"2026-01-05T10:00:00+08:00","status":"paid","total":19.90,"currency":"CNY"}
{"type":"order","source":"s","order_id":"2","customer_id":"a","city":"Köln","time":"2025-01-05T10:00:00+08:00","status":"paid","total":5,"currency":"CNY"}
END
}

# run_rules KIND FILE: what the tool of these rules makes of the sample.
run_rules() {
  cp "$2" "$1.csv" # segments begin with the name of their file
  case $1 in
  tags) scrm-tag --as-of 2026-11-21 --explain -f tags.csv in ;;
  segments) scrm-segment --as-of 2026-11-21 --explain -f segments.csv in ;;
  facts) scrm-profile --as-of 2026-11-21 --no-default-facts -f facts.csv records ;;
  esac
}

@test "rules saved by Excel, WPS, LibreOffice and Numbers are those that were typed" {
  for file in "$SRC"/t/saved/*/*.csv; do
    kind=$(basename "$file" | sed 's/-.*//')
    run_rules "$kind" "${file%/*}/$kind-as-typed.csv" > want
    run_rules "$kind" "$file" > got
    cmp want got || { echo "$file"; false; }
  done
}

@test "and what was typed does what it says" {
  d=$SRC/t/saved
  is "$(run_rules tags "$d/de/tags-as-typed.csv" | jq -c .tags | paste -sd' ')" \
    '["Großkunde","Rückkehrer"] ["Köln"] ["Köln","Rückkehrer"]'
  is "$(run_rules tags "$d/zh/tags-as-typed.csv" | jq -c .tags | paste -sd' ')" \
    '["高价值","上海","回流"] null ["上海","回流"]'
  is "$(run_rules segments "$d/zh/segments-as-typed.csv" | jq -r '.segments[0]' | paste -sd' ')" \
    'segments:高价值 segments:吉野家会员 segments:吉野家会员'
  is "$(run_rules facts "$d/zh/facts-as-typed.csv" | jq -c '[.revenue_2026, .local]')" '[19.9,1]'
  is "$(run_rules facts "$d/de/facts-as-typed.csv" | jq -c '[.revenue_2026, .local]')" '[19.9,1]'
}

# refused WHAT: tags.csv is, with this.
refused() {
  run -2 --separate-stderr scrm-tag -f tags.csv in
  is "$stderr" "scrm-tag: tags.csv:$1"
}

@test "what could be two things, or was lost on the way, is refused with its place" {
  printf 'tag;when\r\nGr\366\337e;orders = 1\r\n' > tags.csv
  refused "2:3: a letter is in an encoding that cannot be told (Windows-1252 or GBK): save the table as CSV UTF-8"
  printf 'tag,when,until\nvip,orders = 1,11/30/2026\n' > tags.csv
  refused "2: until '11/30/2026' is no date like 2026-11-30"
  printf 'tag,when\nvip,orders = 1\n“vip”,city = “Lyon”\n' > tags.csv
  run -2 --separate-stderr scrm-tag -f tags.csv in
  [[ $stderr == "scrm-tag: tags.csv:3:"* ]]
  printf 'tag,when\nvip,#NAME?\n' > tags.csv
  run -2 --separate-stderr scrm-tag -f tags.csv in
  [[ $stderr == "scrm-tag: tags.csv:2:"*"a spreadsheet's error"* ]]
  printf 'tag;when\nvip;revenue > 1.000,50\n' > tags.csv
  run -2 --separate-stderr scrm-tag -f tags.csv in
  [[ $stderr == "scrm-tag: tags.csv:2:"* ]]
}

@test "one Chinese character among letters, or a rare one, is still Chinese" {
  printf 'tag,when\r\nA\300\340,orders = 1\r\n' > tags.csv
  is "$(scrm-tag -f tags.csv in | jq -r '.tags[0]' | head -n 1)" A类
  printf 'tag,when\r\n\351F\273\371,orders = 1\r\n' > tags.csv
  is "$(scrm-tag -f tags.csv in | jq -r '.tags[0]' | head -n 1)" 镕基
  printf 'tag;when\r\nfid\350le;orders = 1\r\n' > tags.csv
  is "$(scrm-tag -f tags.csv in | jq -r '.tags[0]' | head -n 1)" fidèle
  printf 'tag;when\r\n5 \200;orders = 1\r\n' > tags.csv
  is "$(scrm-tag -f tags.csv in | jq -r '.tags[0]' | head -n 1)" '5 €'
}

@test "a workbook in place of a table" {
  cp "$SRC/t/exports/till_openpyxl.xlsx" tags.csv
  run -2 --separate-stderr scrm-tag -f tags.csv in
  is "$stderr" "scrm-tag: tags.csv is a workbook; save the sheet as CSV UTF-8"
  cp "$SRC/t/bad/old.xls" tags.csv
  run -2 --separate-stderr scrm-tag -f tags.csv in
  is "$stderr" "scrm-tag: tags.csv is a workbook (.xls); save the sheet as CSV UTF-8"
}
