#!/usr/bin/env bats
load helper

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  cat > products.csv <<'EOF'
sku,brand,cost
A1,Aurelia,31.50
88,Cygne,7
EOF
}

# join LINE [option...]: what becomes of the line, by the products.
join() {
  local line=$1
  shift
  scrm-join -f products.csv -k sku "$@" 2> err <<< "$line"
}

# refused WORDS...: it ends with 2 and says that, the name before it left out.
refused() {
  local want=$1
  shift
  run --separate-stderr -2 scrm-join "$@" < /dev/null
  is "${stderr%%$'\n'*}" "scrm-join: $want"
}

@test "the columns of the row go to the end of the record" {
  is "$(join '{"type":"visit","sku":"A1" , "n": 1.10 }')" \
    '{"type":"visit","sku":"A1" , "n": 1.10,"brand":"Aurelia","cost":31.50 }'
}

@test "each element of an array gets its own, and every other byte stays" {
  is "$(join '{"products":[ {"sku" : "A1","price":1.10} ,{"x":[1, 2],"sku":88}], "z":1e3}' \
    -k products.sku)" \
    '{"products":[ {"sku" : "A1","price":1.10,"brand":"Aurelia","cost":31.50} ,{"x":[1, 2],"sku":88,"brand":"Cygne","cost":7}], "z":1e3}'
}

@test "keys are equal as text: a number is its digits, nothing is trimmed off" {
  is "$(join '{"sku":88}' -c brand)" '{"sku":88,"brand":"Cygne"}'
  is "$(join '{"sku":"8\u0038"}' -c brand)" '{"sku":"8\u0038","brand":"Cygne"}'
  for line in '{"sku":88.0}' '{"sku":"088"}' '{"sku":" 88"}' '{"sku":"a1"}' \
    '{"sku":true}' '{"sku":{"A1":1}}' '{"sku":""}' '{"sku":[]}'; do
    is "$(join "$line")" "$line"
  done
}

@test "of several keys in one place the first that has a row counts" {
  is "$(join '{"sku":["X",88,"A1"]}' -c brand)" \
    '{"sku":["X",88,"A1"],"brand":"Cygne"}'
}

@test "a member that is there stays, unless it is null or with --replace" {
  is "$(join '{"brand":"B","sku":"A1","cost":null}')" \
    '{"brand":"B","sku":"A1","cost":31.50}'
  is "$(join '{"brand":"","sku":"A1"}' -c brand)" '{"brand":"","sku":"A1"}'
  is "$(join '{"brand":"B","sku":"A1"}' --replace -c brand)" \
    '{"brand":"Aurelia","sku":"A1"}'
}

@test "--as puts the columns into one object, also one by one in an array" {
  is "$(join '{"sku":"A1"}' --as product)" \
    '{"sku":"A1","product":{"brand":"Aurelia","cost":31.50}}'
  is "$(join '{"products":[{"sku":"A1"},{}]}' -k products.sku --as p -c cost)" \
    '{"products":[{"sku":"A1","p":{"cost":31.50}},{}]}'
  is "$(join '{"sku":"A1","p":1}' --as p)" '{"sku":"A1","p":1}'
}

@test "-c chooses columns, names them, and the key may be one" {
  is "$(join '{"sku":"A1"}' -c made_by=brand)" \
    '{"sku":"A1","made_by":"Aurelia"}'
  is "$(join '{"sku":"A1"}' -c '"a b"=Brand,no=SKU')" \
    '{"sku":"A1","a b":"Aurelia","no":"A1"}'
  refused "products.csv:1: no column 'brnd'; is it 'brand'?" \
    -f products.csv -k sku -c brnd
  refused "option '-c': two columns would be 'x'" \
    -f products.csv -k sku -c x=brand,x=cost
}

@test "the column may have another name than the field" {
  is "$(join '{"item":{"code":"88"}}' -k item.code=SKU -c brand)" \
    '{"item":{"code":"88","brand":"Cygne"}}'
  refused "products.csv:1: no column 'code'; it has sku, brand, cost: say -k FIELD=COLUMN" \
    -f products.csv -k code
  refused "products.csv:1: no column 'skus'; is it 'sku'?" -f products.csv -k skus
}

