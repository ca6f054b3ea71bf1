#!/usr/bin/env bats
# All records of a customer become one golden line.
load helper

export SCRM_AS_OF=2026-11-21 SCRM_TZ=Asia/Shanghai

# order ID CUSTOMER TIME STATUS PAID [MORE]: a line.
order() {
  printf '{"type":"order","source":"s","order_id":"%s","customer_id":"%s",' \
    "$1" "$2"
  printf '"time":"%s","status":"%s","paid":%s,"currency":"CNY"%s}\n' \
    "$3" "$4" "$5" "${6:+,$6}"
}

# profile SOURCE ID OBSERVED MORE: a line of customer c1.
profile() {
  printf '{"type":"profile","source":"%s","source_id":"%s",' "$1" "$2"
  printf '"observed_at":"%s","customer_id":"c1",%s}\n' "$3" "$4"
}

# golden FILTER: what scrm-profile makes of standard input, through jq.
golden() {
  scrm-profile -q | jq -c "$1"
}

@test "one line a customer, in byte order of the id, from any order of input" {
  shuf --random-source=<(yes) "$SRC/samples/stamped.ndjson" > shuffled
  scrm-profile -q "$SRC/samples/stamped.ndjson" > a
  scrm-profile -q shuffled > b
  tac shuffled | scrm-profile -q > c
  cmp a b
  cmp a c
  is "$(jq -r .customer_id a)" $'c01\nc02'
}

@test "the statuses that count are paid, shipped, completed, refunded" {
  for s in paid shipped completed refunded created cancelled; do
    order "$s" c1 2026-01-01 "$s" 1
  done > in
  is "$(golden '[.orders, .revenue]' < in)" '[4,4]'
}

@test "a refund is subtracted, unless its order does not count" {
  { order 1 c1 2026-01-01 paid 100.50
    order 2 c1 2026-01-01 cancelled 70
    printf '{"type":"refund","source":"s","refund_id":"%s/r",%s,%s}\n' \
      1 '"order_id":"1"' \
      '"customer_id":"c1","time":"2026-02-01","paid":10,"currency":"CNY"' \
      2 '"order_id":"2"' \
      '"customer_id":"c1","time":"2026-02-01","paid":70,"currency":"CNY"' \
      3 '"order_id":"of a till"' \
      '"customer_id":"c1","time":"2026-02-01","paid":5,"currency":"CNY"'
  } > in
  is "$(scrm-profile < in | grep -o '"revenue.*aov":[0-9.]*')" \
    '"revenue":85.50,"gross_revenue":100.50,"aov":85.50'
}

@test "a refund without time is as old as the export that tells of it" {
  { order 1 c1 2026-01-01 paid 100.50
    echo '{"type":"refund","source":"s","refund_id":"1/r","order_id":"1","customer_id":"c1","observed_at":"2026-02-01","paid":10,"currency":"CNY"}'
  } > in
  is "$(golden .revenue < in)" 90.5
  is "$(scrm-profile -q --as-of 2026-01-31 < in | jq .revenue)" 100.5
}

@test "the order's own refunded is for reading only" {
  is "$(order 1 c1 2026-01-01 refunded 9.90 '"refunded":9.90' |
    golden '[.orders, .revenue]')" '[1,9.9]'
}

@test "an order that was given back whole is an order and no purchase" {
  { order 1 c1 2026-01-01 paid 10
    order 2 c1 2026-01-11 refunded 7
    order 3 c1 2026-01-21 paid 0
    echo '{"type":"refund","source":"s","refund_id":"2/r","order_id":"2","customer_id":"c1","time":"2026-02-01","paid":7,"currency":"CNY"}'
  } > in
  is "$(golden '[.orders, .frequency, .recency, .monetary_value]' < in)" \
    '[3,1,20,0]'
}

@test "money is exact, at the largest scale seen" {
  { order 1 c1 2026-01-01 paid 120.50
    order 2 c1 2026-01-02 paid 1
    order 3 c2 2026-01-02 paid 9007199254740993.01
    order 4 c2 2026-01-02 paid 0.02; } > in
  is "$(scrm-profile < in | grep -o '"revenue":[0-9.]*')" \
    $'"revenue":121.50\n"revenue":9007199254740993.03'
}

