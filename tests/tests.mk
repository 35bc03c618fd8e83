# Tests, lint and measuring: included by the Makefile.

.PHONY: unit test lint lint-c lint-web format asan tsan bench clinic instructions soak network

unit: $(UNIT_BIN) ## unit tests alone, quickly
	@node tests/run.mjs --units-only --build $(BUILD)

tests/node_modules/.done: tests/package-lock.json
	cd tests && npm ci --no-audit --no-fund --silent
	@touch $@

# Whole parts of the program at work, without a gateway.
FLOW_BIN := $(BUILD)/tests/flow/test_pipelines
# Clients that come and go, strangers that shout, a load.
CLIENTS  := build/banyan-comings build/banyan-heap.so build/banyan-flood build/banyan-load

$(FLOW_BIN): $(call obj,tests/flow/test_pipelines.c tests/flow/pipelines_world.c tests/unit/support/scratch.c) $(LIB)
	@mkdir -p $(@D)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $^ $(LIBS) -lcmocka -o $@

# The demo's lecture is also what the tests play.
build/demo/lecture.webm: configs/demo/make-demo-media
	@mkdir -p $(@D)
	configs/demo/make-demo-media $(@D)

test: deps-test ## everything: unit, flow, browser, interop, conformance, hostile; also under ASan and UBSan
	@$(MAKE) --no-print-directory -j2 all $(UNIT_BIN) $(FLOW_BIN) $(CLIENTS) $(BUILD)/banyan-network tests/node_modules/.done build/demo/lecture.webm
	@$(MAKE) --no-print-directory asan-build
	@node tests/run.mjs

# --- sanitizers: the same tests, another build directory -------------------------------------------

ASAN := BUILD=build/asan SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=all" CFLAGS="-O1 -g"
TSAN := BUILD=build/tsan CC=clang SANITIZE="-fsanitize=thread" CFLAGS="-O1 -g"
UNIT_NAMES := $(patsubst tests/unit/%.c,%,$(UNIT_SRC))

GATEWAY := banyan banyanctl banyan-pipeline

.PHONY: asan-build flow-build
asan-build:
	@$(MAKE) --no-print-directory -j2 $(ASAN) $(addprefix build/asan/tests/unit/,$(UNIT_NAMES)) \
	  $(FUZZ_NAMES:%=build/asan/tests/fuzz/fuzz_%) build/asan/tests/flow/test_pipelines $(addprefix build/asan/,$(GATEWAY))

# What flows need beside the gateway under test.
flow-build:
	@$(MAKE) --no-print-directory -j2 web $(CLIENTS) tests/node_modules/.done build/demo/lecture.webm

asan: deps-test asan-build flow-build ## unit tests, corpora and flows under AddressSanitizer and UndefinedBehaviorSanitizer
	@node tests/run.mjs --build build/asan

tsan: deps-test flow-build ## unit tests and flows with sessions torn down under traffic, under ThreadSanitizer
	@$(MAKE) --no-print-directory -j2 $(TSAN) $(addprefix build/tsan/tests/unit/,$(UNIT_NAMES)) build/tsan/banyan build/tsan/banyanctl
# GLib's locks are futexes of its own, which ThreadSanitizer does not see: every packet handed to GStreamer would be a
# race. Pipelines are processes of their own; the gateway's side of them is what is looked at.
	@$(MAKE) --no-print-directory build/banyan-pipeline && cp build/banyan-pipeline build/tsan/
	@node tests/run.mjs --build build/tsan

include tests/fuzz/fuzz.mk

# --- lint ------------------------------------------------------------------------------------------

C_FILES := $(shell git ls-files '*.c' '*.h' 2>/dev/null)

lint: deps-test lint-c lint-web ## format, static checks, types, include arrows, sizes
	tests/lint/arrows.sh
	tests/lint/shape.sh

lint-c:
	@echo "clang-format"
	@clang-format --dry-run --Werror $(C_FILES)
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
	  --inline-suppr --suppressions-list=tests/lint/cppcheck.txt -D_GNU_SOURCE -DBANYAN_VERSION='""' -I. -j2 \
	  gateway signaling pipelines

# The compiler the build does not use: warnings of both are errors.
	@echo "clang -fsyntax-only"
	@printf '%s\n' $(filter-out tests/%,$(filter %.c,$(C_FILES))) | xargs -P2 -n8 \
	  clang -fsyntax-only $(filter-out -MMD -MP,$(CFLAGS_)) $(GST_CFLAGS) $(PRINT_CFLAGS)

lint-web: web-client/node_modules/.done
	cd web-client && npm run --silent lint

format: ## clang-format on every C file
	clang-format -i $(C_FILES)

# --- measuring -------------------------------------------------------------------------------------

.PHONY: leaks
LEAK_COUNT ?= 10000
leaks: deps-test flow-build ## LEAK_COUNT joins and leaves of each kind, abandoned half-way too: nothing stays
	@$(MAKE) --no-print-directory -j2 all
	@node tests/leaks/leaks.mjs $(LEAK_COUNT); result=$$?; node tests/leaks/leaks.mjs $(LEAK_COUNT) --full-ice && exit $$result

soak: deps-test ## rounds of viewers for SOAK_SECONDS (6 hours): nothing grows
	@$(MAKE) --no-print-directory -j2 all $(BUILD)/banyan-load
	@node tests/load/soak.mjs

network: deps-test ## lectures and consultations over bad networks in real browsers: a table (NAMES='20 %' for some)
	@$(MAKE) --no-print-directory -j2 all $(BUILD)/banyan-network tests/node_modules/.done
	@node tests/network/run.mjs $(if $(NAMES),"$(NAMES)")

bench: deps-test ## the media core against Debian's Janus in one run
	@$(MAKE) --no-print-directory -j2 all $(BUILD)/banyan-load
	@node tests/load/bench.mjs

ROUNDS ?= 30
clinic: deps-test ## 100 booths and lawyers at once: command to event, alone and beside media, a kill -9; accept to first picture (ROUNDS)
	@$(MAKE) --no-print-directory -j2 all $(BUILD)/banyan-load tests/node_modules/.done
	@node tests/load/clinic.mjs; result=$$?; node tests/load/picture.mjs $(ROUNDS) && exit $$result

instructions: deps-test ## instructions a forwarded packet, beside the floor's, counted by callgrind
	@$(MAKE) --no-print-directory -j2 all $(BUILD)/banyan-load
	@node tests/load/instructions.mjs
