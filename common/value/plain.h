/*
 * plain: characters as people compare them, whoever wrote them: traditional
 * Chinese ones as simplified, Latin ones without their marks. Text is folded
 * first (value/text).
 */
#ifndef VALUE_PLAIN_H
#define VALUE_PLAIN_H

#include <stddef.h>
#include <stdint.h>

/* The simplified form of a traditional character; any other is itself. */
uint32_t plain_han(uint32_t cp);
/* The one or two letters that a small Latin one is without its marks. How
 * many. */
size_t plain_latin(uint32_t cp, uint32_t out[2]);

#endif
