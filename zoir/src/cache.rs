//! ZOIR in a cache: how the store writes an entry, looks at one, and what it keeps for those who need no
//! body.

use alloc::vec::Vec;

use cache_store::{CacheableIr, Release};

use crate::header::{HEADER_LEN, Header, Stat};
use crate::owned::Zoir;
use crate::validate::validate;
use crate::view::ZoirRef;

/// What is asked of a document without reading it. ZON imports nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Whether the document has compile errors.
    pub has_compile_errors: bool,
}

impl Summary {
    /// The summary of a document.
    pub fn of(zoir: ZoirRef<'_>) -> Summary {
        Summary {
            has_compile_errors: zoir.has_compile_errors(),
        }
    }

    /// Appends it as one byte.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.has_compile_errors));
    }

    /// Reads what [`Summary::encode`] wrote; `None` of any other bytes.
    pub fn decode(bytes: &[u8]) -> Option<Summary> {
        match bytes {
            [flag @ (0 | 1)] => Some(Summary {
                has_compile_errors: *flag == 1,
            }),
            _ => None,
        }
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

impl CacheableIr for Zoir {
    const HEADER_LEN: usize = HEADER_LEN;
    // An entry that came from a machine of the other byte order must not be taken for one of this.
    fn trailer_tag(release: Release) -> [u8; 8] {
        let version = if cfg!(target_endian = "little") {
            b'a'
        } else {
            b'A'
        };
        cache_store::trailer_tag(b"zon", release, version)
    }

    type Lengths = Header;
    type View<'a> = ZoirRef<'a>;

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
        out.extend(Zoir::sections(self));
    }

    fn view<'a>(_release: Release, lengths: &Header, body: &'a [u8]) -> Option<ZoirRef<'a>> {
        lengths.sections(body).ok()
    }

    fn validate(view: &ZoirRef<'_>) -> bool {
        validate(*view).is_ok()
    }

    fn summary(&self, out: &mut Vec<u8>) {
        Summary::of(Zoir::view(self)).encode(out);
    }

    fn view_summary(view: &ZoirRef<'_>, out: &mut Vec<u8>) {
        Summary::of(*view).encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_survive_the_round_trip_and_nothing_else_is_one() {
        for summary in [
            Summary {
                has_compile_errors: false,
            },
            Summary {
                has_compile_errors: true,
            },
        ] {
            let mut bytes = Vec::new();
            summary.encode(&mut bytes);
            assert_eq!(Summary::decode(&bytes), Some(summary));
        }
        for bytes in [[].as_slice(), &[2], &[0, 0]] {
            assert_eq!(Summary::decode(bytes), None);
        }
    }
}
