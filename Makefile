# The commands of this repository; `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c

GO ?= go
TOOL = $(GO) tool -modfile=.ci/tools/go.mod

# How long each fuzz target runs, how long the soak, how long each benchmark.
FUZZTIME ?= 20s
SOAK ?= 10m
BENCHTIME ?= 2s

# Arguments of the demo, e.g. make run ARGS="--listen 127.0.0.1:8081".
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run build test check dashboards lint format fuzz bench soak vuln pictures

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: ## start the demo: a sample contact centre with a simulated carrier
	$(GO) run ./cmd/switchyard demo $(ARGS)

build: ## build bin/switchyard
	$(GO) build -trimpath -o bin/switchyard ./cmd/switchyard

test: ## install what is missing, then run the linters and every test with the race detector
	@.ci/install
	@.ci/test

check: lint ## what to run before a commit: the linters, and the tests without the race detector
	$(GO) test -shuffle=on ./...

dashboards: ## write the dashboards, the rules and their cases from the values of package dashboards
	$(GO) test -count=1 -run '^TestCommitted$$' ./dashboards -update

lint: ## vet and lint, the walls between the rooms included
	$(GO) vet ./...
	$(TOOL) golangci-lint run ./...

format: ## format every Go file
	$(TOOL) golangci-lint fmt ./...

fuzz: ## run each fuzz target for FUZZTIME
	@for pkg in $$($(GO) list ./...); do \
	  targets=$$($(GO) test -list '^Fuzz' $$pkg | sed -n '/^Fuzz/p'); \
	  for target in $$targets; do \
	    echo "$$pkg $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$pkg; \
	  done; \
	done

bench: ## measure what the product promises; each benchmark prints its ratios (vs_…)
	$(GO) test -run '^$$' -bench '^Benchmark(Match|Line)$$' -benchtime $(BENCHTIME) ./actors/routing
	$(GO) test -run '^$$' -bench '^BenchmarkSimulation$$' -benchtime $(BENCHTIME) ./actors/routing/simulation
	$(GO) test -run '^$$' -bench '^Benchmark(Webhook|WebhookOnRedis|NodesOnRedis|ConversationHeap)$$' -benchtime $(BENCHTIME) ./cmd/switchyard
	$(GO) test -run '^$$' -bench '^BenchmarkWebhook$$' -benchtime $(BENCHTIME) ./api/carrier/...
	$(GO) test -run '^$$' -bench '^BenchmarkReports$$' -benchtime $(BENCHTIME) ./api

soak: ## compare a million matches with a naive scan, then run the end-to-end soak, the kill -9 loop and the chaos for SOAK
	SWITCHYARD_ORACLE=1000000 $(GO) test -v -count=1 -timeout 0 -run 'Oracle' ./actors/routing
	SWITCHYARD_SOAK=$(SOAK) CGO_ENABLED=1 $(GO) test -race -v -count=1 -timeout 0 -run 'Soak|Kill|Chaos' ./cmd/switchyard

vuln: ## look for known vulnerabilities; VULNDB=file://DIR uses a local copy of the database
	$(TOOL) govulncheck $(if $(VULNDB),-db $(VULNDB)) ./...

pictures: ## take the documentation's pictures of the pages anew
	SWITCHYARD_PICTURES=1 SWITCHYARD_BROWSER=pictures $(GO) test -count=1 -run '^TestBrowser$$' ./cmd/switchyard