@test "frequency, recency, T: days, the first excluded, a day's orders merged" {
  { order 1 c1 2026-01-01T10:00:00+08:00 paid 100
    order 2 c1 2026-01-11T10:00:00+08:00 paid 20
    order 3 c1 2026-01-11T23:00:00+08:00 paid 30
    order 4 c1 2026-01-15T00:10:00+08:00 paid 5; } > in
  is "$(golden '[.frequency, .recency, .T, .monetary_value,
    .median_days_between_orders]' < in)" '[2,14,324,27.5,7]'
  # 00:10 in Shanghai is the day before in Paris
  is "$(scrm-profile --tz Europe/Paris < in | jq -c '[.recency]')" '[13]'
}

@test "what is later than the as-of is not known yet" {
  { order 1 c1 2026-01-01 paid 1
    order 2 c1 2026-01-31 paid 2
    order 3 c1 2026-02-01 paid 4; } > in
  run --separate-stderr scrm-profile --as-of 2026-01-31 -o out in
  [ "$status" -eq 0 ]
  is "$(jq .revenue out)" 3
  [[ $stderr = *'later'* ]] || [ -z "$stderr" ]
}

@test "a customer with nothing but later records has no line" {
  order 1 c1 2027-01-01 paid 1 > in
  is "$(scrm-profile -q in)" ""
}

@test "shares of spend, price band, channels" {
  { order 1 c1 2026-01-01 paid 300 '"channel":"web","country":"FR","products":[
{"category":"bag","brand":"X","price":100,"quantity":2},
{"category":"shoe","price":100}]' | tr -d '\n'; echo
    order 2 c1 2026-01-02 paid 1 '"channel":"store"'
    order 3 c1 2026-01-03 paid 1 '"channel":"store"'; } > in
  is "$(scrm-profile < in | grep -o '"items".*"price_band":"[^"]*"' |
    sed 's/"first_order_at.*monetary_value":[0-9.]*,//')" \
    '"items":3,"channels":["store","web"],"top_channel":"store","countries":["FR"],"share_by_category":{"bag":0.6667,"shoe":0.3333},"share_by_brand":{"X":1.0000},"median_price":100.00,"price_band":"100-200"'
}

@test "the newest value that is there survives" {
  { profile a 1 2026-01-01 '"name":"Old","phone":"+861","city":"Lyon"'
    profile b 2 2026-03-01 '"name":"New","city":"","phone":null'
    profile c 3 2026-02-01 '"name":"Mid","tags":["x","a"]'
    profile a 4 2026-01-01 '"tags":["b","x"]'; } > in
  is "$(golden '[.name, .city, .phone, .tags]' < in)" \
    '["New","Lyon","+861",["a","b","x"]]'
}

@test "the tier and the province are those of the city that survives" {
  { profile wechat 1 2026-01-01 \
      '"country":"CN","province":"上海","city":"上海","city_tier":"1","city_code":"310000"'
    profile shop 2 2026-03-01 '"country":"FR","city":"Lyon","district":"3e"'
    profile till 3 2026-02-01 '"province":"四川","province_code":"510000"'; } > in
  is "$(golden '[.country, .province, .city, .district, .city_tier, .city_code,
    .province_code]' < in)" '["FR",null,"Lyon","3e",null,null,null]'
  printf 'field,rule,sources\ncity,first,\n' > rules.csv
  is "$(scrm-profile -q --survivorship rules.csv in | jq -c '[.province, .city,
    .district, .city_tier, .city_code, .province_code]')" \
    '["上海","上海",null,"1","310000",null]'
  # Without a city the code goes with the province.
  { profile a 1 2026-01-01 '"province":"四川","province_code":"510000"'
    profile b 2 2026-02-01 '"province":"Bayern"'; } > in
  is "$(golden '[.province, .province_code]' < in)" '["Bayern",null]'
}

