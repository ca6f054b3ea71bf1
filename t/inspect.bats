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

@test "the sample of every map is taken for its map, or two are named; never for another" {
  cd "$SRC/samples/raw" || return
  local f map all=0 sure=0
  for f in */* ../../t/maps/*/in*; do
    map=${f%/*}
    map=${map##*/}
    ! jq -e .input.columns "$SRC/share/maps/$map.json" > /dev/null || continue
    run scrm-ingest "$f" -o "$BATS_TEST_TMPDIR/out"
    all=$((all + 1))
    case ${lines[0]} in
    "scrm-ingest: $f: read by the map '$map', which fits "*) sure=$((sure + 1)) ;;
    "scrm-ingest: $f: no map fits clearly; by their columns: "*"$map 0."*) ;;
    *) echo "$map: $output"; return 1 ;;
    esac
  done
  [ $((sure * 4)) -gt $((all * 3)) ] || { echo "$sure of $all"; return 1; }
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

# inspect FILE...: the report; the draft is in ./draft.
inspect() {
  scrm-ingest --inspect -o draft "$@" 2>&1
}

@test "--inspect: form, map and runner-up, columns, the first bad rows; no draft is needed" {
  maps
  { printf '%s,Shoes\r\n' $HEADER
    printf '%s\r\n' 17,Carmen,2026,13800138000,a@b.cn,,42 18,Aida ,Aida,,,,,
    printf '19,"Tosca"x,,,,,\n'; } > in.csv
  is "$(inspect in.csv)" "in.csv
  encoding    UTF-8
  delimiter   ,
  line ends   mixed: LF 1, CRLF 4, CR 0
  map         tickets fits 0.97: it has 5 of 5 columns that are needed, and knows 6 of 7
  then        visits fits 0.53: it has 2 of 3 columns that are needed, and knows 2 of 7
  mapped      Ticket, Show, Season, Phone, Mail
  unmapped    Shoes
  dropped     Barcode
  bad rows    line 5: text after a closing quote; a quote inside quotes is doubled
              line 3: expected 7 fields, got 2
              line 4: field 'event_id': there is none, and a record of type event cannot be without
  rows        4 looked at"
  [ ! -s draft ]
}

@test "--inspect: what a map lacks; one that is asked for" {
  maps
  printf 'Ticket;Title;Season;Phone;Mail\n17;Carmen;2026;;\n' > in.csv
  is "$(inspect in.csv | grep -E 'delim|map |lack|unm')" "  delimiter   ;
  map         tickets fits 0.80: it has 4 of 5 columns that are needed, and knows 4 of 5
  unmapped    Title
  lacking     Show"
  is "$(inspect -m visits in.csv | grep -E 'map |lack')" "  map         visits fits 0.29: it has 1 of 3 columns that are needed, and knows 1 of 5
  lacking     Visit, Show"
  run -2 inspect -m nowhere in.csv
}

@test "--inspect: GB18030, an archive, JSON, nothing at all" {
  maps
  printf 'Ticket,Show,Season,Phone,Mail\n17,\xbf\xa8\xc3\xc5,,,\n' | gzip > in.gz
  is "$(inspect in.gz | sed -n 2,5p)" "  encoding    GB18030, since it is no UTF-8
  delimiter   ,
  line ends   LF
  map         tickets fits 1.00: it has 5 of 5 columns that are needed, and knows 5 of 5"
  echo '[{"a":{"b":[{"c":1}]}},{"d":2}]' > in.json
  is "$(inspect in.json)" "in.json
  format      JSON, 1 documents looked at
  encoding    UTF-8
  line ends   LF
  map         none has any of its columns
  paths       a.b.c, d"
  : > empty
  is "$(inspect empty | tail -1)" "  header      none"
}

