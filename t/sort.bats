#!/usr/bin/env bats
# Lines in the order of their fields, in bounded memory.
load helper

# lines VALUE...: {"n":1,"v":VALUE}, one a line.
lines() {
  local n=0 v
  for v; do
    echo "{\"n\":$((++n)),\"v\":$v}"
  done
}

# order KEY [option...]: standard input sorted; the numbers of its lines.
order() {
  scrm-sort -q -k "$@" | jq .n | paste -sd' '
}

# many [COUNT]: lines with ids that repeat and are in no order.
many() {
  awk -v n="${1:-20000}" 'BEGIN { for (i = 1; i <= n; i++)
    printf "{\"n\":%d,\"id\":\"c%d\",\"v\":%d.50,\"pad\":\"%0100d\"}\n",
      i, i * 7919 % 3001, i * 104729 % 997, i }'
}

# gnu KEY-OPTION FILTER: what sort(1) makes of the same, by an extracted key.
gnu() {
  jq -r "$2" in | paste - in | LC_ALL=C sort -s -t $'\t' -k "1,1$1" | cut -f 2-
}

@test "lines leave byte for byte, by the field" {
  cat > in <<'END2'
{"b":1, "name" : "b"}
 {"name":"a","x":1.10,"y":1e3}
{"name":"\u0041"}
END2
  scrm-sort -k name in > out
  cmp out <(tac in)
}

@test "numbers are numbers, exactly and at any length" {
  is "$(lines 10 9 -1 1e2 0.5 | order v)" "3 5 2 1 4"
  is "$(lines 9007199254740993 9007199254740992 9007199254740992.5 | order v)" \
    "2 3 1"
  is "$(lines 1e400 -1e400 123456789012345678901234567890.2 \
    123456789012345678901234567890.1 0 1e-400 | order v)" "2 5 6 4 3 1"
}

@test "equal numbers stay in their order, also with desc" {
  is "$(lines 19.990 2 19.99 1999e-2 0 -0.0 | order v)" "5 6 2 1 3 4"
  is "$(lines 19.990 2 19.99 1999e-2 0 -0.0 | order v:desc)" "1 3 4 2 5 6"
}

@test "money is a number, also where it came as text" {
  is "$(sed 's/v/revenue/' <(lines '"9.00"' 50000 '"-1"') | order revenue)" \
    "3 1 2"
}

@test "texts of digits are told, and :number takes the number" {
  lines '"10"' '"9"' '"x"' > in
  run -0 --separate-stderr scrm-sort -k v in
  is "$(jq .n <<< "$output" | paste -sd' ')" "1 2 3"
  is "$stderr" "scrm-sort: 'v' is a number in quotes in 2 of 3 records and sorted as text; v:number takes the number"
  is "$(order v:number in)" "2 1 3"
  is "$(order v:number:desc in)" "3 1 2"
}

@test "ids are texts to the byte, whatever they look like" {
  sed 's/"v"/"order_id"/' <(lines 10 '"9"' '"10"' '"2026-11-01"') > in
  is "$(order order_id in)" "1 3 4 2"
}

@test "times are instants, a date the start of its day in the zone" {
  lines '"2026-11-01T08:00:00+08:00"' '"2026-11-01T00:00:01Z"' \
    '"2026-10-31T20:00:00-04:00"' '"2026-11-01"' \
    '"2026-11-01T00:00:00.5Z"' '"1969-12-31"' > in
  is "$(order v in)" "6 1 3 4 5 2"
  is "$(order v --tz Asia/Shanghai in)" "6 4 1 3 5 2"
  is "$(order v --tz America/New_York in)" "6 1 3 5 2 4"
}

@test "numbers, then times, texts, false, true, objects; missing last" {
  lines '{"a":1}' true null '"x"' '"2026-11-01"' 7 false '""' > in
  echo '{"n":9}' >> in
  is "$(order v in)" "6 5 8 4 7 2 1 3 9"
  is "$(order v:desc in)" "1 2 7 4 8 5 6 3 9"
}

