#!/usr/bin/env bats
load helper

@test "the members of the first record are the columns" {
  is "$(printf '%s\n' '{"a":1,"b":"x"}' '{"b":"y","c":2}' | scrm-export)" \
    "a,b
1,x
,y"
}

@test "columns have titles and paths" {
  is "$(echo '{"p":[{"s":"A"},{"s":"B"}],"e":{"a.b":1.10}}' |
    scrm-export -c 'p.s,"金额, CNY"=e."a.b"')" \
    'p.s,"金额, CNY"
A,1.10'
}

@test "cells with commas, quotes, line ends and blanks at an end are quoted" {
  is "$(echo '{"a":"x,y","b":"5\" pipe","c":"two\nlines","d":" z","e":""}' |
    scrm-export)" \
    'a,b,c,d,e
"x,y","5"" pipe","two
lines"," z",""'
}

@test "missing and null are empty, the empty text is two quotes" {
  is "$(echo '{"a":null,"b":""}' | scrm-export -c a,b,c)" 'a,b,c
,"",'
}

@test "numbers keep their digits, arrays are JSON" {
  is "$(echo '{"a":1.10,"b":12345678901234567890,"c":[1,"x"]}' |
    scrm-export)" 'a,b,c
1.10,12345678901234567890,"[1,""x""]"'
}

@test "only one type leaves, the rest is withheld" {
  export SCRM_LOG=log
  is "$(printf '%s\n' '{"type":"a","x":1}' '{"type":"b","x":2}' |
    scrm-export -T b -c x)" 'x
2'
  grep -q '"read":2,"written":1,.*"withheld":1' log
}

@test "--excel writes a BOM, CRLF and guards" {
  echo '{"a":"=cmd()","b":"00420","c":"1234567890123456","d":"-5","e":"@x",
' | tr -d '\n' > in
  echo '"f":"+8613800000001","g":"'"'"'x","h":"＝1","i":-5}' >> in
  scrm-export --excel in > out
  is "$(head -c 3 out | od -An -tx1)" " ef bb bf"
  is "$(tail -1 out)" "'=cmd(),'00420,'1234567890123456,-5,'@x,\
+8613800000001,''x,'＝1,-5"$'\r'
}

@test "--guard refuse refuses what a spreadsheet would run" {
  run --separate-stderr bash -c \
    'printf "%s\n" "{\"a\":\"=1\"}" "{\"a\":\"x\"}" |
      scrm-export --guard refuse'
  [ "$status" -eq 1 ]
  is "$output" "a
x"
  [[ $stderr == *"standard input:1: field 'a': a spreadsheet would run"* ]]
}

@test "a NUL is refused" {
  run --separate-stderr bash -c 'echo "{\"a\":\"x\u0000y\"}" | scrm-export'
  [ "$status" -eq 1 ]
  [[ $stderr == *"holds a NUL"* ]]
}

@test "no records and no columns: nothing; with columns: the titles" {
  is "$(scrm-export < /dev/null)" ""
  is "$(scrm-export -c a,b < /dev/null)" "a,b"
}

@test "a column that no record has is said, with the name that may be meant" {
  run -0 --separate-stderr scrm-export -c nmae,zodiac,phone \
    <<< '{"name":"x","phone":null}'
  is "$output" 'nmae,zodiac,phone
,,'
  is "$stderr" "scrm-export: no record has 'nmae'; is it 'name'?
scrm-export: no record has 'zodiac'
scrm-export: no record has 'phone'"
  run -0 --separate-stderr scrm-export --each prodcts <<< '{"products":[{}]}'
  is "$output" ""
  is "$stderr" "scrm-export: no record has an array 'prodcts'"
  run -0 scrm-export -q -c zodiac <<< '{"name":"x"}'
  is "$output" zodiac
  run -0 scrm-export <<< '{"name":null}'
  is "$output" name
}

@test "a bad column is named before anything is read" {
  run scrm-export -c 'a..b' /nonexistent
  [ "$status" -eq 2 ]
  [[ $output == *"option '-c': field 'a..b': a name is wanted here"* ]]
}

@test "a first record that is too wide to be a head is said to be so" {
  jq -nc '[range(5000) | {key: "k\(.)", value: .}] | from_entries' > wide
  run -2 --separate-stderr scrm-export wide
  [[ $stderr == *"wide:1: too many columns"*"-c"* ]]
  is "$(scrm-export -c k4999 wide | tail -1)" 4999
}

