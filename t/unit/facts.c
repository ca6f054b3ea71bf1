/* facts, customers: records in, golden lines out, in any order. */
#include "crm/customers.h"
#include "crm/facts.h"

#include "tap.h"

#include <stdlib.h>

struct world {
	struct keys keys;
	struct rec rec;
	struct golden golden;
	struct facts facts;
	struct rates rates;
	struct customers_options o;
	struct customers c;
	struct buf line, out;
};

static void begin(struct world *w, bool defaults)
{
	*w = (struct world){ 0 };
	rec_init(&w->rec, &w->keys);
	static const struct condition_env env;
	facts_init(&w->facts, &w->keys, &env);
	when_parse("2026-11-21", 10, &w->o.as_of);
	w->o.golden = &w->golden;
	w->o.defaults = defaults;
}

static void fact(struct world *w, const char *name, const char *of,
	const char *agg, const char *value, const char *where)
{
	struct why why;
	const char *column;
	bool good = facts_add(&w->facts, view_of(name), view_of(of),
		view_of(agg), view_of(value), view_of(where), &column, &why);
	ok(good, "%s is a fact%s%s", name, good ? "" : ": ",
		good ? "" : why.text);
	w->o.facts = &w->facts;
}

static bool bad(const char *name, const char *of, const char *agg,
	const char *value, const char *where, const char *want)
{
	struct world w;
	struct why why;
	const char *column;
	begin(&w, false);
	bool good = facts_add(&w.facts, view_of(name), view_of(of),
		view_of(agg), view_of(value), view_of(where), &column, &why);
	facts_release(&w.facts);
	rec_release(&w.rec);
	keys_release(&w.keys);
	return !good && strcmp(column, want) == 0;
}

/* What became of a record; its line must outlive the call. */
static enum customers_took give(struct world *w, const char *json)
{
	struct why why;
	buf_reset(&w->line);
	buf_adds(&w->line, json);
	if (!w->c.k)
		customers_init(&w->c, &w->keys, &w->o);
	ok(rec_parse(&w->rec, w->line.p, w->line.n, &why), "a record");
	return customers_add(&w->c, &w->rec, &why);
}

/* All lines, and the end of the world. */
static struct view end(struct world *w)
{
	struct why why;
	static struct buf out;
	customers_sort(&w->c);
	buf_reset(&out);
	for (size_t i = 0; i < w->c.n; i++) {
		ok(customers_print(&w->c, i, &out, &why), "line %zu", i);
		buf_addc(&out, '\n');
	}
	if (out.n)
		out.n--;
	customers_release(&w->c);
	facts_release(&w->facts);
	golden_release(&w->golden);
	rec_release(&w->rec);
	keys_release(&w->keys);
	buf_release(&w->line);
	return buf_view(&out);
}

static const char *const orders[] = {
	"{\"type\":\"order\",\"customer_id\":\"c1\",\"source\":\"s\","
	"\"order_id\":\"1\",\"time\":\"2026-01-01T10:00:00+08:00\",\"status\":"
	"\"paid\",\"paid\":10.50,\"channel\":\"web\",\"products\":[{\"sku\":"
	"\"A\",\"price\":10.50,\"quantity\":1}]}",
	"{\"type\":\"order\",\"customer_id\":\"c1\",\"source\":\"s\","
	"\"order_id\":\"2\",\"time\":\"2026-01-03T10:00:00+08:00\",\"status\":"
	"\"completed\",\"paid\":20,\"channel\":\"store\",\"products\":[{"
	"\"sku\":\"B\",\"price\":5,\"quantity\":2},{\"sku\":\"A\",\"price\":"
	"10}]}",
	"{\"type\":\"order\",\"customer_id\":\"c1\",\"source\":\"s\","
	"\"order_id\":\"3\",\"time\":\"2026-01-02T10:00:00+08:00\",\"status\":"
	"\"cancelled\",\"paid\":0.25,\"channel\":\"web\"}",
};

static void own_facts(struct world *w)
{
	begin(w, false);
	fact(w, "n", "order", "count", "", "");
	fact(w, "n_web", "order", "count", "", "channel = 'web'");
	fact(w, "spend", "order", "sum", "paid", "");
	fact(w, "mean", "order", "avg", "paid", "");
	fact(w, "mid", "order", "median", "paid", "");
	fact(w, "p90", "order", "quantile(0.9)", "paid", "");
	fact(w, "lo", "order", "min", "paid", "");
	fact(w, "hi", "order", "max", "time", "");
	fact(w, "first_channel", "order", "first", "channel", "");
	fact(w, "last_channel", "order", "last", "channel", "");
	fact(w, "usual", "order", "most_frequent", "channel", "");
	fact(w, "by_channel", "order", "share", "channel", "");
	fact(w, "spend_by", "order", "share(paid)", "channel", "");
	fact(w, "skus", "product", "distinct", "sku", "");
	fact(w, "sku_list", "product", "list", "sku",
		"order.status = 'completed'");
	fact(w, "twice", "order", "sum", "paid * 2", "");
	fact(w, "none", "event", "max", "value", "");
	fact(w, "no_events", "event", "count", "", "");
}

