//! The owned form: the arrays themselves.

use release::Generation;
use zerocopy::IntoBytes;

use crate::header::{Header, Stat};
use crate::inst::Data;
use crate::view::{EXTRA_RESERVED, ZirRef};

/// The ZIR of one file, owned. Everything that can be asked of it is asked of its [view](Zir::view).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zir {
    /// The generation by whose [`Format`](crate::Format) it is written.
    pub generation: Generation,
    /// The bytes of the instructions' tags.
    pub tags: Vec<u8>,
    /// The instructions' data; as many as tags.
    pub data: Vec<Data>,
    /// Strings. Index 0 is the empty string.
    pub string_bytes: Vec<u8>,
    /// Payloads. The first two words are the indices of the compile errors and of the imports, or 0.
    pub extra: Vec<u32>,
}

impl Zir {
    /// Nothing yet: the empty string and the reserved words.
    pub fn new(generation: Generation) -> Zir {
        Zir {
            generation,
            tags: Vec::new(),
            data: Vec::new(),
            string_bytes: vec![0],
            extra: vec![0; EXTRA_RESERVED as usize],
        }
    }

    /// The borrowed form of the same arrays; costs nothing.
    pub fn view(&self) -> ZirRef<'_> {
        ZirRef::new(
            self.generation,
            &self.tags,
            &self.data,
            &self.string_bytes,
            self.extra.as_bytes(),
        )
    }

    /// Gives up room that is not used, for which long arrays may be copied.
    pub fn shrink_to_fit(&mut self) {
        self.tags.shrink_to_fit();
        self.data.shrink_to_fit();
        self.string_bytes.shrink_to_fit();
        self.extra.shrink_to_fit();
    }

    /// The sections of an entry in their order on disk; what follows the header.
    pub fn sections(&self) -> [&[u8]; 4] {
        [
            &self.tags,
            self.data.as_bytes(),
            &self.string_bytes,
            self.extra.as_bytes(),
        ]
    }
}

impl Zir {
    /// The bytes of an entry whose stat is zero, without a trailer.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Header::of(self.view(), Stat::default()).encode().to_vec();
        for section in self.sections() {
            bytes.extend_from_slice(section);
        }
        bytes
    }
}

impl ZirRef<'_> {
    /// Copies the arrays. None where a tag is unknown.
    pub fn to_owned(&self) -> Option<Zir> {
        let known = |&tag: &u8| self.format().tag(tag).is_some();
        self.tag_bytes().iter().all(known).then(|| Zir {
            generation: self.format().generation,
            tags: self.tag_bytes().to_vec(),
            data: self.datas().to_vec(),
            string_bytes: self.string_bytes().to_vec(),
            extra: self.extra().iter().map(|word| word.get()).collect(),
        })
    }
}
