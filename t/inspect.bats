#!/usr/bin/env bats
# Which map a file is for, and what a file is that no map is for.
load helper

# maps: two maps, in ./maps, the only ones.
maps() {
  mkdir -p maps
  cat > maps/tickets.json <<END
{ "set": { "source": "tickets" },
  "input": { "encodings": ["utf-8", "gb18030"] }, "may": ["Gate"], "drop": ["Barcode"],
  "records": [ { "type": "event", "extra": true, "fields": {
    "event_id": "Ticket", "event": { "const": "visit" }, "text": "Show",
    "campaign": "Season", "phone": "Phone", "email": "Mail", "gate": "Gate"
  } } ] }
END
  cat > maps/visits.json <<END
{ "set": { "source": "visits" },
  "records": [ { "type": "event", "fields": {
    "event_id": "Visit", "event": { "const": "visit" }, "text": "Show",
    "phone": "Phone" } } ] }
END
}

HEADER=Ticket,Show,Season,Phone,Mail,Barcode

# ingest FILE: what is said of it, without the name of the tool.
ingest() {
  scrm-ingest "$@" 2>&1 >out | sed -E 's/^scrm-ingest: //; /read [0-9]/d'
  return "${PIPESTATUS[0]}"
}

@test "the sample of every map that comes with scrm is known by its columns" {
  cd "$SRC/samples/raw" || return
  local f map
  for f in */* ../../t/maps/*/in*; do
    map=${f%/*}
    map=${map##*/}
    case $map in
    generic) continue ;; # which may lack every column
    weibo-comments | xhs-comments) continue ;; # crawlers write them alike
    esac
    ! jq -e .input.columns "$SRC/share/maps/$map.json" > /dev/null || continue
    run --separate-stderr scrm-ingest "$f" -o "$BATS_TEST_TMPDIR/out"
    [[ $stderr = "scrm-ingest: $f: read by the map '$map', which fits "* ]] ||
      { echo "$map: $stderr"; return 1; }
  done
}

@test "without -m a file is read by the map whose columns it has, with its score" {
  maps
  printf '%s\n17,Carmen,2026,13800138000,a@b.cn,0099\n' $HEADER > in.csv
  is "$(ingest in.csv)" "in.csv: read by the map 'tickets', which fits 1.00; then visits 0.56
in.csv: 'Barcode' is not kept, as the map says"
  scrm-ingest -q -m tickets in.csv > want
  diff out want
  is "$(scrm-ingest -q in.csv)" "$(cat want)"
}

@test "one column renamed and one added is still named; what is lacking is said" {
  maps
  printf 'Ticket,Title,Season,Phone,Mail,Shoes,Barcode\n17,Carmen,2026,,,43,\n' > in.csv
  run -2 ingest in.csv
  is "$output" "in.csv: read by the map 'tickets', which fits 0.78; then visits 0.26
in.csv:1: no column 'Show'; the nearest here: 'Shoes' and 'Phone' (map 'tickets')"
}

@test "two maps within 0.1 stop it, and are named; so does one that hardly fits" {
  maps
  printf '{ "extends": "tickets" }' > maps/tickets-2.json
  printf '%s\n' $HEADER > in.csv
  run -2 ingest in.csv
  is "$output" "in.csv: no map fits clearly; by their columns: tickets 1.00, tickets-2 1.00, visits 0.56; say it with -m, or look with --inspect"
  printf 'Show,Age\nCarmen,44\n' > in.csv
  run -2 ingest in.csv
  [[ $output = "in.csv: no map fits clearly; by their columns: visits 0."* ]]
  printf 'a,b\n1,2\n' > in.csv
  run -2 ingest in.csv
  is "$output" "in.csv: no map has any of its columns; --inspect drafts one"
}

@test "a map and a nearer one: the lead is what counts, not the order of names" {
  maps
  printf '{ "extends": "tickets", "also": { "event": { "hall": "Hall", "row": "Row" } } }' > maps/a-hall.json
  printf '%s\n17,Carmen,2026,,,\n' $HEADER > in.csv
  is "$(ingest in.csv | head -1)" "in.csv: read by the map 'tickets', which fits 1.00; then a-hall 0.76"
}

@test "each file has its own map; a delimiter, an encoding and an archive do not matter" {
  maps
  printf 'Ticket;Show;Season;Phone;Mail\n17;\xbf\xa8\xc3\xc5;2026;;\n' > a.csv # 卡门
  printf 'Visit,Show,Phone\n18,Carmen,\n' | gzip > b.csv.gz
  is "$(ingest a.csv b.csv.gz | cut -d, -f1)" "a.csv: read by the map 'tickets'
b.csv.gz: read by the map 'visits'"
  is "$(jq -r '[.source, .event_id, .text] | join(" ")' out)" 'tickets 17 卡门
visits 18 Carmen'
}

@test "a pipe, two threads, and a map that asks for a constant" {
  maps
  printf '%s\n17,Carmen,2026,,,\n' $HEADER > in.csv
  is "$(ingest < in.csv | head -1 | cut -d, -f1)" "-: read by the map 'tickets'"
  cp out want
  sed -i 's/"file":"in.csv"/"file":"-"/' want
  ingest -j2 in.csv > said
  is "$(jq -c 'del(.file)' out)" "$(jq -c 'del(.file)' want)"
  printf '{ "extends": "visits", "needs": { "house": "which" },
    "also": { "event": { "hall": "Hall", "row": "Row", "seat": "Seat" } } }' \
    > maps/halls.json
  printf 'Visit,Show,Phone,Hall,Row,Seat\n18,Carmen,,2,,\n' > in.csv
  run -2 ingest in.csv
  [[ $output = "in.csv: read by the map 'halls'"*"map 'halls': it needs -D house=...: which" ]]
  is "$(scrm-ingest -q -D house=x in.csv | jq -r .house)" x
}

@test "an empty file is said and no error; records are not read unasked" {
  maps
  : > in.csv
  run -0 ingest in.csv
  is "$output" 'in.csv: it has no header'
  echo '{"type":"tag","source":"s","customer_id":"1"}' > in.ndjson
  run -2 ingest in.ndjson
  is "${lines[1]}" "in.ndjson: it is records already; say -m records"
}

@test "progress of a file: how much, how fast, and what is left of the time" {
  maps
  { echo $HEADER; yes 17,Carmen,2026,,, | head -n 300000; } > in.csv
  scrm-ingest -P -m tickets in.csv 2> err | { sleep 1; cat > out; }
  tr '\r' '\n' < err | grep -qE '^scrm-ingest: [0-9,]+ read, [0-9]+ MB, [0-9]+ MB/s, [0-9]+ %, 0:[0-9]{2} left'
}