@test "there and back is the identity, guarded or not" {
  need scrm-ingest
  printf '%s\n' "=1+1" "+1-2" "@SUM(A1)" "-" "'" "''" "'x" "'=1" "00420" \
    "1234567890123456" "-5" "+8613800000001" "＝1" ' blanks ' '"q"' 'a,b;c' \
    $'\\t tab' '1e3' "'1234567890123456" '' 'NULL' '"="' '<b>' '😀' '‮rtl' |
    sed 's/["\\]/\\&/g; s/\\\\t/\\t/' |
    awk '{ printf "{\"type\":\"profile\",\"source\":\"x\",\"source_id\":" \
      "\"i%d\",\"name\":\"%s\"}\n", NR, $0 }' > in
  cat > back.json <<'X'
{ "about": "our own export", "set": { "source": "x" },
  "input": { "format": "csv", "encodings": ["utf-8"] },
  "guards": ["export"], "null": [],
  "records": [ { "type": "profile", "fields": {
    "source_id": "source_id", "name": { "from": "name", "type": "text" } } } ] }
X
  for way in --excel "--guard quote"; do
    scrm-export $way -c source_id,name in > out.csv
    scrm-ingest --observed 2026-11-20 -m ./back.json out.csv > back
    diff <(jq -c '[.source_id, .name]' in) <(jq -c '[.source_id, .name]' back)
  done
  sed -i 's/\["export"\]/[]/' back.json
  scrm-export -c source_id,name in > out.csv
  scrm-ingest --observed 2026-11-20 -m ./back.json out.csv > back
  diff <(jq -c '[.source_id, .name]' in) <(jq -c '[.source_id, .name]' back)
}

@test "a number that a spreadsheet would cut keeps its digits as text" {
  echo '{"id":12345678901234567890,"n":-1.50,"short":123456789012345}' > in
  is "$(scrm-export --guard quote in | tail -1)" \
    "'12345678901234567890,-1.50,123456789012345"
  is "$(scrm-export in | tail -1)" 12345678901234567890,-1.50,123456789012345
}

# sheet FILE: the rows of a workbook as its XML has them.
sheet() {
  unzip -p "$1" xl/worksheets/sheet1.xml | grep -o '<row .*</row>' |
    sed 's/<row /\n&/g' | tail -n +2
}

# cells FILE: what the last row shows, v> a number, t> a text.
cells() {
  sheet "$1" | tail -1 | grep -oE '<(v|t)>[^<]*' | sed 's/^<//'
}

