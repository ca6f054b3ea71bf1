/* places: what texts name which place, and which may be several. */
#include "edge/places.h"

#include "tap.h"

static struct places p;
static struct why why;

#define NONE ((struct view){ NULL, 0 })

static bool add(const char *code, const char *level, const char *name,
	const char *full, const char *pinyin, const char *province,
	const char *also)
{
	const struct places_city row = {
		.code = view_of(code),
		.level = view_of(level),
		.name = view_of(name),
		.full = view_of(full),
		.pinyin = view_of(pinyin),
		.english = VIEW(""),
		.province = view_of(province),
		.iso = view_of(strcmp(code, "440000") ? "" : "GD"),
		.tier = VIEW("3"),
		.also = view_of(also),
	};
	return places_add(&p, &row, &why);
}

static bool country(const char *code, const char *name)
{
	return places_add_country(&p, view_of(code), VIEW(""), view_of(name),
		VIEW(""), VIEW(""), &why);
}

/* "country/province/city/district" of texts, "-" where not known. */
static struct view find(const char *of, const char *province, const char *city,
	const char *district)
{
	static struct buf b;
	const struct places_text text = { of ? view_of(of) : NONE,
		province ? view_of(province) : NONE,
		city ? view_of(city) : NONE,
		district ? view_of(district) : NONE };
	struct places_found f;
	places_find(&p, &text, &f);
	buf_reset(&b);
	buf_addv(&b, f.country.p ? f.country : VIEW("-"));
	buf_addc(&b, '/');
	buf_addv(&b, f.province ? f.province->name : VIEW("-"));
	buf_addc(&b, '/');
	buf_addv(&b, f.city ? f.city->name : VIEW("-"));
	buf_addc(&b, '/');
	buf_addv(&b, f.district ? f.district->name : VIEW("-"));
	return buf_view(&b);
}

