#!/bin/sh
# deb.sh ROOT VERSION DIR: makes a Debian package in DIR of what make install
# put under ROOT. The same tree gives the same bytes: times are those of the
# last commit, or SOURCE_DATE_EPOCH.
set -eu
root=$(cd "$1" && pwd) version=$2 dir=$(cd "$3" && pwd)
cd "$(dirname "$0")/.."
arch=$(dpkg --print-architecture)
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2> /dev/null ||
  stat -c %Y NEWS.md)}"
export SOURCE_DATE_EPOCH
strip --strip-unneeded "$root"/usr/bin/*
chmod -R u=rwX,go=rX "$root"

# What it links, by the packages of this machine; it wants a source package.
rm -rf "$dir/shlibs"
mkdir -p "$dir/shlibs/debian" "$root/DEBIAN"
printf 'Source: scrm\n\nPackage: scrm\nArchitecture: any\n' \
  > "$dir/shlibs/debian/control"
ln -s "$root" "$dir/shlibs/debian/scrm"
depends=$(cd "$dir/shlibs" && dpkg-shlibdeps -O debian/scrm/usr/bin/* |
  sed -n 's/^shlibs:Depends=//p')
rm -r "$dir/shlibs"

cat > "$root/DEBIAN/control" << END
Package: scrm
Version: $version
Architecture: $arch
Maintainer: the makers of scrm <scrm@localhost>
Installed-Size: $(du -k -s --apparent-size "$root/usr" | cut -f 1)
Depends: $depends, tzdata
Recommends: man-db | mandoc
Suggests: bash-completion, jq
Section: utils
Priority: optional
Description: a social CRM of small filters
 Turns the exports of every channel (Taobao and Tmall, Shopify, WeChat, tills)
 into one customer a person, with facts, scores, tags, segments, reports and
 lists: Unix filters over newline-delimited JSON, and a working folder with a
 morning run.
END
(cd "$root" && find usr -type f | LC_ALL=C sort | xargs -d '\n' md5sum) \
  > "$root/DEBIAN/md5sums"
dpkg-deb --root-owner-group -b "$root" "$dir/scrm_${version}_$arch.deb" \
  > /dev/null
echo "$dir/scrm_${version}_$arch.deb"
