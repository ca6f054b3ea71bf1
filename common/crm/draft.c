#include "crm/draft.h"

#include "crm/mapper.h"
#include "value/email.h"
#include "value/phone.h"
#include "value/text.h"
#include "value/time.h"

#include <ctype.h>
#include <jansson.h>
#include <stdarg.h>

/* What columns are called, without blanks and signs, in small letters; the
 * record a field belongs to: p profile, o order, r a row of products. */
struct word {
	const char *word, *field;
	char of;
};

static const struct word words[] = {
	{ "订单号", "order_id", 'o' },
	{ "订单编号", "order_id", 'o' },
	{ "单号", "order_id", 'o' },
	{ "订单", "order_id", 'o' },
	{ "orderid", "order_id", 'o' },
	{ "orderno", "order_id", 'o' },
	{ "ordernumber", "order_id", 'o' },
	{ "order", "order_id", 'o' },
	{ "receipt", "order_id", 'o' },
	{ "receiptno", "order_id", 'o' },
	{ "invoice", "order_id", 'o' },
	{ "invoiceno", "order_id", 'o' },
	{ "小票号", "order_id", 'o' },
	{ "orderdate", "time", 'o' },
	{ "ordertime", "time", 'o' },
	{ "下单时间", "time", 'o' },
	{ "下单日期", "time", 'o' },
	{ "订单时间", "time", 'o' },
	{ "订单创建时间", "time", 'o' },
	{ "付款时间", "time", 'o' },
	{ "交易日期", "time", 'o' },
	{ "交易时间", "time", 'o' },
	{ "销售日期", "time", 'o' },
	{ "date", "time", 'o' },
	{ "time", "time", 'o' },
	{ "日期", "time", 'o' },
	{ "时间", "time", 'o' },
	{ "实付金额", "paid", 'o' },
	{ "实付", "paid", 'o' },
	{ "实收金额", "paid", 'o' },
	{ "paid", "paid", 'o' },
	{ "amountpaid", "paid", 'o' },
	{ "total", "total", 'o' },
	{ "ordertotal", "total", 'o' },
	{ "amount", "total", 'o' },
	{ "订单金额", "total", 'o' },
	{ "总金额", "total", 'o' },
	{ "金额", "total", 'o' },
	{ "discount", "discount", 'o' },
	{ "优惠金额", "discount", 'o' },
	{ "shipping", "shipping", 'o' },
	{ "运费", "shipping", 'o' },
	{ "tax", "tax", 'o' },
	{ "refunded", "refunded", 'o' },
	{ "退款金额", "refunded", 'o' },
	{ "currency", "currency", 'o' },
	{ "币种", "currency", 'o' },
	{ "store", "store_id", 'o' },
	{ "storeid", "store_id", 'o' },
	{ "门店", "store_id", 'o' },
	{ "门店编号", "store_id", 'o' },
	{ "coupon", "coupon", 'o' },
	{ "优惠券", "coupon", 'o' },
	{ "sku", "sku", 'r' },
	{ "货号", "sku", 'r' },
	{ "商品编码", "sku", 'r' },
	{ "item", "name", 'r' },
	{ "product", "name", 'r' },
	{ "productname", "name", 'r' },
	{ "商品", "name", 'r' },
	{ "商品名称", "name", 'r' },
	{ "商品标题", "name", 'r' },
	{ "price", "price", 'r' },
	{ "unitprice", "price", 'r' },
	{ "单价", "price", 'r' },
	{ "quantity", "quantity", 'r' },
	{ "qty", "quantity", 'r' },
	{ "数量", "quantity", 'r' },
	{ "email", "email", 'p' },
	{ "mail", "email", 'p' },
	{ "emailaddress", "email", 'p' },
	{ "邮箱", "email", 'p' },
	{ "电子邮箱", "email", 'p' },
	{ "phone", "phone", 'p' },
	{ "phonenumber", "phone", 'p' },
	{ "mobile", "phone", 'p' },
	{ "mobilephone", "phone", 'p' },
	{ "tel", "phone", 'p' },
	{ "telephone", "phone", 'p' },
	{ "手机", "phone", 'p' },
	{ "手机号", "phone", 'p' },
	{ "手机号码", "phone", 'p' },
	{ "电话", "phone", 'p' },
	{ "联系电话", "phone", 'p' },
	{ "name", "name", 'p' },
	{ "fullname", "name", 'p' },
	{ "customername", "name", 'p' },
	{ "姓名", "name", 'p' },
	{ "客户姓名", "name", 'p' },
	{ "会员姓名", "name", 'p' },
	{ "firstname", "given_name", 'p' },
	{ "givenname", "given_name", 'p' },
	{ "lastname", "family_name", 'p' },
	{ "surname", "family_name", 'p' },
	{ "familyname", "family_name", 'p' },
	{ "nickname", "nickname", 'p' },
	{ "昵称", "nickname", 'p' },
	{ "gender", "gender", 'p' },
	{ "sex", "gender", 'p' },
	{ "性别", "gender", 'p' },
	{ "birthday", "birth_date", 'p' },
	{ "birthdate", "birth_date", 'p' },
	{ "dateofbirth", "birth_date", 'p' },
	{ "生日", "birth_date", 'p' },
	{ "出生日期", "birth_date", 'p' },
	{ "country", "country", 'p' },
	{ "国家", "country", 'p' },
	{ "province", "province", 'p' },
	{ "state", "province", 'p' },
	{ "省", "province", 'p' },
	{ "省份", "province", 'p' },
	{ "city", "city", 'p' },
	{ "城市", "city", 'p' },
	{ "address", "address", 'p' },
	{ "地址", "address", 'p' },
	{ "zip", "postal_code", 'p' },
	{ "zipcode", "postal_code", 'p' },
	{ "postcode", "postal_code", 'p' },
	{ "postalcode", "postal_code", 'p' },
	{ "邮编", "postal_code", 'p' },
	{ "memberno", "member_no", 'p' },
	{ "memberid", "member_no", 'p' },
	{ "会员号", "member_no", 'p' },
	{ "会员编号", "member_no", 'p' },
	{ "cardno", "card_no", 'p' },
	{ "会员卡号", "card_no", 'p' },
	{ "id", "source_id", 'p' },
	{ "customerid", "source_id", 'p' },
	{ "userid", "source_id", 'p' },
	{ "contactid", "source_id", 'p' },
	{ "客户编号", "source_id", 'p' },
	{ "createdat", "created_at", 'p' },
	{ "created", "created_at", 'p' },
	{ "registered", "created_at", 'p' },
	{ "注册时间", "created_at", 'p' },
};

