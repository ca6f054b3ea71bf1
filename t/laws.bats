#!/usr/bin/env bats
# What is true of every tool. A new tool is found by itself; `tool` below says
# how it is called here, if plain "scrm-x [file ...]" does not do.
load helper

# words NAME: the rules and operands it needs, in the array of that name.
words() {
  case $1 in
  scrm-pick) words=("type <> '' or type is null") ;;
  scrm-set) words=('nothing = nowhere') ;;
  scrm-tag) words=(-f "$RULES/tags.csv") ;;
  scrm-segment) words=(-f "$RULES/segments.csv") ;;
  scrm-join) words=(-f "$RULES/products.csv" -k products.sku) ;;
  scrm-link) words=(-l "$RULES/links.ndjson") ;;
  scrm-dedupe) words=(--exact --links links.ndjson) ;;
  scrm-ingest) words=(-m records) ;;
  scrm-report) words=(segments) ;;
  scrm-rfm) words=(apply -m "$RULES/cuts.json") ;;
  scrm-export) words=(-c type) ;;
  scrm-sort) words=(-k 'total:desc,city') ;;
  scrm-erase) words=(--show email:chloe.martin@example.com) ;;
  scrm-check) words=(-T task) ;; # it alone refuses what has no type
  *) words=() ;;
  esac
}

# tool NAME [option or file ...]: runs it with what it needs.
tool() {
  local name=$1 words
  shift
  words "$name"
  "$name" "${words[@]}" "$@"
}

# badly NAME: runs it with rules that have a mistake.
badly() {
  case $1 in
  scrm-pick) "$1" 'total >' ;;
  scrm-set) "$1" 'x = (' ;;
  scrm-tag) "$1" -f "$RULES/bad.csv" ;;
  scrm-segment) "$1" -f "$RULES/bad.csv" ;;
  scrm-join) "$1" -f "$RULES/bad.csv" -k this ;;
  scrm-link) "$1" -l "$RULES/bad.csv" ;;
  scrm-dedupe) "$1" --exact --links "$RULES/bad.csv" ;;
  scrm-ingest) "$1" -m "$RULES/bad.csv" ;;
  scrm-profile) "$1" -f "$RULES/bad.csv" ;;
  scrm-report) "$1" no-such-report ;;
  scrm-export) "$1" -c 'a,' ;;
  scrm-erase) "$1" --show cA -l "$RULES/bad.csv" ;;
  scrm-rfm) "$1" apply -m "$RULES/bad.csv" ;;
  scrm-sort) "$1" -k 'revenu' ;;
  *) "$1" --as-of yesterday ;;
  esac
}

# Tools that give back a line of a type they do not know, those of them that
# take one line at a time, and those that read records.
# (scrm-check stands first: it takes what is right, not what is unknown)
PASS=(scrm-check scrm-dedupe scrm-ingest scrm-join scrm-latest scrm-link scrm-pick
  scrm-rfm scrm-segment scrm-set scrm-sort scrm-tag)
STREAM=(scrm-check scrm-ingest scrm-join scrm-link scrm-pick scrm-rfm scrm-segment
  scrm-set scrm-tag)

# Those whose output is for people, no stream of records: it has no seal.
PLAIN=(scrm-export scrm-fields scrm-report)

# The tools that give records.
sealed() {
  comm -23 <(tools | sort) <(printf '%s\n' "${PLAIN[@]}" | sort)
}

# but NAME: all tools but this.
but() {
  tools | grep -vx -- "$1"
}

# those NAME...: which of these are there.
those() {
  local t
  for t; do
    [ -e "$SRC/cmd/$t.c" ] && echo "$t"
  done
}

sample=$SRC/samples/records.ndjson

