#!/usr/bin/env bats
# What holds of several tools in a row.
load helper

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  # shellcheck disable=SC1091
  . "$SRC/share/scrm.sh"
  printf 'tag,when\nbig,total > 100\n' > tags.csv
  cat > orders.ndjson <<'END'
{"type":"order","source":"s","order_id":"1","total":50.00,"currency":"EUR"}
{"type":"order","source":"s","order_id":"2","total":150.10,"currency":"EUR"}
{"type":"visit","source":"s"}
END
}

# worst: the status of the pipe that was just run, by scrm_worst.
worst() {
  scrm_worst "$@" || return $?
}

@test "three stages, sealed: the seals are gone, the log agrees" {
  export SCRM_SEAL=1 SCRM_LOG=log
  scrm-pick "type = 'order'" orders.ndjson | scrm-set 'net = total - 10' |
    scrm-tag -T order -f tags.csv -o out.ndjson
  worst "${PIPESTATUS[@]}"
  is "$(cat out.ndjson)" \
    '{"type":"order","source":"s","order_id":"1","total":50.00,"currency":"EUR","net":40.00}
{"type":"order","source":"s","order_id":"2","total":150.10,"currency":"EUR","net":140.10,"tags":["big"]}'
  run -0 scrm log log
  [ "${#lines[@]}" = 3 ]
}

@test "a line that is added in the middle is found by its seal" {
  export SCRM_SEAL=1
  set +e
  scrm-pick "type = 'order'" orders.ndjson | sed '1p' |
    scrm-tag -f tags.csv -o out.ndjson 2> err
  worst "${PIPESTATUS[@]}"
  is $? 2
  [ ! -e out.ndjson ]
  grep -q "not whole" err
}

@test "a stage that dies by its rules ends all with 2, and no file is made" {
  for seal in 0 1; do
    export SCRM_SEAL=$seal
    set +e
    scrm-pick "type = 'order'" orders.ndjson | scrm-set 'net = (' 2> err |
      scrm-tag -f tags.csv -o out.ndjson 2>> err
    worst "${PIPESTATUS[@]}"
    is $? 2
    set -e
    [ ! -e out.ndjson ]
    grep -q "^scrm-tag: .*scrm-set died" err
  done
}

@test "no stage can be killed, and none can meet a full disk, unnoticed" {
  { cat orders.ndjson; echo '{"type":'; echo '{}'; } > in
  export SCRM_SEAL=1
  for full in 1 2 3; do
    for more in "" "--max-refused 9"; do
      local to=(- --rejects=r1 --rejects=r2 --rejects=r3)
      to[full]=--rejects=/dev/full
      set +e
      # the first refuses bad JSON, the others the types they do not know
      # shellcheck disable=SC2086 # two words or none
      scrm-pick $more "${to[1]}" "source = 's' or source is null" in 2>> err |
        scrm-check $more "${to[2]}" 2>> err |
        if [ "$full" = 3 ]; then
          cat orders.ndjson - | SCRM_SEAL=0 scrm-check $more "${to[3]}" \
            -o out 2>> err
        else
          scrm-check $more "${to[3]}" -o out 2>> err
        fi
      worst "${PIPESTATUS[@]}"
      is "$full $? ($more)" "$full 2 ($more)"
      set -e
      [ ! -e out ]
      [ "$(echo out*)" = 'out*' ]
    done
  done
}

@test "a file that cannot grow is 2, whether by signal or by error" {
  for n in {1..60}; do cat orders.ndjson; done > many
  for trap in - ''; do
    for more in "" "--max-refused 9"; do
      set +e
      # shellcheck disable=SC2086 # two words or none
      scrm-pick "type = 'order'" many | (
        # shellcheck disable=SC2064
        trap "$trap" XFSZ
        ulimit -f 1
        exec scrm-set $more 'net = total' -o out 2> /dev/null
      )
      worst "${PIPESTATUS[@]}"
      is $? 2
      set -e
      [ ! -e out ]
      rm -f out.*
    done
  done
}

@test "stages share one file of rejects" {
  { cat orders.ndjson; echo '{"type":'; } > in
  export SCRM_REJECTS=rejects
  set +e
  scrm-pick "source = 's'" in 2> /dev/null | scrm-check 2> /dev/null |
    scrm-set 'net = total' > out
  worst "${PIPESTATUS[@]}"
  is $? 1
  set -e
  is "$(jq -r .tool rejects | sort)" $'scrm-check\nscrm-pick'
  is "$(wc -l < out)" 2
}

@test "tail -f through three stages is live" {
  mkfifo feed
  scrm-pick "type = 'order'" < feed 2> /dev/null 3>&- |
    scrm-set 'net = total' 3>&- | scrm-tag -f tags.csv > out 3>&- &
  exec 7> feed
  for n in 1 2; do
    head -n 2 orders.ndjson >&7
    for _ in {1..400}; do
      [ "$(wc -l < out)" = $((2 * n)) ] && break
      sleep 0.05
    done
    is "$(wc -l < out)" $((2 * n))
  done
  exec 7>&-
  wait $!
}

@test "head at the end of three stages ends them all without a word" {
  yes "$(head -n 1 orders.ndjson)" | head -n 60000 > many
  { scrm-pick "type = 'order'" many | scrm-set 'net = total' |
    scrm-tag -f tags.csv | head -n 1; } > out 2> err
  is "$(cat err)" ""
  is "$(wc -l < out)" 1
}

@test "from records to customers: every line is accounted for" {
  need scrm-latest scrm-dedupe scrm-profile scrm-segment
  export SCRM_SEAL=1 SCRM_LOG=log SCRM_AS_OF=2026-11-21 SCRM_TZ=Asia/Shanghai
  export SCRM_CURRENCY=CNY
  printf 'date,currency,rate\n2026-01-01,EUR,8.00\n' > rates.csv
  printf 'segment,when\nbuyer,orders > 0\nother,1 = 1\n' > segments.csv
  scrm-latest "$SRC/samples/records.ndjson" |
    scrm-dedupe --exact --links links.ndjson -o now.ndjson
  worst "${PIPESTATUS[@]}"
  scrm-profile --rates rates.csv now.ndjson | scrm-tag -f tags.csv |
    scrm-segment -f segments.csv -o customers.ndjson
  worst "${PIPESTATUS[@]}"
  scrm log log
  [ -s customers.ndjson ]
  jq -e '.segments | length == 1' customers.ndjson > /dev/null
}
