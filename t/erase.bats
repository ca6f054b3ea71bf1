#!/usr/bin/env bats
load helper

# Ann is cA by two profiles and a merge, Bob shares her telephone.
setup() {
  cd "$BATS_TEST_TMPDIR" || return
  mkdir -p state/decisions
  printf '%064d\n' 7 > state/salt
  : > state/erased.ndjson
  export SCRM_ERASED=state/erased.ndjson SCRM_AS_OF=2026-11-21
  cat > state/links.ndjson <<'END'
{"type":"link","customer_id":"cA","source":"web","source_id":"1","ids":["email:ann@x.cn","phone:+8613900000009"],"minted":1}
{"type":"link","customer_id":"cM","merged_into":"cA","minted":2}
{"type":"link","customer_id":"cM","source":"till","source_id":"88002","ids":["member_no:aurelia/88002","email:ann@x.cn"],"minted":2}
{"type":"link","customer_id":"cB","source":"web","source_id":"2","ids":["email:bob@x.cn","phone:+8613900000009"],"minted":1, "note":"x"}
END
  cat > records.ndjson <<'END'
{"type":"profile","source":"web","source_id":"1","email":"Ann@X.cn","phone":"+8613900000009"}
{"type":"profile","source":"web","source_id":"2","email":"bob@x.cn","phone":"+8613900000009"}
{"type":"order","source":"web","order_id":"10","total":1.10,"email":"ann@x.cn"}
{"type":"order","source":"till","order_id":"11","total":1e3,"house":"aurelia","member_no":"88002"}
{"type":"order","source":"web","order_id":"12","total":3,"email":"bob@x.cn","receiver":{"phone":"+86 139 0000 0009","name":"Ann"}}
{"type":"refund","source":"web","refund_id":"10/refund","order_id":"10","email":"ann@x.cn"}
{"type":"event","source":"web","event_id":"e1","event":"visit","email":"ann@x.cn"}
{"type":"consent","source":"web","channel":"email","to":"ANN@x.cn","purpose":"marketing","status":"granted"}
{"type":"visit","email":"bob@x.cn"}
END
}

erase() {
  scrm-erase -l state/links.ndjson "$@"
}

# hashes: the file's kinds, "email,phone"
kinds() {
  jq -r .kind state/erased.ndjson | paste -sd,
}

@test "nothing of an erased person passes scrm-latest, and it is counted" {
  run --separate-stderr erase cA
  [ "$status" -eq 0 ]
  is "$output" "customer_id:cA
customer_id:cM
source_id:web/1
email:ann@x.cn
source_id:till/88002
member_no:aurelia/88002"
  SCRM_LOG=log run --separate-stderr scrm-latest -P records.ndjson
  is "$output" "$(sed -n '2p;5p;9p' records.ndjson)"
  is "$stderr" "scrm-latest: read 9, written 3, withheld 6 (erased 6); as of 2026-11-21"
  is "$(jq -c '[.read, .written, .withheld, .erased]' log)" "[9,3,6,6]"
}

@test "nor does scrm-ingest make anything of their rows, on any number of threads" {
  raw=$SRC/samples/raw/shopify-orders/2026-11-20-orders_export_1.csv
  head -n 32 "$raw" > orders.csv # what comes after is to be refused
  raw=orders.csv
  scrm-ingest -q -m shopify-orders "$raw" > before
  scrm-erase email:chloe.martin@example.com 2>/dev/null
  grep -q chloe.martin before
  for j in 1 2; do
    SCRM_LOG=log scrm-ingest -q -j $j -m shopify-orders "$raw" > after
    grep -v chloe.martin before | cmp - after
    is "$(jq -c '.read == .written + .withheld + .folded + .refused and
      .erased > 0 and .erased <= .withheld' log)" true
    rm log
  done
  scrm-ingest -m records before > again
  cmp after again
}

