# Plenum. `make run` tries it, `make check` tests it, `make help` lists the rest.
#
# Out of source: everything goes to $(B) (default `build`). Rooms are found by folder: a new .c file needs no change here.
# Another compiler or a sanitizer gets a folder of its own:   make CC=clang B=build/clang   make SAN=address,undefined B=build/asan

B ?= build
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
SAN ?=
OPT ?= -O2
PREFIX ?= /usr/local
PORT ?= 8080
DATA ?= build/demo

# `make V=1` shows whole command lines.
ifeq ($(V),1)
say = @:
Q :=
else
say = @printf '  %-6s %s\n'
Q := @
endif

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:

WARN := -Wall -Wextra -Wpedantic -Werror -Wvla -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2
CPPFLAGS := -D_GNU_SOURCE -I. -I$(B)/gen
CFLAGS := -std=c11 $(OPT) -g $(WARN) -fno-omit-frame-pointer -fstack-protector-strong
LDFLAGS := -pthread -Wl,--as-needed
ifneq ($(SAN),)
CFLAGS += -fsanitize=$(SAN) -fno-sanitize-recover=all
CFLAGS += $(if $(findstring gcc,$(CC)),-Wno-maybe-uninitialized) # GCC's manual: sanitizers make this warning guess wrong; the plain build has it
LDFLAGS += -fsanitize=$(SAN)
else
CPPFLAGS += -D_FORTIFY_SOURCE=2
endif

# --- rooms -------------------------------------------------------------------------------------------------------------------
# A room is a library of all .c files beneath its folder, without programs (main.c) and build tools (gen/).
ROOMS := core/base core/net core/db core/sheet core/congress core/typeset core/vision badges docs-bundle scanner server
sources = $(sort $(shell find $(1) -name '*.c' -not -name 'main.c' -not -path '*/gen/*' 2>/dev/null))
objects = $(patsubst %.c,$(B)/obj/%.o,$(1))
library = $(B)/lib/$(subst /,-,$(1)).a

LIBS_core/base := -ljansson -licui18n -licuuc -licudata -lsodium -lz
LIBS_core/net := -lcurl
LIBS_core/db := -lsqlite3
LIBS_core/congress := -larchive
LIBS_core/sheet := -larchive -lexpat -lxlsxwriter -lm
LIBS_core/typeset := -lhpdf -lharfbuzz -lharfbuzz-subset -lfribidi -lfontconfig -ljpeg -lz -lm
LIBS_core/vision := -lzbar -ljpeg -lpng -lwebp -llcms2 -lm
LIBS_badges := -lqrencode -lcups -lm
LIBS_docs-bundle := -lcmark -lz
LIBS_server := -lmicrohttpd -lgnutls -lz

# What a program links, from the top of the house to the ground.
ROOMS_plenum := server badges docs-bundle core/typeset core/congress core/sheet core/vision core/db core/net core/base
ROOMS_plenum-badges := badges core/typeset core/congress core/vision core/db core/base
ROOMS_plenum-docs := docs-bundle core/typeset core/congress core/db core/base
ROOMS_plenum-scanner := scanner core/congress core/vision core/db core/net core/base
PROGRAMS := plenum plenum-badges plenum-docs plenum-scanner
MAIN_plenum := server/main.c
MAIN_plenum-badges := badges/main.c
MAIN_plenum-docs := docs-bundle/main.c
MAIN_plenum-scanner := scanner/main.c
HAVE := $(foreach p,$(PROGRAMS),$(if $(wildcard $(MAIN_$(p))),$(p)))

.PHONY: all
all: $(HAVE:%=$(B)/bin/%)

