#!/usr/bin/env bats
load helper

# rows COLUMN...: these columns of the NDJSON table, a row a line
rows() {
  local columns
  columns=$(printf '.%s,' "$@")
  scrm-fields --format ndjson in | jq -c "[${columns%,}]"
}

@test "a field is filled where it is not missing, null or empty" {
  cat > in <<'END'
{"type":"order","a":1,"b":"","c":null,"d":[],"e":{},"f":false}
{"type":"order","a":"","b":0,"c":"x","d":[1],"e":{"k":""},"f":true}
{"type":"order","b":null}
END
  is "$(rows field records filled_percent)" \
'["type",3,100]
["a",1,33.3]
["b",1,33.3]
["c",1,33.3]
["d",1,33.3]
["e",1,33.3]
["f",2,66.6]'
}

@test "100.0 is all of them" {
  yes '{"type":"x","a":1}' | head -n 2000 > in
  echo '{"type":"x"}' >> in
  is "$(rows field filled_percent)" '["type",100]
["a",99.9]'
}

@test "types stand by bytes, those without one last; fields as they come" {
  cat > in <<'END'
{"b":1,"a":1}
{"type":"z","b":1,"a":1}
{"type":"order","y":1}
{"type":"order","x":1,"y":1}
END
  is "$(rows type field | tr -d '[]"' | paste -sd' ')" \
    "order,type order,y order,x z,type z,b z,a null,b null,a"
}

@test "fields of objects and of arrays of objects have rows, counted once a record" {
  cat > in <<'END'
{"type":"order","products":[{"sku":"A"},{"sku":"B"},{"sku":"A"}],"extra":{"a.b":"x"},"tags":["u","v"]}
{"type":"order","products":[{"sku":"\u0041","n":{"m":1}}],"tags":["u"]}
END
  is "$(rows field records distinct example)" \
'["type",2,1,"order"]
["products",2,null,"{\"sku\":\"A\"}"]
["products.sku",2,2,"A"]
["extra",1,null,"{\"a.b\":\"x\"}"]
["extra.a.b",1,1,"x"]
["tags",2,2,"u"]
["products.n",1,null,"{\"m\":1}"]'
}

@test "values are different as they are written" {
  printf '{"type":"x","n":%s}\n' 1.1 1.10 1e3 1000 1.1 > in
  is "$(rows field distinct distinct_error | tail -n 1)" '["n",4,0]'
}

@test "a thousand values are counted, more are estimated within 5 %" {
  seq 1000 | sed 's/.*/{"type":"x","n":&}/' > in
  is "$(rows distinct distinct_error | tail -n 1)" '[1000,0]'
  for n in 1001 5000 60000; do
    seq "$n" | sed 's/.*/{"type":"x","n":&}/' > in
    rows distinct distinct_error | tail -n 1 |
      jq -e --argjson n "$n" '.[1] == 0.016 and
        (.[0] - $n | if . < 0 then -. else . end) < 0.05 * $n'
  done
  scrm-fields in | grep -q ' ~[0-9][0-9],[0-9]* '
}

@test "first and last are of the field itself, else of the records that have it" {
  cat > in <<'END'
{"type":"order","time":"2026-11-01T23:30:00+08:00","updated_at":"2026-11-09","a":1}
{"type":"order","time":"2026-10-02T00:30:00+08:00","updated_at":"2026-11-03"}
{"type":"order","time":"2026-12-24","a":2}
END
  is "$(rows field first last)" \
'["type","2026-10-02T00:30:00+08:00","2026-12-24"]
["time","2026-10-02T00:30:00+08:00","2026-12-24"]
["updated_at","2026-11-03","2026-11-09"]
["a","2026-11-01T23:30:00+08:00","2026-12-24"]'
  # In text a day, the one that was written.
  scrm-fields in | grep -q '^order  time  *3 .* 2026-10-02  2026-12-24 '
}

@test "columns stand under each other with Chinese text and emoji" {
  printf '{"type":"x","%s":"小满🌸","b":1}\n' 城市 > in
  is "$(scrm-fields in)" \
'type  field  records  filled %  distinct  first  last  example
x     type         1     100.0         1  -      -     x
x     城市         1     100.0         1  -      -     小满🌸
x     b            1     100.0         1  -      -     1'
}

@test "the lines read are folded, those of other types withheld" {
  printf '{"type":"%s"}\n' a b a > in
  SCRM_LOG=log scrm-fields -T a in > out
  is "$(jq -c '[.read, .folded, .withheld, .written, .made]' log)" "[3,2,1,0,2]"
}

@test "no records, no table" {
  is "$(scrm-fields < /dev/null)" ""
  run -2 scrm-fields --format xml < /dev/null
  run -2 scrm-fields --known -T tsak
}
