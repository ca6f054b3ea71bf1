/*
 * name: whether two personal names can be one person's.
 *
 * Asked where two profiles share a phone number: a wrong merge costs more
 * than a missed one, so SAME is said only where the names bear it out,
 * DIFFERENT where they contradict each other, UNKNOWN where they say too
 * little. Pure, symmetric, no allocation. Names are compared folded: widths,
 * cases, blanks, traditional characters, marks of Latin letters, titles.
 *
 * East Asian names. Equal, also with the surname put last: SAME. 王先生 and
 * the like are a surname: UNKNOWN against a name that has it, else DIFFERENT.
 * 小静, 老王, 阿佳 are a part: UNKNOWN against a name that has it and against
 * a bare surname, else DIFFERENT. One contained in the other, or one
 * character apart in a given name of two (李建亮, 李健亮): UNKNOWN. Masked ones
 * (张*, *伟, 王某) are compared by what they show, '*' being one character or
 * more: UNKNOWN, or DIFFERENT where something shown is not alike. Anything
 * else, 张伟 and 张玮 too: DIFFERENT.
 *
 * Latin and other alphabets. Tokens are compared without order. SAME: the
 * same tokens, some of them as initials but one written out ("J. Smith",
 * "Smith, John"); all of one in the other, two written out ("Ana Silva",
 * "Ana Maria Silva"); the same letters run together ("Zhang Xiao Ming",
 * "Xiaoming Zhang"). UNKNOWN: where only one token or initials fit, or one
 * fits but nearly: one edit (no letter replaced in fewer than five), a
 * beginning of three letters or more, a mask, a usual short form (Bill,
 * William). DIFFERENT: a token of the shorter name that nothing fits.
 *
 * Han against Latin: DIFFERENT where the Latin name has two tokens or more,
 * all written out, and none is a spelling (pinyin, Hong Kong, Taiwan) of the
 * surname, if that is one of the hundred that nine in ten people have. Else
 * UNKNOWN, as for any other two scripts and for a name of mixed scripts.
 * Missing, placeholders (-, n/a, 无, 匿名, 未知, 测试...) and text without a
 * letter are UNKNOWN.
 */
#ifndef VALUE_NAME_H
#define VALUE_NAME_H

#include "base/buf.h"

enum name_verdict { NAME_SAME, NAME_UNKNOWN, NAME_DIFFERENT };

enum name_verdict name_compare(struct view a, struct view b);

static inline bool name_contradict(struct view a, struct view b)
{
	return name_compare(a, b) == NAME_DIFFERENT;
}

#endif
