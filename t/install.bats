#!/usr/bin/env bats
# What make install and make deb put in place.
load helper

# placed ROOT: in ROOT/usr a whole scrm, at work from there.
placed() {
  local usr=$1/usr
  is "$("$usr/bin/scrm" --share)" "$usr/share/scrm"
  for t in scrm $(tools); do
    [ -x "$usr/bin/$t" ] && [ -e "$usr/share/man/man1/$t.1" ]
    [ -e "$usr/share/bash-completion/completions/$t" ]
  done
  for f in scrm.sh maps/taobao-orders.json folder/daily folder/.gitignore; do
    [ -e "$usr/share/scrm/$f" ]
  done
  is "$("$usr/bin/scrm" --list | grep -c '  *[a-z]')" "$(tools | wc -l)"
  # for all to read, for nobody but root to write
  is "$(find "$usr" ! -type l ! -perm -444)$(find "$usr" ! -type l -perm /022)" ""
  PATH=$usr/bin:/usr/bin:/bin
  scrm ingest -q -m taobao-orders "$SRC"/samples/raw/taobao-orders/* 2> err |
    scrm latest | scrm dedupe --exact | scrm profile > customers
  [ -s customers ]
  scrm init crm > said
  grep -qx "PATH=$usr/bin:/usr/bin:/bin" said
  cp -R "$SRC/samples/raw/shopify-customers" crm/raw
  run -0 crm/daily 2026-11-20
  is "$output" ""
}

@test "make install: tools, pages, maps, folder, completion, in a folder with a blank" {
  make -s -C "$SRC" install B="${B#"$SRC"/}" DESTDIR="$PWD/a dest" PREFIX=/usr > /dev/null
  [ -e "a dest/usr/share/zsh/site-functions/_scrm" ]
  placed "$PWD/a dest"
}

@test "make deb: a package that works where it is unpacked, twice the same bytes" {
  need dpkg-deb dpkg-shlibdeps strip
  make -s -C "$SRC" install B="${B#"$SRC"/}" DESTDIR="$PWD/one" PREFIX=/usr > /dev/null
  cp -R one two
  mkdir out1 out2
  deb=$("$SRC/t/deb.sh" one 9.8 out1)
  is "$deb" "$PWD/out1/scrm_9.8_$(dpkg --print-architecture).deb"
  (cd "$SRC" && t/deb.sh "$BATS_TEST_TMPDIR/two" 9.8 "$BATS_TEST_TMPDIR/out2")
  cmp out1/*.deb out2/*.deb
  for p in libc6 libjansson4 libpcre2-8-0 tzdata; do
    dpkg-deb -f "$deb" Depends | grep -q "$p"
  done
  is "$(dpkg-deb -c "$deb" | awk '{ print $2 }' | sort -u)" root/root
  mkdir root
  dpkg-deb -x "$deb" root
  dpkg-deb -e "$deb" control
  (cd root && md5sum --quiet -c ../control/md5sums)
  placed "$PWD/root"
}
