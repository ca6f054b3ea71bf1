#!/usr/bin/env bats
load helper

# map: writes map.json from standard input; it is used as ./map.json.
map() {
  cat > map.json
}

# orders FIELDS [MORE]: a map of orders with these fields.
orders() {
  map <<END
{ "set": { "source": "s" }, ${2:-} "may": true,
  "records": [ { "type": "order", "fields": { $1 } } ] }
END
}

ingest() {
  scrm-ingest -m ./map.json "$@"
}

# field NAME: what became of it, a line each; "-" where it is missing.
field() {
  jq -r --arg f "$1" 'getpath($f / ".") as $v |
    if $v == null then "-" else $v end' | paste -sd,
}

# refused: what is said, without the summary.
refused() {
  ingest "$@" 2>&1 >/dev/null | grep -v 'read [0-9]'
}

samples() {
  cd "$SRC/samples" || return
}

# types FILE: "3 order, 2 profile"
types() {
  jq -r .type "$@" | sort | uniq -c | sed 's/^ *//' | paste -sd,
}

@test "a row becomes a record, with where it came from" {
  orders '"order_id": "No", "total": "Sum"'
  printf 'No,Sum,Shade\n17,9.90,red\n' > 2026-11-20-list.csv
  is "$(ingest 2026-11-20-list.csv)" '{"type":"order","source":"s","order_id":"17","total":9.90,"extra":{"Shade":"red"},"observed_at":"2026-11-20","file":"2026-11-20-list.csv","row":1}'
}

@test "--observed beats the date of the name; without both there is none" {
  orders '"order_id": "No"'
  printf 'No\n17\n' | tee 2026-11-20-a.csv > b.csv
  is "$(ingest --observed 2026-01-02T03:04:05Z 2026-11-20-a.csv | field observed_at)" 2026-01-02T03:04:05Z
  is "$(ingest b.csv | field observed_at)" -
  run -2 ingest --observed yesterday b.csv
}

@test "nothing is inferred: text stays text, an id keeps its zeros and digits" {
  orders '"order_id": "id", "a": "a", "b": "b"'
  printf 'id,a,b\n0050,0050,1e3\n9007199254740993123,true,2026-01-01\n' > in
  is "$(ingest in | jq -c '[.order_id, .a, .b]')" '["0050","0050","1e3"]
["9007199254740993123","true","2026-01-01"]'
}

@test "money keeps its digits" {
  orders '"order_id": "id", "total": "t"'
  printf 'id;t\n1;1.10\n2;007.50\n3;1,149.00 \n4;-0.00\n5;¥12\n' > in
  sed -i 's/"may"/"input": { "delimiter": ";" }, "may"/
    s/"total": "t"/"total": { "from": "t", "group": "," }/' map.json
  is "$(ingest in | grep -o '"total":[^,]*' | paste -sd' ')" \
    '"total":1.10 "total":7.50 "total":1149.00 "total":-0.00 "total":12'
}

@test "decimal comma, smallest units, endings that multiply, brackets" {
  orders '"order_id": "id",
    "total": { "from": "t", "decimal": ",", "group": "." },
    "paid": { "from": "m", "minor": { "from": "c", "words": { "jpy": "0" },
      "otherwise": "2" } },
    "tax": { "from": "w", "units": { "万": "10000", "%": "0.01" } }'
  printf 'id|t|m|c|w\n1|1.234,50|1999|eur|1.2万\n2|(5,00)|1999|jpy|66.45%%\n' > in
  sed -i 's/"may"/"input": { "delimiter": "auto" }, "may"/' map.json
  is "$(ingest in | jq -c '[.total, .paid, .tax]' | paste -sd' ')" \
    '[1234.5,19.99,12000] [-5,1999,0.6645]'
}

@test "times by format and zone; the clocks of Berlin turn" {
  orders '"order_id": "id", "time": { "from": "t", "zone": "${zone}",
      "format": ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M"] }' \
    '"constants": { "zone": "Europe/Berlin" },'
  printf '%s\n' id,t '1,2026-07-01 10:00:00' '2,01.12.2026 10:00' \
    '3,2026-03-29 02:30:00' '4,2026-10-25 02:30:00' '5,2026-03-29 00:00:00' > in
  is "$(ingest in | field time | tr , '\n')" "2026-07-01T10:00:00+02:00
2026-12-01T10:00:00+01:00
2026-03-29T03:30:00+02:00
2026-10-25T02:30:00+02:00
2026-03-29T00:00:00+01:00"
  is "$(ingest -D zone=+08:00 in | field time | cut -d, -f 1)" 2026-07-01T10:00:00+08:00
}

@test "30 February, a time without a zone and an empty one" {
  orders '"order_id": "id", "time": { "from": "t",
      "format": "%Y-%m-%d %H:%M:%S", "zone": "UTC" },
    "updated_at": { "from": "u", "format": "%Y-%m-%d %H:%M" }'
  printf '%s\n' id,t,u '1,2026-02-30 10:00:00,' '2,2026-01-01 24:00:00,' \
    '3,,' '4,,2026-01-01 10:00' > in
  is "$(ingest in 2> err | field order_id)" 3
  grep -q "in:2: field 'time'" err
  grep -q "in:5: field 'updated_at': .* has no zone" err
}

@test "epochs in seconds, milliseconds, microseconds" {
  orders '"order_id": "id", "time": { "from": "t", "format": "epoch ms" },
    "updated_at": { "from": "u", "format": "epoch us" },
    "x": { "from": "s", "type": "time", "format": "epoch",
      "zone": "Asia/Shanghai" }'
  printf 'id,t,u,s\n1,1767225600123,1767225600000000,1767225600\n' > in
  is "$(ingest in | jq -r '.time, .updated_at, .x')" "2026-01-01T00:00:00.123Z
2026-01-01T00:00:00Z
2026-01-01T08:00:00+08:00"
}

@test "words that mean nothing, and guards, are known to the map only" {
  orders '"order_id": "id", "a": "a"' '"null": ["", "null", "-"],
    "guards": ["formula", "apostrophe", "tab"],'
  printf '%s\n' id,a '1,=""5""' '"=""2""",'"'"'null' '3, - ' '4,"	7"' \
    "5,''6" '6,--' > in
  sed -i 's/^1,.*/1,"=""5"""/' in
  is "$(ingest in | field order_id)" 1,2,3,4,5,6
  is "$(ingest in | field a)" "5,-,-,7,'6,--"
}

@test "a guard can be taken off some columns only" {
  orders '"order_id": "id", "phone": { "from": "p", "type": "text" }, "name": "n"' \
    '"guards": { "apostrophe": ["p"] },'
  printf "id,p,n\n1,'+49,'t Hooft\n" > in
  is "$(ingest in | jq -r '.phone, .name')" "+49
't Hooft"
}

@test "an id that a spreadsheet has spoilt is refused, not used as a key" {
  orders '"order_id": "id"'
  printf 'id\n2.1001E+18\n2E9\n' > in
  is "$(refused in)" "scrm-ingest: in:2: field 'order_id': '2.1001E+18' is what a spreadsheet left of a longer number"
  is "$(ingest in 2>/dev/null | field order_id)" 2E9
}

@test "phones are read by the plans of their country" {
  orders '"order_id": "id", "phone": { "from": "p", "region": "CN" }'
  printf '%s\n' id,p 1,021-62791234 '2,+44 (0)20 7946 0018' 3,+861381234567 \
    '4,021-62791234 ext. 8' 5,4001234567 > in
  is "$(ingest in | jq -c '[.phone, .extra]')" '["+862162791234",null]
["+442079460018",null]
[null,{"p":"+861381234567"}]
[null,{"p":"021-62791234 ext. 8"}]
["+864001234567",null]'
}

@test "masked and unreadable phones and addresses are kept beside, never used" {
  orders '"order_id": "id", "phone": { "from": "p", "region": "CN" }, "email": "e"'
  printf '%s\n' id,p,e 1,138****0001,zhang 2,13800000001,' A@Example.COM ' 3,, > in
  is "$(ingest in | jq -c '[.phone, .email, .extra]')" '[null,null,{"p":"138****0001","e":"zhang"}]
["+8613800000001","a@example.com",null]
[null,null,null]'
}

