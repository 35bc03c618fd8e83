# Tests, lint and measuring: included by the Makefile.

.PHONY: unit test lint lint-c lint-web format asan asan-unit fuzz tsan bench soak network

unit: $(UNIT_BIN) ## unit tests alone, quickly
	@fail=0; for t in $(UNIT_BIN); do $$t || fail=1; done; exit $$fail

tests/node_modules/.done: tests/package-lock.json
	cd tests && npm ci --no-audit --no-fund --silent
	@touch $@

# Whole parts of the program at work, without a gateway.
FLOW_BIN := $(BUILD)/tests/flow/test_pipelines

$(FLOW_BIN): $(call obj,tests/flow/test_pipelines.c tests/flow/pipelines_world.c) $(LIB)
	@mkdir -p $(@D)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $^ $(LIBS) -lcmocka -o $@

# The demo's lecture is also what the tests play.
build/demo/lecture.webm: configs/demo/make-demo-media
	@mkdir -p $(@D)
	configs/demo/make-demo-media $(@D)

test: deps-test ## everything: unit, flow, browser, interop, conformance, hostile; also under ASan and UBSan
	@$(MAKE) --no-print-directory -j2 all $(UNIT_BIN) $(FLOW_BIN) $(BUILD)/banyan-network tests/node_modules/.done build/demo/lecture.webm
	@$(MAKE) --no-print-directory asan-build
	@node tests/run.mjs

# --- sanitizers: the same tests, another build directory -------------------------------------------

ASAN := BUILD=build/asan SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=all" CFLAGS="-O1 -g"
TSAN := BUILD=build/tsan CC=clang SANITIZE="-fsanitize=thread" CFLAGS="-O1 -g"
UNIT_NAMES := $(patsubst tests/unit/%.c,%,$(UNIT_SRC))

.PHONY: asan-build
asan-build:
	@$(MAKE) --no-print-directory -j2 $(ASAN) $(addprefix build/asan/tests/unit/,$(UNIT_NAMES)) build/asan/banyan build/asan/banyan-pipeline

asan: deps-test asan-build ## unit tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@node tests/run.mjs --build build/asan --units-only

tsan: deps-test ## flow tests under ThreadSanitizer
	@$(MAKE) --no-print-directory -j2 $(TSAN) $(addprefix build/tsan/tests/unit/,$(UNIT_NAMES))
	@node tests/run.mjs --build build/tsan --units-only

FUZZ_SECONDS ?= 300
FUZZ_SRC  := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_NAMES := $(patsubst tests/fuzz/%.c,%,$(FUZZ_SRC))

FUZZ_PARTS := $(wildcard gateway/packet/*.c gateway/base/*.c) $(addprefix signaling/server/,head.c frame.c router.c fields.c)

build/fuzz/%: tests/fuzz/%.c $(FUZZ_PARTS)
	@mkdir -p $(@D)
	clang -std=c17 -D_GNU_SOURCE -I. -O1 -g -fsanitize=fuzzer,address,undefined -pthread $^ -lyaml -lm -o $@

fuzz: deps-test $(addprefix build/fuzz/,$(FUZZ_NAMES)) ## every parser, FUZZ_SECONDS each
	@for name in $(FUZZ_NAMES); do mkdir -p build/corpus/$$name; \
	  build/fuzz/$$name -max_total_time=$(FUZZ_SECONDS) -timeout=5 -print_final_stats=1 \
	    build/corpus/$$name $$(test -d tests/fuzz/corpus/$$name && echo tests/fuzz/corpus/$$name) || exit 1; done

# --- lint ------------------------------------------------------------------------------------------

C_FILES := $(shell git ls-files '*.c' '*.h' 2>/dev/null)

lint: deps-test lint-c lint-web ## format, static checks, types, include arrows, sizes
	tests/lint/arrows.sh
	tests/lint/shape.sh

lint-c:
	clang-format --dry-run --Werror $(C_FILES)
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability \
	  --inline-suppr --suppressions-list=tests/lint/cppcheck.txt -D_GNU_SOURCE -DBANYAN_VERSION='""' -I. -j2 \
	  gateway signaling pipelines

# The compiler the build does not use: warnings of both are errors.
	@echo "clang -fsyntax-only"
	@printf '%s\n' $(filter-out tests/%,$(filter %.c,$(C_FILES))) | xargs -P2 -n8 \
	  clang -fsyntax-only $(filter-out -MMD -MP,$(CFLAGS_)) $(GST_CFLAGS)

lint-web: web-client/node_modules/.done
	cd web-client && npm run --silent lint

format: ## clang-format on every C file
	clang-format -i $(C_FILES)

# --- measuring -------------------------------------------------------------------------------------

soak: deps-test ## rounds of viewers for SOAK_SECONDS (6 hours): nothing grows
	@$(MAKE) --no-print-directory -j2 all $(BUILD)/banyan-load
	@node tests/load/soak.mjs

network: deps-test ## lectures and consultations over bad networks in real browsers: a table (NAMES='20 %' for some)
	@$(MAKE) --no-print-directory -j2 all $(BUILD)/banyan-network tests/node_modules/.done
	@node tests/network/run.mjs $(if $(NAMES),"$(NAMES)")

bench: deps-test ## the media core against Debian's Janus in one run
	@$(MAKE) --no-print-directory -j2 all $(BUILD)/banyan-load
	@node tests/load/bench.mjs
