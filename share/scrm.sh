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