@test "a base kept by --if-changed is made again after an erasure" {
  raw=$SRC/samples/raw/shopify-orders/2026-11-20-orders_export_1.csv
  head -n 32 "$raw" > orders.csv
  raw=orders.csv
  scrm-ingest -q --if-changed -m shopify-orders -o base "$raw"
  grep -q chloe.martin base
  scrm-erase -q email:chloe.martin@example.com > ids
  scrm-ingest -q --if-changed -m shopify-orders -o base "$raw"
  run ! grep -q chloe.martin base
}

@test "an identifier leads to its customer; without links it stands alone" {
  is "$(erase -q email:ANN@x.cn)" "$(SCRM_ERASED=other erase -q -n --salt state/salt cM)"
  : > state/erased.ndjson
  is "$(scrm-erase -q email:ANN@x.cn)" "email:ann@x.cn"
  is "$(kinds)" email
  is "$(scrm-latest records.ndjson | jq -r .order_id | grep 1 | paste -sd,)" 11,12
}

@test "a value of several customers is left out of one, and refused by itself" {
  erase cA > ids 2> err
  grep -q "'phone:+8613900000009' is left out: other customers have it too" err
  run -1 --separate-stderr erase phone:+8613900000009
  is "$output" ""
  [[ $stderr == *"'phone:+8613900000009' is not one person: 2 customers have it"* ]]
  run -0 --separate-stderr erase --force phone:+8613900000009
  is "$output" "phone:+8613900000009"
  is "$(scrm-latest records.ndjson | jq -r .type | paste -sd,)" order,visit
}

@test "who is nobody's by the links is said, 1, unless forced or erased before" {
  run -1 --separate-stderr erase email:nobody@x.cn cZ
  is "$(grep -c "is in no link" <<< "$stderr")" 2
  [ ! -s state/erased.ndjson ]
  run -1 --separate-stderr erase 'no:such' cA
  [[ $stderr == *"'no:such' is no identifier that counts"* ]]
  is "$(wc -l < state/erased.ndjson)" 6
  run -0 erase --force email:nobody@x.cn
  is "$(wc -l < state/erased.ndjson)" 7
  run -0 erase email:nobody@x.cn
  is "$(wc -l < state/erased.ndjson)" 7
  : > state/erased.ndjson
  run -2 erase --strict cZ cA
  [ ! -s state/erased.ndjson ]
}

@test "what was refused is in no rejects, and no identifier in the log" {
  SCRM_REJECTS=rejects SCRM_LOG=log run -1 erase email:nobody@x.cn cA
  [ ! -e rejects ]
  is "$(jq -c '[.read, .written, .refused, .made]' log)" "[2,1,1,6]"
  run ! grep -E 'nobody|cA' log
}

@test "the hash is HMAC-SHA-256 by the salt, as another program computes it" {
  scrm-erase -q email:ann@x.cn > ids
  is "$(jq -r .hmac state/erased.ndjson)" "$(perl -MDigest::SHA=hmac_sha256_hex -e '
    print hmac_sha256_hex("erased\0email:ann\@x.cn", pack("H*", sprintf "%064d", 7))')"
  is "$(jq -r '[.type, .kind, .time] | join(" ")' state/erased.ndjson)" \
    "erased email 2026-11-21"
  is "$(stat -c %a state/erased.ndjson)" 644 # as it was made here
  rm state/erased.ndjson
  scrm-erase -q email:ann@x.cn > ids
  is "$(stat -c %a state/erased.ndjson)" 600
}

@test "twice the same adds nothing and says so" {
  erase -q cA > ids
  cp state/erased.ndjson before
  run -0 --separate-stderr erase cA
  [[ $stderr == *"0 identifiers erased, 6 were before"* ]]
  run -0 erase -q cM email:ann@x.cn
  cmp state/erased.ndjson before
}

@test "deleting its lines takes an erasure back" {
  erase -q cA > ids
  scrm-latest -q records.ndjson > out
  run ! cmp -s out records.ndjson
  : > state/erased.ndjson
  scrm-latest records.ndjson | cmp - records.ndjson
}