# --- generated code ------------------------------------------------------------------------------------------------------------
SQL := $(sort $(wildcard core/db/sql/*.sql))
MIGRATIONS := $(sort $(wildcard core/db/migrations/*.sql))
SCANNER_SQL := $(sort $(wildcard scanner/sql/*.sql))
SCANNER_MIGRATIONS := $(sort $(wildcard scanner/migrations/*.sql))
WEB := $(sort $(shell find web -type f -not -name '.*' 2>/dev/null))
GENERATED := $(if $(SQL),$(B)/gen/catalogue.h) $(if $(SCANNER_SQL),$(B)/gen/queue_catalogue.h)

$(B)/tool/%: core/db/gen/%.c
	@mkdir -p $(@D)
	$(say) TOOL $@
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O1 $(WARN) -o $@ $<
$(B)/tool/embed: server/gen/embed.c
	@mkdir -p $(@D)
	$(say) TOOL $@
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O1 $(WARN) -o $@ $< -lz
$(B)/gen/catalogue.h $(B)/gen/catalogue.c &: $(B)/tool/sqlgen $(SQL) $(MIGRATIONS)
	@mkdir -p $(B)/gen
	$(Q)$(B)/tool/sqlgen catalogue $(B)/gen core/db/sql core/db/migrations
$(B)/gen/queue_catalogue.h $(B)/gen/queue_catalogue.c &: $(B)/tool/sqlgen $(SCANNER_SQL) $(SCANNER_MIGRATIONS)
	@mkdir -p $(B)/gen
	$(Q)$(B)/tool/sqlgen queue_catalogue $(B)/gen scanner/sql scanner/migrations
# What browsers get that is not our own: fetched by npm, held to the hashes of its lock file.
$(B)/vendor/js/vendor/licenses.txt: packaging/npm/fetch packaging/npm/package-lock.json
	@mkdir -p $(B)/vendor
	$(say) NPM packaging/npm/package-lock.json
	$(Q)packaging/npm/fetch $(B)/vendor
$(B)/gen/web_assets.c: $(B)/tool/embed $(WEB) $(B)/vendor/js/vendor/licenses.txt
	@mkdir -p $(B)/gen
	$(Q)$(B)/tool/embed $@ web $(B)/vendor

LAYOUTS := $(sort $(wildcard badges/layouts/*.json))
$(B)/tool/embed_layouts: badges/gen/embed_layouts.c
	@mkdir -p $(@D)
	$(say) TOOL $@
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O1 $(WARN) -o $@ $<
$(B)/gen/layouts.c: $(B)/tool/embed_layouts $(LAYOUTS)
	@mkdir -p $(B)/gen
	$(Q)$(B)/tool/embed_layouts $@ $(LAYOUTS)

STATUS_PAGE := $(sort $(wildcard scanner/status/page/*)) $(wildcard web/i18n/*.json)
$(B)/tool/embed_page: scanner/gen/embed_page.c
	@mkdir -p $(@D)
	$(say) TOOL $@
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE -O1 $(WARN) -o $@ $<
$(B)/gen/status_page.c: $(B)/tool/embed_page $(STATUS_PAGE)
	@mkdir -p $(B)/gen
	$(Q)$(B)/tool/embed_page $@ scanner/status/page web/i18n

EXTRA_core/db := $(if $(SQL),$(B)/obj/gen/catalogue.o)
EXTRA_scanner := $(if $(SCANNER_SQL),$(B)/obj/gen/queue_catalogue.o) $(B)/obj/gen/status_page.o
EXTRA_badges := $(B)/obj/gen/layouts.o
EXTRA_server := $(if $(wildcard server/gen/embed.c),$(B)/obj/gen/web_assets.o)

# --- compiling -----------------------------------------------------------------------------------------------------------------
# The flags are part of what is built: another SAN or OPT in the same folder builds anew.
FLAGS_LINE := $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)
$(B)/flags: FORCE
	@mkdir -p $(B)
	@printf '%s\n' '$(FLAGS_LINE)' | cmp -s - $@ || printf '%s\n' '$(FLAGS_LINE)' > $@
.PHONY: FORCE
FORCE:

$(B)/obj/gen/%.o: $(B)/gen/%.c $(B)/flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(B)/obj/%.o: %.c $(B)/flags | $(GENERATED)
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# Loops over pixels: a tenth faster.
$(B)/obj/core/vision/%.o: CFLAGS += $(if $(SAN),,-O3)

define room
$(call library,$(1)): $(call objects,$(call sources,$(1))) $(EXTRA_$(1))
	@mkdir -p $$(@D)
	@rm -f $$@
	$(Q)ar rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room,$(r))))

define program
$(B)/bin/$(1): $(B)/obj/$(MAIN_$(1):.c=.o) $(foreach r,$(ROOMS_$(1)),$(call library,$(r)))
	@mkdir -p $$(@D)
	$(say) LINK $$@
	$(Q)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $(foreach r,$(ROOMS_$(1)),$(LIBS_$(r)))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

# --- tests ---------------------------------------------------------------------------------------------------------------------
# A unit test may use any room; the linker takes what it needs.
UNIT := $(sort $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c)))
FUZZ := $(sort $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c)))
UNIT_ROOMS := server scanner badges docs-bundle core/typeset core/congress core/sheet core/vision core/db core/net core/base
UNIT_LIBS := $(foreach r,$(UNIT_ROOMS),$(LIBS_$(r)))
$(B)/tests/%: $(B)/obj/tests/unit/%.o $(foreach r,$(UNIT_ROOMS),$(call library,$(r)))
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(foreach r,$(UNIT_ROOMS),$(call library,$(r))) $(UNIT_LIBS) $(EXTRA_LIBS_$*)
EXTRA_LIBS_test_sql_postgres := -lpq

.PHONY: unit unit-threads
unit: $(UNIT)
	@tests/run-unit $(UNIT)
UNIT_THREADS := $(patsubst tests/unit/%.c,$(B)/tests/%,$(shell grep -l '^/\* \# threads' tests/unit/test_*.c))
unit-threads: $(UNIT_THREADS)
	@tests/run-unit $(UNIT_THREADS)

# Fuzzers want clang and a folder of their own: make CC=clang SAN=address,undefined,fuzzer-no-link B=build/fuzz fuzzers
FUZZ_ROOMS := server scanner docs-bundle core/net $(filter-out core/base,$(ROOMS_plenum-badges)) core/sheet core/base
$(B)/fuzz/%: tests/fuzz/%.c $(foreach r,$(FUZZ_ROOMS),$(call library,$(r)))
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -DFUZZ_MAIN -fsanitize=fuzzer $(LDFLAGS) -o $@ $< $(foreach r,$(FUZZ_ROOMS),$(call library,$(r))) $(foreach r,$(FUZZ_ROOMS),$(LIBS_$(r)))
.PHONY: fuzzers
fuzzers: $(FUZZ)

# Load generators and the like of `make bench`.
BENCH := $(sort $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c)))
$(B)/bench/%: $(B)/obj/tests/bench/%.o $(foreach r,$(UNIT_ROOMS),$(call library,$(r)))
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(foreach r,$(UNIT_ROOMS),$(call library,$(r))) $(UNIT_LIBS)
# The peer with cairo and Pango; pkg-config is asked only when it is built.
$(B)/obj/tests/bench/badges_cairo.o: CPPFLAGS += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I pangocairo cairo-pdf 2>/dev/null))
$(B)/bench/badges_cairo: UNIT_LIBS = -lqrencode -lpangocairo-1.0 -lpango-1.0 -lgobject-2.0 -lcairo
.PHONY: bench-programs
bench-programs: $(BENCH)

# Power cuts and failing faults (tests/torture): every allocation, write and sync of our own code goes through tests/torture/wrap.c.
TORTURE := $(sort $(patsubst tests/torture/%.c,$(B)/torture/%,$(wildcard tests/torture/torture_*.c)))
TORTURE_GROUND := $(patsubst %.c,$(B)/obj/%.o,$(filter-out tests/torture/torture_%,$(wildcard tests/torture/*.c)))
TORTURE_WRAPPED := $(addprefix arena_,alloc array memdup strndup strdup printf grow) malloc calloc realloc asprintf vasprintf __asprintf_chk mmap open mkostemp write pwrite ftruncate fsync fdatasync rename unlink close
TORTURE_WRAPPED_torture_gate := feedback_result # what the person is told
comma := ,
$(B)/torture/%: $(B)/obj/tests/torture/%.o $(TORTURE_GROUND) $(foreach r,$(UNIT_ROOMS),$(call library,$(r)))
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $(patsubst %,-Wl$(comma)--wrap=%,$(TORTURE_WRAPPED) $(TORTURE_WRAPPED_$*)) -o $@ $< $(TORTURE_GROUND) $(foreach r,$(UNIT_ROOMS),$(call library,$(r))) $(UNIT_LIBS)
.PHONY: torture-programs
torture-programs: $(TORTURE)

# Kept, although only pattern rules name them. (.SECONDARY would keep them too, but would not notice a new source that is older than its library.)
.PRECIOUS: $(B)/obj/%.o $(B)/obj/gen/%.o $(B)/tool/%
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
include packaging/targets.mk
