#!/usr/bin/env bats
load helper

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  export SCRM_AS_OF=2026-11-21 SCRM_TZ=Asia/Shanghai
}

# order ID TIME STATUS PAID CHANNEL
order() {
  printf '{"type":"order","source":"s","order_id":"%s","time":"%s",' "$1" "$2"
  printf '"status":"%s","paid":%s,"currency":"CNY","channel":"%s"}\n' \
    "$3" "$4" "$5"
}

refund() {
  printf '{"type":"refund","source":"s","refund_id":"%s/r","order_id":"%s",' \
    "$1" "$1"
  printf '"time":"%s","paid":%s,"currency":"CNY"}\n' "$2" "$3"
}

@test "sales: what counts, on its own day, with refunds on theirs" {
  { order 1 2026-05-31T23:30:00+08:00 paid 100.00 shop
    order 2 2026-05-31T16:30:00Z completed 0.10 web
    order 3 2026-05-02T10:00:00+08:00 cancelled 7.00 shop
    order 4 2026-05-03T10:00:00+08:00 refunded 50 shop
    refund 4 2026-06-02T10:00:00+08:00 50.00
    refund 3 2026-06-02T10:00:00+08:00 7.00
  } > in
  is "$(scrm-report sales in --format csv)" \
    "month,orders,gross,refunded,revenue,gross_aov,share
2026-05,2,150.00,0.00,150.00,75.00,99.9
2026-06,1,0.10,50.00,-49.90,0.10,0.1"
}

@test "sales: a refund goes with its order's channel, be it before it" {
  { refund 1 2026-05-04 30
    order 1 2026-05-03 refunded 100.00 shop
    order 2 2026-05-03 paid 10.00 web
    refund 9 2026-05-04 1
  } > in
  run --separate-stderr scrm-report sales --by channel in --format csv
  is "$output" "channel,orders,gross,refunded,revenue,gross_aov,share
,0,0.00,1.00,-1.00,,0.0
shop,1,100.00,30.00,70.00,100.00,90.9
web,1,10.00,0.00,10.00,10.00,9.1"
  is "$stderr" "scrm-report: 1 refunds are of orders that are not here"
}

@test "sales: a refund without a time counts with its order" {
  { order 1 2026-05-03 refunded 100.00 shop
    printf '{"type":"refund","source":"s","order_id":"%s","paid":30,' 1
    printf '"currency":"CNY","observed_at":"2026-11-20"}\n'
    printf '{"type":"refund","source":"s","order_id":"%s","paid":7,' 2
    printf '"currency":"CNY","observed_at":"2026-11-20"}\n'
  } > in
  is "$(scrm-report sales in --format csv 2>/dev/null)" \
    "month,orders,gross,refunded,revenue,gross_aov,share
2026-05,1,100.00,30.00,70.00,100.00,100.0
2026-11,0,0.00,7.00,-7.00,,0.0"
}

@test "sales: the table has a total, a head with as-of and zone, and bars" {
  { order 1 2026-05-03 paid 100.00 shop; order 2 2026-05-03 paid 1234.50 web
  } > in
  is "$(scrm-report sales --by channel --ascii in)" \
    "sales as of 2026-11-21, days of Asia/Shanghai, CNY
channel  orders     gross  refunded   revenue  gross_aov  share
shop          1    100.00      0.00    100.00     100.00    7.5  ##
web           1  1,234.50      0.00  1,234.50   1,234.50   92.5  \
########################
all           2  1,334.50      0.00  1,334.50     667.25  100.0"
}

@test "sales: by week is ISO, by product counts lines" {
  cat > in <<'X'
{"type":"order","order_id":"1","time":"2026-01-01","paid":3,"currency":"CNY","products":[{"sku":"A","price":1.5,"quantity":2},{"name":"B","price":0.5}]}
{"type":"order","order_id":"2","time":"2024-12-30","paid":3,"currency":"CNY","products":[{"sku":"A","price":1,"quantity":1}]}
X
  is "$(scrm-report sales --by week,product --format csv in)" \
    "week,product,lines,quantity,gross,share
2025-W01,A,1,1,1.00,22.2
2026-W01,A,1,2,3.00,66.7
2026-W01,B,1,1,0.50,11.1"
}

@test "sales: of nothing a sentence, a bare header, no metric" {
  { order 1 2026-05-03 cancelled 7 shop; order 2 2026-12-01 paid 8 shop; } > in
  is "$(scrm-report sales in)" "sales as of 2026-11-21, days of Asia/Shanghai
no orders that count and no refunds up to 2026-11-21"
  is "$(scrm-report sales --by product --format csv in)" \
    "product,lines,quantity,gross,share"
  is "$(scrm-report sales --format ndjson in)" ""
}