@test "a name that ends in .xlsx is a workbook: texts, numbers, dates, truths" {
  cat > in <<'X'
{"order_id":"3921847560012345678","time":"2026-11-11T00:03:21+08:00","paid":1299.50,"n":7,"ok":true,"due":"2026-11-20"}
{"order_id":"00420","time":null,"paid":-0.1,"note":"=1+1"}
X
  scrm-export -o list.xlsx -c '订单号=order_id,time,paid,n,ok,due,note' in
  [ "$(stat -c %a list.xlsx)" = 600 ]
  is "$(ls)" "in"$'\n'"list.xlsx"
  # 46337 is 2026-11-11 counted from 1899-12-30; 201 s are 0.0023263888... days
  is "$(sheet list.xlsx)" '<row r="1">'\
'<c r="A1" s="1" t="inlineStr"><is><t>订单号</t></is></c>'\
'<c r="B1" s="1" t="inlineStr"><is><t>time</t></is></c>'\
'<c r="C1" s="1" t="inlineStr"><is><t>paid</t></is></c>'\
'<c r="D1" s="1" t="inlineStr"><is><t>n</t></is></c>'\
'<c r="E1" s="1" t="inlineStr"><is><t>ok</t></is></c>'\
'<c r="F1" s="1" t="inlineStr"><is><t>due</t></is></c>'\
'<c r="G1" s="1" t="inlineStr"><is><t>note</t></is></c></row>
<row r="2"><c r="A2" s="2" t="inlineStr"><is><t>3921847560012345678</t></is></c>'\
'<c r="B2" s="3"><v>46337.00232638889</v></c><c r="C2" s="4"><v>1299.5</v></c>'\
'<c r="D2" s="5"><v>7</v></c><c r="E2" t="b"><v>1</v></c>'\
'<c r="F2" s="6"><v>46346</v></c></row>
<row r="3"><c r="A3" s="2" t="inlineStr"><is><t>00420</t></is></c>'\
'<c r="C3" s="7"><v>-0.1</v></c>'\
'<c r="G3" s="2" t="inlineStr"><is><t>=1+1</t></is></c></row>'
  is "$(unzip -p list.xlsx xl/styles.xml | grep -o 'formatCode="[^"]*"')" \
    'formatCode="@"
formatCode="yyyy-mm-dd hh:mm:ss"
formatCode="0.00"
formatCode="0"
formatCode="yyyy-mm-dd"
formatCode="0.0"'
  # bold, frozen, no formula anywhere
  unzip -p list.xlsx xl/styles.xml | grep -q '<b/>'
  unzip -p list.xlsx xl/worksheets/sheet1.xml > sheet.xml
  grep -q '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' sheet.xml
  run ! grep -q '<f>' sheet.xml
}

@test "a workbook has the same bytes each time, and no clock in it" {
  echo '{"a":"x","b":1}' > in
  scrm-export -o one.xlsx in
  sleep 2.1 # a zip counts in steps of two seconds
  TZ=America/Lima scrm-export -o two.xlsx < in
  cmp one.xlsx two.xlsx
  unzip -p one.xlsx docProps/core.xml | grep -q 1980-01-01T00:00:00Z
}

@test "columns are as wide as what they show, Chinese twice" {
  echo '{"a":"abcdefghij","b":"一二三四五六","c":1}' > in
  scrm-export -o w.xlsx -c 'a,b,c,很长的一个标题=d' in
  is "$(unzip -p w.xlsx xl/worksheets/sheet1.xml | grep -o 'width="[0-9]*')" \
    'width="12
width="14
width="6
width="16'
}

@test "in a workbook a number of more than 15 digits is a text, as it stands" {
  echo '{"a":123456789012345,"b":1234567890123456,"c":1e3,"d":1e400,"e":0.000000000000001,"f":8.95,"g":1234567890.123456}' > in
  scrm-export -o n.xlsx in
  is "$(cells n.xlsx)" \
    'v>123456789012345
t>1234567890123456
v>1000
t>1e400
v>1E-15
v>8.949999999999999
t>1234567890.123456'
}

@test "what is an id stays one: only fields of time become dates" {
  echo '{"order_id":"2026-11-01","name":"2026-11-01","created_at":"2026-11-01","mine":"2026-11-01","old":"1899-11-01","odd":"2026-11-31","fine":"2026-11-01T00:00:00.0001Z"}' > in
  scrm-export -o d.xlsx in
  is "$(cells d.xlsx)" \
    't>2026-11-01
t>2026-11-01
v>46327
v>46327
t>1899-11-01
t>2026-11-31
t>2026-11-01T00:00:00.0001Z'
}

@test "a time is shown with its own offset, or in the zone of --tz" {
  echo '{"time":"2026-11-01T18:00:00Z"}' > in
  scrm-export -o t.xlsx in
  is "$(cells t.xlsx)" 'v>46327.75'
  scrm-export --tz Asia/Shanghai -o t.xlsx in
  is "$(cells t.xlsx)" 'v>46328.08333333334'
}

@test "what XML cannot hold, and what looks like its escapes, comes back" {
  printf '%s\n' '{"a":"_x0041_ \u0001\ufffe\r<&>","b":" z"}' > in
  scrm-export -o e.xlsx in
  is "$(sheet e.xlsx | tail -1 | grep -oE '<t[ >][^/]*</t>')" \
    '<t>_x005F_x0041_ _x0001__xFFFE__x000D_&lt;&amp;&gt;</t>
<t xml:space="preserve"> z</t>'
}

@test "a text that is too long for a cell refuses its record, to the unit" {
  jq -nc '{a: ("x" * 32767)}, {a: ("x" * 32768)}, {a: ("😀" * 16384)}, {a: "y"}' > in
  run -1 --separate-stderr scrm-export -o l.xlsx in
  [[ $stderr == *"in:2: field 'a': a text of 32768 characters; a cell of .xlsx holds 32767"* ]]
  [[ $stderr == *"in:3: field 'a': a text of 32768 characters"* ]]
  is "$(sheet l.xlsx | grep -c '<row')" 3
  is "$(wc -l < l.xlsx.rejects)" 2
}

@test "more columns or rows than a sheet has: 2, and yesterday's file stands" {
  echo before > out.xlsx
  echo '{"a":1}' > in
  run -2 scrm-export -o out.xlsx -c "$(printf 'a,%.0s' {1..16384})a" in
  [[ $output == *"a sheet has at most 16384 columns"* ]]
  run -2 bash -c "yes '{\"a\":1}' | head -n 1048576 | scrm-export -o out.xlsx"
  [[ $output == *"a sheet has at most 1048576 rows"* ]]
  is "$(cat out.xlsx)" before
  is "$(ls)" "in"$'\n'"out.xlsx"
}

@test "a disk that is full at any point of a workbook is 2, and nothing is left" {
  jq -nc 'range(2000) | {a: ., b: "text \(.)"}' > in
  scrm-export -o all.xlsx in
  echo before > out.xlsx
  # blocks of 1 KiB: of the rows, the sheet, its parts, the zip
  for k in 1 3 5 6 7 20 40 60 100 150 180 190; do
    run -2 bash -c "trap '' XFSZ; ulimit -f $k; scrm-export -o out.xlsx in"
    [[ $output == *"cannot write"* ]]
    is "$(cat out.xlsx)" before
    is "$(ls)" "all.xlsx"$'\n'"in"$'\n'"out.xlsx"
  done
  echo '{"a":1}' > in
  for k in {1..6}; do
    run -2 bash -c "trap '' XFSZ; ulimit -f $k; scrm-export -o out.xlsx in"
    is "$(cat out.xlsx)" before
  done
}

@test "a workbook needs a plain file, and no .xls is written" {
  mkfifo pipe.xlsx
  cat pipe.xlsx > got 3>&- &
  run -2 scrm-export -o pipe.xlsx <<< '{"a":1}'
  wait $!
  [[ $output == *"'pipe.xlsx' is no plain file"* ]]
  run -2 scrm-export -o list.xls <<< '{"a":1}'
  [[ $output == *"no .xls is written; say 'list.xlsx'"* ]]
}

@test "a workbook of nothing is one" {
  scrm-export -o none.xlsx < /dev/null
  unzip -p none.xlsx xl/worksheets/sheet1.xml | grep -qF '<sheetData/>'
  scrm-export -c 姓名=name -o titles.xlsx < /dev/null
  is "$(sheet titles.xlsx)" \
    '<row r="1"><c r="A1" s="1" t="inlineStr"><is><t>姓名</t></is></c></row>'
}

orders() {
  cat <<'X'
{"order_id":"1","paid":30.50,"currency":"CNY","products":[{"sku":"A","price":10.25,"quantity":2},{"sku":"B","price":10,"quantity":1}]}
{"order_id":"2","paid":5,"currency":"CNY"}
{"order_id":"3","paid":5,"currency":"CNY","products":[]}
{"order_id":"4","paid":7.5,"currency":"CNY","products":[{"sku":"A","price":7.5,"quantity":1}]}
X
}

@test "--each: a row for each element, none for a record without" {
  orders > in
  export SCRM_LOG=log
  is "$(scrm-export --each products -c order_id,sku=products.sku,paid in)" \
    'order_id,sku,paid
1,A,30.50
1,B,30.50
4,A,7.5'
  grep -q '"read":4,"written":2,"made":1,"withheld":2' log
  run --separate-stderr scrm-export -P --each products in
  [[ $stderr == *"2 records have no 'products'"* ]]
  is "${lines[0]}" order_id,paid,currency,products.sku,products.price,products.quantity
  is "${lines[1]}" 1,30.50,CNY,A,10.25,2
}

@test "--each goes down a path, and takes what is no object as it is" {
  echo '{"a":{"b":[{"c":1,"d":{"e":2}},7,null]},"x":"y"}' > in
  is "$(scrm-export --each a.b -c x,a.b.c,a.b.d.e,a.b in)" 'x,a.b.c,a.b.d.e,a.b
y,1,2,"{""c"":1,""d"":{""e"":2}}"
y,,,7
y,,,'
}

@test "--each: a record is refused whole" {
  echo '{"p":[{"n":"x"},{"n":"=1"}]}' > in
  run -1 --separate-stderr scrm-export --guard refuse --each p -c p.n in
  is "$output" p.n
}

@test "--totals: exact sums of numbers, a count of rows" {
  is "$(printf '%s\n' '{"n":"a","x":0.1,"y":9007199254740993}' \
    '{"n":"b","x":0.2,"y":1}' '{"n":"c","x":"?"}' '{"n":null,"y":null}' |
    scrm-export --totals -c n,y,x | tail -1)" \
    'Total of 4 rows,9007199254740994,'
  is "$(echo '{"n":"a","x":0.10}' | scrm-export --totals -c '名=n,x' | tail -1)" \
    '合计 1 行,0.10'
  is "$(scrm-export --totals -c a,b < /dev/null | tail -1)" 'Total of 0 rows,'
  orders > in
  scrm-export --totals -c order_id,paid -o t.xlsx in
  is "$(cells t.xlsx)" 't>Total of 4 rows
v>48'
}

