# shellcheck shell=bash
# Completion of scrm and its tools for bash. The options are asked of the tool
# itself (--complete), so they are always those it has.

# _scrm_words SCRM: its tools and verbs.
_scrm_words() {
  "$1" --list | sed 's/^scrm-//; s/ .*//'
  "$1" --help | sed -n 's/.*scrm \([a-z]*\) .*/\1/p' | grep -vx tool
}

_scrm() {
  local cur=$2 prev=$3 tool=("$1") table arg words=
  COMPREPLY=()
  if [[ ${1##*/} == scrm ]]; then
    tool+=("${COMP_WORDS[1]}")
    if ((COMP_CWORD == 1)) || [[ ${COMP_WORDS[1]} == help ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$(_scrm_words "$1")" -- "$cur")
      return
    fi
  fi
  # with nothing said here files are offered
  table=$("${tool[@]}" --complete 2> /dev/null) || return
  arg=$(awk -F '\t' -v o="$prev" '$1 == o || $2 == o { print $3 }' <<< "$table")
  case ${arg:--} in
  MAP | EXPORT) words=$("${tool[@]}" --list | sed 's/ .*//') ;;
  -) [[ $cur != -* ]] || words=$(cut -f 1,2 <<< "$table" | tr '\t' '\n' | grep -vx -e --) ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -o default -F _scrm scrm
for _scrm_tool in $(scrm --list 2> /dev/null | sed 's/ .*//'); do
  complete -o default -F _scrm "$_scrm_tool"
done
unset _scrm_tool