@test "--in: decisions stay without the person, refusals as hashes, links go" {
  cat > state/decisions/nov.ndjson <<'END'
{"type":"decision","campaign":"nov","customer_id":"cA","offer_id":"o1","decision_id":"d1","arm":"treatment","price":1.10,"reasons":["x"],"profile":{"name":"Ann"},"mine":"Ann"}
 {"type":"decision","campaign":"nov","customer_id":"cB" , "offer_id":"o1","arm":"control"}
{"type":"decision","campaign":"nov","customer_id":"cM","offer_id":"o2","arm":"control"}
{"type":"delivery","message_key":"m1","attempt":1,"status":"sent","customer_id":"cA","to":"x","reason":"no ann@x.cn","remote_id":"r1"}
END
  cat > state/consents.ndjson <<'END'
{"type":"consent","source":"web","channel":"email","to":"Ann@x.cn","purpose":"marketing","status":"revoked","time":"2026-11-01","proof":"mail"}
{"type":"consent","channel":"email","to":"ann@x.cn","purpose":"service","status":"granted"}
{"type":"consent","channel":"email","to":"bob@x.cn","purpose":"marketing","status":"revoked"}
END
  cp -R state before
  run -0 --separate-stderr erase --in state cA
  is "$stderr" "scrm-erase: 'phone:+8613900000009' is left out: other customers have it too
scrm-erase: state/consents.ndjson: 1 lines taken out, 1 made anonymous
scrm-erase: state/decisions/nov.ndjson: 0 lines taken out, 3 made anonymous
scrm-erase: state/links.ndjson: 3 lines taken out, 0 made anonymous
scrm-erase: 6 identifiers erased, 0 were before"
  alias() {
    printf 'erased:%.40s' "$(perl -MDigest::SHA=hmac_sha256_hex -e '
      print hmac_sha256_hex("$ARGV[0]\0$ARGV[1]", pack("H*", sprintf "%064d", 7))' "$@")"
  }
  is "$(cat state/decisions/nov.ndjson)" \
'{"type":"decision","campaign":"nov","customer_id":"'"$(alias customer cA)"'","offer_id":"o1","decision_id":"'"$(alias decision d1)"'","arm":"treatment","price":1.10}
 {"type":"decision","campaign":"nov","customer_id":"cB" , "offer_id":"o1","arm":"control"}
{"type":"decision","campaign":"nov","customer_id":"'"$(alias customer cM)"'","offer_id":"o2","arm":"control"}
{"type":"delivery","message_key":"'"$(alias message m1)"'","attempt":1,"status":"sent","customer_id":"'"$(alias customer cA)"'","remote_id":"'"$(alias remote r1)"'"}'
  is "$(cat state/consents.ndjson)" \
'{"type":"consent","channel":"email","to":"'"$(alias to email:ann@x.cn)"'","purpose":"marketing","status":"revoked","time":"2026-11-01"}
{"type":"consent","channel":"email","to":"bob@x.cn","purpose":"marketing","status":"revoked"}'
  is "$(cat state/links.ndjson)" "$(sed -n 4p before/links.ndjson)"
  is "$(stat -c %a state/links.ndjson)" 600
  # Once more, by what the links no longer know, changes nothing.
  cp -R state after
  run -0 erase --in state cA email:ann@x.cn
  diff -r state after
}

@test "what was made anonymous is counted, but is no customer" {
  cat > in <<'END'
{"type":"profile","customer_id":"c1","name":"Bo"}
{"type":"decision","customer_id":"erased:00","campaign":"x","decided_at":"2026-11-01"}
{"type":"delivery","customer_id":"erased:00","message_key":"m","status":"sent","time":"2026-11-01T10:00:00Z"}
END
  is "$(SCRM_LOG=log scrm-profile in | jq -r .customer_id)" c1
  is "$(jq -c '[.read, .folded, .withheld, .erased]' log)" "[3,1,2,2]"
}

