#!/usr/bin/env bats
load helper

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  cat > map.json <<'END'
{ "set": { "source": "s" }, "may": true, "null": [""],
  "records": [ { "type": "order", "fields": { "order_id": "id" } } ] }
END
  shared='' styles='' book='' sheets='<sheet name="List" sheetId="1" r:id="r1"/>'
}

# book OUT: a workbook whose rows, as XML, stand on standard input. $shared:
# texts, $styles: what styles.xml holds, $sheets: the list, $book: more of it.
book() {
  local rel=http://schemas.openxmlformats.org/officeDocument/2006/relationships
  { cat <<END
== [Content_Types].xml
<Types/>
== _rels/.rels
<Relationships><Relationship Id="r1" Type="$rel/officeDocument" Target="xl/workbook.xml"/></Relationships>
== xl/workbook.xml
<workbook xmlns:r="$rel">$book<sheets>$sheets</sheets></workbook>
== xl/_rels/workbook.xml.rels
<Relationships>
<Relationship Id="r1" Type="$rel/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="r2" Type="$rel/worksheet" Target="/xl/worksheets/sheet2.xml"/>
<Relationship Id="r3" Type="$rel/styles" Target="styles.xml"/>
<Relationship Id="r4" Type="$rel/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>
== xl/styles.xml
<styleSheet>$styles</styleSheet>
== xl/sharedStrings.xml
<sst>$shared</sst>
== xl/worksheets/sheet2.xml
<worksheet><sheetData>
<row r="1"><c r="A1" t="str"><v>id</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>
</sheetData></worksheet>
== xl/worksheets/sheet1.xml
<worksheet><sheetData>
END
    cat
    echo '</sheetData></worksheet>'
  } | perl "$SRC/t/zip.pl" "$1"
}

# header NAME...: the first row.
header() {
  local name
  printf '<row r="1">'
  for name; do printf '<c t="inlineStr"><is><t>%s</t></is></c>' "$name"; done
  printf '</row>\n'
}

# row N CELL...: cells as XML, without their places.
row() {
  local n=$1
  shift
  printf '<row r="%s">%s</row>\n' "$n" "$*"
}

# values: what became of column "x", a line each; "-" where it is missing.
values() {
  jq -r '.extra.x // "-"'
}

ingest() {
  scrm-ingest -m ./map.json "$@"
}

# little FILE...: ingest with 16 MB of its own.
little() {
  [[ $B = *asan* ]] || ulimit -d 16000
  ingest "$@"
}

# formats CODE...: styles 1, 2, ... with these number formats; a number is the
# one that Excel knows by it.
formats() {
  local code i=200 own='' xf='<xf numFmtId="0"/>'
  for code; do
    if [[ $code =~ ^[0-9]+$ && $code != 0* ]]; then
      xf+="<xf numFmtId=\"$code\"/>"
    else
      own+="<numFmt numFmtId=\"$i\" formatCode=\"$code\"/>"
      xf+="<xf numFmtId=\"$((i++))\"/>"
    fi
  done
  styles="<numFmts>$own</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>$xf</cellXfs>"
}

@test "the till's list as two programs write it reads as the CSV does" {
  local csv=$SRC/samples/raw/till-orders/2026-11-20-till.csv
  scrm-ingest -m till-orders --observed 2026-11-20 "$csv" 2> err | jq -c 'del(.file)' > want
  for f in xlsxwriter openpyxl; do
    scrm-ingest -m till-orders --observed 2026-11-20 "$SRC/t/exports/till_$f.xlsx" 2> err |
      jq -c 'del(.file)' | diff want -
    grep -q "till_$f.xlsx:31: field 'gross': '1O' is no number" err
  done
}

@test "it is known by its bytes, and has its file and row" {
  { header id x; row 2 '<c><v>7</v></c>' '<c t="str"><v>red</v></c>'; } | book 2026-11-20-a.csv
  is "$(ingest 2026-11-20-a.csv)" '{"type":"order","source":"s","order_id":"7","extra":{"x":"red"},"observed_at":"2026-11-20","file":"2026-11-20-a.csv","row":1}'
  is "$(ingest < 2026-11-20-a.csv | jq -r .file)" -
  is "$(cat 2026-11-20-a.csv | ingest --sheet List - | jq -r .order_id)" 7
}

