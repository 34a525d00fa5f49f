//! An IR for the tests: the lines of a text as offsets, and the text in reverse.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use cache_store::*;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Toy {
    pub(crate) line_starts: Vec<u8>,
    pub(crate) reversed: Vec<u8>,
}

pub(crate) struct ToyView<'a> {
    pub(crate) line_starts: &'a [u8],
    pub(crate) reversed: &'a [u8],
}

impl Toy {
    /// The lowering: one line offset (4 bytes) a line, then the text backwards.
    pub(crate) fn generate(source: &[u8]) -> Toy {
        let mut starts = vec![0u32];
        starts.extend(
            source
                .iter()
                .enumerate()
                .filter(|(_, b)| **b == b'\n')
                .map(|(i, _)| i as u32 + 1),
        );
        Toy {
            line_starts: starts
                .iter()
                .flat_map(|start| start.to_ne_bytes())
                .collect(),
            reversed: source.iter().rev().copied().collect(),
        }
    }

    pub(crate) fn as_view(&self) -> ToyView<'_> {
        ToyView {
            line_starts: &self.line_starts,
            reversed: &self.reversed,
        }
    }
}

impl ToyView<'_> {
    pub(crate) fn to_owned(&self) -> Toy {
        Toy {
            line_starts: self.line_starts.to_vec(),
            reversed: self.reversed.to_vec(),
        }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap())
}

impl CacheableIr for Toy {
    const HEADER_LEN: usize = 48;
    fn trailer_tag(_: Release) -> [u8; 8] {
        *b"toy\0\0\0\0\x01"
    }
    type Lengths = (u32, u32);
    type View<'a> = ToyView<'a>;

    fn encode_header(&self, stat: &Stat, out: &mut [u8]) {
        out[0..4].copy_from_slice(&(self.line_starts.len() as u32 / 4).to_ne_bytes());
        out[4..8].copy_from_slice(&(self.reversed.len() as u32).to_ne_bytes());
        Self::set_stat(out, stat);
    }

    fn decode_header(header: &[u8]) -> Option<Header<(u32, u32)>> {
        let lengths = (u32_at(header, 0), u32_at(header, 4));
        Some(Header {
            stat: Stat {
                inode: u64::from_ne_bytes(header[16..24].try_into().ok()?),
                size: u64::from_ne_bytes(header[24..32].try_into().ok()?),
                mtime_ns: i128::from_ne_bytes(header[32..48].try_into().ok()?),
            },
            body_len: u64::from(lengths.0) * 4 + u64::from(lengths.1),
            lengths,
        })
    }

    fn set_stat(header: &mut [u8], stat: &Stat) {
        header[16..24].copy_from_slice(&stat.inode.to_ne_bytes());
        header[24..32].copy_from_slice(&stat.size.to_ne_bytes());
        header[32..48].copy_from_slice(&stat.mtime_ns.to_ne_bytes());
    }

    fn sections<'a>(&'a self, out: &mut Vec<&'a [u8]>) {
        out.extend([&*self.line_starts, &*self.reversed]);
    }

    fn view<'a>(_: Release, lengths: &(u32, u32), body: &'a [u8]) -> Option<ToyView<'a>> {
        let (line_starts, reversed) = body.split_at_checked(lengths.0 as usize * 4)?;
        (reversed.len() == lengths.1 as usize).then_some(ToyView {
            line_starts,
            reversed,
        })
    }

    fn validate(view: &ToyView<'_>) -> bool {
        view.line_starts
            .chunks(4)
            .all(|start| u32_at(start, 0) as usize <= view.reversed.len())
    }

    fn summary(&self, out: &mut Vec<u8>) {
        Self::view_summary(&self.as_view(), out);
    }

    /// The number of lines and the first line.
    fn view_summary(view: &ToyView<'_>, out: &mut Vec<u8>) {
        out.extend((view.line_starts.len() as u32 / 4).to_le_bytes());
        out.extend(view.reversed.iter().rev().take_while(|b| **b != b'\n'));
    }
}

/// The summary that belongs to a source.
pub(crate) fn summary_of(source: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Toy::generate(source).summary(&mut out);
    out
}

/// A directory with a source that is no longer young, and a store.
pub(crate) struct Place {
    _dir: tempfile::TempDir,
    pub(crate) root: PathBuf,
    pub(crate) source: PathBuf,
    pub(crate) store: Store,
    pub(crate) name: EntryName,
    pub(crate) generated: AtomicU32,
}

/// Older than any timestamp tick.
pub(crate) fn long_ago() -> SystemTime {
    SystemTime::now() - Duration::from_secs(3600)
}

pub(crate) fn set_mtime(path: &Path, time: SystemTime) {
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(time)
        .unwrap();
}

impl Place {
    pub(crate) fn new(text: &[u8]) -> Place {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().to_owned();
        let source = root.join("a.zig");
        let (store, warning) = Store::open(&root.join("z"));
        assert!(warning.is_none());
        let name = entry_name(Release::V0_14_1, ModuleRoot::Main, b"a.zig");
        let place = Place {
            _dir: dir,
            root,
            source,
            store,
            name,
            generated: AtomicU32::new(0),
        };
        place.write_source(text, long_ago());
        place
    }

    pub(crate) fn write_source(&self, text: &[u8], mtime: SystemTime) {
        fs::write(&self.source, text).unwrap();
        set_mtime(&self.source, mtime);
    }

    pub(crate) fn entry(&self) -> PathBuf {
        self.root.join("z").join(self.name.as_str())
    }

    pub(crate) fn entry_bytes(&self) -> Vec<u8> {
        fs::read(self.entry()).unwrap()
    }

    pub(crate) fn update(&self, options: &Options<'_>) -> Outcome<Toy> {
        let mut source = SourceFile::open(&self.source).unwrap();
        self.store
            .update(&self.name, &mut source, options, |text| {
                self.generated.fetch_add(1, Ordering::Relaxed);
                Toy::generate(text)
            })
            .unwrap()
    }

    /// Updates with both wants, summary first, and checks that the result is that of the source. How the
    /// first one was.
    pub(crate) fn check(&self) -> How {
        let text = fs::read(&self.source).unwrap();
        let first = self.update(&Options::default());
        assert_eq!(first.ir.summary(), summary_of(&text));
        let how = first.how;
        assert!(first.warnings.is_empty(), "{:?}", first.warnings);
        drop(first);
        let second = self.update(&BODY);
        assert_eq!(toy(&second), Toy::generate(&text));
        assert_eq!(second.ir.summary(), summary_of(&text));
        how
    }

    /// The entry as the reference would have written it.
    pub(crate) fn strip_trailer(&self) {
        let bytes = self.entry_bytes();
        let header = Toy::decode_header(&bytes[..48]).unwrap();
        fs::write(self.entry(), &bytes[..48 + header.body_len as usize]).unwrap();
    }
}

pub(crate) const BODY: Options<'static> = Options {
    want: Want::Body,
    map: true,
    exclusive: false,
    on_wait: None,
};

/// The whole IR of an outcome that has it.
pub(crate) fn toy(outcome: &Outcome<Toy>) -> Toy {
    match &outcome.ir {
        Ir::Summary(_) => panic!("only a summary"),
        Ir::Entry { body, .. } => body.view().unwrap().to_owned(),
        Ir::Fresh(ir) => ir.clone(),
    }
}
