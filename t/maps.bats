#!/usr/bin/env bats
# Maps: each has a folder t/maps/NAME with an export of a few invented rows, as
# the real system writes it, and want.ndjson: every record that must come of
# it, to the byte. `args` holds further options, a line of words; `said` what
# is said on the way, which is nothing where there is no such file. All other
# files are the export, read in the order of their names.
load helper
shopt -s extglob

# ours: the names of the maps that come with scrm.
ours() {
  (cd "$SRC/share/maps" && printf '%s\n' *.json) |
    sed 's/[.]json$//' | sort
}

# folders: the names of their folders.
folders() {
  (cd "$SRC/t/maps" && printf '%s\n' */) | tr -d / | sort
}

# differ WANT GOT: shows where, a field a line if the records are JSON.
differ() {
  cmp -s "$1" "$2" && return 1
  diff -u <(jq . "$1") <(jq . "$2") || return 0
  diff -u "$1" "$2" || :
}

# try NAME: what differs from what its folder wants; nothing if all is right.
try() {
  local t=$BATS_TEST_TMPDIR
  local -a args=() files
  cd "$SRC/t/maps/$1" || return
  files=(!(args|said|want.ndjson))
  [ ! -e args ] || read -ra args < ./args
  scrm-ingest -m "$1" --as-of 2026-11-21 "${args[@]}" "${files[@]}" \
    > "$t/got" 2> "$t/err" || [ $? -lt 2 ] || { cat "$t/err"; return; }
  differ want.ndjson "$t/got" || :
  if [ -e said ]; then
    diff -u said "$t/err" || :
  else
    cat "$t/err"
  fi
}

@test "of its sample each map makes what its folder wants" {
  local map bad=''
  for map in $(folders); do
    out=$(try "$map")
    [ -z "$out" ] || bad+="--- $map"$'\n'"$out"$'\n'
  done
  [ -z "$bad" ] || { echo "$bad"; false; }
}

@test "each map has such a folder, and each folder a map" {
  local lack='shopify-customers|shopify-orders'
  is "$(folders)" "$(ours | grep -vxE "$lack")"
}

@test "--list tells of each map what it is of" {
  is "$(scrm-ingest --list | grep -cvE '^[a-z0-9-]+ +[^ ]')" 0
  is "$(scrm-ingest --list | cut -d ' ' -f 1 | sort)" "$(ours)"
}

@test "the list of orders and that of their articles meet" {
  local dir=$SRC/t/maps
  scrm-ingest -q -m taobao-orders "$dir"/taobao-orders/*.csv > sums 2> said || :
  scrm-ingest -q -m taobao-items "$dir"/taobao-items/*.csv > articles 2>> said || :
  is "$(cat sums articles | scrm-latest --merge |
    jq -c 'select(.type == "order" and .products and .total) |
      [.order_id, .status, .total, .products[].sku]')" \
    '["4021847560000008461","completed",298,"SKU-044","EXT-045"]
["3921847560000008461","completed",298,"SKU-101"]
["3921847570987654707","paid",230,"0690001","EXT-130"]'
}