@test "--totals with --each: what is the record's own counts once" {
  orders > in
  is "$(scrm-export --each products --totals \
    -c order_id,paid,products.quantity in | tail -1)" \
    'Total of 3 rows,38.00,4'
}

@test "--totals: no sum of money in two currencies, nor beyond 38 digits" {
  printf '%s\n' '{"id":"1","paid":1,"currency":"CNY","n":1}' \
    '{"id":"2","paid":1,"currency":"EUR","n":1}' > in
  run -0 --separate-stderr scrm-export --totals -c id,paid,n in
  is "${lines[3]}" 'Total of 2 rows,,2'
  [[ $stderr == *"'paid' has no total: there is more than one currency"* ]]
  printf '{"id":"1","n":%s}\n' 99999999999999999999999999999999999999 \
    99999999999999999999999999999999999999 > in
  run -0 --separate-stderr scrm-export --totals -c id,n in
  is "${lines[3]}" 'Total of 2 rows,'
  [[ $stderr == *"'n' has no total: it is beyond 38 digits"* ]]
}

# customers: one who granted both, one whose mail was revoked, one who said
# nothing, one who does not want ads, one without an address.
customers() {
  cat <<'X'
{"type":"profile","customer_id":"c1","given_name":"Zoë-Ann ","family_name":"O'Neil","country":"FR","postal_code":"69001","email":"Z.o@Gmail.com","phone":"+33600000001","gender":"female","language":"fr-FR","birth_date":"1990-01-02","tags":["vip","沉睡"],"orders":3,"revenue":120.50,"last_order_at":"2026-11-01T10:00:00+08:00","wecom_external_userid":"wo1","advisor_id":"li","consents":[{"channel":"email","to":"z.o@gmail.com","purpose":"marketing","status":"granted"},{"channel":"sms","to":"+33600000001","purpose":"marketing","status":"granted"}],"reach":{"email":{"to":"Z.o@Gmail.com"},"sms":{"to":"+33600000001"}}}
{"type":"profile","customer_id":"c2","email":"a@b.cn","phone":"+8613800000001","consents":[{"channel":"sms","to":"+8613800000001","purpose":"marketing","status":"granted"},{"channel":"email","to":"a@b.cn","purpose":"marketing","status":"revoked"}],"reach":{"sms":{"to":"+8613800000001"}}}
{"type":"profile","customer_id":"c3","email":"x@b.cn"}
{"type":"profile","customer_id":"c4","email":"y@b.cn","consents":[{"channel":"email","to":"y@b.cn","purpose":"ads","status":"denied"},{"channel":"email","to":"y@b.cn","purpose":"marketing","status":"granted"}],"reach":{"email":{"to":"y@b.cn"}}}
{"type":"profile","customer_id":"c5","name":"林小满"}
{"type":"order","order_id":"1"}
X
}

