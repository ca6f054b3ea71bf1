#!/bin/sh
# deps: installs what is missing of "package:probe" pairs, on Debian and its
# like; elsewhere names what is missing. Says nothing where all is there.
missing=
if command -v dpkg-query >/dev/null; then
  # shellcheck disable=SC2016 # dpkg-query's own format
  have=$(printf '%s\n' "$@" | sed 's/:.*//' |
    xargs dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null)
  for d; do
    case "
$have
" in
    *"
${d%%:*} installed
"*) ;;
    *) missing="$missing ${d%%:*}" ;;
    esac
  done
  [ "$missing" ] || exit 0
  echo "deps: apt-get install$missing"
  root="env DEBIAN_FRONTEND=noninteractive"
  [ "$(id -u)" = 0 ] || root="sudo $root"
  # shellcheck disable=SC2086 # lists of words
  $root apt-get -q update &&
    exec $root apt-get -q install -y --no-install-recommends $missing
  exit
fi

for d; do
  probe=${d#*:}
  case $probe in
  *.h) echo "#include <$probe>" | ${CC:-cc} -E - >/dev/null 2>&1 ;;
  *) command -v "$probe" >/dev/null ;;
  esac || missing="$missing $probe (Debian's ${d%%:*})"
done
[ "$missing" ] || exit 0
echo "deps: not found:$missing" >&2
exit 1
