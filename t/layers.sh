#!/bin/sh
# layers: a file of common/ includes headers of its own layer and of those
# above it in common/LAYERS only; no tool knows another; each foreign library
# is seen by the files named here only. Says what breaks this; silent if good.
cd "$(dirname "$0")/.." || exit
awk '
function bad(why) { printf "%s:%d: %s\n", FILENAME, FNR, why; status = 1 }

BEGIN {
  while ((getline line < "common/LAYERS") > 0)
    rank[line] = ++layers
  only["csv.h"] = "^common/edge/csv"
  only["expat.h"] = "^common/edge/(xml|xlsx)"
  only["minizip/unzip.h"] = "^common/edge/(zip|xlsxout)"
  only["zlib.h"] = "^common/edge/(pack|inside)"
  only["iconv.h"] = "^common/edge/charset"
  only["pcre2.h"] = "^common/record/"
  only["jansson.h"] = "^common/(record|edge|crm)/"
  only["xxhash.h"] = "^common/base/hash"
  only["nettle/hmac.h"] = only["nettle/sha2.h"] = "^common/edge/digest"
  only["xlsxwriter.h"] = "^common/edge/xlsxout"
}

FNR == 1 {
  split(FILENAME, part, "/")
  mine = part[1] == "cmd" ? layers + 1 : rank[part[2]]
  if (!mine)
    bad("not in common/LAYERS: " part[2])
}

/^#[ \t]*include/ {
  header = $0
  sub(/^[^"<]*["<]/, "", header)
  sub(/[">].*/, "", header)
  if (header in only) {
    if (FILENAME !~ only[header])
      bad("<" header "> is for " only[header] " only")
    next
  }
  if ($0 !~ /"/)
    next
  layer = header
  sub(/\/.*/, "", layer)
  if (!(layer in rank))
    bad("\"" header "\" is of no layer")
  else if (rank[layer] > mine)
    bad("layer " part[2] " must not know " layer " (" header ")")
}

END { exit status }
' common/*/*.[ch] cmd/*.c