@test "-T looks up one type and passes the rest" {
  is "$(join '{"type":"order","sku":"A1"}' -T order -c brand)" \
    '{"type":"order","sku":"A1","brand":"Aurelia"}'
  is "$(join '{"type":"event","sku":"A1"}' -T order)" '{"type":"event","sku":"A1"}'
}

@test "keys without a row are counted, the first are named" {
  for s in A1 X Y X Z V; do echo "{\"sku\":\"$s\"}"; done > in
  run -0 --separate-stderr scrm-join -f products.csv -k sku in
  is "$stderr" \
    "scrm-join: 5 of 6 keys without a row in products.csv: 'X', 'Y', 'Z' ..."
  run -0 --separate-stderr scrm-join -q -f products.csv -k sku in
  is "$stderr" ""
  run -0 --separate-stderr scrm-join -f products.csv -k skv=sku in
  is "$stderr" "scrm-join: no record has 'skv'"
}

@test "a cell is what scrm-record(5) says of its place" {
  cat > t.csv <<'EOF'
sku,price,quantity,own,time,following,orders,birth_date
1,"1,299.00",2,3,2026/11/1,TRUE,12,1990/1/5
2,1e2,0.50,007,2026-11-01T08:30:00+08:00,false,0,
3,"12,5",-1, ,,,,
EOF
  is "$(scrm-join -f t.csv -k products.sku -c price,quantity,own \
    <<< '{"products":[{"sku":1},{"sku":2},{"sku":3}]}')" \
    '{"products":[{"sku":1,"price":1299.00,"quantity":2,"own":"3"},{"sku":2,"price":1e2,"quantity":0.50,"own":"007"},{"sku":3,"price":12.5,"quantity":-1}]}'
  printf '%s\n' '{"sku":1}' '{"sku":"2"}' '{"sku":3}' |
    scrm-join -f t.csv -k sku -c time,following,orders,birth_date > out
  is "$(cat out)" \
    '{"sku":1,"time":"2026-11-01","following":true,"orders":12,"birth_date":"1990-01-05"}
{"sku":"2","time":"2026-11-01T08:30:00+08:00","following":false,"orders":0}
{"sku":3}'
}

@test "a cell that is not what its column is is refused with its line" {
  wrong() {
    printf 'id;%s\n1;%s\n' "$1" "$2" > t.csv
    refused "t.csv:2: column '$1': $3" -f t.csv -k id
  }
  wrong revenue dear "'dear' is no number"
  wrong revenue 1.299 \
    "'1.299' can be two numbers: leave the thousands ungrouped, or write one digit more or less"
  wrong orders 1.5 "'1.5' is no whole number"
  wrong birth_date soon "'soon' is no date like 2026-11-01"
  wrong time '2026-11-01 08:30' \
    "'2026-11-01 08:30' is no date like 2026-11-01, nor a time like 2026-11-01T08:30:00+08:00"
  wrong following yes "'yes' is neither true nor false"
  wrong member_no 3.9E+16 "'3.9E+16' is what a spreadsheet left of a longer number"
  printf 'id,tags\n1,vip\n' > t.csv
  refused "t.csv:1: 'tags' is a list or an object in scrm-record(5), which a cell cannot hold: give the column another name (-c NAME=tags), or make the table NDJSON" \
    -f t.csv -k id
  is "$(scrm-join -f t.csv -k id -c tag=tags <<< '{"id":1}')" '{"id":1,"tag":"vip"}'
}

@test "numbers beside semicolons have their commas" {
  printf 'id;revenue\n1;1.299,50\n2;12,5\n3;7\n4;1.299.000\n' > t.csv
  is "$(printf '{"id":%d}\n' 1 2 3 4 | scrm-join -f t.csv -k id)" \
    '{"id":1,"revenue":1299.50}
{"id":2,"revenue":12.5}
{"id":3,"revenue":7}
{"id":4,"revenue":1299000}'
}

@test "a table is read as people save it" {
  want='{"编号":"０7","名":"恒隆"}'
  same() { is "$(scrm-join -f "$1" -k 编号 <<< '{"编号":"０7"}')" "$want"; }
  printf '编号,名\n０7,恒隆\n' > utf8.csv
  { printf '\xef\xbb\xbf'; sed 's/$/\r/' utf8.csv; printf ',\r\n,\r\n'; } > bom.csv
  iconv -f UTF-8 -t GB18030 utf8.csv > gbk.csv
  { printf '\xff\xfe'; iconv -f UTF-8 -t UTF-16LE utf8.csv; } > utf16.csv
  tr , ';' < utf8.csv > semi.csv
  { echo 'sep=;'; cat semi.csv; } > sep.csv
  tr , '\t' < utf8.csv > tab.csv
  printf '# stores\n\n 编号 , 名 ,,\n ０7 , 恒隆 ,,\n,,,\n' > loose.csv
  echo '{"编号":"０7","名":"恒隆"}' > t.ndjson
  for f in utf8 bom gbk utf16 semi sep tab loose; do same $f.csv; done
  same t.ndjson
}

