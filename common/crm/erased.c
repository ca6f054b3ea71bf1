#include "crm/erased.h"

#include "base/die.h"

#include <stdio.h>
#include <sys/stat.h>

#define KIND_CUSTOMER ID_KINDS /* beside those of crm/ids */
#define ALIAS_DIGITS 40

void erased_init(struct erased *e, struct keys *keys)
{
	*e = (struct erased){ .keys = keys };
	ids_init(&e->ids, keys);
	e->type = keys_want(keys, "type");
	e->kind = keys_want(keys, "kind");
	e->hmac = keys_want(keys, "hmac");
	e->tag = keys_want(keys, "tag");
	e->salt_of = keys_want(keys, "salt");
	e->customer_id = keys_want(keys, "customer_id");
}

void erased_release(struct erased *e)
{
	explicit_bzero(e->salt, sizeof(e->salt));
	if (!e->borrowed) {
		vec_release(&e->entry);
		free(e->slot);
	}
	ids_release(&e->ids);
	buf_release(&e->text);
}

void erased_again(struct erased *e, const struct erased *from,
	struct keys *keys)
{
	erased_init(e, keys);
	e->entry.v = from->entry.v;
	e->entry.n = from->entry.n;
	e->slot = from->slot;
	e->mask = from->mask;
	e->kinds = from->kinds;
	memcpy(e->salt, from->salt, sizeof(e->salt));
	memcpy(e->key, from->key, sizeof(e->key));
	memcpy(e->salt_name, from->salt_name, sizeof(e->salt_name));
	e->borrowed = true;
}

/* A digest is of a purpose and a text: what the salt is used for elsewhere
 * tells nothing here. */
static struct digest keyed(const struct erased *e, const char *purpose,
	struct view text)
{
	struct buf b = { 0 };
	struct view salt = { (const char *)e->salt, sizeof(e->salt) };
	buf_add(&b, purpose, strlen(purpose) + 1);
	buf_addv(&b, text);
	struct digest d = digest_hmac(salt, buf_view(&b));
	buf_release(&b);
	return d;
}

static struct digest hmac_of(const struct erased *e, struct view id)
{
	return keyed(e, "erased", id);
}

static uint64_t tag_of(const struct erased *e, struct view id)
{
	return siphash64(e->key, id.p, id.n);
}

const char *erased_path(const char *path)
{
	if (!path)
		path = getenv("SCRM_ERASED");
	return path && *path ? path : NULL;
}

void erased_salt(struct erased *e, const char *path, const char *salt)
{
	struct buf beside = { 0 };
	if (!salt)
		salt = getenv("SCRM_SALT");
	if (!salt || !*salt) {
		const char *slash = strrchr(path, '/');
		buf_add(&beside, path, slash ? (size_t)(slash + 1 - path) : 0);
		buf_adds(&beside, "salt");
		salt = beside.p;
	}
	salt_read(salt, e->salt);
	buf_release(&beside);
	struct digest d = keyed(e, "erased tag", VIEW(""));
	memcpy(e->key, d.byte, sizeof(e->key));
	d = keyed(e, "erased salt", VIEW(""));
	snprintf(e->salt_name, sizeof(e->salt_name), "%02x%02x%02x%02x",
		d.byte[0], d.byte[1], d.byte[2], d.byte[3]);
}

static void add(struct erased *e, uint64_t tag, const struct digest *hmac)
{
	*vec_add(&e->entry) = (struct erased_entry){ tag, *hmac };
	size_t from = e->entry.n - 1;
	if (!e->slot || e->entry.n * 2 > e->mask) {
		e->mask = e->slot ? e->mask * 2 + 1 : 63;
		free(e->slot);
		e->slot = xcalloc(e->mask + 1, sizeof(*e->slot));
		from = 0;
	}
	for (size_t k = from; k < e->entry.n; k++) {
		size_t i = e->entry.v[k].tag & e->mask;
		while (e->slot[i])
			i = (i + 1) & e->mask;
		e->slot[i] = (uint32_t)(k + 1);
	}
}

static enum id_kind kind_of(struct view id)
{
	if (id.n > 12 && memcmp(id.p, "customer_id:", 12) == 0)
		return KIND_CUSTOMER;
	return id_kind_of(id);
}

bool erased_has(const struct erased *e, struct view id)
{
	uint64_t tag = tag_of(e, id);
	struct digest d;
	bool digested = false;
	for (size_t i = tag & e->mask; e->slot && e->slot[i];
		i = (i + 1) & e->mask) {
		const struct erased_entry *x = &e->entry.v[e->slot[i] - 1];
		if (x->tag != tag)
			continue;
		if (!digested)
			d = hmac_of(e, id);
		digested = true;
		if (memcmp(&x->hmac, &d, sizeof(d)) == 0)
			return true;
	}
	return false;
}

