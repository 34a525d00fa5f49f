//! One entry: examined, read, written. No policy, and no locks but those of its arguments.

use std::fmt;
use std::fs::File;
use std::io::{self, IoSlice, Seek, SeekFrom, Write};

use release::Release;

use crate::age::{ReadTime, Written, is_young};
use crate::file::{self, Stat};
use crate::how::Reason;
use crate::ir::CacheableIr;
use crate::limits::{MAX_HEADER_LEN, MAX_SUMMARY_LEN, MIN_MAP_LEN, TRAILER_READ_LEN, WRITE_LEN};
use crate::lock::LockedFile;
use crate::map::Map;
use crate::trailer::{Bad, Checksum, FIXED_LEN, Fixed, Trailer};

/// What header and trailer say. The trailer is verified, the header is if there is a trailer, the
/// body is not.
pub(crate) struct Examined<'b, I: CacheableIr> {
    /// The first bytes of the entry: its header, and what came with it.
    start: &'b [u8],
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
/// A long one is a map, if that is wanted ([`Options::map`](crate::Options::map)), with a lock on the entry
/// for as long as it lives. Others that want to write the entry wait for that, so keep it for a moment only,
/// and do not call [`Store::update`](crate::Store::update) for the same entry while it lives.
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

impl<'b, I: CacheableIr> Examined<'b, I> {
    /// Reads header and trailer of an entry of `release`. As much of it as the buffer holds is read at once,
    /// which must be more than a header.
    pub(crate) fn read(
        file: &File,
        release: Release,
        buffer: &'b mut [u8],
    ) -> Result<Examined<'b, I>, Failure> {
        const { assert!(I::HEADER_LEN <= MAX_HEADER_LEN) }
        let buffer_len = buffer.len();
        let len = read_once(file, buffer)?;
        let start = &buffer[..len];
        if start.is_empty() {
            // Made a moment ago, by us or by somebody who did not get to writing it.
            return Err(Failure::Bad(Reason::NoEntry));
        }
        let invalid = || Failure::Bad(Reason::InvalidHeader);
        let bytes = start.get(..I::HEADER_LEN).ok_or_else(invalid)?;
        let mut header = [0; MAX_HEADER_LEN];
        header[..I::HEADER_LEN].copy_from_slice(bytes);
        let decoded = I::decode_header(bytes).ok_or_else(invalid)?;
        let end = decoded
            .body_len
            .checked_add(I::HEADER_LEN as u64)
            .filter(|&end| i64::try_from(end).is_ok())
            .ok_or_else(invalid)?;
        let mut this = Examined {
            start,
            header,
            stat: decoded.stat,
            lengths: decoded.lengths,
            release,
            end,
            trailer: None,
        };
        // What is shorter than it might have been ends there.
        let is_whole = len < buffer_len;
        let behind = usize::try_from(end).ok().and_then(|end| start.get(end..));
        this.trailer = match behind {
            Some(behind @ [_, ..]) if is_whole => Some(this.trailer_of(file, behind, true)?),
            _ => this.read_trailer(file)?,
        };
        Ok(this)
    }

    fn read_trailer(&self, file: &File) -> Result<Option<Trailer>, Failure> {
        let mut buffer = [0; TRAILER_READ_LEN];
        let n = read_at(file, &mut buffer, self.end)?;
        if n == 0 {
            if file.metadata()?.len() < self.end {
                return Err(Failure::Bad(Reason::Truncated));
            }
            return Ok(None);
        }
        self.trailer_of(file, &buffer[..n], n < TRAILER_READ_LEN)
            .map(Some)
    }

    /// The trailer of which this is known: what stands behind the body, all of it if `is_whole`. The
    /// reference writes nothing there, so whatever it is was a trailer once.
    fn trailer_of(&self, file: &File, behind: &[u8], is_whole: bool) -> Result<Trailer, Failure> {
        let damaged = || Failure::Bad(Reason::Checksum);
        let (fixed, rest) = behind
            .split_first_chunk::<FIXED_LEN>()
            .ok_or_else(damaged)?;
        let fixed = Fixed::parse(fixed, &I::trailer_tag(self.release)).map_err(reason)?;
        let bare = self.bare_header();
        let bare = &bare[..I::HEADER_LEN];
        let trailer = match rest.get(..fixed.summary_len) {
            Some(summary) => fixed.verify(bare, summary),
            None if is_whole => return Err(damaged()),
            None => {
                let mut summary = vec![0; fixed.summary_len];
                if read_at(file, &mut summary, self.end + FIXED_LEN as u64)? < summary.len() {
                    return Err(damaged());
                }
                fixed.verify(bare, &summary)
            }
        };
        trailer.map_err(reason)
    }

    /// Whether the body is so long that mapping it is less work than copying it.
    pub(crate) fn is_worth_mapping(&self) -> bool {
        self.end >= MIN_MAP_LEN
    }

    /// The header with a stat of zeros.
    fn bare_header(&self) -> [u8; MAX_HEADER_LEN] {
        let mut bare = self.header;
        I::set_stat(&mut bare[..I::HEADER_LEN], &Stat::ZERO);
        bare
    }

    /// Reads what is not read yet of the body, and checks it.
    pub(crate) fn copy_body(&self, file: &File) -> Result<EntryBody<I>, Failure> {
        let too_large = || io::Error::from(io::ErrorKind::OutOfMemory);
        let end = usize::try_from(self.end).map_err(|_| too_large())?;
        let start = &self.start[..end.min(self.start.len())];
        // The length came from a header that nothing has vouched for unless there is a trailer.
        let is_vouched_for = self.trailer.is_some() || start.len() == end;
        if !is_vouched_for && file.metadata()?.len() < self.end {
            return Err(Failure::Bad(Reason::Truncated));
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(end).map_err(|_| too_large())?;
        bytes.extend_from_slice(start);
        while bytes.len() < end {
            let at = bytes.len() as u64;
            match file::append_at(file, &mut bytes, at) {
                Ok(0) => return Err(Failure::Bad(Reason::Truncated)),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        // The allocator may have given more than was asked for.
        bytes.truncate(end);
        self.check(&bytes)?;
        Ok(EntryBody {
            bytes: Bytes::Copy(bytes),
            lengths: self.lengths,
            release: self.release,
        })
    }

    /// Maps the body, or copies it where that cannot be done, is not wanted or is less work, and checks it.
    /// Where it is no good the file comes back, locked as it was.
    pub(crate) fn body(
        &self,
        file: LockedFile,
        map: bool,
    ) -> Result<EntryBody<I>, (LockedFile, Failure)> {
        let file = if map && self.is_worth_mapping() {
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
            && Checksum::of([&bare[..I::HEADER_LEN], body]) != trailer.body_sum
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
        trailer.check_content = is_young(stat, read, Written::of(file));
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

/// What a write needs to know of the source.
pub(crate) struct Origin {
    pub(crate) release: Release,
    pub(crate) stat: Stat,
    pub(crate) digest: [u8; 16],
    pub(crate) read: ReadTime,
}

/// What an entry held before it is written.
#[derive(Clone, Copy)]
pub(crate) enum Before {
    /// Anything.
    Something,
    /// Nothing. A moment before now, if one is known.
    Nothing(Option<Written>),
}

/// Replaces whatever the entry holds. It must be locked exclusively. After a failure the entry is empty.
pub(crate) fn write<I: CacheableIr>(
    file: &File,
    before: Before,
    ir: &I,
    origin: &Origin,
) -> io::Result<()> {
    // The entry's mtime is now, or when it was made: no later than now, as the cache's file system has it.
    let written = match before {
        Before::Nothing(Some(written)) => Some(written),
        // An empty file is not truncated again: ext4 takes that for a file being replaced, and sends what is
        // written to the disk as soon as it is closed.
        Before::Nothing(None) => Written::of(file),
        Before::Something => {
            file.set_len(0)?;
            Written::of(file)
        }
    };
    let check_content = is_young(origin.stat, origin.read, written);
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
    let mut bare = [0; MAX_HEADER_LEN];
    let bare = &mut bare[..I::HEADER_LEN];
    ir.encode_header(&Stat::ZERO, bare);
    let mut header = [0; MAX_HEADER_LEN];
    let header = &mut header[..I::HEADER_LEN];
    header.copy_from_slice(bare);
    I::set_stat(header, &origin.stat);
    let mut sections: Vec<&[u8]> = Vec::with_capacity(8);
    ir.sections(&mut sections);
    let mut summary = Vec::new();
    ir.summary(&mut summary);
    let summary = (summary.len() <= MAX_SUMMARY_LEN).then_some(summary);

    // Everything else here reads and writes at offsets of its own.
    file::rewind(file)?;
    let mut sum = Checksum::new();
    sum.add(bare);
    let mut pending = Vec::with_capacity(sections.len() + 3);
    pending.push(IoSlice::new(header));
    let mut pending_len = 0;
    // A long body is written in parts, each when it has just been read for the checksum.
    for part in sections
        .iter()
        .flat_map(|section| section.chunks(WRITE_LEN))
    {
        if pending_len + part.len() > WRITE_LEN {
            write_vectored(file, &mut pending)?;
            pending_len = 0;
        }
        sum.add(part);
        pending.push(IoSlice::new(part));
        pending_len += part.len();
    }
    let trailer = Trailer {
        stat: origin.stat,
        check_content,
        source_digest: origin.digest,
        body_sum: sum.finish(),
        summary: summary.map(Vec::into_boxed_slice),
    };
    let fixed = trailer.encode(&I::trailer_tag(origin.release), bare);
    pending.push(IoSlice::new(&fixed));
    pending.push(IoSlice::new(trailer.summary.as_deref().unwrap_or_default()));
    write_vectored(file, &mut pending)
}

/// Writes all of what is pending where the file stands. Then nothing is.
fn write_vectored(mut file: &File, pending: &mut Vec<IoSlice<'_>>) -> io::Result<()> {
    // A slice that is empty would end the loop below, were it first.
    pending.retain(|slice| !slice.is_empty());
    let mut slices = &mut pending[..];
    while !slices.is_empty() {
        match file.write_vectored(slices) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => IoSlice::advance_slices(&mut slices, n),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    pending.clear();
    Ok(())
}

/// Whether an entry holds nothing. It is asked of an entry that was just made: less work than its stat.
pub(crate) fn is_empty(mut file: &File) -> bool {
    let end = file.seek(SeekFrom::End(0));
    if let Ok(1..) = end {
        // An entry is written from where the file stands. This is granted where the end was.
        let _ = file.rewind();
    }
    end.is_ok_and(|end| end == 0)
}

/// Reads from the beginning what there is to be had at once, which is all, or as much as the buffer holds,
/// nearly always; tells how much that was.
fn read_once(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file::read_at(file, buffer, 0) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
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