@test "what was broken off after the hashes is finished by the same command" {
  erase -q cA > ids
  cp state/erased.ndjson before
  run -0 --separate-stderr erase --in state cA
  is "$(cat state/links.ndjson | wc -l)" 1
  cmp before state/erased.ndjson
  # Nor is anything done where the identifiers cannot be given.
  rm -rf state && mkdir state && : > state/erased.ndjson && printf '%064d\n' 7 > state/salt
  run -2 bash -c 'scrm-erase email:ann@x.cn > /dev/full'
  [ ! -s state/erased.ndjson ]
}

@test "a value erased by itself is taken out of everybody's links, no more" {
  scrm-erase -q --in state phone:+8613900000009 > ids
  is "$(jq -c .ids state/links.ndjson)" '["email:ann@x.cn"]
null
["member_no:aurelia/88002","email:ann@x.cn"]
["email:bob@x.cn"]'
}

@test "--in takes a file of any name, and of a folder what is NDJSON" {
  line='{"type":"decision","customer_id":"cA","campaign":"x"}'
  for f in one two.ndjson three; do echo "$line" > state/decisions/$f; done
  run -0 erase --in state/decisions/one --in state/decisions cA
  is "$(grep -l cA state/decisions/*)" state/decisions/three
}

@test "links that are not under --in stay, which is said" {
  cp state/links.ndjson links.ndjson
  run -0 scrm-erase -l links.ndjson --in state/decisions cA
  [[ $output == *"'links.ndjson' still knows them; --in takes them out"* ]]
}

@test "-n says what would be, and writes nothing" {
  cp -R state before
  run -0 --separate-stderr erase -n --in state cA
  is "$(head -n 1 <<< "$output")" customer_id:cA
  [[ $stderr == *"nothing is written (-n): 6 identifiers erased, 0 were before"* ]]
  diff -r state before
  rm state/erased.ndjson
  run -0 erase -n cA
  [ ! -e state/erased.ndjson ]
}

@test "a file under --in that is not whole ends it before anything is done" {
  echo '{"type":"decision","customer_id":"cA"' > state/decisions/nov.ndjson
  cp -R state before
  run -2 erase --in state cA
  [[ $output == *"state/decisions/nov.ndjson:1: "* ]]
  diff -r state before
  run -2 erase --in nowhere cA
  diff -r state before
}

@test "without the salt, with another one, without the file: 2, nobody is let in" {
  erase -q cA > ids
  mv state/salt salt
  for tool in "scrm-latest records.ndjson" "scrm-ingest -m records records.ndjson" \
    "scrm-erase cA"; do
    run -2 --separate-stderr $tool
    [[ $output != *order* ]]
    [[ $stderr == *"no salt 'state/salt'; 'scrm init' makes it once: take it from the backup"* ]]
  done
  printf '%064d\n' 8 > state/salt
  for tool in "scrm-latest records.ndjson" "scrm-erase cA"; do
    run -2 --separate-stderr $tool
    [[ $output != *order* ]]
    [[ $stderr == *"state/erased.ndjson:1: erased by another salt than this"* ]]
  done
  for bad in '' 12 "$(printf '%064d7' 7)" "$(printf '%063dx' 7)"; do
    printf %s "$bad" > state/salt
    run -2 scrm-latest records.ndjson
    [[ $output == *"'state/salt' is no salt: it wants 64 hexadecimal digits"* ]]
  done
  SCRM_SALT=salt scrm-latest -q records.ndjson | cmp - <(sed -n '2p;5p;9p' records.ndjson)
  rm state/erased.ndjson
  run -2 scrm-latest --salt salt records.ndjson
  [[ $output == *"cannot open 'state/erased.ndjson'"* ]]
  # As long as nobody was erased no salt is needed.
  : > state/erased.ndjson
  rm state/salt
  scrm-latest records.ndjson | cmp - records.ndjson
}