# sample_of NAME: records it can do something with: scrm-profile wants those
# that are stamped with their customer.
sample_of() {
  case $1 in
  scrm-profile) echo "$SRC/samples/stamped.ndjson" ;;
  *) echo "$sample" ;;
  esac
}

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  export RULES=$BATS_TEST_TMPDIR/rules sample odd=$BATS_TEST_TMPDIR/odd.ndjson
  mkdir -p rules
  [ ! -e "$B/bin/scrm-rfm" ] ||
    scrm-rfm fit "$SRC/samples/customers.ndjson" > rules/cuts.json 2> fit.err
  printf 'tag,when\nnever,total > 1e9\n' > rules/tags.csv
  printf 'segment,when\nnever,total > 1e9\n' > rules/segments.csv
  printf 'sku,brand\nSKU-044,Aurelia\n' > rules/products.csv
  printf 'this,is\n"no' > rules/bad.csv
  : > rules/links.ndjson
  # Lines of unknown types: what no tool has anything to do with.
  cat > odd.ndjson <<'END'
{"type":"visit","n":1.10,"m":1e3,"z": 19.99 , "a":1,"big":9007199254740993.01,"neg":-0.00,"e":1E+2}
 {"b":2,"a":1 , "type" : "thing","\u0061bc":"\/\u4e2d","extra":{"k":[1, 2,  3],"k":{}},"empty":""}	
{"type":"visit","emoji":"😀","nul":"a\u0000b","html":"<&>","中":"文","huge":1e400,"long":123456789012345678901234567890}
{}
END
  # The same for scrm-check: records that are right.
  export good=$BATS_TEST_TMPDIR/good.ndjson
  cat > good.ndjson <<'END'
{"type":"order","source":"s","order_id":"1","status":"paid","total":1.10,"paid": 19.99 , "gross":1e3,"currency":"EUR"}
 {"order_id":"2","source":"s" , "type" : "order","\u0061bc":"\/\u4e2d","extra":{"k":[1, 2,  3],"k":{}}}	
{"type":"profile","source":"s","source_id":"3","name":"😀","nul":"a\u0000b","long":123456789012345678901234567890}
{"type":"count","account":"a","date":"2026-11-01","total":1}
END
}

# repeat N: the odd lines as often as that.
repeat() {
  yes "$(cat "$odd")" | head -n $(($1 * 4)) || :
}

# before TOOL: what it has nothing to do with.
before() {
  case $1 in
  scrm-check) odd=$good ;;
  esac
}

# summed FILE: whether each run record adds up.
summed() {
  jq -es 'length > 0 and all(.[]; .read == .written + .withheld + .folded +
    .superseded + .refused)' "$1" > /dev/null || { cat "$1"; return 1; }
}

# not command...: it fails. (A plain "!" is no failure to bash -e.)
not() {
  if "$@"; then return 1; fi
}

# ends STATUS command...: the status is that one.
ends() {
  local want=$1 got=0
  shift
  "$@" || got=$?
  [ "$got" = "$want" ] || { echo "status $got, not $want: $*"; return 1; }
}

@test "-V says the name and the version, -h the usage, both on standard output" {
  law() {
    [ "$("$1" -V)" = "$1 $("$B/bin/scrm" --version | cut -d ' ' -f 2)" ]
    [ "$("$1" --version)" = "$("$1" -V)" ]
    "$1" -h | grep -q "^usage: $1"
    [ "$("$1" -h)" = "$("$1" --help)" ]
    ends 2 "$1" -V > /dev/full
    ends 2 "$1" -h > /dev/full
  }
  each law $(tools)
}

@test "an unknown option is 2 with the usage, and nothing comes out but abort" {
  law() {
    ends 2 "$1" --no-such-option < "$sample" > to-file 2> err
    [ ! -s to-file ]
    grep -q "^$1: no option '--no-such-option'" err
    grep -q "^usage: $1" err
  }
  each law $(tools)
  law() {
    { ends 2 "$1" --no-such-option < "$sample" 2> err; } | cat > to-pipe
    [ "$(jq -r '.type + " " + .tool' to-pipe)" = "abort $1" ]
  }
  each law $(sealed)
}

@test "a wrong as-of or zone is 2" {
  law() {
    ends 2 tool "$1" --as-of yesterday < "$sample" > out 2> err
    ends 2 tool "$1" --tz Shanghai < "$sample" > out 2> err
    [ ! -s out ]
  }
  each law $(tools)
}

@test "bad rules end a tool before it reads" {
  law() {
    mkfifo never
    exec 7<> never
    ends 2 timeout 20 bash -c "badly $1" < never > out 2> err
    [ ! -s out ]
    grep -q "^$1: " err
  }
  each law $(tools)
}

