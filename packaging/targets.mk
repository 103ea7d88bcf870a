# What a person types: dependencies, running, checking, measuring, installing. The rules that compile are in /Makefile.

.PHONY: deps run check check-long bench lint install clean help
deps: ## install the Debian packages that are missing
	@packaging/deps

run: deps ## build, make the demo congress, start it on port $(PORT)
	@$(MAKE) --no-print-directory all
	@PORT=$(PORT) DATA=$(DATA) B=$(B) packaging/demo

check: ## install what is missing, build and run the tests (under 10 minutes on two cores)
	@B=$(B) tests/check

check-long: deps ## both compilers, sanitizers, kill storms
	@B=$(B) tests/check-long

bench: deps ## ratios against peers measured in the same run
	@$(MAKE) --no-print-directory all
	@B=$(B) tests/bench/run

lint: ## layer direction, one includer per library, sizes, banned functions
	@tests/lint

install: all ## programs and man pages under $(PREFIX)
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/share/man/man1'
	install -m 755 $(HAVE:%=$(B)/bin/%) '$(DESTDIR)$(PREFIX)/bin'
	install -m 644 $(wildcard packaging/man/*.1) '$(DESTDIR)$(PREFIX)/share/man/man1'

clean: ## remove $(B)
	rm -rf $(B)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' packaging/targets.mk | sed -E 's/:[^#]*## /\t/' | expand -t 14