@test "NDJSON is put in as it stands, type and null left out" {
  cat > t.ndjson <<'EOF'
{"type":"x","id":"1","n": 1.10 ,"o":{"a": [1, 2]},"s":"\u4e2d"}
{"id":2,"n":null,"b":true}
EOF
  is "$(printf '%s\n' '{"id":1}' '{"id":"2"}' | scrm-join -f t.ndjson -k id)" \
    '{"id":1,"n":1.10,"o":{"a": [1, 2]},"s":"\u4e2d"}
{"id":"2","b":true}'
  is "$(scrm-join -f t.ndjson -k id -c a=o.a,type <<< '{"id":1}')" \
    '{"id":1,"a":[1, 2],"type":"x"}'
  is "$(scrm-join -f t.ndjson -k id --as t <<< '{"id":2}')" '{"id":2,"t":{"b":true}}'
  refused "t.ndjson: no row has 'm' (option -c)" -f t.ndjson -k id -c m
}

@test "what is no table is said, with the remedy" {
  printf 'PK\x03\x04\x14\x00' > t.xlsx
  refused "t.xlsx is a workbook; save the sheet as CSV UTF-8" -f t.xlsx -k sku
  printf '[\n{"sku":"A1"},\n{"sku":"B"}\n]\n' > t.json
  refused "t.json is a JSON array; one object a line is wanted, as jq -c '.[]' makes them" \
    -f t.json -k sku
  echo '[{"sku":"A1"}]' > t.json
  run -2 scrm-join -f t.json -k sku
  printf '[sku],brand\nA1,x\n' > t.csv
  is "$(scrm-join -f t.csv -k 'sku=[sku]' <<< '{"sku":"A1"}')" '{"sku":"A1","brand":"x"}'
  : > t.csv
  refused "t.csv: no header: the first line names the columns" -f t.csv -k sku
  printf 'sku,brand\n' > t.csv
  is "$(scrm-join -q -f t.csv -k sku <<< '{"sku":"A1"}')" '{"sku":"A1"}'
}

@test "a key has one row: both lines are named" {
  printf 'sku,brand\nA1,x\nB1,y\n\n A1 ,z\n' > t.csv
  refused "t.csv:5: 'A1' stands at t.csv:2 too, and a key has one row" -f t.csv -k sku
  printf '{"sku":1}\n{"sku":"1"}\n' > t.ndjson
  refused "t.ndjson:2: '1' stands at t.ndjson:1 too, and a key has one row" \
    -f t.ndjson -k sku
}

@test "a row without a key, or with one that a spreadsheet cut, is refused" {
  printf 'sku,brand\n,x\n' > t.csv
  refused "t.csv:2: no 'sku' in this row" -f t.csv -k sku
  printf '{"sku":null,"brand":"x"}\n' > t.ndjson
  refused "t.ndjson:1: no 'sku' in this row" -f t.ndjson -k sku
  printf 'sku,brand\n3.9218E+16,x\n' > t.csv
  refused "t.csv:2: '3.9218E+16' is what a spreadsheet left of a longer number" \
    -f t.csv -k sku
}

@test "a table whose maker died is refused, a seal is no row" {
  printf '{"id":1,"n":2}\n{"type":"end","tool":"x","written":1}\n' > t.ndjson
  is "$(scrm-join -f t.ndjson -k id <<< '{"id":1}')" '{"id":1,"n":2}'
  printf '{"id":1}\n{"type":"abort","tool":"x","reason":"y"}\n' > t.ndjson
  refused "t.ndjson:2: what wrote the table died before its end" -f t.ndjson -k id
}

