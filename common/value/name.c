#include "value/name.h"

#include "value/plain.h"
#include "value/text.h"
#include "value/utf8.h"

/* More than a person's name has. */
#define NAME_LEN 96
#define NAME_TOKENS 8

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/*
 * The surnames of about nine in ten people in China, each with its pinyin
 * and the spellings of Hong Kong, Taiwan and Singapore.
 */
static const struct {
	const char *han, *latin;
} surnames[] = {
	{ "王", "wang wong ong" },
	{ "李", "li lee" },
	{ "张", "zhang chang cheung teo" },
	{ "刘", "liu lau low" },
	{ "陈", "chen chan tan" },
	{ "杨", "yang yeung young yeo" },
	{ "赵", "zhao chao chiu" },
	{ "黄", "huang wong hwang ng" },
	{ "周", "zhou chou chow chew" },
	{ "吴", "wu ng goh" },
	{ "徐", "xu hsu chui tsui" },
	{ "孙", "sun suen" },
	{ "胡", "hu woo wu" },
	{ "朱", "zhu chu choo" },
	{ "高", "gao kao ko" },
	{ "林", "lin lam lim" },
	{ "何", "he ho" },
	{ "郭", "guo kuo kwok" },
	{ "马", "ma mah" },
	{ "罗", "luo lo law" },
	{ "梁", "liang leung neo" },
	{ "宋", "song sung" },
	{ "郑", "zheng cheng tay" },
	{ "谢", "xie hsieh tse chia" },
	{ "韩", "han hon" },
	{ "唐", "tang tong" },
	{ "冯", "feng fung foong" },
	{ "于", "yu yue" },
	{ "董", "dong tung" },
	{ "萧", "xiao hsiao siu" },
	{ "肖", "xiao hsiao siu" },
	{ "程", "cheng ching" },
	{ "曹", "cao tsao cho" },
	{ "袁", "yuan yuen" },
	{ "邓", "deng teng tang" },
	{ "许", "xu hsu hui koh" },
	{ "傅", "fu foo" },
	{ "沈", "shen shum sim" },
	{ "曾", "zeng tseng tsang chan" },
	{ "彭", "peng pang" },
	{ "吕", "lv lu lyu lui" },
	{ "苏", "su so soh" },
	{ "卢", "lu lo loo" },
	{ "蒋", "jiang chiang" },
	{ "蔡", "cai tsai choi chua" },
	{ "贾", "jia chia" },
	{ "丁", "ding ting" },
	{ "魏", "wei ngai" },
	{ "薛", "xue hsueh sit" },
	{ "叶", "ye yeh yip yap" },
	{ "余", "yu yue" },
	{ "潘", "pan poon phua" },
	{ "杜", "du tu to" },
	{ "戴", "dai tai" },
	{ "夏", "xia hsia ha" },
	{ "钟", "zhong chung" },
	{ "汪", "wang wong" },
	{ "田", "tian tien tin" },
	{ "任", "ren jen yam" },
	{ "姜", "jiang chiang keung" },
	{ "范", "fan" },
	{ "方", "fang fong" },
	{ "石", "shi shih shek" },
	{ "姚", "yao yiu" },
	{ "谭", "tan tam" },
	{ "廖", "liao liu liew" },
	{ "邹", "zou tsou chow" },
	{ "熊", "xiong hsiung hung" },
	{ "金", "jin chin kam" },
	{ "陆", "lu luk" },
	{ "郝", "hao kok" },
	{ "孔", "kong kung hung" },
	{ "白", "bai pai pak" },
	{ "崔", "cui tsui chui" },
	{ "康", "kang hong" },
	{ "毛", "mao mo" },
	{ "邱", "qiu chiu yau khoo" },
	{ "秦", "qin chin chun" },
	{ "江", "jiang chiang kong" },
	{ "史", "shi shih sze" },
	{ "顾", "gu ku koo" },
	{ "侯", "hou hau" },
	{ "邵", "shao shiu" },
	{ "孟", "meng mang" },
	{ "龙", "long lung" },
	{ "万", "wan man" },
	{ "段", "duan tuan" },
	{ "钱", "qian chien chin" },
	{ "汤", "tang tong" },
	{ "尹", "yin wan" },
	{ "黎", "li lai" },
	{ "易", "yi yick" },
	{ "常", "chang sheung" },
	{ "武", "wu mo" },
	{ "乔", "qiao chiao kiu" },
	{ "贺", "he ho" },
	{ "赖", "lai" },
	{ "龚", "gong kung" },
	{ "文", "wen man" },
};

enum script { NONE, HAN, KANA, HANGUL, LATIN, OTHER, MIXED };

