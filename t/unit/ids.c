#include "crm/ids.h"

#include "tap.h"

/* The identifiers of a record, with blanks between them. */
static struct view of(const char *line)
{
	static struct buf out, in;
	struct keys keys = { 0 };
	struct ids ids;
	struct rec r;
	struct why why = { 0 };
	buf_reset(&out);
	buf_reset(&in);
	buf_adds(&in, line);
	rec_init(&r, &keys);
	ids_init(&ids, &keys);
	if (!rec_parse(&r, in.p, in.n, &why)) {
		buf_adds(&out, why.text);
		return buf_view(&out);
	}
	ids_of(&ids, &r);
	for (size_t i = 0; i < ids.id.n; i++) {
		if (i)
			buf_addc(&out, ' ');
		buf_addv(&out, ids.id.v[i].text);
	}
	if (ids.masked || ids.unusable)
		buf_addf(&out, " (%d masked, %d unusable)", (int)ids.masked,
			(int)ids.unusable);
	ids_release(&ids);
	rec_release(&r);
	keys_release(&keys);
	return buf_view(&out);
}

int main(void)
{
	is_str(of("{\"phone\":\"+8613800000001\",\"email\":\"A@B.cn\","
		  "\"tmall_nick\":\"小王\",\"member_no\":\"88\","
		  "\"wecom_external_userid\":\"wm1\",\"wechat_openid\":\"oA\","
		  "\"wechat_appid\":\"wx1\",\"wechat_unionid\":\"u\","
		  "\"source\":\"s\",\"source_id\":\"7\",\"type\":\"profile\"}"),
		"source_id:s/7 wechat_unionid:u wechat_openid:wx1/oA "
		"wecom_external_userid:wm1 member_no:s/88 tmall_nick:小王 "
		"email:a@b.cn phone:+8613800000001",
		"all in their order, whatever the order of the members");
	is_str(of("{\"wechat_unionid\":\" o6_bmas\\t\"}"),
		"wechat_unionid:o6_bmas", "blanks around a value are cut");
	is_str(of("{\"member_no\":88,\"source\":\"s\",\"account\":\"a\","
		  "\"house\":\"h\",\"card_no\":\"0012\"}"),
		"member_no:h/88 card_no:h/0012",
		"a card is the house's; numbers keep their digits");
	is_str(of("{\"member_no\":\"88\",\"source\":\"s\",\"account\":\"a\"}"),
		"member_no:a/88", "else the account's");
	is_str(of("{\"member_no\":\"88\"}"), " (0 masked, 1 unusable)",
		"else nobody's");
	is_str(of("{\"wechat_openid\":\"oA\"}"), " (0 masked, 1 unusable)",
		"an openid without an appid is none");
	is_str(of("{\"wechat_openid\":\"oA\",\"account\":\"wechat:wx2\"}"),
		"wechat_openid:wx2/oA", "the appid may be the account");
	is_str(of("{\"phone\":\"138****8000\",\"email\":\"b***@x.com\","
		  "\"tmall_nick\":\"t**1\",\"jd_account\":\"##x9##\","
		  "\"weibo_uid\":\"$$cipher$$\",\"xhs_uid\":\"张＊\"}"),
		" (6 masked, 0 unusable)", "what is masked is none");
	is_str(of("{\"phone\":\"13800000001\",\"email\":\"none\","
		  "\"jd_account\":\"NULL\",\"card_no\":\"0000\","
		  "\"source\":\"s\",\"douyin_uid\":\"无\"}"),
		" (0 masked, 5 unusable)",
		"nor placeholders, nor phones that are not E.164");
	is_str(of("{\"phone\":\"+86138000000011234\"}"),
		" (0 masked, 1 unusable)", "nor a number with an extension");
	is_str(of("{\"phone\":\"+869501312345678\"}"),
		" (0 masked, 1 unusable)", "nor a privacy number");
	is_str(of("{\"receiver\":{\"phone\":\"+8613800000001\"},"
		  "\"profile\":{\"email\":\"a@b.cn\"}}"),
		"", "what is nested never counts");
	is_str(of("{\"email\":\"a@b.cn\",\"ids\":[\"phone:+8613800000001\","
		  "\"email:A@B.cn\",\"email:c@d.cn\",\"member_no:h/1/2\","
		  "\"wechat_openid:oA\",\"name:x\",7,\"source_id:s/7\"]}"),
		"source_id:s/7 member_no:h/1/2 email:a@b.cn email:c@d.cn "
		"phone:+8613800000001 (0 masked, 1 unusable)",
		"ids[] add theirs, each once");
	is_str(of("{\"type\":\"consent\",\"channel\":\"email\","
		  "\"to\":\"A@b.cn\"}"),
		"email:a@b.cn", "a consent's address is its channel's");
	is_str(of("{\"type\":\"consent\",\"channel\":\"wechat:wx1\","
		  "\"to\":\"oA\"}"),
		"wechat_openid:wx1/oA", "of WeChat too");
	is_str(of("{\"type\":\"delivery\",\"channel\":\"email\","
		  "\"to\":\"a@b.cn\"}"),
		"", "of other records it is not looked at");
	is_str(of("{\"email\":null,\"phone\":[],\"jd_account\":{}}"), "",
		"other kinds of values are none");
	ok(id_kind_of(VIEW("email:x")) == ID_EMAIL &&
			id_kind_of(VIEW("emails:x")) == ID_KINDS &&
			id_kind_of(VIEW("email")) == ID_KINDS,
		"a kind is known by its name");
	is_str(id_value(VIEW("member_no:h/88")), "h/88",
		"the value has its scope");
	return done();
}