/* Tried in this order; a date that could be of two months is the first. */
static const char *const formats[] = { "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M",
	"%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S%z",
	"%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d",
	"%Y年%m月%d日", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y %H:%M",
	"%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d/%m/%Y", "%m/%d/%Y",
	"%b %d, %Y", "%d %b %Y" };
#define NFORMATS (sizeof(formats) / sizeof(*formats))

struct column {
	struct view name;
	const struct word *word; /* NULL: nothing says what it is */
	size_t there; /* cells with a text */
	size_t fits[NFORMATS];
	size_t mails, mobiles, point, comma, digits;
	bool group; /* 1,204.50 or 1.204,50 */
};

struct draft {
	const struct sample *s;
	struct column *column;
	size_t n;
	bool han; /* written in China */
	bool zone, currency; /* asked for */
	size_t rows;
};

static const struct word *find_word(struct view name)
{
	char key[64];
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];
		if (n + 1 == sizeof(key))
			return NULL;
		if (c & 0x80 || isalnum(c))
			key[n++] = (char)tolower(c);
	}
	key[n] = 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].word, key) == 0)
			return &words[i];
	return NULL;
}

/* Digits with a sign for the fraction and one between thousands. */
static void look_number(struct column *c, struct view v)
{
	size_t digits = 0, commas = 0, points = 0, last = 0;
	for (size_t i = 0; i < v.n; i++) {
		digits += v.p[i] >= '0' && v.p[i] <= '9';
		commas += v.p[i] == ',';
		points += v.p[i] == '.';
		if (v.p[i] == ',' || v.p[i] == '.')
			last = i;
	}
	bool sign = v.p[0] == '-' || v.p[0] == '+';
	if (!digits || digits + commas + points + sign != v.n)
		return;
	bool both = commas && points;
	c->digits += !commas && !points;
	if (both || points == 1 || commas == 1) {
		char dec = v.p[last];
		/* 1,204 and 1.204 by themselves say nothing */
		bool open = !both && v.n - last == 4;
		c->point += dec == '.' || (open && dec == ',');
		c->comma += dec == ',' || (open && dec == '.');
		c->group |= both || open;
	}
}

