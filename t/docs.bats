#!/usr/bin/env bats
# What pages say is what tools do.
load helper

# page TOOL: where its page is.
page() {
  echo "$SRC/man/$1.1"
}

# sentence PAGE: what .Nd says.
sentence() {
  sed -n 's/^\.Nd //p' "$1"
}

# Words and single blanks, on one line.
squeeze() {
  tr -s ' \n' ' ' | sed 's/^ //; s/ $//'
}

# The sections of a rendered page, overstrikes gone.
section() {
  mandoc -T ascii -O width=300 "$1" | sed 's/.\x08//g' |
    awk -v want="$2" '/^[A-Z]/ { on = $0 == want; next } on'
}

@test "every tool has a page" {
  has_page() { [ -e "$(page "$1")" ] || { echo "no page"; return 1; }; }
  each has_page $(tools)
}

@test "the usage is the SYNOPSIS" {
  same_usage() {
    is "$("$1" --help | awk -v end="$(sentence "$(page "$1")")" \
      '$0 == end { exit } { print }' | sed 's/^usage://' | squeeze)" \
      "$(section "$(page "$1")" SYNOPSIS | squeeze)"
  }
  each same_usage $(tools)
}

@test "the first words of a tool, its help and its page are one sentence" {
  same_sentence() {
    local nd
    nd=$(sentence "$(page "$1")")
    is "$(sed '/\*\//q' "$SRC/cmd/$1.c" | sed 's|^/\*||; s|\*/$||; s|^ \*||' |
      squeeze | cut -c "1-$((${#1} + 2 + ${#nd}))")" "$1: $nd"
    "$1" --help | squeeze | grep -qF -- "$nd" || {
      echo "--help does not say: $nd"; return 1
    }
  }
  each same_sentence $(tools)
}

@test "scrm(7) lists every page with its sentence" {
  for p in "$SRC"/man/*.1; do
    printf '%s %s\n' "$(basename "$p" .1)" "$(sentence "$p")"
  done | LC_ALL=C sort > pages
  awk '/^\.It Xr scrm/ { name = $3; getline; print name, $0 }
    /^\.El/ { exit }' "$SRC/man/scrm.7" > listed
  is "$(cat listed)" "$(cat pages)"
}

@test "options of the page are those of --help, and the other way round" {
  # The names in the first column: "-x" and "--long", one a line.
  names() {
    sed 's/^ *//; s/  .*//' | grep -oE -- '(^|[ ,])--?[a-zA-Z0-9][a-z0-9-]*' |
      tr -d ' ,' | LC_ALL=C sort -u
  }
  same_options() {
    local own line bad=
    "$1" --help > help
    section "$(page "$1")" DESCRIPTION | grep -E '^ {5,8}-' | names > page
    { grep -E '^ +-' help; sed -n 's/\( -[^ ]*\)/\n\1/g; /^common:/,$p' help; } |
      names > all
    bad=$(comm -23 page all)
    own=$(sed '/^common:/,$d' help | grep -E '^ +-')
    while IFS= read -r line; do
      [ -n "$line" ] || continue
      names <<< "$line" | grep -qxFf page || bad+=" $line"
    done <<< "$own"
    [ -z "$bad" ] || { echo "differ: $bad"; return 1; }
  }
  each same_options $(tools)
}

@test "a page has its sections in order" {
  export order='NAME SYNOPSIS DESCRIPTION ENVIRONMENT FILES EXIT_STATUS EXAMPLES SEE_ALSO'
  in_order() {
    local got want
    got=$(sed -n 's/^\.Sh //p' "$(page "$1")" | tr ' ' '_')
    want=$(for s in $order; do grep -x "$s" <<< "$got"; done || :)
    is "$got" "$want"
    for s in NAME SYNOPSIS DESCRIPTION EXIT_STATUS EXAMPLES SEE_ALSO; do
      grep -qx "$s" <<< "$got" || { echo "no $s"; return 1; }
    done
  }
  each in_order $(tools)
}

@test "README's table of tools is that of scrm(7)" {
  awk '/^\.It Xr scrm/ { name = $3; getline; print "| " name " | " $0 " |" }
    /^\.El/ { exit }' "$SRC/man/scrm.7" > want
  grep '^| scrm' "$SRC/README.md" > got
  diff -u want got
}

@test "the tutorial is fifteen commands" {
  is "$(grep -c '^\$ ' "$SRC/man/scrm-tutorial.7")" 15
}

@test "every EXAMPLE is true" {
  export SCRM_TZ=Asia/Shanghai SCRM_AS_OF=2026-11-21
  for p in "$SRC"/man/*.1 "$SRC/man/scrm-condition.5" \
    "$SRC"/man/scrm-{maps,tutorial}.7 "$SRC/README.md"; do
    [ -e "$p" ] || continue
    rm -rf work
    mkdir work
    cp -R "$SRC/samples" "$SRC/share" work
    (cd work && "$SRC/t/examples.pl" "$p") || { bad=1; cat work/stderr.txt; }
  done
  [ -z "${bad:-}" ]
}
