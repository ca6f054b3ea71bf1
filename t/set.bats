#!/usr/bin/env bats
load helper

@test "what is not set stays to the byte" {
  line='{ "a" : 1.10 , "b":1e3,"id":22876340532172986,"t":"\u4e0a" }'
  is "$(scrm-set 'c = a + b' <<< "$line")" \
    '{ "a" : 1.10 , "b":1e3,"id":22876340532172986,"t":"\u4e0a","c":1001.10 }'
  is "$(scrm-set 'b = a' <<< "$line")" \
    '{ "a" : 1.10 , "b":1.10,"id":22876340532172986,"t":"\u4e0a" }'
}

@test "a value that is missing leaves the record as it came" {
  line='{"paid": 5,"x":null}'
  is "$(scrm-set 'net = paid - refunded, x = y' <<< "$line")" "$line"
}

@test "a value that is there already changes nothing, however it is written" {
  line='{"t":"\u4e0a海","n":1.10,"l":[1, 2],"d":"2026-11-01"}'
  is "$(scrm-set "t = '上海', n = n + 0, l = l, d = d" <<< "$line")" "$line"
}

@test "all right sides see the record as it came" {
  is "$(scrm-set 'a = b, b = a, c = a + b' <<< '{"a":1,"b":2}')" \
    '{"a":2,"b":1,"c":3}'
}

@test "rename keeps place and value, drop takes away" {
  is "$(scrm-set 'rename b to x, drop a' <<< '{"a":1,"b":"\u4e0a","c":3}')" \
    '{"x":"\u4e0a","c":3}'
  is "$(scrm-set 'rename b to c' <<< '{"a":1,"b":2,"c":3}')" '{"a":1,"c":2}'
  is "$(scrm-set 'rename z to c, drop y' <<< '{"a":1}')" '{"a":1}'
}

@test "fields may be called drop and rename, or anything in quotes" {
  is "$(scrm-set 'drop = 1, rename = 2, "a, b" = 3' <<< '{}')" \
    '{"drop":1,"rename":2,"a, b":3}'
  is "$(scrm-set 'drop "to", rename "a b" to c' <<< '{"to":1,"a b":2}')" \
    '{"c":2}'
}

@test "money is exact" {
  is "$(scrm-set 'c = a + b, d = a * 3' <<< '{"a":0.10,"b":0.2}')" \
    '{"a":0.10,"b":0.2,"c":0.30,"d":0.30}'
}

@test "every kind of value can be set" {
  is "$(scrm-set "a = 'd''Or \"x\"', b = true, c = p, d = q,
    e = today(), f = n > 3, g = -1.50" --as-of 2026-11-21 \
    <<< '{"p":[1, 2],"q":{"x":null},"n":5}')" \
    '{"p":[1, 2],"q":{"x":null},"n":5,"a":"d'\''Or \"x\"","b":true,"c":[1, 2],"d":{"x":null},"e":"2026-11-21","f":true,"g":-1.50}'
}

@test "-T changes these only, -D gives constants, -f takes a file" {
  printf 'a = :x,\n-- and\nb = 2\n' > set
  printf '%s\n' '{"type":"order"}' '{"type":"event"}' '{}' > in
  is "$(scrm-set -T order -D x=1.0 -f set in)" \
    '{"type":"order","a":1.0,"b":2}
{"type":"event"}
{}'
}

@test "mistakes have their place" {
  try() {
    run -2 --separate-stderr scrm-set "$1"
    is "$stderr" "scrm-set: assignments:$2"
  }
  try 'a' "1:2: expected '=' after the name of the field"
  try 'a = ' "1:5: the expression is empty"
  try 'a = 1, ' "1:8: expected the name of a field"
  try 'a = 1 b = 2' \
    "1:7: expected an operator or the end after '1', not 'b'"
  try 'a.b = 1' "1:1: 'a.b' is inside a field: only a field of the record itself can be set"
  try 'a = 1, a = 2' "1:8: 'a' is set twice"
  try 'rename a b' "1:10: expected 'to' and the new name, not 'b'"
  try 'a == 1' "1:3: '==': type ="
  try 'a = null' "1:5: 'null' stands after 'is': write 'field is null'"
  try 'a = days(3)' "1:5: days() is added to a time or taken from one"
  try "a = citty" "1:5: no field 'citty'; is it 'city'?"
}

@test "a record that cannot be judged is refused and not half changed" {
  run -1 scrm-set -q "a = 1, b = x ~ 'a'" <<< '{"x":"\u0000"}'
  [[ $output != *'{'* ]]
}