@test "a draft of orders: what -m takes, with what it guessed in about" {
  cat > 2026-11-20-kasse.csv <<END
Order No;Date;Item;Qty;Unit Price;Total;Customer Email;Till
1001;03/04/2026 10:05;Soap;2;4,50;9,00;a@b.de;1
1001;03/04/2026 10:05;Cream;1;1.019,90;1.019,90;a@b.de;1
1002;04/04/2026 11:00;Soap;1;4,50;4,50;;2
END
  run -0 inspect 2026-11-20-kasse.csv
  is "$(jq -r '.records[0].fields | .time.about, .total.about, .products.rows.price.about' draft)" "a guess: its texts fit %m/%d/%Y %H:%M as well
it differs between the rows of an order: their sum
a guess from how its numbers are written"
  cp draft map.json
  run -2 scrm-ingest -m ./map.json 2026-11-20-kasse.csv
  is "${lines[0]}" "scrm-ingest: map './map.json': it needs -D zone=...: of its times: -D zone=Europe/Paris"
  is "$(scrm-ingest -m ./map.json -D zone=Europe/Berlin -D currency=EUR 2026-11-20-kasse.csv)" \
    '{"type":"order","source":"kasse","order_id":"1001","time":"2026-04-03T10:05:00+02:00","total":1028.90,"email":"a@b.de","products":[{"name":"Soap","quantity":2,"price":4.50},{"name":"Cream","quantity":1,"price":1019.90}],"currency":"EUR","extra":{"Till":"1"},"observed_at":"2026-11-20","file":"2026-11-20-kasse.csv","row":1}
{"type":"order","source":"kasse","order_id":"1002","time":"2026-04-04T11:00:00+02:00","total":4.50,"products":[{"name":"Soap","quantity":1,"price":4.50}],"currency":"EUR","extra":{"Till":"2"},"observed_at":"2026-11-20","file":"2026-11-20-kasse.csv","row":3}'
}

@test "a draft of people, in Chinese; one whose dates no format fits" {
  printf '会员号,姓名,手机号,性别,生日\nM1,张三,13800138000,男,1990-01-31\nM2,李四,13900139000,?,1991年2月\n' > in.csv
  run -0 inspect in.csv
  cp draft map.json
  is "$(scrm-ingest -m ./map.json in.csv)" \
    '{"type":"profile","source":"in","source_id":"M1","member_no":"M1","name":"张三","phone":"+8613800138000","gender":"male","birth_date":"1990-01-31","file":"in.csv","row":1}
{"type":"profile","source":"in","source_id":"M2","member_no":"M2","name":"李四","phone":"+8613900139000","extra":{"生日":"1991年2月"},"file":"in.csv","row":2}'
  is "$(jq -r '.records[0].fields.birth_date.about' map.json)" \
    "this format fits 1 of 2 texts: say the others, and then take bad away"
}

@test "a draft of anything: an event a row, all of it kept" {
  printf 'x\tThe Y\n1\tfoo\n' > in.csv
  run -0 inspect in.csv
  cp draft map.json
  is "$(scrm-ingest -m ./map.json in.csv | jq -c 'del(.event_id)')" \
    '{"type":"event","source":"in","event":"row","x":"1","the_y":"foo","file":"in.csv","row":1}'
  # what is drafted is written as -o says, and complete
  is "$(scrm-ingest --inspect -o new.json in.csv 2>/dev/null; cat new.json)" "$(cat map.json)"
  printf 'x\n' > head.csv
  inspect head.csv > said
  cp draft map.json
  is "$(scrm-ingest -m ./map.json head.csv)" ''
}

@test "progress of a file: how much, how fast, and what is left of the time" {
  maps
  { echo $HEADER; yes 17,Carmen,2026,,, | head -n 300000; } > in.csv
  scrm-ingest -P -m tickets in.csv 2> err | { sleep 1; cat > out; }
  tr '\r' '\n' < err | grep -qE '^scrm-ingest: [0-9,]+ read, [0-9]+ MB, [0-9]+ MB/s, [0-9]+ %, 0:[0-9]{2} left'
}
