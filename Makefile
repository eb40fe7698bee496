# SPDX-License-Identifier: GPL-2.0-or-later
# One Makefile for everything. BUILD, CC, SAN (address,undefined), OPT and V=1 may be given.
BUILD   ?= build
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
OPT     ?= -O3
SAN     ?=
CSTD    := -std=gnu17 -D_GNU_SOURCE
WARN    := -Wall -Wextra -Werror -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	   -Wvla -Wswitch-enum
# IEEE double in the order written, on every compiler; what no result depends on is left out.
FLOAT   := -ffp-contract=off -fno-math-errno -fno-trapping-math
HARDEN  := -fstack-protector-strong -fPIE
CFLAGS  := $(CSTD) $(OPT) -g $(FLOAT) $(WARN) $(HARDEN) -I. -MMD -MP \
	   $(shell pkg-config --cflags libxml-2.0 2>&-) $(EXTRA_CFLAGS)
LDFLAGS := -pie -Wl,-z,relro,-z,now
ifneq ($(SAN),)
CFLAGS  += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS += -fsanitize=$(SAN)
endif
LIBS    := -lxml2 -lvirt -lyaml -ljansson -lzstd -lz -lm
Q       := $(if $(V),,@)
# Builds within a target use every processor.
SUB     := $(MAKE) --no-print-directory -j$(shell nproc)

# Layers from the top down: a program links them in this order.
LAYERS  := sim engine collectors policies core
src      = $(wildcard $(1)/*.c $(1)/*/*.c)
objs     = $(patsubst %.c,$(BUILD)/%.o,$(1))
ARCHIVES := $(LAYERS:%=$(BUILD)/lib%.a)
TESTS   := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/unit/test_*.c tests/property/test_*.c))
BENCHES := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/bench_*.c))

all: $(BUILD)/ebb
	$(Q)ln -sf $(BUILD)/ebb ebb

$(BUILD)/ebb: $(call objs,$(call src,cli)) $(ARCHIVES)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

define archive
$(BUILD)/lib$(1).a: $(call objs,$(call src,$(1)))
	$(Q)rm -f $$@ && ar crD $$@ $$^
endef
$(foreach l,$(LAYERS) cli,$(eval $(call archive,$(l))))

$(BUILD)/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

# The assembler copies these files into the object; -MMD does not see that.
$(BUILD)/sim/output/assets.o: $(wildcard sim/output/assets/*)

SUPPORT := $(call objs,$(call src,tests/support))
# Tests have a main of their own, so that cli's stays in its archive.
$(TESTS) $(BENCHES): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(SUPPORT) $(BUILD)/libcli.a $(ARCHIVES)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcunit $(LIBS)

tests: $(TESTS)

# --- what people type -------------------------------------------------------------------------

run: deps-run
	$(Q)$(SUB) all
	./ebb compare --fleet configs/fleets/demo.yaml --trace synth:file=configs/traces/demo.yaml \
		--policy ebb --policy lr-mmt --policy dvfs --policy npa --report ebb-report.html
	@echo; echo "Look at it: file://$(CURDIR)/ebb-report.html"

# Every test with gcc, with clang, and with the sanitizers; then what needs the built program.
# What fails does not keep the rest from being run; sum.sh tells in the end.
check: deps-check
	$(Q)rm -f $(TALLY)
	$(Q)$(call suite,gcc,build,)
	$(Q)$(call suite,clang,build-clang,CC=clang)
	$(Q)$(call suite,sanitizers,build-san,SAN=address$(comma)undefined OPT=-O1)
	$(Q)TALLY=$(TALLY) tests/run.sh scenarios $(wildcard tests/scenarios/*.sh) || true
	$(Q)tests/sum.sh $(TALLY)

check-slow: deps-check
	$(Q)rm -f $(TALLY)
	$(Q)$(SUB) all
	$(Q)TALLY=$(TALLY) TEST_TIMEOUT=1500 tests/run.sh slow $(wildcard tests/slow/*.sh) || true
	$(Q)$(TESTBED_DEPS)
	$(Q)TALLY=$(TALLY) $(TESTBED) || true
	$(Q)tests/sum.sh $(TALLY)

# A data centre on this machine (docs/testbed.md). Without root, packages or namespaces its tests say
# so and count as skipped.
TESTBED_DEPS := [ "$$(id -u)" != 0 ] || packaging/deps.sh testbed || \
	echo "testbed: packages are missing, see above" >&2
TESTBED := TEST_TIMEOUT=600 tests/run.sh testbed $(wildcard tests/testbed/test_*.sh)
check-testbed:
	$(Q)$(TESTBED_DEPS)
	$(Q)$(TESTBED)

comma := ,
TALLY := build/tally
suite  = mkdir -p $(dir $(TALLY)); if $(SUB) BUILD=$(2) $(3) all tests; then \
	TALLY=$(TALLY) tests/run.sh $(1) $(TESTS:$(BUILD)/%=$(2)/%) || true; \
	else echo "$(1): does not build"; echo "0 1 0" >>$(TALLY); fi

lint: deps-lint
	$(Q)$(SUB) all
	$(Q)tests/lint/lint.sh $(BUILD)

bench: all
	$(Q)tests/bench/bench.sh

# One libFuzzer program for each parser; TIME seconds each.
TIME    ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz: deps-check
	$(Q)$(SUB) CC=clang BUILD=build-fuzz OPT=-O1 \
		EXTRA_CFLAGS=-Wno-pass-failed SAN=fuzzer-no-link$(comma)address$(comma)undefined fuzzers
	$(Q)tests/fuzz/run.sh build-fuzz $(TIME) $(FUZZERS)
fuzzers: $(FUZZERS:%=$(BUILD)/tests/fuzz/%)
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(ARCHIVES)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

deps-%:
	$(Q)packaging/deps.sh $*

clean:
	rm -rf build build-* ebb ebb-report.html

.PHONY: all tests run check check-slow check-testbed lint bench fuzz fuzzers clean
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