# sha TEXT: as coreutils has it.
sha() {
  printf %s "$1" | sha256sum | cut -d ' ' -f 1
}

@test "-m: a list for Klaviyo holds the addresses that consent allows" {
  customers > in
  run -0 --separate-stderr scrm-export -P -m klaviyo-profiles in
  is "$output" "Email,Phone Number,First Name,Last Name,City,State / Region,Country,Zip Code,Birthday,customer_id,Tags,Segments,Orders,Revenue,Last Order At
z.o@gmail.com,+33600000001,\"Zoë-Ann \",O'Neil,,,FR,69001,1990-01-02,c1,\"vip, 沉睡\",,3,120.50,2026-11-01 10:00:00+08:00
,+8613800000001,,,,,,,,c2,,,,,
y@b.cn,,,,,,,,,c4,,,,,"
  [[ $stderr == *"1 have no consent"*"1 lack what is needed"*"read 6, written 3, withheld 3"* ]]
}

@test "-m: users of Braze, by words of its own" {
  customers > in
  is "$(scrm-export -m braze-users in | head -2)" \
    "external_id,email,email_subscribe,phone,first_name,last_name,gender,dob,country,home_city,language,segments,orders,revenue,last_order_at
c1,z.o@gmail.com,subscribed,+33600000001,\"Zoë-Ann \",O'Neil,F,1990-01-02,FR,,fr,,3,120.50,2026-11-01T10:00:00+08:00"
}

