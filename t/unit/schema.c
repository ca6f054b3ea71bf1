#include "record/schema.h"

#include "tap.h"

static const char *near(const char *name)
{
	const char *n = schema_nearest(view_of(name));
	return n ? n : "";
}

/* No name twice among the fields that a type has. */
static bool once(const struct schema_type *t)
{
	for (const struct schema_field *f = t->field; f->name; f++)
		if (schema_field(t, view_of(f->name)) != f)
			return false;
	return true;
}

int main(void)
{
	const struct schema_type *order = schema_type(VIEW("order"));

	ok(order && !schema_type(VIEW("Order")) && !schema_type(VIEW("")),
		"types are found by their exact name");
	ok(view_is(view_of(order->key[1]), "order_id") && !order->key[2],
		"an order is the same by source and order_id");
	for (const struct schema_type *t = schema_types(); t->name; t++) {
		ok(once(t), "%s has each field once", t->name);
		for (const char *const *k = t->key; *k; k++)
			ok(schema_field(t, view_of(*k)), "%s has its key %s",
				t->name, *k);
		for (const char *const *k = t->apart; *k; k++)
			ok(schema_field(t, view_of(*k)), "%s has its %s",
				t->name, *k);
	}
	ok(schema_field(order, VIEW("paid"))->type == F_MONEY &&
			schema_field(order, VIEW("phone"))->type == F_ID &&
			schema_field(order, VIEW("row"))->type == F_INTEGER,
		"a type has its own, the identifiers and the common fields");
	ok(!schema_field(schema_type(VIEW("count")), VIEW("phone")),
		"a count is of nobody");
	ok(schema_any(VIEW("products.price")) == F_MONEY, "what stands inside");
	ok(schema_any(VIEW("total")) == F_NUMBER,
		"a total is an integer here, money there: a number");
	ok(schema_any(VIEW("time")) == F_TIME, "a time is a time everywhere");
	ok(schema_any(VIEW("nobody")) == F_UNKNOWN, "any other is not known");

	is_str(view_of(near("city")), "city", "a known name is itself");
	is_str(view_of(near("citty")), "city", "a letter too many");
	is_str(view_of(near("shippin")), "shipping", "a letter too few");
	is_str(view_of(near("totel")), "total", "another letter");
	is_str(view_of(near("toatl")), "total", "two letters swapped");
	is_str(view_of(near("products.prise")), "products.price",
		"what stands inside is near, too");
	is_str(view_of(near("net")), "", "net is not a slip of new");
	is_str(view_of(near("tag")), "tags", "tag is one of tags");
	is_str(view_of(near("warranty")), "", "two edits are far");
	return done();
}
