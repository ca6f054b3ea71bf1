#!/usr/bin/env bats
load helper

# says LINE...: what scrm-check says of these lines, without the file's name.
says() {
  printf '%s\n' "$@" | scrm-check -q 2>&1 >/dev/null |
    sed 's/^scrm-check: standard input://'
}

@test "a good record of each type passes byte for byte" {
  grep -v -e warranty -e '"id":42' "$SRC/samples/records.ndjson" > in
  run --separate-stderr scrm-check in
  [ "$status" -eq 0 ]
  is "$output" "$(cat in)"
  is "$stderr" ""
}

@test "a type that is missing or unknown is a breach for check" {
  is "$(says '{}' '{"type":null}' '{"type":"odrer"}' '{"type":7}')" \
"1: field 'type': missing
2: field 'type': missing
3: field 'type': 'odrer' is no type of scrm-record(5)
4: field 'type': '7' is no type of scrm-record(5)"
}

@test "the key must be there; a customer's profile has another" {
  is "$(says '{"type":"order","source":"","order_id":null}')" \
"1: field 'source': missing: it is part of the key
1: field 'order_id': missing: it is part of the key"
  is "$(says '{"type":"profile","customer_id":"c00112233445566778899"}')" ""
}

@test "kinds are held, and null is a member that is not there" {
  is "$(says '{"type":"order","source":"s","order_id":12,"time":20261101,"status":null,"country":true,"extra":[],"products":{}}')" \
"1: field 'order_id': text wanted, not a number
1: field 'time': time wanted, not a number
1: field 'country': text wanted, not a boolean
1: field 'extra': object wanted, not an array
1: field 'products': array of objects wanted, not an object"
}

@test "numbers are exact: an integer may be written 1e2, and money has 38 digits" {
  is "$(says \
    '{"type":"count","account":"a","date":"2026-11-01","new":1e2,"lost":3.00}' \
    '{"type":"count","account":"a","date":"2026-11-01","new":1.5}' \
    '{"type":"refund","source":"s","refund_id":"r","currency":"CNY","paid":1e400}')" \
"2: field 'new': integer wanted, this has a fraction
3: field 'paid': more than 38 digits"
}

@test "times have an offset, dates have no time" {
  is "$(says \
    '{"type":"task","task_id":"1","due":"2026-11-01"}' \
    '{"type":"task","task_id":"2","due":"2026-11-01T08:00:00"}' \
    '{"type":"task","task_id":"3","due":"2026-02-30"}' \
    '{"type":"profile","source":"s","source_id":"4","birth_date":"1993-11-26T00:00:00Z"}')" \
"2: field 'due': no time like 2026-11-01T08:30:00+08:00, no date like 2026-11-01
3: field 'due': no time like 2026-11-01T08:30:00+08:00, no date like 2026-11-01
4: field 'birth_date': date wanted, not a time"
}

@test "words, currencies, phones, mails, channels, ids of customers" {
  is "$(says \
    '{"type":"order","source":"s","order_id":"1","status":"payed","total":1,"currency":"RMB","phone":"13800000001","email":"a@b","customer_id":"c1"}' \
    '{"type":"consent","channel":"wechat","to":"o","purpose":"marketing","status":"granted"}' \
    '{"type":"consent","channel":"wechat:wx1","to":"o","purpose":"marketing","status":"granted"}' \
    '{"type":"order","source":"s","order_id":"1","channel":"tmall"}' |
    sed "s/'email': .*/'email': .../")" \
"1: field 'status': 'payed' is none of created paid shipped completed cancelled refunded
1: field 'currency': 'RMB' is no currency of ISO 4217
1: field 'phone': not E.164, like +8613800000001
1: field 'email': ...
1: field 'customer_id': not c and 20 hexadecimal digits
2: field 'channel': none of email, sms, advisor, wechat:APPID, wecom:CORPID"
}

@test "money needs a currency beside it, a refund is positive" {
  is "$(says \
    '{"type":"order","source":"s","order_id":"1","total":1}' \
    '{"type":"refund","source":"s","refund_id":"1","paid":-5.00,"currency":"EUR"}')" \
"1: field 'currency': missing: there is money
2: field 'paid': a refund is positive"
}