@test "a file of hashes that was cut or changed is 2, with its line" {
  erase -q cA > ids
  cp state/erased.ndjson good
  for bad in 's/"kind":"email"/"kind":"mail"/' 's/"tag":"../"tag":"/' \
    's/"hmac":"./"hmac":"G/' 's/"type":"erased"/"type":"erase"/'; do
    sed "4$bad" good > state/erased.ndjson
    run -2 scrm-latest records.ndjson
    [[ $output == *"state/erased.ndjson:4: "* ]]
  done
  head -c 300 good > state/erased.ndjson
  run -2 scrm-latest records.ndjson
  [[ $output == *"state/erased.ndjson:2: the last line is cut"* ]]
}

@test "many at once: every line is there, whole, once" {
  pids=()
  for i in {1..12}; do
    scrm-erase -q "email:p$((i % 6))@x.cn" email:all@x.cn > /dev/null 3>&- &
    pids+=($!)
  done
  for p in "${pids[@]}"; do wait "$p"; done
  is "$(jq -r .hmac state/erased.ndjson | sort | uniq -c | awk '{ print $1 }' |
    paste -sd,)" 1,1,1,1,1,1,1
}

@test "while another has the file of hashes it waits, and reads what that wrote" {
  need flock
  exec 8<> state/erased.ndjson
  flock 8
  scrm-erase email:ann@x.cn > ids 2> err 8>&- 3>&- &
  sleep 0.3
  [ ! -s ids ]
  SCRM_ERASED=other scrm-erase -q --salt state/salt email:ann@x.cn > /dev/null
  cat other >&8
  exec 8>&-
  wait $!
  is "$(cat err)" "scrm-erase: 0 identifiers erased, 1 were before"
  cmp other state/erased.ndjson
}

@test "the tag alone drops nobody" {
  scrm-erase -q email:ann@x.cn > ids
  sed -i 's/"hmac":"[0-9a-f]\{4\}/"hmac":"0000/' state/erased.ndjson
  scrm-latest records.ndjson | cmp - records.ndjson
}

@test "a last line without its newline is not run into" {
  scrm-erase -q email:a@x.cn > ids
  printf %s "$(cat state/erased.ndjson)" > cut && cat cut > state/erased.ndjson
  scrm-erase -q email:b@x.cn > ids
  is "$(kinds)" email,email
}

@test "a full disk leaves the hashes and the state as they were, 2" {
  for i in {1..40}; do echo "email:p$i@x.cn"; done > many
  scrm-erase -q email:a@x.cn > ids
  cp -R state before
  for trap in - ''; do
    status=0
    (
      # shellcheck disable=SC2064
      trap "$trap" XFSZ
      ulimit -f 4
      exec scrm-erase -q -f many --in state > /dev/null 2> err
    ) || status=$?
    is "$status" 2
    diff -r state before
    grep -q "cannot write 'state/erased.ndjson': No space left" err
  done
}

@test "identifiers are read from a file or standard input, too" {
  printf 'email:ann@x.cn\r\n\nphone:+86 139 0000 0001\n' > list
  is "$(scrm-erase -q -f list)" "email:ann@x.cn
phone:+8613900000001"
  is "$(scrm-erase -q -f - < list)" "$(scrm-erase -q -f list)"
  run -2 scrm-erase
  [[ $output == *"no identifier given"* ]]
}

@test "--show gives each record of a person, with its place" {
  run -0 --separate-stderr scrm-erase --show cA -l state/links.ndjson records.ndjson state/links.ndjson
  is "$(jq -r '[.file, .line, .by] | join(" ")' <<< "$output")" \
"records.ndjson 1 source_id:web/1
records.ndjson 3 email:ann@x.cn
records.ndjson 4 member_no:aurelia/88002
records.ndjson 6 email:ann@x.cn
records.ndjson 7 email:ann@x.cn
records.ndjson 8 email:ann@x.cn
state/links.ndjson 1 customer_id:cA
state/links.ndjson 2 customer_id:cM
state/links.ndjson 3 customer_id:cM"
  is "$(sed -n 3p <<< "$output")" \
'{"type":"held","file":"records.ndjson","line":4,"by":"member_no:aurelia/88002","record":{"type":"order","source":"till","order_id":"11","total":1e3,"house":"aurelia","member_no":"88002"}}'
  is "$(scrm-erase --show cA -l state/links.ndjson --format text records.ndjson 2>/dev/null | sed -n 13,19p)" \
"records.ndjson:4: by member_no:aurelia/88002
    type: order
    source: till
    order_id: 11
    total: 1e3
    house: aurelia
    member_no: 88002"
}

