# The image as 'make image' makes it, for who has Docker: docker build -t kube-proxy-next .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends clang llvm libbpf-dev linux-libc-dev libssl-dev ca-certificates
WORKDIR /source
COPY . .
RUN dotnet publish cmd/kube-proxy-next -c Release -o out/publish \
    && image/rootfs out/publish/kube-proxy-next /image

FROM scratch
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="kube-proxy-next" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.description="A kube-proxy replacement in eBPF" \
      org.opencontainers.image.licenses="Apache-2.0 AND (GPL-2.0-only OR BSD-2-Clause)"
ENV PATH=/usr/bin \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    DOTNET_EnableDiagnostics=0
COPY --from=build /image/base /
COPY --from=build /image/program /
ENTRYPOINT ["/usr/bin/kube-proxy-next"]
