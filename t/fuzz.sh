#!/bin/bash
# fuzz run|plant SECONDS TARGET...: builds the targets with clang's libFuzzer
# and runs each. "run": none may find anything. "plant": a bug is planted in
# what each target tests (-DPLANT_NAME), and each must find it in that time.
# What was found stays in the build folder.
cd "$(dirname "$0")/.." || exit
mode=$1 seconds=$2
shift 2
sane='-O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all'
status=0

# build FOLDER FLAGS TARGET
build() {
  make -s -j2 CC=clang CXX=clang++ "B=$1" "CFLAGS=$sane $2" "$1/fuzz/$3"
}

# planted TARGET: the ordinary build but for what holds the planted bug.
planted() {
  local dir=build-plant-$1 flag=PLANT_${1^^} f
  build build-fuzz "" "$1" || return
  rm -rf "$dir"
  cp -a build-fuzz "$dir" || return
  grep -rlw "$flag" common t/fuzz --include='*.[ch]' | while read -r f; do
    rm -f "$dir/${f%.*}.o"
  done
  rm -f "$dir/fuzz/$1" "$dir/libscrm.a"
  build "$dir" "-D$flag" "$1"
}

for name; do
  if [ "$mode" = run ]; then
    dir=build-fuzz
    build "$dir" "" "$name" || exit
  else
    dir=build-plant-$name
    planted "$name" || exit
    rm -rf "$dir/corpus"
  fi
  mkdir -p "$dir/corpus/$name" "$dir/found"
  seeds=()
  [ -d "t/fuzz/$name" ] && seeds=("t/fuzz/$name")
  echo "fuzz: $name, $seconds s"
  if "$dir/fuzz/$name" -max_total_time="$seconds" -timeout=10 -max_len=4096 \
    -artifact_prefix="$dir/found/$name-" -print_final_stats=0 \
    "$dir/corpus/$name" "${seeds[@]}" > "$dir/$name.log" 2>&1; then
    found=no
  else
    found=yes
  fi
  case $mode-$found in
  run-yes)
    tail -n 40 "$dir/$name.log"
    echo "fuzz: $name found something, see $dir/found"
    status=1
    ;;
  plant-no)
    echo "fuzz: $name did not find the planted bug in $seconds s"
    status=1
    ;;
  esac
done
exit $status
