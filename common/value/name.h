/*
 * name: whether two personal names can be one person's.
 *
 * Asked where two profiles share a phone number: a wrong merge costs more
 * than a missed one, so SAME is said only where the names bear it out,
 * DIFFERENT where they contradict each other, and UNKNOWN where one of them
 * says too little. Names are compared folded (full-width, case, diacritics of
 * Latin, titles and forms of address off). Pure and symmetric.
 *
 * Han names: equal is SAME. A masked one (张*, 王**, *伟) is compared by what
 * it shows: a visible character that differs, or another length with one '*'
 * a character, is DIFFERENT, else UNKNOWN. A surname with a form of address
 * or 小/老/阿 (王先生, 小王, 王女士, 王总) is UNKNOWN against a name of that
 * surname and DIFFERENT against one of another. One contained in the other
 * (小伟 in 张小伟; given name alone) is UNKNOWN. Anything else, one character
 * apart included (张伟 and 张玮), is DIFFERENT.
 * Latin names: tokens compared without order. The same tokens, some of them
 * only as initials but at least one written out on both sides, are SAME
 * ("J. Smith", "John Smith", "Smith, John"); so are tokens of one that are
 * all in the other if they are two or more ("Ana Maria Silva", "Ana Silva");
 * the same letters run together too ("Zhang Xiao Ming", "Xiaoming Zhang"). One
 * token alone or initials alone that fit are UNKNOWN ("John"). A token of the
 * shorter that nothing fits is DIFFERENT; one edit in a token of five letters
 * or more is UNKNOWN ("Jonson", "Johnson").
 * Han against Latin is UNKNOWN (no pinyin table yet), other scripts are
 * compared as Latin tokens. Missing, placeholders (-, n/a, 无, 匿名, 未知,
 * 测试...) and text without a letter are UNKNOWN.
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
