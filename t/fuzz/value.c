/*
 * Text of any bytes to the parsers of the value layer: what they take must
 * come back from its printed form, and laws between two values must hold.
 * The first byte chooses the parser (n, t, m, a, l and what is as far from
 * them as a multiple of five), a ';' parts two texts.
 */
#include "base/mem.h"
#include "value/email.h"
#include "value/money.h"
#include "value/name.h"
#include "value/phone.h"
#include "value/text.h"
#include "value/time.h"
#include "value/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static bool same_dec(struct dec a, struct dec b)
{
	return a.v == b.v && a.scale == b.scale;
}

/* JSON's grammar of a number, told apart from num.c's own. */
static bool grammar(struct view v)
{
	size_t i = 0, from;
#define DIGITS                                                         \
	for (from = i; i < v.n && v.p[i] >= '0' && v.p[i] <= '9'; i++) \
		;                                                      \
	if (i == from)                                                 \
	return false
	i += i < v.n && v.p[i] == '-';
	if (i < v.n && v.p[i] == '0') {
		i++;
	} else {
		DIGITS;
	}
	if (i < v.n && v.p[i] == '.') {
		i++;
		DIGITS;
	}
	if (i < v.n && (v.p[i] | 32) == 'e') {
		i++;
		i += i < v.n && (v.p[i] == '+' || v.p[i] == '-');
		DIGITS;
	}
#undef DIGITS
	return i == v.n;
}

static void one_number(struct view v)
{
	struct dec d, back;
	struct buf out = { 0 };
	int64_t n;
	if (dec_parse(v.p, v.n, &d)) {
		must(grammar(v) && d.scale >= 0 && d.scale <= DEC_SCALE_MAX);
		dec_print(&out, d);
		must(dec_parse(out.p, out.n, &back) && same_dec(d, back));
		must(num_cmp(v, buf_view(&out)) == 0);
		must(dec_cmp(dec_trim(d), d) == 0);
		struct dec r = dec_round(d, d.scale / 2), gap = d;
		if (dec_sub(&gap, r)) {
			gap.v = gap.v < 0 ? -gap.v : gap.v;
			struct dec half = { 5, d.scale / 2 + 1 };
			must(d.scale == d.scale / 2 || dec_cmp(gap, half) <= 0);
		}
	}
	if (int_parse(v.p, v.n, &n) && grammar(v))
		must(dec_parse(v.p, v.n, &d) && dec_cmp(d, dec_of(n)) == 0);
	buf_release(&out);
}

/* Keys take exponents beyond 10^18 as one. */
static bool far(struct view v)
{
	size_t i = 0;
	while (i < v.n && (v.p[i] | 32) != 'e')
		i++;
	return v.n - i > 18;
}

/* The order of the keys is that of the numbers. */
static void keys(struct view a, struct view b, int want)
{
	struct buf x = { 0 }, y = { 0 };
	must(num_key(a, &x) && num_key(b, &y));
	int c = view_cmp(buf_view(&x), buf_view(&y));
	must(far(a) || far(b) || (c > 0) - (c < 0) == (want > 0) - (want < 0));
	buf_release(&x);
	buf_release(&y);
}

static void two_numbers(struct view a, struct view b)
{
	one_number(a);
	one_number(b);
	if (!grammar(a) || !grammar(b))
		return;
	int c = num_cmp(a, b);
	must(num_cmp(a, a) == 0 && (c > 0) == (num_cmp(b, a) < 0));
	keys(a, b, c);
	struct buf s = { 0 };
	buf_addv(&s, a);
	double x = strtod(s.p, NULL);
	must(num_huge(a) == (x - x != 0));
	buf_reset(&s);
	buf_addv(&s, b);
	double y = strtod(s.p, NULL);
	buf_release(&s);
	must(!(x < y) || c < 0);
	must(!(x > y) || c > 0);
	struct dec d, e, sum, q;
	if (!dec_parse(a.p, a.n, &d) || !dec_parse(b.p, b.n, &e))
		return;
	sum = d;
	if (dec_add(&sum, e)) {
		must(dec_sub(&sum, e) && dec_cmp(sum, d) == 0);
		must((dec_add(&sum, e), dec_cmp(sum, d)) ==
			dec_cmp(e, dec_of(0)));
	}
	sum = d;
	if (dec_mul(&sum, e) && dec_div(sum, e, d.scale, &q))
		must(dec_cmp(q, d) == 0);
}

