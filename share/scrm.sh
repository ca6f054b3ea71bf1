# shellcheck shell=sh
# scrm.sh: for scripts that chain the tools. Read it with
#
#	. "$(scrm --share)/scrm.sh"

# scrm_worst STATUS...: the status of a whole pipe. A tool that could not do
# its work or was killed makes it 2, else something left to do 75, else a
# refused line 1.
#
#	scrm-pick ... | scrm-tag ... -o FILE
#	scrm_worst "${PIPESTATUS[@]}" || exit
scrm_worst() {
  _scrm_worst=0
  for _scrm_status; do
    case $_scrm_status in
    0) ;;
    1) [ "$_scrm_worst" != 0 ] || _scrm_worst=1 ;;
    75) [ "$_scrm_worst" = 2 ] || _scrm_worst=75 ;;
    *) _scrm_worst=2 ;;
    esac
  done
  return "$_scrm_worst"
}

# scrm_step STATUS...: a step of a morning ended so. One that could not be done
# ends the script with 2; refused lines do not, they are kept beside what the
# step wrote. Is true if all was well; $scrm_status is the worst so far.
#
#	scrm-pick ... | scrm-tag ... -o FILE
#	scrm_step "${PIPESTATUS[@]}"
scrm_status=0
scrm_step() {
  scrm_worst "$@"
  _scrm_step=$?
  scrm_worst "$scrm_status" "$_scrm_step"
  scrm_status=$?
  if [ "$scrm_status" = 2 ]; then
    wait # what runs beside it must not outlive the script and its lock
    exit 2
  fi
  return "$_scrm_step"
}

# scrm_also COMMAND...: runs beside what follows, until
# scrm_wait: waits for all of these, which are one step.
_scrm_pids=
scrm_also() {
  "$@" &
  _scrm_pids="$_scrm_pids $!"
}
scrm_wait() {
  _scrm_all=
  for _scrm_pid in $_scrm_pids; do
    wait "$_scrm_pid"
    _scrm_all="$_scrm_all $?"
  done
  _scrm_pids=
  # shellcheck disable=SC2086 # numbers
  scrm_step $_scrm_all
}

# scrm_alone FILE: locks FILE until this script ends; says so and fails with 75
# where another run holds it. Descriptor 9 is taken.
#
#	scrm_alone .lock || exit
scrm_alone() {
  exec 9>> "$1" || return 2
  flock -n -E 75 9 && return
  _scrm_status=$?
  [ "$_scrm_status" != 75 ] ||
    echo "${0##*/}: another run is at work in $PWD" >&2
  return "$_scrm_status"
}

# scrm_bases [OPTION...]: makes a base of each raw/MAP/FILE that is new or has
# changed, with these options of scrm-ingest, and drops those whose raw file is
# gone: take an import away and it never was. It is one step.
scrm_bases() {
  for _scrm_base in base/*/*.ndjson base/*/*.ndjson*.??????; do
    _scrm_raw=raw/${_scrm_base#base/}
    case $_scrm_base in
    *.ndjson)
      [ -e "${_scrm_raw%.ndjson}" ] ||
        rm -f "$_scrm_base" "$_scrm_base.rejects" "$_scrm_base.stamp"
      ;;
    *) rm -f "$_scrm_base" ;; # a tool that was killed left it
    esac
  done
  _scrm_all=
  for _scrm_raw in raw/*; do
    [ ! -f "$_scrm_raw" ] || {
      echo "${0##*/}: $_scrm_raw is in no map's folder: raw/MAP/FILE" >&2
      _scrm_all="$_scrm_all 1"
    }
  done
  for _scrm_raw in raw/*/*; do
    [ -e "$_scrm_raw" ] || continue
    _scrm_map=${_scrm_raw#raw/} _scrm_base=base/${_scrm_raw#raw/}.ndjson
    mkdir -p "${_scrm_base%/*}"
    scrm ingest --if-changed -m "${_scrm_map%/*}" -o "$_scrm_base" "$@" \
      "$_scrm_raw"
    _scrm_all="$_scrm_all $?"
  done
  # shellcheck disable=SC2086 # numbers
  scrm_step $_scrm_all
}
