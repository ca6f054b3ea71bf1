#!/usr/bin/env bats
load helper

# p ID [MEMBER:VALUE...]: a profile of web.
p() {
  local id=$1 m
  shift
  printf '{"type":"profile","source":"web","source_id":"%s"' "$id"
  for m; do
    printf ',"%s":"%s"' "${m%%:*}" "${m#*:}"
  done
  printf '}\n'
}

# Who is together, of the profiles on standard input: "1,2 3".
groups() {
  jq -rs 'map(select(.type == "profile")) | group_by(.customer_id)
    | map(map(.source_id) | sort | join(",")) | sort | join(" ")'
}

# together [OPTION...] < PROFILES
together() {
  scrm-dedupe --exact "$@" 2>/dev/null | groups
}

# stamp ID: the customer of a profile in file out.
stamp() {
  jq -r "select(.source_id == \"$1\") | .customer_id" out
}

run_links() {
  scrm-dedupe --exact --links links "$@" > out 2>err
}

A=+8613800000001 B=+8613800000002

@test "each strong identifier makes one person of two profiles" {
  for k in wechat_unionid wecom_external_userid member_no card_no tmall_nick \
    jd_account douyin_uid weibo_uid xhs_uid youzan_id shopify_id klaviyo_id; do
    { p 1 $k:x1; p 2 $k:x1; p 3 $k:x2; } > in
    is "$k $(together < in)" "$k 1,2 3"
  done
  is "$( { p 1 email:a@x.cn; p 2 email:A@X.cn; } | together)" 1,2
  is "$( { p 1 phone:$A; p 2 phone:$A; } | together)" 1,2
}

@test "identifiers of two worlds are two" {
  { p 1 wechat_openid:o wechat_appid:a; p 2 wechat_openid:o wechat_appid:b
    p 3 wechat_openid:o wechat_appid:a; p 4 wechat_openid:o; } > in
  is "$(together < in)" "1,3 2 4"
  { p 1 member_no:7 house:GUC; p 2 member_no:7 house:SLP; } > in
  is "$(together < in)" "1 2"
}

@test "what is masked, empty or typed for nothing joins nobody" {
  for v in phone:138****0001 phone:+86138****0001 'email:b***@x.cn' email: \
    'tmall_nick:t**1' member_no:null member_no:无 card_no:0000 \
    phone:+8613800138000 phone:13800000001; do
    is "$v $( { p 1 "$v"; p 2 "$v"; } | together)" "$v 1 2"
  done
}

@test "a receiver's number joins nobody" {
  { p 1; p 2; } | sed 's/}$/,"receiver":{"phone":"+8613800000001"}}/' > in
  is "$(together < in)" "1 2"
}

@test "a phone joins names that agree, and not names that contradict" {
  is "$( { p 1 phone:$A name:张伟; p 2 phone:$A name:张伟; } | together)" 1,2
  is "$( { p 1 phone:$A name:张伟; p 2 phone:$A name:李娜; } | together)" "1 2"
  { p 1 phone:$A 'name:John Smith'; p 2 phone:$A 'name:Smith, John'; } > in
  is "$(together < in)" 1,2
  { p 1 phone:$A family_name:张 given_name:伟; p 2 phone:$A name:张伟; } > in
  is "$(together < in)" 1,2
}

@test "a profile without a name follows its number, if that is one person's" {
  { p 1 phone:$A name:张伟; p 2 phone:$A; } > in
  is "$(together < in)" 1,2
  p 3 phone:$A name:李娜 >> in
  is "$(together < in)" "1 2 3"
}

@test "a chain of numbers never joins names that contradict each other" {
  { p 1 phone:$A name:张伟; p 2 phone:$A; p 3 phone:$B name:李娜; } > in
  sed -i '2s/}$/,"ids":["phone:+8613800000002"]}/' in
  is "$(together < in)" "1,2 3"
  # through a mail address the number meets both names
  { p 1 phone:$A name:张伟; p 2 phone:$A name:张伟 email:a@x.cn
    p 3 phone:$B name:李娜 email:a@x.cn; p 4 phone:$B name:李娜; } > in
  is "$(together < in)" "1 2,3 4"
}