@test "what stands inside is looked at where the page knows it" {
  is "$(says \
    '{"type":"order","source":"s","order_id":"1","products":[{"sku":1,"mine":[]},3],"receiver":{"phone":5,"mine":5},"extra":{"phone":5}}' \
    '{"type":"profile","source":"s","source_id":"1","tags":["a",1],"consents":[{"status":"yes"}]}')" \
"1: field 'products.sku': text wanted, not a number
1: field 'products': element 2 is a number
1: field 'receiver.phone': text wanted, not a number
2: field 'tags': element 2 is a number
2: field 'consents.status': 'yes' is none of granted denied revoked"
}

@test "a user's own members pass; a slip of a known one is said once" {
  yes '{"type":"order","source":"s","order_id":"1","citty":"x","couponn":"y","mine":1}' |
    head -n 3 > in
  run --separate-stderr scrm-check in
  [ "$status" -eq 0 ]
  is "$output" "$(cat in)"
  is "$stderr" \
    "scrm-check: no field 'couponn' of order in scrm-record(5); is it 'coupon'?"
}

@test "breaches are refusals: one a record, status 1, kept" {
  echo '{"type":"order","order_id":5,"total":"x"}' > in
  echo '{"type":"task","task_id":"1"}' >> in
  SCRM_LOG=log run -1 --separate-stderr scrm-check --rejects bad in
  is "$output" '{"type":"task","task_id":"1"}'
  is "$(jq -c '[.read, .written, .refused, .exit]' log)" "[2,1,1,1]"
  is "$(jq -c '[.line, .field, .input]' bad)" \
    '[1,"source","{\"type\":\"order\",\"order_id\":5,\"total\":\"x\"}"]'
  run -0 scrm-check --max-refused 1 in
}

@test "after ten of one field and reason only the count is said" {
  yes '{"type":"order","source":"s","order_id":1}' | head -n 12 |
    scrm-check 2> err || true
  is "$(grep -c "input:[0-9]*: field 'order_id': text wanted" err)" 10
  grep -q "12 x order order_id: text wanted, not a number" err
}

@test "-T looks at one type only" {
  run -0 scrm-check -T task <<< '{"type":"order"}'
  run -2 scrm-check -T tsak <<< '{}'
}

# export SOURCE DAY [TYPE [ACCOUNT]]: a record of an export taken on that day.
export_of() {
  printf '{"type":"%s","source":"%s","account":"%s","observed_at":"%s"}\n' \
    "${3:-order}" "$1" "${4:-a}" "$2"
}

# fresh [AS-OF]: of the records in `in` and sources.csv.
fresh() {
  run --separate-stderr scrm-check --fresh -f sources.csv \
    --as-of "${1:-2026-11-21}" in
}

@test "--fresh names the source that is late, and since when; status 1" {
  printf 'source,every,owner\ntmall,day,李娜\ntill,day,\njd,day,\n' > sources.csv
  { export_of tmall 2026-11-13; export_of tmall 2026-11-12
    export_of till 2026-11-21; } > in
  fresh
  [ "$status" -eq 1 ]
  is "$stderr" "scrm-check: sources.csv:2: late: tmall, last of 2026-11-13, due since 2026-11-14 (every day), owner 李娜
scrm-check: sources.csv:4: late: jd, none so far (every day)"
  is "$(jq -c '[.metric, .by, .value, .late, .last, .due, .owner]' <<< "$output")" \
'["sources.age",{"source":"tmall"},8,true,"2026-11-13","2026-11-14","李娜"]
["sources.age",{"source":"till"},0,false,"2026-11-21","2026-11-22",null]
["sources.age",{"source":"jd"},null,true,null,null,null]'
  run -0 --separate-stderr scrm-check --fresh -f sources.csv \
    --as-of 2026-11-13 <(export_of tmall 2026-11-13; export_of till 2026-11-13
      export_of jd 2026-11-13)
  is "$stderr" ""
}