@test "--show as text obeys no escape of a terminal" {
  printf '{"type":"profile","email":"ann@x.cn","name":"\\u001b[31mA\\nB"}\n' > in
  is "$(scrm-erase --show email:ann@x.cn --format text in)" 'in:1: by email:ann@x.cn
    type: profile
    email: ann@x.cn
    name: \u001b[31mA\nB'
}

@test "--show: a mention in somebody else's record, and nothing at all" {
  is "$(scrm-erase --show phone:+8613900000009 --force -l state/links.ndjson records.ndjson |
    jq -c '[.line, .by]' | paste -sd' ')" \
    '[1,"phone:+8613900000009"] [2,"phone:+8613900000009"] [5,"text"]'
  run -0 scrm-erase --show email:nobody@x.cn records.ndjson
  is "$output" "scrm-erase: nothing is held in what was read"
  # What several have would tell one of the other.
  run -1 --separate-stderr scrm-erase --show phone:+8613900000009 -l state/links.ndjson records.ndjson
  is "$output" ""
}

# left DIR [ID...]: what --check names, "file kinds"
left() {
  local status=0
  scrm-erase -q --check "$@" > left.out || status=$?
  jq -r '.file + " " + ((.kinds // []) | join("+"))' left.out
  return $status
}

@test "--check finds identifiers as any file has them" {
  mkdir -p d/sub
  echo 'Dear ANN@X.cn,' > d/mail.txt
  echo 'https://x/?to=ann%40x.cn' > d/url.log
  echo '<tr><td>139 0000-0009</td></tr>' > d/page.html
  echo '(0086)13900000009' > d/note
  printf 'tel;+8613900000009\n' | iconv -t UTF-16LE > d/16.csv
  printf '会员王小姐_88买\n' | iconv -t GB18030 > d/gb.csv
  printf '会员王小姐_88买\n' | iconv -t UTF-16BE > d/16be.csv
  printf '{"nick":"\\u738B\\u5c0f\\u59d0_88"}\n' > d/mixed-case-escape
  printf '{"nick":"\\u738b\\u5c0f\\u59d0_88"}\n' > d/escape.json
  echo '{"a":"88002"}' > "d/sub/card (1).ndjson"
  echo 'ann@x.cn' | gzip > d/old.csv.gz
  echo 'ann@x.cn is nobody' | iconv -t GB18030 > d/sub/a.txt
  printf '手机ann@x.cn' | iconv -t GB18030 > d/sub/b.txt
  echo > d/ann@x.cn.txt
  printf '{"type":"reject","input_base64":"%s"}\n' \
    "$(printf '\xff,ann@x.cn\n' | base64)" > d/x.rejects
  echo '{"type":"event","email":"ann\u0040x.cn"}' > d/at.ndjson
  # None of these is them.
  echo 'joann@x.cn ann@x.cnn 213900000009 139000000099 x88002 王小姐 1213900000009' > d/other
  run -1 --separate-stderr left d email:ann@x.cn phone:+8613900000009 \
    tmall_nick:王小姐_88 member_no:aurelia/88002
  is "$output" "d/16.csv phone
d/16be.csv tmall_nick
d/ann@x.cn.txt email
d/at.ndjson email
d/escape.json tmall_nick
d/gb.csv tmall_nick
d/mail.txt email
d/note phone
d/old.csv.gz email
d/page.html phone
d/sub/a.txt email
d/sub/b.txt email
d/sub/card (1).ndjson member_no
d/url.log email
d/x.rejects email"
}