void erased_add(struct erased *e, struct view id)
{
	struct digest d = hmac_of(e, id);
	e->kinds |= 1u << kind_of(id);
	add(e, tag_of(e, id), &d);
}

static bool hex(struct val v, unsigned char *out, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	if (v.kind != K_STRING || v.n != 2 * n)
		return false;
	for (size_t i = 0; i < 2 * n; i++) {
		const char *d = memchr(digits, v.p[i], 16);
		if (!d)
			return false;
		out[i / 2] = (unsigned char)(out[i / 2] << 4 | (d - digits));
	}
	return true;
}

/* A line of the file. */
static bool take(struct erased *e, struct rec *r, struct why *why)
{
	struct digest hmac;
	unsigned char tag[8];
	uint64_t t = 0;
	if (!val_is(rec_get(r, e->type), VIEW("erased")))
		return why_not(why, "no line of scrm-erase");
	if (!val_is(rec_get(r, e->salt_of), view_of(e->salt_name)))
		return why_not(why,
			"erased by another salt than this: take the old one "
			"from the backup, or nobody is known again");
	buf_reset(&e->text);
	buf_addv(&e->text, rec_text(r, e->kind));
	buf_adds(&e->text, ":?");
	enum id_kind kind = kind_of(buf_view(&e->text));
	if (kind == ID_KINDS &&
		!val_is(rec_get(r, e->kind), VIEW("customer_id")))
		return why_not(why, "a kind of identifier that is none");
	if (!hex(rec_get(r, e->hmac), hmac.byte, sizeof(hmac.byte)) ||
		!hex(rec_get(r, e->tag), tag, sizeof(tag)))
		return why_not(why, "hmac or tag is not as scrm-erase "
				    "writes it");
	for (size_t i = 0; i < sizeof(tag); i++)
		t = t << 8 | tag[i];
	e->kinds |= 1u << kind;
	add(e, t, &hmac);
	return true;
}

bool erased_take(struct erased *e, struct reader *in, struct why *why)
{
	struct rec r;
	bool good = true;
	rec_init(&r, e->keys);
	while (good && reader_whole(in, &r))
		good = take(e, &r, why);
	rec_release(&r);
	return good;
}

void erased_open(struct erased *e, struct keys *keys, const char *path,
	const char *salt)
{
	struct reader in;
	struct why why = { 0 };
	struct stat st;
	erased_init(e, keys);
	path = erased_path(path);
	if (!path)
		return;
	if (stat(path, &st) < 0)
		die("cannot open '%s', which says who was erased (of nobody "
		    "an empty file):",
			path);
	if (st.st_size == 0)
		return;
	erased_salt(e, path, salt);
	reader_open_file(&in, keys, path);
	if (!erased_take(e, &in, &why))
		die("%s:%zu: %s", path, in.lineno, why.text);
	reader_close(&in);
}

void erased_print(const struct erased *e, struct view id, struct view time,
	struct buf *out)
{
	struct digest d = hmac_of(e, id);
	const char *colon = memchr(id.p, ':', id.n);
	buf_addf(out, "{\"type\":\"erased\",\"kind\":\"%.*s\",\"hmac\":\"",
		(int)(colon - id.p), id.p);
	digest_hex(out, &d);
	buf_addf(out, "\",\"tag\":\"%016llx\",\"salt\":\"%s\",\"time\":",
		(unsigned long long)tag_of(e, id), e->salt_name);
	json_text(out, time);
	buf_addc(out, '}');
}

bool erased_look(struct erased *e, struct rec *r)
{
	if (e->kinds & 1u << KIND_CUSTOMER) {
		struct view id = rec_text(r, e->customer_id);
		buf_reset(&e->text);
		buf_adds(&e->text, "customer_id:");
		buf_addv(&e->text, id);
		if (id.n && erased_has(e, buf_view(&e->text)))
			return true;
	}
	if (!(e->kinds & ((1u << KIND_CUSTOMER) - 1)))
		return false;
	ids_of(&e->ids, r);
	for (size_t i = 0; i < e->ids.id.n; i++) {
		const struct id *id = &e->ids.id.v[i];
		if (e->kinds & 1u << id->kind && erased_has(e, id->text))
			return true;
	}
	return false;
}

void erased_alias(const struct erased *e, const char *what, struct view text,
	struct buf *out)
{
	struct digest d = keyed(e, what, text);
	buf_adds(out, ERASED_ALIAS);
	size_t n = out->n;
	digest_hex(out, &d);
	out->n = n + ALIAS_DIGITS;
	out->p[out->n] = '\0';
}
