# The commands of the book; `make` alone lists them.
# Tables of files are never kept by hand: a root chunk of a chapter is a file.

.DEFAULT_GOAL := help
.SECONDARY:
.DELETE_ON_ERROR:
SHELL = /bin/sh
# scripts sort alike everywhere; a chapter's program sees the reader's locale
export READER_LOCALE := $(if $(filter undefined,$(origin READER_LOCALE)),$(LC_ALL),$(READER_LOCALE))
export LC_ALL = C

# `make setup chapter4`: what comes first must be over before the rest begins.
first := $(firstword $(MAKECMDGOALS))
rest  := $(wordlist 2,99,$(MAKECMDGOALS))
ifneq ($(and $(rest),$(filter setup setup-all mnist tangle clean,$(first))),)

$(rest): $(first)
	@$(MAKE) --no-print-directory $@
$(first):
	@$(MAKE) --no-print-directory $@
.PHONY: $(first) $(rest)
.NOTPARALLEL:

else

# ---- settings a reader may give: ARGS, DEBUG=1, SANITIZE=1, CC, JOBS --------
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
MAKEFLAGS += $(if $(filter 0,$(MAKELEVEL)),-j$(JOBS)) --no-print-directory
BUILD := build
variant := $(if $(DEBUG),-debug)$(if $(SANITIZE),-sanitize)
TANGLED := $(if $(DEBUG),$(BUILD)/tangled-debug,tangled)

# ---- the sources, found, never listed ---------------------------------------
chapters := $(sort $(wildcard chapters/*.nw))
ifeq ($(filter help setup setup-all clean mnist,$(or $(MAKECMDGOALS),help)),)
include $(BUILD)/tangle$(variant).mk
endif
floors   := $(notdir $(patsubst %/,%,$(wildcard tangled/[0-9][0-9]-*/)))
c_files  := $(sort $(wildcard tangled/workshop/*.c tangled/[0-9][0-9]-*/*.c))
programs := $(sort $(wildcard tangled/[0-9][0-9]-*/main.c \
              tangled/[0-9][0-9]-*/experiment-*.c tangled/[0-9][0-9]-*/record-*.c))
modules  := $(filter-out $(programs),$(c_files))
plain    := $(filter tangled/00-foundations/kernels.c \
              tangled/00-foundations/convolution.c,$(modules))
