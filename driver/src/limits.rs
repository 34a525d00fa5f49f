//! Limits, each with its reason.

use std::time::Duration;

/// Errors about files in several modules that are reported, as in the reference: one mistake in a build
/// script can cause one for each file.
pub(crate) const MAX_MULTI_MODULE_ERRORS: usize = 5;

/// Notes of such an error that say where the file is imported, as in the reference.
pub(crate) const MAX_MULTI_MODULE_NOTES: usize = 5;

/// Length of a `--files-from` list. Far more than any tree has; a wrong file (a device, a core dump) ends
/// in an error and not in memory.
pub(crate) const MAX_LIST_LEN: u64 = 1 << 30;

/// Bytes of source lines and marks below them that are shown for one file; what is said after that is said
/// without. Far more than anybody reads. A line of some megabytes with an error in each token would otherwise
/// be shown once for each.
pub(crate) const MAX_SHOWN_LINES_LEN: u64 = 64 << 20;

/// Bytes of sources that are kept, with their tokens, while errors are placed in them; with more all are
/// given up, and read again if need be. Sources with errors are few; where they are not, the program is not
/// to lie in memory as a whole.
pub(crate) const MAX_SOURCES_LEN: usize = 8 << 20;

/// Length of the record beside a manifest. That of a hundred thousand files is a tenth of it; beyond it,
/// running again is no worse than reading it.
pub(crate) const MAX_RECORD_LEN: u64 = 64 << 20;

/// Declarations around a declaration that are named with it. Real code has a handful; the names of a file
/// nested without limit would be as long as the square of it.
pub(crate) const MAX_NAME_PARTS: usize = 16;

/// How deep JSON may nest that becomes ZON: no deeper than ZON can be read.
pub(crate) const MAX_JSON_DEPTH: usize = syntax::limits::MAX_NESTING as usize / 2;

/// Levels by which JSON and ZON are indented at most. The text of a document nested without limit would
/// otherwise grow with the square of its depth.
pub(crate) const MAX_INDENT: usize = 100;

/// Bytes of address space for the stack of a worker, if it is to be had. What nests deeper than a stack goes
/// on in memory that is given back to the system after each step of the work; so this has room for what nests
/// without reason, and is touched as far as it is used.
pub(crate) const WORKER_STACK_LEN: usize = 256 << 20;

/// Length of a file that is read to tell the release of a lib directory. In no release one of them has 80,000
/// bytes, so a longer one is of none.
pub(crate) const MAX_RELEASE_FILE_LEN: u64 = 1 << 20;

/// Length of a `build.zig.zon` that is asked for a version. Written by hand, it has some kilobytes; of a
/// longer one it is not worth the time to find out what release is meant.
pub(crate) const MAX_PACKAGE_FILE_LEN: u64 = 1 << 20;

/// Length of a `zirc.zon`. Written by hand, it has some hundred bytes; a wrong file of that name ends in an
/// error and not in memory.
pub(crate) const MAX_SETTINGS_LEN: u64 = 1 << 20;

/// Links on the way to one file that `watch` follows, as Linux does. What goes round ends here.
pub(crate) const MAX_LINKS: usize = 40;

/// Files that are checked one by one before what is found in them is taken in: enough to keep workers busy,
/// and few enough that the output of a large tree begins at once.
pub(crate) const FILES_BATCH: usize = 256;

/// Files that have changed since the last run and are loaded one by one, before it is known whether the
/// program has to be gone over again. As many as a person edits; of more, workers load several at a time.
pub(crate) const MAX_EDITED_FILES: usize = 8;

/// How often `watch` looks where the system does not tell of changes. A second is what a person waits, and
/// looking at the stats of a large program takes a few milliseconds.
pub(crate) const FALLBACK_POLL: Duration = Duration::from_secs(1);

/// An update of `watch` comes at the latest after so many times of quiet that never came: a file that is
/// written to all the time must not keep others from being seen.
pub(crate) const MAX_DEBOUNCE: u32 = 20;

