#include "crm/ids.h"

#include "value/email.h"
#include "value/phone.h"
#include "value/text.h"

static const char *const names[ID_KINDS] = {
	[ID_SOURCE_ID] = "source_id",
	[ID_UNIONID] = "wechat_unionid",
	[ID_OPENID] = "wechat_openid",
	[ID_EXTERNAL_USERID] = "wecom_external_userid",
	[ID_MEMBER_NO] = "member_no",
	[ID_CARD_NO] = "card_no",
	[ID_TMALL_NICK] = "tmall_nick",
	[ID_JD_ACCOUNT] = "jd_account",
	[ID_DOUYIN_UID] = "douyin_uid",
	[ID_WEIBO_UID] = "weibo_uid",
	[ID_XHS_UID] = "xhs_uid",
	[ID_YOUZAN_ID] = "youzan_id",
	[ID_SHOPIFY_ID] = "shopify_id",
	[ID_KLAVIYO_ID] = "klaviyo_id",
	[ID_EMAIL] = "email",
	[ID_PHONE] = "phone",
};

const char *id_kind_name(enum id_kind kind)
{
	return names[kind];
}

enum id_kind id_kind_of(struct view text)
{
	const char *colon = text.n ? memchr(text.p, ':', text.n) : NULL;
	if (!colon)
		return ID_KINDS;
	struct view name = { text.p, (size_t)(colon - text.p) };
	for (int k = 0; k < ID_KINDS; k++)
		if (view_is(name, names[k]))
			return (enum id_kind)k;
	return ID_KINDS;
}

struct view id_value(struct view text)
{
	const char *colon = text.n ? memchr(text.p, ':', text.n) : NULL;
	if (!colon)
		return (struct view){ text.p, 0 };
	return (struct view){ colon + 1,
		text.n - (size_t)(colon + 1 - text.p) };
}

void id_add_source_id(struct buf *out, struct view source, struct view id)
{
	buf_adds(out, "source_id:");
	buf_addv(out, source);
	buf_addc(out, '/');
	buf_addv(out, id);
}

void ids_init(struct ids *s, struct keys *keys)
{
	*s = (struct ids){ 0 };
	for (int k = 0; k < ID_KINDS; k++)
		s->key[k] = keys_want(keys, names[k]);
	s->source = keys_want(keys, "source");
	s->account = keys_want(keys, "account");
	s->house = keys_want(keys, "house");
	s->appid = keys_want(keys, "wechat_appid");
	s->corpid = keys_want(keys, "wecom_corpid");
	s->ids = keys_want(keys, "ids");
	s->type = keys_want(keys, "type");
	s->channel = keys_want(keys, "channel");
	s->to = keys_want(keys, "to");
}

void ids_release(struct ids *s)
{
	vec_release(&s->id);
	arena_release(&s->text);
	buf_release(&s->scratch);
}

/* What people and programs write for nothing; also zeros and dashes alone. */
static bool placeholder(struct view v)
{
	static const char *const nothing[] = { "null", "(null)", "none", "nil",
		"nan", "n/a", "na", "#n/a", "undefined", "unknown", "\\n",
		"test", "无", "空", "未知", "暂无", "测试" };
	size_t i = 0;
	while (i < v.n && strchr("0-_./ ", v.p[i]) && v.p[i])
		i++;
	if (i == v.n)
		return true;
	if (v.n > 9)
		return false;
	char low[10];
	for (i = 0; i < v.n; i++)
		low[i] = (char)(v.p[i] >= 'A' && v.p[i] <= 'Z' ? v.p[i] + 32
							       : v.p[i]);
	for (i = 0; i < sizeof(nothing) / sizeof(*nothing); i++)
		if (view_is((struct view){ low, v.n }, nothing[i]))
			return true;
	return false;
}

/* Bytes that an ordinary value does not have: of masks ('*', '#', '$', the
 * first of U+FF0A), and NUL. */
static bool odd(unsigned char c)
{
	return c == '*' || c == '#' || c == '$' || c == 0xef || c == 0;
}

/* Tmall and JD write 张* and t**1, Douyin and Pinduoduo ##...## and $$...$$;
 * U+FF0A is the full-width '*'. */
