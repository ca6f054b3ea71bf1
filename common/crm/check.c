#include "crm/check.h"

#include "value/email.h"
#include "value/money.h"
#include "value/num.h"
#include "value/time.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SLIPS 1000 /* names that are looked at for being a slip */

/* Texts that are more than a kind. */
enum form { ANY, CURRENCY, PHONE, EMAIL, CUSTOMER_ID, CHANNEL };

/* What a member of a type is; by the number of its key. */
struct known {
	const struct schema_field *field;
	bool asked;
	enum form form;
	/* The first of the fields within it, which stand together, or NULL. */
	const struct schema_field *inside;
	size_t prefix; /* length of their "products." */
};

struct check_type {
	const struct schema_type *schema;
	unsigned key[5], instead;
	struct known *known;
	size_t nknown;
};

void check_init(struct check *c, struct keys *keys)
{
	size_t n = 0;

	*c = (struct check){ .keys = keys };
	c->k_type = keys_want(keys, "type");
	c->k_currency = keys_want(keys, "currency");
	c->k_customer_id = keys_want(keys, "customer_id");
	while (schema_types()[n].name)
		n++;
	c->type = xcalloc(n + 1, sizeof(*c->type));
	for (size_t i = 0; i < n; i++) {
		c->type[i].schema = &schema_types()[i];
		for (size_t k = 0; schema_types()[i].key[k]; k++)
			c->type[i].key[k] =
				keys_want(keys, schema_types()[i].key[k]);
		if (schema_types()[i].instead[0])
			c->type[i].instead =
				keys_want(keys, schema_types()[i].instead[0]);
	}
}

void check_release(struct check *c)
{
	for (size_t i = 0; c->type && c->type[i].schema; i++)
		free(c->type[i].known);
	free(c->type);
	map_release(&c->slips);
	buf_release(&c->scratch);
	vec_release(&c->breach);
	*c = (struct check){ 0 };
}

