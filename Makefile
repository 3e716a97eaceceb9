# `make run` and `make test` are all a fresh machine with Swift needs; the other targets say what they are for.
SHELL := /bin/bash
# MPI=mpich, or the mpicc of any other MPI library, builds everything for that one, in a directory of its own.
ifdef MPI
SCRATCH := .build-$(notdir $(MPI))
BUILD = mpi=$$(Modules/CMPI/use $(MPI) $(SCRATCH)/mpi) && PKG_CONFIG_PATH=$$mpi:$$PKG_CONFIG_PATH \
  swift build -c release --scratch-path $(SCRATCH)
MPIRUN := $(SCRATCH)/mpi/mpirun
else
SCRATCH := .build
BUILD := swift build -c release
# Root may not start MPI programs unless it says so; on a small machine there are more ranks than cores.
MPIRUN := mpirun --oversubscribe $(if $(filter 0,$(shell id -u)),--allow-run-as-root)
endif
BIN := $(SCRATCH)/release
PREFIX ?= /usr/local
RANKS ?= $(shell n=$$(nproc); echo $$(( n > 8 ? 8 : n < 2 ? 2 : n )))
ARGS ?= --method nested --live 250 --out planets --overwrite

.PHONY: build-command run install test test-mpich test-stress test-kill test-sanitizers test-statistics test-large mutants golden bench bench-scaling bench-kernels readme readers build format lint setup clean help

help: ## Show this list.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 18

run: build ## Weigh the planets of HD 164922 under MPI.
	$(MPIRUN) -n $(RANKS) $(BIN)/exoplanet $(ARGS)