static bool masked(struct view v)
{
	return memchr(v.p, '*', v.n) || memmem(v.p, v.n, "##", 2) ||
	       memmem(v.p, v.n, "$$", 2) || memmem(v.p, v.n, "\uff0a", 3);
}

/* text_trim, which a value that begins and ends in print ASCII needs not. */
static struct view trim(struct view v)
{
	unsigned char a = v.n ? (unsigned char)v.p[0] : 0;
	unsigned char z = v.n ? (unsigned char)v.p[v.n - 1] : 0;
	bool tidy = a > ' ' && a < 0x7f && z > ' ' && z < 0x7f;
	return tidy ? v : text_trim(v);
}

static void put(struct ids *s, enum id_kind kind, struct view scope,
	struct view value)
{
	size_t name = strlen(names[kind]);
	size_t n = name + 1 + (scope.n ? scope.n + 1 : 0) + value.n;
	char *p = arena_alloc(&s->text, n), *q = p;
	q = mempcpy(q, names[kind], name);
	*q++ = ':';
	if (scope.n) {
		q = mempcpy(q, scope.p, scope.n);
		*q++ = '/';
	}
	memcpy(q, value.p, value.n);
	struct view text = { p, n };
	size_t at = s->id.n;
	for (size_t i = 0; i < s->id.n; i++)
		if (view_eq(s->id.v[i].text, text))
			return;
	(void)vec_add(&s->id);
	/* Kinds in their order; of one kind the first to come first. */
	for (; at && s->id.v[at - 1].kind > kind; at--)
		s->id.v[at] = s->id.v[at - 1];
	s->id.v[at] = (struct id){ kind, text };
}

/* E.164 to the byte, as nearly all are: then no parser is asked. Of +86 only
 * mobiles, since those are most. */
static bool plain_phone(struct view v)
{
	if (v.n < 9 || v.n > 16 || v.p[0] != '+')
		return false;
	for (size_t i = 1; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return v.p[1] != '0' &&
	       (v.p[1] != '8' || v.p[2] != '6' ||
		       (v.n == 14 && v.p[3] == '1' && v.p[4] >= '3'));
}

/* +86 95... are the numbers of the carriers' privacy service. */
static bool phone(struct ids *s, struct view *v, char out[PHONE_MAX])
{
	struct why why;
	if (!plain_phone(*v)) {
		if (v->p[0] != '+' || !phone_parse(*v, NULL, out, &why) ||
			strncmp(out, "+8695", 5) == 0) {
			*(phone_masked(*v) ? &s->masked : &s->unusable) += 1;
			return false;
		}
		*v = view_of(out);
	}
	if (phone_generic(*v)) {
		s->unusable++;
		return false;
	}
	return true;
}

/* Lower case already, a dot-atom and a plain domain: then it stands. */
static bool plain_email(struct view v)
{
	size_t at = 0, dot = 0;
	bool word = false;
	if (v.n > 64)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		if (c >= 'a' && c <= 'z') {
			word = true;
		} else if (c == '.' || c == '-' || c == '@') {
			/* Neither first nor last, nor two together. */
			if (i == 0 || i + 1 == v.n || !word)
				return false;
			if (c == '@' && (at || i > 64))
				return false;
			if (c == '@')
				at = i;
			dot = c == '.' ? i : dot;
			word = false;
		} else if (c >= '0' && c <= '9' && !(at && dot > at)) {
			word = true;
		} else {
			return false;
		}
	}
	return at && dot > at;
}

static bool email(struct ids *s, struct view *v)
{
	struct why why;
	if (plain_email(*v))
		return true;
	buf_reset(&s->scratch);
	if (!email_parse(*v, &s->scratch, &why)) {
		s->unusable++;
		return false;
	}
	*v = buf_view(&s->scratch);
	return true;
}

static void add(struct ids *s, enum id_kind kind, struct view scope,
	struct view value)
{
	value = trim(value);
	if (!value.n)
		return;
	size_t i = 0;
	while (i < value.n && !odd((unsigned char)value.p[i]))
		i++;
	if (i < value.n && masked(value)) {
		s->masked++;
		return;
	}
	if (placeholder(value) ||
		(i < value.n && memchr(value.p, '\0', value.n))) {
		s->unusable++;
		return;
	}
	char digits[PHONE_MAX];
	if (kind == ID_EMAIL && !email(s, &value))
		return;
	if (kind == ID_PHONE && !phone(s, &value, digits))
		return;
	put(s, kind, scope, value);
}

