//! One entry: examined, read, written. No policy, and no locks but those of its arguments.

use std::fmt;
use std::fs::File;
use std::io::{self, IoSlice, Write};

use release::Release;

use crate::file::{self, Metadata, Stat, is_too_young};
use crate::how::Reason;
use crate::ir::CacheableIr;
use crate::limits::{MAX_HEADER_LEN, MAX_SUMMARY_LEN, TRAILER_READ_LEN};
use crate::lock::LockedFile;
use crate::map::Map;
use crate::source::ReadTime;
use crate::trailer::{self, Bad, FIXED_LEN, Fixed, Trailer};

/// What header and trailer say. The trailer is verified, the header is if there is a trailer, the
/// body is not.
pub(crate) struct Examined<I: CacheableIr> {
    /// The header's bytes.
    header: [u8; MAX_HEADER_LEN],
    pub(crate) stat: Stat,
    lengths: I::Lengths,
    release: Release,
    /// Length of header and body.
    end: u64,
    pub(crate) trailer: Option<Trailer>,
}

/// A body out of an entry, checked.
///
/// Mostly a map, with a lock on the entry for as long as it lives. Others that want to write the entry wait
/// for that, so keep it for a moment only, and do not call [`Store::update`](crate::Store::update) for the
/// same entry while it lives.
pub struct EntryBody<I: CacheableIr> {
    bytes: Bytes,
    lengths: I::Lengths,
    release: Release,
}

enum Bytes {
    Map(Map),
    Copy(Vec<u8>),
}

impl<I: CacheableIr> EntryBody<I> {
    /// The borrowed IR. `None` is not to be expected: the lengths were checked.
    pub fn view(&self) -> Option<I::View<'_>> {
        I::view(
            self.release,
            &self.lengths,
            self.bytes().get(I::HEADER_LEN..)?,
        )
    }

    /// Whether the body is mapped rather than copied.
    pub fn is_mapped(&self) -> bool {
        matches!(self.bytes, Bytes::Map(_))
    }

    /// Header and body.
    fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Map(map) => map.bytes(),
            Bytes::Copy(bytes) => bytes,
        }
    }
}

impl<I: CacheableIr> fmt::Debug for EntryBody<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = self.bytes().len() - I::HEADER_LEN;
        f.debug_struct("EntryBody")
            .field("len", &len)
            .field("mapped", &self.is_mapped())
            .finish()
    }
}