install: setup ## Install the command rookery to PREFIX (/usr/local), with its completion for bash, zsh and fish.
	$(BUILD) --product rookery
	install -D -m 755 $(BIN)/rookery $(DESTDIR)$(PREFIX)/bin/rookery
	@for place in bash:bash-completion/completions/rookery zsh:zsh/site-functions/_rookery \
	  fish:fish/vendor_completions.d/rookery.fish; do \
	  $(BIN)/rookery --generate-completion-script $${place%%:*} | \
	    install -D -m 644 /dev/stdin $(DESTDIR)$(PREFIX)/share/$${place#*:}; done

# The test build has all programs too; to build them twice, without what tests may look into and with, takes minutes.
test: setup lint readers ## All tests but the long ones.
	swift test -c release

STATISTICS := $(CURDIR)/.build/statistics.md

test-statistics: setup ## Evidence, errors, coverage and insertion ranks over many seeds, as one table. An hour or more.
	@rm -f $(STATISTICS)
	ROOKERY_STATISTICS=$(STATISTICS) swift test -c release --filter '^StatisticsTests\.'; \
	  status=$$?; echo; cat $(STATISTICS); exit $$status

# FULL=1 for all problems and peers, PROBLEMS="gauss5 gauss10", SEEDS=5, LIMIT=600 (seconds a run), FRESH=1 to measure the
# peers again, CACHED=1 to run Rookery alone and show what is known of the peers. For bench-scaling WORKERS="1 4 16" and
# DURATION=0.5, the seconds that each cell is to take.
BENCH_OPTIONS = $(if $(FULL),--full) $(if $(PROBLEMS),--problems $(PROBLEMS)) $(if $(SEEDS),--seeds $(SEEDS)) \
  $(if $(LIMIT),--limit $(LIMIT)) $(if $(FRESH),--fresh) $(if $(CACHED),--cached-only)
BENCH_COMMAND = $(strip make $@$(foreach v,FULL PROBLEMS SEEDS LIMIT WORKERS DURATION,$(if $($v), $v="$($v)")))

bench: build ## Rookery beside nautilus, dynesty and ultranest: calls, evidence, CPU. Needs Python.
	python3 Tests/Benchmarks/Field/bench.py --rookery $(BIN)/rookery $(BENCH_OPTIONS) --command '$(BENCH_COMMAND)'

bench-scaling: build ## Busy fraction and speed on 1 to 64 sleeping workers, beside barriers. Needs Python; half an hour.
	python3 Tests/Benchmarks/Field/scaling.py --probe $(BIN)/PoolProbe $(if $(WORKERS),--workers $(WORKERS)) \
	  $(if $(DURATION),--seconds $(DURATION)) --command '$(BENCH_COMMAND)'

bench-kernels: setup ## Time and allocations of the kernels beside the baseline; REVISIONS="A B" for the ratios of two revisions.
	python3 Tests/Benchmarks/kernels.py $(if $(REVISIONS),--revisions $(REVISIONS)) $(if $(STORE),--store)

golden: setup ## Digests of two revisions, REVISIONS="A B", over problems, methods, explorers, bounds and pools.
	python3 Tests/Golden/run.py $(REVISIONS) $(if $(PROBLEMS),--problems $(PROBLEMS))

readme: ## Put what was measured last into the README.
	python3 Tests/Benchmarks/Field/readme.py

test-stress: build ## Pools under fire: kills, crashes, many ranks, and the numbers to reach. Under 10 minutes.
	mkdir -p .build/programs
	cp $(BIN)/PoolProbe $(BIN)/rookery .build/programs
	ROOKERY_STRESS=1 ROOKERY_TEST_PROGRAMS=$(CURDIR)/.build/programs swift test -c release --filter StressTests

test-kill: setup ## 136 kills of runs of every method, resumed on other pools; 2000 damaged files of each kind. Under half an hour.
	ROOKERY_KILLS=136 ROOKERY_FLIPS=2000 swift test -c release --filter 'KillTests|CheckpointFuzzTests|ResultFuzzTests'

mutants: setup ## Plants faults one at a time in a copy and has the tests find them; goes on where it stopped. ONLY=name. Under an hour.
	python3 Tests/Mutants/run.py $(if $(ONLY),--only $(ONLY)) $(if $(FRESH),--fresh)

# Builds of their own beside .build, without optimisation: of the unit tests those that need no millions of calls, and of the tests of
# pools those that work on threads of one process.
CHECKED := RookeryCoreTests\.(Numerics|Wire|Queue|Frame|Fingerprint|Scheduler|ThreadTransport|WorkerTrace|CallBudget|Mailbox|Silence|Duration|Evaluator|Cost|Prior|Problem|SamplerWire|Npz|JSON|HDF5|Table|SavedResult|NestedRun|NestedEvidence|Merging|Posterior|InsertionRanks|MoveOutcome)
THREADED := RookeryCoreTests\.(Scheduler|ThreadTransport|WorkerTrace|Mailbox|FrameSocket|FrameTransfer|ContextLifetime)|PoolTests\.ThreadPoolTests

test-sanitizers: setup ## Unit tests with checks of exclusivity and overflow, and those of threads under the thread sanitizer.
	swift test --scratch-path .build-debug -Xswiftc -enforce-exclusivity=checked --filter '$(CHECKED)'
	TSAN_OPTIONS=halt_on_error=1 swift test --sanitize=thread --scratch-path .build-tsan --filter '$(THREADED)'

test-mpich: ## A build for MPICH beside that for the default MPI library: same bits, and mismatches named. Ten minutes.
	@bash .ci/setup mpich
	@$(MAKE) --no-print-directory MPI=mpich build-command
	@bash .ci/test-mpich .build-mpich

build-command:
	$(BUILD) --product rookery

test-large: setup ## A million samples of 20 parameters, written and read.
	ROOKERY_LARGE=1 swift test -c release --filter LargeResultTests

build: setup ## Build everything, optimised.
	$(BUILD)

format: ## Format all sources.
	swift format -i -p -r Package.swift Sources Tests mpi-examples

lint: ## Check the format of all sources, that no room of the core knows one above it, and that documents speak of what is there.
	swift format lint --strict -p -r Package.swift Sources Tests mpi-examples
	python3 Tests/Rooms/arrows.py
	python3 Tests/Words/words.py

readers: ## Install the tools that read result files, which tests use: anesthetic, GetDist, ArviZ and others. Needs Python.
	@bash .ci/readers

setup: ## Install MPI, OpenBLAS and LAPACKE where they are missing.
	@bash .ci/setup $(MPI)

clean: ## Remove what was built.
	swift package clean