/* A name folded: one sequence of characters for East Asian scripts, tokens
 * for the others. */
struct name {
	enum script script;
	uint32_t c[NAME_LEN];
	size_t n;
	bool masked;
	/* East Asian: what stood beside it */
	bool surname_only; /* 王先生 */
	bool familiar; /* 小王, 阿佳: a part of the name */
	/* the others: c[start[i]] .. c[start[i + 1]] */
	size_t start[NAME_TOKENS + 1], tokens;
};

static enum script script_of(uint32_t cp)
{
	if ((cp >= 'a' && cp <= 'z') || (cp >= 0xC0 && cp < 0x250) ||
		(cp >= 0x1E00 && cp < 0x1F00))
		return cp == 0xD7 || cp == 0xF7 ? NONE : LATIN;
	if ((cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
		(cp >= 0x20000 && cp <= 0x3FFFF) || cp == 0x3005 ||
		cp == 0x3007)
		return HAN;
	if ((cp >= 0x3041 && cp <= 0x30FA) || (cp >= 0x30FC && cp <= 0x30FF) ||
		(cp >= 0xFF66 && cp <= 0xFF9F))
		return KANA;
	if ((cp >= 0xAC00 && cp <= 0xD7A3) || (cp >= 0x1100 && cp <= 0x11FF))
		return HANGUL;
	if (cp < 0x250 || (cp >= 0x2000 && cp <= 0x303F) || cp >= 0xE000)
		return NONE;
	return OTHER;
}

static bool mask(uint32_t cp)
{
	return cp == '*' || cp == 0xD7 || cp == 0x2022 || cp == 0x25CB ||
	       cp == 0x25CF || cp == 0x67D0; /* 某 */
}

static bool ends(const struct name *a, const char *word, size_t *count)
{
	uint32_t last;
	if (a->n == 0)
		return false;
	struct view w = view_of(word);
	utf8_last(w.p, w.n, &last);
	if (a->c[a->n - 1] != last)
		return false;
	*count = utf8_count(w);
	if (a->n < *count)
		return false;
	size_t at = a->n - *count;
	for (size_t i = 0; i < w.n;) {
		uint32_t cp;
		i += utf8_get(w.p + i, w.n - i, &cp);
		if (a->c[at++] != cp)
			return false;
	}
	return true;
}

static bool is_word(const struct name *a, const char *word)
{
	size_t count;
	return ends(a, word, &count) && count == a->n;
}

/* What is written where no name is known; folded, blanks left out. */
static bool placeholder(const struct name *a)
{
	static const char *const words[] = { "na", "null", "none", "nil",
		"unknown", "anonymous", "guest", "test", "user", "customer",
		"noname", "xxx", "无", "无名", "匿名", "未知", "测试", "用户",
		"客户", "顾客", "会员", "散客", "微信用户", "匿名用户", "默认",
		"先生", "女士", "小姐", "太太", "本人", "收货人" };
	for (size_t i = 0; i < LENGTH(words); i++) {
		if (is_word(a, words[i]))
			return true;
	}
	return false;
}

static void east_asian(struct name *a)
{
	static const char *const forms[] = { "先生", "女士", "小姐", "太太",
		"夫人", "老师", "老板", "经理", "师傅", "医生", "主任", "同学",
		"阿姨", "叔叔", "姐姐", "哥哥", "总", "哥", "姐", "姨", "叔" };
	size_t count;
	for (size_t i = 0; i < LENGTH(forms); i++) {
		if (!ends(a, forms[i], &count) || a->n == count)
			continue;
		/* 李总 yes; 张伟总 is more likely a name */
		if (count == 1 && a->n != 2)
			continue;
		a->n -= count;
		a->surname_only = a->n <= 2;
		break;
	}
	if (a->n == 2 && !a->surname_only &&
		(a->c[0] == 0x5C0F || a->c[0] == 0x8001 || a->c[0] == 0x963F ||
			a->c[0] == 0x5927)) { /* 小老阿大 */
		a->c[0] = a->c[1];
		a->n = 1;
		a->familiar = true;
	}
}

static bool title(const uint32_t *c, size_t n)
{
	static const char *const titles[] = { "mr", "mrs", "ms", "miss", "dr",
		"prof", "sir", "mme", "herr", "frau", "jr", "sr" };
	for (size_t i = 0; i < LENGTH(titles); i++) {
		size_t len = strlen(titles[i]), k = 0;
		while (k < len && k < n && c[k] == (unsigned char)titles[i][k])
			k++;
		if (k == len && k == n)
			return true;
	}
	return false;
}

/* Ends the token that began at start[tokens]; empty ones and titles go. */
static bool token_end(struct name *a)
{
	size_t from = a->start[a->tokens];
	if (a->n == from || title(a->c + from, a->n - from)) {
		a->n = from;
		return true;
	}
	if (a->tokens == NAME_TOKENS)
		return false;
	a->start[++a->tokens] = a->n;
	return true;
}

/* False where it is too long to be a name. */
static bool name_of(struct view v, struct name *a)
{
	*a = (struct name){ .script = NONE };
	v = text_trim(v);
	for (size_t i = 0; i < v.n;) {
		uint32_t cp, out[2];
		i += utf8_get(v.p + i, v.n - i, &cp);
		cp = plain_han(text_lower(text_narrow(cp)));
		enum script s = script_of(cp);
		bool hidden = mask(cp);
		if (hidden) {
			a->masked = true;
			s = NONE;
			cp = '*';
		} else if (s == NONE) {
			/* O'Neil is one token, Jean-Luc two, 阿·买 one */
			bool inside = cp == '\'' || cp == 0x2019 ||
				      (cp >= 0xAD && utf8_width(cp) == 0);
			if (!inside && !token_end(a))
				return false;
			continue;
		} else if (s == OTHER && utf8_width(cp) == 0) {
			continue;
		}
		if (s != NONE && a->script != s)
			a->script =
				a->script == NONE ? s
				: (a->script == HAN && s == KANA) ||
						(a->script == KANA && s == HAN)
					? HAN
					: MIXED;
		size_t k = s == LATIN ? plain_latin(cp, out)
				      : (out[0] = cp, (size_t)1);
		if (a->n + k > NAME_LEN)
			return false;
		for (size_t j = 0; j < k; j++)
			a->c[a->n++] = out[j];
	}
	if (!token_end(a))
		return false;
	if (placeholder(a))
		a->script = NONE;
	else if (a->script == HAN || a->script == KANA || a->script == HANGUL)
		east_asian(a);
	return true;
}

static bool same_chars(const struct name *a, const struct name *b)
{
	return a->n == b->n && memcmp(a->c, b->c, a->n * sizeof(*a->c)) == 0;
}

/* Whether b is in a, in one piece. */
static bool contains(const struct name *a, const struct name *b)
{
	for (size_t i = 0; i + b->n <= a->n; i++) {
		if (memcmp(a->c + i, b->c, b->n * sizeof(*b->c)) == 0)
			return true;
	}
	return false;
}

/* Whether b is a with its first k characters put last. */
static bool turned(const struct name *a, const struct name *b, size_t k)
{
	if (a->n != b->n || k >= a->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (a->c[(i + k) % a->n] != b->c[i])
			return false;
	}
	return true;
}

/* What is seen at the front and at the back of both agrees; '*' stands for
 * one character or more, whatever the platform's habit. */
static bool shown_alike(const struct name *a, const struct name *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	for (size_t i = 0; i < n && a->c[i] != '*' && b->c[i] != '*'; i++) {
		if (a->c[i] != b->c[i])
			return false;
	}
	for (size_t i = 1; i <= n; i++) {
		uint32_t x = a->c[a->n - i], y = b->c[b->n - i];
		if (x == '*' || y == '*')
			break;
		if (x != y)
			return false;
	}
	return true;
}

/* Whether the shorter of two is the beginning of the other. */
static bool begins(const struct name *a, const struct name *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	return memcmp(a->c, b->c, n * sizeof(*a->c)) == 0;
}

static size_t surname_of(const struct name *a)
{
	char first[4];
	size_t n = utf8_put(first, a->c[0]), i = 0;
	while (i < LENGTH(surnames) &&
		(strlen(surnames[i].han) != n ||
			memcmp(surnames[i].han, first, n) != 0))
		i++;
	return i;
}

/* 张先生 and 伟张: b ends in a's surname and does not begin with one. */
static bool surname_last(const struct name *a, const struct name *b)
{
	return a->surname_only && a->n == 1 && b->n > 1 &&
	       b->c[b->n - 1] == a->c[0] && surname_of(b) == LENGTH(surnames);
}

/* 李建亮 and 李健亮: one character of a given name of two or more is another
 * one, as where somebody wrote it down by its sound. */
static bool one_given_apart(const struct name *a, const struct name *b)
{
	size_t apart = 0;
	if (a->n != b->n || a->n < 3 || a->c[0] != b->c[0])
		return false;
	for (size_t i = 1; i < a->n; i++)
		apart += a->c[i] != b->c[i];
	return apart == 1;
}

static enum name_verdict compare_east_asian(const struct name *a,
	const struct name *b)
{
	if (a->masked || b->masked)
		return shown_alike(a, b) ? NAME_UNKNOWN : NAME_DIFFERENT;
	if (a->surname_only || b->surname_only) {
		/* against 小静: the one a surname, the other a given name */
		if (a->familiar || b->familiar)
			return NAME_UNKNOWN;
		return begins(a, b) || surname_last(a, b) || surname_last(b, a)
			       ? NAME_UNKNOWN
			       : NAME_DIFFERENT;
	}
	if (a->familiar && b->familiar)
		return NAME_UNKNOWN;
	if (!a->familiar && !b->familiar && a->n > 1) {
		if (same_chars(a, b) || turned(a, b, 1) || turned(b, a, 1))
			return NAME_SAME;
		/* 欧阳 and the like put last */
		if (a->n > 3 && (turned(a, b, 2) || turned(b, a, 2)))
			return NAME_SAME;
	}
	if (contains(a, b) || contains(b, a) || one_given_apart(a, b))
		return NAME_UNKNOWN;
	return NAME_DIFFERENT;
}

/*
 * Tokens.
 */

enum fit { FIT_NONE, FIT_NEAR, FIT_INITIAL, FIT_FULL };

static size_t token_len(const struct name *a, size_t i)
{
	return a->start[i + 1] - a->start[i];
}

static const uint32_t *token(const struct name *a, size_t i)
{
	return a->c + a->start[i];
}

/* One edit, of texts of code points. */
static bool near(const uint32_t *a, size_t m, const uint32_t *b, size_t n)
{
	while (m && n && *a == *b) {
		a++, m--;
		b++, n--;
	}
	while (m && n && a[m - 1] == b[n - 1]) {
		m--;
		n--;
	}
	return (m <= 1 && n <= 1) ||
	       (m == 2 && n == 2 && a[0] == b[1] && a[1] == b[0]);
}

/* Of two near ones of one length: the same letters. */
static bool swapped(const uint32_t *a, const uint32_t *b, size_t n)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += a[i] - b[i];
	return sum == 0;
}