@test "a slip in -T and a limit that is none are said before the work" {
  run -2 scrm-pick -T ordr 'paid > 0' /dev/null
  [[ $output == *"option '-T': no type 'ordr'; is it 'order'?"* ]]
  run -0 scrm-pick -T visit 'paid > 0' /dev/null
  run -2 scrm-pick --max-refused some 'paid > 0' /dev/null
  [[ $output == *"option '--max-refused' wants a number or a percentage, not 'some'"* ]]
}

@test "a directory is no output: said by its name" {
  mkdir out
  run -2 scrm-pick 'paid > 0' -o out /dev/null
  [[ $output == *"cannot write 'out': Is a directory"* ]]
}

@test "a file that is not there is said, 2" {
  law() {
    ends 2 tool "$1" no-such-file.ndjson > out 2> err
    grep -q "^$1: .*no-such-file.ndjson" err
    ends 2 tool "$1" . > out 2> err
  }
  each law $(tools)
}

@test "empty input is fine" {
  law() { ends 0 tool "$1" < /dev/null > out; }
  each law $(tools)
  law() { ends 0 tool "$1" < /dev/null > out && [ ! -s out ]; }
  each law $(those "${PASS[@]}")
}

@test "what a tool has nothing to do with it gives back to the byte" {
  law() {
    tool "$1" < "$odd" > out
    cmp "$odd" out
    tool "$1" "$odd" > out
    cmp "$odd" out
    tool "$1" -o out < "$odd"
    cmp "$odd" out
  }
  each law $(those "${PASS[@]}")
}

@test "no newline at the end, a byte order mark, CRLF and empty lines are fine" {
  law() {
    printf '%s' "$(cat "$odd")" | tool "$1" > out
    cmp "$odd" out
    { printf '\xef\xbb\xbf'; sed 's/$/\r/; s/^$/\n/' "$odd"; printf '\n \n'; } |
      tool "$1" > out
    tr -d '\r' < out | cmp "$odd" -
  }
  each law $(those "${PASS[@]}")
}

@test "a bad line is named, counted, kept, and the status is 1" {
  law() {
    { head -n 1 "$odd"; printf '{"a":1,}\n'; head -n 1 "$odd"
      printf '{"a":"\xff"}\n'; } > in
    SCRM_LOG=log ends 1 tool "$1" --rejects rejects in > out 2> err
    grep -q "^$1: in:2:8: " err
    grep -q "^$1: in:4:" err
    grep -q "^$1: .*refused 2" err
    [ "$(jq .refused log)" = 2 ]
    summed log
    [ "$(jq -r '[.type, .tool, .file, .line] | join(" ")' rejects)" = \
      "reject $1 in 2"$'\n'"reject $1 in 4" ]
    [ "$(jq -r '.input // .input_base64' rejects)" = \
      '{"a":1,}'$'\n'"$(printf '{"a":"\xff"}' | base64)" ]
    [ "$(jq -r .reason rejects | grep -c .)" = 2 ]
    cat in | ends 1 tool "$1" > out 2> err
    grep -q "^$1: standard input:2:8: " err
  }
  each law $(tools)
  law() {
    { head -n 1 "$odd"; printf '{"a":1,}\n'; head -n 1 "$odd"; } |
      ends 1 tool "$1" > out 2> err
    cmp out <(head -n 1 "$odd"; head -n 1 "$odd")
  }
  each law $(those "${PASS[@]}")
}

@test "what is no object is refused, however it looks" {
  law() {
    printf '%s\n' '[]' '1' 'null' '"a"' '{} {}' '{"a":1} x' '{"a":1,"a":2}' \
      'nonsense' '{"a":1,"\u0061":2}' '{"a":tru}' '{"a":"\ud800"}' > in
    SCRM_LOG=log ends 1 tool "$1" in > out 2> err
    [ "$(jq .refused log)" = 11 ]
    [ "$(jq .read log)" = 11 ]
  }
  each law $(tools)
}

@test "ten of one reason are named, the rest counted; all are kept" {
  law() {
    for _ in {1..25}; do echo '{"a":}'; done > in
    ends 1 tool "$1" --rejects rejects in > out 2> err
    [ "$(grep -c "^$1: in:[0-9]*:" err)" = 10 ]
    grep -q "^$1: 25 " err
    [ "$(grep -c . rejects)" = 25 ]
  }
  each law $(tools)
}