@test "words make an enumeration; one that is not in it is refused" {
  orders '"order_id": "id", "status": { "from": "s", "words": { "交易成功": "completed" } },
    "y": { "from": "s", "words": { "x": "X" }, "otherwise": "Y" },
    "z": { "from": "s", "words": { "x": "X" }, "otherwise": null }'
  printf 'id,s\n1,交易成功\n2,x\n' > in
  is "$(ingest in 2> err | jq -c '[.status, .y, .z]')" '["completed","Y",null]'
  grep -q "in:3: field 'status': 'x' is none of the words" err
}

@test "true and false have words" {
  orders '"order_id": "id", "b": { "from": "b", "type": "bool", "true": ["yes", "1"], "false": "no" }'
  printf 'id,b\n1,yes\n2,no\n3,1\n4,\n5,maybe\n' > in
  is "$(ingest in 2>/dev/null | jq -c .b | paste -sd,)" "true,false,true,null"
}

@test "lists, pairs and JSON in a cell" {
  orders '"order_id": "id", "l": { "from": "l", "type": "list" },
    "p": { "from": "p", "type": "pairs" }, "j": { "from": "j", "type": "json" },
    "m": { "from": "p", "member": "b" }'
  printf '%s\n' id,l,p,j '1,"vip, a b, ",a:1;b:2:3;a:9,"{""k"": [1.10]}"' > in
  is "$(ingest in | grep -o '"l".*"m":"[^"]*"')" \
    '"l":["vip","a b"],"p":{"a":"1","b":"2:3"},"j":{"k": [1.10]},"m":"2:3"'
}

@test "columns are joined, the first that is there is taken, parts are cut out" {
  orders '"order_id": { "join": ["a", "b", { "const": "/r" }], "with": "-" },
    "f": { "first": ["b", "c"] }, "part": { "from": "c", "part": ["，", 2] },
    "last": { "from": "c", "part": ["，", -1] }, "cut": { "from": "c", "cut": "甲" },
    "low": { "from": "a", "lower": true }'
  printf 'a,b,c\nA,,甲，乙，丙\nB,x,丁\n' > in
  is "$(ingest in | jq -c '[.order_id, .f, .part, .last, .cut, .low]')" '["A-/r","甲，乙，丙","乙","丙","，乙，丙","a"]
["B-x-/r","x",null,"丁","丁","b"]'
}

@test "a sum of numbers with a decimal comma" {
  orders '"order_id": "no", "total": {"sum": ["a", "b"], "decimal": ",", "group": "."}'
  is "$(printf 'no;a;b\n1;1.000,50;0,25\n2;1;2\n' | ingest --delimiter ';' | field total)" 1000.75,3
}

@test "sums and products are exact" {
  orders '"order_id": "id", "total": { "sum": ["a", "b"], "minus": "c" },
    "paid": { "times": ["a", "n"] }'
  printf '%s\n' id,a,b,c,n 1,0.1,0.2,,3 2,9007199254740993.01,,0.02,2 3,,,,2 > in
  is "$(ingest in | grep -o '"order_id".*"extra\|"order_id".*"file' | sed 's/,"[ef].*//')" \
    '"order_id":"1","total":0.3,"paid":0.3
"order_id":"2","total":9007199254740992.99,"paid":18014398509481986.02
"order_id":"3"'
}

@test "a case takes the first whose test holds" {
  orders '"order_id": "id", "status": { "case": [
      { "when": { "s": "closed", "p": { "over": "0" } }, "const": "refunded" },
      { "when": [ { "s": "" }, { "s": { "starts": ["x", "y"] } } ], "const": "created" },
      { "from": "s", "words": { "closed": "cancelled" }, "otherwise": null } ] }'
  printf 'id,s,p\n1,closed,0.01\n2,closed,0.00\n3,closed,\n4,,\n5,yes,\n6,no,1\n' > in
  is "$(ingest in | field status)" refunded,cancelled,cancelled,created,created,-
}

@test "rows of one order become one record; each column's first cell counts" {
  orders '"order_id": "id", "email": "e", "total": "t",
    "qty": { "sum": "q", "over": "rows", "type": "decimal" },
    "products": { "rows": { "sku": "sku", "quantity": "q" }, "extra": ["x"] }' \
    '"group": { "by": "id" },'
  printf '%s\n' id,e,t,sku,q,x,note \
    1,a@b.c,9.90,A,1,,hello 1,,,B,2,r, 2,,5.00,C,1,, 3,d@e.f,1.00,D,1,, > in
  is "$(ingest in | head -n 1)" '{"type":"order","source":"s","order_id":"1","email":"a@b.c","total":9.90,"qty":3,"products":[{"sku":"A","quantity":1},{"sku":"B","quantity":2,"extra":{"x":"r"}}],"extra":{"note":"hello"},"file":"in","row":1}'
  is "$(ingest in | field email)" a@b.c,-,d@e.f
  is "$(ingest in | field row)" 1,3,4
}

@test "one bad row refuses all of its order, and no other" {
  orders '"order_id": "id", "products": { "rows": { "price": "p" } }' \
    '"group": { "by": "id" },'
  printf 'id,p\n1,1.00\n2,2.00\n2,2x\n2,2.50\n3,3.00\n' > in
  run -1 --separate-stderr ingest --rejects rejects in
  is "$(field order_id <<< "$output")" 1,3
  is "$(jq -r '[.line, .row, .field, .input] | join(" ")' rejects)" \
    '3 2 products.price 2,2.00
4 3 products.price 2,2x
5 4 products.price 2,2.50'
}

@test "columns that are repeated must not contradict each other" {
  orders '"order_id": "id", "total": "t"' '"group": { "by": "id", "same": ["t"] },'
  printf 'id,t\n1,5.00\n1,5.00\n2,5.00\n2,6.00\n' > in
  is "$(ingest in 2> err | field order_id)" 1
  grep -q "in:4: field 't': it differs" err
}

@test "rows of two groups may be mixed: they leave in the order of their first rows" {
  orders '"order_id": "id", "n": { "sum": "n", "over": "rows" }' \
    '"group": { "by": "id", "within": 2 },'
  export SCRM_LOG=$PWD/log
  printf 'id,n\n1,1\n2,10\n1,2\n2,20\n3,7\n1,4\n' > in
  is "$(ingest in | jq -r '[.order_id, .n, .row] | join(" ")')" '1 7 1
2 30 2
3 7 5'
  is "$(jq -c '[.read, .written, .folded]' log)" '[6,3,3]'
  sed -i 's/, "within": 2//' map.json
  is "$(ingest in | field n)" 1,10,2,20,7,4
}

@test "a group that comes again after more rows makes a second record" {
  orders '"order_id": "id", "n": { "sum": "n", "over": "rows" }' \
    '"group": { "by": "id", "within": 2 },'
  printf 'id,n\n1,1\n2,10\n3,10\n1,2\n2,20\n4,1\n5,1\n1,5\n' > in
  is "$(ingest --observed 2026-11-20 in | jq -r '[.order_id, .n] | join(" ")' | paste -sd,)" \
    '1 3,2 30,3 10,4 1,5 1,1 5'
  ingest --observed 2026-11-20 in | scrm-latest > out 2> err
  is "$(field n < out)" 30,10,1,1,5
  grep -q "'in': rows 1 and 8 are the same order; the later is kept" err
}

@test "a group that goes on and on holds no other back for long" {
  orders '"order_id": "id", "n": { "sum": "n", "over": "rows" }' \
    '"group": { "by": "id", "within": 2 },'
  { echo id,n; for i in $(seq 20); do printf 'a,1\nb%s,1\n' "$i"; done; } > in
  ingest in > out
  is "$(jq -s 'length' out)" 21
  is "$(jq -r 'select(.order_id == "a").n' out)" 20
  is "$(field order_id < out | cut -d, -f1-2)" b1,b2
  is "$(field order_id < out | grep -o 'b.*' | tr , '\n' | grep b | sort -cV && echo in order)" 'in order'
}

