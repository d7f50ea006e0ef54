# make build   out/kube-proxy-next, the one file that runs
# make image   out/kube-proxy-next.tar, the container image as an OCI archive; neither a daemon nor a registry is asked
# make manifests  manifests/install.yaml and what tests compare, out of the overlays (kubectl does it, which has to be there)
# make test    every test, on the real kernel
# make fuzz    a million broken packets for the packet programs, 20,000 broken texts for each reader (FUZZ_PACKETS, FUZZ_RUNS, FUZZ_SEED: how many, and
#              to have the same again)
# make demo    two nodes, some pods, and what a person would try (KEEP=1 leaves them standing)
# make e2e-kind, make e2e-k3d  what a user would notice, on a cluster in containers (KEEP=1 leaves it standing, DRY_RUN=1 says what would be done)
# make soak    faults without a pause under constant load, and what is left of it then (SECONDS=600; KILLS, UPGRADES or RESIZES for so many of one kind)
# make kernels other kernels, in a virtual machine each: whether the program works there (KERNELS: packages of Debian, or all series)
# make bench   the figures, as a table and as out/bench.json (QUICK=1 for rough ones in a minute, ONLY=sockets|daemon|packets|nodeports for a part)

CONFIGURATION ?= Release
BINARY := out/kube-proxy-next
IMAGE := out/kube-proxy-next.tar
VERSION := $(shell sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' cmd/kube-proxy-next/kube-proxy-next.csproj)
SOURCES := $(shell find bpf cmd pkg -name bin -prune -o -name obj -prune -o -type f -print) Directory.Build.props Directory.Packages.props

TEST_VARIABLES := FUZZ_PACKETS,FUZZ_RUNS,FUZZ_SEED,FAULTS,MODEL_OPERATIONS,MODEL_SEED,KPN_BINARY,KPN_CONNECTIONS
SOAK_VARIABLES := SECONDS,KILLS,UPGRADES,UPGRADE_TO,RESIZES,RATE,DATAGRAM_SOCKETS,TRANSFERS,ORDERLY,SEED

# BPF, namespaces and cgroups need root; builds do not.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo --preserve-env=KEEP,QUICK,ONLY,CI,$(TEST_VARIABLES),$(SOAK_VARIABLES),DOTNET_ROOT,PATH)
DOTNET := dotnet
export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1

all: build

build: $(BINARY)

$(BINARY): $(SOURCES) | deps
	$(DOTNET) publish cmd/kube-proxy-next -c $(CONFIGURATION) -o out/publish
	cp out/publish/kube-proxy-next $@.tmp
	mv $@.tmp $@

# The time of all that is in the image: that of the commit, so that who builds it again gets the same.
image: export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
image: $(IMAGE)

$(IMAGE): $(BINARY) image/rootfs image/archive
	image/rootfs $(BINARY) out/image
	image/archive out/image $(VERSION) $@

manifests:
	mkdir -p out
	{ echo "# For clusters that kubeadm or kind made. Made by 'make manifests' out of overlays/kubeadm: change that, and make it again."; \
	kubectl kustomize manifests/overlays/kubeadm; } >out/install.yaml
	kubectl kustomize manifests/overlays/k3s >out/k3s.yaml
	kubectl kustomize manifests/overlays/generic >out/generic.yaml
	mv out/install.yaml manifests/install.yaml
	mv out/k3s.yaml out/generic.yaml unit/Manifests/Rendered

test: build
	$(MAKE) --no-print-directory -s -C e2e/Soak/native OUT=$(CURDIR)/out/soak
	$(DOTNET) build KubeProxyNext.sln -c $(CONFIGURATION)
	$(SUDO) ./.ci/test $(CONFIGURATION)

fuzz: export FUZZ_PACKETS ?= 1000000
fuzz: export FUZZ_RUNS ?= 20000
fuzz: export FUZZ_SEED ?= $(shell date +%s)
fuzz: | deps
	$(DOTNET) build unit -c $(CONFIGURATION)
	$(SUDO) $(DOTNET) test unit -c $(CONFIGURATION) --no-build --filter "FullyQualifiedName~PacketFuzz|FullyQualifiedName~Unit.Fuzz" --logger "console;verbosity=normal"

demo: build
	$(DOTNET) build e2e/Demo -c $(CONFIGURATION)
	$(SUDO) $(DOTNET) run --project e2e/Demo -c $(CONFIGURATION) --no-build

# Whoever runs docker here runs these. What is missing is said before anything is built for long: the image is made by the run.
e2e-kind e2e-k3d: e2e-%:
	@$(DOTNET) build e2e/ClusterChecks -c $(CONFIGURATION) --nologo -clp:ErrorsOnly
	@$(DOTNET) run --project e2e/ClusterChecks -c $(CONFIGURATION) --no-build -- $* $(if $(filter 1,$(KEEP)),--keep) $(if $(filter 1,$(DRY_RUN)),--dry-run) \
		$(if $(NAME),--name $(NAME)) $(if $(NODE_IMAGE),--node-image $(NODE_IMAGE)) $(if $(TEST_IMAGE),--test-image $(TEST_IMAGE)) $(if $(IP_FAMILY),--ip-family $(IP_FAMILY))

bench: build
	$(MAKE) --no-print-directory -C bench/native OUT=$(CURDIR)/out/bench
	$(DOTNET) build bench -c $(CONFIGURATION)
	$(SUDO) $(DOTNET) run --project bench -c $(CONFIGURATION) --no-build

# SECONDS is a word of some shells, too, and no number of ours there: it counts where it is given to make.
soak: export SECONDS := $(if $(filter command line,$(origin SECONDS)),$(SECONDS),600)
soak: build
	$(MAKE) --no-print-directory -s -C e2e/Soak/native OUT=$(CURDIR)/out/soak
	$(DOTNET) build e2e/Soak -c $(CONFIGURATION)
	$(SUDO) $(DOTNET) run --project e2e/Soak -c $(CONFIGURATION) --no-build

kernels: build
	@./.ci/deps kernels
	e2e/kernels/run $(BINARY) out/kernels $(KERNELS)

deps:
	@./.ci/deps

clean:
	rm -rf out
	find . -name bin -o -name obj | xargs rm -rf

.PHONY: all build image manifests test fuzz demo e2e-kind e2e-k3d kernels bench soak deps clean