/// A failure to use an entry.
pub(crate) enum Failure {
    /// What is there is no good.
    Bad(Reason),
    /// What is there could not be read.
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl<I: CacheableIr> Examined<I> {
    /// Reads header and trailer of an entry of `release`.
    pub(crate) fn read(file: &File, release: Release) -> Result<Examined<I>, Failure> {
        const { assert!(I::HEADER_LEN <= MAX_HEADER_LEN) }
        let mut header = [0; MAX_HEADER_LEN];
        match read_at(file, &mut header[..I::HEADER_LEN], 0)? {
            // Made a moment ago, by us or by somebody who did not get to writing it.
            0 => return Err(Failure::Bad(Reason::NoEntry)),
            n if n < I::HEADER_LEN => return Err(Failure::Bad(Reason::InvalidHeader)),
            _ => {}
        }
        let decoded = I::decode_header(&header[..I::HEADER_LEN])
            .ok_or(Failure::Bad(Reason::InvalidHeader))?;
        let end = decoded
            .body_len
            .checked_add(I::HEADER_LEN as u64)
            .filter(|&end| i64::try_from(end).is_ok())
            .ok_or(Failure::Bad(Reason::InvalidHeader))?;
        let mut this = Examined {
            header,
            stat: decoded.stat,
            lengths: decoded.lengths,
            release,
            end,
            trailer: None,
        };
        this.trailer = this.read_trailer(file)?;
        Ok(this)
    }

    fn read_trailer(&self, file: &File) -> Result<Option<Trailer>, Failure> {
        let damaged = || Failure::Bad(Reason::Checksum);
        let mut buffer = [0; TRAILER_READ_LEN];
        let n = read_at(file, &mut buffer, self.end)?;
        if n == 0 {
            if file.metadata()?.len() < self.end {
                return Err(Failure::Bad(Reason::Truncated));
            }
            return Ok(None);
        }
        // The reference writes nothing behind the body, so whatever is there was a trailer once.
        let (fixed, rest) = buffer[..n]
            .split_first_chunk::<FIXED_LEN>()
            .ok_or_else(damaged)?;
        let fixed = Fixed::parse(fixed, &I::trailer_tag(self.release)).map_err(reason)?;
        let bare = self.bare_header();
        let bare = &bare[..I::HEADER_LEN];
        let trailer = match rest.get(..fixed.summary_len) {
            Some(summary) => fixed.verify(bare, summary),
            None if n < TRAILER_READ_LEN => return Err(damaged()),
            None => {
                let mut summary = vec![0; fixed.summary_len];
                if read_at(file, &mut summary, self.end + FIXED_LEN as u64)? < summary.len() {
                    return Err(damaged());
                }
                fixed.verify(bare, &summary)
            }
        };
        Ok(Some(trailer.map_err(reason)?))
    }

    /// The header with a stat of zeros.
    fn bare_header(&self) -> [u8; MAX_HEADER_LEN] {
        let mut bare = self.header;
        I::set_stat(&mut bare[..I::HEADER_LEN], &Stat::ZERO);
        bare
    }

    /// Reads the body into memory and checks it.
    pub(crate) fn copy_body(&self, file: &File) -> Result<EntryBody<I>, Failure> {
        // The length came from a header that nothing has vouched for unless there is a trailer.
        if file.metadata()?.len() < self.end {
            return Err(Failure::Bad(Reason::Truncated));
        }
        let too_large = || io::Error::from(io::ErrorKind::OutOfMemory);
        let end = usize::try_from(self.end).map_err(|_| too_large())?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(end).map_err(|_| too_large())?;
        bytes.resize(end, 0);
        if read_at(file, &mut bytes, 0)? < end {
            return Err(Failure::Bad(Reason::Truncated));
        }
        self.check(&bytes)?;
        Ok(EntryBody {
            bytes: Bytes::Copy(bytes),
            lengths: self.lengths,
            release: self.release,
        })
    }

    /// Maps the body, or reads it where that cannot be done or is not wanted, and checks it. Where it is
    /// no good the file comes back, locked as it was.
    pub(crate) fn body(
        &self,
        file: LockedFile,
        map: bool,
    ) -> Result<EntryBody<I>, (LockedFile, Failure)> {
        let file = if map {
            match Map::new(file, self.end) {
                Ok(map) => {
                    return match self.check(map.bytes()) {
                        Ok(()) => Ok(EntryBody {
                            bytes: Bytes::Map(map),
                            lengths: self.lengths,
                            release: self.release,
                        }),
                        Err(failure) => Err((map.into_file(), failure)),
                    };
                }
                Err((file, _)) => file,
            }
        } else {
            file
        };
        self.copy_body(file.file())
            .map_err(|failure| (file, failure))
    }

    /// Checks header and body.
    fn check(&self, bytes: &[u8]) -> Result<(), Failure> {
        let (header, body) = bytes.split_at(I::HEADER_LEN);
        // Without locks somebody may have written in between.
        if header != &self.header[..I::HEADER_LEN] {
            return Err(Failure::Bad(Reason::Checksum));
        }
        let bare = self.bare_header();
        if let Some(trailer) = &self.trailer
            && trailer::sum_of([&bare[..I::HEADER_LEN], body]) != trailer.body_sum
        {
            return Err(Failure::Bad(Reason::Checksum));
        }
        let good = match I::view(self.release, &self.lengths, body) {
            None => false,
            // The checksum says that it is what was written.
            Some(_) if self.trailer.is_some() => true,
            Some(view) => I::validate(&view),
        };
        if good {
            Ok(())
        } else {
            Err(Failure::Bad(Reason::Malformed))
        }
    }

    /// Records another stat, or another mark, in place. The entry must be locked exclusively and
    /// have a trailer.
    ///
    /// Header and trailer are two writes. Between them they disagree, and an entry where they do is
    /// compared by content, so it does not matter if only the first one happens.
    pub(crate) fn restamp(&mut self, file: &File, stat: Stat, read: ReadTime) -> io::Result<()> {
        let Some(trailer) = &mut self.trailer else {
            return Ok(());
        };
        self.stat = stat;
        I::set_stat(&mut self.header[..I::HEADER_LEN], &stat);
        write_at(file, &self.header[..I::HEADER_LEN], 0)?;
        trailer.stat = stat;
        trailer.check_content = is_young(stat, read, mtime_of(file));
        let mut bare = self.header;
        I::set_stat(&mut bare[..I::HEADER_LEN], &Stat::ZERO);
        let fixed = trailer.encode(&I::trailer_tag(self.release), &bare[..I::HEADER_LEN]);
        write_at(file, &fixed, self.end)
    }
}

fn reason(bad: Bad) -> Failure {
    Failure::Bad(match bad {
        Bad::Version => Reason::Version,
        Bad::Damaged => Reason::Checksum,
    })
}

/// Whether the source may have been modified after it was read without its mtime telling.
pub(crate) fn is_young(stat: Stat, read: ReadTime, written_ns: Option<i128>) -> bool {
    is_too_young(stat.mtime_ns, read.earliest_ns(written_ns))
}

/// What a write needs to know of the source.
pub(crate) struct Origin {
    pub(crate) release: Release,
    pub(crate) stat: Stat,
    pub(crate) sha256: [u8; 32],
    pub(crate) read: ReadTime,
}

/// Replaces whatever the entry holds; `empty` says that this is nothing. It must be locked exclusively. After
/// a failure the entry is empty.
pub(crate) fn write<I: CacheableIr>(
    file: &File,
    empty: bool,
    ir: &I,
    origin: &Origin,
) -> io::Result<()> {
    // The entry's mtime is now, or when it was made: no later than now, as the cache's file system has it.
    // An empty file is not truncated again: ext4 takes that for a file being replaced, and sends what is
    // written to the disk as soon as it is closed.
    if !empty {
        file.set_len(0)?;
    }
    let check_content = is_young(origin.stat, origin.read, mtime_of(file));
    let result = write_all(file, ir, origin, check_content);
    if result.is_err() {
        // Half an entry would be found out, but it occupies space that there may not be.
        let _ = file.set_len(0);
    }
    result
}

fn write_all<I: CacheableIr>(
    file: &File,
    ir: &I,
    origin: &Origin,
    check_content: bool,
) -> io::Result<()> {
    let mut header = [0; MAX_HEADER_LEN];
    let header = &mut header[..I::HEADER_LEN];
    ir.encode_header(&Stat::ZERO, header);
    let mut parts: Vec<&[u8]> = Vec::with_capacity(16);
    ir.sections(&mut parts);
    let mut summary = Vec::new();
    ir.summary(&mut summary);
    let trailer = Trailer {
        stat: origin.stat,
        check_content,
        source_sha256: origin.sha256,
        body_sum: trailer::sum_of(std::iter::once(&*header).chain(parts.iter().copied())),
        summary: (summary.len() <= MAX_SUMMARY_LEN).then(|| summary.into_boxed_slice()),
    };
    let fixed = trailer.encode(&I::trailer_tag(origin.release), header);
    I::set_stat(header, &origin.stat);
    parts.push(&fixed);
    parts.push(trailer.summary.as_deref().unwrap_or_default());

    let mut slices: Vec<IoSlice<'_>> = Vec::with_capacity(parts.len() + 1);
    slices.push(IoSlice::new(header));
    // An array that is empty would end the loop below, were it first.
    slices.extend(
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(IoSlice::new),
    );
    // Everything else here reads and writes at offsets of its own.
    file::rewind(file)?;
    let mut slices = &mut slices[..];
    let mut writer = file;
    while !slices.is_empty() {
        match writer.write_vectored(slices) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => IoSlice::advance_slices(&mut slices, n),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn mtime_of(file: &File) -> Option<i128> {
    Metadata::of(file)
        .ok()
        .map(|metadata| Stat::of(&metadata).mtime_ns)
}

/// Reads until the buffer is full or the file ends; tells how much that was.
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut n = 0;
    while n < buffer.len() {
        match file::read_at(file, &mut buffer[n..], offset + n as u64) {
            Ok(0) => break,
            Ok(got) => {
                n += got;
                // A short read of a regular file is its end, nearly always; one that was not shows
                // as an entry that is too short.
                if n < buffer.len() && buffer.len() <= TRAILER_READ_LEN {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(n)
}

fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    file::write_all_at(file, bytes, offset)
}