@test "a refused row among mixed groups takes its own group along, and no other" {
  orders '"order_id": "id", "products": { "rows": { "price": "p" } }' \
    '"group": { "by": "id", "within": 9, "same": ["s"], "carry": ["c"] },'
  export SCRM_LOG=$PWD/log
  printf '%s\n' id,p,s,c 1,1.00,x, 2,2.00,y, 3,3.00,z, 2,2x,y, 1,1.50,x, 3,3.00,w, ,4.00,, > in
  run -1 --separate-stderr ingest --rejects rejects in
  is "$(jq -c '[.order_id, (.products[].price * 100)]' <<< "$output")" '["1",100,150]'
  is "$(jq -r '[.row, .field, .input] | join(" ")' rejects)" '7 id ,4.00,,
2 products.price 2,2.00,y,
4 products.price 2,2x,y,
3 s 3,3.00,z,
6 s 3,3.00,w,'
  is "$(jq -c '[.read, .written, .folded, .refused]' log)" '[7,1,1,5]'
}

@test "what is carried down never comes from a group that stands between" {
  map <<'END'
{ "set": { "source": "m" }, "group": { "by": "id", "within": 3, "carry": ["city"] },
  "records": [ { "type": "profile", "per": "row",
    "fields": { "source_id": { "from": "@row" }, "city": "city" } } ] }
END
  printf 'id,city\n1,Rome\n2,\n1,\n2,Bonn\n2,\n' > in
  is "$(ingest in | jq -r '[.row, .city // "-"] | join(" ")' | paste -sd,)" \
    '1 Rome,3 Rome,2 -,4 Bonn,5 Bonn'
}

@test "groups of JSON: what no field uses is that of their own rows" {
  orders '"order_id": "id"' '"input": { "format": "ndjson" }, "group": { "by": "id" },'
  printf '%s\n' '{"id":"1","a":"x\"","b":[1, 2]}' '{"id":"1","a":2,"c":{"d":1}}' '{"id":"2","e":1}' > in
  is "$(ingest in | jq -c .extra)" '{"a":"x\"","b":[1,2],"c":{"d":1}}
{"e":1}'
}

@test "a row without the group's column is refused, or goes on where the map says so" {
  orders '"order_id": "id", "n": { "sum": "n", "over": "rows" }' '"group": { "by": "id" },'
  printf 'id,n\n,5\n1,1\n,2\n2,4\n' > in
  is "$(ingest in 2> err | field n)" 1,4
  is "$(grep -c "field 'id': there is none" err)" 2
  sed -i 's/"by": "id"/"by": "id", "blank": "continue"/' map.json
  is "$(ingest in 2> err | field n)" 3,4
}

@test "per row, and cells that are carried down, never into the next group" {
  map <<'END'
{ "set": { "source": "m" }, "group": { "by": "email", "blank": "continue", "carry": ["city"] },
  "records": [ { "type": "profile", "per": "row",
    "fields": { "source_id": { "from": "@row" }, "email": "email", "city": "city" } } ] }
END
  printf 'email,city\na@b.c,Rome\n,\nd@e.f,\n,Bonn\n' > in
  is "$(ingest in | field city)" Rome,Rome,-,Bonn
  is "$(ingest in | field row)" 1,2,3,4
}

@test "a row can make an order, a profile, a refund and a consent, or none of them" {
  map <<'END'
{ "set": { "source": "s" },
  "records": [
    { "type": "order", "fields": { "order_id": "id" } },
    { "type": "refund", "when": { "back": { "over": "0" } },
      "fields": { "refund_id": { "join": ["id", { "const": "/refund" }], "with": "" },
                  "order_id": "id", "paid": "back" } },
    { "type": "profile", "when": { "mail": "*" },
      "fields": { "source_id": "mail", "email": { "from": "mail", "bad": "refuse" } } } ] }
END
  printf '%s\n' id,back,mail 1,0.00, 2,5.00,a@b.c 3,1.00,broken > in
  run -1 --separate-stderr ingest in
  is "$(types <<< "$output")" '2 order,1 profile,1 refund'
  is "$(jq -c 'select(.type == "refund") | [.refund_id, .paid]' <<< "$output")" '["2/refund",5]'
}

@test "a record without its key is refused" {
  orders '"order_id": "id"'
  printf 'id,x\n,1\n5,2\n' > in
  is "$(refused in)" "scrm-ingest: in:2: field 'order_id': there is none, and a record of type order cannot be without"
}

@test "short and long rows, a quote in the wrong place: refused with their bytes" {
  orders '"order_id": "a"'
  printf '%s\n' a,b 1,2 3 4,5,6 '7,"8"9' '"9' 10,11 > in
  run -1 --separate-stderr ingest --rejects rejects in
  is "$(field order_id <<< "$output")" 1,10
  is "$(jq -r '[(.line | tostring), .reason, .input] | join("|")' rejects | head -n 2)" \
    '3|expected 2 fields, got 1|3
4|expected 2 fields, got 3|4,5,6'
  is "$(jq -r .line rejects | paste -sd,)" 3,4,5,6
}

@test "rows that are read are written, folded, withheld or refused" {
  orders '"order_id": "id"' '"group": { "by": "id" }, "skip": { "id": { "starts": "Total" } },'
  printf 'id,n\n1,1\n1,2\n2,1\nTotal,4\n3\n' > in
  export SCRM_LOG=$PWD/log
  run -1 ingest in
  is "$(jq -c '[.read, .written, .folded, .withheld, .refused]' log)" '[5,2,1,1,1]'
}

@test "names that a header has twice, or not at all, are told apart" {
  orders '"order_id": "id", "phone": { "from": "phone", "type": "text" }, "x": "phone_2"'
  printf 'id,phone,phone,, id2 \n1,2,3,4,5\n' > in
  run --separate-stderr ingest in
  is "$(jq -c '[.phone, .x, .extra]' <<< "$output")" '["2","3",{"col4":"4","id2":"5"}]'
  [[ $stderr == *"column 'phone' is there twice: 'phone_2'"* ]]
  [[ $stderr == *"column 4 has no name: 'col4'"* ]]
}

@test "a column the map drops is not kept, and that is said" {
  orders '"order_id": "id"' '"drop": ["password_hash"],'
  printf 'id,password_hash\n1,secret\n' > in
  run --separate-stderr ingest in
  [[ $output != *secret* ]]
  [[ $stderr == *"'password_hash' is not kept"* ]]
}

@test "a file of another kind is 2, with the column it lacks and the nearest" {
  orders '"order_id": "order id", "total": "sum"'
  sed -i 's/"may": true,//' map.json
  printf 'order_id,total\n1,2\n' > in
  run -2 --separate-stderr ingest -o out in
  is "$stderr" "scrm-ingest: in:1: no column 'order id' (and 1 more that the map uses); the nearest here: 'order_id' (map './map.json')"
  [ ! -e out ]
}

@test "columns may have other names, and may be absent where the map says so" {
  orders '"order_id": "id", "total": "sum"' '"aliases": { "id": ["No", "Nr"] },'
  sed -i 's/"may": true/"may": ["sum"]/' map.json
  printf 'Nr\n7\n' > in
  is "$(ingest in | field order_id)" 7
}

@test "rows before the header, its comments, and what comes after a stop" {
  orders '"order_id": "Country", "from": "@comment.Start date", "f": "@name"' \
    '"input": { "preamble": true }, "stop": { "Country": "" },'
  sed -i 's/"may": true,//' map.json
  printf '%s\n' '# ---' '# Start date: 20260501' '' Country,Users DE,5 FR,6 ,11 \
    Device,Users x,1 > 2026-06-01-ga4.report.csv
  is "$(ingest 2026-06-01-ga4.report.csv | jq -c '[.order_id, .from, .f]')" '["DE","20260501","ga4"]
["FR","20260501","ga4"]'
}

