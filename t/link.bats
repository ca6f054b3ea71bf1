#!/usr/bin/env bats
load helper

# A file of two customers, one of them merged into the other by a bridge.
links() {
  cat <<'END'
{"type":"link","customer_id":"cA","source":"web","source_id":"1","ids":["email:a@x.cn","phone:+8613800000001"]}
{"type":"link","customer_id":"cA","source":"web","source_id":"2","ids":["email:a@x.cn","wechat_unionid:u2"]}
{"type":"link","customer_id":"cB","merged_into":"cA"}
{"type":"link","customer_id":"cB","source":"web","source_id":"3","ids":["wechat_unionid:u2","tmall_nick:bee"]}
{"type":"link","customer_id":"cC","source":"web","source_id":"4","ids":["email:c@x.cn","phone:+8613800000003"]}
{"type":"link","customer_id":"cD","source":"web","source_id":"5","ids":["email:d@x.cn","phone:+8613800000003"]}
END
}

@test "an order takes the customer of the buyer's identifiers" {
  links > l
  echo '{"type":"order","order_id":"1","total":1.10,"email":"C@x.cn"}' > in
  run scrm-link -l l in
  [ "$status" -eq 0 ]
  is "$output" \
    '{"type":"order","order_id":"1","total":1.10,"email":"C@x.cn","customer_id":"cC"}'
}

@test "the receiver never identifies anybody" {
  links > l
  echo '{"type":"order","order_id":"1","receiver":{"phone":"+8613800000001"}}' > in
  is "$(scrm-link -l l in)" "$(cat in)"
}

@test "a masked number is nobody's" {
  links > l
  echo '{"type":"order","order_id":"1","phone":"138****0001","tmall_nick":"b**"}' > in
  is "$(scrm-link -l l in)" "$(cat in)"
}

@test "all types that have a customer are stamped, no others" {
  links > l
  for t in order event refund consent decision delivery task; do
    echo '{"type":"'$t'","tmall_nick":"bee"}'
  done > in
  is "$(scrm-link -l l in | jq -r '.type + " " + .customer_id' | paste -sd,)" \
    "order cA,event cA,refund cA,consent cA,decision cA,delivery cA,task cA"
  for t in link pair metric count spend; do
    echo '{"type":"'$t'","tmall_nick":"bee"}'
  done > in
  echo '{"tmall_nick":"bee"}' >> in
  is "$(scrm-link -l l in)" "$(cat in)"
}

@test "a consent goes by its address too" {
  links > l
  echo '{"type":"consent","channel":"email","to":"c@x.cn","purpose":"marketing"}' > in
  is "$(scrm-link -l l in | jq -r .customer_id)" cC
}

@test "who names two customers takes the first in the order and is counted" {
  links > l
  cat > in <<'END'
{"type":"order","order_id":"1","phone":"+8613800000001","email":"c@x.cn"}
{"type":"order","order_id":"2","email":"c@x.cn","wechat_unionid":"u2"}
{"type":"order","order_id":"3","email":"a@x.cn","tmall_nick":"bee"}
END
  is "$(scrm-link -l l in 2>err | jq -c '[.customer_id,.link_conflict]')" \
'["cC",["cA"]]
["cA",["cC"]]
["cA",null]'
  grep -q '2 records name more than one customer' err
}

@test "what two customers have names neither; a second identifier may" {
  links > l
  echo '{"type":"event","event_id":"1","phone":"+8613800000003"}' > in
  is "$(scrm-link -l l in 2>err)" "$(cat in)"
  grep -q '1 records have only identifiers that several customers share' err
  echo '{"type":"event","phone":"+8613800000003","email":"d@x.cn"}' > in
  is "$(scrm-link -l l in | jq -c '[.customer_id,.link_conflict]')" '["cD",null]'
}

@test "a decision, delivery or task of a merged customer is the survivor's" {
  links > l
  for t in decision delivery task; do
    echo '{"type":"'$t'","customer_id":"cB","to":"x"}'
    echo '{"type":"'$t'","customer_id":"cX"}'
  done > in
  is "$(scrm-link -l l in)" "$(sed s/cB/cA/ in)"
}