@test "sales: an order that stands twice is refused" {
  { order 1 2026-05-03 paid 1 shop; order 1 2026-05-03 paid 1 shop; } > in
  run --separate-stderr scrm-report sales in --format csv
  [ "$status" -eq 1 ]
  [[ $stderr == *"in:2: this order stands twice; run scrm-latest first"* ]]
  [[ $output == *"2026-05,1,1.00"* ]]
}

@test "sales: two currencies end it, rates make them one" {
  { order 1 2026-05-03 paid 10.00 shop
    order 2 2026-05-03 paid 2.50 shop | sed s/CNY/EUR/; } > in
  run scrm-report sales in
  [ "$status" -eq 2 ]
  [[ $output == *"currencies CNY and EUR do not add up; --rates"* ]]
  printf 'date,currency,rate\n2026-05-01,EUR,7.813\n' > rates.csv
  is "$(SCRM_CURRENCY=CNY scrm-report sales --rates rates.csv in --format csv)" \
    "month,orders,gross,refunded,revenue,gross_aov,share
2026-05,2,29.53,0.00,29.53,14.76,100.0"
}

@test "sales: what is later or undated is counted" {
  { order 1 2026-11-22T00:00:00+08:00 paid 1 shop; order 2 x paid 1 shop
    order 3 2026-11-21T23:59:59+08:00 paid 1 shop; } > in
  run --separate-stderr scrm-report -P sales in --format csv
  [[ $output == *"2026-11,1,1.00"* ]]
  [[ $stderr == *"1 records are later than the as-of"* ]]
  [[ $stderr == *"1 orders have no readable time"* ]]
}

# windows BY: of the metrics of some orders at the ends of years and months.
windows() {
  { order 1 2024-02-29 paid 1.00 shop; order 2 2024-12-30 paid 1.00 shop
    order 3 2026-01-01 paid 1.00 shop; order 4 2027-01-03 paid 1.00 shop
    order 5 0001-01-01 paid 1.00 shop; order 6 9999-12-31 paid 1.00 shop
  } > in
  scrm-report -q sales --by "$1" --format ndjson --as-of 9999-12-31 in |
    jq -r 'select(.metric == "sales.orders").window' | paste -sd' '
}

@test "a metric's window is its shortest period, else all up to the as-of" {
  is "$(windows month)" "0001-01-01/0001-01-31 2024-02-01/2024-02-29\
 2024-12-01/2024-12-31 2026-01-01/2026-01-31 2027-01-01/2027-01-31\
 9999-12-01/9999-12-31"
  is "$(windows week)" "0001-01-01/0001-01-07 2024-02-26/2024-03-03\
 2024-12-30/2025-01-05 2025-12-29/2026-01-04 2026-12-28/2027-01-03\
 9999-12-27/10000-01-02"
  is "$(windows month,day,channel)" "0001-01-01/0001-01-01\
 2024-02-29/2024-02-29 2024-12-30/2024-12-30 2026-01-01/2026-01-01\
 2027-01-03/2027-01-03 9999-12-31/9999-12-31"
  is "$(windows channel)" ../9999-12-31
}

@test "every metric is one of scrm-record(5)" {
  late_sources
  scrm-check sources.ndjson > again
  order 1 2026-05-03 paid 10.00 shop > orders
  event subscribe 2026-10-02T10:00:00+08:00 > events
  customer a '"v:gold","rfm:new"' 100 |
    sed 's/"a"/"c0123456789abcdef0123"/' > customers
  for report in 'sales orders' 'sales --by week,channel,store orders' \
    'followers events' 'segments customers' \
    'segments --compare customers customers'; do
    # shellcheck disable=SC2086
    scrm-report -q $report --sources sources.ndjson --format ndjson > metrics
    [ -s metrics ]
    scrm-check metrics > again
    cmp metrics again
  done
}

@test "a metric says definition, unit, window, as-of and zone" {
  order 1 2026-05-03 paid 10.00 shop > in
  is "$(scrm-report sales in --format ndjson | sed -n 2p)" \
    '{"type":"metric","metric":"sales.gross","by":{"month":"2026-05"},'\
'"window":"2026-05-01/2026-05-31","as_of":"2026-11-21","value":10.00,"unit":"CNY",'\
'"definition":"what was paid for them, or where that is not said their total","tz":"Asia/Shanghai"}'
}

