#!/usr/bin/env bats
load helper

# page TOOL: where its page is.
page() {
  echo "$SRC/man/$1.1"
}

# each FUNCTION: runs it for each tool; says which failed, and fails then.
each() {
  local tool out bad=
  for tool in $(tools); do
    out=$("$1" "$tool" 2>&1) || bad+="$tool: $out"$'\n'
  done
  [ -z "$bad" ] || { echo "$bad"; return 1; }
}

@test "every tool has a page" {
  has_page() { [ -e "$(page "$1")" ] || { echo "no page"; return 1; }; }
  each has_page
}