@test "when the export was taken can stand in the file; columns that must be there" {
  map <<'END'
{ "set": { "source": "s" }, "input": { "preamble": true }, "must": ["n"], "extra": false,
  "observed": { "from": "@comment.End date", "format": "%Y%m%d" },
  "records": [ { "type": "order", "fields": { "order_id": "id" } } ] }
END
  printf '# End date: 20260531\nid\nid,n,x\n1,2,3\n' > 2026-06-01-in
  is "$(ingest 2026-06-01-in)" '{"type":"order","source":"s","order_id":"1","observed_at":"2026-05-31","file":"2026-06-01-in","row":1}'
  is "$(ingest --observed 2026-06-02 2026-06-01-in | field observed_at)" 2026-06-02
}

@test "a file without a header has the map's columns" {
  orders '"order_id": "a"' '"input": { "format": "tsv", "columns": ["a", "b"] },'
  printf '1\tx\n2\ty\n' > in
  is "$(ingest in | field order_id)" 1,2
}

@test "encodings: the mark, then -e, then the map's list" {
  orders '"order_id": "id", "name": "名"' '"input": { "encodings": ["utf-8", "gb18030"] },'
  printf 'id,名\n1,䶮😀\n' > utf8
  iconv -f utf-8 -t gb18030 utf8 > gb
  { printf '\377\376'; iconv -f utf-8 -t utf-16le utf8; } > utf16
  for f in utf8 gb utf16; do
    is "$(ingest $f | field name)" "䶮😀"
  done
  is "$(ingest -e utf-8 utf16 | field name)" "䶮😀"
  printf 'id\n\200\n' > win
  is "$(ingest -e windows-1252 win | field order_id)" "€"
  run -2 ingest -e klingon utf8
}

@test "bytes that do not fit are refused with their row, never replaced" {
  orders '"order_id": "id", "n": "n"'
  printf 'id,n\n1,a\n2,\377\n3,c\n' > in
  run -1 --separate-stderr ingest --rejects rejects in
  is "$(field order_id <<< "$output")" 1,3
  is "$(jq -r '[.line, .input_base64] | join(" ")' rejects)" "3 $(printf '2,\377' | base64)"
}

@test "an empty file is said and no error" {
  orders '"order_id": "id"'
  : > in
  run -0 ingest in
  is "$output" "scrm-ingest: in: it has no header"
}

@test "JSON: rows of a document, paths, elements, what no field uses" {
  map <<'END'
{ "set": { "source": "w" }, "input": { "format": "json", "rows": "data.list" },
  "records": [ { "type": "order", "fields": {
    "order_id": "id", "total": "sum", "page": "params[key=page].value.s",
    "email": "buyer.mail", "tags": { "from": "tags", "type": "list" },
    "products": { "rows": { "sku": "items.sku", "price": "items.price" }, "each": "items" } } } ] }
END
  cat > in <<'END'
{"data": {"list": [
  {"id": 9007199254740993, "sum": 1.10, "params": [{"key": "x"}, {"key": "page", "value": {"s": "p"}}],
   "buyer": {"mail": "A@b.c"}, "tags": ["a", 2], "items": [{"sku": "K", "price": "2.50"}, {"sku": "L"}],
   "new": {"k": 1e3}, "nil": null},
  {"id": "x", "sum": "1,5"}
]}}
[]
END
  run -1 --separate-stderr ingest in
  is "$output" '{"type":"order","source":"w","order_id":"9007199254740993","total":1.10,"page":"p","email":"a@b.c","tags":["a","2"],"products":[{"sku":"K","price":2.50},{"sku":"L"}],"extra":{"new":{"k": 1e3}},"file":"in","row":1}'
  [[ $stderr == *"in:5: field 'total': '1,5' is no number"* ]]
  [[ $stderr == *"in:7: no array 'data.list' in it"* ]]
}

@test "JSON over many lines leaves on one" {
  map <<'END'
{ "set": { "source": "w" }, "input": { "format": "json" },
  "records": [ { "type": "order", "fields": { "order_id": "id", "j": { "from": "j", "type": "json" } } } ] }
END
  printf '{"id": "1",\n "j": {\r\n  "a": "\\n" },\n "x": [1,\n2]}' > in
  is "$(ingest in)" '{"type":"order","source":"w","order_id":"1","j":{    "a": "\n" },"extra":{"x":[1, 2]},"file":"in","row":1}'
}

