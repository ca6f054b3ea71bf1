#include "crm/fields.h"

#include "record/schema.h"

/* The percentage, cut to a tenth: 100.0 is all of them. */
static void cell_share(struct table *t, uint64_t part, uint64_t whole)
{
	struct dec d = { (int128)part * 1000 / whole, 1 };

	table_dec(t, d);
}

static void cell_distinct(struct table *t, const struct fields_row *row)
{
	struct buf digits = { 0 }, b = { 0 };

	if (row->nested) {
		table_missing(t);
	} else if (t->format == TABLE_TEXT && row->distinct.registers) {
		buf_addf(&digits, "%llu",
			(unsigned long long)distinct_count(&row->distinct));
		buf_addc(&b, '~');
		table_grouped(&b, buf_view(&digits));
		table_text(t, buf_view(&b));
	} else {
		table_count(t, distinct_count(&row->distinct));
	}
	buf_release(&digits);
	buf_release(&b);
}

/* A day in text; the whole of it elsewhere. */
static void cell_time(struct table *t, bool known, struct when w)
{
	struct buf b = { 0 };

	if (!known) {
		table_missing(t);
		return;
	}
	if (t->format == TABLE_TEXT)
		w = (struct when){ .sec = when_day(w) * 86400,
			.date_only = true };
	when_print(&b, w);
	table_text(t, buf_view(&b));
	buf_release(&b);
}

void fields_table(struct fields *f, struct table *t)
{
	const size_t *order = fields_order(f);
	bool text = t->format == TABLE_TEXT;

	table_column(t, "type", TABLE_LEFT);
	table_column(t, "field", TABLE_LEFT);
	table_column(t, "records", TABLE_NUMBER);
	table_column(t, text ? "filled %" : "filled_percent", TABLE_PLAIN);
	table_column(t, "distinct", TABLE_NUMBER);
	if (!text)
		table_column(t, "distinct_error", TABLE_NUMBER);
	table_column(t, "first", TABLE_LEFT);
	table_column(t, "last", TABLE_LEFT);
	table_column(t, "example", TABLE_LEFT);
	for (size_t i = 0; i < f->order.n; i++) {
		const struct fields_row *row = &f->row.v[order[i]];
		if (row->type.p)
			table_text(t, row->type);
		else
			table_missing(t);
		table_text(t, row->name);
		table_count(t, row->records);
		cell_share(t, row->records, row->of);
		cell_distinct(t, row);
		if (!text)
			table_number(t, row->distinct.registers ? VIEW("0.016")
								: VIEW("0"));
		cell_time(t, row->has_time, row->first);
		cell_time(t, row->has_time, row->last);
		if (row->example.p)
			table_text(t, row->example);
		else
			table_missing(t);
	}
}

static void add_known(struct table *t, const struct schema_type *type,
	const struct schema_field *f, bool keys_only)
{
	static const char *const kind[] = { "any", "text", "id", "number",
		"integer", "money", "time", "date", "bool", "texts", "object",
		"objects" };

	for (; f->name; f++) {
		size_t k = 0;
		while (type && type->key[k] && strcmp(type->key[k], f->name))
			k++;
		bool key = type && type->key[k];
		if (keys_only && !key)
			continue;
		table_text(t, view_of(type ? type->name : ""));
		table_text(t, view_of(f->name));
		table_text(t, view_of(kind[f->type]));
		table_text(t, key ? VIEW("key") : VIEW(""));
		table_text(t, view_of(f->values ? f->values : ""));
	}
}

void fields_known(struct table *t, const char *only)
{
	table_column(t, "type", TABLE_LEFT);
	table_column(t, "field", TABLE_LEFT);
	table_column(t, "kind", TABLE_LEFT);
	table_column(t, "key", TABLE_LEFT);
	table_column(t, "words", TABLE_LEFT);
	if (!only)
		add_known(t, NULL, schema_common(), false);
	for (const struct schema_type *s = schema_types(); s->name; s++) {
		if (only && strcmp(only, s->name) != 0)
			continue;
		add_known(t, s, schema_common(), true);
		add_known(t, s, s->field, false);
		if (s->who)
			add_known(t, s, schema_identifiers(), false);
	}
}
