#!/usr/bin/env bats
load helper

# says LINE...: what scrm-check says of these lines, without the file's name.
says() {
  printf '%s\n' "$@" | scrm-check -q 2>&1 >/dev/null |
    sed 's/^scrm-check: standard input://'
}

@test "a good record of each type passes byte for byte" {
  grep -v -e warranty -e '"id":42' "$SRC/samples/records.ndjson" > in
  run --separate-stderr scrm-check in
  [ "$status" -eq 0 ]
  is "$output" "$(cat in)"
  is "$stderr" ""
}

@test "a type that is missing or unknown is a breach for check" {
  is "$(says '{}' '{"type":null}' '{"type":"odrer"}' '{"type":7}')" \
"1: field 'type': missing
2: field 'type': missing
3: field 'type': 'odrer' is no type of scrm-record(5)
4: field 'type': '7' is no type of scrm-record(5)"
}

@test "the key must be there; a customer's profile has another" {
  is "$(says '{"type":"order","source":"","order_id":null}')" \
"1: field 'source': missing: it is part of the key
1: field 'order_id': missing: it is part of the key"
  is "$(says '{"type":"profile","customer_id":"c00112233445566778899"}')" ""
}

@test "kinds are held, and null is a member that is not there" {
  is "$(says '{"type":"order","source":"s","order_id":12,"time":20261101,"status":null,"country":true,"extra":[],"products":{}}')" \
"1: field 'order_id': text wanted, not a number
1: field 'time': time wanted, not a number
1: field 'country': text wanted, not a boolean
1: field 'extra': object wanted, not an array
1: field 'products': array of objects wanted, not an object"
}

@test "numbers are exact: an integer may be written 1e2, and money has 38 digits" {
  is "$(says \
    '{"type":"count","account":"a","date":"2026-11-01","new":1e2,"lost":3.00}' \
    '{"type":"count","account":"a","date":"2026-11-01","new":1.5}' \
    '{"type":"refund","source":"s","refund_id":"r","currency":"CNY","paid":1e400}')" \
"2: field 'new': integer wanted, this has a fraction
3: field 'paid': more than 38 digits"
}

@test "times have an offset, dates have no time" {
  is "$(says \
    '{"type":"task","task_id":"1","due":"2026-11-01"}' \
    '{"type":"task","task_id":"2","due":"2026-11-01T08:00:00"}' \
    '{"type":"task","task_id":"3","due":"2026-02-30"}' \
    '{"type":"profile","source":"s","source_id":"4","birth_date":"1993-11-26T00:00:00Z"}')" \
"2: field 'due': no time like 2026-11-01T08:30:00+08:00, no date like 2026-11-01
3: field 'due': no time like 2026-11-01T08:30:00+08:00, no date like 2026-11-01
4: field 'birth_date': date wanted, not a time"
}

@test "words, currencies, phones, mails, channels, ids of customers" {
  is "$(says \
    '{"type":"order","source":"s","order_id":"1","status":"payed","total":1,"currency":"RMB","phone":"13800000001","email":"a@b","customer_id":"c1"}' \
    '{"type":"consent","channel":"wechat","to":"o","purpose":"marketing","status":"granted"}' \
    '{"type":"consent","channel":"wechat:wx1","to":"o","purpose":"marketing","status":"granted"}' \
    '{"type":"order","source":"s","order_id":"1","channel":"tmall"}' |
    sed "s/'email': .*/'email': .../")" \
"1: field 'status': 'payed' is none of created paid shipped completed cancelled refunded
1: field 'currency': 'RMB' is no currency of ISO 4217
1: field 'phone': not E.164, like +8613800000001
1: field 'email': ...
1: field 'customer_id': not c and 20 hexadecimal digits
2: field 'channel': none of email, sms, advisor, wechat:APPID, wecom:CORPID"
}

@test "money needs a currency beside it, a refund is positive" {
  is "$(says \
    '{"type":"order","source":"s","order_id":"1","total":1}' \
    '{"type":"refund","source":"s","refund_id":"1","paid":-5.00,"currency":"EUR"}')" \
"1: field 'currency': missing: there is money
2: field 'paid': a refund is positive"
}

@test "what stands inside is looked at where the page knows it" {
  is "$(says \
    '{"type":"order","source":"s","order_id":"1","products":[{"sku":1,"mine":[]},3],"receiver":{"phone":5,"mine":5},"extra":{"phone":5}}' \
    '{"type":"profile","source":"s","source_id":"1","tags":["a",1],"consents":[{"status":"yes"}]}')" \
"1: field 'products.sku': text wanted, not a number
1: field 'products': element 2 is a number
1: field 'receiver.phone': text wanted, not a number
2: field 'tags': element 2 is a number
2: field 'consents.status': 'yes' is none of granted denied revoked"
}

@test "a user's own members pass; a slip of a known one is said once" {
  yes '{"type":"order","source":"s","order_id":"1","citty":"x","couponn":"y","mine":1}' |
    head -n 3 > in
  run --separate-stderr scrm-check in
  [ "$status" -eq 0 ]
  is "$output" "$(cat in)"
  is "$stderr" \
    "scrm-check: no field 'couponn' of order in scrm-record(5); is it 'coupon'?"
}

@test "breaches are refusals: one a record, status 1, kept" {
  echo '{"type":"order","order_id":5,"total":"x"}' > in
  echo '{"type":"task","task_id":"1"}' >> in
  SCRM_LOG=log run -1 --separate-stderr scrm-check --rejects bad in
  is "$output" '{"type":"task","task_id":"1"}'
  is "$(jq -c '[.read, .written, .refused, .exit]' log)" "[2,1,1,1]"
  is "$(jq -c '[.line, .field, .input]' bad)" \
    '[1,"source","{\"type\":\"order\",\"order_id\":5,\"total\":\"x\"}"]'
  run -0 scrm-check --max-refused 1 in
}

@test "after ten of one field and reason only the count is said" {
  yes '{"type":"order","source":"s","order_id":1}' | head -n 12 |
    scrm-check 2> err || true
  is "$(grep -c "input:[0-9]*: field 'order_id': text wanted" err)" 10
  grep -q "12 x order order_id: text wanted, not a number" err
}

@test "-T looks at one type only" {
  run -0 scrm-check -T task <<< '{"type":"order"}'
  run -2 scrm-check -T tsak <<< '{}'
}
