#!/usr/bin/env bats
# What consent follows from what a customer did: --consent of scrm-profile.
load helper

export SCRM_AS_OF=2026-11-21 SCRM_TZ=Asia/Shanghai

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  cat > consent.csv <<'EOF'
when,channel,purpose,status
"type = 'event' and event = 'subscribe'",wechat,marketing,granted
"type = 'event' and event = 'unsubscribe'",wechat,marketing,revoked
type = 'profile' and member = true,sms,,granted
type = 'profile' and member = false,sms,,revoked
EOF
}

# event NAME TIME [APPID]: of customer c1, whose openid is o1.
event() {
  printf '{"type":"event","source":"wx","customer_id":"c1","event":"%s",' "$1"
  printf '"time":"%s","channel":"wechat:%s","wechat_openid":"o1"}\n' \
    "$2" "${3:-wx1}"
}

# said STATUS TIME [TO [CHANNEL]]: a consent on record.
said() {
  printf '{"type":"consent","customer_id":"c1","channel":"%s","to":"%s",' \
    "${4:-wechat:wx1}" "${3-o1}"
  printf '"purpose":"marketing","status":"%s"%s}\n' "$1" "${2:+,\"time\":\"$2\"}"
}

# member OBSERVED BOOL [PHONE]
member() {
  printf '{"type":"profile","source":"till","source_id":"1","customer_id":"c1",'
  printf '"observed_at":"%s","member":%s,"phone":%s}\n' \
    "$1" "$2" "${3:-\"+8613800000001\"}"
}

# golden FILTER: the profile of standard input, in both orders of the records.
golden() {
  cat > in
  scrm-profile -q --consent consent.csv in > one
  tac in | scrm-profile -q --consent consent.csv > two
  cmp one two && jq -c "$1" one
}

stands='[.consents[]? | .channel + " " + .to + " " + .status + " " + .rule]'

@test "a follow is consent for that account, a purchase is none" {
  { event subscribe 2026-05-01T10:00:00+08:00
    echo '{"type":"order","customer_id":"c1","order_id":"1","time":"2026-05-02","paid":9,"email":"a@b.c","phone":"+8613800000001"}'
  } | golden '.consents, .reach' > out
  is "$(cat out)" '[{"channel":"wechat:wx1","to":"o1","purpose":"marketing","status":"granted","time":"2026-05-01T10:00:00+08:00","rule":"consent.csv:2"}]
{"wechat:wx1":{"to":"o1","account":"wx1","reason":"granted 2026-05-01T10:00:00+08:00, by consent.csv:2"}}'
}

@test "without --consent nothing follows" {
  event subscribe 2026-05-01T10:00:00+08:00 > in
  is "$(scrm-profile -q in | jq -c '[.consents, .reach]')" '[null,null]'
}

@test "who leaves takes it back, who returns gives it again" {
  { event subscribe 2026-05-01T10:00:00+08:00
    event unsubscribe 2026-06-01T10:00:00+08:00; } > both
  is "$(golden "$stands" < both)" '["wechat:wx1 o1 revoked consent.csv:3"]'
  { cat both; event subscribe 2026-07-01T10:00:00+08:00; } > again
  is "$(golden "$stands" < again)" '["wechat:wx1 o1 granted consent.csv:2"]'
}

@test "what follows never undoes a refusal that was said" {
  { said revoked 2026-05-01
    event subscribe 2026-06-01T10:00:00+08:00; } > in1
  is "$(golden "[$stands, .reach]" < in1)" \
    '[["wechat:wx1 o1 revoked "],null]'
  { said denied ''
    event subscribe 2026-06-01T10:00:00+08:00; } > in2
  is "$(golden "$stands" < in2)" '["wechat:wx1 o1 denied "]'
}

@test "what is said later undoes what follows, on a tie the stricter stands" {
  { event unsubscribe 2026-06-01T10:00:00+08:00
    said granted 2026-06-02T10:00:00+08:00; } > later
  is "$(golden "$stands" < later)" '["wechat:wx1 o1 granted "]'
  { event unsubscribe 2026-06-02T10:00:00+08:00
    said granted 2026-06-02T10:00:00+08:00; } > tie
  is "$(golden "$stands" < tie)" '["wechat:wx1 o1 revoked consent.csv:3"]'
  { event unsubscribe 2026-06-02T10:00:00+08:00
    said granted ''; } > undated
  is "$(golden "$stands" < undated)" '["wechat:wx1 o1 revoked consent.csv:3"]'
}

@test "a profile grants without a time, and refuses as of its export" {
  is "$(member 2026-05-01 true | golden .consents)" \
    '[{"channel":"sms","to":"+8613800000001","purpose":"marketing","status":"granted","rule":"consent.csv:4"}]'
  { member 2026-05-01 true
    said revoked 2026-01-01 +8613800000001 sms; } > in1
  is "$(golden .reach < in1)" null
  { member 2026-05-01 false
    said granted 2026-06-01 +8613800000001 sms; } > in2
  is "$(golden .reach.sms.reason < in2)" '"granted 2026-06-01"'
  { member 2026-07-01 false
    said granted 2026-06-01 +8613800000001 sms; } > in3
  is "$(golden .reach < in3)" null
}

@test "each of several numbers has it" {
  member 2026-05-01 true '["+8613800000001","+8613800000002"]' |
    golden "$stands" > out
  is "$(cat out)" \
    '["sms +8613800000001 granted consent.csv:4","sms +8613800000002 granted consent.csv:4"]'
}

@test "a rule of one account holds for no other" {
  sed -i 's/,wechat,/,wechat:wx2,/' consent.csv
  { event subscribe 2026-05-01T10:00:00+08:00 wx1
    event subscribe 2026-05-01T10:00:00+08:00 wx2; } |
    golden "$stands" > out
  is "$(cat out)" '["wechat:wx2 o1 granted consent.csv:2"]'
}

