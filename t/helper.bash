# shellcheck shell=bash
# helper: loaded by each bats file. Each test starts in an empty folder with
# the tools of $B on PATH; $SRC is the root of the project.

bats_require_minimum_version 1.5.0

SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
B=${B:-build}
[[ $B = /* ]] || B=$SRC/$B
PATH=$B/bin:$B/unit:$PATH
export SRC B PATH TZ=UTC LC_ALL=C.UTF-8
for _v in "${!SCRM_@}"; do
  [ "$_v" = SCRM_NEED ] || unset "$_v"
done
unset _v

setup() {
  cd "$BATS_TEST_TMPDIR" || return
}

# is GOT WANT: the same to the byte, else shows the difference and fails.
is() {
  [ "$1" = "$2" ] ||
    { diff -u --label want --label got <(printf '%s\n' "$2") \
      <(printf '%s\n' "$1"); false; }
}

# lacks WHY: this machine cannot do the test. A line, or with SCRM_NEED=all
# (as in .ci/run) a failure.
lacks() {
  [ "${SCRM_NEED:-}" = all ] && { echo "needed: $1"; return 1; }
  skip "$1"
}

# need COMMAND...: the test wants these, be they of the system or tools.
need() {
  local c
  for c; do
    command -v "$c" >/dev/null || lacks "no $c"
  done
}

# The names of the tools: "scrm-check scrm-ingest ...", the front left out.
tools() {
  local f
  for f in "$SRC"/cmd/scrm-*.c; do
    [ -e "$f" ] && basename "$f" .c
  done
}

# each FUNCTION TOOL...: runs it for each of these tools, in a bash of its own
# that stops at the first command that fails, in an empty folder. Says for
# which it failed, with the trace, and fails then. A function `before`, if there
# is one, is called with the tool first.
each() {
  local what=$1 tool out bad='' before=:
  shift
  ! declare -F before > /dev/null || before=before
  eval "export -f $(compgen -A function | grep -v '^bats' | tr '\n' ' ')"
  for tool; do
    mkdir -p "each/$tool"
    out=$(cd "each/$tool" &&
      BASH_XTRACEFD=9 PS4='+ ' bash -exc "$before $tool; $what $tool" 9>&1 2>&1) ||
      bad+="--- $tool: $(tail -n 30 <<< "$out")"$'\n'
    rm -rf "each/$tool"
  done
  [ -z "$bad" ] || { echo "$bad"; return 1; }
}
