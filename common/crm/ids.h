/*
 * ids: the strong identifiers of a record, each with its kind and scope.
 *
 * Spelled kind:value or kind:scope/value, as in link lines, verdicts, card
 * and erase:
 *	source_id:SOURCE/ID		the profile itself
 *	wechat_unionid:U
 *	wechat_openid:APPID/O		wechat_appid, or account wechat:APPID;
 *					an openid without one is no identifier
 *	wecom_external_userid:CORP/W	wecom_corpid, or account wecom:CORP;
 *					without one wecom_external_userid:W
 *	member_no:SCOPE/N card_no:SCOPE/N	house, else account, else source
 *	tmall_nick:V jd_account:V douyin_uid:V weibo_uid:V xhs_uid:V
 *	youzan_id:V shopify_id:V klaviyo_id:V
 *	email:a@b.c			lower case
 *	phone:+8613800000001		E.164
 * They come in this order, which is the order they are believed in: members
 * of the record before those of its ids[]; in a consent then the address `to`
 * of its channel. What is nested (receiver{}, profile{}) never counts, nor do
 * masked values (*, ##, $$), placeholders (null, -, 无) and numbers typed to
 * get past a form. What is
 * generic because many people share it only all profiles together can tell:
 * that is scrm-dedupe's business.
 */
#ifndef CRM_IDS_H
#define CRM_IDS_H

#include "base/vec.h"
#include "record/rec.h"

enum id_kind {
	ID_SOURCE_ID,
	ID_UNIONID,
	ID_OPENID,
	ID_EXTERNAL_USERID,
	ID_MEMBER_NO,
	ID_CARD_NO,
	ID_TMALL_NICK,
	ID_JD_ACCOUNT,
	ID_DOUYIN_UID,
	ID_WEIBO_UID,
	ID_XHS_UID,
	ID_YOUZAN_ID,
	ID_SHOPIFY_ID,
	ID_KLAVIYO_ID,
	ID_EMAIL,
	ID_PHONE,
	ID_KINDS,
};

struct id {
	enum id_kind kind;
	struct view text; /* whole: email:a@b.c */
};

struct ids {
	VEC(struct id) id; /* of the last record; no two are equal */
	/* Values that could not count, of all records so far. */
	uint64_t masked; /* hidden digits or letters */
	uint64_t unusable; /* placeholders, an openid without appid, a phone
			    * that is not E.164, a mail address that is none */

	unsigned key[ID_KINDS]; /* of the members; ID_SOURCE_ID: source_id */
	unsigned source, account, house, appid, corpid, ids, type, channel, to;
	struct arena text;
	struct buf scratch;
};

void ids_init(struct ids *s, struct keys *keys);
/* Fills s->id with the identifiers of r, valid until the next call. */
void ids_of(struct ids *s, struct rec *r);
/* The same of one identifier as a person spells it, email:A@b.c; none where
 * it is none. */
void ids_spelled(struct ids *s, struct view text);
/* The same of the address that a consent is about. */
void ids_address(struct ids *s, struct rec *r);
void ids_release(struct ids *s);

/* "email"; the member's name is the kind's. */
const char *id_kind_name(enum id_kind kind);
/* The kind of a scoped identifier by its spelling, ID_KINDS if it has none
 * that is known. The value is not looked at. */
enum id_kind id_kind_of(struct view text);
/* What stands behind "kind:", scope included. */
struct view id_value(struct view text);
/* Appends source_id:SOURCE/ID. */
void id_add_source_id(struct buf *out, struct view source, struct view id);

#endif
