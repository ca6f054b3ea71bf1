#!/usr/bin/env bats
load helper

# map: where a person is, by all columns there may be.
map() {
  cat > places.json <<'END'
{ "set": { "source": "m" }, "may": true,
  "records": [ { "type": "profile", "fields": {
    "source_id": { "from": "@row" },
    "country": { "from": "country", "type": "country" },
    "province": { "from": "province", "type": "province" },
    "city": { "from": "city", "type": "city" },
    "district": { "from": "district", "type": "district" },
    "city_tier": { "place": "city_tier" },
    "province_code": { "place": "province_code" },
    "city_code": { "place": "city_code" } } } ] }
END
}

# ingest OPTION...: of the map, its notes not shown.
ingest() {
  [ -e places.json ] || map
  scrm-ingest -q -m ./places.json "$@"
}

# told HEADER ROW...: country, province, city, district, tier of each row.
told() {
  printf '%s\n' "$@" > in.csv
  ingest in.csv | jq -r '[.country, .province, .city, .district, .city_tier] |
    map(. // "-") | join(" ")'
}

# list: cities.csv without its head.
list() {
  grep -v '^#' "$SRC/share/lists/cities.csv"
}

@test "all spellings of a province and its city are one" {
  is "$(told province,city 广东省,深圳市 广东,深圳 廣東省,深圳市 Guangdong,Shenzhen \
    'guangdong sheng,shenzhen shi' 'Guangdong Province,SHENZHEN' CN-GD,Shen-zhen \
    Guǎngdōng,Shēnzhèn 440000,440300 | sort -u)" "- 广东 深圳 - 1"
  is "$(told province,city 内蒙古自治区,呼和浩特市 'Inner Mongolia,Hohhot' \
    '内蒙,Huhehaote' "nei menggu,hu he hao te" | sort -u)" "- 内蒙古 呼和浩特 - 3"
  is "$(told province,city 新疆维吾尔自治区,乌鲁木齐市 'Xinjiang,Ürümqi' \
    'Xinjiang Uygur Autonomous Region,Urumqi City' | sort -u)" "- 新疆 乌鲁木齐 - 3"
  is "$(told province,city "陕西,西安" "Shaanxi,Xi'an" "shaanxi,Xi’an" "Shaanxi,xian" |
    sort -u)" "- 陕西 西安 - new-1"
}

@test "GD is a province where the country is known, and not before" {
  is "$(told country,province CN,GD China,gd ,GD CA,GD)" \
    "CN 广东 - - -
CN 广东 - - -
- GD - - -
CA GD - - -"
}

@test "a name of two places needs its province" {
  is "$(told province,city ,Suzhou Jiangsu,Suzhou 安徽省,Suzhou ,苏州 ,宿州市)" \
    "- - Suzhou - -
- 江苏 苏州 - new-1
- 安徽 宿州 - 3
- 江苏 苏州 - new-1
- 安徽 宿州 - 3"
  is "$(told province,city 黑龙江,Yichun 江西,Yichun 江苏,Taizhou 浙江,Taizhou \
    福建,Fuzhou 江西,Fuzhou 陕西,Yulin 广西,Yulin | cut -d' ' -f3 | paste -sd' ')" \
    "伊春 宜春 泰州 台州 福州 抚州 榆林 玉林"
  is "$(told province,city ,Yichun ,Taizhou ,Fuzhou ,Yulin | cut -d' ' -f3 |
    paste -sd' ')" "Yichun Taizhou Fuzhou Yulin"
}

@test "a name of a province and a city, of a city and a district" {
  is "$(told province,city ,吉林 吉林,吉林 ,吉林市 吉林省,长春 ,海南 海南,海口 青海,海南)" \
    "- - 吉林 - -
- 吉林 吉林 - 4
- 吉林 吉林 - 4
- 吉林 长春 - 2
- - 海南 - -
- 海南 海口 - 3
- 青海 海南州 - 5"
  is "$(told province,city ,朝阳 辽宁,朝阳 北京,朝阳 Beijing,Chaoyang ,朝阳市)" \
    "- - 朝阳 - -
- 辽宁 朝阳 - 5
- 北京 北京 朝阳 1
- 北京 北京 朝阳 1
- 辽宁 朝阳 - 5"
}

