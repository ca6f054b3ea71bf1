#!/usr/bin/env bats
# What is wrong with files that people have, and the options for it.
load helper

# rows MORE: what a map of one type, whose columns may all be absent, keeps of
# standard input: a line of extra for each row, and what is said.
rows() {
  [ -e map.json ] || cat > map.json <<END
{ "set": { "source": "s" }, "null": ["-"], "may": true,
  "input": { "encodings": ["utf-8", "gb18030"] },
  "records": [ { "type": "event", "extra": true, "fields": {
    "event_id": { "first": ["id", "@row"] }, "event": { "const": "e" } } } ] }
END
  scrm-ingest -m ./map.json "$@" 2>err | jq -c '{id: .event_id} + .extra'
  return "${PIPESTATUS[0]}"
}

said() {
  sed -E '/: read [0-9]/d; s/^scrm-ingest: //' err
}

@test "--delimiter: one character, a TAB as people can type it, or by the first row" {
  is "$(printf 'id;a\n1;2,5\n' | rows --delimiter ';')" '{"id":"1","a":"2,5"}'
  is "$(printf 'id\ta\n1\tx\n' | rows --delimiter tab)" '{"id":"1","a":"x"}'
  is "$(printf 'id\ta\n1\tx\n' | rows --delimiter '\t')" '{"id":"1","a":"x"}'
  is "$(printf 'id|a\n1|x\n' | rows --delimiter auto)" '{"id":"1","a":"x"}'
  is "$(printf 'id!a\n1!x,y\n' | rows --delimiter '!')" '{"id":"1","a":"x,y"}'
  run -2 --separate-stderr rows --delimiter '||' <<< id
  is "$(said)" "option '--delimiter' wants one ASCII character, not '||'"
  run -2 --separate-stderr rows --delimiter '"' <<< id
  is "$(said)" "'\"' cannot be both the delimiter and the quote"
}

@test "--quote: another character, or none, when quotes are characters" {
  is "$(printf "id,a\n1,'x,''y'\n2,\"z\"\n" | rows --quote "'")" \
    '{"id":"1","a":"x,'"'"'y"}
{"id":"2","a":"\"z\""}'
  is "$(printf 'id,a\n1,"x\n2,y"\n' | rows --quote '')" \
    '{"id":"1","a":"\"x"}
{"id":"2","a":"y\""}'
}

@test "--escape: a backslash before a quote inside quotes, or before itself" {
  printf 'id,a,b\n1,"say \\"hi\\", she said","c:\\\\dir\\new"\n2,"a ""b""\\\\",x\\y\n' > in
  is "$(rows --escape '\' in)" \
    '{"id":"1","a":"say \"hi\", she said","b":"c:\\dir\\new"}
{"id":"2","a":"a \"b\"\\","b":"x\\y"}'
  run -1 rows in
  is "$(said | head -1)" 'in:2: text after a closing quote: a quote inside quotes is doubled, not escaped by a backslash'
}

@test "--escape in GB18030: a character's second byte may be a backslash" {
  printf 'id,a\n1,"\xd5\\"\n2,"x\\"y"\n' > in # 誠
  is "$(rows -e gb18030 --escape '\' in)" '{"id":"1","a":"誠"}
{"id":"2","a":"x\"y"}'
}

@test "--skip: lines before the header, whatever stands in them" {
  printf 'Report "of\nall, shops\n\nid,a\n1,x\n' > in
  is "$(rows --skip 3 in)" '{"id":"1","a":"x"}'
  printf 'Report\rid,a\r1,x\r' > mac
  is "$(rows --skip 1 mac)" '{"id":"1","a":"x"}'
  run -0 rows --skip 9 in
  is "$output" ''
  is "$(said)" 'in: it has no header'
}

@test "--header: the columns of a file that has none" {
  is "$(printf '1,x\n2,y\n' | rows --header 'id,"a, b"')" \
    '{"id":"1","a, b":"x"}
{"id":"2","a, b":"y"}'
  run -1 rows --header id <<< '1,x'
  is "$(said)" '-:1: expected 1 fields, got 2'
}

