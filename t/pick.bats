#!/usr/bin/env bats
load helper

three() {
  printf '%s\n' '{"n":1,"city":"上海", "total":1.10}' \
    '{"type":"order","n":2,"total":1e3}' '{"type":"order","n":3}'
}

@test "the records for which it holds pass byte for byte" {
  is "$(three | scrm-pick 'n < 3')" "$(three | head -2)"
}

@test "the others are withheld and counted" {
  three | SCRM_LOG=log scrm-pick 'total > 5' > out
  is "$(jq -c '[.read, .written, .withheld, .refused]' log)" '[3,1,2,0]'
}

@test "pick C and pick -v C are together everything" {
  for c in 'total > 1' "city <> 'x'" 'not (total > 1)' 'total * 2 > 5' \
    'city is null and total is not null' "city !~ '上'"; do
    { three | scrm-pick "$c"; three | scrm-pick -v "$c"; } | sort > both
    is "$(cat both)" "$(three | sort)"
  done
}

@test "-T asks records of that type only and passes the rest" {
  is "$(three | scrm-pick -T order 'total > 5')" "$(three | head -2)"
  is "$(three | scrm-pick -v -T order 'total > 5')" "$(three | sed 2d)"
}

@test "-f takes the condition from a file, with comments and lines" {
  printf -- '-- big ones\n  total\n >= 5 -- or equal\n' > cond
  is "$(three | scrm-pick -f cond)" "$(three | sed -n 2p)"
}

@test "a mistake in a file is named with the file, its line and column" {
  printf 'total > 1\nand citty = 5\n' > cond
  run -2 --separate-stderr scrm-pick -f cond
  is "$stderr" "scrm-pick: cond:2:5: no field 'citty'; is it 'city'?"
}

@test "a mistake ends it before anything is read" {
  run -2 --separate-stderr scrm-pick 'total >=' no-such-file
  is "$stderr" "scrm-pick: condition:1:9: expected a value after '>='"
}

@test "no condition: says so, with the usage" {
  run -2 --separate-stderr scrm-pick
  is "${stderr_lines[0]}" "scrm-pick: no condition given"
}

@test "-D gives constants, and only as values" {
  is "$(three | scrm-pick -D c="x' or 'a' = 'a" 'city = :c')" ""
  is "$(three | scrm-pick -D a=0 -D b=2 'n > :a and n < :b')" \
    "$(three | head -1)"
}

@test "--explain adds the values that decided; reasons there stay" {
  printf '%s\n' '{"a":1,"b":2}' '{"a":1,"b":3,"reasons":["old"]}' > in
  scrm-pick --explain 'a = 1 and (b = 2 or b > 2)' in > out
  is "$(jq -c .reasons out)" \
'[{"pick":"a = 1 and (b = 2 or b > 2)","values":{"a":1,"b":2}}]
["old",{"pick":"a = 1 and (b = 2 or b > 2)","values":{"a":1,"b":3}}]'
  scrm-pick -v --explain 'b > 2' in > out
  is "$(jq -c .reasons out)" \
    '[{"pick":"not (b > 2)","values":{"b":2}}]'
}

@test "the condition holds of its own explanation" {
  c="(total > 100 or n = 1) and not (city = 'x') and type is null"
  three | scrm-pick --explain "$c" | jq -c '.reasons[0].values' > values
  is "$(scrm-pick "$c" values)" "$(cat values)"
  [ -s values ]
}

@test "a record that a pattern cannot judge is refused, neither in nor out" {
  long=$(printf 'a%.0s' {1..50})
  printf '%s\n' "{\"x\":\"$long\"}" '{"x":"b\u0000"}' '{"x":"ab"}' > in
  for v in '' -v; do
    # shellcheck disable=SC2086
    run -1 scrm-pick $v -q "x ~ '^(a+)+[bc]'" in
    is "$(grep -c '^{' <<< "$output")" "$([ -z "$v" ] && echo 1 || echo 0)"
    [[ $output = *'in:1: x: a pattern gave up after too many steps'* ]]
    [[ $output = *'in:2: x holds U+0000, which no pattern may meet'* ]]
  done
}

@test "what was met is said at the end, once" {
  printf '{"points":"%s"}\n' 1 2 3 | scrm-pick 'points > 5' 2> err
  is "$(cat err)" "scrm-pick: 'points' was text in 3 records"
  three | scrm-pick "shoe = 38 or hat = 7" 2> err
  is "$(cat err)" "scrm-pick: no record had a field 'shoe'
scrm-pick: no record had a field 'hat'"
}

@test "a name that was meant as text or as a function is told so" {
  three | scrm-pick "city = 上海 or city = \"x\" or n = today" 2> err > out
  is "$(cat err)" "scrm-pick: no record had a field '上海'; text stands in 'single quotes'
scrm-pick: no record had a field 'x'; text stands in 'single quotes'
scrm-pick: no record had a field 'today'; the function is today()"
}

@test "a field that only a record not asked for it had is not called absent" {
  printf '%s\n' '{"a":1,"shoe":38}' '{"a":2}' |
    scrm-pick 'a = 2 and shoe = 38' 2> err
  is "$(cat err)" ""
}
