// Package pebble is the embedded [persistence.Store]: a Pebble database in one directory, for one process. All writes of
// all partitions go through one committer that puts what has gathered into one batch with one sync (see committer.go);
// what is read is what has been synced (see view.go). The directory's lock is what leases rest on. See layout.go for what
// is on disk.
package pebble

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"switchyard/persistence"
)

// DefaultPartitions is how many partitions a new store gets when nobody says otherwise.
const DefaultPartitions = 16

// verifyBytes is how much of the tables is checked block by block before a store is opened. Of what is beyond, the
// structure is checked, and the rest when it is read.
const verifyBytes = 256 << 20

// Options say how to open a store. The zero value is ready.
type Options struct {
	// Partitions is the number of partitions, at most 4096. It is fixed when the directory is first used; 0 takes the number
	// that is there, or [DefaultPartitions] for a new store.
	Partitions int
	// Existing refuses to make a store where none is, with [persistence.ErrNotFound] and the disk as it was.
	Existing bool
	// Logger hears what Pebble has to tell, at debug level, and errors. Nil is silence.
	Logger *slog.Logger

	fs vfs.FS // for tests; nil is the disk
}

// Open opens the store in dir, or makes one when dir is empty or missing. It returns [persistence.ErrInUse],
// [persistence.ErrFormat] or [persistence.ErrDamaged] with dir exactly as it was, and [persistence.ErrInvalid] when
// Options.Partitions is not what is there.
func Open(dir string, o Options) (*Store, error) {
	if o.Partitions < 0 || o.Partitions > maxPartitions {
		return nil, fmt.Errorf("%w: %d partitions, at most %d are possible", persistence.ErrInvalid, o.Partitions, maxPartitions)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.fs == nil {
		o.fs = vfs.Default
	}
	if o.Existing {
		if _, err := os.Stat(filepath.Join(dir, storeDir)); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: there is no store in %s", persistence.ErrNotFound, dir)
		}
	}
	d, err := openDirectory(dir)
	if err != nil {
		return nil, err
	}
	s, err := d.open(o)
	if err != nil {
		return nil, errors.Join(err, d.unlock())
	}
	return s, nil
}

func (d *directory) open(o Options) (*Store, error) {
	if d.fresh {
		if err := d.create(o); err != nil {
			return nil, fmt.Errorf("pebble: make a store in %s: %w", d.path, err)
		}
	}
	f, err := readFormat(d.path)
	if err != nil {
		return nil, err
	}
	if o.Partitions != 0 && o.Partitions != int(f.partitions) {
		return nil, fmt.Errorf("%w: %s has %d partitions, not %d; the number cannot be changed", persistence.ErrInvalid, d.path, f.partitions, o.Partitions)
	}
	if !d.fresh {
		if err := d.verify(o); err != nil {
			return nil, err
		}
	}
	s := newStore(d, f, o.Logger)
	if s.db, err = pebble.Open(d.db(), tuned(o, s.health)); err != nil {
		return nil, fmt.Errorf("pebble: open %s: %w", d.db(), err)
	}
	if err := s.load(); err != nil {
		return nil, errors.Join(fmt.Errorf("%w (%s: %w)", persistence.ErrDamaged, d.db(), err), s.db.Close())
	}
	s.start()
	return s, nil
}

// create makes an empty store beside its final place, so that a crash leaves either none or a whole one.
func (d *directory) create(o Options) error {
	dir := filepath.Join(d.path, unfinished)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	health := newHealth(o.Logger, func() {})
	db, err := pebble.Open(filepath.Join(dir, dbDir), tuned(o, health))
	if err != nil {
		return err
	}
	if err := errors.Join(db.Close(), health.err()); err != nil {
		return err
	}
	f := format{partitions: DefaultPartitions}
	if o.Partitions != 0 {
		f.partitions = uint16(o.Partitions) //nolint:gosec // Open has seen that it is at most maxPartitions
	}
	if err := f.finish(d.path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(d.path))
}

// verify looks at an existing database without changing anything.
func (d *directory) verify(o Options) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w (%s: %v)", persistence.ErrDamaged, d.db(), r)
		}
	}()
	health := newHealth(o.Logger, func() {})
	options := tuned(o, health)
	options.ReadOnly, options.ErrorIfNotExists = true, true
	db, err := pebble.Open(d.db(), options)
	if err != nil {
		return d.refusal(err)
	}
	tables, err := db.SSTables()
	if err == nil {
		err = verifyTables(d.db(), tables, options)
	}
	if err = errors.Join(err, db.Close(), health.err()); err != nil {
		return d.refusal(err)
	}
	return nil
}

func verifyTables(dir string, levels [][]pebble.SSTableInfo, o *pebble.Options) error {
	var read uint64
	for _, level := range levels {
		for _, table := range level {
			read += table.Size
			path := filepath.Join(dir, fmt.Sprintf("%06d.sst", uint64(table.BackingSSTNum)))
			if err := verifyTable(path, o, read <= verifyBytes); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	return nil
}

func verifyTable(path string, o *pebble.Options, blocks bool) error {
	file, err := o.FS.Open(path)
	if err != nil {
		return err
	}
	readable, err := sstable.NewSimpleReadable(file)
	if err != nil {
		return errors.Join(err, file.Close())
	}
	table, err := sstable.NewReader(context.Background(), readable, o.MakeReaderOptions())
	if err != nil {
		return errors.Join(err, readable.Close())
	}
	if blocks {
		err = table.ValidateBlockChecksums()
	}
	return errors.Join(err, table.Close())
}

// refusal tells damage from a machine that does not let us look.
func (d *directory) refusal(err error) error {
	for _, machine := range []error{fs.ErrPermission, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM} {
		if errors.Is(err, machine) {
			return fmt.Errorf("pebble: open %s: %w", d.db(), err)
		}
	}
	return fmt.Errorf("%w (%s: %w)", persistence.ErrDamaged, d.db(), err)
}

// tuned is Pebble as Switchyard runs it: memory for the absent keys of ingest (bloom filters at every level), room for
// one flush beside the writes, and a disk format that only a new formatVersion may change.
func tuned(o Options, h *health) *pebble.Options {
	p := &pebble.Options{
		FS:                          unlockedFS{o.fs},
		CacheSize:                   64 << 20,
		MemTableSize:                32 << 20,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       64,
		BytesPerSync:                1 << 20,
		CompactionConcurrencyRange:  func() (int, int) { return 1, 2 },
		FormatMajorVersion:          pebble.FormatWALSyncChunks,
		Logger:                      h,
		EventListener:               &pebble.EventListener{BackgroundError: h.fail, DataCorruption: h.corrupt},
	}
	for i := range p.Levels {
		p.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	return p
}