@test "JSON: a record for each element, and a document inside a text" {
  map <<'END'
{ "set": { "source": "ses" }, "input": { "format": "ndjson", "unwrap": "Message" },
  "records": [ { "type": "event", "each": "bounced", "fields": {
    "event_id": { "join": ["mail.id", "bounced.to"] }, "event": { "const": "bounce" },
    "email": "bounced.to" } } ] }
END
  cat > in <<'END'
{"Message": "{\"mail\":{\"id\":\"m1\"},\"bounced\":[{\"to\":\"a@b.c\"},{\"to\":\"d@e.f\"}]}"}
{"mail":{"id":"m2"},"bounced":{"to":"g@h.i"}}
{"mail": broken
[1]
{"mail":{"id":"m3"}} {"mail":{"id":"m4"},"bounced":[{"to":"j@k.l"}]}
{"x":1,"\u0078":2}
END
  run -1 --separate-stderr ingest in
  is "$(field event_id <<< "$output")" "m1 a@b.c,m1 d@e.f,m2 g@h.i,m4 j@k.l"
  [[ $stderr == *in:3:* && $stderr == *"in:4: not an object"* ]]
  [[ $stderr == *"in:6: the member 'x' is there twice"* ]]
}

@test "a map: what is not on the page is a mistake with line, column, nearest name" {
  printf '{\n  "records": [ { "type": "order",\n    "fields": { "order_id": { "fromm": "id" } } } ] }\n' | map
  run -2 --separate-stderr ingest in
  is "$stderr" "scrm-ingest: ./map.json:3:40: no member 'fromm'; is it 'from'?"
  orders '"order_id": { "from": "a", "type": "txt" }'
  run -2 --separate-stderr ingest in
  [[ $stderr == *"no type 'txt'; is it 'text'?" ]]
  orders '"order_id": { "from": "a", "const": "b" }'
  run -2 --separate-stderr ingest in
  [[ $stderr == *"'from' and 'const' cannot both say where 'order_id' comes from" ]]
  orders '"total": "a"'
  run -2 --separate-stderr ingest in
  [[ $stderr == *"a record of type order needs a field 'order_id'" ]]
  orders '"order_id": "a", "order_id": "b"'
  run -2 --separate-stderr ingest in
  [[ $stderr == *"duplicate"* ]]
  orders '"order_id": "a"' '"group": { "by": "a", "within": 100001 },'
  run -2 --separate-stderr ingest in
  [[ $stderr == *"'within' is a number of rows, 0 to 100000" ]]
  orders '"order_id": { "const": "${shop}" }'
  run -2 --separate-stderr ingest in
  [[ $stderr == *"no constant 'shop'"* ]]
}

@test "a comment behind the header begins another table with its own" {
  map <<'END'
{ "set": { "source": "s", "account": "a" }, "input": { "preamble": true },
  "skip": { "from": "" }, "may": ["n"], "records": [ { "type": "count", "fields": {
    "date": { "from": "@comment.Day", "format": "%Y%m%d" }, "channel": "from", "total": "n" } } ] }
END
  printf '%s\n' '# Day: 20260501' 'from,n' a,1 '#b,2' ,3 '' '# Report: two' \
    '# Day: 20260401' 'n,from' 4,c '# other' 'page,views' '/,9' > in
  run -0 --separate-stderr ingest in
  is "$(jq -c '[.date, .channel, .total, .row]' <<< "$output")" \
    '["2026-05-01","a",1,1]
["2026-05-01","#b",2,2]
["2026-04-01","c",4,4]'
  [[ $stderr == *"its last table is another: no column 'from'"* ]]
  # Not the preamble of one table for the next.
  printf '%s\n' '# Day: 20260501' 'from,n' a,1 '# Report: two' 'from,n' c,4 > in
  run -1 --separate-stderr ingest in
  [[ $stderr == *"in:6: field 'date': there is none"* ]]
}

@test "footer: the row of one cell and what is below it are withheld" {
  orders '"order_id": "a", "coupon": "b"' '"input": { "footer": true },'
  printf '%s\n' a,b 1,2 '' 'A report' 'Copyright' 3,4 > in
  run -0 --separate-stderr ingest in
  is "$(field order_id <<< "$output")" 1
  # Without it, they are rows that are too short.
  orders '"order_id": "a", "coupon": "b"'
  run -1 --separate-stderr ingest in
  is "$(field order_id <<< "$output")" 1,3
}

@test "refuse: what looks like the export and is not, with the reason" {
  orders '"order_id": "id"' '"input": { "format": "json", "rows": ["list", ""] },
    "refuse": [ { "when": { "error": { "over": "0" } }, "because": "an error, no page" },
                { "when": { "id": "x" }, "because": "it is x" } ],'
  printf '%s\n' '{"error":0,"list":[{"id":"a"},{"id":"x"}]}' '{"error":7}' '{"id":"b"}' > in
  run -1 --separate-stderr ingest in
  is "$(field order_id <<< "$output")" a,b
  is "$stderr" "scrm-ingest: in:1: it is x
scrm-ingest: in:2: an error, no page
scrm-ingest: read 4, written 2, refused 2; as of $(sed -n 's/.*as of //p' <<< "$stderr")"
  orders '"order_id": "id"' '"refuse": [ { "when": { "id": "x" } } ],'
  run -2 --separate-stderr ingest in
  [[ $stderr == *"a refusal has 'when' and 'because'" ]]
  orders '"order_id": "id"' '"refuse": { "id": "x" },'
  run -2 --separate-stderr ingest in
  [[ $stderr == *"'refuse' is a list of tests, each with a reason" ]]
}

@test "in JSON: name[2], a list of members, and what is kept whole" {
  orders '"order_id": "o.id", "coupon": "o.codes[2]", "tags": { "from": "o.tags", "type": "list", "member": "name" }' \
    '"input": { "format": "ndjson" }, "keep": ["o"],'
  printf '%s\n' '{"o":{"id":"1","codes":["a","b"],"tags":[{"name":"x"},{"no":1},{"name":"y"}]}}' \
    '{"o":{"id":"2","codes":["a"],"tags":["p",{"name":"q"}]}}' > in
  run -0 ingest in
  is "$(jq -c '[.coupon, .tags, .extra.o.id]' <<< "$output")" \
    '["b",["x","y"],"1"]
[null,["p","q"],"2"]'
  orders '"order_id": "o[0]"' '"input": { "format": "ndjson" },'
  run -2 --separate-stderr ingest in
  [[ $stderr == *"'[' wants a number or key=text"* ]]
}

@test "an epoch that a spreadsheet wrote as 1.79E+9 is none" {
  orders '"order_id": "a", "time": { "from": "t", "format": "epoch", "zone": "UTC" }'
  printf '%s\n' a,t 1,1793462400 2,1.79346E+09 3,1793462400.5 > in
  run -1 --separate-stderr ingest in
  is "$(field time <<< "$output")" 2026-10-31T16:00:00Z,2026-10-31T16:00:00.5Z
}

@test "a delivery is known by message_key and attempt, or by remote_id" {
  map <<'END'
{ "set": { "source": "s" }, "records": [ { "type": "delivery", "fields": { "remote_id": "id" } } ] }
END
  printf 'id\nr1\n' > in
  run -0 ingest in
  is "$(field remote_id <<< "$output")" r1
  map <<'END'
{ "set": { "source": "s" }, "records": [ { "type": "delivery", "fields": { "status": "id" } } ] }
END
  run -2 --separate-stderr ingest in
  [[ $stderr == *"a record of type delivery needs a field 'message_key', or 'remote_id'" ]]
}

@test "every map that comes with scrm is read, and named by --list" {
  for f in "$SRC"/share/maps/*.json; do
    m=$(basename "$f" .json)
    run -0 scrm-ingest -m "$m" -D source=x $(jq -r '.needs // {} | keys[] |
      "-D \(.)=\(if . == "zone" then "UTC" else "x" end)"' "$f") /dev/null
    scrm-ingest --list | grep -q "^$m  *[A-Za-z]"
  done
}

@test "a map that does not exist: the nearest; a constant it does not have: the nearest" {
  run -2 --separate-stderr scrm-ingest -m taobao-order in
  is "$stderr" "scrm-ingest: no map 'taobao-order'; is it 'taobao-orders'?"
  run -2 --separate-stderr scrm-ingest -m wechat-users in
  [[ $stderr == *"map 'wechat-users': it needs -D appid=...: "* ]]
  run -2 --separate-stderr scrm-ingest -m wechat-users -D appip=wx1 in
  [[ $stderr == *"is it 'appid'?" ]]
}

@test "a folder's map extends ours of the same name, by set, constants and also" {
  mkdir maps
  cat > maps/taobao-items.json <<'END'
{ "extends": "taobao-items", "set": { "source": "tmall-gucci", "house": "GUC" },
  "constants": { "shop": "旗舰店" },
  "also": { "order": { "account": { "const": "${shop}" }, "note": "备注" } } }
END
  cp "$SRC"/samples/raw/taobao-items/2026-11-20-* in.csv
  is "$(scrm-ingest -m taobao-items in.csv | jq -c '[.source, .house, .account]' | sort -u)" \
    '["tmall-gucci","GUC","旗舰店"]'
  is "$(scrm-ingest -m taobao-items -D house=YSL in.csv | jq -r .house | sort -u)" YSL
  printf '{ "extends": "b" }' > maps/a.json
  printf '{ "extends": "a" }' > maps/b.json
  run -2 scrm-ingest -m a in.csv
  [[ $output == *circle* ]]
}

@test "records pass as they are; what the page knows is checked" {
  printf '%s\n' '{"type":"order", "source":"s","order_id":"1", "total": 1.10,"currency":"EUR"}' \
    '{"x":1}' '{"type":"order","source":"s"}' > 2026-11-20-r.ndjson
  run -1 --separate-stderr scrm-ingest -m records 2026-11-20-r.ndjson
  is "$output" '{"type":"order", "source":"s","order_id":"1", "total": 1.10,"currency":"EUR","observed_at":"2026-11-20"}
{"x":1}'
  is "$(scrm-ingest -m records "$SRC/samples/records.ndjson")" \
    "$(cat "$SRC/samples/records.ndjson")"
}

@test "the sample of Taobao: orders, and items that belong to them" {
  samples
  run -1 --separate-stderr scrm-ingest -m taobao-orders raw/taobao-orders/*
  is "$(types <<< "$output" | sed 's/,.*//')" '75 order'
  is "$(jq -r 'select(.type == "order").order_id' <<< "$output" | sort -u)" \
    "$(scrm-ingest -m taobao-items raw/taobao-items/* | jq -r .order_id | sort -u)"
}

@test "the sample of the till: returns are refunds of their receipt" {
  samples
  run -1 --separate-stderr scrm-ingest -m till-orders raw/till-orders/*
  is "$(jq -r 'select(.type == "refund") | [.refund_id, .order_id] | join(" ")' <<< "$output")" \
    'RBJ02-0000099 BJ02-0000093
RSH01-0000422 BJ02-0000093'
}

@test "Shopify: what customers accept is a consent with its proof" {
  samples
  is "$(scrm-ingest -m shopify-customers raw/shopify-customers/* |
    jq -r 'select(.channel == "email") | [.status, .proof] | join(" ")' | sort | uniq -c | sed 's/^ *//')" \
    '4 denied Accepts Email Marketing: no
8 granted Accepts Email Marketing: yes'
}

@test "Douyin: TAB guards, sub-orders of one order, or several in a cell" {
  map <<'END'
{ "set": { "source": "douyin" }, "null": ["", "-"], "guards": ["tab"], "group": { "by": "主订单编号" },
  "records": [ { "type": "order", "fields": {
    "order_id": "主订单编号", "paid": { "sum": "订单应付金额", "over": "rows" },
    "receiver": { "fields": {
      "name": { "case": [ { "when": { "收件人": { "starts": ["##", "$$"] } }, "const": "" }, { "from": "收件人" } ] },
      "phone": { "from": "收件人手机号", "region": "CN" } } },
    "products": { "case": [
      { "when": { "选购商品": { "has": ";" } }, "elements": [
        { "name": { "from": "选购商品", "part": [";", 1] } }, { "name": { "from": "选购商品", "part": [";", 2] } },
        { "name": { "from": "选购商品", "part": [";", 3] } } ] },
      { "rows": { "name": "选购商品", "sku": "商家编码" } } ] } } } ] }
END
  printf '\357\273\277%s\n' 主订单编号,选购商品,商家编码,订单应付金额,收件人,收件人手机号 > in
  printf '"\t6917926768823643751",%s\n' '唇釉,A,5.10,##x##,$$y$$' '面霜,-,6.20,-,-' >> in
  printf '"\t69179267688236437510",%s\n' '唇釉;面霜,-,1,李,13800000001' >> in
  is "$(ingest in | jq -c '[.order_id, .paid, [.products[].name], .receiver, .extra]')" \
    '["6917926768823643751",11.3,["唇釉","面霜"],null,{"收件人手机号":"$$y$$"}]
["69179267688236437510",1,["唇釉","面霜"],{"name":"李","phone":"+8613800000001"},null]'
}

@test "Magento: addresses on rows below; one mail is two customers of two shops" {
  map <<'END'
{ "set": { "source": "magento" }, "drop": ["password_hash", "rp_token"],
  "group": { "by": ["email", "_website"], "blank": "continue" },
  "records": [ { "type": "profile", "fields": {
    "source_id": { "join": ["email", "_website"], "with": "/" }, "email": "email",
    "addresses": { "rows": { "city": "_address_city" } } } } ] }
END
  printf '%s\n' email,_website,password_hash,_address_city a@b.c,base,x,Rome ,,,Bonn a@b.c,fr,,Lyon > in
  is "$(ingest in 2>/dev/null | jq -c '[.source_id, [.addresses[].city]]')" '["a@b.c/base",["Rome","Bonn"]]
["a@b.c/fr",["Lyon"]]'
}

@test "Square: date, time and the zone's Rails name in columns; a return is a row" {
  map <<'END'
{ "set": { "source": "square" },
  "records": [ { "type": "refund", "when": { "Event Type": "Refund" }, "fields": {
    "refund_id": "Transaction ID", "paid": { "from": "Net", "negate": true, "group": "," },
    "time": { "join": ["Date", "Time"], "format": "%Y-%m-%d %H:%M:%S",
      "zone": { "from": "Time Zone", "words": { "Eastern Time (US & Canada)": "America/New_York" } } } } } ] }
END
  printf '%s\n' 'Date,Time,Time Zone,Event Type,Transaction ID,Net' \
    '2026-07-01,10:00:00,Eastern Time (US & Canada),Refund,T1,"($1,033.62)"' \
    '2026-07-01,10:00:00,Eastern Time (US & Canada),Payment,T2,$5.00' > in
  is "$(ingest in | jq -c '[.refund_id, .paid, .time]')" '["T1",1033.62,"2026-07-01T10:00:00-04:00"]'
}

@test "Mailchimp: the state in the file's name, quoted words in a cell, no zone" {
  map <<'END'
{ "set": { "source": "mailchimp" }, "needs": { "zone": "of the account" },
  "records": [ { "type": "consent", "fields": {
    "channel": { "const": "email" }, "to": { "from": "Email Address", "type": "email", "bad": "refuse" },
    "purpose": { "const": "marketing" },
    "status": { "from": "@name", "part": ["_", 1],
      "words": { "subscribed": "granted", "unsubscribed": "revoked", "cleaned": "denied" } },
    "time": { "from": "LAST_CHANGED", "format": "%Y-%m-%d %H:%M:%S", "zone": "${zone}" },
    "tags": { "from": "TAGS", "type": "list" } } } ] }
END
  printf '%s\n' '"Email Address",LAST_CHANGED,TAGS' \
    '"A@b.c",2026-01-05 10:00:00,"""VIP"",""Blog, daily"",INDIE\, EGYPT"' > 2026-02-01-unsubscribed_members_export_5.csv
  is "$(ingest -D zone=Europe/Rome 2026-*.csv | jq -c '[.to, .status, .time, .tags]')" \
    '["a@b.c","revoked","2026-01-05T10:00:00+01:00",["VIP","Blog, daily","INDIE, EGYPT"]]'
  run -2 --separate-stderr ingest 2026-*.csv
  [[ $stderr == *"it needs -D zone=...: of the account"* ]]
}

@test "Klaviyo: subscribed and suppressed is not mailable" {
  map <<'END'
{ "set": { "source": "klaviyo" }, "null": ["", "[]"],
  "records": [ { "type": "consent", "when": { "Email": "*" }, "fields": {
    "channel": { "const": "email" }, "to": { "from": "Email", "type": "email", "bad": "refuse" },
    "purpose": { "const": "marketing" },
    "status": { "case": [ { "when": { "Email Suppressions": "*" }, "const": "revoked" },
      { "from": "Email Marketing Consent", "words": { "SUBSCRIBED": "granted" }, "otherwise": "denied" } ] },
    "reasons": { "from": "Email Suppressions", "type": "json" } } } ] }
END
  printf '%s\n' 'Email,Email Marketing Consent,Email Suppressions' 'a@b.c,SUBSCRIBED,[]' \
    ' D@e.f,SUBSCRIBED,"[""HARD_BOUNCE""]"' g@h.i,NEVER_SUBSCRIBED, > in
  is "$(ingest in | jq -c '[.to, .status, .reasons]')" '["a@b.c","granted",null]
["d@e.f","revoked",["HARD_BOUNCE"]]
["g@h.i","denied",null]'
}

@test "WeCom: an array here and an object there, telephone numbers as numbers" {
  map <<'END'
{ "set": { "source": "wecom" }, "input": { "format": "json", "rows": "external_contact_list" },
  "aliases": { "follow_user.userid": ["follow_info.userid"], "follow_user.remark_mobiles": ["follow_info.remark_mobiles"] },
  "records": [ { "type": "profile", "each": ["follow_user", "follow_info"], "fields": {
    "source_id": "external_contact.external_userid", "advisor_id": "follow_user.userid",
    "phones": { "from": "follow_user.remark_mobiles", "type": "list" } } } ] }
END
  cat > in <<'END'
{"external_contact_list":[
 {"external_contact":{"external_userid":"w1"},"follow_user":[{"userid":"A","remark_mobiles":[13800000001]},{"userid":"B"}]},
 {"external_contact":{"external_userid":"w2"},"follow_info":{"userid":"C","remark_mobiles":["13800000001"]}}]}
END
  is "$(ingest in | jq -c '[.source_id, .advisor_id, .phones]')" '["w1","A",["13800000001"]]
["w1","B",null]
["w2","C",["13800000001"]]'
}

@test "SendGrid and SES: an array a line, texts as elements" {
  map <<'END'
{ "set": { "source": "esp" }, "input": { "format": "ndjson" },
  "records": [
    { "type": "event", "when": { "sg_event_id": "*" }, "fields": { "event_id": "sg_event_id",
      "event": "event", "time": { "from": "timestamp", "format": "epoch" },
      "category": { "from": "category", "type": "list" } } },
    { "type": "event", "each": "mail.destination", "fields": { "event": { "const": "sent" },
      "event_id": { "join": ["mail.messageId", "mail.destination"] }, "email": "mail.destination" } } ] }
END
  cat > in <<'END'
[{"sg_event_id":"x1","event":"open","timestamp":1767225600,"category":"a"},{"sg_event_id":"x2","event":"click","timestamp":1767225600,"category":["a","b"]}]
{"mail":{"messageId":"m","destination":["a@b.c","d@e.f"]}}
END
  is "$(ingest in | jq -c '[.event_id, .time, .category, .email]')" '["x1","2026-01-01T00:00:00Z",["a"],null]
["x2","2026-01-01T00:00:00Z",["a","b"],null]
["m a@b.c",null,null,"a@b.c"]
["m d@e.f",null,null,"d@e.f"]'
}

@test "a link's parameters, percent signs and plus" {
  orders '"order_id": "id", "utm": { "from": "url", "part": ["?", 2],
    "member": "utm_source", "split": "&", "pair": "=", "decode": "percent", "lower": true, "bad": "drop" }'
  printf '%s\n' id,url '1,/s?a=1&utm_source=Double+11%E5%A5%BD' '2,/s?utm_source=%C3%28' 3,/s > in
  is "$(ingest in | field utm)" "double 11好,-,-"
}