@test "--check: 0 only if all was looked into and nothing was there" {
  mkdir d
  seq 100000 > d/plain.csv
  run -0 --separate-stderr left d email:ann@x.cn
  is "$output" ""
  ln -s plain.csv d/inside
  run -0 left d email:ann@x.cn
  echo ann@x.cn | gzip | head -c 20 > d/cut.gz
  printf 'PK\3\4' > d/half.xlsx
  printf '%%PDF-1.7 ann@x.cn' > d/paper.pdf
  ln -s ../records.ndjson d/link
  mkfifo d/pipe
  run -1 --separate-stderr scrm-erase --format text --check d email:ann@x.cn
  is "$output" "d/cut.gz:1: email: not all could be looked into: a damaged .gz
d/half.xlsx: not all could be looked into: the end of the zip archive is missing; was it downloaded whole?
d/paper.pdf:1: email: not all could be looked into: a PDF
d/link: not all could be looked into: a link that leads elsewhere
d/pipe: not all could be looked into: no regular file"
  is "$stderr" "scrm-erase: 6 files looked at: 5 hold them or could not be looked into
scrm-erase: read 6, withheld 1, refused 5, made 5; as of 2026-11-21"
  run -2 scrm-erase --check nowhere cA
}

# zipped NAME: standard input as a file of this name in a zip, to standard output
zipped() {
  perl -MIO::Compress::Zip=zip -e \
    'zip("-" => "-", Name => shift) or die' -- "$1"
}

@test "--check looks into workbooks and archives, and says what it could not" {
  mkdir d
  echo '{"type":"profile","name":"Ann","email":"ann@x.cn"}' |
    scrm-export -q -c name,email -o d/list.xlsx
  echo 'ann@x.cn' | zipped mails.csv > d/mails.zip
  echo 'nobody' | zipped "ann@x.cn.csv" > d/named.zip
  { seq 400000; echo ann@x.cn; } | zipped x.csv > d/large.zip
  run -1 --separate-stderr scrm-erase -q --format text --check d email:ann@x.cn
  is "$output" "d/large.zip: email
d/list.xlsx: email
d/mails.zip: email
d/named.zip: email"
  rm d/*
  zipped inner.zip < d/../records.ndjson > inner.zip
  zipped inner.zip < inner.zip > d/nested.zip
  head -c 150 inner.zip > d/half.zip
  head -c 3000000 /dev/zero | zipped zeros > d/bomb.zip
  run -1 --separate-stderr scrm-erase -q --format text --check d email:cy@x.cn
  is "$output" "d/bomb.zip: not all could be looked into: it becomes more than 200 times as large when it is unpacked: a zip bomb
d/half.zip: not all could be looked into: the end of the zip archive is missing; was it downloaded whole?
d/nested.zip: not all could be looked into: a zip archive inside it"
}

@test "--check sees what lies across blocks, and says the line" {
  mkdir d
  yes 1234567 | head -n 200000 > d/many
  sed '150000s/$/ ann@x.cn/' d/many > d/late.csv
  for n in 1048570 1048575 1048576 2097100; do
    { head -c $n /dev/zero | tr '\0' x; printf ' ann@x.cn '; } > d/one-line-$n
  done
  rm d/many
  run -1 --separate-stderr scrm-erase --format text --check d email:ann@x.cn
  is "$output" "d/late.csv:150000: email
d/one-line-1048570:1: email
d/one-line-1048575:1: email
d/one-line-1048576:1: email
d/one-line-2097100:1: email"
}

@test "--check of a short value looks at records only, and says so" {
  mkdir d
  echo '{"type":"order","house":"h","member_no":"88"}' > d/a.ndjson
  echo '{"type":"order","house":"g","member_no":"88"}' > d/b.ndjson
  echo '88,88' > d/c.csv
  run -1 --separate-stderr scrm-erase --format text --check d member_no:h/88
  is "$output" "d/a.ndjson:1: member_no"
  [[ $stderr == *"'member_no:h/88' is too short to be searched in text: looked for in records only"* ]]
}
