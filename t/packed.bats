#!/usr/bin/env bats
load helper

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  cat > map.json <<'END'
{ "set": { "source": "s" }, "may": true,
  "records": [ { "type": "order", "fields": { "order_id": "id", "n": "@name" } } ] }
END
}

ingest() {
  scrm-ingest -m ./map.json "$@"
}

zipped() {
  perl "$SRC/t/zip.pl" "$@"
}

# dies FILE WHAT: 2, this is said, nothing is written, yesterday's file stands.
dies() {
  echo yesterday > out
  run -2 --separate-stderr ingest -o out "$1"
  is "$stderr" "scrm-ingest: $2"
  is "$(cat out)" yesterday
}

# flip FILE OFFSET-IN-ENTRY BYTE: sets a byte of each entry of the archive's list.
flip() {
  perl -0777 -pi -e 's/(PK\x01\x02.{'"$2"'})./$1.chr('"$3"')/ges' "$1"
}

@test "files of a zip: each in the order of their names, with theirs in file" {
  zipped 2026-11-20-a.zip <<'END'
== b/two.csv
id
2
== 2026-11-19-one.csv
id
1
== __MACOSX/._x.csv
junk
END
  is "$(ingest 2026-11-20-a.zip)" '{"type":"order","source":"s","order_id":"1","n":"one","observed_at":"2026-11-20","file":"2026-11-20-a.zip/2026-11-19-one.csv","row":1}
{"type":"order","source":"s","order_id":"2","n":"two","observed_at":"2026-11-20","file":"2026-11-20-a.zip/b/two.csv","row":1}'
  mv 2026-11-20-a.zip a.zip
  is "$(ingest a.zip | jq -r .observed_at | paste -sd,)" 2026-11-19,null
  is "$(cat a.zip | ingest | jq -r .file | head -n 1)" -/2026-11-19-one.csv
  is "$(ingest - < a.zip | wc -l)" 2
}

@test "a row of a zip that is refused is named with its file" {
  printf '== x.csv\nid,n\n1\n' | zipped a.zip
  run -1 --separate-stderr ingest --rejects rejects a.zip
  [[ $stderr == *"a.zip/x.csv:2: expected 2 fields, got 1"* ]]
  is "$(jq -r .file rejects)" a.zip/x.csv
}

@test "each file of a zip has its own encoding; names that Windows wrote in GBK" {
  printf 'id,x\n1,\326\320\n' > gbk
  sed -i 's/"may"/"input": { "encodings": ["utf-8", "gb18030"] }, "may"/' map.json
  { printf '== \266\251\265\245.csv\n'; cat gbk; printf '== a.csv\nid,x\n2,中\n'; } | zipped a.zip
  flip a.zip 5 0 # names are not UTF-8
  is "$(ingest a.zip | jq -r '[.file, .extra.x] | join(" ")')" 'a.zip/a.csv 中
a.zip/订单.csv 中'
}

@test "gzip by its bytes, several members, zeros behind them" {
  printf 'id\n1\n' | zipped a.csv -gz
  printf '2\n' | zipped b.gz -gz
  cat b.gz >> a.csv
  head -c 512 /dev/zero >> a.csv
  is "$(ingest a.csv | jq -c '[.order_id, .file, .row]')" '["1","a.csv",1]
["2","a.csv",2]'
  is "$(cat a.csv | ingest | wc -l)" 2
  echo more >> a.csv
  dies a.csv "'a.csv': other bytes stand behind what gzip packed"
}