/* Digits behind the first sign, and blanks between them. */
static bool plain(struct view v)
{
	for (size_t i = 1; i < v.n; i++)
		if ((v.p[i] < '0' || v.p[i] > '9') && v.p[i] != ' ')
			return false;
	return true;
}

static void look_cell(struct draft *d, struct column *c, struct view v)
{
	struct civil t;
	struct why why;
	struct buf b = { 0 };
	v = text_trim(v);
	if (!v.n)
		return;
	c->there++;
	for (size_t i = 0; i < NFORMATS && v.n < 40; i++)
		c->fits[i] += civil_parse(v.p, v.n, formats[i], &t, &why);
	c->mails += memchr(v.p, '@', v.n) && email_parse(v, &b, &why);
	bool mobile = v.n == 11 && v.p[0] == '1' && v.p[1] > '2';
	bool abroad = v.n > 8 && v.n < 18 && v.p[0] == '+';
	c->mobiles += (mobile || abroad) && plain(v);
	look_number(c, v);
	for (size_t i = 0; i < v.n; i++)
		d->han |= (unsigned char)v.p[i] >= 0xE4 &&
			  (unsigned char)v.p[i] <= 0xE9;
	buf_release(&b);
}

static bool look(struct draft *d, struct sample *s)
{
	static const struct word email = { "", "email", 'p' },
				 phone = { "", "phone", 'p' };
	if (s->format != MAP_CSV || !s->row.n)
		return false;
	d->s = s;
	d->n = s->row.v[0].n;
	d->column = xcalloc(d->n + 1, sizeof(*d->column));
	struct view *name = mapper_columns(&s->text, s->row.v[0].cell, d->n);
	for (size_t i = 0; i < d->n; i++) {
		struct column *c = &d->column[i];
		c->name = name[i];
		c->word = find_word(name[i]);
		for (size_t r = 1; r < s->row.n; r++)
			if (i < s->row.v[r].n)
				look_cell(d, c, s->row.v[r].cell[i]);
		if (!c->word && c->there && c->mails == c->there)
			c->word = &email;
		else if (!c->word && c->there && c->mobiles == c->there)
			c->word = &phone;
		for (size_t k = 0; k < i && c->word; k++)
			if (d->column[k].word && c->word->of != 'r' &&
				strcmp(d->column[k].word->field,
					c->word->field) == 0)
				c->word = NULL; /* the first is it */
	}
	d->rows = s->row.n - 1;
	return true;
}

/* JSON. */

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

static json_t *text_of(struct view v)
{
	return json_stringn(v.p, v.n);
}

static bool is(const struct column *c, const char *field)
{
	return strcmp(c->word->field, field) == 0;
}

static const struct column *find(const struct draft *d, const char *field)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->column[i].word && d->column[i].word->of != 'r' &&
			is(&d->column[i], field))
			return &d->column[i];
	return NULL;
}