@test "--strict stops at the first refused line and leaves the file alone" {
  law() {
    { cat "$odd"; echo '{'; cat "$odd"; } > in
    echo before > out
    ends 2 tool "$1" --strict -o out in 2> err
    [ "$(cat out)" = before ]
    [ "$(echo out*)" = "out out.rejects" ]
  }
  each law $(tools)
}

@test "--max-refused keeps the status 0 up to that, and still names and keeps" {
  law() {
    { cat "$odd"; echo '{'; echo '}'; } > in
    ends 0 tool "$1" --max-refused 2 --rejects rejects in > out 2> err
    [ "$(grep -c "^$1: in:" err)" = 2 ]
    [ "$(grep -c . rejects)" = 2 ]
    ends 1 tool "$1" --max-refused 1 in > out 2> err
    ends 0 tool "$1" --max-refused 34% in > out 2> err
    ends 1 tool "$1" --max-refused 33% in > out 2> err
    ends 2 tool "$1" --max-refused some in > out 2> err
  }
  each law $(tools)
}

@test "the file of -o is written beside, 0600, with its rejects, and no other" {
  law() {
    mkdir work
    ends 0 tool "$1" -o work/out "$odd"
    [ "$(stat -c %a work/out)" = 600 ]
    [ "$(ls work)" = out ]
    { cat "$odd"; echo '{'; } > in
    ends 1 tool "$1" -o work/out in 2> err
    [ "$(ls work)" = "out"$'\n'"out.rejects" ]
    [ "$(stat -c %a work/out.rejects)" = 600 ]
    ends 2 tool "$1" -o no-such-folder/out "$odd" 2> err
    grep -q no-such-folder err
  }
  each law $(tools)
}

@test "an output that is no plain file is written, not replaced" {
  law() {
    mkfifo pipe
    cat pipe > got 3>&- &
    ends 0 tool "$1" -o pipe "$odd"
    wait $!
    [ -p pipe ]
    [ "$(echo pipe*)" = pipe ]
  }
  each law $(tools)
}

@test "same input, same bytes; the locale and the number of threads do not matter" {
  law() {
    export SCRM_AS_OF=2026-11-21
    run_it() { rm -f links.ndjson; tool "$@" < "$sample" 2>&1 || :; }
    export -f run_it
    run_it "$1" > one
    run_it "$1" > two
    cmp one two
    LC_ALL=C run_it "$1" > two
    cmp one two
    LC_ALL=de_DE.UTF-8 LANG=zh_CN.GB18030 TZ=America/Lima run_it "$1" > two
    cmp one two
    run_it "$1" -j 2 > two
    cmp one two
  }
  each law $(tools)
}

@test "every line read is accounted for, on every sample" {
  law() {
    find "$SRC/samples" -name '*.ndjson' | sort > samples
    while IFS= read -r f; do
      rm -f links.ndjson
      [ "$1" != scrm-profile ] || ! grep -q '"type":"profile"' "$f" ||
        grep -q '"type":"profile".*customer_id' "$f" || continue
      SCRM_LOG=log tool "$1" "$f" > out 2> err || [ $? -lt 2 ]
    done < samples
    summed log
  }
  each law $(tools)
}

@test "every line of what JSON is and is not is taken or refused, and counted" {
  need scan_facts
  scan_facts --lines > facts.ndjson
  scan_facts --taken > taken.ndjson
  export facts=$PWD/facts.ndjson taken=$PWD/taken.ndjson
  law() {
    SCRM_LOG=log ends 1 tool "$1" "$facts" > out 2> err
    summed log
    [ "$(jq .read log)" = "$(wc -l < "$facts")" ]
    [ "$(jq .refused log)" = \
      "$(($(wc -l < "$facts") - $(wc -l < "$taken")))" ]
  }
  each law $(but scrm-check)
  law() {
    tool "$1" "$facts" 2> err > out || :
    cmp "$taken" out
  }
  each law $(those "${PASS[@]:1}")
}

@test "a full disk is 2 and said" {
  law() {
    ends 2 tool "$1" < "$(sample_of "$1")" > /dev/full 2> err
    grep -q "^$1: .*No space left" err
  }
  each law $(tools)
}

