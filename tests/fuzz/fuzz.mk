# Fuzzing: included by tests/tests.mk. A target is tests/fuzz/fuzz_NAME.c, its corpus tests/fuzz/corpus/NAME.
#
# The same targets are built three times: with libFuzzer to search (build/fuzz), with a main() that gives them every
# file of the corpora, under the sanitizers (build/asan, part of `make test`) and counting lines (build/coverage).

.PHONY: fuzz fuzz-build fuzz-coverage fuzz-seeds fuzz-merge

FUZZ_SECONDS ?= 300
FUZZ_NAMES   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
# libFuzzer brings its own main().
FUZZ_MAIN    = $(if $(FUZZ_LINK),,tests/fuzz/support/replay.c)

$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(call obj,$(wildcard tests/fuzz/support/api_*.c) $(FUZZ_MAIN)) $(LIB)
	@mkdir -p $(@D)
	@echo "  link    $@"
	$(Q)$(CC) $(LDFLAGS_) $(FUZZ_LINK) $^ $(LIBS) -o $@

FUZZ := BUILD=build/fuzz CC=clang FUZZ_LINK="-fsanitize=fuzzer" CFLAGS="-O1 -g" \
        SANITIZE="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all"
COVERAGE := BUILD=build/coverage CC=clang CFLAGS="-O0 -g" SANITIZE="-fprofile-instr-generate -fcoverage-mapping"

fuzz-build:
	@$(MAKE) --no-print-directory -j2 $(FUZZ) $(FUZZ_NAMES:%=build/fuzz/tests/fuzz/fuzz_%)

fuzz: deps-test fuzz-build fuzz-seeds ## every parser under ASan and UBSan, FUZZ_SECONDS each, two at a time
	@mkdir -p $(FUZZ_NAMES:%=build/corpus/%) build/crashes
	@printf '%s\n' $(FUZZ_NAMES) | xargs -P2 -I{} sh -c ' \
	  build/fuzz/tests/fuzz/fuzz_{} -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix=build/crashes/{}- build/corpus/{} tests/fuzz/corpus/{} >build/corpus/{}.log 2>&1; code=$$?; \
	  echo "$$([ $$code = 0 ] && echo ok || echo "not ok") - {}: $$(grep -o "number_of_executed_units.*" build/corpus/{}.log | tail -1)"; \
	  [ $$code = 0 ] || { tail -40 build/corpus/{}.log; exit 255; }'

fuzz-seeds: ## inputs made of the hostile samples and of offers like a browser's, into build/corpus
	node tests/fuzz/seeds.mjs build/corpus

fuzz-merge: fuzz-build ## what reaches something new goes from build/corpus into the repository's corpora
	@for name in $(FUZZ_NAMES); do mkdir -p tests/fuzz/corpus/$$name build/corpus/$$name; \
	  build/fuzz/tests/fuzz/fuzz_$$name -merge=1 -use_counters=0 tests/fuzz/corpus/$$name build/corpus/$$name 2>&1 | tail -1; done

fuzz-coverage: deps-test ## lines of every file that the corpora reach; under 85 % of one that reads what strangers send is an error
	@$(MAKE) --no-print-directory -j2 $(COVERAGE) $(FUZZ_NAMES:%=build/coverage/tests/fuzz/fuzz_%)
	@node tests/fuzz/coverage.mjs $(FUZZ_NAMES)