static void breach(struct check *c, struct view field, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void breach(struct check *c, struct view field, const char *fmt, ...)
{
	struct breach *b = vec_add(&c->breach);
	va_list ap;

	b->field = field;
	va_start(ap, fmt);
	vsnprintf(b->reason, sizeof(b->reason), fmt, ap);
	va_end(ap);
}

static const char *kind_name(enum kind kind)
{
	switch (kind) {
	case K_FALSE:
	case K_TRUE:
		return "a boolean";
	case K_NUMBER:
		return "a number";
	case K_STRING:
		return "text";
	case K_ARRAY:
		return "an array";
	case K_OBJECT:
		return "an object";
	case K_MISSING:
	case K_NULL:
		break;
	}
	return "nothing";
}

static bool one_of(const char *values, struct view text)
{
	while (*values) {
		size_t n = strcspn(values, " ");
		if (view_eq(text, (struct view){ values, n }))
			return true;
		values += n + (values[n] == ' ');
	}
	return false;
}

static bool is_e164(struct view t)
{
	if (t.n < 8 || t.n > 16 || t.p[0] != '+' || t.p[1] == '0')
		return false;
	for (size_t i = 1; i < t.n; i++)
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	return true;
}

static bool is_customer_id(struct view t)
{
	if (t.n != 21 || t.p[0] != 'c')
		return false;
	for (size_t i = 1; i < t.n; i++)
		if (!strchr("0123456789abcdef", t.p[i]) || !t.p[i])
			return false;
	return true;
}

static bool begins(struct view t, struct view with)
{
	return t.n > with.n && memcmp(t.p, with.p, with.n) == 0;
}

static bool is_channel(struct view t)
{
	return one_of("email sms advisor", t) || begins(t, VIEW("wechat:")) ||
	       begins(t, VIEW("wecom:"));
}

/* Channels one can write to; orders and events have their own words, too. */
static bool is_written_to(const struct schema_type *t)
{
	return one_of("consent decision message delivery", view_of(t->name));
}

static enum form form_of(const struct schema_type *t, struct view name)
{
	if (view_is(name, "currency"))
		return CURRENCY;
	if (view_is(name, "phone"))
		return PHONE;
	if (view_is(name, "email"))
		return EMAIL;
	if (view_is(name, "customer_id"))
		return CUSTOMER_ID;
	return view_is(name, "channel") && is_written_to(t) ? CHANNEL : ANY;
}

static void check_text(struct check *c, const struct schema_field *f,
	enum form form, struct view text)
{
	struct view name = view_of(f->name);
	int shown = text.n < 40 ? (int)text.n : 40;
	struct why why = { 0 };

	if (f->values && !one_of(f->values, text)) {
		breach(c, name, "'%.*s' is none of %.60s%s", shown, text.p,
			f->values, strlen(f->values) > 60 ? "..." : "");
		return;
	}
	switch (form) {
	case ANY:
		break;
	case CURRENCY:
		if (money_digits(text) < 0)
			breach(c, name, "'%.*s' is no currency of ISO 4217",
				shown, text.p);
		break;
	case PHONE:
		if (!is_e164(text))
			breach(c, name, "not E.164, like +8613800000001");
		break;
	case EMAIL:
		buf_reset(&c->scratch);
		if (!email_parse(text, &c->scratch, &why))
			breach(c, name, "%s", why.text);
		break;
	case CUSTOMER_ID:
		if (!is_customer_id(text))
			breach(c, name, "not c and 20 hexadecimal digits");
		break;
	case CHANNEL:
		if (!is_channel(text))
			breach(c, name,
				"none of email, sms, advisor, wechat:APPID, "
				"wecom:CORPID");
		break;
	}
}

static void check_number(struct check *c, const struct schema_field *f,
	struct val v)
{
	struct view name = view_of(f->name);
	struct dec d;

	if (!dec_parse(v.p, v.n, &d))
		breach(c, name, "more than 38 digits");
	else if (f->type == F_INTEGER && dec_trim(d).scale != 0)
		breach(c, name, "integer wanted, this has a fraction");
}

static void check_inside(struct check *c, const struct known *k,
	struct val object);

static void check_value(struct check *c, const struct known *k, struct val v)
{
	static const struct {
		enum kind kind;
		const char *name;
	} want[] = {
		[F_UNKNOWN] = { K_MISSING, NULL },
		[F_TEXT] = { K_STRING, "text" },
		[F_ID] = { K_STRING, "text" },
		[F_NUMBER] = { K_NUMBER, "number" },
		[F_INTEGER] = { K_NUMBER, "integer" },
		[F_MONEY] = { K_NUMBER, "number" },
		[F_TIME] = { K_STRING, "time" },
		[F_DATE] = { K_STRING, "date" },
		[F_BOOL] = { K_TRUE, "true or false" },
		[F_TEXTS] = { K_ARRAY, "array of texts" },
		[F_OBJECT] = { K_OBJECT, "object" },
		[F_OBJECTS] = { K_ARRAY, "array of objects" },
	};
	const struct schema_field *f = k->field;
	struct view name = view_of(f->name), text;
	enum kind kind = v.kind == K_FALSE ? K_TRUE : v.kind;
	struct buf b = { 0 };
	struct when w;

	if (f->type == F_UNKNOWN)
		return;
	if (kind != want[f->type].kind) {
		breach(c, name, "%s wanted, not %s", want[f->type].name,
			kind_name(v.kind));
		return;
	}
	if (v.kind == K_NUMBER) {
		check_number(c, f, v);
	} else if (v.kind == K_STRING) {
		text = val_text(v, &b);
		if (f->type != F_TIME && f->type != F_DATE)
			check_text(c, f, k->form, text);
		else if (!when_parse(text.p, text.n, &w))
			breach(c, name,
				"no time like 2026-11-01T08:30:00+08:00"
				", no date like 2026-11-01");
		else if (f->type == F_DATE && !w.date_only)
			breach(c, name, "date wanted, not a time");
		buf_release(&b);
	} else if (v.kind == K_ARRAY) {
		enum kind each = f->type == F_TEXTS ? K_STRING : K_OBJECT;
		struct val_iter it = val_iter(v);
		for (size_t i = 1; val_next(&it); i++)
			if (it.val.kind != each)
				breach(c, name, "element %zu is %s", i,
					kind_name(it.val.kind));
			else if (k->inside)
				check_inside(c, k, it.val);
	} else if (k->inside) {
		check_inside(c, k, v);
	}
}

/* The members of an object that the page knows as "products.price". Objects
 * within objects have no page, so this goes one step. */
static void check_inside(struct check *c, const struct known *k,
	struct val object)
{
	struct val_iter it = val_iter(object);
	const char *prefix = k->inside->name;

	while (val_next(&it)) {
		const struct schema_field *f = k->inside;
		if (it.val.kind == K_NULL)
			continue;
		while (f->name && strncmp(f->name, prefix, k->prefix) == 0 &&
			!val_is(it.key, view_of(f->name + k->prefix)))
			f++;
		if (f->name && strncmp(f->name, prefix, k->prefix) == 0)
			check_value(c, &(struct known){ .field = f }, it.val);
	}
}

/* Fills where the fields within a field are. */
static void find_inside(struct known *k, const struct schema_type *t)
{
	size_t n = strlen(k->field->name);

	for (const struct schema_field *f = t->field; f->name; f++)
		if (strncmp(f->name, k->field->name, n) == 0 &&
			f->name[n] == '.') {
			k->inside = f;
			k->prefix = n + 1;
			return;
		}
}

/* A name that the page does not know passes, but may be meant as one. */
static void look_for_slip(struct check *c, const struct schema_type *t,
	struct view name)
{
	const char *near = schema_nearest(name);
	bool isnew;

	if (!c->slip || !near || !schema_field(t, view_of(near)) ||
		c->slips.n == SLIPS)
		return;
	buf_reset(&c->scratch);
	buf_addf(&c->scratch,
		"no field '%.*s' of %s in scrm-record(5); "
		"is it '%s'?",
		(int)name.n, name.p, t->name, near);
	map_add(&c->slips, c->scratch.p, c->scratch.n, &isnew);
	if (isnew)
		c->slip(c->arg, c->scratch.p);
}

static const struct known *known(struct check *c, struct check_type *t,
	unsigned id)
{
	if (id >= t->nknown) {
		size_t n = t->nknown ? t->nknown : 64;
		while (n <= id)
			n *= 2;
		t->known = xreallocarray(t->known, n, sizeof(*t->known));
		memset(t->known + t->nknown, 0,
			(n - t->nknown) * sizeof(*t->known));
		t->nknown = n;
	}
	struct known *k = &t->known[id];
	if (!k->asked) {
		struct view name = keys_name(c->keys, id);
		k->asked = true;
		k->field = schema_field(t->schema, name);
		if (k->field) {
			k->form = form_of(t->schema, name);
			find_inside(k, t->schema);
		} else {
			look_for_slip(c, t->schema, name);
		}
	}
	return k;
}

static struct check_type *type_of(struct check *c, struct rec *r)
{
	struct view name = rec_text(r, c->k_type);
	struct check_type *t = &c->type[c->last];

	if (view_is(name, t->schema->name))
		return t;
	for (size_t i = 0; c->type[i].schema; i++)
		if (view_is(name, c->type[i].schema->name)) {
			c->last = i;
			return &c->type[i];
		}
	return NULL;
}

static bool missing(const struct rec *r, unsigned key)
{
	struct val v = rec_get(r, key);
	return val_none(v) || (v.kind == K_STRING && v.n == 0);
}

static void check_key(struct check *c, const struct check_type *t,
	const struct rec *r)
{
	/* A customer's golden line has no source. */
	if (view_is(view_of(t->schema->name), "profile") &&
		!missing(r, c->k_customer_id))
		return;
	if (t->schema->instead[0] && !missing(r, t->instead))
		return;
	for (size_t k = 0; t->schema->key[k]; k++)
		if (missing(r, t->key[k]))
			breach(c, view_of(t->schema->key[k]),
				"missing: it is part of the key");
}

bool check_rec(struct check *c, struct rec *r)
{
	struct val type = rec_get(r, c->k_type);
	bool money = false;

	c->breach.n = 0;
	if (missing(r, c->k_type)) {
		breach(c, VIEW("type"), "missing");
		return false;
	}
	struct check_type *t = type.kind == K_STRING ? type_of(c, r) : NULL;
	if (!t) {
		struct view name = rec_text(r, c->k_type);
		breach(c, VIEW("type"), "'%.*s' is no type of scrm-record(5)",
			name.n < 40 ? (int)name.n : 40, name.p);
		return false;
	}
	check_key(c, t, r);
	for (size_t i = 0; i < r->nmembers; i++) {
		const struct member *m = &r->member[i];
		if (m->id == KEY_OTHER || m->val.kind == K_NULL)
			continue;
		const struct known *k = known(c, t, m->id);
		if (!k->field)
			continue;
		money = money || k->field->type == F_MONEY;
		check_value(c, k, m->val);
	}
	if (money && missing(r, c->k_currency) &&
		one_of("order refund spend", view_of(t->schema->name)))
		breach(c, VIEW("currency"), "missing: there is money");
	if (view_is(view_of(t->schema->name), "refund")) {
		struct val paid = rec_get(r, keys_want(c->keys, "paid"));
		if (paid.kind == K_NUMBER && paid.p[0] == '-')
			breach(c, VIEW("paid"), "a refund is positive");
	}
	return c->breach.n == 0;
}