@test "a full disk under the rejects is 2, and the file stays as it was" {
  law() {
    { cat "$odd"; echo '{'; } > in
    echo before > out
    for more in "" "--max-refused 9"; do
      # shellcheck disable=SC2086 # two words or none
      ends 2 tool "$1" $more --rejects /dev/full -o out in 2> err
      grep -q "No space left" err
      [ "$(cat out)" = before ]
      [ "$(echo out*)" = out ]
    done
  }
  each law $(tools)
}

@test "a reader that leaves ends a tool without a word" {
  law() {
    repeat 12000 > many
    { timeout 60 bash -c "tool $1" < many 2> err || echo $? > status; } |
      head -n 1 > out
    [ ! -s err ]
    [ "$(cat status)" = 141 ]
    cmp out <(head -n 1 "$odd")
  }
  each law $(those "${PASS[@]}")
}

@test "records leave before a tool waits for more" {
  law() {
    mkfifo feed
    tool "$1" < feed > out 2> err 3>&- &
    exec 7> feed
    head -n 1 "$odd" >&7
    for _ in {1..400}; do
      [ -s out ] && break
      sleep 0.05
    done
    cmp out <(head -n 1 "$odd")
    exec 7>&-
    wait $!
  }
  each law $(those "${STREAM[@]}")
}

@test "a tool that takes a line at a time needs no more memory for more lines" {
  [[ $B != *asan* ]] || skip "said by the plain build"
  law() {
    # 40 MB through a tool that may have 24 with all its libraries; ICU,
    # which libphonenumber brings, has 30 of tables
    local kb=24000
    [ "$1" != scrm-ingest ] || kb=60000
    repeat $((kb * 15 / 4)) | (ulimit -v $kb && tool "$1" | wc -l > lines)
    [ "$(cat lines)" = $((kb * 15)) ]
  }
  each law $(those "${STREAM[@]}")
}

@test "with SCRM_SEAL=1 a pipe ends with a seal, a file does not" {
  law() {
    SCRM_SEAL=1 tool "$1" < "$odd" | cat > out
    tail -n 1 out > seal
    [ "$(jq -r '[.type, .tool] | join(" ")' seal)" = "end $1" ]
    [ "$(jq .written seal)" = "$(($(wc -l < out) - 1))" ]
  }
  each law $(sealed)
  law() {
    SCRM_SEAL=1 tool "$1" < "$odd" > out
    not grep -q '"type":"end"' out
    tool "$1" < "$odd" | cat > out
    not grep -q '"type":"end"' out
  }
  each law $(tools)
}

@test "a seal is taken away; without it, or with another number, nothing is renamed" {
  law() {
    seal() { printf '{"type":"end","tool":"x","written":%s}\n' "$1"; }
    echo before > out
    cat "$odd" | SCRM_SEAL=1 ends 2 tool "$1" -o out 2> err
    [ "$(cat out)" = before ]
    { cat "$odd"; seal 3; } | SCRM_SEAL=1 ends 2 tool "$1" -o out 2> err
    [ "$(cat out)" = before ]
    { cat "$odd"; seal 4; head -n 1 "$odd"; } |
      SCRM_SEAL=1 ends 2 tool "$1" -o out 2> err
    [ "$(cat out)" = before ]
    { cat "$odd"; seal '"4"'; } | SCRM_SEAL=1 ends 2 tool "$1" -o out 2> err
    [ "$(cat out)" = before ]
    [ "$(echo out*)" = out ]
    { cat "$odd"; seal 4; } | SCRM_SEAL=1 SCRM_LOG=log tool "$1" -o out
    not grep -q '"end"' out
    [ "$(jq .read log)" = 4 ]
    # two streams, one after the other
    { cat "$odd"; seal 4; cat "$odd"; seal 4; } | SCRM_SEAL=1 tool "$1" -o out
    # a file needs none
    SCRM_SEAL=1 tool "$1" -o out "$odd"
  }
  each law $(tools)
}