static void about(json_t *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void about(json_t *f, const char *fmt, ...)
{
	char text[200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	set(f, "about", json_string(text));
}

/* The format that fits most of its texts, the first at a tie. */
static size_t most(const struct column *c)
{
	size_t best = 0;
	for (size_t i = 1; i < NFORMATS; i++)
		if (c->fits[i] > c->fits[best])
			best = i;
	return best;
}

static void as_time(struct draft *d, const struct column *c, json_t *f)
{
	size_t best = NFORMATS, other = NFORMATS;
	for (size_t i = 0; i < NFORMATS; i++) {
		if (!c->there || c->fits[i] < c->there)
			continue;
		if (best == NFORMATS)
			best = i;
		else if (other == NFORMATS)
			other = i;
	}
	if (best == NFORMATS) {
		/* text that nobody could read would refuse each row */
		best = most(c);
		set(f, "format", json_pack("[s]", formats[best]));
		set(f, "bad", json_string("extra"));
		about(f,
			"this format fits %zu of %zu texts: say the others, "
			"and then take bad away",
			c->fits[best], c->there);
	} else {
		set(f, "format", json_string(formats[best]));
		if (other != NFORMATS)
			about(f, "a guess: its texts fit %s as well",
				formats[other]);
		else
			about(f, "a guess: all of its texts fit");
	}
	const char *format = formats[best];
	if ((strstr(format, "%H") || strstr(format, "%I")) &&
		!strstr(format, "%z")) {
		set(f, "zone", json_string("${zone}"));
		d->zone = true;
	}
}

static void as_number(const struct column *c, json_t *f, bool money)
{
	set(f, "type", json_string(money ? "money" : "decimal"));
	if (c->comma && c->comma >= c->point) {
		set(f, "decimal", json_string(","));
		if (c->group)
			set(f, "group", json_string("."));
	} else if (c->group) {
		set(f, "group", json_string(","));
	}
	if (c->point && c->comma)
		about(f, "a guess: its fractions could stand behind a point or "
			 "a comma");
	else
		about(f, "a guess from how its numbers are written");
}

static void as_gender(json_t *f)
{
	set(f, "words",
		json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "F", "female",
			"M", "male", "f", "female", "m", "male", "female",
			"female", "male", "male", "女", "female", "男",
			"male"));
	set(f, "otherwise", json_null());
	about(f, "words that are not listed are left out: are these all?");
}

static json_t *field_of(struct draft *d, const struct column *c)
{
	static const char *const money[] = { "paid", "total", "discount",
		"shipping", "tax", "refunded", "price", NULL };
	json_t *f = json_object();
	size_t i = 0;
	while (money[i] && !is(c, money[i]))
		i++;
	set(f, "from", text_of(c->name));
	if (is(c, "time") || is(c, "created_at") || is(c, "birth_date")) {
		as_time(d, c, f);
	} else if (money[i] || is(c, "quantity")) {
		as_number(c, f, money[i] != NULL);
		d->currency |= money[i] != NULL;
	} else if (is(c, "phone")) {
		set(f, "region", json_string(d->han ? "CN" : "${region}"));
		about(f, "the country of numbers that have none is a guess");
	} else if (is(c, "gender")) {
		as_gender(f);
	} else {
		json_t *plain = json_copy(json_object_get(f, "from"));
		json_decref(f);
		return plain;
	}
	return f;
}

static json_t *hash_of(const struct draft *d, bool all)
{
	json_t *list = json_array();
	for (size_t i = 0; i < d->n; i++)
		if (all || (d->column[i].word && d->column[i].word->of == 'p'))
			json_array_append_new(list, text_of(d->column[i].name));
	return list;
}

/* Whether rows that stand together have the same order. */
static bool of_rows(const struct draft *d, const struct column *c)
{
	size_t at = (size_t)(c - d->column);
	for (size_t r = 2; r < d->s->row.n; r++) {
		const struct sample_row *a = &d->s->row.v[r - 1], *b = a + 1;
		if (at < a->n && at < b->n && a->cell[at].n &&
			view_eq(a->cell[at], b->cell[at]))
			return true;
	}
	return false;
}

/* Whether the rows of one order all have the same text in this column. */
static bool repeated(const struct draft *d, const struct column *key,
	const struct column *c)
{
	size_t k = (size_t)(key - d->column), at = (size_t)(c - d->column);
	for (size_t r = 2; r < d->s->row.n; r++) {
		const struct sample_row *a = &d->s->row.v[r - 1], *b = a + 1;
		size_t most = k > at ? k : at;
		if (most < a->n && most < b->n &&
			view_eq(a->cell[k], b->cell[k]) &&
			!view_eq(a->cell[at], b->cell[at]))
			return false;
	}
	return true;
}

static void fill(struct draft *d, json_t *fields, char of,
	const struct column *key)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct column *c = &d->column[i];
		if (!c->word || c->word->of != of ||
			json_object_get(fields, c->word->field))
			continue;
		json_t *f = field_of(d, c);
		if (key && (is(c, "paid") || is(c, "total")) &&
			!repeated(d, key, c)) {
			set(f, "sum", json_copy(json_object_get(f, "from")));
			json_object_del(f, "from");
			set(f, "over", json_string("rows"));
			about(f, "it differs between the rows of an order: "
				 "their sum");
		}
		set(fields, c->word->field, f);
	}
}

