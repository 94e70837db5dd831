# The mentor in an image with nothing beside it: no shell, no package, no root.
#
#   docker build -t mentor .
#   docker run --env-file mentor.env -v mentor:/data mentor
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/mentor ./cmd/mentor
RUN mkdir -m 700 /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/mentor /mentor
USER 65532:65532
# The time zones are in the program.
ENV MENTOR_DATA=/data MENTOR_HTTP_ADDR=:8080
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/mentor", "health"]
ENTRYPOINT ["/mentor"]
CMD ["run"]
