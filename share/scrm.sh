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