static json_t *order(struct draft *d, json_t *map)
{
	json_t *record = json_object(), *fields = json_object();
	const struct column *key = find(d, "order_id");
	bool rows = of_rows(d, key);
	set(record, "type", json_string("order"));
	if (rows)
		set(map, "group", json_pack("{s:o}", "by", text_of(key->name)));
	fill(d, fields, 'o', rows ? key : NULL);
	fill(d, fields, 'p', NULL);
	json_object_del(fields, "source_id"); /* fields of no order */
	json_object_del(fields, "created_at");
	json_object_del(fields, "name");
	json_t *product = json_object();
	fill(d, product, 'r', NULL);
	if (json_object_size(product))
		set(fields, "products",
			rows ? json_pack("{s:o}", "rows", product)
			     : json_pack("{s:[o]}", "elements", product));
	else
		json_decref(product);
	if (d->currency && !json_object_get(fields, "currency"))
		set(fields, "currency",
			json_pack("{s:s}", "const", "${currency}"));
	else
		d->currency = false;
	set(record, "fields", fields);
	return record;
}

static json_t *profile(struct draft *d)
{
	json_t *record = json_object(), *fields = json_object();
	set(record, "type", json_string("profile"));
	if (!find(d, "source_id")) {
		const struct column *no = find(d, "member_no");
		json_t *id = no ? json_object() : NULL;
		if (no)
			set(id, "from", text_of(no->name));
		else
			id = json_pack("{s:o}", "hash", hash_of(d, false));
		about(id, no ? "no column is called an id: the member's number"
			     : "no column is called an id: a fingerprint of "
			       "what says who it is");
		set(fields, "source_id", id);
	}
	fill(d, fields, 'p', NULL);
	set(record, "fields", fields);
	return record;
}

/* A field of the column's own name. */
static void keep(json_t *fields, const struct column *c)
{
	char key[80];
	size_t n = 0;
	for (size_t i = 0; i < c->name.n && n + 1 < sizeof(key); i++) {
		unsigned char b = (unsigned char)c->name.p[i];
		if (isalnum(b) || b & 0x80)
			key[n++] = (char)tolower(b);
		else if (n && key[n - 1] != '_')
			key[n++] = '_';
	}
	key[n] = 0;
	static const char *const ours[] = { "type", "source", "house",
		"account", "observed_at", "file", "row", "extra", NULL };
	for (size_t i = 0; ours[i]; i++)
		if (strcmp(ours[i], key) == 0)
			return;
	json_t *name = text_of(c->name);
	if (n && !json_object_get(fields, key) && n + 1 < sizeof(key))
		set(fields, key, name);
	else
		json_decref(name);
}

