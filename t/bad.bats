#!/usr/bin/env bats
load helper

@test "each file of t/bad is refused with its words, and yesterday's output stands" {
  for why in "$SRC"/t/bad/*.why; do
    file=${why%.why}
    { read -r code words; want=$(cat); } < "$why"
    echo yesterday > out
    # shellcheck disable=SC2016,SC2086 # words
    run --separate-stderr bash -c 'cd "$1" && shift && exec scrm-ingest "$@"' \
      bash "$SRC/t/bad" $words -o "$PWD/out" "${file##*/}"
    is "${file##*/}: $status" "${file##*/}: $code"
    said=$(sed 's/^scrm-ingest: //' <<< "$stderr")
    # shellcheck disable=SC2053 # a pattern
    [[ $said == $want ]] || is "$said" "$want"
    is "$(cat out)" yesterday
  done
}