static bool scoped(enum id_kind kind)
{
	return kind == ID_SOURCE_ID || kind == ID_OPENID ||
	       kind == ID_MEMBER_NO || kind == ID_CARD_NO;
}

/* One that is spelled already: of ids[]. */
static void add_spelled(struct ids *s, struct view text)
{
	enum id_kind kind = id_kind_of(text);
	if (kind == ID_KINDS)
		return;
	struct view value = id_value(text), scope = { 0 };
	if (scoped(kind) || kind == ID_EXTERNAL_USERID) {
		const char *slash =
			value.n ? memchr(value.p, '/', value.n) : NULL;
		if (slash) {
			scope = (struct view){ value.p,
				(size_t)(slash - value.p) };
			value.n -= scope.n + 1;
			value.p = slash + 1;
		} else if (kind != ID_EXTERNAL_USERID) {
			s->unusable++;
			return;
		}
	}
	add(s, kind, scope, value);
}

/* "wechat:wx1" is account wx1 of wechat. */
static struct view after(struct view v, const char *prefix)
{
	size_t n = strlen(prefix);
	if (v.n > n && memcmp(v.p, prefix, n) == 0)
		return (struct view){ v.p + n, v.n - n };
	return (struct view){ 0 };
}

static struct view text_of(struct rec *r, unsigned key)
{
	struct val v = rec_get(r, key);
	if (v.kind != K_STRING && v.kind != K_NUMBER)
		return (struct view){ 0 };
	return trim(rec_text(r, key));
}

static struct view scope_of(struct ids *s, struct rec *r, enum id_kind kind)
{
	struct view v = { 0 };
	switch (kind) {
	case ID_SOURCE_ID:
		return text_of(r, s->source);
	case ID_OPENID:
		v = text_of(r, s->appid);
		return v.n ? v : after(text_of(r, s->account), "wechat:");
	case ID_EXTERNAL_USERID:
		v = text_of(r, s->corpid);
		return v.n ? v : after(text_of(r, s->account), "wecom:");
	case ID_MEMBER_NO:
	case ID_CARD_NO:
		v = text_of(r, s->house);
		if (!v.n)
			v = text_of(r, s->account);
		return v.n ? v : text_of(r, s->source);
	default:
		return v;
	}
}

static void add_address(struct ids *s, struct rec *r)
{
	struct view to = text_of(r, s->to), channel = text_of(r, s->channel);
	if (!to.n)
		return;
	struct view scope;
	if (view_is(channel, "email"))
		add(s, ID_EMAIL, (struct view){ 0 }, to);
	else if (view_is(channel, "sms"))
		add(s, ID_PHONE, (struct view){ 0 }, to);
	else if ((scope = after(channel, "wechat:")).n)
		add(s, ID_OPENID, scope, to);
	else if ((scope = after(channel, "wecom:")).n)
		add(s, ID_EXTERNAL_USERID, scope, to);
}

static void none(struct ids *s)
{
	s->id.n = 0;
	arena_reset(&s->text);
}

void ids_spelled(struct ids *s, struct view text)
{
	none(s);
	add_spelled(s, text);
}

void ids_address(struct ids *s, struct rec *r)
{
	none(s);
	add_address(s, r);
}

void ids_of(struct ids *s, struct rec *r)
{
	none(s);
	for (int k = 0; k < ID_KINDS; k++) {
		struct view v = text_of(r, s->key[k]);
		if (!v.n)
			continue;
		struct view scope = scope_of(s, r, (enum id_kind)k);
		if (scoped((enum id_kind)k) && !scope.n)
			s->unusable++;
		else
			add(s, (enum id_kind)k, scope, v);
	}
	struct val all = rec_get(r, s->ids);
	if (all.kind == K_ARRAY) {
		struct buf text = { 0 };
		struct val_iter it = val_iter(all);
		while (val_next(&it))
			if (it.val.kind == K_STRING)
				add_spelled(s, val_text(it.val, &text));
		buf_release(&text);
	}
	if (val_is(rec_get(r, s->type), VIEW("consent")))
		add_address(s, r);
}
