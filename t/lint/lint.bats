#!/usr/bin/env bats
load ../helper

setup() {
  cd "$SRC" || return
}

@test "pages are clean mdoc" {
  for page in man/*.[1-9]; do
    mandoc -T lint -W style "$page" 2>&1 |
      grep -vE 'referenced manual not found|outdated mandoc.db' && bad=1
  done
  [ -z "${bad:-}" ]
}

@test "pages refer to pages that exist" {
  awk '$1 == ".Xr" && $2 ~ /^scrm/ {
    file = "man/" $2 "." $3
    if ((getline line < file) < 0) {
      printf "%s:%d: no page %s(%s)\n", FILENAME, FNR, $2, $3
      bad = 1
    }
    close(file)
  }
  END { exit bad }' man/*.[1-9]
}

@test "scripts pass shellcheck" {
  scripts=(share/scrm.sh)
  while IFS= read -r f; do
    head -n 1 "$f" | grep -qE '^#!.*(sh|bash)$' && scripts+=("$f")
  done < <(git ls-files t .ci bench share samples 2>/dev/null ||
    find t .ci bench share samples -type f)
  shellcheck -x "${scripts[@]}" t/helper.bash
  # In tests words are split and names like "more" redirected to on purpose;
  # what bats sets, and subshells of its own, shellcheck does not know.
  shellcheck -s bats -S warning \
    -e SC2030,SC2031,SC2046,SC2120,SC2154,SC2238,SC2314,SC2315 \
    t/*.bats t/lint/*.bats
}

@test "the layout of the code is clang-format's" {
  find common cmd t -name '*.[ch]' -exec clang-format --dry-run -Werror {} +
}

@test "each header compiles alone" {
  for h in common/*/*.h; do
    echo "#include \"${h#common/}\"" |
      ${CC:-cc} -std=c11 -D_GNU_SOURCE -Icommon -I"$B" -Wall -Wextra \
        -fsyntax-only -Wno-unused-function -xc - || bad=1
  done
  [ -z "${bad:-}" ]
}

@test "no layer knows one below it, no tool another" {
  t/layers.sh
}

@test "functions that have no length, or read the locale, are not used" {
  ! grep -nwE '(strcpy|strcat|sprintf|strtok|atof|atoi|sscanf|localtime|gmtime|setlocale|gets)[ ]*\(' \
    common/*/*.[ch] cmd/*.c
}

@test "money knows no double" {
  ! grep -nwE 'double|float' common/value/money.[ch]
}