@test "a tie goes to the smaller source, then the smaller source_id" {
  { profile b 1 2026-01-01 '"name":"b1","city":"b1"'
    profile a 9 2026-01-01 '"name":"a9"'
    profile a 10 2026-01-01 '"name":"a10"'; } > in
  is "$(golden '[.name, .city]' < in)" '["a10","b1"]'
}

@test "a profile without observed_at is the oldest" {
  { echo '{"type":"profile","source":"a","source_id":"1","customer_id":"c1","name":"undated"}'
    profile b 2 2020-01-01 '"name":"dated"'; } > in
  is "$(golden .name < in)" '"dated"'
}

@test "singular fields are text always, ids holds all" {
  { profile a 1 2026-01-01 '"member_no":88,"email":"a@b.c","house":"h"'
    profile b 2 2026-01-02 '"email":"x@y.z","phone":["+8613800000001","+8613800000002"]'; } > in
  is "$(golden '[.member_no, .email, .phone]' < in)" \
    '["88","x@y.z","+8613800000001"]'
  golden '.ids' < in | grep -q '"email:a@b.c","email:x@y.z","member_no:h/88"'
}

@test "an openid keeps its account" {
  { profile wechat 1 2026-01-01 '"wechat_appid":"wx1","wechat_openid":"o1"'
    profile wechat 2 2026-01-02 '"wechat_appid":"wx2","wechat_openid":"o2"'
    profile shop 3 2026-01-03 '"wechat_appid":"wx3"'; } > in
  is "$(golden '[.wechat_appid, .wechat_openid]' < in)" '["wx2","o2"]'
}

@test "rules of survivorship come from a file" {
  { profile shop 1 2026-03-01 '"name":"Li","city":"Lyon","nick":"z"'
    profile till 2 2026-01-01 '"name":"Lin Xiaoman","city":"Cork","nick":"y"'
    profile web 3 2026-02-01 '"name":"Li M.","city":"Cork","nick":"x"'; } > in
  printf 'field,rule,sources\nname,longest,\ncity,most_frequent,\nnick,source,web till\n' > s.csv
  is "$(scrm-profile -q --survivorship s.csv in |
    jq -c '[.name, .city, .nick]')" '["Lin Xiaoman","Cork","x"]'
  printf 'field,rule\nname,newest\n' > bad.csv
  run -2 --separate-stderr scrm-profile --survivorship bad.csv in
  [[ $stderr = *"bad.csv:2:"*"no rule 'newest'"* ]]
}

@test "--explain names the source of each field" {
  { profile a 1 2026-01-01 '"name":"Old","city":"Lyon"'
    profile b 2 2026-03-01 '"name":"New"'; } > in
  is "$(scrm-profile --explain in | jq -c '.reasons[]')" \
'{"field":"name","rule":"latest","source":"b","source_id":"2","observed_at":"2026-03-01","of":2}
{"field":"city","rule":"latest","source":"a","source_id":"1","observed_at":"2026-01-01","of":1}'
}

# consent TO STATUS TIME
consent() {
  printf '{"type":"consent","customer_id":"c1","channel":"email","to":"%s",' "$1"
  printf '"purpose":"marketing","status":"%s"%s}\n' "$2" "${3:+,\"time\":\"$3\"}"
}

@test "of consents the latest stands, undated the stricter" {
  { consent a@b.c granted 2026-01-01
    consent a@b.c revoked 2026-02-01
    consent x@y.z granted 2026-01-05
    consent u@v.w revoked
    consent u@v.w granted 2026-03-01; } > in
  is "$(golden '[.consents[] | .to + " " + .status]' < in)" \
    '["a@b.c revoked","u@v.w revoked","x@y.z granted"]'
  is "$(golden '.reach' < in)" \
    '{"email":{"to":"x@y.z","reason":"granted 2026-01-05"}}'
}