@test "--fresh: -o and the log say what came of it" {
  printf 'source,every\ntmall,day\n' > sources.csv
  { export_of tmall 2026-11-13; export_of tmall 2026-12-01
    echo '{"type":"visit"}'; } > in
  run -1 env SCRM_LOG=log scrm-check --fresh -f sources.csv -o out \
    --as-of 2026-11-21 in
  is "$(jq -r .last out)" 2026-11-13
  is "$(jq -c '[.read, .folded, .withheld, .made, .exit]' log)" '[3,1,2,1,1]'
}

# late SOURCES-ROW AS-OF DAY: whether an export of DAY is late by that row.
late() {
  printf 'source,every,by,grace\ns,%s\n' "$1" > sources.csv
  export_of s "$3" > in
  fresh "$2"
  jq -c '[.late, .due]' <<< "$output"
}

@test "--fresh: a day, a week, a month after the last, or the next weekday" {
  is "$(late day,, 2026-11-21 2026-11-20)" '[true,"2026-11-21"]'
  is "$(late day,, 2026-11-21 2026-11-21)" '[false,"2026-11-22"]'
  is "$(late week,, 2026-11-21 2026-11-15)" '[false,"2026-11-22"]'
  is "$(late week,, 2026-11-22 2026-11-15)" '[true,"2026-11-22"]'
  is "$(late month,, 2026-11-29 2026-10-31)" '[false,"2026-11-30"]'
  is "$(late month,, 2026-11-30 2026-10-31)" '[true,"2026-11-30"]'
  # 2026-11-16 is a Monday, 2026-11-19 a Thursday
  is "$(late mon,, 2026-11-22 2026-11-16)" '[false,"2026-11-23"]'
  is "$(late mon,, 2026-11-23 2026-11-16)" '[true,"2026-11-23"]'
  is "$(late Mon,, 2026-11-22 2026-11-16)" '[false,"2026-11-23"]'
  is "$(late 'mon thu,,' 2026-11-18 2026-11-16)" '[false,"2026-11-19"]'
  is "$(late 'mon thu,,' 2026-11-19 2026-11-17)" '[true,"2026-11-19"]'
  is "$(late 'mon tue wed thu fri,,' 2026-11-22 2026-11-20)" '[false,"2026-11-23"]'
}

@test "--fresh: due by an hour, late after the grace" {
  export SCRM_TZ=Asia/Shanghai
  is "$(late day,09:30, 2026-11-21T09:29:59+08:00 2026-11-20)" '[false,"2026-11-21"]'
  is "$(late day,09:30, 2026-11-21T09:30:00+08:00 2026-11-20)" '[true,"2026-11-21"]'
  is "$(late day,9:30:00, 2026-11-21T01:30:00Z 2026-11-20)" '[true,"2026-11-21"]'
  is "$(late day,, 2026-11-21T23:59:59+08:00 2026-11-20)" '[false,"2026-11-21"]'
  is "$(late day,, 2026-11-21 2026-11-20)" '[true,"2026-11-21"]'
  is "$(late day,,1d 2026-11-21 2026-11-20)" '[false,"2026-11-21"]'
  is "$(late day,,1 2026-11-21 2026-11-19)" '[true,"2026-11-20"]'
  is "$(late day,9,12h 2026-11-21T20:59:59+08:00 2026-11-20)" '[false,"2026-11-21"]'
  is "$(late day,9,12h 2026-11-21T21:00:00+08:00 2026-11-20)" '[true,"2026-11-21"]'
  # the day of an export is that of the zone
  is "$(late day,9, 2026-11-21T09:30:00+08:00 2026-11-20T17:00:00Z)" \
    '[false,"2026-11-22"]'
}

@test "--fresh: account and type tell two exports of one source apart" {
  printf 'source,account,type,every\nwx,wx1,event,day\nwx,wx2,event,day\nwx,,profile,week\nwx,,delivery,day\n' > sources.csv
  { export_of wx 2026-11-21 event wx1; export_of wx 2026-11-19 event wx2
    export_of wx 2026-11-15 profile wx1; export_of wx 2026-11-10 delivery wx1; } > in
  fresh
  is "$stderr" "scrm-check: sources.csv:3: late: wx wx2 events, last of 2026-11-19, due since 2026-11-20 (every day)
scrm-check: sources.csv:5: late: wx deliveries, last of 2026-11-10, due since 2026-11-11 (every day)"
}

