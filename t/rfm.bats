#!/usr/bin/env bats
load helper

# customers: "id date orders revenue" lines to profiles.
customers() {
  awk '{ printf "{\"type\":\"profile\",\"customer_id\":\"%s\"," \
    "\"last_order_at\":\"%s\",\"orders\":%s,\"revenue\":%s}\n", $1, $2, $3, $4 }'
}

ten() {
  customers <<'X'
a 2026-11-20 10 100.00
b 2026-11-19 9 90.00
c 2026-11-18 8 80.00
d 2026-11-17 7 70.00
e 2026-11-16 6 60.00
f 2026-11-15 5 50.00
g 2026-11-14 4 40.00
h 2026-11-13 3 30.00
i 2026-11-12 2 20.00
j 2026-11-11 1 10.00
X
}

@test "quintiles by type 7, recency turned round" {
  ten > in
  is "$(scrm-rfm --as-of 2026-11-21 in | jq -c '[.customer_id,.rfm]')" \
    '["a",{"r":5,"f":5,"m":5}]
["b",{"r":5,"f":5,"m":5}]
["c",{"r":4,"f":4,"m":4}]
["d",{"r":4,"f":4,"m":4}]
["e",{"r":3,"f":3,"m":3}]
["f",{"r":3,"f":3,"m":3}]
["g",{"r":2,"f":2,"m":2}]
["h",{"r":2,"f":2,"m":2}]
["i",{"r":1,"f":1,"m":1}]
["j",{"r":1,"f":1,"m":1}]'
  is "$(scrm-rfm fit --as-of 2026-11-21 in | jq -c '.r.cuts,.f.cuts,.m.cuts')" \
    '[2.8,4.6,6.4,8.2]
[2.8,4.6,6.4,8.2]
[28,46,64,82]'
}

@test "three different values have three scores, and it is said" {
  printf '%s\n' 'a 2026-11-20 1 5' 'b 2026-11-20 1 5' 'c 2026-11-20 2 5' \
    'd 2026-11-20 7 5' | customers > in
  is "$(scrm-rfm --as-of 2026-11-21 in 2> err |
    jq -c '[.rfm.r,.rfm.f,.rfm.m]')" '[3,1,3]
[3,1,3]
[3,3,3]
[3,5,3]'
  grep -q 'scrm-rfm: orders has only 3 different scores' err
  grep -q 'scrm-rfm: revenue has only 1 different scores' err
}

@test "cuts of last week give last week's scores today" {
  ten > in
  scrm-rfm fit --as-of 2026-11-14 in -o week
  { ten; echo 'k 2026-11-20 99 9999.00' | customers; } > now
  is "$(scrm-rfm apply -m week --as-of 2026-11-14 now | jq -c .rfm | head -10)" \
    "$(scrm-rfm --as-of 2026-11-14 in | jq -c .rfm)"
}

@test "a group replaces the one before, other segments stay in order" {
  echo '{"type":"profile","last_order_at":"2026-11-20","orders":1,"revenue":1,
"segments":["value:gold","rfm:lost","city:sh"]}' | tr -d '\n' > in
  is "$(scrm-rfm --as-of 2026-11-21 in 2>/dev/null | jq -c .segments)" \
    '["value:gold","city:sh","rfm:needs_attention"]'
}

@test "a customer without orders has no scores and is counted" {
  { ten; echo '{"type":"profile","customer_id":"z","orders":0}'; } > in
  is "$(scrm-rfm -P --as-of 2026-11-21 in 2> err | tail -1)" \
    '{"type":"profile","customer_id":"z","orders":0}'
  grep -q '1 customers have no orders and no scores' err
}

@test "where nobody has bought yet nobody is scored" {
  for z in z y; do
    echo '{"type":"profile","customer_id":"'$z'","orders":0,"revenue":0}'
  done > in
  run -0 --separate-stderr scrm-rfm --as-of 2026-11-21 --top revenue:10% in
  is "$output" "$(sed 's/}/,"super_user":false}/' in)"
  is "$stderr" "scrm-rfm: no customer has orders: nobody is scored"
  run -2 scrm-rfm fit --as-of 2026-11-21 in
  sed 's/,"orders":0//' in > bare
  run -2 scrm-rfm --as-of 2026-11-21 bare
}

@test "super users by share, number and multiple" {
  ten > in
  model() { scrm-rfm fit --as-of 2026-11-21 --top "$1" in |
    jq -c '.top[0] | [.n,.threshold,.share,.multiple]'; }
  is "$(model revenue:10%)" '[1,100,0.1818,2]'
  is "$(model revenue:11%)" '[2,90,0.3455,2.11]'
  is "$(model revenue:3)" '[3,80,0.4909,2.25]'
  is "$(model revenue:2x)" '[9,20,0.9818,6]'
  is "$(model revenue:10x)" '[0,null,null,null]'
}

@test "what super users are to the house is said in words" {
  { ten | sed 's/}$/,"share_by_brand":{"A":1}}/' | tail -9
    ten | sed 's/}$/,"share_by_brand":{"A":0.5,"B":0.5}}/' | head -1; } > in
  run --separate-stderr scrm-rfm --as-of 2026-11-21 --top revenue:1 in
  is "$stderr" "scrm-rfm: top by revenue: 1 of 10, from 100.00 on, hold \
18.18 %, in the mean 2.00 times the rest; several brands: 100.0 %, of the \
rest 0.0 %"
  is "$(jq -c .super_user <<< "$output" | sort | uniq -c | tr -s ' ')" \
    " 9 false
 1 true"
}

@test "equal values are in the top together" {
  printf '%s\n' 'a 2026-11-20 1 9' 'b 2026-11-20 1 9' 'c 2026-11-20 1 1' \
    'd 2026-11-20 1 1' | customers > in
  is "$(scrm-rfm fit --as-of 2026-11-21 --top revenue:1 in 2>/dev/null |
    jq -c '.top[0].n')" 2
}

@test "wrong words and models are named" {
  run scrm-rfm --top revenue
  [ "$status" -eq 2 ]
  [[ $output == *"option '--top': 'revenue': wants field:amount"* ]]
  run scrm-rfm apply
  [ "$status" -eq 2 ]
  [[ $output == *"no model given"*"usage: "* ]]
  echo '{"model":"rfm","r":{"cuts":[1,2,3]}}' > bad
  run scrm-rfm apply -m bad
  [ "$status" -eq 2 ]
  [[ $output == *"bad: 'r' wants 4 cuts that ascend"* ]]
}

@test "profiles without figures: the remedy is named" {
  run bash -c 'echo "{\"type\":\"profile\"}" | scrm-rfm'
  [ "$status" -eq 2 ]
  [[ $output == *"run scrm-profile first"* ]]
}

@test "other types pass as they came" {
  is "$( { ten; echo '{"type":"order", "total":1.10}'; } |
    scrm-rfm --as-of 2026-11-21 | tail -1)" '{"type":"order", "total":1.10}'
}

@test "a stream without customers passes" {
  echo '{"type":"order","total":1.10}' > in
  is "$(scrm-rfm --top revenue:1% in 2>&1)" '{"type":"order","total":1.10}'
}