@test "who no longer follows is not reached by WeChat, and has no window" {
  ev='{"type":"event","customer_id":"c1","channel":"wechat:wx1"'
  { echo '{"type":"consent","customer_id":"c1","channel":"wechat:wx1","to":"o1","status":"granted","time":"2026-01-01"}'
    echo "$ev,\"event\":\"subscribe\",\"time\":\"2026-01-01T08:00:00+08:00\"}"
    echo "$ev,\"event\":\"text\",\"time\":\"2026-11-20T08:00:00+08:00\"}"; } > in
  is "$(golden '[.reach["wechat:wx1"].to, .following, .wechat_window_until]' < in)" \
    '["o1",true,"2026-11-22T08:00:00+08:00"]'
  echo "$ev,\"event\":\"unsubscribe\",\"time\":\"2026-11-20T09:00:00+08:00\"}" >> in
  is "$(golden '[.reach, .following, .wechat_window_until]' < in)" \
    '[null,false,null]'
}

@test "a list of followers is evidence as of its day, in every order" {
  ev='{"type":"event","customer_id":"c1","channel":"wechat:wx1"'
  p='{"type":"profile","customer_id":"c1","source":"w","source_id":"1","wechat_appid":"wx1","wechat_openid":"o1"'
  on="$ev,\"event\":\"subscribe\",\"time\":\"2026-11-02T08:00:00+08:00\"}"
  off="$ev,\"event\":\"unsubscribe\",\"time\":\"2026-11-04T08:00:00+08:00\"}"
  said() {
    printf '%s\n' "$@" | golden '[.following, .follow["wechat:wx1"]]'
    printf '%s\n' "$@" | tac | golden '[.following, .follow["wechat:wx1"]]'
  }
  twice() { printf '%s\n%s' "$1" "$1"; }
  # alone, with and without a time
  is "$(said "$p,\"following\":false,\"observed_at\":\"2026-11-03\"}")" \
    "$(twice '[false,{"following":false,"since":"2026-11-03"}]')"
  is "$(said "$p,\"following\":true}")" "$(twice '[true,{"following":true}]')"
  # the newer of list and event
  is "$(said "$on" "$p,\"following\":false,\"observed_at\":\"2026-11-03\"}")" \
    "$(twice '[false,{"following":false,"since":"2026-11-03"}]')"
  is "$(said "$on" "$p,\"following\":false,\"observed_at\":\"2026-11-01\"}")" \
    "$(twice '[true,{"following":true,"since":"2026-11-02T08:00:00+08:00"}]')"
  is "$(said "$on" "$off" "$p,\"following\":true,\"observed_at\":\"2026-11-05\"}")" \
    "$(twice '[true,{"following":true,"since":"2026-11-05"}]')"
  # what agrees does not move since when
  is "$(said "$on" "$p,\"following\":true,\"observed_at\":\"2026-11-05\"}")" \
    "$(twice '[true,{"following":true,"since":"2026-11-02T08:00:00+08:00"}]')"
  # nor does it open the window, or stand in the line twice
  printf '%s\n' "$p,\"following\":true,\"observed_at\":\"2026-11-20\"}" |
    scrm-profile > out
  is "$(grep -o '"following":true' out | wc -l)" 2
  is "$(jq -c '[.wechat_window_until, .follow]' out)" \
    '[null,{"wechat:wx1":{"following":true,"since":"2026-11-20"}}]'
}

@test "the window is 48 hours after a message, a minute after a tap" {
  ev='{"type":"event","customer_id":"c1","channel":"wechat:wx1"'
  echo "$ev,\"event\":\"CLICK\",\"time\":\"2026-11-20T08:00:00+08:00\"}" > in
  is "$(golden .wechat_window_until < in)" '"2026-11-20T08:01:00+08:00"'
  echo "$ev,\"event\":\"VIEW\",\"time\":\"2026-11-20T08:00:00+08:00\"}" > in
  is "$(golden .wechat_window_until < in)" null
}