@test "-m: tags for WeCom, their ids by a file of one's own" {
  customers > in
  is "$(scrm-export -m wecom-tags in)" 'userid,external_userid,add_tag
li,wo1,"vip,沉睡"'
  mkdir exports
  cat > exports/our-tags.json <<'X'
{ "extends": "wecom-tags", "about": "ours",
  "columns": { "add_tag": { "from": "tags", "with": ",",
    "words": { "沉睡": "etBBBB" }, "otherwise": null } } }
X
  is "$(scrm-export -m our-tags in)" 'userid,external_userid,add_tag
li,wo1,etBBBB'
  scrm-export --list | grep -qx 'our-tags               ours'
  sed 's/ours/theirs/' exports/our-tags.json > our-tags.json
  SCRM_EXPORTS=. scrm-export --list | grep -qx 'our-tags               theirs'
}

@test "-m: each audience hashes what its platform says to hash" {
  customers > in
  is "$(scrm-export -m meta-audience in)" "email,phone,fn,ln,country
$(sha z.o@gmail.com),$(sha 33600000001),$(sha zoëann),$(sha oneil),$(sha fr)
,$(sha 8613800000001),,,"
  is "$(scrm-export -m google-customer-match in)" \
    "Email,Phone,First Name,Last Name,Country,Zip
$(sha zo@gmail.com),$(sha +33600000001),$(sha zoë-ann),$(sha "o'neil"),FR,69001
,$(sha +8613800000001),,,,"
  is "$(scrm-export -m tencent-audience in)" "$(sha 13800000001)"
  # the digits are SHA-256's own for "abc", in lower case
  cat > h.json <<'X'
{ "consent": { "purpose": "marketing" },
  "columns": { "h": { "const": "x" }, "y": { "from": "y", "hash": "sha256" } } }
X
  is "$(echo '{"type":"profile","y":" abc "}' | scrm-export -m ./h.json | tail -1)" \
    x,ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
}

@test "-m: who does not leave is counted by the reason" {
  customers > in
  run -0 --separate-stderr scrm-export -P -m meta-audience in
  [[ $stderr == *"1 refused consent"*"1 have no consent"*"1 lack what is needed"*"written 2, withheld 4"* ]]
  run -0 --separate-stderr scrm-export -P -m tencent-audience in
  [[ $stderr == *"1 have no address of the kind that is taken"* ]]
  # a list of nobody is said in cron too
  tail -n 4 in > few
  run -0 --separate-stderr scrm-export -m tencent-audience few
  is "$output" ""
  [[ $stderr == *"nobody leaves: 3 lack what is needed"* ]]
}

@test "-D purpose=ads: only who granted ads leaves" {
  customers > in
  run -0 --separate-stderr scrm-export -m meta-audience -D purpose=ads in
  is "$output" email,phone,fn,ln,country
  cat > yes <<'X'
{"type":"profile","email":"x@b.cn","consents":[{"channel":"email","to":"x@b.cn","purpose":"ads","status":"granted"}]}
X
  is "$(scrm-export -m meta-audience -D purpose=ads yes | tail -1)" "$(sha x@b.cn),,,,"
  run -2 scrm-export -m meta-audience -D purpose=adds yes
  [[ $output == *"no purpose 'adds'; is it 'ads'?"* ]]
}

