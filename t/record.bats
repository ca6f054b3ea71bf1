#!/usr/bin/env bats
load helper

# What the page says: type, field, kind, "key" or nothing, words.
page() {
  awk '
    function flush() { if (name != "") print type "," name "," kind ",," words }
    /^\.Sh/ { section = $2 " " $3; type = "" }
    /^\.Ss/ { type = $2 }
    section == "IDENTIFIERS " || /^\.Sh/ && /IDENTIFIERS/ { type = "identifier" }
    /^\.Bl -tag -width receiver/ { on = 1 }
    on && /^\.It Va/ { flush(); name = $3; kind = words = "" }
    on && /^\.Sy/ && kind == "" { kind = $2 }
    on && /^\.Cm/ { words = words (words == "" ? "" : " ") $2 }
    on && /^\.El/ { flush(); name = ""; on = 0 }
  ' "$SRC/man/scrm-record.5" | sort
}

# What the tools know, in the same form: identifiers once, not by type.
schema() {
  scrm-fields --known --format ndjson | jq -r '
    [.type, .field, .kind, "", .words] | join(",")' > all
  scrm-fields --known -T refund --format ndjson | jq -r .field |
    sed -n '/^phone$/,$p' > people
  awk -F, 'NR == FNR { who[$0]; next }
    $1 == "" { common[$2] }
    $1 != "" && $2 in common { next }
    $1 != "" && $2 in who { $0 = "identifier" substr($0, length($1) + 1) }
    !seen[$0]++' people all | sort
}

@test "the page of the record and the schema say the same, field by field" {
  schema > known
  page > said
  [ "$(wc -l < said)" -gt 150 ]
  diff -u said known
}

@test "the page and the schema have the same keys" {
  scrm-fields --known --format ndjson |
    jq -r 'select(.key == "key") | .type + " " + .field' | sort > schema
  # A key may be of the fields that all records have.
  awk '/^\.Ss/ { type = $2 }
    /^\.(Pp|Sy|It|Bl)|^Two|^With/ { on = 0 }
    on && /^\.Va/ { print type, $2 }
    /^Key:/ { on = 1 }' "$SRC/man/scrm-record.5" | sort > page
  [ "$(wc -l < page)" -gt 20 ]
  diff -u page schema
}

@test "the sample holds every type that is ingested, and every oddity" {
  for type in profile order refund event count spend consent; do
    scrm-fields --format csv "$SRC/samples/records.ndjson" |
      grep -q "^$type,type,"
  done
  for oddity in ':1.10,' ':1e3,' '": "' '\u' '\n' '\"' '🎁' '"extra":{' \
    '123456789012345678' '+08:00'; do
    grep -qF -- "$oddity" "$SRC/samples/records.ndjson"
  done
}

@test "what the page says is refused, is refused; what passes, passes" {
  cat > in <<'END'
[1]
{"a":1}{"b":2}
{"a":"\ud83c"}
{"a":1,"\u0061":2}
{"a":01}
END
  printf '{"a":"\377"}\n{"a":"\001"}\n' >> in
  { printf '{"a":'; printf '[%.0s' {1..130}; printf ']%.0s' {1..130}
    echo '}'; } >> in
  run -1 --separate-stderr scrm-latest -q in
  is "$output" ""
  [ "${#stderr_lines[@]}" -eq 8 ]
  cat > in <<'END'
 { "b" : 1.10 , "a":[1e3,18446744073709551616], "o":{"k":1,"k":2}, "\u0061b":"\u0000" } 
{"type":"warranty"}
END
  is "$(scrm-latest in)" "$(cat in)"
}