static bool is_latin(const uint32_t *c, size_t n, const char *word, size_t len)
{
	if (n != len)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (c[i] != (unsigned char)word[i])
			return false;
	}
	return true;
}

/* The names that are called so differently that no rule of letters finds
 * them; a name and its short forms on a line. */
static bool nicknames(const uint32_t *a, size_t m, const uint32_t *b, size_t n)
{
	static const char *const lines[] = { "alexander sasha xander",
		"andrew drew", "anthony tony", "antonio tonio toni",
		"barbara babs barb", "catherine kate kathy cathy katie kitty",
		"charles chuck charlie", "daniel dan danny", "david dave",
		"edward ted ned eddie", "elizabeth liz beth betty lisa eliza",
		"francis frank", "gerald jerry", "helen nell", "henry harry",
		"jacob jake", "james jim jimmy jamie", "john jack johnny",
		"joseph joe joey", "katherine kate kathy katie kitty",
		"lawrence larry", "margaret peggy maggie meg greta",
		"mary molly polly", "michael mike mick mikey", "nicholas nick",
		"patricia pat patty trish tricia", "patrick paddy",
		"rebecca becky", "richard dick rick ricky", "robert bob bobby",
		"ronald ron", "sarah sally", "stephen steve", "steven steve",
		"susan sue susie", "theodore ted", "thomas tom tommy",
		"victoria vicky tori", "william bill billy will" };
	for (size_t i = 0; i < LENGTH(lines); i++) {
		bool has_a = false, has_b = false;
		for (const char *w = lines[i]; *w;) {
			size_t len = strcspn(w, " ");
			has_a |= is_latin(a, m, w, len);
			has_b |= is_latin(b, n, w, len);
			w += len + (w[len] == ' ');
		}
		if (has_a && has_b)
			return true;
	}
	return false;
}

