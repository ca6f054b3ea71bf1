#!/usr/bin/env bats
load helper

@test "scrm NAME runs scrm-NAME with its arguments and its status" {
  mkdir bin
  cp "$B/bin/scrm" bin/
  printf '#!/bin/sh\nprintf "%%s\\n" "$0" "$@"\nexit 75\n' > bin/scrm-try
  chmod +x bin/scrm-try
  run -75 bin/scrm try 'a b' '' -x
  is "$output" "$PWD/bin/scrm-try"$'\na b\n\n-x'
}

@test "a tool beside it is preferred, then PATH is asked" {
  mkdir bin other
  cp "$B/bin/scrm" bin/
  printf '#!/bin/sh\necho other\n' > other/scrm-try
  chmod +x other/scrm-try
  PATH=$PWD/other:$PATH run -0 bin/scrm try
  is "$output" other
  printf '#!/bin/sh\necho mine\n' > bin/scrm-try
  chmod +x bin/scrm-try
  PATH=$PWD/other:$PATH run -0 bin/scrm try
  is "$output" mine
}

@test "a tool that is not there is said, 2" {
  run -2 --separate-stderr scrm nothing
  is "$output" ""
  is "$stderr" "scrm: no tool 'nothing'; scrm --list shows them"
}

@test "--list shows each tool with the sentence of its page" {
  scrm --list > got
  for t in $(tools); do
    [ -e "$B/bin/$t" ] || continue
    printf '%-16s%s\n' "$t" "$(sed -n 's/^\.Nd //p' "$SRC/man/$t.1")"
  done | LC_ALL=C sort > want
  diff -u want <(LC_ALL=C sort got)
}

@test "usage: on standard output when asked for, else 2" {
  run -0 --separate-stderr scrm --help
  is "$stderr" ""
  [ "${lines[0]}" = "usage: scrm tool [argument ...]" ]
  run -2 --separate-stderr scrm
  is "$output" ""
  run -2 --separate-stderr scrm --no-such
  is "$output" ""
  run -2 scrm log
}

@test "--share is the folder with scrm.sh, and SCRM_SHARE moves it" {
  [ -e "$(scrm --share)/scrm.sh" ]
  mkdir here
  is "$(SCRM_SHARE=here scrm --share)" "$PWD/here"
  SCRM_SHARE=nowhere run -2 scrm --share
}

@test "help shows a page, of a tool or of the language of conditions" {
  command -v man > /dev/null || command -v mandoc > /dev/null || lacks "no man"
  # Without man, mandoc shows it, bold by overstriking.
  scrm help | sed $'s/.\b//g' | grep -q "THE SAME EVERYWHERE"
  MANPAGER='cat' scrm help condition | grep -qi "scrm-condition"
}

@test "help without man and mandoc names the page, or is a tool's --help" {
  PATH=$PWD run -2 "$B/bin/scrm" help condition
  [[ $output == "scrm: no man and no mandoc to show '"*"scrm-condition.5'"* ]]
  PATH=$PWD run -0 "$B/bin/scrm" help pick
  [[ $output == "usage: scrm-pick "* ]]
}

@test "scrm_worst: killed or 2, then 75, then 1, then 0" {
  # shellcheck disable=SC1091
  . "$SRC/share/scrm.sh"
  worst() {
    local want=$1 got=0
    shift
    scrm_worst "$@" || got=$?
    is "$got ($*)" "$want ($*)"
  }
  worst 0 0 0 0
  worst 0
  worst 1 0 1 0
  worst 75 1 75 0
  worst 75 75 1
  worst 2 75 2 1
  worst 2 2 75
  worst 2 0 137 0
  worst 2 139 0 0
  worst 2 0 127
  worst 2 1 141 75
}

@test "scrm_step and scrm_wait: the worst is kept, 2 ends the script" {
  script() {
    { echo ". '$SRC/share/scrm.sh'"; cat; } > script
    run bash -u script
  }
  script <<< 'scrm_step 0 0 && echo good; scrm_step 0 1 || echo $?; scrm_step 0
    echo "worst $scrm_status"'
  is "$status $output" $'0 good\n1\nworst 1'
  script <<< 'scrm_step 1; scrm_step 0 137; echo no'
  is "$status $output" "2 "
  script <<< 'scrm_also false; scrm_also sleep 0.1; scrm_also sh -c "exit 75"
    sleep 0.2; scrm_wait; echo "$? $scrm_status"; scrm_wait; echo "$?"'
  is "$status $output" $'0 75 75\n0'
  script <<< 'scrm_also sh -c "exit 2"; scrm_also sleep 0.1; scrm_wait; echo no'
  is "$status $output" "2 "
}

@test "log: what one stage wrote the next one read" {
  cat > log <<'EOF2'
{"type":"run","tool":"scrm-pick","read":9,"written":5,"made":0,"withheld":4,"folded":0,"superseded":0,"refused":0,"seconds":0.010,"exit":0,"from":["/in"],"to":"pipe:[7]"}
{"type":"run","tool":"scrm-set","read":5,"written":5,"made":0,"withheld":0,"folded":0,"superseded":0,"refused":0,"seconds":0.020,"exit":0,"from":["pipe:[7]"],"to":"/a"}
{"type":"run","tool":"scrm-profile","read":5,"written":0,"made":2,"withheld":0,"folded":5,"superseded":0,"refused":0,"seconds":0.002,"exit":0,"from":["/a"],"to":"/b"}
{"type":"run","tool":"scrm-report","read":7,"written":7,"made":0,"withheld":0,"folded":0,"superseded":0,"refused":0,"seconds":0.002,"exit":0,"from":["/a","/b"],"to":"/c"}
EOF2
  run -0 --separate-stderr scrm log log
  is "$stderr" ""
  is "$output" "scrm-pick      read 9 written 5 withheld 4, 0.010 s, exit 0
scrm-set       read 5 written 5, 0.020 s, exit 0
scrm-profile   read 5 made 2 folded 5, 0.002 s, exit 0
scrm-report    read 7 written 7, 0.002 s, exit 0"
}

@test "log: a stage that read less, lines that do not add up, and 2 are said" {
  cat > log <<'EOF2'
{"type":"run","tool":"scrm-set","read":4,"written":4,"refused":0,"seconds":0.020,"exit":0,"from":["pipe:[7]"],"to":"/a"}
{"type":"run","tool":"scrm-pick","read":9,"written":5,"withheld":3,"refused":0,"seconds":0.010,"exit":0,"from":["/in"],"to":"pipe:[7]"}
{"type":"run","tool":"scrm-tag","read":3,"written":0,"refused":0,"seconds":0.010,"exit":2,"from":["/in"]}
EOF2
  run -2 --separate-stderr scrm log log
  is "$stderr" "scrm: log:1: scrm-set read 4 lines, but scrm-pick wrote 5
scrm: log:2: the lines read do not add up
scrm: log:3: scrm-tag ended with 2"
}

@test "log: 1 where a tool refused input, 2 for what is no log" {
  echo '{"type":"run","tool":"x","read":1,"refused":1,"exit":1,"seconds":0}' > log
  run -1 scrm log log
  echo '{"type":"order"}' > log
  run -2 scrm log log
  run -2 scrm log no-such-file
}