@test "a decision keeps its customer whatever else it names" {
  links > l
  echo '{"type":"decision","customer_id":"cC","email":"a@x.cn"}' > in
  is "$(scrm-link -l l in)" "$(cat in)"
  # an order goes by its buyer
  is "$(sed s/decision/order/ in | scrm-link -l l | jq -r .customer_id)" cA
}

@test "a profile goes by its own line" {
  links > l
  cat > in <<'END'
{"type":"profile","source":"web","source_id":"3","email":"c@x.cn"}
{"type":"profile","source":"web","source_id":"9","email":"c@x.cn"}
{"type":"profile","customer_id":"cB","name":"golden"}
END
  is "$(scrm-link -l l in 2>err | jq -c .customer_id)" '"cA"
null
"cA"'
  grep -q '1 profiles are in no link' err
}

@test "deleting a link line undoes it: a merge" {
  links | grep -v merged_into > l
  cat > in <<'END'
{"type":"profile","source":"web","source_id":"3"}
{"type":"order","order_id":"1","tmall_nick":"bee"}
{"type":"order","order_id":"2","email":"a@x.cn"}
END
  is "$(scrm-link -l l in | jq -r .customer_id | paste -sd' ')" "cB cB cA"
  # stamped before the line went
  links > whole
  is "$(scrm-link -l whole in | scrm-link -l l)" "$(scrm-link -l l in)"
}

@test "deleting a link line undoes it: a profile" {
  links > whole
  grep -v '"source_id":"3"' whole > l
  cat > in <<'END'
{"type":"profile","source":"web","source_id":"3"}
{"type":"order","order_id":"1","tmall_nick":"bee","customer_id":"c0123456789abcdef0123"}
END
  is "$(scrm-link -l l in)" "$(sed 's/,"customer_id":"c[0-9a-f]*"//' in)"
}

@test "a stamp that stands is left as it is, byte for byte" {
  links > l
  echo '{"customer_id" : "cA", "type" : "order", "email" : "a@x.cn"}' > in
  is "$(scrm-link -l l in)" "$(cat in)"
  echo '{"type":"consent","customer_id":"cZ","channel":"sms","to":"+8613800000009"}' > in
  is "$(scrm-link -l l in)" "$(cat in)"
}

@test "a conflict that is over is taken off" {
  links > l
  echo '{"type":"order","email":"a@x.cn","link_conflict":["cC"]}' > in
  is "$(scrm-link -l l in)" \
    '{"type":"order","email":"a@x.cn","customer_id":"cA"}'
}

@test "--explain says which identifier it was" {
  links > l
  echo '{"type":"order","email":"a@x.cn","tmall_nick":"bee"}' > in
  is "$(scrm-link --explain -l l in | jq -c .reasons)" '["tmall_nick:bee"]'
}

@test "merges in a row lead to the end, in a circle they are refused" {
  cat > l <<'END'
{"type":"link","customer_id":"c1","merged_into":"c2"}
{"type":"link","customer_id":"c2","merged_into":"c3"}
END
  echo '{"type":"task","customer_id":"c1"}' > in
  is "$(scrm-link -l l in)" '{"type":"task","customer_id":"c3"}'
  echo '{"type":"link","customer_id":"c3","merged_into":"c1"}' >> l
  run -2 --separate-stderr scrm-link -l l in
  [[ $stderr = *"the merges of customer 'c1' lead in a circle" ]]
}

@test "a damaged links file is refused with its line, before anything is read" {
  links > l
  echo '{"type":"link","source":"web","source_id":"9"}' >> l
  run -2 --separate-stderr scrm-link -l l /dev/null
  is "$stderr" "scrm-link: l:7: a link without customer_id"
  links | head -c 100 > l
  run -2 --separate-stderr scrm-link -l l /dev/null
  [[ $stderr = "scrm-link: l:1: "* ]]
  echo '{"type":"link","customer_id":"c","source":"s","source_id":"1","ids":["x"]}' > l
  run -2 --separate-stderr scrm-link -l l /dev/null
  is "$stderr" "scrm-link: l:1: 'x' in ids is not kind:value"
  run -2 --separate-stderr scrm-link -l none /dev/null
  run -2 --separate-stderr scrm-link /dev/null
  [[ $stderr == "scrm-link: no links given"* ]]
}
