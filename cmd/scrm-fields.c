/* scrm-fields: say which fields records have, and how well they are filled */
#include "crm/fields.h"
#include "edge/tool.h"
#include "record/schema.h"

#include "base/die.h"

static void print_table(struct tool *t, const struct table *table)
{
	struct buf b = { 0 };

	table_print(table, &b);
	tool_make_lines(t, buf_view(&b));
	buf_release(&b);
}

int main(int argc, char **argv)
{
	struct tool t = {
		.usage = "[-T TYPE] [--format FORMAT] [--known] [file ...]",
		.about = "say which fields records have, and how well they are "
			 "filled",
	};
	const char *format = NULL;
	bool known = false;
	const struct opt options[] = {
		OPT_STR('T', "type", "TYPE", "of this type only", &t.type),
		OPT_STR(0, "format", "FORMAT", "text, csv or ndjson", &format),
		OPT_FLAG(0, "known", "the fields of scrm-record(5) instead",
			&known),
		OPT_END,
	};
	struct table table = { 0 };
	struct fields f;
	struct rec *r;

	tool_open(&t, argc, argv, options);
	table.format = table_format(format);
	fields_init(&f, &t.keys);
	if (known && t.type && !schema_type(view_of(t.type)))
		die("no type '%s' in scrm-record(5)", t.type);
	while (!known && (r = tool_next(&t))) {
		if (t.type && !view_is(rec_text(r, f.k_type), t.type)) {
			t.withheld++;
			continue;
		}
		fields_add(&f, r);
		t.folded++;
	}
	if (known)
		fields_known(&table, t.type);
	else if (f.records)
		fields_table(&f, &table);
	if (table.column.n)
		print_table(&t, &table);
	if (t.read && t.type && !f.records)
		tool_note(&t, "no record is of type '%s'", t.type);
	if (f.left_out)
		tool_note(&t,
			"%llu values are not in the table: more than %d "
			"fields or 256 types",
			(unsigned long long)f.left_out, FIELDS_ROWS);
	table_release(&table);
	fields_release(&f);
	return tool_close(&t);
}
