# Two commands do all the set-up: `make demo` shows the main job, `make test` runs every test.
.PHONY: help demo test bench install uninstall format lint readme notebooks-data check-notebooks-data \
	install-packages install-test-tools shrinking mutants

PREFIX ?= /usr/local
# A shell that leaves the tilde of PREFIX=~/.local alone must not make a folder of that name.
override PREFIX := $(PREFIX:~/%=$(HOME)/%)

help:
	@echo "make demo    set up, build, and show five years of two cats"
	@echo "make test    set up, build, and run every test"
	@echo "make bench   set up, build, and measure beside DuckDB, SQLite in C, mosquitto and others"
	@echo "make shrinking   how often the Shrinking Challenge's minima are reached, beside Hypothesis"
	@echo "make mutants   break the project on purpose: who notices, and what the failure is reduced to"
	@echo "make install PREFIX=~/.local   program, manual pages, completions (make uninstall removes them)"
	@echo "make lint    check the format"
	@echo "make notebooks-data   make the data set for notebooks again (check-notebooks-data compares)"
	@echo "make readme  check that the sessions of README and experiments print what they say"

demo: install-packages
	@scripts/demo

test: install-packages install-test-tools
	swift build --build-tests --traits TLS
	TMPDIR=$$(scripts/test-folder) swift test --skip-build --traits TLS

bench: install-packages
	@scripts/bench

shrinking:
	@scripts/shrinking

mutants: install-packages
	@scripts/mutants

# DESTDIR is for packagers. The installed program has the Swift runtime in it, so it runs where there is
# none and starts in less time; its objects are others, hence a build folder of its own.
STATIC = swift build -c release --static-swift-stdlib --scratch-path .build/static
install: install-packages
	$(STATIC) --product replaylab
	@scripts/install "$(DESTDIR)$(PREFIX)" "$$($(STATIC) --show-bin-path)/replaylab"

uninstall:
	@scripts/install --remove "$(DESTDIR)$(PREFIX)"

format:
	swift format -i -r Package.swift Sources Tests Benchmarks Examples

lint:
	swift format lint --strict -r Package.swift Sources Tests Benchmarks Examples

readme: install-packages
	@scripts/check-readme

notebooks-data: install-packages
	@scripts/notebooks-data/make
	@"$$(scripts/notebooks-data/install)" -B scripts/notebooks-data/execute.py notebooks-data write

check-notebooks-data: install-packages
	@scripts/notebooks-data/check

install-packages:
	@scripts/install-packages

install-test-tools:
	@scripts/install-test-tools