bench_c  := $(sort $(wildcard tangled/performance/bench*.c))
fast     := $(filter-out $(bench_c),$(sort $(wildcard tangled/performance/*.c)))
per_isa  := $(filter tangled/performance/isa-%.c,$(fast))
tests    := $(sort $(wildcard tests/*/*.c))
press_c  := $(sort $(wildcard tangled/press/*.c))

# ---- compiler ----------------------------------------------------------------
sanitizers := -fsanitize=address,undefined
CFLAGS_ALL = -std=c17 -D_POSIX_C_SOURCE=200809L -I$(TANGLED) -MMD -MP \
    -ffp-contract=off -fno-math-errno -fno-trapping-math \
    $(if $(DEBUG),-O1 -g,-O3) \
    $(if $(SANITIZE),-g $(sanitizers) -fno-sanitize-recover=all)
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
    -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
LINK = $(if $(SANITIZE),$(sanitizers)) -lm -lpthread
compile = @mkdir -p $(@D); command -v $(firstword $(CC)) >/dev/null || \
    { echo "no C compiler ($(CC)) here: run make setup"; exit 1; }; \
    $(CC) $(CFLAGS_ALL) $(WARNINGS) $(CFLAGS)

# by the machine that the compiler compiles for, which need not be this one
machine      := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
isas_x86_64  := baseline avx2 avx512
isas_amd64   := $(isas_x86_64)
isas_aarch64 := neon
isas_arm64   := neon
isas         := $(or $(isas_$(machine)),baseline)
isa_avx2     := -mavx2 -mfma
isa_avx512   := $(isa_avx2) -mavx512f -mavx512dq -mavx512vl -mavx512bw \
                -mprefer-vector-width=512

# ---- flavours of the library: float (fast kernels), double and plain ---------
object = $(patsubst tangled/%.c,$(BUILD)/$(1)$(variant)/%.o,$(2))
float_objects  = $(call object,float,$(filter-out $(plain),$(modules)) \
    $(filter-out $(per_isa),$(fast))) \
    $(foreach i,$(isas),$(patsubst %.o,%.$(i).o,$(call object,float,$(per_isa))))
double_objects = $(call object,double,$(modules))
plain_objects  = $(call object,plain,$(modules))

define flavour
$(BUILD)/$(1)$(variant)/%.o: $(TANGLED)/%.c
	$$(compile) $(2) $$(if $$(filter $$(<:$(TANGLED)/%=tangled/%),$(programs) tangled/performance/bench.c),-DSOURCE_HASH='"'`cat $(BUILD)/hash/$$*`'"') -c $$< -o $$@
$(BUILD)/$(1)$(variant)/libbook.a: $$($(1)_objects)
	@rm -f $$@; ar qcs $$@ $$^   # q: two floors may have an ops.o
$(foreach p,$(programs) tangled/performance/bench.c,$(call object,$(1),$(p)): $(p:tangled/%.c=$(BUILD)/hash/%)
)
endef
$(eval $(call flavour,float,))
$(eval $(call flavour,double,-DREAL_IS_DOUBLE))
$(eval $(call flavour,plain,))

# GCC copies the branches around a clamp, and then selects where it could take
# a minimum; without these passes its vector loops are a quarter shorter
no_copies    := -fno-thread-jumps -fno-tree-pre
no_copies    := $(shell $(CC) -Werror $(no_copies) -fsyntax-only -xc /dev/null \
                2>/dev/null && echo $(no_copies))

define isa
$(BUILD)/float$(variant)/%.$(1).o: $(TANGLED)/%.c
	$$(compile) $$(isa_$(1)) $$(no_copies) -DISA=$(1) -c $$< -o $$@
endef
$(foreach i,$(isas),$(eval $(call isa,$(i))))

# the hash of a program's sources changes its file only when it changes
$(BUILD)/hash/%: tangled/%.c FORCE | $(BUILD)/bin/sourcehash
	@mkdir -p $(@D); (cd tangled && ../$(BUILD)/bin/sourcehash $*.c) > $@.new && \
	    if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
FORCE:

# ---- programs: build/bin/chapter4, build/bin/04-vae-experiment-ladder, … ------
bin = $(BUILD)/bin/$(if $(filter main,$(basename $(notdir $(1)))),chapter$(shell \
    expr $(firstword $(subst -, ,$(notdir $(patsubst %/,%,$(dir $(1)))))) + 0),$(notdir \
    $(patsubst %/,%,$(dir $(1))))-$(basename $(notdir $(1))))
define program
$(call bin,$(1))$(variant): $(call object,float,$(1)) $(BUILD)/float$(variant)/libbook.a
	@mkdir -p $$(@D); $$(CC) $$^ $$(LINK) -o $$@
$(call bin,$(1))-double$(variant): $(call object,double,$(1)) $(BUILD)/double$(variant)/libbook.a
	@mkdir -p $$(@D); $$(CC) $$^ $$(LINK) -o $$@
$(call bin,$(1))-plain$(variant): $(call object,plain,$(1)) $(BUILD)/plain$(variant)/libbook.a
	@mkdir -p $$(@D); $$(CC) $$^ $$(LINK) -o $$@
endef
$(foreach p,$(programs),$(eval $(call program,$(p))))
demos := $(notdir $(foreach p,$(filter %/main.c,$(programs)),$(call bin,$(p))))
$(patsubst tangled/press/%.c,$(BUILD)/bin/%,$(press_c)): $(BUILD)/bin/%: tangled/press/%.c
	$(compile) $< $(LINK) -o $@

$(BUILD)/bin/bench$(variant): $(call object,float,$(bench_c)) $(BUILD)/float$(variant)/libbook.a
	@mkdir -p $(@D); $(CC) $^ $(LINK) -ldl -o $@

all: $(BUILD)/bin/bench$(variant) $(foreach p,$(programs),$(call bin,$(p))$(variant)) ## builds every program

# ---- reading and running -----------------------------------------------------
help: ## lists the commands
	@awk -F': .*## ' '/^[a-z%N0-9.-]+:.*## /{printf "  make %-18s %s\n",$$1,$$2} \
	    /^#> /{split($$0,w," "); printf "  make %-18s %s\n",w[2],substr($$0,length(w[2])+5)}' Makefile
setup: ## installs what running needs: a C compiler
	@sh tangled/press/setup.sh compiler
setup-all: ## installs what testing and typesetting need too
	@sh tangled/press/setup.sh all
#> chapterN builds and runs chapter N; ARGS="--data mnist --epochs 50" reaches the program
$(filter $(demos),$(MAKECMDGOALS)): chapter%: $(BUILD)/bin/chapter%$(variant)
	@LC_ALL='$(READER_LOCALE)' $< $(ARGS)
# chapter 0 shows the errors of its gradients first, which need double; not before a help page
$(filter chapter0,$(MAKECMDGOALS)): $(if $(filter -h --help,$(ARGS)),,gradients)
gradients: $(BUILD)/bin/chapter0-double$(variant) ## prints the error of every operation's gradient
	@$<
.PHONY: gradients
$(filter-out $(demos),$(filter chapter%,$(MAKECMDGOALS))):
	@echo "there is no $@ yet; there are: $(demos)"; exit 1
mnist: ## downloads MNIST into data/mnist (MNIST_URL=file:///folder takes it from there)
	@sh tangled/press/mnist.sh

# ---- tangling ----------------------------------------------------------------
tangle: ## writes tangled/ from the chapters (needs noweb)
	@sh tangled/press/tangle.sh tangled
$(BUILD)/tangle.mk: $(chapters)
	@mkdir -p $(@D); sh tangled/press/tangle-if-changed.sh && touch $@
$(BUILD)/tangle-sanitize.mk: $(BUILD)/tangle.mk
	@touch $@
$(BUILD)/tangle-debug.mk $(BUILD)/tangle-debug-sanitize.mk: $(chapters)
	@mkdir -p $(@D); \
	LINES_FOR_DEBUGGER=1 sh tangled/press/tangle.sh $(BUILD)/tangled-debug && touch $@

# ---- exercises ----------------------------------------------------------------
exercises: ## puts the stubs of the exercises into exercises/, never over your work
	@sh tangled/press/exercise.sh stubs
exercises-status: ## shows which exercises are done
	@BUILD=$(BUILD) sh tangled/press/exercise.sh status
#> exercise4.1 grades your answer to exercise 4.1, and says what to reread
typed = $(filter-out exercises exercises-status figures,$(filter $(1),$(MAKECMDGOALS)))
$(call typed,exercise%): exercise%: $(BUILD)/float/libbook.a FORCE
	@BUILD=$(BUILD) CC="$(CC)" sh tangled/press/exercise.sh grade $*

# ---- results --------------------------------------------------------------------
#> figuresN runs chapter N's experiments, compares with the book's; ACCEPT=1 replaces
$(call typed,figures%): figures%: FORCE
	@BUILD=$(BUILD) MAKE="$(MAKE)" ARGS="$(ARGS)" ACCEPT=$(ACCEPT) \
	    sh tangled/press/figures.sh $*
figures: ## the same for all chapters (hours)
	@BUILD=$(BUILD) MAKE="$(MAKE)" ARGS="$(ARGS)" ACCEPT=$(ACCEPT) \
	    sh tangled/press/figures.sh
#> experiment-NAME runs one of them
$(call typed,experiment-%): experiment-%: FORCE
	@BUILD=$(BUILD) MAKE="$(MAKE)" ACCEPT=$(ACCEPT) sh tangled/press/rerun.sh \
	    $(or $(patsubst tangled/%,%,$(wildcard tangled/*/experiment-$*.c)),experiment-$*) $(ARGS)
