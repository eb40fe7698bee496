# SPDX-License-Identifier: GPL-2.0-or-later
# One Makefile for everything. BUILD, CC, SAN (address,undefined), OPT and V=1 may be given.
BUILD   ?= build
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
OPT     ?= -O2
SAN     ?=
CSTD    := -std=gnu17 -D_GNU_SOURCE
WARN    := -Wall -Wextra -Werror -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
	   -Wvla -Wswitch-enum
HARDEN  := -fstack-protector-strong -fPIE
CFLAGS  := $(CSTD) $(OPT) -g -ffp-contract=off $(WARN) $(HARDEN) -I. -MMD -MP $(EXTRA_CFLAGS)
LDFLAGS := -pie -Wl,-z,relro,-z,now
ifneq ($(SAN),)
CFLAGS  += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS += -fsanitize=$(SAN)
endif
LIBS    := -lyaml -ljansson -lzstd -lz -lm
Q       := $(if $(V),,@)

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
$(foreach l,$(LAYERS),$(eval $(call archive,$(l))))

$(BUILD)/%.o: %.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

SUPPORT := $(call objs,$(call src,tests/support))
$(TESTS) $(BENCHES): $(BUILD)/tests/%: $(BUILD)/tests/%.o $(SUPPORT) $(ARCHIVES)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcunit $(LIBS)

tests: $(TESTS)

clean:
	rm -rf $(BUILD) ebb

.PHONY: all tests clean
.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
