#!/usr/bin/env bash
# demo.sh DIR: the filled folder of samples/ copied to DIR, its morning run,
# and what came of it. B is where the tools were built.
set -u
dir=$1
PATH=$(cd "$B/bin" && pwd):$PATH
rm -rf "$dir"
mkdir -p "${dir%/*}"
cp -R "$(dirname "$0")/../samples" "$dir" && cd "$dir" || exit 2
echo "exports of an invented house, as its channels write them:"
printf '  %s\n' raw/*/*
echo
echo "./daily 2026-11-20"
./daily 2026-11-20
status=$?
case $status in
0) ;;
1) echo "(three rows are bad on purpose: they are named, kept, and the rest goes on)" ;;
*) exit "$status" ;;
esac
echo
cat out/2026-11-20/sales-by-channel.txt
echo
cat out/2026-11-20/segments.txt
echo
cat out/2026-11-20/followers.txt
echo
echo "out/2026-11-20/vip.xlsx is the list for Excel; its first rows:"
scrm pick "tags = 'vip'" now/customers.ndjson |
  scrm export -c 姓名=name,城市=city,"消费额 (CNY)"=revenue,订单=orders |
  head -6
echo
echo "now in $dir: scrm fields now/customers.ndjson"
