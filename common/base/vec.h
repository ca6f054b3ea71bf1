/*
 * vec: arrays that grow.
 *
 *	VEC(struct rule) rules = { 0 };
 *	*vec_add(&rules) = rule;		a new last element,
 *uninitialised for (size_t i = 0; i < rules.n; i++) use(&rules.v[i]);
 *	vec_release(&rules);
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/mem.h"

#include <stdlib.h>

#define VEC(type)              \
	struct {               \
		type *v;       \
		size_t n, cap; \
	}

#define vec_add(vec)                                                        \
	(((vec)->n == (vec)->cap                                            \
			 ? (void)((vec)->cap =                              \
					   (vec)->cap ? (vec)->cap * 2 : 8, \
				   (vec)->v = xreallocarray((vec)->v,       \
					   (vec)->cap, sizeof(*(vec)->v)))  \
			 : (void)0),                                        \
		&(vec)->v[(vec)->n++])

#define vec_release(vec)                   \
	do {                               \
		free((vec)->v);            \
		(vec)->v = NULL;           \
		(vec)->n = (vec)->cap = 0; \
	} while (0)

#endif