@test "--only and --not part the stream by a list and change no byte" {
  printf '%s\n' '{"sku":"A1" }' '{"sku":"B"}' '{"n":1}' '{ "sku":["B","A1"]}' > in
  scrm-join -f products.csv -k sku --only in > only 2> err
  is "$(cat only)" '{"sku":"A1" }
{ "sku":["B","A1"]}'
  is "$(cat err)" "scrm-join: 1 of 2 ids of products.csv in no record: '88'"
  is "$(scrm-join -f products.csv -k sku --not in)" '{"sku":"B"}
{"n":1}'
  is "$(SCRM_LOG=log scrm-join -f products.csv -k sku --not in > /dev/null 2>&1
    jq -c '[.read, .written, .withheld]' log)" '[4,2,2]'
}

@test "a list needs no header, and an id may stand twice" {
  printf '%s\n' '{"id":"Ab"}' '{"id":7}' '{"id":"id"}' > in
  printf 'Ab\n7\nAb\n\n' > bare
  printf '\xef\xbb\xbfID\r\nAb\r\n7\r\n' > headed
  is "$(scrm-join -f bare -k id --only in)" "$(head -n 2 in)"
  is "$(scrm-join -f headed -k id --only in)" "$(head -n 2 in)"
  is "$(scrm-join -f bare -k id --not in)" '{"id":"id"}'
  printf 'a,b\n1,2\n' > two
  refused "two:1: no column 'id'; it has a, b: say -k FIELD=COLUMN" -f two -k id --only
}

@test "options that do not go together are said" {
  refused "options '--only' and '--not' exclude each other" \
    -f products.csv -k sku --only --not
  refused "option '--only' passes lines as they are: join in a stage of its own" \
    -f products.csv -k sku --only -c brand
  refused "no key given" -f products.csv
  refused "option '-k': 'a..b': a name is wanted here" -f products.csv -k a..b
  refused "the table and the stream cannot both be standard input" -f - -k sku
}

@test "files smaller than the table: only their rows are held, same bytes" {
  [[ $B != *asan* ]] || skip "said by the plain build"
  for i in {1..40000}; do
    echo "{\"type\":\"profile\",\"id\":\"c$i\",\"name\":\"name of customer $i\"}"
  done > big.ndjson
  printf '%s\n' '{"id":"c7"}' '{"id":"nobody"}' '{"id":"c39999"}' '{"n":1}' > few
  want='{"id":"c7","name":"name of customer 7"}
{"id":"nobody"}
{"id":"c39999","name":"name of customer 39999"}
{"n":1}'
  is "$(scrm-join -f big.ndjson -k id < few 2> err)" "$want"
  is "$(cat err)" "scrm-join: 1 of 3 keys without a row in big.ndjson: 'nobody'"
  # the whole table takes more than 2 MiB beyond what this leaves
  is "$(ulimit -v 6000 && scrm-join -f big.ndjson -k id few 2> err)" "$want"
  is "$(cat err)" "scrm-join: 1 of 3 keys without a row in big.ndjson: 'nobody'"
  not_whole() { (ulimit -v 6000 && scrm-join -f big.ndjson -k id < few); }
  run -2 not_whole
}

@test "an object with a name twice is refused, the rest goes on" {
  printf '%s\n' '{"products":[{"sku":"A1"},{"sku":"A1","sku":"B"}]}' \
    '{"products":[{"sku":"88"}]}' > in
  run -1 --separate-stderr scrm-join -f products.csv -k products.sku -c brand in
  is "$output" '{"products":[{"sku":"88","brand":"Cygne"}]}'
  is "${stderr%%$'\n'*}" "scrm-join: in:1: 'products.sku': a key stands twice"
}

@test "the lists of samples know every product and store of its orders" {
  cd "$SRC/samples"
  for f in raw/*-orders/* raw/*-items/*; do
    scrm-ingest -q -m "$(basename "$(dirname "$f")")" "$f" 2> /dev/null || :
  done | grep '^{"type":"order"' > "$BATS_TEST_TMPDIR/orders"
  cd "$BATS_TEST_TMPDIR"
  scrm-join -f "$SRC/samples/lists/products.csv" -k products.sku orders 2> err |
    scrm-join -f "$SRC/samples/lists/stores.csv" -k store_id --as store 2>> err > out
  is "$(cat err)" ""
  [ "$(jq '.products[]?.category | length' out | grep -vc '^0$')" -gt 100 ]
  is "$(jq -r .store.city out | sort -u | paste -sd,)" "null,上海,北京"
}