@test "HubSpot: two shapes of date in one column" {
  orders '"order_id": "id", "time": { "from": "t", "zone": "UTC",
    "format": ["%Y-%m-%d %H:%M", "%m/%d/%Y %I:%M %p"] }'
  printf '%s\n' id,t '1,2024-03-12 09:14' '2,3/15/2024 2:30 PM' '3,15.3.2024' > in
  is "$(ingest in 2> err | field time)" 2024-03-12T09:14:00Z,2024-03-15T14:30:00Z
  grep -q "'15.3.2024' fits none of the map's formats" err
}

# cents TYPE FIELD: their sum, in cents, so that no double is added.
cents() {
  jq -s --arg t "$1" --arg f "$2" \
    '[.[] | select(.type == $t) | .[$f] // 0 | . * 100 | round] | add'
}

@test "Taobao's order list: 120 orders, 12 buyers, 97 paid: 53435.00, 5899.35 back" {
  scrm-ingest -m taobao-orders "$SRC"/t/exports/taobao_ExportOrderList_gb18030.csv > out
  is "$(types out)" '120 order,120 profile,11 refund'
  is "$(jq -r .tmall_nick out | sort -u | wc -l)" 12
  is "$(jq -c 'select(.paid > 0 and .type == "order")' out | wc -l)" 97
  is "$(cents order paid < out)" 5343500
  is "$(cents refund paid < out)" 589935
  grep -q '䶮' out
  # a formula, a quoted newline, a note that is 'null, a blank of full width
  grep -q '"买家留言":"=1+1"' out
  run grep -c '"订单备注":"\(null\|.null\)"' out
  is "$output" 0
  grep -q '卸妆油　200ml' out
}

