//! ZIR in a cache: how the store writes an entry, looks at one, and what it keeps for those who only walk
//! the import graph.

use cache_store::{CacheableIr, Release};

use crate::header::{HEADER_LEN, Header, Stat};
use crate::owned::Zir;
use crate::validate::validate;
use crate::view::ZirRef;

/// What a walk over the import graph needs to know of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Whether the file has compile errors.
    pub has_compile_errors: bool,
    /// Whether they left no instructions.
    pub lowering_failed: bool,
    /// What it imports, in the order of first imports.
    pub imports: Vec<SummaryImport>,
}

/// An import of a [`Summary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryImport {
    /// What is imported, as written. Need not be UTF-8.
    pub name: Vec<u8>,
    /// The token of the string.
    pub token: u32,
}

const HAS_COMPILE_ERRORS: u8 = 1;
const LOWERING_FAILED: u8 = 2;

impl Summary {
    /// The summary of a file.
    pub fn of(zir: ZirRef<'_>) -> Summary {
        let imports = zir.imports().map(|i| SummaryImport {
            name: i.path.to_vec(),
            token: i.token,
        });
        Summary {
            has_compile_errors: zir.has_compile_errors(),
            lowering_failed: zir.lowering_failed(),
            imports: imports.collect(),
        }
    }

    /// Appends it as bytes: flags, then for each import token, length and name.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        out.push(
            flag(self.has_compile_errors, HAS_COMPILE_ERRORS)
                | flag(self.lowering_failed, LOWERING_FAILED),
        );
        for import in &self.imports {
            out.extend_from_slice(&import.token.to_le_bytes());
            out.extend_from_slice(&(import.name.len() as u32).to_le_bytes());
            out.extend_from_slice(&import.name);
        }
    }

    /// Reads what [`Summary::encode`] wrote; `None` of any other bytes.
    pub fn decode(bytes: &[u8]) -> Option<Summary> {
        let (&flags, mut rest) = bytes.split_first()?;
        if flags & !(HAS_COMPILE_ERRORS | LOWERING_FAILED) != 0 {
            return None;
        }
        let mut imports = Vec::new();
        while !rest.is_empty() {
            let (token, tail) = rest.split_first_chunk()?;
            let (len, tail) = tail.split_first_chunk()?;
            let (name, tail) = tail.split_at_checked(u32::from_le_bytes(*len) as usize)?;
            imports.push(SummaryImport {
                name: name.to_vec(),
                token: u32::from_le_bytes(*token),
            });
            rest = tail;
        }
        Some(Summary {
            has_compile_errors: flags & HAS_COMPILE_ERRORS != 0,
            lowering_failed: flags & LOWERING_FAILED != 0,
            imports,
        })
    }
}

impl From<&cache_store::Stat> for Stat {
    fn from(stat: &cache_store::Stat) -> Stat {
        Stat {
            inode: stat.inode,
            size: stat.size,
            mtime: stat.mtime_ns,
        }
    }
}

impl From<Stat> for cache_store::Stat {
    fn from(stat: Stat) -> cache_store::Stat {
        cache_store::Stat {
            inode: stat.inode,
            size: stat.size,
            mtime_ns: stat.mtime,
        }
    }
}

fn decode(header: &[u8]) -> Option<Header> {
    header.first_chunk::<HEADER_LEN>().map(Header::decode)
}

impl CacheableIr for Zir {
    const HEADER_LEN: usize = HEADER_LEN;
    // An entry that came from a machine of the other byte order must not be taken for one of this.
    fn trailer_tag(release: Release) -> [u8; 8] {
        let version = if cfg!(target_endian = "little") {
            b'a'
        } else {
            b'A'
        };
        cache_store::trailer_tag(b"zir", release, version)
    }

    type Lengths = Header;
    type View<'a> = ZirRef<'a>;

    fn encode_header(&self, stat: &cache_store::Stat, out: &mut [u8]) {
        out.copy_from_slice(&Header::of(self.view(), stat.into()).encode());
    }

    fn decode_header(header: &[u8]) -> Option<cache_store::Header<Header>> {
        let lengths = decode(header)?;
        Some(cache_store::Header {
            stat: lengths.stat.into(),
            body_len: lengths.body_len(),
            lengths,
        })
    }

    fn set_stat(header: &mut [u8], stat: &cache_store::Stat) {
        if let Some(lengths) = decode(header) {
            header.copy_from_slice(
                &Header {
                    stat: stat.into(),
                    ..lengths
                }
                .encode(),
            );
        }
    }

    fn sections<'a>(&'a self, out: &mut Vec<&'a [u8]>) {
        out.extend(self.sections());
    }

    fn view<'a>(release: Release, lengths: &Header, body: &'a [u8]) -> Option<ZirRef<'a>> {
        lengths.sections(release.generation(), body).ok()
    }

    fn validate(view: &ZirRef<'_>) -> bool {
        validate(*view).is_ok()
    }

    fn summary(&self, out: &mut Vec<u8>) {
        Summary::of(self.view()).encode(out);
    }

    fn view_summary(view: &ZirRef<'_>, out: &mut Vec<u8>) {
        Summary::of(*view).encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_survive_the_round_trip_and_nothing_else_is_one() {
        let summary = Summary {
            has_compile_errors: true,
            lowering_failed: false,
            imports: vec![
                SummaryImport {
                    name: b"std".to_vec(),
                    token: 7,
                },
                SummaryImport {
                    name: b"a\xff.zig".to_vec(),
                    token: u32::MAX,
                },
            ],
        };
        let mut bytes = Vec::new();
        summary.encode(&mut bytes);
        assert_eq!(Summary::decode(&bytes), Some(summary));
        assert_eq!(Summary::decode(&[0]), Some(Summary::default()));
        for len in 0..bytes.len() {
            // Cut between two imports it is a shorter summary; elsewhere it is none.
            let cut = Summary::decode(&bytes[..len]);
            assert!(cut.is_none() || [1, 12].contains(&len), "{len}");
        }
        assert_eq!(Summary::decode(&[4]), None);
    }
}