@test "what one number leaves open another may settle" {
  { p 1 phone:$A; p 2 phone:$A name:张伟; p 3 phone:$A name:李娜
    p 4 phone:$B name:李娜; } > in
  is "$(together < in)" "1 2 3 4"
  sed -i '1s/}$/,"ids":["phone:+8613800000002"]}/' in
  is "$(together < in)" "1,3,4 2"
}

@test "two unionids on one number are two people, unless the names agree" {
  { p 1 phone:$A wechat_unionid:u1; p 2 phone:$A wechat_unionid:u2; } > in
  is "$(together < in)" "1 2"
  { p 1 phone:$A wechat_unionid:u1 name:张伟
    p 2 phone:$A wechat_unionid:u2 name:张伟; } > in
  is "$(together < in)" 1,2
  { p 1 email:a@x.cn wechat_unionid:u1; p 2 email:a@x.cn wechat_unionid:u2; } > in
  is "$(together < in)" 1,2
}

@test "--names of none is a mistake" {
  run -2 --separate-stderr scrm-dedupe --exact --links links --names 0 /dev/null
  is "$stderr" "scrm-dedupe: option '--names' wants at least 1, not '0'"
  [ ! -e links ]
}

@test "a value under more than five names is generic; --names says how many" {
  i=0
  for n in 张伟 李娜 王芳 刘洋 陈静; do
    p $((++i)) name:$n email:info@x.cn
  done > in
  p 6 email:info@x.cn >> in
  is "$(together < in)" 1,2,3,4,5,6
  is "$(together --names 4 < in)" "1 2 3 4 5 6"
  p 7 name:杨磊 email:info@x.cn >> in
  is "$(together < in)" "1 2 3 4 5 6 7"
  # it stands in no link and stamps no order
  echo '{"type":"order","order_id":"9","email":"info@x.cn"}' >> in
  run_links in
  ! grep -q info@ links
  tail -n 1 in | cmp - <(tail -n 1 out)
}

@test "a number of more than twenty groups is generic, named or not" {
  for i in $(seq 20); do p "$i" phone:$A tmall_nick:n"$i"; done > in
  is "$(together < in | wc -w)" 1
  p 21 phone:$A tmall_nick:n21 >> in
  is "$(together < in | wc -w)" 21
}

@test "orders, events, refunds and the rest are stamped by the same look-up" {
  p 1 email:a@x.cn tmall_nick:bee > in
  for t in order event refund consent decision delivery task; do
    echo '{"type":"'$t'","tmall_nick":"bee"}'
  done >> in
  echo '{"type":"count","tmall_nick":"bee"}' >> in
  run_links in
  is "$(jq -r .customer_id out | sort | uniq -c | tr -s ' ' | paste -sd,)" \
    " 8 $(stamp 1), 1 null"
  is "$(scrm-link -l links in)" "$(cat out)"
}

@test "orders and events do not link two customers" {
  { p 1 email:a@x.cn; p 2 phone:$A
    echo '{"type":"order","order_id":"9","email":"a@x.cn","phone":"'$A'"}'
  } > in
  run_links in
  is "$(groups < out)" "1 2"
  is "$(jq -c 'select(.order_id) | [.customer_id, .link_conflict]' out)" \
    "[\"$(stamp 1)\",[\"$(stamp 2)\"]]"
}