@test "a field of several kinds is told, and one that no record had" {
  lines 1 '"x"' 2 null > in
  run -0 --separate-stderr scrm-sort -k v,w in
  is "$stderr" "scrm-sort: 'v' is a number in 2, text in 1 of 4 records: they stand in this order
scrm-sort: no record had 'w'"
  run -0 --separate-stderr scrm-sort -q -k v,w in
  is "$stderr" ""
}

@test "texts by code point, a beginning before the whole" {
  is "$(lines '"b"' '"a"' '"ab"' '"a\u0000"' '"é"' '"中"' '"😀"' '""' '"Z"' '"\uffee"' |
    order v)" "8 9 2 4 3 1 5 6 10 7"
  is "$(lines '"a"' '"ab"' '"a\u0000"' '""' | order v:desc)" "2 3 1 4"
}

@test "with a locale as the people there expect it" {
  need localedef
  export LOCPATH=$PWD
  localedef -i zh_CN -f UTF-8 "$PWD/zh_CN.UTF-8" 2> /dev/null &&
    localedef -i de_DE -f UTF-8 "$PWD/de_DE.UTF-8" 2> /dev/null ||
    lacks "no sources of locales"
  lines '"张伟"' '"李娜"' '"王芳"' '"陈静"' > in
  is "$(order v in)" "1 2 3 4"
  is "$(order v --locale zh_CN.UTF-8 in)" "4 2 3 1"
  is "$(order v:desc --locale zh_CN.UTF-8 in)" "1 3 2 4"
  lines '"Zug"' '"Ärzte"' '"Apfel"' '"zack"' 5 null > in
  is "$(order v in)" "5 3 1 4 2 6"
  is "$(order v --locale de_DE.UTF-8 in)" "5 3 2 4 1 6"
  # the environment's is not asked
  is "$(LC_ALL=de_DE.UTF-8 order v in)" "5 3 1 4 2 6"
}

@test "a locale that is not there, or not of UTF-8, is 2" {
  run -2 --separate-stderr scrm-sort -k v --locale xx_XX.UTF-8 /dev/null
  is "$stderr" "scrm-sort: no locale 'xx_XX.UTF-8' on this machine; locale -a names those it has"
  run -2 scrm-sort -k v --locale C /dev/null
  [[ $output == *"locale 'C' is not of UTF-8"* ]]
}

@test "several fields, each with its own direction" {
  cat > in <<'END2'
{"n":1,"revenue":5,"name":"b"}
{"n":2,"revenue":9,"name":"b"}
{"n":3,"revenue":9,"name":"a"}
{"n":4,"name":"a"}
{"n":5,"revenue":5}
END2
  is "$(order revenue:desc,name in)" "3 2 1 5 4"
  is "$(order revenue:desc -k name in)" "3 2 1 5 4"
  is "$(order name:desc,revenue:asc in)" "1 2 3 4 5"
}

@test "paths go into objects and lists; the first value counts" {
  cat > in <<'END2'
{"n":1,"products":[{"price":5},{"price":1}],"a.b":3,"tags":["x"]}
{"n":2,"products":[{"sku":"x"},{"price":2}],"a.b":1,"tags":[null,"a"]}
{"n":3,"products":[],"extra":{"a":1},"tags":[]}
END2
  is "$(order products.price in)" "2 1 3"
  is "$(order '"a.b"' in)" "2 1 3"
  is "$(order extra.a in)" "3 1 2"
  is "$(order tags in)" "2 1 3"
  printf '{"n":%s,"wx:id":%s,"a,b":%s}\n' 1 2 2 2 1 2 3 1 1 > colon
  is "$(order '"wx:id":desc,"a,b"' colon)" "1 3 2"
}

@test "a key that cannot be is refused before any record is read" {
  no() {
    run -2 scrm-sort -k "$1" /does/not/exist
    [[ $output == "scrm-sort: option '-k': field $2"* ]] || { echo "$output"; return 1; }
  }
  no '' "''"
  no 'a,' "''"
  no 'a..b' "'a..b'"
  no 'revenue:down' "'revenue:down': no order 'down': asc, desc or number"
  no 'revenue desc' "'revenue desc': a blank: an order is written total:desc"
  no 'revenue:desc, name' "' name': a blank"
  no 'revenu:desc' "'revenu:desc': is it 'revenue'?"
  no '"revenue' "'\"revenue': a name in quotes is not closed"
  run -2 scrm-sort /does/not/exist
  [[ $output == "scrm-sort: no key given"* ]]
  is "$(lines 2 1 | sed 's/"v"/"revenu"/' | order '"revenu"')" "2 1"
}