@test "texts: shared, inline, of several runs, spoken ones not, blanks, escapes" {
  shared='<si><t>id</t></si><si><r><t>双</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 11</t></r><rPh sb="0" eb="1"><t>SHUANG</t></rPh></si><si><t>a_x000A_b_x005F_x000A_</t></si>'
  { row 1 '<c t="s"><v>0</v></c><c t="inlineStr"><is><t>x</t></is></c>'
    row 2 '<c><v>1</v></c><c t="s"><v>1</v></c>'
    row 3 '<c><v>2</v></c><c t="s"><v>2</v></c>'
    row 4 '<c><v>3</v></c><c t="inlineStr"><is><r><t xml:space="preserve"> &lt;b&gt; </t></r><r><t>&amp;</t></r></is></c>'
    row 5 '<c><v>4</v></c><c t="str"><f>A1</f><v></v></c>'; } | book a.xlsx
  is "$(ingest a.xlsx | jq -c .extra.x)" '"双 11"
"a\nb_x000A_"
" <b> &"
null'
}

@test "numbers keep their digits; a double's noise and exponents go" {
  { header id x
    i=2
    for v in 1.10 19.989999999999998 -0.1 1.5E+3 2.5E-3 100 123456789012345 0.30000000000000004; do
      row $i "<c><v>$i</v></c><c><v>$v</v></c>"
      i=$((i + 1))
    done; } | book a.xlsx
  is "$(ingest a.xlsx | values | paste -sd' ')" \
    '1.10 19.99 -0.1 1500 0.0025 100 123456789012345 0.3'
}

@test "an id of 16 digits or more in a cell for numbers is refused, and said" {
  { header id x
    row 2 '<c t="str"><v>3921848131358032174</v></c><c><v>1.2345678901234499E+17</v></c>'
    row 3 '<c><v>3921848131358032174</v></c>'
    row 4 '<c><v>3.92184813135803E+18</v></c>'
    row 5 '<c><v>123456789012345</v></c>'; } | book a.xlsx
  run -1 --separate-stderr ingest a.xlsx
  is "$(jq -r '[.order_id, .extra.x // "-"] | join(" ")' <<< "$output")" '3921848131358032174 1.23456789012344E+17
123456789012345 -'
  [[ $stderr == *"a.xlsx:3: field 'order_id': '3.92184813135803E+18' is what a spreadsheet left of a longer number"* ]]
  [[ $stderr == *"a.xlsx:4: field 'order_id'"* ]]
  [[ $stderr == *"a.xlsx: numbers with more digits than the 15 that a spreadsheet keeps: 3; format"* ]]
}

@test "dates by their format: of Excel, of a Chinese one, of one's own" {
  formats 14 22 21 31 57 'yyyy\-mm\-dd' '[$-804]yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@' \
    'h:mm AM/PM' '[h]:mm' '0.00 &quot;days&quot;' '[Red]#,##0' 'General' '@'
  { header id x
    for i in 1 2 4 5 6 7; do row $((i + 1)) "<c><v>$i</v></c><c s=\"$i\"><v>46346</v></c>"; done
    row 10 '<c><v>10</v></c><c s="2"><v>46346.420138888891</v></c>'
    row 11 '<c><v>11</v></c><c s="3"><v>0.42013888888888890</v></c>'
    row 12 '<c><v>12</v></c><c s="8"><v>0.75</v></c>'
    row 13 '<c><v>13</v></c><c s="9"><v>1.1041666666666667</v></c>'
    row 14 '<c><v>14</v></c><c s="1"><v>46346.5</v></c>'
    for i in 10 11 12 13; do row $((i + 10)) "<c><v>$i</v></c><c s=\"$i\"><v>46346</v></c>"; done
    row 30 '<c><v>30</v></c><c t="d"><v>2026-11-20T10:05:00Z</v></c>'; } | book a.xlsx
  is "$(ingest a.xlsx | values)" '2026-11-20
2026-11-20 00:00:00
2026-11-20
2026-11-20
2026-11-20
2026-11-20
2026-11-20 10:05:00
10:05:00
18:00:00
26:30:00
2026-11-20 12:00:00
46346
46346
46346
46346
2026-11-20 10:05:00'
}

