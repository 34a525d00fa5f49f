//! What a record has of each file, apart from its path: what it imports and where its entry is. Each can be
//! read and replaced without the others.

use std::sync::Arc;

use cache_store::EntryName;
use manifest::Digest;
use release::Release;

use super::fields::{Reader, Writer};
use crate::file::{EntryPlace, Import};

/// What is known of one file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Part {
    /// What it imports, if it has no error of its own.
    pub(crate) imports: Option<Arc<[Import]>>,
    /// Its entry, if it has one and only one.
    pub(crate) entry: Option<EntryPlace>,
}

/// The parts of all files, as they are written: each behind the number of its bytes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Parts(Vec<u8>);

const HAS_IMPORTS: u64 = 1;
const HAS_ENTRY: u64 = 2;
const IS_LOCAL: u64 = 4;

impl Parts {
    pub(super) fn from_bytes(bytes: Vec<u8>) -> Parts {
        Parts(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Adds that of the next file.
    pub(crate) fn push(&mut self, part: &Part) {
        let begin = self.0.len();
        let mut out = Writer::behind(std::mem::take(&mut self.0));
        part.write(&mut out);
        let end = out.len();
        out.number((end - begin) as u64);
        self.0 = out.into_bytes();
        // The number goes before what it counts.
        self.0[begin..].rotate_left(end - begin);
    }

    /// That of one file. `None` if there is none.
    pub(crate) fn get(&self, position: usize, release: Release) -> Option<Part> {
        let mut reader = Reader(&self.0);
        for _ in 0..position {
            reader.bytes()?;
        }
        Part::read(reader.bytes()?, release)
    }

    /// All of them. `None` if it is not that many.
    pub(crate) fn all(&self, count: usize, release: Release) -> Option<Vec<Part>> {
        let mut reader = Reader(&self.0);
        // A byte at least for each.
        let mut parts = Vec::with_capacity(count.min(self.0.len()));
        for _ in 0..count {
            parts.push(Part::read(reader.bytes()?, release)?);
        }
        reader.0.is_empty().then_some(parts)
    }

    /// The same parts but for some, which are given with their positions, in order.
    pub(crate) fn with(&self, changed: &[(usize, Part)]) -> Option<Parts> {
        let mut parts = Parts(Vec::with_capacity(self.0.len() + 64));
        let mut reader = Reader(&self.0);
        let mut next = 0;
        for (position, part) in changed {
            let begin = reader.0;
            for _ in next..*position {
                reader.bytes()?;
            }
            parts.0.extend(&begin[..begin.len() - reader.0.len()]);
            reader.bytes()?;
            parts.push(part);
            next = position + 1;
        }
        parts.0.extend(reader.0);
        Some(parts)
    }
}

impl Part {
    fn write(&self, out: &mut Writer) {
        let flag = |is_so, flag| if is_so { flag } else { 0 };
        let Part { imports, entry } = self;
        out.number(
            flag(imports.is_some(), HAS_IMPORTS)
                | flag(entry.is_some(), HAS_ENTRY)
                | flag(entry.is_some_and(|entry| entry.is_local), IS_LOCAL),
        );
        if let Some(entry) = entry {
            let digest = Digest::from_hex(entry.name.as_str().as_bytes());
            out.raw(&digest.unwrap_or_default().0);
        }
        for Import { name, token } in imports.as_deref().unwrap_or_default() {
            out.bytes(name);
            out.number(u64::from(*token));
        }
    }

    fn read(bytes: &[u8], release: Release) -> Option<Part> {
        let mut reader = Reader(bytes);
        let flags: u64 = reader.number()?;
        let entry = match flags & HAS_ENTRY {
            0 => None,
            _ => Some(EntryPlace {
                is_local: flags & IS_LOCAL != 0,
                name: EntryName::from_digest(release, reader.raw()?),
            }),
        };
        let mut imports = Vec::new();
        while !reader.0.is_empty() {
            imports.push(Import {
                name: reader.bytes()?.to_vec(),
                token: reader.number()?,
            });
        }
        let imports = (flags & HAS_IMPORTS != 0).then(|| imports.into());
        Some(Part { imports, entry })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: u8, imports: Option<&[&str]>) -> Part {
        let import = |(token, name): (usize, &&str)| Import {
            name: name.as_bytes().to_vec(),
            token: token as u32 * 1000,
        };
        Part {
            imports: imports.map(|names| names.iter().enumerate().map(import).collect()),
            entry: (number > 0).then(|| EntryPlace {
                is_local: number.is_multiple_of(2),
                name: EntryName::from_digest(Release::NEWEST, [number; 16]),
            }),
        }
    }

    #[test]
    fn each_can_be_read_and_replaced() {
        let mut list = vec![
            part(1, Some(&["a.zig", "std", ""])),
            part(0, None),
            part(2, Some(&[])),
            part(3, Some(&["x"])),
            part(4, None),
        ];
        let mut parts = Parts::default();
        list.iter().for_each(|part| parts.push(part));
        let read = |parts: &Parts, count| parts.all(count, Release::NEWEST);
        assert_eq!(read(&parts, 5).as_ref(), Some(&list));
        assert_eq!((read(&parts, 4), read(&parts, 6)), (None, None));
        for (position, part) in list.iter().enumerate() {
            assert_eq!(parts.get(position, Release::NEWEST).as_ref(), Some(part));
        }
        assert_eq!(parts.get(5, Release::NEWEST), None);
        for positions in [
            &[][..],
            &[0],
            &[4],
            &[2],
            &[0, 1, 4],
            &[1, 3],
            &[0, 1, 2, 3, 4],
        ] {
            let new = |&at: &usize| (at, part(9 + at as u8, Some(&["new.zig"])));
            let changed: Vec<_> = positions.iter().map(new).collect();
            let mut expected = list.clone();
            for (at, part) in &changed {
                expected[*at] = part.clone();
            }
            assert_eq!(read(&parts.with(&changed).unwrap(), 5), Some(expected));
        }
        assert_eq!(parts.with(&[(5, part(1, None))]), None);
        list.clear();
        assert_eq!(read(&Parts::default(), 0), Some(list));
    }
}
