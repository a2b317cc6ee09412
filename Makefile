# Everything a person or a machine does here. `make help` lists it.

SWIFT ?= swift
RUNTIMES := .runtimes
PYTHON := .runtimes/python/bin/python

.PHONY: help build test thorough demo demo-table check format benchmarks clean runtimes python system

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

system: ## Install the C headers that the build needs (SQLite) and zlib, where they are missing
	@Scripts/install-system-packages

runtimes: system ## Install the native runtimes into .runtimes, from their PyPI wheels
	@Scripts/install-runtimes $(RUNTIMES)

python: ## A Python environment for tests against other tools (never needed at run time)
	@Scripts/install-python $(RUNTIMES)/python

build: system ## The release command, at .build/release/tutti
	$(SWIFT) build -c release --product tutti

# Only the test product: a build of everything would compile protoc, a C++ program that a dependency brings and nothing here uses.
test: runtimes python ## All tests, none of them skipped
	@Scripts/install-system-packages tests
	$(SWIFT) build --product tuttiPackageTests
	TUTTI_PYTHON=$(PYTHON) TUTTI_TESTS_COMPLETE=1 TUTTI_RUNTIMES=$(CURDIR)/$(RUNTIMES) $(SWIFT) test --skip-build

thorough: runtimes python ## Every sampler, scheduler and store together, and each sampler in 10,000 random spaces: half an hour, release build
	@Scripts/install-system-packages tests
	$(SWIFT) build -c release --scratch-path .build/thorough -Xswiftc -enable-testing --product tuttiPackageTests
	TUTTI_THOROUGH=1 TUTTI_TESTS_COMPLETE=1 TUTTI_PYTHON=$(PYTHON) TUTTI_RUNTIMES=$(CURDIR)/$(RUNTIMES) \
		$(SWIFT) test -c release --scratch-path .build/thorough -Xswiftc -enable-testing --skip-build --filter Conformance

demo: runtimes python build ## Fashion-MNIST, from images to a served ensemble, about 5 minutes of search
	@Scripts/demo-images

demo-table: runtimes build ## The same for a table that comes with the project, 1 minute of search
	@Scripts/demo-table

check: runtimes python ## What a change must pass: format, no warnings, tests, examples
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Examples
	TUTTI_STRICT=1 $(MAKE) test
	@Scripts/check-examples

format: ## Format the code
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Examples

benchmarks: runtimes python build ## Side by side with the peers; prints the table of the README
	@Benchmarks/run

clean: ## Remove what was built; installed runtimes stay
	rm -rf .build runs
