package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"

	"mentor/bot"
	"mentor/bot/boltstore"
	"mentor/bot/redisstore"
)

// storeFile is the name of the local store in the data folder.
const storeFile = "mentor.db"

// redisSchemes are the forms of MENTOR_STORE that are a Redis.
var redisSchemes = []string{"redis", "rediss", "redis+sentinel", "redis+cluster"}

// dataFolder is MENTOR_DATA, or mentor's folder among the user's data as the
// platform has it.
func dataFolder(getenv func(string) string) string {
	if dir := getenv("MENTOR_DATA"); dir != "" {
		return dir
	}
	return filepath.Join(xdg.DataHome, "mentor")
}

// storeFrom opens the store that address names: "" for the local file, the path
// of another one, or a Redis.
func storeFrom(ctx context.Context, p process, address string, log *slog.Logger) (bot.Store, error) {
	return observedStore(ctx, p, address, log, nil)
}

// observedStore is storeFrom; observe, unless nil, is told of the store's calls.
func observedStore(ctx context.Context, p process, address string, log *slog.Logger, observe func(call string, took time.Duration, err error)) (bot.Store, error) {
	if scheme, ok := schemeOf(address); ok {
		if !slices.Contains(redisSchemes, scheme) {
			return nil, fmt.Errorf("MENTOR_STORE has the unknown scheme %q; leave it empty for a local file, or use one of %s://", scheme, strings.Join(redisSchemes, "://, "))
		}
		return redisstore.Open(ctx, address, redisstore.Options{Log: log, Observe: observe})
	}
	return boltstore.Open(fileOf(p, address), boltstore.Options{Now: p.now, Observe: observe})
}

// schemeOf is what stands before :// in an address; a file's path has no such thing.
func schemeOf(address string) (scheme string, ok bool) {
	scheme, _, ok = strings.Cut(address, "://")
	return scheme, ok
}

// fileOf is the path of the store that an address without a scheme names.
func fileOf(p process, address string) string {
	if address == "" {
		return filepath.Join(dataFolder(p.getenv), storeFile)
	}
	return address
}

// openStore opens the store of this configuration. Nobody who only wants to try
// the mentor needs a folder to write to: when nothing was configured and the
// user's own cannot be written, it returns no store and says why.
func openStore(ctx context.Context, p process, log *slog.Logger) (store bot.Store, notice string, err error) {
	address := p.getenv("MENTOR_STORE")
	store, err = storeFrom(ctx, p, address, log)
	if err == nil {
		return store, "", nil
	}
	if address == "" && p.getenv("MENTOR_DATA") == "" && errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Sprintf("No streaks are kept: %v.\n", err), nil
	}
	return nil, "", err
}