@test "the account is in the channel, the appid or the account of the record" {
  e='{"type":"event","customer_id":"c1","event":"subscribe","time":"2026-05-01","wechat_openid":"o1"'
  for more in '"wechat_appid":"wx1"' '"account":"wechat:wx1"' \
    '"channel":"wechat","wechat_appid":"wx1"'; do
    is "$(echo "$e,$more}" | golden '.consents[0].channel')" '"wechat:wx1"'
  done
}

@test "a grant without an address is none, and said; a refusal is of the channel" {
  event subscribe 2026-05-01T10:00:00+08:00 | sed 's/wechat_openid/x/' > in1
  run --separate-stderr scrm-profile --consent consent.csv in1
  [ "$status" -eq 0 ]
  is "$(jq -c .consents <<< "$output")" null
  [[ $stderr = *"consent.csv:2: 1 records have no address of wechat, and grant nothing"* ]]
  event unsubscribe 2026-05-01T10:00:00+08:00 | sed 's/wechat_openid/x/' > in2
  { cat in2; said granted 2026-04-01; } > in3
  is "$(golden .reach < in3)" null
  { cat in2; said granted 2026-06-01; } > in4
  # (a later grant, but who left is not reached by WeChat at all)
  is "$(scrm-profile -q --no-default-facts --consent consent.csv in4 |
    jq -c .reach)" '{"wechat:wx1":{"to":"o1","account":"wx1","reason":"granted 2026-06-01"}}'
}

@test "what is later than the as-of gives nothing yet" {
  event subscribe 2026-12-01T10:00:00+08:00 > in
  event subscribe 2026-05-01T10:00:00+08:00 wx9 >> in
  is "$(scrm-profile -q --consent consent.csv in | jq -c '[.consents[].channel]')" \
    '["wechat:wx9"]'
}

@test "--explain names rule, condition and source" {
  event subscribe 2026-05-01T10:00:00+08:00 > in
  is "$(scrm-profile -q --explain --consent consent.csv in | jq -c '.reasons[]')" \
    "{\"field\":\"consents\",\"rule\":\"consent.csv:2\",\"when\":\"type = 'event' and event = 'subscribe'\",\"source\":\"wx\",\"channel\":\"wechat:wx1\",\"to\":\"o1\",\"status\":\"granted\"}"
}

@test "the same bytes from one thread, from three, and sorted" {
  for i in {1..3000}; do
    event subscribe 2026-05-01T10:00:00+08:00 | sed "s/c1/c$((10000 + i))/"
    [ $((i % 3)) -gt 0 ] ||
      event unsubscribe 2026-06-01T10:00:00+08:00 | sed "s/c1/c$((10000 + i))/"
  done > in
  scrm-profile -q -j 1 --consent consent.csv in > one
  scrm-profile -q -j 3 --consent consent.csv in > three
  scrm-profile -q --sorted --consent consent.csv in > sorted
  cmp one three && cmp one sorted
  is "$(jq -r '.consents[0].status' one | sort | uniq -c | awk '{print $1 $2}')" \
    $'2000granted\n1000revoked'
}

@test "a rule that cannot be is refused before any record is read" {
  no() {
    printf 'when,channel,purpose,status\n%s\n' "$1" > bad.csv
    run -2 --separate-stderr scrm-profile --consent bad.csv /does/not/exist
    [[ $stderr = "scrm-profile: bad.csv:2: $2"* ]] || { echo "$stderr"; return 1; }
  }
  no 'true,weixin,marketing,granted' "column 'channel': 'weixin' is none of email, sms, advisor, wechat, "
  no 'true,wechat:,marketing,granted' "column 'channel': 'wechat:' is none of"
  no 'true,email,marketing,yes' "column 'status': 'yes' is none of granted, denied, revoked"
  no 'true,email,sale,granted' "column 'purpose': 'sale' is none of marketing, service, internal, ads"
  no ',email,,granted' "column 'when': empty; as type = 'event'"
  no "event = 'follow' an,email,,granted" "column 'when', place 18:"
  printf 'when,channel,state\n' > bad.csv
  run -2 --separate-stderr scrm-profile --consent bad.csv /dev/null
  [[ $stderr = "scrm-profile: bad.csv:1: no column 'state' is known; there are when channel purpose status"* ]]
}

@test "the sample's rules hold of the sample's maps" {
  cat > in <<'EOF'
{"type":"event","customer_id":"c1","event":"subscribe","time":"2026-05-01T10:00:00+08:00","channel":"wechat:wx1","wechat_appid":"wx1","wechat_openid":"o1"}
{"type":"event","customer_id":"c1","event":"add_external_contact","time":"2026-05-01T10:00:00+08:00","wecom_corpid":"ww1","wecom_external_userid":"wm1"}
{"type":"order","customer_id":"c1","source":"s","order_id":"1","time":"2026-05-02","paid":9,"email":"a@b.c","phone":"+8613800000001"}
{"type":"consent","customer_id":"c2","channel":"email","to":"a@b.c","purpose":"marketing","status":"granted","time":"2026-01-01"}
{"type":"delivery","customer_id":"c2","message_key":"k","attempt":1,"channel":"email","to":"hash:1","status":"complained","time":"2026-02-01"}
EOF
  scrm-profile -q --consent "$SRC/samples/rules/consent.csv" in > out
  is "$(jq -c '.reach | keys?' out)" '["wechat:wx1","wecom:ww1"]'
  is "$(jq -r '.consents[]?.channel' out)" $'wechat:wx1\nwecom:ww1\nemail\nemail'
}
