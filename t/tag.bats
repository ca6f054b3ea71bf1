#!/usr/bin/env bats
load helper

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  cat > tags.csv <<'EOF'
tag,when
vip,revenue >= 5000
上海,"city in ('上海', 'Shanghai')"
lapsed,last_order_at < today() - months(6)
EOF
}

tag() {
  scrm-tag -f tags.csv --as-of 2026-11-21 "$@"
}

@test "tags go to the end, in the order of the rules" {
  is "$(tag <<< '{"type":"profile","city":"上海","revenue":6200.00}')" \
    '{"type":"profile","city":"上海","revenue":6200.00,"tags":["vip","上海"]}'
  is "$(tag <<< '{"type":"profile","tags":["a"],"revenue":5000}')" \
    '{"type":"profile","tags":["a","vip"],"revenue":5000}'
}

@test "a tag of the file whose rule no longer holds is taken off" {
  is "$(tag <<< '{"type":"profile","tags":["a","vip","b","上海"],"city":"上海"}')" \
    '{"type":"profile","tags":["a","b","上海"],"city":"上海"}'
  is "$(tag <<< '{"type":"profile","tags":["vip"]}')" \
    '{"type":"profile","tags":[]}'
}

@test "tags that come out as they were leave the line as it came" {
  for line in '{"type":"profile", "tags" : [ "x", "\u0076ip" ],"revenue":9e9}' \
    '{"type":"profile","tags":[ ]}' '{"type":"profile","tags":null}' \
    '{"type":"profile","tags":["x",5,null,"x"]}' '{"type":"profile"}'; do
    is "$(tag <<< "$line")" "$line"
  done
}

@test "other types and records without one pass as they are" {
  for line in '{"type":"order","revenue":9999}' '{"revenue":9999}' \
    '{"type":null,"revenue":9999}' '{"type":5,"revenue":9999}'; do
    is "$(tag <<< "$line")" "$line"
  done
}

@test "a rule has its own type; another type's tags are left alone" {
  printf 'tag,when,type\nbig,total > 100,order\nvip,revenue > 100,\n' > tags.csv
  printf '%s\n' '{"type":"order","total":500,"tags":["vip"]}' \
    '{"type":"profile","revenue":5,"tags":["vip","big"]}' |
    tag > out
  is "$(cat out)" '{"type":"order","total":500,"tags":["vip","big"]}
{"type":"profile","revenue":5,"tags":["big"]}'
}

@test "-T says what rules without a type are for" {
  is "$(tag -T order <<< '{"type":"order","revenue":9999}')" \
    '{"type":"order","revenue":9999,"tags":["vip"]}'
}

@test "a tag with two rules stays while one holds" {
  printf 'tag,when\nvip,revenue > 100\nvip,staff\n' > tags.csv
  is "$(tag <<< '{"type":"profile","staff":true,"tags":["vip"]}')" \
    '{"type":"profile","staff":true,"tags":["vip"]}'
}

@test "after until the rule does not hold and its tag comes off" {
  printf 'tag,when,until\na,true,2026-11-20\nb,true,2026/11/21\nc,true,\n' \
    > tags.csv
  is "$(tag <<< '{"type":"profile","tags":["a"]}')" \
    '{"type":"profile","tags":["b","c"]}'
  SCRM_TZ=Asia/Shanghai run tag <<< '{"type":"profile","tags":["a"]}'
  is "$output" '{"type":"profile","tags":["b","c"]}'
}

@test "--explain gives each tag its rule and the values that made it true" {
  tag --explain <<< '{"type":"profile","city":"上海","revenue":5000}' > out
  is "$(jq -c '.reasons[]' out)" \
'{"tag":"vip","when":"revenue >= 5000","values":{"revenue":5000}}
{"tag":"上海","when":"city in ('\''上海'\'', '\''Shanghai'\'')","values":{"city":"上海"}}'
}

@test "explained again, the reasons are the new ones" {
  tag --explain <<< '{"type":"profile","revenue":5000.00}' > one
  sed 's/5000.00/6000/; s/"reasons":\[/&"kept",/' one > two
  is "$(tag --explain two | jq -c .reasons)" \
    '["kept",{"tag":"vip","when":"revenue >= 5000","values":{"revenue":6000}}]'
  is "$(tag --explain one)" "$(cat one)"
  sed 's/5000.00/1/' one > three
  is "$(tag --explain three)" \
    '{"type":"profile","revenue":1,"tags":[],"reasons":[]}'
}

@test "a single text is a list of one; what is no list is refused" {
  is "$(tag <<< '{"type":"profile","tags":"x","revenue":5000}')" \
    '{"type":"profile","tags":["x","vip"],"revenue":5000}'
  run -1 --separate-stderr tag <<< '{"type":"profile","tags":5,"revenue":5000}'
  is "$output" ""
  is "${stderr_lines[0]}" \
    "scrm-tag: standard input:1: 'tags' is no list of texts"
}

@test "bad rules end it before it reads, with file, line and place" {
  try() {
    printf '%b' "$1" > tags.csv
    run -2 --separate-stderr scrm-tag -f tags.csv no-such-file
    is "$stderr" "scrm-tag: tags.csv:$2"
  }
  try 'tag,when\na,true\nb,revenue >\n' \
    "3: when:1:10: expected a value after '>'"
  try 'tag,when\na,citty = 5\n' "2: when:1:1: no field 'citty'; is it 'city'?"
  try 'tag,when\n,true\n' "2: the tag is empty"
  try 'tag,when\na,\n' "2: when is empty; true is for all"
  try 'tag,when,until\na,true,soon\n' \
    "2: until 'soon' is no date like 2026-11-30"
  run -2 scrm-tag
  [[ ${lines[0]} = "scrm-tag: no rules given" ]]
}

@test "fields that rules share are noted once" {
  printf 'tag,when\na,points > 5\nb,points > 6\nc,points > 7\n' > tags.csv
  printf '{"type":"profile","points":"%s"}\n' 1 2 | tag 2> err
  is "$(cat err)" "scrm-tag: 'points' was text in 2 records"
}
