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