int main(void)
{
	ok(!add("44030", "city", "a", "", "", "", ""), "code: %s", why.text);
	ok(!add("44030x", "city", "a", "", "", "", ""), "code: %s", why.text);
	ok(!add("440300", "town", "a", "", "", "", ""), "level: %s", why.text);
	ok(!add("440300", "city", "", "", "", "", ""), "name: %s", why.text);
	ok(!add("440300", "city", "深圳", "", "", "广东", ""), "province: %s",
		why.text);
	is_str(find("CN", "广东", "深圳", NULL), "-/-/-/-",
		"nothing is known yet");

	ok(add("440000", "province", "广东", "广东省", "Guangdong", "广东",
		   "Canton"),
		"a province");
	ok(!add("440000", "city", "深圳", "", "", "广东", ""), "twice: %s",
		why.text);
	add("440300", "city", "深圳", "深圳市", "Shenzhen", "广东", "");
	add("220000", "province", "吉林", "吉林省", "Jilin", "吉林", "");
	add("220200", "city", "吉林", "吉林市", "Jilin", "吉林", "");
	add("110000", "municipality", "北京", "北京市", "Beijing", "北京",
		"Peking");
	add("110105", "district", "朝阳", "朝阳区", "Chaoyang", "北京", "");
	add("211300", "city", "朝阳", "朝阳市", "Chaoyang", "吉林", "");
	add("320000", "province", "江苏", "江苏省", "Jiangsu", "江苏", "");
	add("320500", "city", "苏州", "苏州市", "Suzhou", "江苏", "");
	add("340000", "province", "安徽", "安徽省", "Anhui", "安徽", "");
	add("341300", "city", "宿州", "宿州市", "Suzhou", "安徽", "");
	add("810000", "region", "香港", "香港特别行政区", "Xianggang", "香港",
		"Hong Kong||HK");
	ok(country("CN", "中国") && country("HK", "Hong Kong") &&
			country("FR", "Côte d'Azur"),
		"countries");
	ok(!country("cn", "x"), "no code: %s", why.text);
	ok(!country("DE", "中國"), "twice: %s", why.text);

	static const char *const same[] = { "广东", "广东省", "廣東省",
		"Guangdong", "GUANGDONG", "Ｇuangdong", "guang dong",
		"Guang-dong", "guangdong sheng", "Guangdong Province",
		"Guǎngdōng", "Guangdo\xcc\x88ng", " 广东 ", "canton", "CN-GD",
		"440000" };
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		is_str(find(NULL, same[i], NULL, NULL), "-/广东/-/-", "%s",
			same[i]);
	is_str(find(NULL, "GD", NULL, NULL), "-/-/-/-", "GD may be anything");
	is_str(find("中国", "GD", NULL, NULL), "CN/广东/-/-",
		"but not of China");
	is_str(find(NULL, "guangdongx", NULL, NULL), "-/-/-/-", "no more");
	is_str(find(NULL, "", NULL, NULL), "-/-/-/-", "nothing");
	is_str(find(NULL, "省", "市", "---"), "-/-/-/-", "hardly anything");
	is_str(find(NULL, "\xff\xfe", "\xe5\xb9", NULL), "-/-/-/-", "no UTF-8");

	is_str(find(NULL, NULL, "shenzhen shi", NULL), "-/广东/深圳/-",
		"a city brings its province");
	is_str(find(NULL, "nowhere", "Shenzhen", NULL), "-/-/-/-",
		"but not against one that is not known");
	is_str(find(NULL, "nowhere", "深圳", NULL), "-/广东/深圳/-",
		"unless it is in Chinese");
	is_str(find(NULL, "吉林", "深圳", NULL), "-/吉林/-/-",
		"of another province");
	is_str(find(NULL, NULL, "Suzhou", NULL), "-/-/-/-", "two cities");
	is_str(find(NULL, "jiangsu", "Suzhou", NULL), "-/江苏/苏州/-",
		"the one");
	is_str(find(NULL, "Anhui", "Suzhou", NULL), "-/安徽/宿州/-",
		"the other");
	is_str(find(NULL, NULL, "吉林", NULL), "-/-/-/-",
		"may be the province");
	is_str(find(NULL, "jilin", "jilin", NULL), "-/吉林/吉林/-", "with it");
	is_str(find(NULL, NULL, "吉林市", NULL), "-/吉林/吉林/-",
		"or written out");
	is_str(find(NULL, NULL, "Chaoyang", NULL), "-/-/-/-", "two of them");
	is_str(find(NULL, "吉林", "Chaoyang", NULL), "-/吉林/朝阳/-",
		"the city");
	is_str(find(NULL, "Peking", "Chaoyang", NULL), "-/北京/北京/朝阳",
		"the district");
	is_str(find(NULL, "北京", "Chaoyang District", NULL),
		"-/北京/北京/朝阳", "and with its word");
	is_str(find(NULL, NULL, "朝阳区", NULL), "-/-/-/-",
		"other cities have one of that name");
	is_str(find(NULL, "北京", NULL, "朝阳区"), "-/北京/北京/朝阳",
		"as a district; the city is clear");
	is_str(find(NULL, "北京", "昌平区", NULL), "-/北京/-/-",
		"one not listed");

	is_str(find("FR", "广东", "深圳", NULL), "FR/-/-/-", "another country");
	is_str(find("cote dazur", NULL, NULL, NULL), "FR/-/-/-",
		"without marks");
	is_str(find("HK", "广东", NULL, NULL), "HK/-/-/-", "not in Hong Kong");
	is_str(find("Hong Kong", "HK", NULL, NULL), "HK/香港/香港/-",
		"Hong Kong");
	is_str(find("CN", NULL, "Hong Kong", NULL), "CN/香港/香港/-",
		"as a region of China");
	is_str(find("x", "广东", NULL, NULL), "-/广东/-/-", "unknown country");

	struct buf b = { 0 };
	for (int i = 0; i < 100; i++)
		buf_adds(&b, "长春 ");
	is_str(find(b.p, b.p, b.p, b.p), "-/-/-/-", "longer than any name");
	buf_release(&b);
	places_release(&p);
	return done();
}