@test "-n gives the first lines of the whole order; the others are withheld" {
  many > in
  scrm-sort -k v:desc,id in > all
  for n in 1 2 7 3000 19999 20000 30000; do
    SCRM_LOG=log scrm-sort -k v:desc,id -n "$n" --memory 1M in > out
    cmp out <(head -n "$n" all)
    is "$(tail -n 1 log | jq -c '[.read, .written + .withheld, .written]')" \
      "[20000,20000,$((n < 20000 ? n : 20000))]"
  done
  run -2 scrm-sort -k v -n 0 in
}

@test "of equal lines -n gives the first" {
  many 20000 | sed 's/"v":[0-9.]*/"v":1/' > in
  cmp <(scrm-sort -q -k v -n 5 in) <(head -n 5 in)
}

@test "what does not fit is merged from disk: the same bytes as sort(1)" {
  many 40000 > in
  gnu '' .id > want
  for memory in 1M 2M 64M; do
    scrm-sort -k id --memory "$memory" in > out
    cmp want out
  done
  gnu nr .v > want
  scrm-sort -k v:desc --memory 1M in > out
  cmp want out
  scrm-sort -k v:desc -j 2 --memory 1M < in > out
  cmp want out
}

@test "more runs than can be read at once are merged in turns" {
  [[ $B != *asan* ]] || skip "said by the plain build"
  # 60 MB in runs of a megabyte, of which eight are merged at once
  many 400000 > in
  gnu '' .id > want
  mkdir temp
  (ulimit -v 24000 && TMPDIR=$PWD/temp scrm-sort -k id --memory 1M in > out)
  cmp want out
  is "$(ls temp)" ""
}

@test "at most one temporary file is open, and it has no name" {
  many 40000 > in
  mkdir temp
  mkfifo feed
  TMPDIR=$PWD/temp scrm-sort -k id --memory 1M < feed > out 3>&- &
  pid=$!
  exec 7> feed
  cat in >&7
  is "$(ls temp)" ""
  open=$(find "/proc/$pid/fd" -lname "$PWD/temp/*" | wc -l)
  exec 7>&-
  wait "$pid"
  is "$open" 1
  is "$(wc -l < out)" 40000
}

@test "a disk that is full is 2, said, and the file stays as it was" {
  many 40000 > in
  echo before > out
  (
    trap '' XFSZ
    ulimit -f 1000
    run -2 scrm-sort -k id --memory 1M -o out in
    [[ $output == "scrm-sort: cannot write a temporary file in '/tmp': File too large"* ]]
  )
  is "$(cat out)" before
  TMPDIR=$PWD/nowhere run -2 scrm-sort -k id --memory 1M -o out in
  [[ $output == *"cannot make a temporary file in '$PWD/nowhere': No such file or directory"* ]]
  is "$(cat out)" before
  is "$(echo out*)" out
}

@test "a line that does not fit into the memory is 2, and says the remedy" {
  { lines 1 2; printf '{"v":0,"pad":"%02000000d"}\n' 0; lines 3; } > in
  run -2 scrm-sort -k v --memory 1M -o out in
  [[ $output == *"does not fit into the memory of 1048576: say more with --memory"* ]]
  [ ! -e out ]
  scrm-sort -k v --memory 4M in > out
  cmp <(head -n 1 out) <(sed -n 3p in)
  run -2 scrm-sort -k v --memory 1000 in
  [[ $output == *"option '--memory' wants 1M at least"* ]]
}

@test "long lines and short ones are merged in the memory that was said" {
  [[ $B != *asan* ]] || skip "said by the plain build"
  for i in {1..60}; do
    printf '{"v":%d,"pad":"%0*d"}\n' $((i * 37 % 61)) $((i % 3 * 300000 + 1)) 0
  done > in
  (ulimit -v 24000 && scrm-sort -k v --memory 2M in > out)
  is "$(jq .v out | paste -sd' ')" "$(seq 60 | paste -sd' ')"
}