# customer ID SEGMENTS REVENUE
customer() {
  printf '{"type":"profile","customer_id":"%s","segments":[%s],"revenue":%s}\n' \
    "$1" "$2" "$3"
}

@test "segments: size, value, and who moved from where to where" {
  { customer a '"v:gold","rfm:new"' 100; customer b '"v:gold"' 50.50
    customer c '"v:iron"' 1; customer d '"v:iron"' 0; } > old
  { customer a '"v:gold"' 100; customer b '"v:iron"' 60
    customer c '"v:gold"' 1; customer e '"v:iron"' 9; } > now
  is "$(scrm-report segments --compare old --format csv now)" \
    "segment,customers,share,revenue,mean,before,change,entered,left
rfm:new,0,0.0,0,,1,-1,0,1
v:gold,2,50.0,101,50.50,2,0,1,1
v:iron,2,50.0,69,34.50,2,0,2,2
from,to,moved
-,v:iron,1
rfm:new,-,1
v:gold,v:iron,1
v:iron,-,1
v:iron,v:gold,1"
}

# event NAME TIME
event() {
  printf '{"type":"event","event":"%s","time":"%s","wechat_appid":"wx1"}\n' \
    "$1" "$2"
}

@test "followers: flows from events, totals from counts, the rest unexplained" {
  { event subscribe 2026-09-01T10:00:00+08:00
    event subscribe 2026-10-02T10:00:00+08:00
    event subscribe 2026-10-03T10:00:00+08:00
    event unsubscribe 2026-10-03T11:00:00+08:00
    event view 2026-10-03T11:00:00+08:00
    printf '{"type":"count","account":"wx1","date":"%s","total":%s}\n' \
      2026-09-30 1000 2026-10-31 1250; } > in
  is "$(scrm-report followers in --format csv)" \
    "account,month,new,lost,net,total,change,change_percent,multiple,unexplained
wx1,2026-09,1,0,1,1000,,,,
wx1,2026-10,2,1,1,1250,250,25.0,1.25,249"
}

@test "followers: the last list says how many, without one it is unknown" {
  { event subscribe 2026-10-02T10:00:00+08:00
    for i in 1 2 3; do
      printf '{"type":"profile","wechat_openid":"o%s","wechat_appid":"wx1",' $i
      printf '"observed_at":"2026-11-0%s"}\n' $((i > 1 ? 2 : 1))
    done; } > in
  is "$(scrm-report followers in --format csv | tail -1)" \
    "wx1,2026-11,0,0,0,2,,,,"
  run --separate-stderr scrm-report followers \
    <(event subscribe 2026-10-02T10:00:00+08:00)
  [[ $stderr == *"how many there are is unknown"* ]]
}

@test "no report, no such report, no such dimension: named" {
  run scrm-report
  [ "$status" -eq 2 ]
  [[ $output == *"no report given"* ]]
  run scrm-report profits
  [[ $output == *"no report 'profits'; there are sales, segments"* ]]
  run scrm-report sales --by colour
  [[ $output == *"not by 'colour'"* ]]
  run scrm-report followers --by channel
  [[ $output == *"followers are by day, week or month, not by 'channel'"* ]]
}

@test "an option of another report is a mistake" {
  for args in 'sales --compare x' 'segments --by month' 'segments --rates x' \
    'followers --compare x' 'followers --rates x'; do
    # shellcheck disable=SC2086
    run -2 scrm-report $args /dev/null
    [[ $output == *"option '--"*"' is for s"* ]]
  done
}

@test "what is later than the as-of is left out and counted, by each report" {
  printf '%s\n' '{"type":"event","event":"subscribe","time":"2099-01-01","account":"a"}' \
    '{"type":"order","source":"s","order_id":"1","time":"2099-01-01","paid":1}' bad > in
  run -1 --separate-stderr scrm-report followers in
  [[ $stderr == *"1 records are later than the as-of"* ]]
  run -1 --separate-stderr scrm-report sales in
  [[ $stderr == *"1 records are later than the as-of"* ]]
}

@test "an order with neither paid nor total is refused" {
  echo '{"type":"order","source":"s","order_id":"1","time":"2026-01-01"}' > in
  run -1 --separate-stderr scrm-report sales in
  [[ $stderr == *"in:1: an order with neither 'paid' nor 'total'"* ]]
}