@test "a refusal holds however it is written, and without an address for all" {
  one() {
    printf '{"type":"profile","email":"A@b.cn","consents":[%s],"reach":{"email":{"to":"A@b.cn"}}}\n' \
      "$1" | scrm-export -q -m meta-audience | wc -l
  }
  local g='"channel":"email","purpose":"marketing","status":"granted"'
  is "$(one "{$g,\"to\":\"A@b.cn\"}")" 2
  is "$(one '{"channel":"email","to":"a@B.cn","purpose":"marketing","status":"revoked"}')" 1
  is "$(one '{"channel":"email","to":"\u0041@b.cn","purpose":"ads","status":"denied"}')" 1
  is "$(one '{"channel":"email","purpose":"ads","status":"revoked"}')" 1
  is "$(one '{"channel":"email","to":"A@b.cn","status":"denied"}')" 1
  is "$(one "{$g,\"house\":\"x\",\"to\":\"A@b.cn\"},{\"channel\":\"email\",\"to\":\"A@b.cn\",\"purpose\":\"marketing\",\"house\":\"y\",\"status\":\"denied\"}")" 1
  # what is said of other addresses, channels and purposes is not said here
  is "$(one '{"channel":"sms","to":"A@b.cn","purpose":"marketing","status":"denied"}')" 2
  is "$(one '{"channel":"email","to":"b@b.cn","purpose":"marketing","status":"denied"}')" 2
  is "$(one '{"channel":"email","to":"A@b.cn","purpose":"service","status":"denied"}')" 2
  # and nothing but a consent is one
  is "$(printf '%s\n' '{"type":"profile","email":"a@b.cn","consents":[{"channel":"email","purpose":"marketing","status":"granted"}]}' \
    '{"type":"profile","email":"a@b.cn","consents":"yes","reach":"yes"}' |
    scrm-export -q -m meta-audience | wc -l)" 1
}

@test "an account that is no longer followed is no address" {
  cat > w.json <<'X'
{ "titles": false, "consent": { "purpose": "marketing" }, "need": ["id"],
  "columns": { "id": { "reach": "wechat:wx1" } } }
X
  local c='"type":"profile","wechat_openid":"o1","consents":[{"channel":"wechat:wx1","to":"o1","purpose":"marketing","status":"granted"}]'
  is "$(printf '%s\n' "{$c,\"reach\":{\"wechat:wx1\":{\"to\":\"o1\"}}}" "{$c}" |
    scrm-export -m ./w.json)" o1
}

@test "the steps of a column, in their order" {
  cat > s.json <<'X'
{ "titles": false, "columns": {
  "a": { "first": ["none", "x.y"], "starts": "AB", "cut": "AB", "part": ["/", 2], "lower": true },
  "b": { "from": "p", "keep": "digits" }, "c": { "from": "n", "keep": "letters", "lower": true },
  "d": { "from": "n", "no_blanks": true }, "e": { "from": "g", "words": { "f": "女" }, "otherwise": "?" },
  "f": { "from": "l", "with": "|", "words": { "b": null } }, "g": { "from": "t", "format": "%d.%m.%Y %H:%M%%" } } }
X
  is "$(printf '%s\n' \
    '{"type":"profile","x":{"y":" ABone/TWO/3 "},"p":"+86 (138)","n":"Ann-Marie，D！A·B","g":"f","l":["a","b","c"],"t":"2026-11-01T09:08:07Z"}' \
    '{"type":"profile","x":{"y":"XB/2"},"p":"-","n":" ","g":"m","l":"b","t":"soon"}' |
    scrm-export -m ./s.json)" 'two,86138,annmariedab,Ann-Marie，D！A·B,女,a|c,01.11.2026 09:08%
,,,,?,,'
}

@test "numbers of an export file are numbers in a workbook" {
  customers > in
  scrm-export -m braze-users -o b.xlsx in
  sheet b.xlsx | sed -n 2p | grep -qF '<v>120.5</v>'
}

