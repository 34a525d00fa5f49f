//! Typed values. `reference_reads` and `reference_writes` are the cases of the tests in the reference's
//! `lib/std/zon/parse.zig` and `stringify.zig` that have a meaning in Rust: the same value, or the same
//! message at the same place, in every release. `releases` has what differs.
//!
//! Left out of `parse.zig`:
//! - `canParseType` and `requiresAllocator`: the compiler decides what implements `Deserialize`, and there is
//!   no allocator;
//! - running out of memory, and freeing what was read before an error: values are dropped (that such
//!   documents fail is tested);
//! - sentinels other than the zero of a `CString`, and alignment: Rust's slices have neither;
//! - strings for mutable slices: `Vec<u8>` stands for those, bytes for the others;
//! - untagged unions, and unions all of whose variants are void, which are enums in Rust;
//! - comptime fields;
//! - widths that Rust lacks: for `i14`, `u65` and `i66` stand the next greater ones and 128 bits, for `f16`
//!   `f32`, for `f128` `f64` and `Value`, which keeps all digits;
//! - the messages of vectors: they are arrays here, with the messages of arrays, as in the reference from
//!   0.16 on;
//! - values that are updated (from 0.17.0 on): serde has `deserialize_in_place` for that, which none of its
//!   derived types uses;
//! - where a wrong escape of a string stands: up to 0.16 the reference tells a place that it miscounts if a
//!   type is read, the right one if not; here it is the right one, and such errors come with those of syntax,
//!   before any of types. Bytes in messages that are not UTF-8 are replaced.
//!
//! Left out of `stringify.zig`:
//! - `canSerializeType`, `typeIsRecursive`, `checkValueDepth` and limits on depth: `Serialize` decides, and
//!   values have an end;
//! - writing a document piece by piece (whitespace, low level API; tuple/struct field): serde has calls of
//!   its own for that;
//! - a code point beyond Unicode, and one in a type of 22 bits: `char` has none, and there is no such type
//!   (`u32` stands for it);
//! - multiline strings of one line, or with a carriage return before a line feed: only those are written so
//!   that mean the same when they are read; others are quoted, where the reference loses the carriage return
//!   or gives an error;
//! - `-0.0` at compile time, which is zero there.

mod bad_input;
mod enums;
mod other;
mod reference_reads;
mod reference_writes;
mod releases;

use std::fmt::Debug;

use serde::Deserialize;
use syntax::Release;
use zoir::typed::DeOptions;
use zongen::from_str_with;

/// The value as the newest release reads it; all others read one, too.
#[track_caller]
pub(crate) fn ok<'de, T: Deserialize<'de>>(text: &'de str) -> T {
    let read = |release| {
        from_str_with::<T>(text, DeOptions::default().release(release))
            .unwrap_or_else(|error| panic!("{release}: {text}\n{error}"))
    };
    for &release in Release::ALL {
        drop(read(release));
    }
    read(Release::NEWEST)
}

/// What is wrong, in the words of all releases.
#[track_caller]
pub(crate) fn err<'de, T: Deserialize<'de> + Debug>(text: &'de str) -> String {
    let newest = err_in::<T>(Release::NEWEST, text);
    for &release in Release::ALL {
        assert_eq!(err_in::<T>(release, text), newest, "{release}: {text}");
    }
    newest
}

/// What is wrong, in the words of a release.
#[track_caller]
pub(crate) fn err_in<'de, T: Deserialize<'de> + Debug>(release: Release, text: &'de str) -> String {
    let options = DeOptions::default().release(release);
    from_str_with::<T>(text, options)
        .expect_err(text)
        .to_string()
}

/// Bytes: what is `[]const u8` in Zig.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Bytes, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = seq.next_element()? {
                    bytes.push(byte);
                }
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}

#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Vec0 {}

#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Vec1 {
    pub(crate) x: f32,
}

#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Vec2 {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Vec3 {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) z: f32,
}

#[derive(Debug, PartialEq, Deserialize)]
pub(crate) struct Tuple0();

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Union {
    X(f32),
    #[serde(rename = "y y")]
    Y(bool),
    Z,
    #[serde(rename = "z z")]
    Zz,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Floats {
    X(f32),
    Y(f32),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Enum {
    Foo,
    Bar,
    Baz,
    #[serde(rename = "ab\nc")]
    Abc,
}