@test "zstd by its bytes, several frames, a pipe, what is wrong with one" {
  need zstd
  { echo id; seq 40000; } > plain
  ingest < plain | jq -c .order_id > want
  for level in 1 19; do
    zstd -q -$level < plain > a.csv
    is "$(ingest a.csv | jq -c .order_id | cmp - want)" ''
    is "$(cat a.csv | ingest | jq -c .order_id | cmp - want)" ''
    is "$(ingest -j2 a.csv | jq -c .order_id | cmp - want)" ''
  done
  { printf 'id\n1\n' | zstd -q; printf '2\n' | zstd -q; } > two.zst
  is "$(ingest two.zst | jq -r .order_id | paste -sd,)" 1,2
  is "$(printf 'id,n\n' | zstd -q | ingest)" ''
  head -c -9 a.csv > half
  dies half "'half': its end is missing; was it downloaded whole?"
  cat two.zst plain > more
  dies more "'more': what zstd packed is damaged"
  zstd -q < two.zst > twice
  dies twice "'twice' is packed once more; unpack it first"
  zstd -q --long=27 < plain > long # from a pipe: its size is not known
  dies long "'long': zstd packed it with --long or --ultra, which wants much memory; unpack it first"
  head -c 200M /dev/zero | zstd -q > bomb
  dies bomb "'bomb': it becomes more than 200 times as large when it is unpacked: a zip bomb"
}

@test "all threads give what one gives" {
  { echo id,x; seq 20000 | sed 's/$/,y/'; } > in
  gzip -k in
  ingest in | jq -c 'del(.file)' > want
  ingest -j 3 in.gz | jq -c 'del(.file)' | cmp want -
}

@test "half a download: of a zip, of a gzip, of a CSV" {
  { echo '== a.csv'; echo id,x; seq 3000 | sed 's/$/,"y"/'; } | zipped whole.zip
  head -c 3000 whole.zip > a.zip
  dies a.zip "'a.zip': the end of the zip archive is missing; was it downloaded whole?"
  { echo id,x; seq 3000 | sed 's/$/,"y"/'; } > all
  zipped whole.gz -gz < all
  head -c 3000 whole.gz > a.gz
  dies a.gz "'a.gz': its end is missing; was it downloaded whole?"
  cut="the file ends in the middle of a row; was it downloaded whole?"
  printf 'id,x\n1,2\n3,"4' > a.csv
  dies a.csv "a.csv:3: $cut"
  printf 'id,x\n1,2\n3,"4\n5' > a.csv
  run -2 --separate-stderr ingest a.csv
  [[ $stderr == *"a.csv:4: $cut"* ]]
  printf 'id,x\n1,2\n3' > a.csv
  dies a.csv "a.csv:3: $cut"
  run -2 ingest -j 3 a.csv
}

@test "no half: a last row without a line end, a quote amiss, what comes after a stop" {
  printf 'id,x\n1,2\n3,4' > a.csv
  is "$(ingest a.csv | wc -l)" 2
  printf 'id,x\n1,"2\n3,4\n5,6' > a.csv
  run -1 --separate-stderr ingest a.csv
  is "$(jq -r .order_id <<< "$output" | paste -sd,)" 3,5
  sed -i 's/"may"/"stop": { "id": "Total" }, "may"/' map.json
  printf 'id,x\n1,2\nTotal,9\nprinted by "me' > a.csv
  is "$(ingest a.csv | jq -r .order_id)" 1
}

@test "a bomb, whether zip or gzip or workbook, in little memory" {
  head -c 20000000 /dev/zero | tr '\0' '\n' > lf
  { echo '== a.csv'; cat lf; } | zipped a.zip
  what="it becomes more than 200 times as large when it is unpacked: a zip bomb"
  dies a.zip "'a.zip/a.csv': $what"
  zipped a.gz -gz < lf
  dies a.gz "'a.gz': $what"
  { echo '== [Content_Types].xml'; echo '== _rels/.rels'; echo '<x>'; cat lf; } | zipped a.xlsx
  dies a.xlsx "'a.xlsx': $what"
  # a small one is none
  { echo id; seq 9; head -c 900000 lf; } | zipped b.gz -gz
  is "$(ingest b.gz | wc -l)" 9
  [[ $B = *asan* ]] || ulimit -d 16000
  run -2 ingest a.gz
  [[ $output == *"a zip bomb"* ]]
}