static void times(struct view v, struct view format)
{
	struct when w, back;
	struct buf out = { 0 };
	if (when_parse(v.p, v.n, &w)) {
		when_print(&out, w);
		must(when_parse(out.p, out.n, &back));
		must(w.sec == back.sec && w.nsec == back.nsec &&
			w.offset == back.offset &&
			w.date_only == back.date_only);
		must(when_cmp(w, back) == 0);
		if (w.date_only)
			must(view_eq(v, buf_view(&out)));
		must(when_cmp(when_add_months(w, 1), w) > 0);
	}
	char *f = xmemdup(format.p, format.n);
	struct civil c;
	struct why why = { 0 };
	if (civil_parse(v.p, v.n, f, &c, &why)) {
		int year, month, day;
		day_civil(civil_seconds(&c) / 86400 -
				  (civil_seconds(&c) % 86400 < 0),
			&year, &month, &day);
		must(year == c.year && month == c.month && day == c.day);
		must(civil_format(f, &why));
	} else {
		must(why.text[0]);
	}
	free(f);
	buf_release(&out);
}

static void money(struct view v, char point, char group)
{
	struct dec d, back;
	struct why why = { 0 };
	struct buf out = { 0 };
	if (!money_parse(v, point, group, &d, &why)) {
		must(why.text[0]);
		return;
	}
	dec_print(&out, d);
	must(money_parse(buf_view(&out), '.', 0, &back, &why) &&
		same_dec(d, back));
	/* not a digit is lost or made */
	size_t k = 0;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			continue;
		while (k < out.n && (out.p[k] < '0' || out.p[k] > '9'))
			k++;
		/* zeros at the end beyond 38 digits are dropped */
		must(k < out.n ? out.p[k++] == v.p[i]
			       : v.p[i] == '0' && k > 38);
	}
	must(k == out.n);
	buf_release(&out);
}

static void addresses(struct view v)
{
	char phone[PHONE_MAX], again[PHONE_MAX];
	struct why why = { 0 };
	struct buf out = { 0 }, twice = { 0 };
	if (phone_parse(v, "CN", phone, &why)) {
		size_t n = strlen(phone);
		must(n >= 9 && n <= 16 && phone[0] == '+' &&
			strspn(phone + 1, "0123456789") == n - 1);
		must(phone_parse(view_of(phone), NULL, again, &why) &&
			strcmp(phone, again) == 0);
	}
	phone_generic(v);
	if (email_parse(v, &out, &why)) {
		must(email_parse(buf_view(&out), &twice, &why) &&
			view_eq(buf_view(&out), buf_view(&twice)));
		must(utf8_valid(buf_view(&out)) && out.n <= 254);
		must(!memchr(out.p, ' ', out.n) && !memchr(out.p, 0, out.n));
	} else {
		must(out.n == 0 && why.text[0]);
	}
	buf_release(&out);
	buf_release(&twice);
}

static void words(struct view a, struct view b)
{
	must(name_compare(a, b) == name_compare(b, a));
	must(name_compare(a, a) != NAME_DIFFERENT);
	must(text_near(a, b) == text_near(b, a) && text_near(a, a));
	struct buf once = { 0 }, twice = { 0 };
	text_fold(&once, a);
	text_fold(&twice, buf_view(&once));
	/* bad bytes may meet where something between them went */
	must(!utf8_valid(a) || view_eq(buf_view(&once), buf_view(&twice)));
	size_t columns = utf8_columns(a);
	for (size_t w = 0; w < 5; w++) {
		struct view cut = utf8_cut(a, w);
		must(cut.n <= a.n && utf8_columns(cut) <= w);
		must(columns > w || cut.n == a.n);
	}
	buf_release(&once);
	buf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	/* of its own size, so that a byte too far is seen */
	char *text = xmemdup(data + 1, size - 1);
	struct view a = { text, size - 1 }, b = { text + size - 1, 0 };
	char *part = memchr(text, ';', size - 1);
	if (part) {
		a.n = (size_t)(part - text);
		b = (struct view){ part + 1, size - 2 - a.n };
	}
	switch (data[0] % 5) {
	case 'n' % 5:
		two_numbers(a, b);
		break;
	case 't' % 5:
		times(a, b);
		break;
	case 'm' % 5:
		money(a, '.', ',');
		money(a, ',', '.');
		money(a, ',', ' ');
		break;
	case 'a' % 5:
		addresses(a);
		break;
	default:
		words(a, b);
	}
	free(text);
	return 0;
}