@test "Taobao's item list: 180 rows are 120 orders" {
  export SCRM_LOG=$PWD/log
  scrm-ingest -m taobao-items "$SRC"/t/exports/taobao_ExportOrderDetailList_gbk.csv > out
  is "$(jq -c '[.read, .written, .folded]' log)" '[180,120,60]'
  is "$(jq -r '.products[].sku' out | sort -u | wc -l)" 180
}

@test "a list that a spreadsheet saved again: every row is refused" {
  run -1 --separate-stderr scrm-ingest -m taobao-orders --rejects rejects \
    "$SRC"/t/exports/taobao_ExportOrderList_excel_resaved.csv
  is "$output" ""
  is "$(jq -r .field rejects | sort | uniq -c | sed 's/^ *//')" '120 order_id'
}

@test "Shopify's orders: 101 rows are 70 orders, 5286.50 paid, 698.00 back" {
  export SCRM_LOG=$PWD/log
  scrm-ingest -m shopify-orders "$SRC"/t/exports/shopify_orders_export.csv > out
  is "$(jq -c '[.read, .written, .folded]' log)" '[101,70,31]'
  is "$(cents order paid < out)" 528650
  is "$(cents order refunded < out)" 69800
  is "$(cents refund paid < out)" 69800
  is "$(jq -s '[.[] | select(.type == "order").products | length] | add' out)" 101
}

@test "Shopify's customers: 30, of whom 15 accept mail" {
  scrm-ingest -m shopify-customers "$SRC"/t/exports/shopify_customers_export.csv > out
  is "$(grep -c '"type":"profile"' out)" 30
  is "$(jq -r 'select(.channel == "email").status' out | sort | uniq -c | sed 's/^ *//')" \
    '15 denied
15 granted'
  grep -q '"postal_code":"00000"' out
}

@test "WeChat's pushes: 43, of 41 ids; text and 17 digits are whole" {
  scrm-ingest -m wechat-events -D appid=wx1 "$SRC"/t/exports/wechat_push_events.xmllog > out
  is "$(wc -l < out)" 43
  is "$(jq -r .event_id out | sort -u | wc -l)" 41
  is "$(scrm-latest out 2> err | wc -l)" 41
  is "$(jq -r 'select(.event == "text") | .event_id, .text' out)" '22876340532172986
你好 ]]> <b>& "引号"
第二行'
  is "$(jq -r 'select(.event == "subscribe").code' out | sort -u)" store_001
}

@test "UCI Online Retail: invoices, returns, lines without customer" {
  export SCRM_LOG=$PWD/log
  scrm-ingest -m online-retail "$SRC"/t/exports/onlineretail.csv > out
  is "$(types out)" '6 order,7 profile,3 refund'
  is "$(cents order paid < out)" 97873
  is "$(cents refund paid < out)" 3595
  # bad debts are no sales
  is "$(jq -c '[.read, .written, .folded, .withheld]' log)" '[62,9,51,2]'
}

# The whole data set by the same commands (320,705 lines): 3360 customers,
# gross_revenue 5239240.56, returns 320132.83, revenue 4919107.73.
@test "UCI Online Retail: what customers bought and gave back is what SQL says" {
  need sqlite3
  scrm-ingest --observed 2011-09-01 -m online-retail "$SRC"/t/exports/onlineretail.csv |
    scrm-latest 2> latest | scrm-dedupe --exact | scrm-profile > out 2> err
  sqlite3 -csv :memory: ".import '$SRC/t/exports/onlineretail.csv' t" '
    with line as (select CustomerID c, InvoiceNo glob "[0-9]*" bought,
        cast(round(Quantity * UnitPrice * 100) as integer) cents from t
      where CustomerID <> "NA" and InvoiceNo not glob "A*")
    select c, sum(cents * bought), sum(cents) from line group by c order by c' > want
  jq -r '[.member_no, (.gross_revenue // 0) * 100, (.revenue // 0) * 100] |
    "\(.[0]),\(.[1] | round),\(.[2] | round)"' out | sort > got
  is "$(cat got)" "$(cat want)"
}

@test "a live pipe: a row leaves before the next one is waited for" {
  orders '"order_id": "id"'
  mkfifo pipe
  timeout 60 scrm-ingest -m ./map.json pipe > out 3>&- &
  exec 4<> pipe # never waits for a reader that died
  printf 'id\n1\n' >&4
  for _ in $(seq 200); do [ -s out ] && break; sleep 0.1; done
  is "$(field order_id < out)" 1
  exec 4>&-
  wait
}

@test "--if-changed leaves alone what was made of the same" {
  orders '"order_id": "No", "total": "Sum"'
  printf 'No,Sum\n17,9.90\n18,x\n' > 'a (1).csv'
  base() { ingest --if-changed -q -o base.ndjson 'a (1).csv'; }
  run -1 base
  is "$output" "scrm-ingest: a (1).csv:3: field 'total': 'x' is no number"
  touch -d '2001-01-01' base.ndjson
  run -1 base
  is "$output" ""
  is "$(stat -c %y base.ndjson)" "2001-01-01 00:00:00.000000000 +0000"
  is "$(wc -l < base.ndjson.rejects)" 1
}

