#include "model/cluster.h"

#include "tap.h"

static void label(struct cluster *c, char *out)
{
	uint32_t l[16];
	cluster_label(c, l);
	for (uint32_t i = 0; i < c->n; i++)
		*out++ = (char)('0' + l[i]);
	*out = '\0';
}

int main(void)
{
	char s[17];
	struct cluster c;
	cluster_init(&c, 7);
	label(&c, s);
	is_str(view_of(s), "0123456", "each is alone at first");
	ok(cluster_join(&c, 5, 2) && cluster_join(&c, 6, 5), "joins");
	ok(cluster_join(&c, 2, 6), "what is one already is one");
	label(&c, s);
	is_str(view_of(s), "0123422",
		"sets are numbered by their smallest members");
	ok(cluster_least(&c, 6) == 2, "the smallest member is known");
	uint32_t ring = 1;
	for (uint32_t i = c.next[2]; i != 2; i = c.next[i])
		ring++;
	ok(ring == 3, "the ring goes through all members once");

	ok(cluster_forbid(&c, 0, 6), "0 and 6 are apart");
	ok(!cluster_join(&c, 0, 2), "0 does not join the set of 6");
	ok(cluster_join(&c, 0, 1), "0 joins 1");
	ok(!cluster_may(&c, 1, 5), "what is apart stays so for the joined");
	ok(!cluster_join(&c, 1, 5), "and cannot be joined through them");
	ok(cluster_join(&c, 3, 4) && cluster_forbid(&c, 4, 1), "3 4 | 0 1");
	ok(cluster_join(&c, 3, 2), "3 4 may join 2 5 6");
	ok(!cluster_join(&c, 0, 5), "both bans hold afterwards");
	ok(!cluster_forbid(&c, 3, 6), "a ban inside a set is refused");
	label(&c, s);
	is_str(view_of(s), "0011111", "two sets are left");
	cluster_release(&c);

	/* The other order of the same joins. */
	cluster_init(&c, 7);
	cluster_forbid(&c, 6, 0);
	cluster_forbid(&c, 1, 4);
	cluster_join(&c, 2, 3);
	cluster_join(&c, 1, 0);
	cluster_join(&c, 6, 2);
	cluster_join(&c, 4, 3);
	cluster_join(&c, 5, 6);
	label(&c, s);
	is_str(view_of(s), "0011111", "the order of calls does not matter");
	cluster_release(&c);

	/* Bans of three sets that become one, and one that comes after. */
	cluster_init(&c, 8);
	cluster_forbid(&c, 0, 5);
	cluster_forbid(&c, 1, 6);
	cluster_join(&c, 0, 1);
	cluster_forbid(&c, 0, 7);
	cluster_forbid(&c, 2, 4);
	cluster_join(&c, 2, 0);
	cluster_forbid(&c, 1, 3);
	ok(!cluster_may(&c, 2, 5) && !cluster_may(&c, 2, 6) &&
			!cluster_may(&c, 2, 7) && !cluster_may(&c, 1, 4) &&
			!cluster_may(&c, 0, 3),
		"no ban is lost on the way");
	cluster_release(&c);
	cluster_init(&c, 0);
	ok(cluster_label(&c, NULL) == 0, "none is none");
	cluster_release(&c);
	return done();
}