@test "a municipality is province and city, whichever of them is said" {
  is "$(told province,city 上海,上海市 上海市, ,Shanghai 上海,Xuhui | cut -d' ' -f2,3,5 |
    sort -u)" "上海 上海 1"
  is "$(told province,city,district 天津,天津,河北区 重庆,,忠县 Shanghai,,Pudong\ New\ Area)" \
    "- 天津 天津 河北 new-1
- 重庆 重庆 忠县 new-1
- 上海 上海 浦东 1"
}

@test "Hong Kong, Macao and Taiwan are countries of their own" {
  is "$(told country 中国 中国大陆 China CHN 中国香港 HongKong 'Hong Kong SAR' 澳门 Macau \
    Macao 台湾 Taiwan | cut -d' ' -f1 | paste -sd' ')" \
    "CN CN CN CN HK HK HK MO MO MO TW TW"
  is "$(told country '"Taiwan, China"' USA U.S. 'United States' UK 'United Kingdom' \
    "Cote d'Ivoire" 韩国 '"Korea, Republic of"' fra | cut -d' ' -f1 | paste -sd' ')" \
    "TW US US US GB GB CI KR KR FR"
  is "$(told country,province,city HK,,香港 CN,香港特别行政区, )" \
    "HK 香港 香港 - -
CN 香港 香港 - -"
}

@test "what no list knows stays as it is and is counted, with the first names" {
  map
  printf '%s\n' province,city 广东,Nowhere 广东,Nowhere ,Suzhou Bayern,Aba 四川,Ali \
    云南,大理 > in.csv
  run --separate-stderr scrm-ingest -m ./places.json in.csv
  [ "$status" -eq 0 ]
  is "$(jq -r '[.province, .city, .city_code] | map(. // "-") | join(" ")' \
    <<< "$output")" "广东 Nowhere -
广东 Nowhere -
- Suzhou -
Bayern Aba -
四川 Ali -
云南 大理 532900"
  is "$stderr" "scrm-ingest: in.csv: provinces that no list has, or has twice, \
stay as they are: 1 ('Bayern')
scrm-ingest: in.csv: cities that no list has, or has twice, stay as they are: 5 \
('Nowhere', 'Suzhou', 'Aba')"
}

@test "several threads find the same places, and say the same of them" {
  map
  { echo country,province,city
    seq 30000 | awk '{ print ($1 % 7 ? "" : "FR") "," ($1 % 3 ? "广东" : "") \
      "," ($1 % 5 ? "Suzhou" : "town" $1) }'; } > in.csv
  for j in 1 3; do
    scrm-ingest -m ./places.json -j $j in.csv > "out$j" 2> "err$j"
  done
  cmp out1 out3
  diff err1 err3
  is "$(cat err1)" "scrm-ingest: in.csv: cities that no list has, or has twice, \
stay as they are: $(awk -F, 'NR > 1 && $1 == ""' in.csv | wc -l) \
('Suzhou', 'town5', 'town10')"
}

@test "places of other countries are left alone and not counted" {
  map
  printf '%s\n' country,province,city FR,IDF,Paris US,HI,Ali 'HK,Kowloon,Kowloon' > in.csv
  run --separate-stderr scrm-ingest -m ./places.json in.csv
  is "$(jq -r '.province + " " + .city' <<< "$output" | paste -sd,)" \
    "IDF Paris,HI Ali,Kowloon Kowloon"
  is "$stderr" ""
}