@test "a zip in a zip, gzip in gzip, tar" {
  printf '== a.csv\nid\n1\n' | zipped in.zip -0
  { printf '== deep.zip\n'; cat in.zip; } | perl -pe 's/^== a/=-- a/' | zipped a.zip
  dies a.zip "'a.zip/deep.zip' is packed once more; unpack it first"
  zipped in.gz -gz < in.zip
  dies in.gz "'in.gz' is packed once more; unpack it first"
  touch x.csv
  tar cf x.tar x.csv
  zipped x.tgz -gz < x.tar
  dies x.tgz "'x.tgz' is an archive of tar; unpack it first"
}

@test "a password, a method that is not read, a checksum that is wrong" {
  printf '== a.csv\nid\n1\n' | zipped a.zip -0
  cp a.zip b.zip
  cp a.zip c.zip
  flip a.zip 4 9
  dies a.zip "'a.zip/a.csv': it is encrypted; take the password off, or unpack it first"
  flip b.zip 6 9
  dies b.zip "'b.zip/a.csv': it is packed by a method that is not read; unpack it first"
  perl -pi -e 's/^1$/7/' c.zip
  dies c.zip "'c.zip/a.csv': its checksum is wrong: the zip archive is damaged"
}

# ole NAME: a file of Microsoft's old container that has this in its folder.
ole() {
  perl -e 'print "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "\0" x 22, pack("v", 9), "\0" x 16,
    pack("V", 1), "\0" x 460, "\0" x 512, pack("v*", unpack("C*", $ARGV[0])), "\0" x 600' "$1"
}

@test ".xls, a workbook with a password, .ods, Numbers, PDF: each with its remedy" {
  ole Workbook > a.xlsx
  dies a.xlsx "'a.xlsx' is a workbook of the old kind (.xls); save it as .xlsx or as CSV UTF-8"
  ole EncryptedPackage > a.xlsx
  dies a.xlsx "'a.xlsx' is protected by a password; take the password off in the spreadsheet and save it again"
  run -2 bash -c 'cat a.xlsx | scrm-ingest -m ./map.json'
  [[ $output == *"protected by a password"* ]]
  printf '== content.xml\n<x/>\n== mimetype\nx' | zipped b
  dies b "'b' is a document of LibreOffice (.ods); save it as .xlsx or as CSV UTF-8"
  printf '== Index/Document.iwa\nx' | zipped c
  dies c "'c' is a document of Numbers; export it as .xlsx or as CSV UTF-8"
  printf '%%PDF-1.7\n' > d.csv
  dies d.csv "'d.csv' is a PDF; get the table as CSV or .xlsx"
  printf '== x/\n' | zipped e
  dies e "'e': there is no file in it"
}

@test "JSON and XML are unpacked as CSV is" {
  zipped a.gz -gz < "$SRC/samples/raw/wechat-users/2026-11-20-batchget.json"
  scrm-ingest -m wechat-users -D appid=wx1 --observed 2026-11-20 a.gz | jq -c 'del(.file)' > got
  scrm-ingest -m wechat-users -D appid=wx1 "$SRC"/samples/raw/wechat-users/* | jq -c 'del(.file)' | cmp got -
}

@test "records are taken as they are, so packed ones are refused with the remedy" {
  echo '{"type":"order","source":"s","order_id":"1"}' > r.ndjson
  gzip -k r.ndjson
  zstd -q r.ndjson
  { echo "== r.ndjson"; cat r.ndjson; } | zipped r.zip
  for f in r.ndjson.gz r.ndjson.zst r.zip; do
    run -2 --separate-stderr scrm-ingest -m records -o out r.ndjson $f
    is "$stderr" "scrm-ingest: $f: it is packed, and map 'records' takes \
records as they are: unpack it first"
    [ ! -e out ]
  done
}
