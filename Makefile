# scrm: make help

PREFIX ?= /usr/local
B ?= build
CC ?= cc
VERSION := 0.1.0
CFLAGS ?= -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wpointer-arith -Wvla \
	-Wformat=2 -Wundef $(if $(WERROR),-Werror)
-include config.mk
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Icommon -I$(B) \
	$(WARN) -pthread -MMD -MP $(CFLAGS)

# What a tool links beyond libc; --as-needed keeps the rest out.
LIBS = -ljansson -lpcre2-8 -lpthread -lm
LIBS_scrm-ingest = -lcsv -lexpat

TOOLS := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
OBJS := $(patsubst %.c,$(B)/%.o,$(wildcard common/*/*.c))
UNITS := $(patsubst t/unit/%.c,$(B)/unit/%,$(wildcard t/unit/*.c))

all: $(TOOLS:%=$(B)/bin/%)
.SECONDARY:
.DELETE_ON_ERROR:

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/libscrm.a: $(OBJS)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/bin/%: $(B)/cmd/%.o $(B)/libscrm.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(LIBS_$*) $(LIBS)

$(B)/unit/%: $(B)/t/unit/%.o $(B)/libscrm.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ -lcsv -lexpat $(LIBS)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

units: $(UNITS)
	prove $(UNITS)

clean:
	rm -rf build build-*

.PHONY: all units clean