@test "a message counts once, whatever came of it" {
  d='{"type":"delivery","customer_id":"c1","message_key":"k1"'
  { echo "$d,\"attempt\":1,\"status\":\"deferred\",\"time\":\"2026-11-01T08:00:00Z\"}"
    echo "$d,\"attempt\":2,\"status\":\"sent\",\"time\":\"2026-11-02T08:00:00Z\"}"
    echo "$d,\"attempt\":2,\"status\":\"delivered\",\"time\":\"2026-11-02T08:01:00Z\"}"
    echo "$d,\"attempt\":2,\"status\":\"opened\",\"time\":\"2026-11-02T09:00:00Z\"}"
    echo "${d/k1/k0},\"status\":\"sent\",\"time\":\"2026-09-02T09:00:00Z\"}"; } > in
  is "$(golden '[.deliveries_30d, .opened_30d, .clicked_30d, .last_sent_at]' < in)" \
    '[1,1,0,"2026-11-02T08:01:00Z"]'
}

@test "two currencies want rates, by the day of the order" {
  { order 1 c1 2026-01-02 paid 10
    order 2 c1 2026-01-02 paid 1.01 | sed 's/CNY/EUR/'; } > in
  run -2 --separate-stderr scrm-profile in
  [[ $stderr = *"'CNY'"*"'EUR'"*--rates* ]]
  printf 'date,currency,rate\n2026-01-01,EUR,7.855\n2026-01-03,EUR,9\n' > r.csv
  run -2 --separate-stderr scrm-profile --rates r.csv in
  [[ $stderr = *SCRM_CURRENCY* ]]
  export SCRM_CURRENCY=CNY
  is "$(scrm-profile --rates r.csv in | jq -c '[.currency, .revenue]')" \
    '["CNY",17.93]'
  printf 'date,currency,rate\n2026-01-02,EUR,2\n' > day.csv
  is "$(scrm-profile --rates day.csv in | jq -c '.revenue')" 12.02
  printf 'date,currency,rate\n2026-01-03,EUR,9\n' > late.csv
  run -2 --separate-stderr scrm-profile --rates late.csv in
  [[ $stderr = *"no rate for 'EUR' on or before 2026-01-02 in late.csv"* ]]
}

@test "facts of a file come on top, or alone" {
  { order 1 c1 2026-01-01 paid 10.50 '"channel":"web"'
    order 2 c1 2026-01-02 paid 20 '"channel":"store"'; } > in
  printf 'fact,of,agg,value,where\nstore,order,sum,paid,"channel = '\''store'\''"\nn,order,count,,\n' > f.csv
  is "$(scrm-profile -f f.csv in | jq -c '[.orders, .store, .n]')" '[2,20,2]'
  is "$(scrm-profile --no-default-facts -f f.csv in)" \
    '{"type":"profile","customer_id":"c1","store":20,"n":2}'
}

@test "a fact that cannot be is refused before any record is read" {
  no() {
    printf 'fact,of,agg,value,where\n%s\n' "$1" > f.csv
    run -2 --separate-stderr scrm-profile -f f.csv /does/not/exist
    [[ $stderr = *"f.csv:2: $2"* ]] || { echo "$stderr"; return 1; }
  }
  no 'orders,order,count,,' "column 'fact': scrm-profile writes 'orders'"
  no 'x,ordr,count,,' "column 'of': no type 'ordr'"
  no 'x,order,total,,' "column 'agg': no aggregate 'total'"
  no 'x,order,sum,,' "column 'value': 'sum' needs a value"
  no 'x,order,count,,status =' "column 'where', place 9: expected a value"
}

@test "without customer_id: withheld and counted; in no profile at all: 2" {
  { order 1 c1 2026-01-01 paid 1
    echo '{"type":"order","order_id":"guest","time":"2026-01-01","paid":9}'; } > in
  SCRM_LOG=log scrm-profile -q in > out
  is "$(jq .revenue out)" 1
  is "$(jq -c '[.read, .folded, .withheld]' log)" '[2,1,1]'
  echo '{"type":"profile","source":"a","source_id":"1"}' >> in
  run -2 --separate-stderr scrm-profile in
  [[ $stderr = *"no customer_id in any of 1 profiles: run scrm-dedupe first"* ]]
}

