#include "record/schema.h"

#include "value/text.h"

/* Where a record is from, and what any record may carry. */
static const struct schema_field common[] = {
	{ "type", F_TEXT, NULL },
	{ "source", F_ID, NULL },
	{ "house", F_ID, NULL },
	{ "account", F_ID, NULL },
	{ "observed_at", F_TIME, NULL },
	{ "file", F_TEXT, NULL },
	{ "row", F_INTEGER, NULL },
	{ "customer_id", F_ID, NULL },
	{ "link_conflict", F_UNKNOWN, NULL },
	{ "reasons", F_UNKNOWN, NULL },
	{ "extra", F_OBJECT, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

/* Of whom a record speaks; ids say which scope each has. */
static const struct schema_field identifiers[] = {
	{ "phone", F_ID, NULL },
	{ "email", F_ID, NULL },
	{ "wechat_openid", F_ID, NULL },
	{ "wechat_appid", F_ID, NULL },
	{ "wechat_unionid", F_ID, NULL },
	{ "wecom_external_userid", F_ID, NULL },
	{ "wecom_corpid", F_ID, NULL },
	{ "member_no", F_ID, NULL },
	{ "card_no", F_ID, NULL },
	{ "tmall_nick", F_ID, NULL },
	{ "jd_account", F_ID, NULL },
	{ "douyin_uid", F_ID, NULL },
	{ "weibo_uid", F_ID, NULL },
	{ "xhs_uid", F_ID, NULL },
	{ "youzan_id", F_ID, NULL },
	{ "shopify_id", F_ID, NULL },
	{ "klaviyo_id", F_ID, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

#define PURPOSES "marketing service internal"
/* of consent: what may be written, and who else may be told */
#define CONSENT_PURPOSES PURPOSES " ads"

static const struct schema_field profile[] = {
	{ "source_id", F_ID, NULL },
	{ "name", F_TEXT, NULL },
	{ "given_name", F_TEXT, NULL },
	{ "family_name", F_TEXT, NULL },
	{ "nickname", F_TEXT, NULL },
	{ "gender", F_TEXT, "female male other" },
	{ "birth_date", F_DATE, NULL },
	{ "country", F_TEXT, NULL },
	{ "province", F_TEXT, NULL },
	{ "city", F_TEXT, NULL },
	{ "district", F_TEXT, NULL },
	{ "city_tier", F_TEXT, NULL },
	{ "province_code", F_ID, NULL },
	{ "city_code", F_ID, NULL },
	{ "address", F_TEXT, NULL },
	{ "postal_code", F_ID, NULL },
	{ "nationality", F_TEXT, NULL },
	{ "language", F_TEXT, NULL },
	{ "store_id", F_ID, NULL },
	{ "advisor_id", F_ID, NULL },
	{ "created_at", F_TIME, NULL },
	{ "following", F_BOOL, NULL },
	{ "company", F_TEXT, NULL },
	{ "description", F_TEXT, NULL },
	{ "add_way", F_TEXT, NULL },
	{ "code", F_ID, NULL },
	/* of a customer, by scrm-profile and what follows it */
	{ "ids", F_TEXTS, NULL },
	{ "sources", F_TEXTS, NULL },
	{ "houses", F_TEXTS, NULL },
	{ "consents", F_OBJECTS, NULL },
	{ "consents.channel", F_TEXT, NULL },
	{ "consents.to", F_ID, NULL },
	{ "consents.purpose", F_TEXT, CONSENT_PURPOSES },
	{ "consents.status", F_TEXT, "granted denied revoked" },
	{ "consents.time", F_TIME, NULL },
	{ "consents.house", F_ID, NULL },
	{ "consents.account", F_ID, NULL },
	{ "consents.proof", F_TEXT, NULL },
	{ "consents.rule", F_TEXT, NULL },
	{ "reach", F_OBJECT, NULL },
	{ "tags", F_TEXTS, NULL },
	{ "segments", F_TEXTS, NULL },
	{ "rfm", F_OBJECT, NULL },
	{ "rfm.r", F_INTEGER, NULL },
	{ "rfm.f", F_INTEGER, NULL },
	{ "rfm.m", F_INTEGER, NULL },
	{ "super_user", F_BOOL, NULL },
	{ "currency", F_TEXT, NULL },
	{ "orders", F_INTEGER, NULL },
	{ "revenue", F_MONEY, NULL },
	{ "gross_revenue", F_MONEY, NULL },
	{ "aov", F_MONEY, NULL },
	{ "items", F_NUMBER, NULL },
	{ "first_order_at", F_TIME, NULL },
	{ "last_order_at", F_TIME, NULL },
	{ "median_days_between_orders", F_NUMBER, NULL },
	{ "frequency", F_INTEGER, NULL },
	{ "recency", F_INTEGER, NULL },
	{ "T", F_INTEGER, NULL },
	{ "monetary_value", F_MONEY, NULL },
	{ "channels", F_TEXTS, NULL },
	{ "top_channel", F_TEXT, NULL },
	{ "countries", F_TEXTS, NULL },
	{ "share_by_category", F_OBJECT, NULL },
	{ "share_by_brand", F_OBJECT, NULL },
	{ "median_price", F_MONEY, NULL },
	{ "price_band", F_TEXT, NULL },
	{ "follow", F_OBJECT, NULL },
	{ "wechat_window_until", F_TIME, NULL },
	{ "events", F_OBJECT, NULL },
	{ "last_event_at", F_TIME, NULL },
	{ "deliveries_30d", F_INTEGER, NULL },
	{ "opened_30d", F_INTEGER, NULL },
	{ "clicked_30d", F_INTEGER, NULL },
	{ "last_sent_at", F_TIME, NULL },
	{ "tasks_30d", F_INTEGER, NULL },
	{ "open_tasks", F_INTEGER, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field order[] = {
	{ "order_id", F_ID, NULL },
	{ "source_id", F_ID, NULL },
	{ "number", F_ID, NULL },
	{ "time", F_TIME, NULL },
	{ "paid_at", F_TIME, NULL },
	{ "updated_at", F_TIME, NULL },
	{ "status", F_TEXT,
		"created paid shipped completed cancelled refunded" },
	{ "gross", F_MONEY, NULL },
	{ "discount", F_MONEY, NULL },
	{ "shipping", F_MONEY, NULL },
	{ "tax", F_MONEY, NULL },
	{ "total", F_MONEY, NULL },
	{ "paid", F_MONEY, NULL },
	{ "refunded", F_MONEY, NULL },
	{ "currency", F_TEXT, NULL },
	{ "channel", F_TEXT, NULL },
	{ "store_id", F_ID, NULL },
	{ "advisor_id", F_ID, NULL },
	{ "kol_id", F_ID, NULL },
	{ "coupon", F_ID, NULL },
	{ "campaign", F_ID, NULL },
	{ "country", F_TEXT, NULL },
	{ "reason", F_TEXT, NULL },
	{ "products", F_OBJECTS, NULL },
	{ "products.sku", F_ID, NULL },
	{ "products.name", F_TEXT, NULL },
	{ "products.brand", F_TEXT, NULL },
	{ "products.category", F_TEXT, NULL },
	{ "products.price", F_MONEY, NULL },
	{ "products.cost", F_MONEY, NULL },
	{ "products.quantity", F_NUMBER, NULL },
	{ "products.amount", F_MONEY, NULL },
	{ "products.attributes", F_OBJECT, NULL },
	{ "products.extra", F_OBJECT, NULL },
	{ "receiver", F_OBJECT, NULL },
	{ "receiver.name", F_TEXT, NULL },
	{ "receiver.phone", F_ID, NULL },
	{ "receiver.country", F_TEXT, NULL },
	{ "receiver.province", F_TEXT, NULL },
	{ "receiver.city", F_TEXT, NULL },
	{ "receiver.city_tier", F_TEXT, NULL },
	{ "receiver.district", F_TEXT, NULL },
	{ "receiver.address", F_TEXT, NULL },
	{ "receiver.postal_code", F_ID, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field refund[] = {
	{ "refund_id", F_ID, NULL },
	{ "order_id", F_ID, NULL },
	{ "source_id", F_ID, NULL },
	{ "time", F_TIME, NULL },
	{ "paid", F_MONEY, NULL },
	{ "currency", F_TEXT, NULL },
	{ "reason", F_TEXT, NULL },
	{ "store_id", F_ID, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field event[] = {
	{ "event_id", F_ID, NULL },
	{ "event", F_TEXT, NULL },
	{ "time", F_TIME, NULL },
	{ "channel", F_TEXT, NULL },
	{ "campaign", F_ID, NULL },
	{ "code", F_ID, NULL },
	{ "text", F_TEXT, NULL },
	{ "value", F_NUMBER, NULL },
	{ "item_id", F_ID, NULL },
	{ "state", F_TEXT, NULL },
	{ "store_id", F_ID, NULL },
	{ "advisor_id", F_ID, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field count[] = {
	{ "date", F_DATE, NULL },
	{ "since", F_DATE, NULL },
	{ "total", F_INTEGER, NULL },
	{ "new", F_INTEGER, NULL },
	{ "lost", F_INTEGER, NULL },
	{ "by", F_OBJECT, NULL },
	{ "channel", F_TEXT, NULL },
	{ "campaign", F_ID, NULL },
	{ "kol_id", F_ID, NULL },
	{ "item_id", F_ID, NULL },
	{ "text", F_TEXT, NULL },
	{ "time", F_TIME, NULL },
	{ "views", F_INTEGER, NULL },
	{ "sent", F_INTEGER, NULL },
	{ "reach", F_INTEGER, NULL },
	{ "clicks", F_INTEGER, NULL },
	{ "likes", F_INTEGER, NULL },
	{ "comments", F_INTEGER, NULL },
	{ "shares", F_INTEGER, NULL },
	{ "saves", F_INTEGER, NULL },
	{ "sessions", F_INTEGER, NULL },
	{ "engagement", F_NUMBER, NULL },
	{ "conversions", F_NUMBER, NULL },
	{ "revenue", F_MONEY, NULL },
	{ "currency", F_TEXT, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field spend[] = {
	{ "channel", F_TEXT, NULL },
	{ "campaign", F_ID, NULL },
	{ "date", F_DATE, NULL },
	{ "kol_id", F_ID, NULL },
	{ "item_id", F_ID, NULL },
	{ "cost", F_MONEY, NULL },
	{ "currency", F_TEXT, NULL },
	{ "impressions", F_INTEGER, NULL },
	{ "clicks", F_INTEGER, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field consent[] = {
	{ "channel", F_TEXT, NULL },
	{ "to", F_ID, NULL },
	{ "purpose", F_TEXT, CONSENT_PURPOSES },
	{ "status", F_TEXT, "granted denied revoked" },
	{ "time", F_TIME, NULL },
	{ "proof", F_TEXT, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field link[] = {
	{ "source_id", F_ID, NULL },
	{ "ids", F_TEXTS, NULL },
	{ "weight", F_NUMBER, NULL },
	{ "minted", F_INTEGER, NULL },
	{ "merged_into", F_ID, NULL },
	{ "decided_by", F_TEXT, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field pair[] = {
	{ "left", F_ID, NULL },
	{ "right", F_ID, NULL },
	{ "weight", F_NUMBER, NULL },
	{ "probability", F_NUMBER, NULL },
	{ "levels", F_OBJECT, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field decision[] = {
	{ "campaign", F_ID, NULL },
	{ "offer_id", F_ID, NULL },
	{ "occurrence", F_ID, NULL },
	{ "decision_id", F_ID, NULL },
	{ "arm", F_TEXT, "treatment control" },
	{ "variant", F_TEXT, NULL },
	{ "decided_at", F_TIME, NULL },
	{ "as_of", F_TIME, NULL },
	{ "channel", F_TEXT, NULL },
	{ "score", F_NUMBER, NULL },
	{ "value", F_NUMBER, NULL },
	{ "cost", F_MONEY, NULL },
	{ "price", F_MONEY, NULL },
	{ "rank", F_INTEGER, NULL },
	{ "offer", F_OBJECT, NULL },
	{ "profile", F_OBJECT, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field message[] = {
	{ "message_key", F_ID, NULL },
	{ "campaign", F_ID, NULL },
	{ "offer_id", F_ID, NULL },
	{ "decision_id", F_ID, NULL },
	{ "occurrence", F_ID, NULL },
	{ "purpose", F_TEXT, PURPOSES },
	{ "channel", F_TEXT, NULL },
	{ "to", F_ID, NULL },
	{ "language", F_TEXT, NULL },
	{ "tz", F_TEXT, NULL },
	{ "subject", F_TEXT, NULL },
	{ "text", F_TEXT, NULL },
	{ "html", F_TEXT, NULL },
	{ "template_id", F_ID, NULL },
	{ "data", F_OBJECT, NULL },
	{ "not_before", F_TIME, NULL },
	{ "not_after", F_TIME, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field delivery[] = {
	{ "message_key", F_ID, NULL },
	{ "attempt", F_INTEGER, NULL },
	{ "status", F_TEXT,
		"planned intent sent rejected deferred unknown resend expired "
		"suppressed capped quiet control invalid duplicate delivered "
		"opened clicked bounced complained unsubscribed" },
	{ "campaign", F_ID, NULL },
	{ "offer_id", F_ID, NULL },
	{ "channel", F_TEXT, NULL },
	{ "occurrence", F_ID, NULL },
	{ "code", F_ID, NULL },
	{ "reason", F_TEXT, NULL },
	{ "remote_id", F_ID, NULL },
	{ "time", F_TIME, NULL },
	{ "to", F_ID, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field task[] = {
	{ "task_id", F_ID, NULL },
	{ "advisor_id", F_ID, NULL },
	{ "store_id", F_ID, NULL },
	{ "kind", F_TEXT, NULL },
	{ "due", F_TIME, NULL },
	{ "priority", F_NUMBER, NULL },
	{ "because", F_TEXT, NULL },
	{ "state", F_TEXT, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field metric[] = {
	{ "metric", F_TEXT, NULL },
	{ "by", F_OBJECT, NULL },
	{ "window", F_TEXT, NULL },
	{ "as_of", F_TIME, NULL },
	{ "value", F_NUMBER, NULL },
	{ "numerator", F_NUMBER, NULL },
	{ "denominator", F_NUMBER, NULL },
	{ "unit", F_TEXT, NULL },
	{ "definition", F_TEXT, NULL },
	{ "tz", F_TEXT, NULL },
	{ "ci_low", F_NUMBER, NULL },
	{ "ci_high", F_NUMBER, NULL },
	{ "n", F_INTEGER, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field reject[] = {
	{ "tool", F_TEXT, NULL },
	{ "line", F_INTEGER, NULL },
	{ "field", F_TEXT, NULL },
	{ "reason", F_TEXT, NULL },
	{ "input", F_TEXT, NULL },
	{ "input_base64", F_TEXT, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field run[] = {
	{ "tool", F_TEXT, NULL },
	{ "read", F_INTEGER, NULL },
	{ "written", F_INTEGER, NULL },
	{ "withheld", F_INTEGER, NULL },
	{ "folded", F_INTEGER, NULL },
	{ "superseded", F_INTEGER, NULL },
	{ "refused", F_INTEGER, NULL },
	{ "made", F_INTEGER, NULL },
	{ "erased", F_INTEGER, NULL },
	{ "seconds", F_NUMBER, NULL },
	{ "exit", F_INTEGER, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field end[] = {
	{ "tool", F_TEXT, NULL },
	{ "written", F_INTEGER, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

static const struct schema_field stop[] = {
	{ "tool", F_TEXT, NULL },
	{ "reason", F_TEXT, NULL },
	{ NULL, F_UNKNOWN, NULL },
};

/*
 * The second list of a type stands for records that are different although
 * their keys are equal: a revocation of May and a grant of June, the bills of
 * two KOLs on a day, a message that was sent and then opened.
 */
static const struct schema_type types[] = {
	{ "profile", { "source", "source_id" }, { NULL }, profile, true,
		{ NULL } },
	{ "order", { "source", "order_id" }, { NULL }, order, true, { NULL } },
	{ "refund", { "source", "refund_id" }, { NULL }, refund, true,
		{ NULL } },
	{ "event", { "source", "event_id" }, { NULL }, event, true, { NULL } },
	{ "count", { "account", "date" },
		{ "source", "since", "channel", "campaign", "kol_id",
			"item_id" },
		count, false, { NULL } },
	{ "spend", { "channel", "campaign", "date" },
		{ "source", "account", "kol_id", "item_id", "currency" }, spend,
		false, { NULL } },
	{ "consent", { "channel", "to", "purpose" },
		{ "source", "house", "account", "customer_id", "time" },
		consent, true, { NULL } },
	{ "link", { "customer_id" }, { "source", "source_id" }, link, false,
		{ NULL } },
	{ "pair", { "left", "right" }, { NULL }, pair, false, { NULL } },
	{ "decision", { "campaign", "customer_id", "offer_id", "occurrence" },
		{ NULL }, decision, false, { NULL } },
	{ "message", { "message_key" }, { NULL }, message, false, { NULL } },
	{ "delivery", { "message_key", "attempt" }, { "status", "time" },
		delivery, false, { "remote_id" } },
	{ "task", { "task_id" }, { NULL }, task, false, { NULL } },
	{ "metric", { "metric", "by", "window", "as_of" }, { NULL }, metric,
		false, { NULL } },
	{ "reject", { NULL }, { NULL }, reject, false, { NULL } },
	{ "run", { NULL }, { NULL }, run, false, { NULL } },
	{ "end", { NULL }, { NULL }, end, false, { NULL } },
	{ "abort", { NULL }, { NULL }, stop, false, { NULL } },
	{ NULL, { NULL }, { NULL }, NULL, false, { NULL } },
};

const struct schema_type *schema_types(void)
{
	return types;
}

const struct schema_field *schema_common(void)
{
	return common;
}

const struct schema_field *schema_identifiers(void)
{
	return identifiers;
}

const struct schema_type *schema_type(struct view name)
{
	for (const struct schema_type *t = types; t->name; t++)
		if (view_is(name, t->name))
			return t;
	return NULL;
}

static const struct schema_field *find(const struct schema_field *f,
	struct view name)
{
	for (; f->name; f++)
		if (view_is(name, f->name))
			return f;
	return NULL;
}

const struct schema_field *schema_field(const struct schema_type *t,
	struct view name)
{
	const struct schema_field *f = find(t->field, name);

	if (!f && t->who)
		f = find(identifiers, name);
	return f ? f : find(common, name);
}

/* The type that holds the values of both, or F_UNKNOWN. */
static enum field_type wider(enum field_type a, enum field_type b)
{
	static const enum field_type chain[][3] = {
		{ F_INTEGER, F_MONEY, F_NUMBER },
		{ F_DATE, F_TIME, F_TIME },
		{ F_ID, F_TEXT, F_TEXT },
	};

	if (a == b)
		return a;
	for (size_t i = 0; i < sizeof(chain) / sizeof(*chain); i++) {
		const enum field_type *c = chain[i];
		bool has_a = a == c[0] || a == c[1] || a == c[2];
		bool has_b = b == c[0] || b == c[1] || b == c[2];
		if (has_a && has_b)
			return c[2];
	}
	return F_UNKNOWN;
}

enum field_type schema_any(struct view name)
{
	const struct schema_field *f = find(common, name);

	if (!f)
		f = find(identifiers, name);

	enum field_type type = f ? f->type : F_UNKNOWN;
	bool met = f;

	for (const struct schema_type *t = types; t->name; t++) {
		f = find(t->field, name);
		if (!f)
			continue;
		type = met ? wider(type, f->type) : f->type;
		met = true;
	}
	return type;
}

/* The better of two answers: the name itself, then the first by bytes. */
static const char *nearest_in(const struct schema_field *f, struct view name,
	const char *best)
{
	for (; f->name; f++) {
		struct view known = view_of(f->name);
		if (view_eq(known, name))
			return f->name;
		if (name.n >= 3 && known.n >= 4 && text_near(name, known) &&
			(!best || view_cmp(known, view_of(best)) < 0))
			best = f->name;
	}
	return best;
}

const char *schema_nearest_type(struct view name)
{
	for (const struct schema_type *t = types; t->name; t++)
		if (strlen(t->name) >= 4 && text_near(name, view_of(t->name)))
			return t->name;
	return NULL;
}

const char *schema_nearest(struct view name)
{
	const char *best = nearest_in(common, name, NULL);

	best = nearest_in(identifiers, name, best);

	for (const struct schema_type *t = types; t->name; t++) {
		if (best && view_is(name, best))
			return best;
		best = nearest_in(t->field, name, best);
	}
	return best;
}