@test "an abort line is passed on and is 2, sealed or not" {
  law() {
    for seal in 0 1; do
      echo before > out
      { cat "$odd"; echo '{"type":"abort","tool":"x","reason":"no disk"}'; } |
        SCRM_SEAL=$seal ends 2 tool "$1" -o out 2> err
      [ "$(cat out)" = before ]
      grep -q "no disk" err
      [ "$(echo out*)" = out ]
    done
  }
  each law $(tools)
  law() {
    for seal in 0 1; do
      { cat "$odd"; echo '{"type":"abort","tool":"x","reason":"no disk"}'; } |
        { SCRM_SEAL=$seal ends 2 tool "$1" 2> err; } | cat > passed
      [ "$(tail -n 1 passed | jq -r '.type + .reason')" = "abortno disk" ]
    done
  }
  each law $(sealed)
}

@test "with -o standard output has nothing, whenever a tool dies" {
  law() {
    { ends 2 tool "$1" -o out --as-of yesterday 2> err; } | cat > to-pipe
    [ ! -s to-pipe ]
    [ ! -e out ]
  }
  each law $(sealed)
}

@test "a stream that was cut in a line is 2, not a refusal" {
  law() {
    echo before > out
    { cat "$odd"; printf '{"type":"visit","a'; } |
      ends 2 tool "$1" --max-refused 9 -o out 2> err
    [ "$(cat out)" = before ]
  }
  each law $(tools)
}

@test "jq in the middle passes the seal on" {
  law() {
    export SCRM_SEAL=1
    tool "$1" < "$odd" | jq -c . | tool "$1" -o out
    [ "$(wc -l < out)" = 4 ]
    tool "$1" < "$odd" | jq -c 'select(.type == "visit")' |
      ends 2 tool "$1" -o out 2> err
    [ "$(wc -l < out)" = 4 ]
  }
  each law $(those "${PASS[@]}")
}

@test "a tool that is killed in a pipe leaves no file, and the pipe says 2" {
  need scrm-pick
  # shellcheck disable=SC1091
  law() {
    . "$SRC/share/scrm.sh"
    export SCRM_SEAL=1
    # The stage that is to die says which process it is.
    stage() {
      local n=$1 name=$2 words
      shift 2
      words "$name"
      [ "$n" != "$victim" ] || { echo "$BASHPID" > new && mv new pid; }
      exec "$name" "${words[@]}" "$@" 2> /dev/null
    }
    for victim in 1 2 3; do
      for sig in KILL SEGV; do
        for more in "" "--max-refused 9"; do
          rm -f feed pid out out.* status
          mkfifo feed
          (
            set +e +x
            # shellcheck disable=SC2086 # two words or none
            stage 1 scrm-pick $more < feed | stage 2 "$1" $more |
              stage 3 scrm-pick $more -o out
            scrm_worst "${PIPESTATUS[@]}"
            echo $? > status
          ) 3>&- &
          trap '' PIPE
          exec 7> feed
          cat "$odd" >&7
          until [ -s pid ]; do sleep 0.02; done
          sleep 0.05
          kill -"$sig" "$(cat pid)"
          cat "$odd" >&7 2> /dev/null || :
          exec 7>&-
          wait $! || :
          trap - PIPE
          [ "$(cat status)" = 2 ]
          [ ! -e out ]
        done
      done
    done
  }
  each law $(those "${PASS[@]}")
}

@test "no threads, no line: a mistake, not the default" {
  law() {
    for option in -j --max-line; do
      ends 2 tool "$1" $option 0 /dev/null 2> err
      grep -q "^$1: option '--.*' wants at least 1, not '0'" err
    done
  }
  each law $(tools)
}

@test "a tool loads no library that it does not need" {
  [[ $B != *asan* ]] || skip "said by the plain build"
  law() {
    ldd "$B/bin/$1" | grep -E 'curl|sqlite' && return 1
    # C++ is only where telephone numbers are read
    [ "$1" = scrm-ingest ] ||
      ! ldd "$B/bin/$1" | grep -E 'stdc\+\+|phonenumber' || return 1
    case $1 in
    scrm-ingest) ;;
    scrm-check | scrm-dedupe | scrm-join | scrm-profile | scrm-report | \
      scrm-segment | scrm-tag)
      # they read tables of rules
      ldd "$B/bin/$1" | grep expat && return 1 ;;
    *) ldd "$B/bin/$1" | grep -E 'csv|expat' && return 1 ;;
    esac
    :
  }
  each law $(tools)
}
