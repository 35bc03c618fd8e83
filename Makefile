# Banyan: one non-recursive Makefile. `make help` lists what there is.
# BUILD is where everything lands; CC and SANITIZE make other variants (see asan, tsan).

SHELL := /bin/bash
# `make V=1` shows the commands.
Q     := $(if $(V),,@)
.DEFAULT_GOAL := all

ifeq ($(origin CC),default)
CC       := gcc
endif
BUILD    ?= build
SANITIZE ?=
VERSION  := 0.1.0

PACKAGES     := libwebsockets libuv nice glib-2.0 gio-2.0 openssl sqlite3 jansson yaml-0.1 libseccomp libcurl
GST_PACKAGES := gstreamer-1.0 gstreamer-app-1.0 gstreamer-rtp-1.0 gstreamer-video-1.0 gstreamer-pbutils-1.0

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
HARDEN   := -fPIE -fstack-protector-strong -fno-strict-aliasing -fno-omit-frame-pointer
ifeq ($(SANITIZE),)
FORTIFY  := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
else
FORTIFY  := $(SANITIZE)
endif
CFLAGS   ?= -O2 -g
CFLAGS_  = -std=c17 -D_GNU_SOURCE -DBANYAN_VERSION='"$(VERSION)"' -I. $(CFLAGS) $(WARNINGS) $(HARDEN) \
           $(FORTIFY) -pthread -MMD -MP $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LDFLAGS_ = -pie -Wl,-z,relro,-z,now -pthread $(SANITIZE)
LIBS     = $(shell pkg-config --libs $(PACKAGES) pangocairo 2>/dev/null) -lm
PRINT_CFLAGS = $(shell pkg-config --cflags pangocairo 2>/dev/null)
GST_CFLAGS = $(shell pkg-config --cflags $(GST_PACKAGES) 2>/dev/null)
GST_LIBS   = $(shell pkg-config --libs $(GST_PACKAGES) 2>/dev/null)

LIB_SRC  := $(filter-out gateway/main.c,$(wildcard gateway/*/*.c)) $(wildcard pipelines/*.c) \
            $(wildcard signaling/*.c) $(wildcard signaling/*/*.c)
MAIN_SRC := $(wildcard gateway/*.c)
CTL_SRC  := $(wildcard signaling/admin/ctl/*.c)
PIPE_SRC := $(wildcard pipelines/process/*.c)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
LOAD_SRC := $(wildcard tests/load/*.c)
NETWORK_SRC := $(wildcard tests/network/*.c)

obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB      := $(BUILD)/libbanyan.a
UNIT_BIN := $(patsubst %.c,$(BUILD)/%,$(UNIT_SRC))
PROGRAMS := $(BUILD)/banyan $(BUILD)/banyanctl $(BUILD)/banyan-pipeline

.PHONY: all
all: $(PROGRAMS) web ## build everything into build/

$(BUILD)/obj/pipelines/process/%.o: CFLAGS_ += $(GST_CFLAGS)
$(BUILD)/obj/signaling/print/%.o: CFLAGS_ += $(PRINT_CFLAGS)
$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  compile $<"
	$(Q)$(CC) $(CFLAGS_) -c $< -o $@

$(LIB): $(call obj,$(LIB_SRC))
	@rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/banyan: $(call obj,$(MAIN_SRC)) $(LIB)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $^ $(LIBS) -o $@

$(BUILD)/banyanctl: $(call obj,$(CTL_SRC)) $(LIB)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $^ $(LIBS) -o $@

$(BUILD)/banyan-pipeline: $(call obj,$(PIPE_SRC)) $(LIB)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $^ $(GST_LIBS) $(LIBS) -o $@

$(BUILD)/tests/unit/%: $(BUILD)/obj/tests/unit/%.o $(call obj,$(wildcard tests/unit/support/*.c)) $(LIB)
	@mkdir -p $(@D)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $^ $(LIBS) -lcmocka -lsrtp2 -o $@

$(BUILD)/banyan-load: $(call obj,$(LOAD_SRC) $(wildcard tests/unit/support/rtc_*.c)) $(LIB)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $^ $(LIBS) -o $@

$(BUILD)/banyan-comings: $(call obj,tests/leaks/comings.c tests/leaks/whip.c $(wildcard tests/unit/support/rtc_*.c)) $(LIB)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $^ $(LIBS) -o $@

$(BUILD)/banyan-heap.so: tests/leaks/heap.c
	@mkdir -p $(@D)
	@echo "  link    $@"
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -O2 $(WARNINGS) -shared -fPIC -pthread $< -o $@

$(BUILD)/banyan-network: $(call obj,$(NETWORK_SRC)) $(LIB)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $^ $(LIBS) -o $@

$(BUILD)/banyan-flood: $(call obj,tests/hostile/flood.c) $(LIB)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $^ $(LIBS) -o $@

.PRECIOUS: $(BUILD)/obj/%.o
-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

# --- web client ---------------------------------------------------------------------------------

WEB_SRC := $(shell find web-client \( -path web-client/node_modules -o -path web-client/screenshots \) -prune -o -type f -print 2>/dev/null)

.PHONY: web
web: build/web/.done

web-client/node_modules/.done: web-client/package-lock.json
	cd web-client && npm ci --no-audit --no-fund --silent
	@touch $@

build/web/.done: web-client/node_modules/.done $(WEB_SRC) signaling/api/openapi.json
	cd web-client && node build.mjs ../build/web && node voice.mjs ../build/web/prompts
	mkdir -p build/web/v1 && cp signaling/api/openapi.json build/web/v1/
	@touch $@

# --- run ----------------------------------------------------------------------------------------

.PHONY: deps deps-test run clean help
deps: ## install what building and running need
	@configs/install-packages configs/packages-run.txt

deps-test: deps ## install what testing needs
	@configs/install-packages configs/packages-test.txt

run: deps ## set up and start with a demo clinic and a demo lecture
	@$(MAKE) --no-print-directory all
	@configs/run

clean: ## remove what was built
	rm -rf build

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(filter %Makefile %.mk,$(MAKEFILE_LIST)) | sed -E 's/:.*##/\t/' | sort | column -t -s "$$(printf '\t')"

include configs/install.mk
include tests/tests.mk