@test "--if-changed: the file, its time, the map, its parent, a word, the output" {
  orders '"order_id": "No"'
  echo '{"extends": "./map.json", "set": {"house": "h"}}' > own.json
  printf 'No\n17\n' > in
  made() {
    [ ! -e base ] || touch -d 2001-01-01 base
    scrm-ingest -m ./own.json -q --if-changed -o base in "$@"
    [ "$(stat -c %Y base)" != "$(date -d 2001-01-01 +%s)" ]
  }
  made
  run ! made
  printf 'No\n18\n' > in
  made
  touch -d '2001-01-01' in
  made
  run ! made
  orders '"order_id": "No", "coupon": {"const": "c"}'
  made
  echo '{"extends": "./map.json", "set": {"house": "g"}}' > own.json
  made
  made -D source=t
  run ! made -D source=t
  echo >> base
  made -D source=t
  rm base.stamp
  made -D source=t
  rm base
  made -D source=t
  is "$(jq -c '[.source, .house, .order_id, .coupon]' base)" '["t","g","18","c"]'
}

@test "--if-changed: what could not be made is made again, and said again" {
  map <<< '{"set": {"source": "s"},
    "records": [{"type": "order", "fields": {"order_id": "No"}}]}'
  printf 'No\n17\n' > in
  ingest --if-changed -o base in
  printf 'Na\n17\n' > in
  run -2 ingest --if-changed -o base in
  run -2 ingest --if-changed -o base in
  is "$(jq -r .order_id base)" 17
  printf 'No\n19\n' > in
  ingest --if-changed -o base in
  is "$(jq -r .order_id base)" 19
}

@test "--if-changed wants an output and files" {
  orders '"order_id": "No"'
  run -2 ingest --if-changed in
  run -2 --separate-stderr ingest --if-changed -o base < /dev/null
  is "$stderr" "scrm-ingest: option '--if-changed' wants -m, -o and files"
  mkfifo in
  run -2 timeout 5 scrm-ingest -m ./map.json --if-changed -o base in
}

@test "a document that is cut off is half a file: 2" {
  map <<< '{"input": {"format": "json"}, "set": {"source": "s"},
    "records": [{"type": "order", "fields": {"order_id": "no"}}]}'
  printf '{"no":"1"}\n{"no":"2"\n{"no":"3"}\n' > in
  run -1 --separate-stderr ingest in
  is "$(jq -r .order_id <<< "$output" | paste -sd,)" 1,3
  printf '{"no":"1"}\n{"no":"2"' > in
  run -2 --separate-stderr ingest in -o out
  is "${stderr_lines[-1]}" "scrm-ingest: in:2: the file ends in what cannot be read: is it only half of the download?"
  [ ! -e out ]
}

@test "row: of a group, the row that passes is asked" {
  orders '"order_id": "No",
    "status": { "first": [ { "const": "paid", "row": { "State": "open" } },
      { "const": "completed", "row": { "State": "done" } } ] },
    "city": { "from": "City", "row": { "Main": "1" } },
    "to": { "row": { "Main": "1" }, "fields": { "city": "City" } },
    "any": { "row": { "Main": "1" }, "first": ["City", "State"] }' \
    '"group": { "by": "No" },'
  printf '%s\n' No,State,City,Main 1,done,Lyon, 1,open,Nice,1 2,done,, \
    3,lost,Metz,0 > in
  is "$(ingest in | field status)" paid,completed,-
  is "$(ingest in | field city)" Nice,-,-
  is "$(ingest in | field to.city)" Nice,-,-
  is "$(ingest in | field any)" Nice,-,-
  orders '"order_id": "No", "city": { "from": "City", "row": { "Main": "1" } }'
  is "$(refused in)" "scrm-ingest: ./map.json:2:73: 'row' is for a map with 'group'"
}

@test "parts: cells that hold several are an object for each" {
  orders '"order_id": "No", "products": { "rows": { "sku": "Sku",
    "name": "Name", "quantity": "Qty" }, "parts": ["Sku", "Name", "Qty"] }'
  printf '%s\n' No,Sku,Name,Qty '1,a; b,red;blue,3' '2,a,red;blue,1' \
    '3,a;,red;blue,1;2' 4,,red,1 > in
  is "$(ingest in | jq -c .products)" \
    '[{"sku":"a","name":"red"},{"sku":"b","name":"blue"}]
[{"sku":"a","name":"red;blue","quantity":1}]
[{"sku":"a","name":"red","quantity":1},{"name":"blue","quantity":2}]
[{"name":"red","quantity":1}]'
  is "$(ingest in | jq -c .extra)" '{"Qty":"3"}
null
null
null'
}

@test "decimal either: the last sign is the decimal one, a doubt is refused" {
  orders '"order_id": "No", "total": { "from": "Sum", "decimal": "either" }'
  printf '%s;%s\n' No Sum 1 '1234,56' 2 1234.56 3 1.234,56 4 1,234.56 \
    5 -0,5 6 12 7 1.234.567 8 '(1,5)' | tr ';' '\t' > in
  sed -i 's/"set"/"input": { "format": "tsv" }, "set"/' map.json
  is "$(ingest in | jq -c .total | paste -sd,)" \
    1234.56,1234.56,1234.56,1234.56,-0.5,12,1234567,-1.5
  printf 'No\tSum\n1\t1,234\n2\t1.234\n3\t1,2.3,4\n' > in
  is "$(refused in)" "scrm-ingest: in:2: field 'total': '1,234' may have a decimal sign or one between thousands
scrm-ingest: in:3: field 'total': '1.234' may have a decimal sign or one between thousands
scrm-ingest: in:4: field 'total': '1,2.3,4' is no number"
}

@test "every: all rows of a group; lacks: there, and without the text" {
  orders '"order_id": "No",
    "status": { "case": [ { "when": { "State": { "every": "off" } },
      "const": "cancelled" }, { "const": "paid" } ] },
    "buyer": { "from": "Who", "when": { "Who": { "lacks": ["*", "##"] } } }' \
    '"group": { "by": "No" },'
  printf '%s\n' No,State,Who 1,off,ann 1,on, 2,off,a*n 2,off, 3,off, > in
  is "$(ingest in | field status)" paid,cancelled,cancelled
  is "$(ingest in | field buyer)" ann,-,-
  orders '"order_id": { "from": "No", "when": { "No": { "every": "1" } } }'
  is "$(refused in)" "scrm-ingest: ./map.json:2:91: 'every' is alone, in a map with 'group'"
}

@test "a comma at the end of the header is not worth a word" {
  orders '"order_id": "No"'
  printf 'No,\n1,\n2,x\n' > in
  is "$(ingest in 2>&1 | field extra.col2)" -,x
}

@test "a column that gives the region or the zone ends where its cell ends" {
  orders '"order_id": "No", "phone": { "from": "Phone", "region": { "from": "Land" } },
    "time": { "from": "At", "format": "%Y-%m-%d %H:%M", "zone": { "from": "Zone" } }'
  printf '%s\n' Zone,Land,Phone,No,At \
    'Asia/Shanghai,CN,13800000101,1,2026-01-31 08:30' > in
  is "$(ingest in | jq -c '[.phone, .time]')" \
    '["+8613800000101","2026-01-31T08:30:00+08:00"]'
}

@test "a time in UTC ends with Z, however it was read" {
  orders '"order_id": "No", "time": { "from": "At",
    "format": ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"], "zone": "UTC" }'
  printf '%s\n' No,At '1,2026-01-31 08:30:00' '2,2026-01-31 08:30' > in
  is "$(ingest in | field time)" 2026-01-31T08:30:00Z,2026-01-31T08:30:00Z
}

@test "upper: a to z become capitals" {
  orders '"order_id": "No", "currency": { "from": "In", "upper": true }'
  printf 'No,In\n1,eur\n2,É元z\n' > in
  is "$(ingest in | field currency)" EUR,É元Z
}

@test "needs may name the source" {
  map <<'END'
{ "needs": { "source": "its name" }, "may": true, "records": [
  { "type": "profile", "fields": { "source_id": "No" } } ] }
END
  printf 'No\n1\n' > in
  is "$(refused in)" "scrm-ingest: map './map.json': it needs -D source=...: its name"
  is "$(ingest -D source=club in | field source)" club
}
