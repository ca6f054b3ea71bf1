/*
 * gen: what the bench measures on, the same bytes for the same words.
 *
 *	gen orders N [seed]	NDJSON of about 350 bytes a line; customers are
 *				drawn from N / 5, so most buy again
 *	gen csv N		such orders as CSV, 11 columns, one row in five
 *				with a quoted cell
 *	gen csv-quoted N	every cell quoted
 *	gen csv-han N		most bytes Han, in UTF-8 (iconv makes GB18030)
 *	gen han N		NDJSON, most bytes Han
 *	gen events N		NDJSON of 128 bytes a line
 *	gen till N [seed]	CSV of a till: one of ten files of N sales
 *	gen members N		CSV of that till's members, more than buy
 *	gen web N		CSV of a web shop's customers, half of them
 *				those of members(N) by e-mail and telephone
 *	gen products N		the first N products of the orders, as CSV
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Steele, Lea and Flood 2014 (splitmix64) */
static uint64_t next(uint64_t *s)
{
	uint64_t z = (*s += 0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static unsigned below(uint64_t *s, unsigned n)
{
	return (unsigned)((next(s) >> 32) * n >> 32);
}

#define PICK(s, list) ((list)[below(s, sizeof(list) / sizeof(*(list)))])

static const char *const status[] = { "paid", "shipped", "completed",
	"completed", "completed", "cancelled", "created", "refunded" };
static const char *const channel[] = { "tmall", "tmall", "jd", "store",
	"wechat", "web" };
static const char *const city[] = { "上海", "北京", "广州", "深圳", "成都",
	"杭州", "Paris", "Lyon", "Milano", "New York" };
static const char *const name[] = { "张伟", "王芳", "李娜", "欧阳静",
	"Chloé Martin", "Ann O'Neil", "Zoë Müller", "Jean-Luc Dupont" };
static const char *const category[] = { "skin care", "make-up", "fragrance",
	"handbag", "shoes" };
static const char *const brand[] = { "Aurelia", "Bellanotte", "Cygne",
	"Dragonfly" };
static const char *const note[] = { "周末送,放门卫", "请发\"\"顺丰\"\"",
	"leave at door, ring twice", "5\"\" box, please" };
static const char *const sentence[] = {
	"请尽快发货谢谢希望能在周末之前收到包装要好一点",
	"这款面霜用起来很滋润味道也不错下次还会回购的",
	"客服态度非常好物流也很快就是赠品少了一些有点失望",
	"给妈妈买的生日礼物她非常喜欢颜色很正质地细腻",
};

struct order {
	unsigned customer, day, hour, minute, second;
	unsigned cents, price, sku, quantity;
	const char *status, *channel, *city, *name, *category, *brand;
};

static struct order order(uint64_t *s, unsigned n)
{
	struct order o = { 0 };
	/* some buy much: now and then the smaller of two draws */
	unsigned a = below(s, n / 5 + 1), b = below(s, n / 5 + 1);
	o.customer = below(s, 3) || a < b ? a : b;
	o.day = below(s, 680); /* from 2025-01-01 */
	o.hour = below(s, 24);
	o.minute = below(s, 60);
	o.second = below(s, 60);
	o.price = 990 + below(s, 200000);
	o.quantity = 1 + below(s, 3);
	o.cents = o.price * o.quantity;
	o.sku = below(s, 50000);
	o.status = PICK(s, status);
	o.channel = PICK(s, channel);
	o.city = city[o.customer % 10];
	o.name = name[o.customer % 8];
	o.category = category[o.sku % 5];
	o.brand = brand[o.sku % 4];
	return o;
}

static void date(unsigned day, char out[11])
{
	static const unsigned char length[] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	unsigned year = 2025 + day / 365, month = 0;
	day %= 365;
	while (day >= length[month])
		day -= length[month++];
	snprintf(out, 11, "%04u-%02u-%02u", year % 10000, (month + 1) % 100,
		(day + 1) % 100);
}

static void ndjson(uint64_t i, const struct order *o)
{
	char d[11];
	date(o->day, d);
	printf("{\"type\":\"order\",\"source\":\"tmall\",\"order_id\":"
	       "\"39%017llu\",\"observed_at\":\"2026-11-%02u\",\"time\":"
	       "\"%sT%02u:%02u:%02u+08:00\",\"status\":\"%s\",\"total\":%u.%"
	       "02u,"
	       "\"paid\":%u.%02u,\"currency\":\"CNY\",\"channel\":\"%s\","
	       "\"customer_id\":\"c%020u\",\"phone\":\"+86138%08u\","
	       "\"city\":\"%s\",\"products\":[{\"sku\":\"%05u\",\"brand\":"
	       "\"%s\",\"category\":\"%s\",\"price\":%u.%02u,"
	       "\"quantity\":%u}]}\n",
		(unsigned long long)i, 1 + (unsigned)(i % 20), d, o->hour,
		o->minute, o->second, o->status, o->cents / 100, o->cents % 100,
		o->cents / 100, o->cents % 100, o->channel, o->customer,
		o->customer, o->city, o->sku, o->brand, o->category,
		o->price / 100, o->price % 100, o->quantity);
}

static void csv(uint64_t i, const struct order *o, uint64_t *s, bool quoted,
	bool han)
{
	char d[11];
	date(o->day, d);
	const char *q = quoted ? "\"" : "";
	const char *text = han ? PICK(s, sentence) : "";
	const char *text2 = han ? PICK(s, sentence) : o->name;
	bool odd = !han && below(s, 5) == 0;
	if (odd)
		text = PICK(s, note);
	printf("%s39%017llu%s,%s%s %02u:%02u:%02u%s,%s%s%s,%s%u.%02u%s,"
	       "%s%u.%02u%s,%s%s%s,%sc%020u%s,%s%s%s,%s+86138%08u%s,%s%s%s,"
	       "%s%s%s\n",
		q, (unsigned long long)i, q, q, d, o->hour, o->minute,
		o->second, q, q, o->status, q, q, o->cents / 100,
		o->cents % 100, q, q, o->cents / 100, o->cents % 100, q, q,
		o->channel, q, q, o->customer, q, q, text2, q, q, o->customer,
		q, q, o->city, q, odd ? "\"" : q, text, odd ? "\"" : q);
}

static void han(uint64_t i, uint64_t *s)
{
	printf("{\"type\":\"event\",\"event_id\":\"%llu\",\"event\":"
	       "\"comment\","
	       "\"text\":\"%s，%s。%s\",\"nickname\":\"%s\"}\n",
		(unsigned long long)i, PICK(s, sentence), PICK(s, sentence),
		PICK(s, sentence), PICK(s, city));
}

/* 128 bytes with the newline. */
static void event(uint64_t i, const struct order *o)
{
	char d[11];
	date(o->day, d);
	printf("{\"type\":\"event\",\"event_id\":\"%016llu\",\"event\":"
	       "\"view\","
	       "\"time\":\"%sT%02u:%02u:%02u+08:00\",\"item_id\":\"%05u\","
	       "\"value\":%04u}\n",
		(unsigned long long)i, d, o->hour, o->minute, o->second, o->sku,
		1000 + o->price % 9000);
}

static void till(uint64_t i, const struct order *o)
{
	char d[11];
	date(o->day, d);
	printf("T%012llu,%s %02u:%02u:%02u,%s,%u.%02u,%u.%02u,S%02u,%08u,"
	       "%05u,%u,%u.%02u\n",
		(unsigned long long)i, d, o->hour, o->minute, o->second,
		o->status, o->cents / 100, o->cents % 100, o->cents / 100,
		o->cents % 100, o->sku % 40, o->customer, o->sku, o->quantity,
		o->price / 100, o->price % 100);
}

/* A person is what its number says, whoever tells of it. */
static void person(unsigned who, bool web, uint64_t *s)
{
	char birth[11], since[11];
	date(who % 365, birth);
	date(below(s, 680), since);
	memcpy(birth, "19", 2);
	birth[2] = (char)('5' + who % 5);
	printf("%s%08u,%s,+86138%08u,c%07u@example.com,%s,%s,%s,%s\n",
		web ? "W" : "", who, name[who % 8], who, who, city[who % 10],
		birth, since, who % 3 ? "yes" : "no");
}

/* An order of one to three articles as Shopify writes it: what is the order's
 * stands in its first row only. */
static void shop(unsigned long i, const struct order *o, uint64_t *s)
{
	unsigned lines = 1 + below(s, 3);
	char d[11];
	date(o->day, d);
	printf("#%lu,c%07u@example.com,paid,%s %02u:%02u:%02u +0800,CNY,"
	       "%u.%02u,",
		i, o->customer, d, o->hour, o->minute, o->second,
		o->cents / 100, o->cents % 100);
	for (unsigned k = 0; k < lines; k++) {
		if (k)
			printf("#%lu,,,,,,", i);
		printf("%u,%s %u,%u.%02u,%05u,\n", 1 + below(s, 2),
			category[k % 5], below(s, 90), 10 + below(s, 900),
			below(s, 100), below(s, 50000));
	}
}

/* The kinds of one morning (bench/daily.py); false for another. */
static bool daily(const char *what, unsigned n, unsigned seed, uint64_t *s)
{
	bool web = strcmp(what, "web") == 0;
	if (strcmp(what, "till") == 0) {
		puts("no,time,status,total,paid,store,member,sku,quantity,"
		     "price");
		for (unsigned i = 0; i < n; i++) {
			struct order o = order(s, n * 10);
			till((uint64_t)seed * n + i, &o);
		}
	} else if (web || strcmp(what, "members") == 0) {
		puts("no,name,phone,email,city,birthday,since,newsletter");
		for (unsigned i = 0; i < n; i++)
			person(i + (web ? n / 2 : 0), web, s);
	} else {
		return false;
	}
	return true;
}

static void product(unsigned sku, uint64_t *s)
{
	printf("%05u,%s %u,%s,%s,%u.%02u\n", sku, category[sku % 5],
		1 + below(s, 90), brand[sku % 4], category[sku % 5],
		4 + below(s, 800), below(s, 100));
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: gen orders|csv|csv-quoted|csv-han|han|events|"
		      "till|members|web|products|shop n [seed]\n",
			stderr);
		return 2;
	}
	const char *what = argv[1];
	unsigned n = (unsigned)strtoul(argv[2], NULL, 10);
	uint64_t s = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
	if (daily(what, n, (unsigned)s, &s))
		return fflush(stdout) == 0 ? 0 : 1;
	bool is_csv = strncmp(what, "csv", 3) == 0;
	if (is_csv)
		puts("order_id,time,status,total,paid,channel,customer_id,name,"
		     "phone,city,note");
	if (strcmp(what, "products") == 0) {
		puts("sku,name,brand,category,cost");
		for (unsigned i = 0; i < n; i++)
			product(i, &s);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	if (strcmp(what, "shop") == 0)
		puts("Name,Email,Financial Status,Created at,Currency,Total,"
		     "Lineitem quantity,Lineitem name,Lineitem price,"
		     "Lineitem sku,Note");
	for (uint64_t i = 0; i < n; i++) {
		struct order o = order(&s, n);
		if (strcmp(what, "shop") == 0)
			shop(i, &o, &s);
		else if (is_csv)
			csv(i, &o, &s, strcmp(what, "csv-quoted") == 0,
				strcmp(what, "csv-han") == 0);
		else if (strcmp(what, "han") == 0)
			han(i, &s);
		else if (strcmp(what, "events") == 0)
			event(i, &o);
		else
			ndjson(i, &o);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