@test "rates are read as people save them, what is doubtful is refused" {
  echo '{"type":"order","source":"s","order_id":"1","time":"2026-01-02","paid":10,"currency":"EUR"}' > in
  export SCRM_CURRENCY=CNY
  printf '\xef\xbb\xbfdate;currency;rate\r\n2026/1/1;EUR;7,85\r\n;;\r\n' > rates.csv
  is "$(scrm-report sales --rates rates.csv in --format csv | cut -d, -f3 | tail -1)" 78.50
  printf 'date,currency,rate\n2026-01-01,EUR,"5,000"\n' > rates.csv
  run -2 --separate-stderr scrm-report sales --rates rates.csv in
  [[ $stderr == *"rates.csv:2: '5,000' is no rate"* ]]
  run -2 scrm-report sales --by month,month in
  [[ $output == *"option '--by': 'month' stands twice"* ]]
}

@test "an order that is refused counts nowhere, nor do its refunds" {
  { printf '{"type":"order","source":"s","order_id":"1","time":"2026-01-02","paid":10,'
    echo '"products":[{"sku":"a","price":1.5},{"sku":"b","price":2,"quantity":"x"}]}'
    echo '{"type":"order","source":"s","order_id":"2","time":"2026-01-02","paid":"ten"}'
    echo '{"type":"refund","source":"s","order_id":"2","time":"2026-01-03","paid":4}'; } > in
  run -1 --separate-stderr scrm-report sales --by product --format csv in
  is "$output" product,lines,quantity,gross,share
  [[ $stderr == *"in:1: quantity is no number"* ]]
  run -1 --separate-stderr scrm-report sales --format csv in
  is "${lines[1]}" 2026-01,1,10,0,10,10.00,100.0
}

@test "followers of WeCom come and go by its own events" {
  { event add_external_contact 2026-10-02T10:00:00+08:00
    event FOLLOW 2026-10-02T10:00:00+08:00
    event del_follow_user 2026-10-03T10:00:00+08:00; } > in
  is "$(scrm-report followers in --format csv 2>/dev/null | tail -1)" \
    wx1,2026-10,2,1,1,,,,,
}

# late_sources: sources.ndjson, of which one is late.
late_sources() {
  printf 'source,type,every\ntmall,order,day\ntill,order,day\n' > sources.csv
  printf '{"type":"order","source":"%s","observed_at":"2026-11-%s"}\n' \
    tmall 13 till 21 > observed
  run -1 --separate-stderr scrm-check --fresh -f sources.csv observed \
    -o sources.ndjson
}
LATE='late: tmall orders, last of 2026-11-13, due since 2026-11-14 (every day)'

@test "the head of every report says which source is late" {
  late_sources
  order 1 2026-11-13 paid 1.00 tmall > in
  for report in sales segments followers; do
    is "$(scrm-report -q $report --sources sources.ndjson in | sed -n 2p)" "$LATE"
    is "$(SCRM_SOURCES=sources.ndjson scrm-report -q $report in | sed -n 2p)" "$LATE"
    not_late=$(SCRM_SOURCES=sources.ndjson scrm-report -q $report --sources '' in)
    [[ $not_late != *late:* ]]
  done
  # where there is nothing at all, too
  is "$(scrm-report sales --sources sources.ndjson /dev/null)" \
    "sales as of 2026-11-21, days of Asia/Shanghai
$LATE
no orders that count and no refunds up to 2026-11-21"
}

@test "a metric has what is late in its notes, a CSV on standard error" {
  late_sources
  order 1 2026-11-13 paid 1.00 tmall > in
  is "$(scrm-report sales --sources sources.ndjson --format ndjson in |
    jq -c .notes | sort -u)" "[\"$LATE\"]"
  run -0 --separate-stderr scrm-report sales --sources sources.ndjson --format csv in
  is "$output" "month,orders,gross,refunded,revenue,gross_aov,share
2026-11,1,1.00,0.00,1.00,1.00,100.0"
  is "$stderr" "scrm-report: $LATE"
}

@test "when all came the head says nothing; of another day it says so" {
  late_sources
  grep till sources.ndjson > good.ndjson
  is "$(scrm-report sales --sources good.ndjson /dev/null | wc -l)" 2
  is "$(scrm-report sales --sources good.ndjson --as-of 2026-11-23 /dev/null |
    sed -n 2p)" "sources were looked at as of 2026-11-21"
}

@test "sources that are none, or not there, end the report" {
  late_sources
  run -2 --separate-stderr scrm-report sales --sources observed /dev/null
  is "$stderr" "scrm-report: observed:1: no line of scrm-check --fresh"
  run -2 --separate-stderr scrm-report sales --sources sources.csv /dev/null
  [[ $stderr = "scrm-report: sources.csv:1:"* ]]
  SCRM_SOURCES=none run -2 --separate-stderr scrm-report sales /dev/null
  [[ $stderr = *"'none'"* ]]
}
