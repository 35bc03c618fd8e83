# Tests, lint and measuring: included by the Makefile.

.PHONY: unit
unit: $(UNIT_BIN) ## unit tests alone
	@fail=0; for t in $(UNIT_BIN); do $$t || fail=1; done; exit $$fail
