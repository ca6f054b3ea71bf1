#!/bin/bash
# mutants: takes out each check that is marked "#ifndef MUTANT_name", one at a
# time, and requires that the tests then fail; a check whose loss nobody
# notices is not tested. Names on the command line: only these.
cd "$(dirname "$0")/.." || exit
export B=build-mutant
flags='-O1 -g0'
make=(make -s -j2 "CFLAGS=$flags" "B=$B")

units=()
for f in t/unit/*.c; do
  units+=("$B/unit/$(basename "$f" .c)")
done

# What is asked: the parts of the suite that know the module, quick first.
ask() {
  local b=() f
  for f in t/record.bats t/condition.bats t/pick.bats; do
    [ -e "$f" ] && b+=("$f")
  done
  prove -Q -j2 "${units[@]}" > "$B/out" 2>&1 && prove -Q -j2 "${b[@]}" > "$B/out" 2>&1
}

build() {
  "${make[@]}" "$@" all "${units[@]}"
}

names=("$@")
if [ $# -eq 0 ]; then
  mapfile -t names < <(grep -rhoE 'MUTANT_[a-z0-9_]+' common | sort -u |
    sed 's/MUTANT_//')
fi
build || exit
ask || { echo "mutants: the tests fail without any"; cat "$B/out"; exit 1; }

alive=0
for name in "${names[@]}"; do
  mapfile -t files < <(grep -rlwE "MUTANT_$name" common)
  touch "${files[@]}"
  build "CFLAGS=$flags -DMUTANT_$name" || exit
  if ask; then
    echo "mutants: $name lives: no test misses this check"
    alive=$((alive + 1))
  else
    echo "mutants: $name is noticed by $(grep -m 1 -oE \
      '^(t|build-mutant/unit)/[a-z_]+' "$B/out" | sed 's|.*/||')"
  fi
  touch "${files[@]}"
done
echo "mutants: ${#names[@]} checks taken out, $alive not noticed"
[ ${#names[@]} -ge 10 ] || [ $# -gt 0 ] || { echo "mutants: ten are wanted"; exit 1; }
[ "$alive" = 0 ]