@test "--fresh: an export without a row is there by its name, if map says so" {
  printf 'source,map,every\ns,s-orders,day\nt,,day\n' > sources.csv
  mkdir -p base/s-orders base/t-orders
  export_of s 2026-11-19 > base/s-orders/2026-11-19-a.csv.ndjson
  : > "base/s-orders/2026-11-21-b (1).csv.ndjson"
  : > base/s-orders/2026-11-23-c.csv.ndjson
  : > base/s-orders/notes
  : > base/t-orders/2026-11-21-a.csv.ndjson
  run --separate-stderr scrm-check --fresh -f sources.csv --as-of 2026-11-21 base/*/*
  [ "$status" -eq 1 ]
  is "$stderr" "scrm-check: sources.csv:3: late: t, none so far (every day)"
  is "$(jq -r '.last' <<< "$output")" $'2026-11-21\nnull'
}

@test "--fresh: what is later than the as-of has not come yet" {
  printf 'source,every\ns,day\n' > sources.csv
  { export_of s 2026-11-19; export_of s 2026-11-22; } > in
  fresh
  [ "$status" -eq 1 ]
  is "$(jq -r .last <<< "$output")" 2026-11-19
}

@test "--fresh: a table that cannot be read is refused before any record" {
  no() {
    printf 'source,account,type,every,by,grace\n%s\n' "$1" > sources.csv
    run -2 --separate-stderr scrm-check --fresh -f sources.csv /does/not/exist
    is "$stderr" "scrm-check: sources.csv:2: $2"
  }
  no 's,,,daily,,' "column 'every': 'daily' is none of day, week, month, or days of the week like mon thu"
  no 's,,,mon tusday,,' "column 'every': 'mon tusday' is none of day, week, month, or days of the week like mon thu"
  no 's,,,,,' "column 'every': '' is none of day, week, month, or days of the week like mon thu"
  no 's,,,day,25,' "column 'by': '25' is no hour like 9 or 09:30"
  no 's,,,day,9:75,' "column 'by': '9:75' is no hour like 9 or 09:30"
  no 's,,,day,9am,' "column 'by': '9am' is no hour like 9 or 09:30"
  no 's,,,day,9:,' "column 'by': '9:' is no hour like 9 or 09:30"
  no 's,,,day,24:01,' "column 'by': '24:01' is no hour like 9 or 09:30"
  no 's,,,day,,2w' "column 'grace': '2w' is no time like 12h or 2d"
  no 's,,,day,,d' "column 'grace': 'd' is no time like 12h or 2d"
  no ',,,day,,' "column 'source': empty"
  no 's,,ordr,day,,' "column 'type': no type 'ordr'; is it 'order'?"
  printf 'source,every\ns,day\ns,week\n' > sources.csv
  run -2 --separate-stderr scrm-check --fresh -f sources.csv /dev/null
  is "$stderr" "scrm-check: sources.csv:3: column 'source': 's' stands twice; account or type tell two apart"
  printf 'source,evry\ns,day\n' > sources.csv
  run -2 --separate-stderr scrm-check --fresh -f sources.csv /dev/null
  is "$stderr" "scrm-check: sources.csv:1: no column 'evry' is known; is it 'every'?"
}

@test "--fresh and -f go together, -T with neither" {
  printf 'source,every\n' > sources.csv
  run -2 scrm-check --fresh /dev/null
  [[ $output = *"no sources given"* ]]
  run -2 scrm-check -f sources.csv /dev/null
  [[ $output = *"option '-f' is for --fresh"* ]]
  run -2 scrm-check --fresh -f sources.csv -T order /dev/null
  [[ $output = *"option '-T' is not for --fresh"* ]]
}

@test "a delivery by remote_id has its key, one by neither has not" {
  printf '%s\n' '{"type":"delivery","remote_id":"r","status":"sent"}' > in
  run -0 scrm-check in
  printf '%s\n' '{"type":"delivery","status":"sent"}' > in
  run -1 --separate-stderr scrm-check in
  [[ $stderr == *"message_key"*"missing: it is part of the key"* ]]
}
