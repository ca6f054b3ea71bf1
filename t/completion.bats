#!/usr/bin/env bats
# Completion in bash and zsh, from the tools' own tables.
load helper

# offers WORD...: what bash offers for the last word of a line; none means
# files.
offers() {
  bash -c '. "$SRC/share/completion/scrm.bash"
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _scrm "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

@test "--complete has every option of --help, and no other" {
  same() {
    { "$1" --help | sed -n 's/^  \(-.\)*,* *\(--[a-z-]*\).*/\2/p'; echo --help; } |
      grep -v '^$' | LC_ALL=C sort -u > own
    "$1" --complete | cut -f 2 | LC_ALL=C sort -u > all
    is "$(comm -23 own all)" ""
    "$1" --complete | awk -F '\t' 'NF != 4 || $1 !~ /^-.$/ || $4 == "" { exit 1 }'
  }
  each same $(tools)
}

@test "bash: tools and verbs, then options, maps, and else files" {
  is "$(offers scrm pi)" pick
  is "$(offers scrm in | sort | paste -sd' ')" "ingest init"
  is "$(offers scrm help rf)" rfm
  is "$(offers scrm pick --inv)" --invert
  is "$(offers scrm-pick --inv)" --invert
  offers scrm-pick - | grep -qx -- -v
  is "$(offers scrm-ingest -m shopify- | paste -sd' ')" \
    "shopify-customers shopify-orders"
  is "$(offers scrm ingest --map taobao-i)" taobao-items
  is "$(offers scrm-export -m me)" meta-audience
  is "$(offers scrm-pick -o x)" ""
  is "$(offers scrm-pick rec)" ""
  is "$(offers scrm init d)" ""
}

@test "bash: each tool has it" {
  bash -c '. "$SRC/share/completion/scrm.bash"; complete' > told
  for t in scrm $(tools); do
    grep -q -- "-F _scrm $t\$" told
  done
}

@test "zsh: the same options and maps, as _arguments wants them" {
  need zsh
  specs() {
    zsh -f -c 'fpath=($SRC/share/completion $fpath); autoload -Uz _scrm
      _arguments() { print -rl -- "$@" }
      _describe() { print -rl -- "${(@P)2}" }
      words=("$@") CURRENT=$#
      _scrm' zsh "$@"
  }
  specs scrm-pick '' > got
  grep -qxF -- '(-v --invert)-v[pass the others]' got
  grep -qF -- '(-o --output)-o+[' got
  grep -qF -- '(-o --output)--output=[' got
  is "$(specs scrm pick '')" "$(cat got)"
  specs scrm-ingest '' | grep -q ':MAP:(.*shopify-orders'
  specs scrm-export '' | grep -q ':EXPORT:(.*meta-audience'
  specs scrm '' | grep -q '^pick:pass'
  specs scrm '' | grep -qx init
}

@test "zsh loads it for every tool" {
  need zsh
  zsh -f -c 'fpath=($SRC/share/completion $fpath); autoload -Uz compinit
    compinit -u -D; print ${_comps[scrm]} ${(kv)_postpatcomps}' > got
  grep -q '^_scrm .*scrm-\* _scrm' got
}