static json_t *event(struct draft *d)
{
	json_t *record = json_object(), *fields = json_object();
	const struct column *time = find(d, "time");
	json_t *id = json_pack("{s:o}", "hash", hash_of(d, true));
	about(id, "no column is called an id: a fingerprint of the row");
	set(record, "type", json_string("event"));
	set(fields, "event_id", id);
	set(fields, "event",
		json_pack("{s:s,s:s}", "const", "row", "about",
			"what happened: nothing says it"));
	if (time)
		set(fields, "time", field_of(d, time));
	fill(d, fields, 'p', NULL);
	/* what is in the fingerprint is not kept as extra */
	for (size_t i = 0; i < d->n; i++)
		if (!d->column[i].word || d->column[i].word->of != 'p')
			keep(fields, &d->column[i]);
	set(record, "fields", fields);
	return record;
}

static json_t *input(const struct sample *s)
{
	json_t *in = json_pack("{s:s}", "format", "csv");
	if (s->sheet)
		return in;
	set(in, "encodings",
		s->charset == CHARSET_UTF8 || s->charset == CHARSET_GB18030
			? json_pack("[s,s]", "utf-8", "gb18030")
			: json_pack("[s]", charset_name(s->charset)));
	char delim[2] = { s->delim, 0 };
	if (s->delim != ',')
		set(in, "delimiter", json_string(delim));
	return in;
}

/* What the file does not say: of China it is known, else it is asked for. */
static void constants(const struct draft *d, json_t *map)
{
	json_t *c = json_object(), *needs = json_object();
	bool phone = find(d, "phone") != NULL;
	if (d->zone && d->han)
		set(c, "zone", json_string("Asia/Shanghai"));
	else if (d->zone)
		set(needs, "zone",
			json_string("of its times: -D zone=Europe/Paris"));
	if (d->currency && d->han)
		set(c, "currency", json_string("CNY"));
	else if (d->currency)
		set(needs, "currency",
			json_string("of its amounts: -D currency=EUR"));
	if (phone && !d->han)
		set(needs, "region",
			json_string("the country of phones without one: -D "
				    "region=FR"));
	if (json_object_size(needs))
		set(map, "needs", needs);
	else
		json_decref(needs);
	if (json_object_size(c))
		set(map, "constants", c);
	else
		json_decref(c);
}

bool draft_map(struct sample *s, const char *name, struct buf *out)
{
	struct draft d = { 0 };
	if (!look(&d, s))
		return false;
	json_t *map = json_object();
	bool person = false;
	for (size_t i = 0; i < d.n; i++)
		person |= d.column[i].word && d.column[i].word->of == 'p';
	about(map,
		"a draft of %.60s: names say what columns are, its first "
		"%zu rows how they are written; look at each about",
		name, d.rows);
	name += mapper_date(name).n;
	name += strspn(name, "-_ ");
	struct view source = { name, strcspn(name, ".") };
	set(map, "set",
		json_pack("{s:o}", "source",
			text_of(source.n ? source : VIEW("file"))));
	set(map, "input", input(s));
	set(map, "null", json_pack("[s,s]", "", "-"));
	json_t *record = find(&d, "order_id")          ? order(&d, map)
			 : person && !find(&d, "time") ? profile(&d)
						       : event(&d);
	set(record, "extra", json_true());
	set(map, "records", json_pack("[o]", record));
	constants(&d, map);
	char *text = json_dumps(map, JSON_INDENT(2));
	buf_adds(out, text ? text : "{}");
	buf_addc(out, '\n');
	free(text);
	json_decref(map);
	free(d.column);
	return true;
}