static const char want_own[] =
	"{\"type\":\"profile\",\"customer_id\":\"c1\",\"n\":3,\"n_web\":2,"
	"\"spend\":30.75,\"mean\":10.25,\"mid\":10.50,\"p90\":18.10,"
	"\"lo\":0.25,\"hi\":\"2026-01-03T10:00:00+08:00\","
	"\"first_channel\":\"web\",\"last_channel\":\"store\","
	"\"usual\":\"web\",\"by_channel\":{\"web\":0.6667,\"store\":0.3333},"
	"\"spend_by\":{\"store\":0.6504,\"web\":0.3496},\"skus\":2,"
	"\"sku_list\":[\"A\",\"B\"],\"twice\":61.50,\"no_events\":0}";

static void one_currency(void)
{
	struct world w;
	const char *cny = "{\"type\":\"order\",\"customer_id\":\"c\","
			  "\"time\":\"2026-01-02\",\"currency\":\"CNY\","
			  "\"paid\":10}";
	const char *eur = "{\"type\":\"order\",\"customer_id\":\"c\","
			  "\"time\":\"2026-01-02\",\"currency\":\"EUR\","
			  "\"paid\":1.01}";
	begin(&w, true);
	ok(give(&w, cny) == TOOK && give(&w, eur) == TOOK_STOP,
		"two currencies without rates are an error");
	end(&w);

	struct why why;
	begin(&w, true);
	ok(rates_init(&w.rates, VIEW("CNY"), &why), "rates to CNY");
	rates_add(&w.rates, VIEW("2026-01-01"), VIEW("EUR"), VIEW("7.855"),
		&why);
	rates_add(&w.rates, VIEW("2026-01-03"), VIEW("EUR"), VIEW("9"), &why);
	ok(rates_ready(&w.rates, &why), "two days");
	w.o.rates = &w.rates;
	ok(give(&w, cny) == TOOK && give(&w, eur) == TOOK, "both are taken");
	struct view line = end(&w);
	/* 1.01 at 7.855 is 7.93355 */
	ok(memmem(line.p, line.n, "\"revenue\":17.93,", 16),
		"by the last rate on or before the day, rounded once: %.*s",
		(int)line.n, line.p);
	rates_release(&w.rates);
}

int main(void)
{
	static const int turn[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };
	struct world w;
	for (size_t i = 0; i < 3; i++) {
		own_facts(&w);
		for (size_t k = 0; k < 3; k++)
			ok(give(&w, orders[turn[i][k]]) == TOOK, "folded");
		is_str(end(&w), want_own, "each aggregate, order %zu", i);
	}
	ok(bad("a b", "order", "count", "", "", "fact"), "a blank in a name");
	ok(bad("a", "ordr", "count", "", "", "of"), "no such type");
	ok(bad("a", "order", "total", "", "", "agg"), "no such aggregate");
	ok(bad("a", "order", "quantile(2)", "paid", "", "agg"), "q beyond 1");
	ok(bad("a", "order", "sum(paid)", "paid", "", "agg"), "sum takes none");
	ok(bad("a", "order", "sum", "", "", "value"), "sum of what?");
	ok(bad("a", "order", "sum", "paid *", "", "value"), "a bad expression");
	ok(bad("a", "order", "sum", "paid", "and", "where"), "a bad condition");

	begin(&w, true);
	ok(give(&w, "{\"a\":1}") == TOOK_FOREIGN, "no type");
	ok(give(&w, "{\"type\":\"order\",\"time\":\"2026-01-01\"}") ==
			TOOK_NO_ID,
		"no customer_id");
	ok(give(&w, "{\"type\":\"event\",\"customer_id\":\"c\",\"event\":"
		    "\"x\",\"time\":\"2026-11-22\"}") == TOOK_LATER,
		"later than the as-of");
	ok(give(&w, "{\"type\":\"order\",\"customer_id\":\"c\",\"time\":"
		    "\"2026-01-01\",\"paid\":\"12O\"}") == TOOK_REFUSE,
		"no number");
	ok(give(&w, "{\"type\":\"order\",\"customer_id\":\"c\",\"paid\":1}") ==
			TOOK_REFUSE,
		"no time");
	ok(end(&w).n == 0, "and no customer of any of these");

	one_currency();

	/* more than a batch, ids longer than what is held in place */
	begin(&w, true);
	char json[200], id[80];
	for (int i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "%s%03d",
			i % 2 ? "c" : "a-very-long-id-of-some-other-system-",
			i % 100);
		snprintf(json, sizeof(json),
			"{\"type\":\"order\",\"customer_id\":\"%s\",\"time\":"
			"\"2026-01-01\",\"paid\":0.1}",
			id);
		ok(give(&w, json) == TOOK, "order %d", i);
	}
	customers_sort(&w.c);
	ok(w.c.n == 100, "a hundred customers: %zu", w.c.n);
	struct why why;
	buf_reset(&w.out);
	customers_print(&w.c, 99, &w.out, &why);
	ok(memmem(w.out.p, w.out.n, "\"c099\",\"orders\":10,\"revenue\":1.0,",
		   33),
		"of ten orders each: %s", w.out.p);
	buf_release(&w.out);
	end(&w);
	return done();
}