@test "a text that no list knows can be dropped, kept apart or refused" {
  for bad in drop extra refuse; do
    cat > m.json <<END
{ "set": { "source": "m" }, "records": [ { "type": "profile", "fields": {
  "source_id": { "from": "@row" },
  "city": { "from": "town", "type": "city", "bad": "$bad" } } } ] }
END
    printf '%s\n' town Nowhere 深圳 |
      scrm-ingest -m ./m.json --rejects rejects 2> err |
      jq -c '[.source_id, .city, .extra]' > "$bad" || :
    [ "$bad" = refuse ] || ! [ -s err ]
  done
  is "$(cat drop)" '["1",null,null]
["2","深圳",null]'
  is "$(head -1 extra)" '["1",null,{"town":"Nowhere"}]'
  is "$(cat refuse)" '["2","深圳",null]'
  is "$(jq -r .reason rejects)" \
    "'Nowhere' is no city that the list has, or may be several"
}

@test "a place that is no text is refused, one as long as a book stays" {
  cat > m.json <<'END'
{ "set": { "source": "m" }, "input": { "format": "ndjson" }, "records": [ {
  "type": "profile", "fields": { "source_id": { "from": "@row" },
    "province": { "from": "p", "type": "province" },
    "city": { "from": "c", "type": "city" } } } ] }
END
  long=$(printf '长春 %.0s' {1..3000})
  printf '%s\n' '{"p":"广东","c":["深圳"]}' '{"p":{},"c":"深圳"}' '{"p":440000,"c":440300}' \
    '{"p":"广东","c":"'"$long"'"}' '{"p":"广东","c":"深圳"}' > in
  run -1 --separate-stderr scrm-ingest -m ./m.json in
  is "$(jq -r '.source_id + .province + .city' <<< "$output")" "3广东深圳
4广东${long% }
5广东深圳"
  is "$(grep 'place\|list' <<< "$stderr")" \
    "scrm-ingest: in:1: field 'city': an array or object, where a place is wanted
scrm-ingest: in:2: field 'province': an array or object, where a place is wanted
scrm-ingest: in: cities that no list has, or has twice, stay as they are: 1 \
('长春 长春 长春 长春 长春 长春 长春 长春 ')"
}

@test "places in objects and behind a choice are told, each object by itself" {
  cat > m.json <<'END'
{ "set": { "source": "m" }, "records": [ { "type": "order", "fields": {
  "order_id": { "from": "@row" },
  "country": { "from": "land", "type": "country" },
  "receiver": { "fields": {
    "province": { "from": "address", "part": [" ", 1], "type": "province", "bad": "drop" },
    "city": { "first": [{ "from": "town" }, { "from": "address", "part": [" ", 2] }],
      "type": "city" },
    "city_tier": { "place": "city_tier" } } } } } ] }
END
  printf '%s\n' land,address,town 'France,广东省 深圳市 福田区,' '中国,安徽 Suzhou,' \
    ',somewhere,武汉' > in
  is "$(scrm-ingest -m ./m.json in | jq -c '[.country, .receiver]')" \
    '["FR",{"province":"广东","city":"深圳","city_tier":"1"}]
["CN",{"province":"安徽","city":"宿州","city_tier":"3"}]
[null,{"city":"武汉","city_tier":"new-1"}]'
}

@test "a map that says a place wrongly is told where" {
  while read -r field; read -r want; do
    printf '{"set":{"source":"m"},"records":[{"type":"profile","fields":{%s%s}}]}' \
      '"source_id":"id",' "$field" > m.json
    run -2 --separate-stderr scrm-ingest -m ./m.json /dev/null
    is "$stderr" "scrm-ingest: ./m.json:1:$want"
  done <<'END'
"city_tier":{"place":"city_tier"}
61: a place wants a field of type country, province or city beside it
"city_tier":{"place":"citytier"},"city":{"from":"c","type":"city"}
100: no part of a place 'citytier'; is it 'city_tier'?
"city":{"from":"c","type":"city"},"town":{"from":"t","type":"city"}
61: 'city' and 'town' are both of type city
"city":{"first":["a",{"from":"b","type":"city"}]}
100: a place is said of the field as a whole, not of its parts
"name":{"from":"n","bad":"keep"}
104: 'keep' is for places
END
}