static enum fit token_fit(const struct name *a, size_t i, const struct name *b,
	size_t j)
{
	const uint32_t *x = token(a, i), *y = token(b, j);
	size_t m = token_len(a, i), n = token_len(b, j), least = m < n ? m : n;
	size_t front = 0, back = 0;
	while (front < least && x[front] != '*' && y[front] != '*') {
		if (x[front] != y[front])
			break;
		front++;
	}
	if (front == least && m == n)
		return m > 1 ? FIT_FULL : FIT_INITIAL;
	if (front == least && (least == 1 || least >= 3))
		return least == 1 ? FIT_INITIAL : FIT_NEAR;
	if (front < least && (x[front] == '*' || y[front] == '*')) {
		while (back < least - front && x[m - 1 - back] != '*' &&
			y[n - 1 - back] != '*') {
			if (x[m - 1 - back] != y[n - 1 - back])
				return FIT_NONE;
			back++;
		}
		return FIT_NEAR;
	}
	/* A letter replaced makes another name of a short one (Jane, Jade). */
	if (least >= 3 && near(x, m, y, n) &&
		(least >= 5 || m != n || swapped(x, y, n)))
		return FIT_NEAR;
	return nicknames(x, m, y, n) ? FIT_NEAR : FIT_NONE;
}