@test "where there are no profiles, orders of nobody are no mistake: it is said" {
  echo '{"type":"order","order_id":"guest","time":"2026-01-01","paid":9}' > in
  run -0 --separate-stderr scrm-profile in
  is "$output" ""
  is "${stderr%%$'\n'*}" "scrm-profile: no customer_id in any of 1 records:\
 they name nobody, or scrm-dedupe did not see them"
}

@test "other types and objects without one pass; --keep passes all but profiles" {
  { echo '{"id": 1}'
    order 1 c1 2026-01-01 paid 1
    profile a 1 2026-01-01 '"name":"N"'
    echo '{"type":"warranty","customer_id":"c1"}'; } > in
  is "$(scrm-profile -q in | jq -r '.type')" $'null\nwarranty\nprofile'
  is "$(scrm-profile -q --keep in | jq -r '.type')" \
    $'null\norder\nwarranty\nprofile'
  scrm-profile -q --keep in | grep -qF "$(order 1 c1 2026-01-01 paid 1)"
}

@test "--sorted gives the same bytes; a step back is an error" {
  f=$SRC/samples/stamped.ndjson
  grep -F '"customer_id":"c01"' "$f" > sorted
  grep -F '"customer_id":"c02"' "$f" >> sorted
  scrm-profile --sorted sorted > a
  scrm-profile sorted > b
  cmp a b
  tac sorted > back
  run -2 --separate-stderr scrm-profile --sorted -o out back
  [[ $stderr = *'not sorted'* ]]
  [ ! -e out ]
}

@test "beyond --memory it ends with 2 and says what to do" {
  for i in {1..3000}; do
    echo "{\"type\":\"order\",\"customer_id\":\"c$i\",\"time\":\"2026-01-01\",\"paid\":1}"
  done > in
  run -2 --separate-stderr scrm-profile --memory 64K -o out in
  [[ $stderr = *'scrm-sort -k customer_id'*'--sorted'* ]]
  [ ! -e out ]
  scrm-profile --memory 10M -o out in
  is "$(wc -l < out)" 3000
}

@test "and what it says works: sorted, the same lines in less memory" {
  for i in {1..3000} {1000..9000}; do
    echo "{\"type\":\"order\",\"order_id\":\"$i\",\"customer_id\":\"c$((i * 7919 % 3001))\",\"time\":\"2026-01-0$((i % 9 + 1))\",\"paid\":$i.5,\"channel\":\"ch$((i % 5))\"}"
  done > in
  scrm-profile -q in > whole
  run -2 scrm-profile -q --memory 64K in
  scrm-sort --memory 1M -k customer_id in |
    scrm-profile -q --memory 64K --sorted > sorted
  cmp whole sorted
  is "$(wc -l < sorted)" 3001
}

@test "a record that cannot be used is named, and the others are not lost" {
  { order 1 c1 2026-01-01 paid 1
    order 2 c1 2026-01-01 paid '"12O"'
    order 3 c1 nonsense paid 1
    echo '{"type":"order","customer_id":"c1","time":"2026-01-01"}'; } > in
  run -1 --separate-stderr scrm-profile in
  is "$(jq .orders <<< "$output")" 1
  [[ $stderr = *"in:2:"*"in:3:"*"in:4:"* ]]
}

@test "threads change no byte" {
  for i in {1..9000}; do
    echo "{\"type\":\"order\",\"customer_id\":\"c$((i * 7919 % 3001))\",\"time\":\"2026-01-0$((i % 9 + 1))\",\"paid\":$i.5,\"channel\":\"ch$((i % 5))\"}"
  done > in
  printf 'fact,of,agg,value,where\nn,order,count,,paid > 9\ns,order,sum,paid,\nl,order,last,time,\nc,order,first,channel,\n' > f.csv
  head -4 f.csv > flat.csv
  same() {
    scrm-profile -q -j 1 "$@" in > one
    scrm-profile -q -j 3 "$@" in > three
    cmp one three
    is "$(wc -l < one)" 3001
  }
  same
  same -f f.csv
  same --no-default-facts -f flat.csv
}