@test "the lists are read only if the map asks, and a folder's own come first" {
  map
  printf '%s\n' province,city 广东,深圳 > in.csv
  printf '%s\n' order_id,total 1,2.50 > orders.csv
  cp -R "$SRC/share/maps" .
  mkdir empty
  SCRM_SHARE=$PWD/empty run -2 --separate-stderr scrm-ingest -m ./places.json in.csv
  is "$stderr" "scrm-ingest: no list 'cities.csv' in ./lists or among those that \
came with scrm"
  SCRM_SHARE=$PWD/empty scrm-ingest -m till-orders "$SRC"/samples/raw/till-orders/*.csv \
    > /dev/null 2>&1 || [ $? -eq 1 ]
  mkdir lists
  { echo 'code;level;name;long;pinyin;province;tier'
    echo '440000;province;粤;广东;Guangdong;粤;'
    echo '440300;city;深圳;深圳市;Shenzhen;粤;T1'; } > lists/cities.csv
  is "$(ingest in.csv | jq -r '.province + .city + .city_tier')" 粤深圳T1
}

@test "--if-changed: another list, another base" {
  map
  printf '%s\n' province,city 广东,深圳市 > in.csv
  mkdir lists
  cp "$SRC/share/lists/cities.csv" lists
  ingest --if-changed -o base in.csv
  echo mine > base.mark
  sed -i 's/^440300,city,深圳/440300,city,鹏城/' lists/cities.csv
  ingest --if-changed -o base in.csv
  is "$(jq -r .city base)" 鹏城
}

@test "a list that cannot be is refused with its line" {
  map
  mkdir lists
  head=code,level,name,long,pinyin,province
  while read -r row; read -r want; do
    printf '%s\n' "$head" 440000,province,广东,广东省,Guangdong,广东 "$row" \
      > lists/cities.csv
    run -2 --separate-stderr ingest /dev/null
    is "$stderr" "scrm-ingest: lists/cities.csv:3: $want"
  done <<'END'
4403,city,深圳,深圳市,Shenzhen,广东
'4403' is no code of GB/T 2260, as 440300
440300,town,深圳,深圳市,Shenzhen,广东
'town' is no level (province, municipality, region, city, county, district)
440300,city,,深圳市,Shenzhen,广东
the place has no name
440300,city,深圳,深圳市,Shenzhen,广西
no province '广西' stands before '深圳'
440000,city,深圳,深圳市,Shenzhen,广东
the code '440000' stands twice
END
  rm lists/cities.csv
  printf '%s\n' code,alpha3,name,english CN,CHN,中国,China CHN,,, > lists/countries.csv
  run -2 --separate-stderr ingest /dev/null
  is "$stderr" "scrm-ingest: lists/countries.csv:3: 'CHN' is no code of ISO 3166, as CN"
}

@test "the list has what its head says" {
  is "$(list | cut -d, -f2 | sort | uniq -c | tr -s ' ' | paste -sd,)" \
    " 333 city, 32 county, 86 district, 1 level, 4 municipality, 28 province, 2 region"
  is "$(list | cut -d, -f9 | grep -v tier | sort | uniq -c | sort -n | tr -s ' ' |
    tail -n +1 | paste -sd,)" " 4 1, 15 new-1, 30 2, 70 3, 90 4, 128 5, 148 "
  is "$(list | cut -d, -f1 | sort | uniq -d)" ""
  # A place's code begins as its province's, and short names of a province's
  # cities are not alike.
  list | awk -F, '$2 ~ /province|municipality|region/ { code[$3] = substr($1, 1, 2) }
    $2 != "level" && substr($1, 1, 2) != code[$7] { print; bad = 1 }
    $2 ~ /city|county/ && seen[$7 $3]++ { print; bad = 1 }
    END { exit bad }'
}

@test "every place is found by its names, and by what records have of it" {
  list | grep -v ,district, > rows
  told province,city > /dev/null
  for names in '$7, $3' '$7, $4' '$7, $5' '$7, $6 ? $6 : $5' '$7, $1'; do
    { echo province,city,want
      tail -n +2 rows | awk -F, -v OFS=, '{ print '"$names"', $2 ~ /province/ ? "" : $3 }'
    } > in.csv
    ingest in.csv | jq -r 'select(.extra.want and .city != .extra.want) |
      [.province, .city, .extra.want] | join(" ")' > wrong
    is "$(cat wrong)" ""
  done
}

@test "no country has a spelling of another, and each is found by its names" {
  grep -v '^#' "$SRC/share/lists/countries.csv" > countries
  is "$(tail -n +2 countries | wc -l)" 249
  cat > names.json <<'END'
{ "set": { "source": "m" }, "records": [ { "type": "profile", "fields": {
  "source_id": "code", "names": { "join": ["code", "alpha3", "name", "english",
    "also"], "with": "|" } } } ] }
END
  scrm-ingest -m ./names.json countries |
    jq -r '.source_id as $code | .names | split("|")[] | [., $code] | @csv' > names
  [ "$(wc -l < names)" -gt 1200 ]
  { echo country,code; cat names; } > in.csv
  ingest in.csv > told.ndjson
  is "$(wc -l < told.ndjson)" "$(wc -l < names)"
  is "$(jq -r 'select(.country != .extra.code) | .extra.code' told.ndjson)" ""
}

@test "followers of WeChat are where they say, in whichever language" {
  cat > users.json <<'END'
{"user_info_list":[
 {"subscribe":1,"openid":"a","language":"zh_CN","country":"中国","province":"广东","city":"深圳"},
 {"subscribe":1,"openid":"b","language":"en","country":"China","province":"Guangdong","city":"Shenzhen"},
 {"subscribe":1,"openid":"c","language":"zh_TW","country":"中國","province":"廣東","city":"深圳"},
 {"subscribe":1,"openid":"d","language":"en","country":"China","province":"Shanghai","city":"Xuhui"},
 {"subscribe":1,"openid":"e","language":"fr","country":"France","province":"Paris","city":""}]}
END
  is "$(scrm-ingest -m wechat-users -D appid=wx1 users.json |
    jq -c '[.country, .province, .city, .district, .city_tier, .city_code]')" \
    '["CN","广东","深圳",null,"1","440300"]
["CN","广东","深圳",null,"1","440300"]
["CN","广东","深圳",null,"1","440300"]
["CN","上海","上海","徐汇","1","310000"]
["FR","Paris",null,null,null,null]'
}

@test "the page's map for the cities of Taobao's buyers does as it says" {
  mkdir maps
  awk '/^\{ "extends": "taobao-orders"/ { on = 1 } /^\.Ed/ { on = 0 } on' \
    "$SRC/man/scrm-map.5" > maps/taobao-orders.json
  scrm-ingest -q -m taobao-orders "$SRC"/samples/raw/taobao-orders/*1113* 2> /dev/null |
    jq -r 'select(.type == "profile" and .source_id == "小红书上的鱼_7") |
      [.province, .city, .city_tier] | join(" ")' > out
  # One was a gift.
  is "$(sort -u out)" "广东 深圳 1
浙江 杭州 new-1"
}

@test "a condition asks for a tier as a number or a text" {
  told city 深圳 成都 济南 > /dev/null
  ingest in.csv > records
  is "$(scrm-pick "city_tier = '1'" records | jq -r .city)" 深圳
  is "$(scrm-pick "city_tier in ('1', 'new-1')" records | jq -r .city | paste -sd,)" \
    深圳,成都
  is "$(scrm-pick "city_tier = 1" records | jq -r .city)" 深圳
}