@test "the days of 1900 and of 1904, and the one that never was" {
  formats 14
  { header id x
    i=2
    for v in 1 59 61 60 -1 2958466; do
      row $i "<c><v>$i</v></c><c s=\"1\"><v>$v</v></c>"
      i=$((i + 1))
    done; } > rows
  book a.xlsx < rows
  run -1 --separate-stderr ingest a.xlsx
  is "$(values <<< "$output" | paste -sd' ')" '1900-01-01 1900-02-28 1900-03-01'
  [[ $stderr == *"a.xlsx:5: '60' in a cell for dates: 29 February 1900, which never was"* ]]
  [[ $stderr == *"a.xlsx:6: '-1' in a cell for dates: a negative date"* ]]
  [[ $stderr == *"a.xlsx:7: '2958466' in a cell for dates: a date after the year 9999"* ]]
  book='<workbookPr date1904="1"/>'
  head -n 3 rows | book b.xlsx
  is "$(ingest b.xlsx | values | paste -sd' ')" '1904-01-02 1904-02-29'
}

@test "a time is read whatever format the map names, in the map's zone" {
  formats 22 14
  cat > map.json <<'END'
{ "set": { "source": "s" }, "may": true, "records": [ { "type": "order", "fields": { "order_id": "id",
  "time": { "from": "t", "format": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin" },
  "day": { "from": "t", "type": "date", "format": ["%d.%m.%Y", "%d.%m.%Y %H:%M"] } } } ] }
END
  { header id t
    row 2 '<c><v>1</v></c><c s="1"><v>46346.420138888891</v></c>'
    row 3 '<c><v>2</v></c><c s="2"><v>46346</v></c>'
    row 4 '<c><v>3</v></c><c t="str"><v>20.11.2026 10:05</v></c>'
    row 5 '<c><v>4</v></c><c><v>46346</v></c>'; } | book a.xlsx
  run -1 --separate-stderr ingest a.xlsx
  is "$(jq -r '[.time, .day] | join(" ")' <<< "$output")" '2026-11-20T10:05:00+01:00 2026-11-20
2026-11-20 2026-11-20
2026-11-20T10:05:00+01:00 2026-11-20'
  [[ $stderr == *"a.xlsx:5: field 'time'"* ]]
}

@test "true and false; zeros in front that a format shows" {
  formats 00000 '0'
  cat > map.json <<'END'
{ "set": { "source": "s" }, "records": [ { "type": "order", "fields": { "order_id": "id",
  "b": { "from": "b", "type": "bool" } } } ] }
END
  { header id b
    row 2 '<c s="1"><v>501</v></c><c t="b"><v>1</v></c>'
    row 3 '<c s="1"><v>1234567</v></c><c t="b"><v>0</v></c>'
    row 4 '<c s="2"><v>5</v></c>'; } | book a.xlsx
  is "$(ingest a.xlsx | jq -r '[.order_id, .b] | map(tostring) | join(" ")')" '00501 true
1234567 false
5 null'
}

@test "formulas have the value that was saved" {
  { header id x
    row 2 '<c><f>1+1</f><v>2</v></c><c t="str"><f>"a"</f><v>a</v></c>'; } | book a.xlsx
  is "$(ingest a.xlsx 2>&1 | jq -r '.order_id, .extra.x' | paste -sd,)" 2,a
  book='<calcPr fullCalcOnLoad="1"/>'
  { header id x
    row 2 '<c><f>1+1</f><v>0</v></c><c><v>5</v></c>'; } | book b.xlsx
  is "$(ingest b.xlsx 2>&1 >/dev/null)" "scrm-ingest: b.xlsx: formulas that no spreadsheet has computed yet: 1; open the file in one and save it"
}

@test "an error, or a formula without a value: refused where a field wants it, else kept" {
  { header id x
    row 2 '<c><v>1</v></c><c t="e"><v>#N/A</v></c>'
    row 3 '<c t="e"><v>#REF!</v></c><c><v>1</v></c>'
    row 4 '<c><f>B4&amp;"x"</f><v></v></c><c><v>1</v></c>'
    row 5 '<c><v>4</v></c><c><f>A1</f></c>'; } | book a.xlsx
  run -1 --separate-stderr ingest --rejects rejects a.xlsx
  is "$(jq -r '[.order_id, .extra.x] | join(" ")' <<< "$output")" '1 #N/A
4 =A1'
  is "$(jq -r '[(.line | tostring), .field, .reason, .input] | join("|")' rejects)" \
    "3|order_id|'#REF!' is a spreadsheet's error in place of a value|#REF!,1
4|order_id|a formula whose value is not in the file; open it in a spreadsheet and save it|\"=B4&\"\"x\"\"\",1"
  sed -i 's/"null": \[""\]/"null": ["", "#N\/A"]/' map.json
  is "$(ingest a.xlsx 2>/dev/null | values | head -n 1)" -
}

@test "an error in one row of an order refuses all of it, and no other" {
  cat > map.json <<'END'
{ "set": { "source": "s" }, "group": { "by": "id" }, "records": [ { "type": "order", "fields": {
  "order_id": "id", "total": { "sum": "p", "over": "rows" }, "products": { "rows": { "price": "p" } } } } ] }
END
  { header id p
    row 2 '<c><v>1</v></c><c><v>5</v></c>'
    row 3 '<c><v>2</v></c><c><v>5</v></c>'
    row 4 '<c><v>2</v></c><c t="e"><v>#N/A</v></c>'
    row 5 '<c><v>3</v></c><c><v>1.5</v></c>'; } | book a.xlsx
  is "$(ingest a.xlsx 2>err | jq -c '[.order_id, .total]' | paste -sd' ')" '["1",5] ["3",1.5]'
  is "$(grep -c "field 'total': '#N/A' is a spreadsheet's error" err)" 2
}

@test "rows: empty ones are none, short ones are filled, long ones refused" {
  { header id x y
    row 2 '<c r="B2"><v>9</v></c>' | sed 's/<c/<c r="A2"><v>1<\/v><\/c><c/'
    row 3 '<c r="A3"/><c r="B3" s="0"/>'
    row 7 '<c r="A7"><v>2</v></c><c r="C7"><v>8</v></c>'
    row 8 '<c r="A8"><v>3</v></c><c r="E8"><v>8</v></c>'
    row 9 '<c r="A9"><v>4</v></c><c r="E9"/>'
    row 10 '<c r="B10"><v>4</v></c><c r="A10"><v>5</v></c>'; } | book a.xlsx
  run -1 --separate-stderr ingest a.xlsx
  is "$(jq -c '[.order_id, .extra, .row]' <<< "$output")" '["1",{"x":"9"},1]
["2",{"y":"8"},2]
["4",null,4]'
  [[ $stderr == *"a.xlsx:8: expected 3 fields, got 5"* ]]
  [[ $stderr == *"a.xlsx:10: its cells are not in order"* ]]
}

@test "titles above the header, as the map's preamble says" {
  sed -i 's/"may": true/"input": { "preamble": true }/' map.json
  { row 1 '<c t="str"><v>List of orders</v></c>'
    row 3 '<c r="A3" t="str"><v>id</v></c><c r="B3" t="str"><v>x</v></c>'
    row 4 '<c><v>7</v></c>'; } | book a.xlsx
  is "$(ingest a.xlsx | jq -r .order_id)" 7
}

@test "sheets: the first that is not hidden, or by name or number, or the map's" {
  sheets='<sheet name="Old" state="hidden" sheetId="1" r:id="r2"/><sheet name="2026" sheetId="2" r:id="r1"/><sheet name="Chart" sheetId="4" r:id="r9"/><sheet name="订单" sheetId="3" r:id="r2"/>'
  { header id; row 2 '<c><v>1</v></c>'; } | book a.xlsx
  run -0 --separate-stderr ingest a.xlsx
  is "$stderr" "scrm-ingest: a.xlsx: of its 3 sheets '2026' is read; --sheet says another"
  is "$(jq -r .order_id <<< "$output")" 1
  for s in 2 订单 Old; do
    is "$(ingest --sheet $s a.xlsx 2>&1 | jq -r .order_id)" 2
  done
  is "$(ingest --sheet 2026 a.xlsx 2>&1 | jq -r .order_id)" 1
  run -2 --separate-stderr ingest --sheet 3 a.xlsx
  is "$stderr" "scrm-ingest: 'a.xlsx': no sheet '3'; there are '2026', '订单'"
  sed -i 's/"may"/"input": { "sheet": "订单" }, "may"/' map.json
  is "$(ingest a.xlsx 2>&1 | jq -r .order_id)" 2
  is "$(ingest --sheet 1 a.xlsx 2>&1 | jq -r .order_id)" 1
}

@test "a million columns are refused, in little memory" {
  { header id
    printf '<row r="2">'
    seq 1000000 | sed 's/.*/<c><v>&<\/v><\/c>/'
    printf '</row>'
    row 3 '<c><v>3</v></c>'
    row 4 '<c r="ABCDE4"><v>3</v></c>'; } | book a.xlsx
  run -1 --separate-stderr little a.xlsx
  is "$(jq -r .order_id <<< "$output")" 3
  [[ $stderr == *"a.xlsx:2: more than 16384 columns"* ]]
  [[ $stderr == *"a.xlsx:4: more than 16384 columns"* ]]
  { printf '<row>'; seq 20000 | sed 's/.*/<c><v>&<\/v><\/c>/'; printf '</row>'; } | book b.xlsx
  run -2 --separate-stderr ingest -o out b.xlsx
  is "$stderr" "scrm-ingest: b.xlsx:1: the header cannot be read: more than 16384 columns"
  [ ! -e out ]
}

@test "a sheet of many rows takes little memory" {
  { header id x
    seq 2 100000 | sed 's/.*/<row r="&"><c r="A&"><v>&<\/v><\/c><c t="inlineStr"><is><t>text &<\/t><\/is><\/c><\/row>/'; } | book a.xlsx
  (little a.xlsx) > out
  is "$(tail -n 1 out | jq -c '[.order_id, .extra.x, .row]')" '["100000","text 100000",99999]'
}

@test "a row longer than --max-row is refused" {
  { header id x
    row 2 "<c><v>1</v></c><c t=\"str\"><v>$(printf 'x%.0s' {1..3000})</v></c>"
    row 3 '<c><v>2</v></c>'; } | book a.xlsx
  run -1 --separate-stderr ingest --max-row 2K a.xlsx
  is "$(jq -r .order_id <<< "$output")" 2
  [[ $stderr == *"a.xlsx:2: the row is longer than 2048 bytes"* ]]
}

@test "what cannot be read of a workbook is 2, and yesterday's file stands" {
  echo yesterday > out
  { header id; row 2 '<c><v>1</v></c>'; echo '<row><c></row>'; } | book a.xlsx
  run -2 --separate-stderr ingest -o out a.xlsx
  is "$stderr" "scrm-ingest: a.xlsx:3: XML that cannot be read: mismatched tag"
  { header id; row 2 '<c t="s"><v>9</v></c>'; } | book b.xlsx
  run -1 ingest b.xlsx
  [[ $output == *"b.xlsx:2: a cell has the shared text 9, and there are 0"* ]]
  { echo '== [Content_Types].xml'; echo '== _rels/.rels'; echo '<!DOCTYPE x [<!ENTITY a "b">]><x/>'; } |
    perl "$SRC/t/zip.pl" c.xlsx
  run -2 --separate-stderr ingest -o out c.xlsx
  is "$stderr" "scrm-ingest: 'c.xlsx': a DOCTYPE"
  { echo '== [Content_Types].xml'; echo '== word/document.xml'; echo '<x/>'; } | perl "$SRC/t/zip.pl" d.xlsx
  run -2 --separate-stderr ingest -o out d.xlsx
  is "$stderr" "scrm-ingest: 'd.xlsx': it is no workbook"
  is "$(cat out)" yesterday
}

@test "a map that reads JSON says so of a workbook" {
  { header id; row 2 '<c><v>1</v></c>'; } | book a.xlsx
  run -2 --separate-stderr scrm-ingest -m wechat-users -D appid=wx1 a.xlsx
  is "$stderr" "scrm-ingest: a.xlsx: it is a workbook, and the map reads JSON"
}

@test "what scrm-export writes as a workbook comes back" {
  cat > map.json <<'END'
{ "set": { "source": "s" }, "records": [ { "type": "order", "fields": { "order_id": "order_id",
  "time": { "from": "time", "zone": "Asia/Shanghai" }, "day": { "from": "day", "type": "date" },
  "paid": "paid", "name": "name", "n": { "from": "n", "type": "integer" } } } ] }
END
  cat > in <<'END'
{"type":"order","source":"s","order_id":"3921848131358032174","time":"2026-11-20T10:05:00+08:00","day":"2026-11-20","paid":19.90,"name":"=1+1 \"双\"","n":7}
{"type":"order","source":"s","order_id":"0050","time":"2026-01-02T23:59:59+08:00","day":"2026-01-02","paid":0.30,"name":"Hooft","n":-3}
END
  scrm-export -c order_id,time,day,paid,name,n -o out.xlsx in
  ingest out.xlsx | jq -c '[.order_id, .time, .day, .paid, .name, .n]' > got
  jq -c '[.order_id, .time, .day, .paid, .name, .n]' in | diff - got
}