/// Files of a cache that could not be looked at which are named; the others are counted. A directory without
/// the right to read it has one for each of its files.
pub(crate) const MAX_PROBLEMS: usize = 100;

/// Names in a folder `p` that are looked at to see whether it is one of packages: of a real one the first
/// tells.
pub(crate) const MAX_LOOKS_LIKE: usize = 1000;

/// First files of manifests that are told apart when a cache is counted. A project has some dozens of steps;
/// this bounds what a made-up cache can take of memory.
pub(crate) const MAX_ROOTS: usize = 100_000;

/// Files in an archive of caches. A cache that has grown for years has a million of them; this keeps a
/// made-up archive from filling memory with names.
pub(crate) const MAX_ARCHIVE_FILES: u64 = 4_000_000;

/// Bytes that an archive of caches may come to. The largest caches that people tell of have 92 GB, of all
/// their projects; a made-up archive of some megabytes could fill any disk.
pub(crate) const MAX_UNPACKED_LEN: u64 = 128 << 30;

/// Length of a name in an archive of caches: what a path can have, and some more for the names of the
/// folders.
pub(crate) const MAX_ARCHIVE_NAME_LEN: u64 = 8 << 10;

/// Names that are offered where none of that name is known: what fits on a screen.
pub(crate) const MAX_STEP_NAMES: usize = 40;

/// How many of the largest are named.
pub(crate) const LARGEST: usize = 10;

/// What lies in `tmp/` of a cache unchanged for so long is nobody's any more. A step of a build that writes
/// nothing for an hour is rare; and before anything is removed, it is asked who is at work.
pub(crate) const OLD_TEMPORARY: Duration = Duration::from_secs(60 * 60);

/// How often what a result needs is looked for in turn, so that it counts as used when that was. Builds have
/// a few steps that follow each other; a made-up cache may have any number.
pub(crate) const MAX_STEPS_IN_A_ROW: u32 = 100;

/// What was written less than this ago may be needed by whoever is at work, where that cannot be seen: no
/// step of a build goes on for so long without writing anything.
pub(crate) const GRACE: Duration = Duration::from_secs(10 * 60);

/// An empty manifest that is older is of a step that nobody asks for: one that is asked for is written.
pub(crate) const OLD_EMPTY: Duration = Duration::from_secs(24 * 60 * 60);

/// How often it is looked whether a cache is idle. To look takes some milliseconds, and the pause between two
/// builds of a person is longer.
pub(crate) const IDLE_POLL: Duration = Duration::from_millis(50);

/// Things that are removed between two looks at who is at work. Whoever comes meanwhile waits for so many
/// renames at most, some milliseconds; and so many manifests are open at a time.
pub(crate) const REMOVAL_BATCH: usize = 64;

/// Packages whose dependencies are read. The largest projects have some dozens.
pub(crate) const MAX_PROJECTS: usize = 10_000;

/// Bytes of what a program that was started has printed that are kept, from the end: what a person reads.
pub(crate) const MAX_SAID_LEN: usize = 64 << 10;

/// How often it is looked whether a program that was started has ended. Nobody sees it, and it costs nothing.
pub(crate) const EXIT_POLL: Duration = Duration::from_millis(5);

/// Length of a module map, or of the configuration that it is made of. Those of the largest projects that are
/// known have some hundred kilobytes.
pub(crate) const MAX_MAP_LEN: u64 = 64 << 20;

/// Inputs of a manifest in whose digests each digit is tried. Steps that compile nothing have a few.
pub(crate) const MAX_TRIED_INPUTS: usize = 64;

/// How far apart two times may be that the system gave in one call: twice the coarsest tick of its clock.
pub(crate) const CHANGE_TICK: Duration = Duration::from_millis(20);

/// Files beside one that is missing whose names are compared with it. Folders of sources have some hundreds.
pub(crate) const MAX_SIBLINGS: usize = 10_000;

/// Bytes that the modules of a configured build may come to, names and texts. Import tables and names are
/// shared in the file, so a made-up one could come to the square of its length.
pub(crate) const MAX_MODULE_MAP_LEN: usize = 64 << 20;