replay: ## reruns one short experiment a chapter, to the ledger's bits
	@BUILD=$(BUILD) MAKE="$(MAKE)" sh tangled/press/replay.sh
records: ## lists the long runs against published figures
	@sh tangled/press/records.sh
#> record-NAME makes one of them
$(call typed,record-%): record-%: FORCE
	@BUILD=$(BUILD) MAKE="$(MAKE)" ARGS="$(ARGS)" ACCEPT=$(ACCEPT) \
	    sh tangled/press/records.sh $*
stale: $(BUILD)/bin/sourcehash ## lists results that are older than the code they came from
	@BUILD=$(BUILD) sh tangled/press/stale.sh
prose: ## points at repetition, announcements, banned words and typed decimals
	@sh tangled/press/prose.sh
bench: $(BUILD)/bin/bench ## measures speed against the machine's limit and its peers (ACCEPT=1: for the book)
	@mkdir -p $(BUILD)/figures/performance/bench; \
	    $< --out $(BUILD)/figures/performance/bench $(ARGS) && \
	    { [ -z "$(ACCEPT)" ] || { mkdir -p figures/performance && \
	      cp $(BUILD)/figures/performance/bench/* figures/performance/; }; }
.PHONY: exercises exercises-status figures records replay stale prose bench

# ---- the book: one PDF, and a page a chapter ----------------------------------------
weave    = sh tangled/press/weave.sh
weaver   := $(filter-out %/backmatter.lua %/references.lua,$(wildcard tangled/press/*.lua)) \
    $(wildcard tangled/press/weave.sh tangled/press/weave.awk tangled/press/page.html)
woven    := $(chapters:chapters/%.nw=build/weave/%.done)
tables   := $(woven:.done=.tables)
drawings := $(filter-out tangled/press/plot-prelude.gp,$(wildcard tangled/*/*.gp tangled/*/*.tikz))
plots    := $(patsubst tangled/%,build/plots/%.pdf,$(basename $(drawings)))

book: build/autoencoders.pdf ## the PDF
html: build/html/index.html ## the web edition, in build/html
plots: $(plots) ## redraws every picture from the committed data
#> draftN weaves chapter N alone (draftA an appendix) as PDF and HTML, in seconds
draft%: plots
	@$(weave) draft $*

$(wildcard figures/*/* tests/*/* bib/*): ; # sources, whatever patterns their names may match
.SECONDEXPANSION:
build/plots/%.pdf: tangled/%.gp tangled/press/plot-prelude.gp tangled/press/draw.sh \
    $$(wildcard figures/$$(*D)/*)
	@sh tangled/press/draw.sh $<
build/plots/%.pdf: tangled/%.tikz tangled/press/picture.tex tangled/press/draw.sh \
    $(wildcard chapters/notation.tex)
	@sh tangled/press/draw.sh $<
build/weave/%.json: chapters/%.nw $(wildcard bib/*) $(weaver)
	@$(weave) collect $*
build/weave/%.tables: build/weave/%.json
	@:
build/weave/%.done: build/weave/%.json $(tables) $(plots) \
    $(wildcard figures/*/*.tsv tests/*/* chapters/notation.tex)
	@$(weave) weave $*
build/weave/app-d-solutions.done: $(woven:.done=.json)
build/weave/back.done: $(tables) $(wildcard bib/* figures/*/*.tsv tangled/press/*.lua)
	@$(weave) back
build/autoencoders.pdf: $(woven) build/weave/back.done tangled/press/book.tex
	@cp tangled/press/book.tex build/weave/book.tex; $(weave) print book && \
	    cp build/weave/book.pdf $@ && echo "$@: `pdfinfo $@ | awk '/^Pages/{print $$2}'` pages"
build/html/index.html: $(woven) build/weave/back.done $(wildcard tangled/press/katex.js tangled/press/book.css)
	@$(weave) web && touch $@ && echo "$@ and `ls build/html/*.html | wc -l` pages beside it"

# ---- tests -------------------------------------------------------------------
test_objects = $(patsubst tests/%.c,$(BUILD)/$(1)$(variant)/tests/%.o,$(tests))
criterion = $(shell pkg-config --$(1) criterion 2>/dev/null || \
    echo "criterion-is-missing:run-make-setup-all")
define test_program
$(BUILD)/$(1)$(variant)/tests/%.o: tests/%.c
	$$(compile) -Wno-pedantic $(2) -Itests $$(call criterion,cflags) -c $$< -o $$@
$(BUILD)/test-$(1)$(variant): $$(call test_objects,$(1)) $(BUILD)/$(1)$(variant)/libbook.a
	@$$(CC) $$^ $$(call criterion,libs) $$(LINK) -o $$@
endef
$(eval $(call test_program,float,))
$(eval $(call test_program,double,-DREAL_IS_DOUBLE))

test-programs: $(BUILD)/test-float$(variant) $(BUILD)/test-double$(variant)
test: $(BUILD)/test-float$(variant) $(BUILD)/test-double$(variant) ## runs the Criterion tests alone
	@$(BUILD)/test-float$(variant) -j$(JOBS) && $(BUILD)/test-double$(variant) -j$(JOBS)
check: ## runs every test, at most ten minutes
	@BUILD=$(BUILD) JOBS=$(JOBS) MAKE="$(MAKE)" sh tangled/press/check.sh
check-all: ## check, and sanitizers, every demo and every picture
	@BUILD=$(BUILD) JOBS=$(JOBS) MAKE="$(MAKE)" sh tangled/press/check.sh all
lint: ## warnings as errors with GCC and Clang, cppcheck, width of lines
	@CFLAGS_ALL="$(CFLAGS_ALL)" WARNINGS="$(WARNINGS)" sh tangled/press/lint.sh

clean: ## removes build/ (never data/ or exercises/)
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all test-programs help setup setup-all mnist tangle test check check-all lint clean FORCE
endif