@test "what is not stamped leaves byte for byte, and all is accounted for" {
  cat > in <<'END'
{"type":"profile","source":"web","source_id":"1", "x" : 1.10,"email":"a@x.cn"}
{ "type":"order","order_id":"1","total":1e3,"email":"b@x.cn" }
{"id":7}
{"type":"profile","source":"web","email":"c@x.cn"}
{"type":"profile","customer_id":"cGolden","name":"is its customer already"}
nonsense
END
  SCRM_LOG=log run -1 --separate-stderr scrm-dedupe --exact in
  is "$(sed '1s/,"customer_id":"[^"]*"//' <<< "$output")" \
    "$(sed '4d;6d' in)"
  [[ $stderr = *"in:4: a profile without source_id"* ]]
  is "$(jq -c '[.read,.written,.refused]' log)" "[6,4,2]"
}

@test "the first id is a hash of the smallest source and source_id" {
  { p 9 email:a@x.cn; p 10 email:a@x.cn; } > in
  run_links in
  id=$(stamp 9)
  p 10 > in
  run_links --links other in
  is "$(stamp 10)" "$id"
}

@test "the same profiles in any order: the same customers, the same links" {
  for i in $(seq 60); do
    p "$i" phone:+86138000000$((i % 7 + 10)) email:m$((i % 11))@x.cn \
      $( ((i % 3)) && echo name:n$((i % 5)))
  done > in
  p 61 phone:+8613800000010 >> in
  run_links in
  cp links first
  sort out > first.out
  for seed in 1 2 3 4 5; do
    shuf --random-source=<(yes $seed) in > shuffled
    rm links
    run_links shuffled
    cmp links first
    sort out | cmp - first.out
  done
}

@test "a run with nothing new changes nothing" {
  for i in $(seq 60); do
    p "$i" phone:+86138000000$((i % 7 + 10)) email:m$((i % 11))@x.cn \
      $( ((i % 3)) && echo name:n$((i % 5)))
  done > in
  run_links in
  cp links first
  cp out first.out
  run_links in
  cmp links first
  cmp out first.out
  # nor does its own output as input
  cp out again
  run_links again
  cmp links first
  cmp out first.out
}

@test "adding an older profile changes no id" {
  { p 5 email:a@x.cn; p 6 email:b@x.cn; } > in
  run_links in
  five=$(stamp 5) six=$(stamp 6)
  p 1 email:a@x.cn >> in
  run_links in
  is "$(stamp 1) $(stamp 5) $(stamp 6)" "$five $five $six"
}

@test "a newcomer takes nobody away from a customer" {
  { p 5 phone:$A name:张伟; p 6 phone:$A; } > in
  run_links in
  five=$(stamp 5)
  is "$(stamp 6)" "$five"
  p 1 phone:$A name:李娜 >> in
  run_links in
  is "$(groups < out)" "1 5,6"
  is "$(stamp 5) $(stamp 6)" "$five $five"
}

@test "names that agree stay one customer, whoever joins one of them" {
  { p 5 phone:$A name:王芳 wechat_unionid:u; p 6 phone:$A name:王芳; } > in
  run_links in
  five=$(stamp 5)
  p 1 wechat_unionid:u name:张伟 >> in
  run_links in
  is "$(stamp 5) $(stamp 6) $(stamp 1)" "$five $five $five"
}

@test "two who were merged are not held together by the links alone" {
  { p 1 phone:$A tmall_nick:bee; p 2 phone:$A name:李娜
    p 3 phone:$A name:张伟; } > in
  run_links in
  cp out before
  p 4 tmall_nick:bee name:李娜 > more
  run_links in more
  is "$(groups < out)" "1,2,4 3"
  run_links in
  cmp out before
}

@test "records that touch nobody change no id" {
  for i in $(seq 20); do p "$i" email:m$((i % 9))@x.cn; done > in
  run_links in
  cp out before
  for i in $(seq 21 40); do p "$i" email:n$((i % 9))@x.cn; done >> in
  run_links in
  head -n 20 out | cmp - before
}

@test "a merge keeps the id minted first and says so in the links" {
  p 9 email:a@x.cn > in
  run_links in
  old=$(stamp 9)
  p 1 tmall_nick:bee >> in
  run_links in
  young=$(stamp 1)
  { p 5 email:a@x.cn tmall_nick:bee
    echo '{"type":"decision","customer_id":"'"$young"'","campaign":"c"}'
    echo '{"type":"order","order_id":"1","tmall_nick":"bee"}'; } >> in
  run_links in
  is "$(jq -r .customer_id out | uniq)" "$old"
  is "$(jq -c 'select(.merged_into)' links)" \
'{"type":"link","customer_id":"'"$young"'","merged_into":"'"$old"'","minted":2,"reasons":["tmall_nick:bee"],"decided_by":"exact"}'
  # its line taken away, scrm-link has two again
  grep -v merged_into links > apart
  is "$(scrm-link -l apart in | jq -r .customer_id | paste -sd' ')" \
    "$old $young $old $young $young"
  # and the import taken away, it never was
  head -n 2 in > before
  run_links before
  is "$(stamp 9) $(stamp 1)" "$old $young"
}

@test "an import taken away again never was" {
  for i in $(seq 30); do
    p "$i" email:m$((i % 11))@x.cn
    echo '{"type":"order","order_id":"'$i'","email":"m'$((i % 13))'@x.cn"}'
  done > in
  run_links in
  cp out before
  for i in $(seq 31 40); do
    p "$i" email:m$((i % 11))@x.cn tmall_nick:t$((i % 2))
  done > more
  run_links in more
  [ "$(groups < out | wc -w)" -lt "$(groups < before | wc -w)" ]
  run_links in
  cmp out before
}

@test "a batch alone meets the customers of the links" {
  { p 1 email:a@x.cn; p 2 wechat_unionid:u phone:$B; } > one
  run_links one
  a=$(stamp 1) b=$(stamp 2)
  { p 3 email:a@x.cn phone:$A; p 4 phone:$B; } > two
  run_links two
  is "$(stamp 3)" "$a"
  # by a number alone not: the names of who is not here are not known
  [ "$(stamp 4)" != "$b" ]
  # a bridge between two who are not here merges them
  p 5 email:a@x.cn wechat_unionid:u > three
  run_links three
  scrm-link -l links one two > out
  [ "$(stamp 1)" = "$(stamp 2)" ]
  # which holds as long as the bridge is there
  run_links one two three
  [ "$(stamp 1)" = "$(stamp 2)" ]
  run_links one two
  is "$(stamp 1) $(stamp 2)" "$a $b"
}

@test "who lost what joined them: the larger part keeps the id" {
  for i in 1 2 3; do p $i email:a@x.cn; done > in
  p 4 email:a@x.cn tmall_nick:bee >> in
  run_links in
  id=$(stamp 1)
  sed '1s/a@x.cn/b@x.cn/' in > changed
  run_links changed
  is "$(stamp 2) $(stamp 3) $(stamp 4)" "$id $id $id"
  [ "$(stamp 1)" != "$id" ]
  # of two halves the one with the smallest keeps it
  rm links
  { p 1 email:a@x.cn; p 2 email:a@x.cn; } > in
  run_links in
  id=$(stamp 1)
  sed '1s/a@x.cn/b@x.cn/' in > changed
  run_links changed
  is "$(stamp 1)" "$id"
  [ "$(stamp 2)" != "$id" ]
}

@test "a verdict of different parts for good, and keeps the rest" {
  { p 1 email:a@x.cn; p 2 email:a@x.cn; p 3 email:a@x.cn; } > in
  run_links in
  id=$(stamp 1)
  printf 'left,right,verdict\nweb:1,web:3,different\n' > v.csv
  run_links --verdicts v.csv in
  is "$(groups < out)" "1,2 3"
  is "$(stamp 1)" "$id"
  # whatever comes later
  { p 4 email:a@x.cn tmall_nick:bee; p 5 tmall_nick:bee; } >> in
  sed -i '3s/}$/,"tmall_nick":"bee"}/' in
  run_links --verdicts v.csv in
  is "$(jq -s '.[0].customer_id == .[2].customer_id' out)" false
}

@test "a newcomer takes nobody away where a verdict makes room for one" {
  # 5 must be with either of two who are apart: it was with 7
  { p 7 email:a@x.cn; p 5 email:a@x.cn; } > in
  run_links in
  seven=$(stamp 7)
  p 1 email:a@x.cn >> in
  printf 'left,right,verdict\nweb:1,web:7,different\n' > v.csv
  run_links --verdicts v.csv in
  is "$(groups < out)" "1 5,7"
  is "$(stamp 5) $(stamp 7)" "$seven $seven"
}

@test "a verdict holds against who is not here, too" {
  { p 1 email:a@x.cn; p 2 tmall_nick:bee; } > in
  run_links in
  one=$(stamp 1) two=$(stamp 2)
  { p 3 email:a@x.cn; p 4; } > batch
  printf 'left,right,verdict\nweb:1,web:3,different\nweb:2,web:4,same\n' \
    > v.csv
  run_links --verdicts v.csv batch
  [ "$(stamp 3)" != "$one" ]
  is "$(stamp 4)" "$two"
}

@test "who is not here gives up what others have now" {
  { p 1 tmall_nick:bee; p 2 phone:$A name:张伟; } > in
  run_links in
  { p 1; p 3 phone:$A name:李娜
    echo '{"type":"order","order_id":"1","phone":"'$A'"}'; } > now
  run_links now
  is "$(jq -r 'select(.order_id) | .customer_id' out)" "$(stamp 3)"
  is "$(jq -c 'select(.source_id == "2") | .ids' links)" '[]'
}

@test "a verdict of same joins, contradicting names and all" {
  { p 1 phone:$A name:张伟; p 2 phone:$A name:李娜; p 3; } > in
  echo '{"left":"web:1","right":"web:3","verdict":"same"}' > v.ndjson
  echo '{"left":"web:2","right":"web:1","verdict":"same"}' >> v.ndjson
  run_links --verdicts v.ndjson in
  is "$(groups < out)" 1,2,3
  is "$(jq -c 'select(.source_id == "3") | .reasons' links)" '["same:web/1"]'
}

@test "verdicts that contradict each other are named" {
  p 1 > in
  printf '%s\n' left,right,verdict web:1,web:2,same web:2,web:3,same \
    web:3,web:1,different > v.csv
  run -2 --separate-stderr scrm-dedupe --exact --verdicts v.csv in
  is "$stderr" "scrm-dedupe: v.csv:4: 'web/3' and 'web/1' are different here, \
and the same by other rows"
  printf '%s\n' left,right,verdict web:1,web:2,perhaps > v.csv
  run -2 --separate-stderr scrm-dedupe --exact --verdicts v.csv in
  is "$stderr" \
    "scrm-dedupe: v.csv:2: 'perhaps' is neither same nor different"
  printf '%s\n' left,right,verdict web1,web:2,same > v.csv
  run -2 --separate-stderr scrm-dedupe --exact --verdicts v.csv in
  is "$stderr" \
    "scrm-dedupe: v.csv:2: 'web1' is no profile: source:source_id"
  printf '%s\n' left,right,verdict web:1,web:9,same > v.csv
  run -0 --separate-stderr scrm-dedupe --exact --verdicts v.csv in
  is "$stderr" "scrm-dedupe: 1 verdicts name a profile that is not here"
}

@test "a damaged links file is refused and left alone" {
  p 1 > in
  echo '{"type":"link","customer_id":"c1","source":"web"}' > links
  cp links before
  run -2 --separate-stderr scrm-dedupe --exact --links links -o out in
  is "$stderr" "scrm-dedupe: links:1: a link with source and without source_id"
  cmp links before
  [ ! -e out ]
}

@test "a cut stream leaves the links alone" {
  p 1 email:a@x.cn > in
  run_links in
  cp links before
  { p 2 email:b@x.cn; printf '{"type":"profile","sou'; } > cut
  run -2 scrm-dedupe --exact --links links -o out2 cut
  cmp links before
  [ ! -e out2 ]
}

@test "members that people add to a link line stay" {
  p 1 email:a@x.cn > in
  run_links in
  sed -i 's/}$/,"note":"by \\"Anna\\"","weight":1.50}/' links
  cp links before
  run_links in
  cmp links before
}

@test "a profile twice is one, and that is said" {
  { p 1 email:a@x.cn; p 1 email:b@x.cn; p 2 email:b@x.cn; } > in
  is "$(scrm-dedupe --exact in 2>err | groups)" 1,1,2
  grep -q '1 profiles are there more than once: run scrm-latest first' err
}

@test "standard input and files give the same" {
  { p 1 email:a@x.cn; p 2 email:a@x.cn; } > in
  is "$(scrm-dedupe --exact < in)" "$(scrm-dedupe --exact in)"
  is "$(cat in | scrm-dedupe --exact -)" "$(scrm-dedupe --exact in)"
}

@test "without --exact it says what is not there yet" {
  run -2 --separate-stderr scrm-dedupe /dev/null
  is "$stderr" "scrm-dedupe: only --exact is there yet: say --exact"
}
