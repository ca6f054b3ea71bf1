/* Objects inside a record: each visited, changed where it is. */
#include "record/objects.h"
#include "tap.h"

static struct buf line, out;

/* Sets "n" to how many were visited, drops "gone", counts. */
struct seen {
	struct objects *o;
	size_t n;
	unsigned set, drop;
	bool idle;
};

static void visit(void *arg, struct rec *object)
{
	struct seen *s = arg;
	char digit = (char)('0' + ++s->n);
	if (s->idle)
		return;
	if (!val_none(rec_get(object, s->o->key)))
		rec_set(object, s->set, (struct view){ &digit, 1 });
	rec_drop(object, s->drop);
}

/* What becomes of the line, or why nothing does. */
static const char *changed(const char *path, const char *text, bool idle)
{
	struct keys keys = { 0 };
	struct rec r;
	struct objects o;
	struct why why = { 0 };

	rec_init(&r, &keys);
	buf_reset(&line);
	buf_reset(&out);
	buf_adds(&line, text);
	if (!objects_init(&o, &keys, view_of(path), &why) ||
		!rec_parse(&r, line.p, line.n, &why)) {
		buf_adds(&out, why.text);
	} else {
		struct seen s = { .o = &o, .idle = idle };
		s.set = keys_want(o.keys, "n");
		s.drop = keys_want(o.keys, "gone");
		if (!objects_each(&o, &r, visit, &s, &why))
			buf_addf(&out, "%s: ", why.text);
		rec_print(&r, &out);
		objects_release(&o);
	}
	rec_release(&r);
	keys_release(&keys);
	return out.p;
}

int main(void)
{
	is_str(view_of(changed("k", "{\"k\":1.10 ,\"gone\":2}", false)),
		"{\"k\":1.10,\"n\":1}", "the record itself holds one name");
	is_str(view_of(changed("p.k",
		       "{\"a\":1, \"p\" : [ {\"k\":1.10 , \"x\":[1, 2]} ,"
		       "{\"gone\":0,\"k\":\"\\u4e2d\"}], \"z\":1e3}",
		       false)),
		"{\"a\":1, \"p\" : [ {\"k\":1.10 , \"x\":[1, 2],\"n\":1} ,"
		"{\"k\":\"\\u4e2d\",\"n\":2}], \"z\":1e3}",
		"each element of an array, every other byte as it was");
	is_str(view_of(changed("a.k", "{\"a\":{\"n\":0,\"k\":1}}", false)),
		"{\"a\":{\"n\":1,\"k\":1}}", "an object in a record");
	is_str(view_of(changed("a.b.k",
		       "{\"a\":[{\"b\":[[{\"k\":1}],{\"k\":2}]},7,"
		       "{\"b\":{\"k\":3}},{\"c\":{}}]}",
		       false)),
		"{\"a\":[{\"b\":[[{\"k\":1,\"n\":1}],{\"k\":2,\"n\":2}]},7,"
		"{\"b\":{\"k\":3,\"n\":3}},{\"c\":{}}]}",
		"arrays of objects of arrays");
	is_str(view_of(changed("p.k", "{\"p\":[{},{\"k\":null},{\"k\":1}]}",
		       false)),
		"{\"p\":[{},{\"k\":null},{\"k\":1,\"n\":3}]}",
		"those without the name are visited, and stay as they are");
	for (int i = 0; i < 4; i++) {
		static const char *const same[] = { "{\"p\":5}", "{\"q\":[]}",
			"{\"p\":null}", "{\"p\":[1,\"k\",[]]}" };
		is_str(view_of(changed("p.k", same[i], false)), same[i],
			"no object, nothing to do: %s", same[i]);
	}
	is_str(view_of(changed("p.k", "{\"p\":[ {\"k\" : 1}]}", true)),
		"{\"p\":[ {\"k\" : 1}]}", "what is not changed stays");
	is_str(view_of(changed("p.k", "{\"p\":[{\"k\":1},{\"k\":1,\"k\":2}]}",
		       false)),
		"a key stands twice: {\"p\":[{\"k\":1},{\"k\":1,\"k\":2}]}",
		"a name twice in one of them: none is changed");
	is_str(view_of(changed("p..k", "{}", false)), "a name is wanted here",
		"a path that is none");
	buf_release(&line);
	buf_release(&out);
	return done();
}