@test "--ragged: what a short row lacks is missing, what a long one has more is kept" {
  printf 'id,a,b\n1,x\n2,x,y,z,-,w\n3\n4,x,y\n' > in
  is "$(rows --ragged in)" '{"id":"1","a":"x"}
{"id":"2","a":"x","b":"y","col4":"z","col6":"w"}
{"id":"3"}
{"id":"4","a":"x","b":"y"}'
  run -1 rows in
  is "$(said)" 'in:2: expected 3 fields, got 2
in:3: expected 3 fields, got 6
in:4: expected 3 fields, got 1'
  printf 'id,a\n1,x\n2' > short # the last row: is it half a file?
  run -2 rows short
  is "$(rows --ragged short | tail -1)" '{"id":"2"}'
  is "$(rows --ragged -j2 in | sort)" "$(rows --ragged in | sort)"
}

@test "--ragged, rows of a group: each record has what its own rows have more" {
  cat > map.json <<END
{ "set": { "source": "s" }, "group": { "by": "id" },
  "records": [ { "type": "event", "extra": true, "fields": {
    "event_id": "id", "event": { "const": "e" } } } ] }
END
  is "$(printf 'id,a\n1,x,y\n1,x,z,q\n2,x\n' | rows --ragged)" \
    '{"id":"1","a":"x","col3":"y","col4":"q"}
{"id":"2","a":"x"}'
}

@test "a map can say all of it for its files" {
  cat > map.json <<END
{ "set": { "source": "s" }, "may": true,
  "input": { "delimiter": ";", "quote": "'", "escape": "\\\\", "skip": 1,
             "ragged": true },
  "records": [ { "type": "event", "extra": true, "fields": {
    "event_id": "id", "event": { "const": "e" } } } ] }
END
  is "$(printf "x\nid;a;b\n1;'it\\\\'s; ok'\n" | rows)" '{"id":"1","a":"it'"'"'s; ok"}'
}

@test "options of CSV are none of a map that reads JSON" {
  cat > map.json <<END
{ "set": { "source": "s" }, "input": { "format": "ndjson" },
  "records": [ { "type": "event", "fields": {
    "event_id": "id", "event": { "const": "e" } } } ] }
END
  run -2 rows --ragged <<< '{}'
  is "$(said)" "the map './map.json' reads no CSV, and the options say how to read some"
}

@test "a line sep=; is obeyed, blanks around names are no part of them" {
  is "$(printf 'sep=;\n id ; a\t\n1; x\n' | rows)" '{"id":"1","a":" x"}'
}

@test "numbers keep their form; 1e400 is refused, never infinity" {
  cat > map.json <<END
{ "set": { "source": "s" },
  "records": [ { "type": "event", "fields": { "event_id": "@row",
    "event": { "const": "e" }, "n": { "from": "n", "type": "decimal" } } } ] }
END
  printf 'n\n1.10\n1e400\n-0\n' > in
  is "$(scrm-ingest -q -m ./map.json in 2>err | grep -o '"n":[^,]*' | paste -sd' ')" '"n":1.10 "n":-0'
  is "$(said)" "in:3: field 'n': '1e400' is no number"
}

@test "JSON: a broken line costs itself, whatever is wrong with it" {
  cat > map.json <<END
{ "set": { "source": "s" }, "input": { "format": "ndjson" },
  "records": [ { "type": "event", "extra": true, "fields": { "event_id": "@row",
    "event": { "const": "e" } } } ] }
END
  { printf '{"a":1,"a":2}\n\n"str"\n{"a":"\xff"}\n{"a":"\\ud800"}\n{"a":'
    head -c 100000 /dev/zero | tr '\0' '['
    printf '\n{"z":3}{"z":4}\n\x1e{"z":5}\n{"z":6}'; } > in
  run -1 rows in
  is "$output" '{"id":"6","z":3}
{"id":"7","z":4}
{"id":"8","z":5}
{"id":"9","z":6}'
  is "$(said)" "in:1: the member 'a' is there twice
in:3: not an object
in:4: not UTF-8
in:5: lone surrogate in a string
in:6: nested more than 128 deep"
}

@test "a cell of two megabytes is one; a longer row is refused, and the next one read" {
  { printf 'id,a\n1,'; head -c 2000000 /dev/zero | tr '\0' x; printf '\n2,y\n'; } > in
  is "$(rows in | wc -c)" "$((2000000 + 18 + 19))"
  { printf 'id,a\n1,"'; head -c 6000000 /dev/zero | tr '\0' x; printf '\n2,y\n'; } > in
  run -1 rows in
  is "$output" '{"id":"2","a":"y"}'
  is "$(said)" "in:2: the quote opened in line 2 is not closed within 4194304 bytes"
}
