# scrm. `make help` lists the targets; config.mk holds local wishes.

PREFIX ?= /usr/local
B ?= build
# where zsh looks for completion, under share/zsh
ZSH ?= site-functions
CC ?= cc
CXX ?= c++
FUZZ_SECONDS ?= 60
VERSION := 0.1.0
CFLAGS ?= -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
WARN = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wpointer-arith -Wvla \
	-Wformat=2 -Wundef $(if $(WERROR),-Werror)
-include config.mk
# vptr wants the C++ runtime of the sanitizer, which a fuzzer in C has not.
ALL_CXXFLAGS = -std=c++17 -Icommon -Wall -Wextra -pthread -MMD -MP $(CFLAGS) \
	-fno-sanitize=vptr
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Icommon -I$(B) \
	$(WARN) -pthread -MMD -MP $(CFLAGS)

# What is needed: Debian's package, then the command or header that shows it.
DEPS_build = gcc:cc g++:c++ libc6-dev:stdio.h libjansson-dev:jansson.h \
	libpcre2-dev:pcre2posix.h libcsv-dev:csv.h libexpat1-dev:expat.h \
	zlib1g-dev:zlib.h libzstd-dev:zstd.h libxxhash-dev:xxhash.h \
	nettle-dev:nettle/sha2.h \
	libxlsxwriter-dev:xlsxwriter.h libminizip-dev:minizip/unzip.h tzdata:zdump \
	libphonenumber-dev:phonenumbers/phonenumber.h
DEPS_check = $(DEPS_build) bats:bats perl:prove mandoc:mandoc jq:jq \
	sqlite3:sqlite3 procps:ps dpkg-dev:dpkg-shlibdeps zsh:zsh unzip:unzip \
	zstd:zstd locales:localedef
DEPS_lint = $(DEPS_check) shellcheck:shellcheck clang-format:clang-format
DEPS_deb = $(DEPS_build) dpkg-dev:dpkg-shlibdeps binutils:strip
DEPS_fuzz = $(DEPS_build) clang:clang llvm:llvm-symbolizer
DEPS_bench = $(DEPS_build) jq:jq miller:mlr python3-venv:python3 time:time

# What a tool links beyond libc; --as-needed keeps the rest out.
LIBS = -lcsv -lexpat -lminizip -lz -lzstd -ljansson -lnettle -lpcre2-8 -lphonenumber \
	-lstdc++ -lpthread -lm
LIBS_scrm-export = -lxlsxwriter -lminizip
LINK = $(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed

TOOLS := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
OBJS := $(patsubst %,$(B)/%.o,$(basename $(wildcard common/*/*.c common/*/*.cc)))
UNITS := $(patsubst t/unit/%.c,$(B)/unit/%,$(wildcard t/unit/*.c))
FUZZERS := $(patsubst t/fuzz/%.c,%,$(wildcard t/fuzz/*.c))
SANE = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all

all: $(TOOLS:%=$(B)/bin/%) ## build the tools into build/bin
.SECONDARY:
.DELETE_ON_ERROR:

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/%.o: %.cc
	@mkdir -p $(@D)
	$(CXX) $(ALL_CXXFLAGS) -c -o $@ $<

$(B)/libscrm.a: $(OBJS)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/bin/%: $(B)/cmd/%.o $(B)/libscrm.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LIBS_$*) $(LIBS)

$(B)/unit/%: $(B)/t/unit/%.o $(B)/libscrm.a
	@mkdir -p $(@D)
	$(LINK) -o $@ $^ $(LIBS)

$(B)/fuzz/%: $(B)/t/fuzz/%.o $(B)/libscrm.a
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBS)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

units: $(UNITS) ## build and run the unit tests
	prove -f -o $(UNITS)

# A make of its own: nothing may be built before the packages are there.
FIRST = @$(MAKE) --no-print-directory -j2 all

demo: deps-build ## raw exports to customers, in build/demo
	$(FIRST)
	@B=$(B) t/demo.sh $(B)/demo

check: deps-check ## the whole test suite
	$(FIRST) $(UNITS)
	B=$(B) prove -j2 -f -o t/*.bats $(UNITS)

asan: ## the suite under sanitizers, then without SSE2
	$(MAKE) check B=build-asan CFLAGS='$(SANE)'
	$(MAKE) units B=build-c CFLAGS='$(SANE) -DNO_SSE2'

lint: deps-lint ## pages, scripts, layout of code, layers
	B=$(B) prove -f -o t/lint/*.bats

fuzz: deps-fuzz ## each target for FUZZ_SECONDS
	@t/fuzz.sh run $(FUZZ_SECONDS) $(FUZZERS)

fuzz-plant: deps-fuzz ## each target must find its planted bug
	@t/fuzz.sh plant $(FUZZ_SECONDS) $(FUZZERS)

mutants: deps-check ## the suite must notice each check taken out
	@t/mutants.sh

bench: deps-bench ## side by side with its peers: bench/RESULTS.md
	$(FIRST)
	bench/run

install: all ## under DESTDIR and PREFIX
	for d in bin share/scrm share/man/man1 share/man/man5 share/man/man7 \
		share/bash-completion/completions share/zsh/$(ZSH); do \
		install -d "$(DESTDIR)$(PREFIX)/$$d" || exit; done
	install $(TOOLS:%=$(B)/bin/%) "$(DESTDIR)$(PREFIX)/bin"
	for s in 1 5 7; do install -m 644 man/*.$$s \
		"$(DESTDIR)$(PREFIX)/share/man/man$$s" || exit; done
	cp -R share/. "$(DESTDIR)$(PREFIX)/share/scrm"
	chmod -R u=rwX,go=rX "$(DESTDIR)$(PREFIX)/share/scrm"
	for t in $(TOOLS); do ln -sf ../../scrm/completion/scrm.bash \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$t" \
		|| exit; done
	ln -sf ../../scrm/completion/_scrm \
		"$(DESTDIR)$(PREFIX)/share/zsh/$(ZSH)/_scrm"

deb: deps-deb ## a Debian package of it, in build/
	$(FIRST)
	@rm -rf $(B)/deb
	@$(MAKE) -s --no-print-directory install DESTDIR=$(B)/deb PREFIX=/usr \
		ZSH=vendor-completions
	@t/deb.sh $(B)/deb $(VERSION) $(B)

deps: deps-check ## install the Debian packages that are missing
deps-%:
	@t/deps.sh $(DEPS_$*)

clean: ## remove what was built
	rm -rf build build-*

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## [[:space:]]*/\1\t/p' Makefile | expand -t 12

.PHONY: all units demo check asan lint fuzz fuzz-plant mutants bench install \
	deb deps clean help