@test "a mistake in an export file is said with its place, before anything is read" {
  bad() {
    printf '%s\n' "$1" > bad.json
    run -2 scrm-export -m ./bad.json /nonexistent
    [[ $output == *"$2"* ]] || { echo "$output"; return 1; }
  }
  bad '{"colums":{}}' "bad.json:1:11: no member 'colums'; is it 'columns'?"
  bad '{"columns":{}}' "bad.json:1:12: 'columns' is an object of titles and fields"
  bad '{"columns":{"a":{"from":"x","lowr":true}}}' "no member 'lowr'; is it 'lower'?"
  bad '{"columns":{"a":{"from":"x","const":"y"}}}' "a column has one of 'from', 'first', 'const', 'reach'"
  bad '{"columns":{"a":"x..y"}}' "bad.json:1:17: field 'x..y': a name is wanted here"
  bad '{"columns":{"a":{"from":"x","hash":"md5"}}}' 'a hash is "sha256"'
  bad '{"columns":{"a":{"from":"x","hash":"sha256"}}}' "column 'a' needs a 'consent' with its purpose"
  bad '{"columns":{"a":{"reach":"email"}}}' "column 'a' needs a 'consent' with its purpose"
  bad '{"consent":{},"columns":{"a":"x"}}' "a consent has a purpose"
  bad '{"need":["b"],"columns":{"a":"x"}}' "'need': there is no column 'b'"
  bad '{"columns":{"a":{"from":"x","part":["-",0]}}}' "'part' is [text, number], the first part is 1"
  bad '{"columns":{"a":{"from":"x","otherwise":"y"}}}' "'otherwise' goes with 'words'"
  bad '{"columns":{"a":{"from":"x","keep":"digit"}}}' "no way to keep 'digit'; is it 'digits'?"
  bad '{"columns":{"a":{"from":"x","format":"%Y-%j"}}}' "a format has %Y, %m, %d, %H, %M, %S, %z and %%"
  bad '{"columns":{"a":{"from":"x","format":"%Y-%"}}}' "a format has %Y"
  bad '{"columns":{"a":"x","a":"y"}}' "duplicate object key"
  bad '{"columns":' "bad.json:2:1: unexpected token near end of file"
  run -2 scrm-export -m meta-audiance < /dev/null
  [[ $output == *"no export file 'meta-audiance'; is it 'meta-audience'?"* ]]
  run -2 scrm-export -m meta-audience -c a < /dev/null
  [[ $output == *"option '-m' says it all"* ]]
}

@test "every export file that came with scrm can be read, and says its source" {
  for f in "$SRC"/share/exports/*.json; do
    scrm-export -q -m "$f" < /dev/null > /dev/null
    jq -e '.about and ([.source] | flatten | all(startswith("https://")))' "$f" > out
  done
}

@test "a workbook comes back through scrm-ingest as it was" {
  need scrm-ingest
  printf '%s\n' "=1+1" "+1-2" "@SUM(A1)" "'x" "00420" "1234567890123456" "-5" \
    "+8613800000001" "＝1" "q\"q" 'a,b;c' 'two\nlines' 'tab\there' '1e3' \
    '_x0041_' '<b>' '😀' '2026-11-01' 'TRUE' "$(printf '%0.sx' {1..300})" |
    sed 's/"/\\"/' | awk '{ printf "{\"type\":\"order\",\"source\":\"x\"," \
      "\"order_id\":\"%s\",\"time\":\"2026-11-%02dT0%d:5%d:07+08:00\"," \
      "\"paid\":%d.%02d,\"currency\":\"CNY\",\"coupon\":\"c%d\"}\n", \
      $0, NR, NR % 10, NR % 10, NR * 8, NR * 5, NR }' > in
  cat > back.json <<'X'
{ "about": "our own workbook", "set": { "source": "x" }, "null": [],
  "input": { "format": "csv" },
  "records": [ { "type": "order", "fields": {
    "order_id": "order_id", "time": { "from": "time", "zone": "Asia/Shanghai" },
    "paid": "paid", "currency": "currency", "coupon": "coupon" } } ] }
X
  scrm-export -o out.xlsx -c order_id,time,paid,currency,coupon in
  scrm-ingest --observed 2026-11-20 -m ./back.json out.xlsx > back
  is "$(jq -c '[.order_id, .time, .paid, .coupon]' back)" \
    "$(jq -c '[.order_id, .time, .paid, .coupon]' in)"
  # the digits of money, too, zeros at the end apart
  is "$(grep -o '"paid":[0-9.]*' back)" \
    "$(grep -o '"paid":[0-9.]*' in | sed 's/0*$//; s/[.]$//')"
}