/* Whether the letters are the same once run together, b's tokens beginning
 * anywhere: "Zhang Xiao Ming", "Xiaoming Zhang". */
static bool run_together(const struct name *a, const struct name *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < b->tokens; i++) {
		if (turned(b, a, b->start[i] % b->n))
			return true;
	}
	return false;
}

/* b has as many tokens as a, or more. */
static enum name_verdict compare_tokens(const struct name *a,
	const struct name *b)
{
	bool used_a[NAME_TOKENS] = { 0 }, used_b[NAME_TOKENS] = { 0 };
	size_t count[4] = { 0 };
	for (int fit = FIT_FULL; fit > FIT_NONE; fit--) {
		for (size_t i = 0; i < a->tokens; i++) {
			for (size_t j = 0; j < b->tokens && !used_a[i]; j++) {
				if (used_b[j] ||
					(int)token_fit(a, i, b, j) != fit)
					continue;
				used_a[i] = used_b[j] = true;
				count[fit]++;
			}
		}
	}
	size_t full = count[FIT_FULL];
	if (full + count[FIT_INITIAL] + count[FIT_NEAR] < a->tokens)
		return NAME_DIFFERENT;
	if (a->tokens < 2 || full == 0 || count[FIT_NEAR])
		return NAME_UNKNOWN;
	return a->tokens == b->tokens || full >= 2 ? NAME_SAME : NAME_UNKNOWN;
}

/* Whether a spelling of a surname is a token. */
static bool has_spelling(const struct name *a, const char *word, size_t len)
{
	for (size_t i = 0; i < a->tokens; i++) {
		if (is_latin(token(a, i), token_len(a, i), word, len))
			return true;
	}
	return false;
}

/* Two tokens written out, and no spelling of the surname among them, are
 * somebody else; short of that nothing can be said. */
static enum name_verdict compare_han_latin(const struct name *han,
	const struct name *latin)
{
	size_t whole = 0;
	for (size_t i = 0; i < latin->tokens; i++)
		whole += token_len(latin, i) > 1;
	if (han->familiar || han->masked || latin->masked || whole < 2 ||
		whole < latin->tokens)
		return NAME_UNKNOWN;
	size_t i = surname_of(han);
	if (i == LENGTH(surnames))
		return NAME_UNKNOWN;
	for (const char *spelling = surnames[i].latin; *spelling;) {
		size_t len = strcspn(spelling, " ");
		if (has_spelling(latin, spelling, len))
			return NAME_UNKNOWN;
		spelling += len + (spelling[len] == ' ');
	}
	return NAME_DIFFERENT;
}

enum name_verdict name_compare(struct view a, struct view b)
{
	struct name x, y;
	if (!name_of(a, &x) || !name_of(b, &y) || x.script == NONE ||
		y.script == NONE)
		return NAME_UNKNOWN;
	if (x.script == MIXED || y.script == MIXED)
		return x.script == y.script && same_chars(&x, &y)
			       ? NAME_SAME
			       : NAME_UNKNOWN;
	if (x.script == HAN && y.script == LATIN)
		return compare_han_latin(&x, &y);
	if (x.script == LATIN && y.script == HAN)
		return compare_han_latin(&y, &x);
	if (x.script != y.script)
		return NAME_UNKNOWN;
	if (x.script == HAN || x.script == KANA || x.script == HANGUL)
		return compare_east_asian(&x, &y);
	if (x.tokens == 0 || y.tokens == 0)
		return NAME_UNKNOWN;
	if (!x.masked && !y.masked && x.tokens + y.tokens > 2 &&
		(run_together(&x, &y) || run_together(&y, &x)))
		return NAME_SAME;
	/* the same pair in the same order, whichever came first */
	int order = (x.tokens > y.tokens) - (x.tokens < y.tokens);
	if (order == 0)
		order = x.n != y.n ? (x.n > y.n) - (x.n < y.n)
				   : memcmp(x.c, y.c, x.n * sizeof(*x.c));
	return order > 0 ? compare_tokens(&y, &x) : compare_tokens(&x, &y);
}
