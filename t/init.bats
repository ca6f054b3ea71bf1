#!/usr/bin/env bats
# scrm init: a working folder.
load helper

@test "a folder of one's own: settings, scripts, rules, lists, a salt" {
  run -0 --separate-stderr scrm init crm
  is "$stderr" ""
  diff -r "$SRC/share/folder" crm > differs || :
  is "$(sed 's/^Only in crm: //' differs | LC_ALL=C sort | paste -sd' ')" \
    "maps offers raw secrets state templates"
  is "$(stat -c %a crm crm/* crm/rules/tags.csv crm/.gitignore | paste -sd' ')" \
    "700 600 700 700 700 700 700 700 700 600 700 700 700 600 600"
  [ -x crm/daily ] && [ -x crm/campaign ]
  is "$(stat -c %a crm/state/salt)" 600
  [[ $(cat crm/state/salt) =~ ^[0-9a-f]{64}$ ]]
  is "$(stat -c '%a %s' crm/state/erased.ndjson)" "600 0"
}

@test "the line for cron runs in cron's environment" {
  scrm init crm > said
  grep -qx "PATH=$B/bin:/usr/bin:/bin" said
  line=$(grep '^30 6 \* \* \* ' said)
  is "$line" "30 6 * * * $PWD/crm/daily"
  run -0 env -i "$(grep ^PATH= said)" HOME=/ /bin/sh -c "${line#30 6 \* \* \* }"
  is "$output" ""
  [ -e crm/now/customers.ndjson ]
}

@test "a path with a blank, a quote and a per cent sign survives cron and sh" {
  scrm init "it's 5%" > said
  line=$(sed -n 's/^30 6 \* \* \* //p' said)
  [[ $line == *'\%'* ]]
  is "$(eval "echo ${line//\\%/%}")" "$PWD/it's 5%/daily"
}

@test "a folder nobody has edited runs clean, and twice gives the same" {
  scrm init crm > said
  run -0 crm/daily 2026-11-20
  is "$output" ""
  is "$(cat crm/now/customers.ndjson)" ""
  cp -R crm was
  run -0 crm/daily 2026-11-20
  is "$output" ""
  diff -r was crm
}

@test "a clean download is taken without a word" {
  scrm init crm > said
  for map in shopify-customers taobao-items; do
    cp -R "$SRC/samples/raw/$map" crm/raw
    run -0 crm/daily 2026-11-20
    is "$output" ""
    [ -s crm/now/customers.ndjson ]
  done
}

@test "again: what is missing comes back, the salt stays" {
  scrm init crm > said
  cp crm/state/salt salt
  rm crm/rules/tags.csv
  echo mine > crm/raw/mine
  scrm init crm > said
  cmp salt crm/state/salt
  cmp crm/rules/tags.csv "$SRC/share/folder/rules/tags.csv"
  is "$(cat crm/raw/mine)" mine
}

@test "a file that was edited is never written over" {
  scrm init crm > said
  echo 'mine,1 = 1,' >> crm/rules/tags.csv
  rm crm/daily
  run -2 scrm init crm
  is "$output" "scrm: 'crm/rules/tags.csv' is there and was edited; nothing is written"
  [ ! -e crm/daily ]
  is "$(tail -n 1 crm/rules/tags.csv)" 'mine,1 = 1,'
}

@test "a folder that holds something else is refused, an empty one is taken" {
  mkdir -m 755 home empty
  echo hello > home/letter
  run -2 scrm init home
  is "$output" "scrm: 'home' is not empty and no working folder: it holds 'letter'"
  is "$(ls home)" letter
  run -2 scrm init home/letter
  is "$(cat home/letter)" hello
  scrm init empty > said
  is "$(stat -c %a empty)" 700
  cd empty
  [ -x daily ]
}

@test "where nothing can be made it is said, 2" {
  run -2 scrm init no/such/place
  is "$output" "scrm: cannot make 'no/such/place': No such file or directory"
  run -2 scrm init
  run -2 scrm init a b
  run -2 scrm init --help
  SCRM_SHARE=$PWD run -2 scrm init crm
  is "$output" "scrm: cannot find 'folder' among the files that come with scrm"
  [ ! -e crm ]
}
