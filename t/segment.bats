#!/usr/bin/env bats
load helper

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  mkdir rules
  cat > rules/value.csv <<'EOF'
segment,when
gold,revenue >= 5000
silver,revenue >= 1000
bronze,true
EOF
}

segment() {
  scrm-segment -f rules/value.csv "$@"
}

@test "a customer is in the first segment that fits" {
  printf '{"type":"profile","revenue":%s}\n' 5000.00 4999.99 3 | segment > out
  is "$(cat out)" '{"type":"profile","revenue":5000.00,"segments":["value:gold"]}
{"type":"profile","revenue":4999.99,"segments":["value:silver"]}
{"type":"profile","revenue":3,"segments":["value:bronze"]}'
}

@test "--all gives every segment that fits" {
  is "$(segment --all <<< '{"type":"profile","revenue":1000}')" \
    '{"type":"profile","revenue":1000,"segments":["value:silver","value:bronze"]}'
}

@test "a run replaces only what begins with its own name" {
  is "$(segment <<< '{"type":"profile","segments":["rfm:champions","value:silver","value:gone","values:x"],"revenue":9000}')" \
    '{"type":"profile","segments":["rfm:champions","values:x","value:gold"],"revenue":9000}'
}

@test "a second run changes nothing" {
  printf '{"type":"profile", "segments":["a:b"],"revenue":%s}\n' 5000 3 |
    segment > one
  segment one > two
  cmp one two
}

@test "no segment fits: what it had is taken off" {
  printf 'segment,when\ngold,revenue > 5000\n' > rules/value.csv
  is "$(segment <<< '{"type":"profile","segments":["value:gold","x"]}')" \
    '{"type":"profile","segments":["x"]}'
  is "$(segment <<< '{"type":"profile"}')" '{"type":"profile"}'
}

@test "other types pass; -T is another type" {
  line='{"type":"order","revenue":9000}'
  is "$(segment <<< "$line")" "$line"
  is "$(segment -T order <<< "$line")" \
    '{"type":"order","revenue":9000,"segments":["value:gold"]}'
}

@test "--explain names the rule and its values" {
  segment --explain <<< '{"type":"profile","revenue":1000}' > out
  is "$(jq -c '.reasons[]' out)" \
    '{"segment":"value:silver","when":"revenue >= 1000","values":{"revenue":1000}}'
  sed 's/1000/9/' out > again
  is "$(segment --explain again | jq -c '.reasons[]')" \
    '{"segment":"value:bronze","when":"true","values":{}}'
}

@test "the name of the file is that without folder and ending" {
  cp rules/value.csv 'rules/a.b.csv'
  cp rules/value.csv 价值
  line='{"type":"profile"}'
  is "$(scrm-segment -f rules/a.b.csv <<< "$line" | jq -r '.segments[]')" \
    "a.b:bronze"
  is "$(scrm-segment -f 价值 <<< "$line" | jq -r '.segments[]')" "价值:bronze"
}

@test "-D gives constants to the rules" {
  printf 'segment,when\nlocal,city = :town\n' > rules/value.csv
  is "$(segment -D town=上海 <<< '{"type":"profile","city":"上海"}' |
    jq -r '.segments[]')" value:local
}

@test "bad rules end it before it reads" {
  printf 'segment,when\ngold,revenue > \nx,\n' > rules/value.csv
  run -2 --separate-stderr segment no-such-file
  is "$stderr" \
    "scrm-segment: rules/value.csv:2: when:1:10: expected a value after '>'"
  printf 'segment,when,type\ngold,true,order\n' > rules/value.csv
  run -2 --separate-stderr segment no-such-file
  [[ $stderr = *"'type'"* ]]
}

@test "a segment that stands twice in one file is a mistake" {
  printf 'segment,when\ngold,revenue > 9\niron,true\ngold,orders > 9\n' > rules/value.csv
  run -2 --separate-stderr segment /does/not/exist
  is "$stderr" "scrm-segment: rules/value.csv:4: segment 'gold' stands twice; join the two conditions with 'or'"
}
