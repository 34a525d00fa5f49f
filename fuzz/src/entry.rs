//! Entries of the cache.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cache_store::{
    CacheableIr, EntryName, Hit, How, Ir, Options, SourceFile, Stat, Store, Want, entry_name,
};
use syntax::{Ast, Mode, Release};
use zir::{Generation, Zir};
use zoir::Zoir;

use crate::by_release::numbered;
use crate::scratch::scratch;

const ZIG: &[u8] = b"const std = @import(\"std\");\npub fn f() void { return std.a; }\n";
const OTHER_ZIG: &[u8] = b"pub fn g() u8 { return 1; }\n";
const ZON: &[u8] = b".{ .a = \"text\", .b = .{ 1, 2.5 } }\n";
const OTHER_ZON: &[u8] = b".{ .c = 'x' }\n";

/// Where in the first byte the generation is.
const GENERATION_SHIFT: u32 = 5;

/// A source, its entry as it is written, and the entry of another source.
struct Case<I> {
    source: PathBuf,
    entry: PathBuf,
    name: EntryName,
    good: Vec<u8>,
    other: Vec<u8>,
    generate: Generate<I>,
    release: Release,
}

type Generate<I> = fn(&[u8], Release) -> I;

fn lower_zig(text: &[u8], release: Release) -> Zir {
    astgen::generate(&Ast::parse(text, Mode::Zig, release))
}

fn lower_zon(text: &[u8], release: Release) -> Zoir {
    let tree = Ast::parse(text, Mode::Zon, release);
    zongen::generate(&tree, zongen::Options::default())
}

fn store() -> &'static (PathBuf, Store) {
    static STORE: OnceLock<(PathBuf, Store)> = OnceLock::new();
    STORE.get_or_init(|| {
        let dir = scratch("entry");
        let (store, warning) = Store::open(&dir.join("z"));
        assert!(warning.is_none(), "{warning:?}");
        (dir, store)
    })
}

impl<I: CacheableIr> Case<I> {
    fn new(extension: &str, texts: [&[u8]; 2], generate: Generate<I>, release: Release) -> Case<I> {
        let (dir, store) = store();
        let file = &format!("a-{release}.{extension}");
        let written = |file: &str, text: &[u8]| {
            let path = dir.join(file);
            fs::write(&path, text).expect("the directory is ours");
            let module = cache_store::ModuleRoot::Main;
            let name = entry_name(release, module, file.as_bytes());
            let mut source = SourceFile::open(&path).expect("just written");
            let outcome = store.update(&name, &mut source, &Options::default(), |text| {
                generate(text, release)
            });
            let outcome = outcome.expect("a source that is there");
            assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
            let entry = dir.join("z").join(name.as_str());
            let bytes = fs::read(&entry).expect("the entry was written");
            (path, name, entry, bytes)
        };
        let (.., other) = written(&format!("other.{file}"), texts[1]);
        let (source, name, entry, good) = written(file, texts[0]);
        Case {
            source,
            entry,
            name,
            good,
            other,
            generate,
            release,
        }
    }
}

/// The IR as bytes; none where a body out of an entry has another shape than its header says.
trait Content: CacheableIr {
    fn bytes(&self) -> Vec<u8>;
    fn view_bytes(view: &Self::View<'_>) -> Vec<u8>;
}

impl Content for Zir {
    fn bytes(&self) -> Vec<u8> {
        self.view().sections().concat()
    }
    fn view_bytes(view: &Self::View<'_>) -> Vec<u8> {
        view.sections().concat()
    }
}

impl Content for Zoir {
    fn bytes(&self) -> Vec<u8> {
        self.view().sections().concat()
    }
    fn view_bytes(view: &Self::View<'_>) -> Vec<u8> {
        view.sections().concat()
    }
}

/// Makes an entry out of the input, by its first byte:
///
/// - bit 0: ZON instead of Zig;
/// - bits 1 and 2: the rest is the file; or the same with the source's stat in its header, as if the
///   reference had just written it; or edits of the good file, four bytes each (offset, and what is added to
///   the byte; an offset behind the end cuts the file off); or edits of another source's entry that has this
///   source's stat;
/// - bit 3: the body is wanted, not the summary only; bit 4: mapped;
/// - the bits above: which generation the entry is of.
///
/// Then it is a miss, or a hit with what the source is lowered to; where it has no trailer, with what is
/// valid.
///
/// # Panics
/// If not.
pub fn check(input: &[u8]) {
    static CASES: OnceLock<Vec<(Case<Zir>, Case<Zoir>)>> = OnceLock::new();
    let cases = CASES.get_or_init(|| {
        let of = |number| {
            let release = numbered(number);
            (
                Case::new("zig", [ZIG, OTHER_ZIG], lower_zig, release),
                Case::new("zon", [ZON, OTHER_ZON], lower_zon, release),
            )
        };
        (0..Generation::COUNT).map(of).collect()
    });
    let Some((how, rest)) = input.split_first() else {
        return;
    };
    let (zig, zon) = &cases[usize::from(how >> GENERATION_SHIFT) % cases.len()];
    if how & 1 == 0 {
        one(zig, *how, rest);
    } else {
        one(zon, *how, rest);
    }
}

fn one<I: Content>(case: &Case<I>, how: u8, rest: &[u8]) {
    let stat = SourceFile::open(&case.source)
        .expect("the source stays")
        .stat();
    let bytes = match how >> 1 & 3 {
        0 => rest.to_vec(),
        1 => with_stat::<I>(rest.to_vec(), &stat),
        2 => edited(case.good.clone(), rest),
        _ => with_stat::<I>(edited(case.other.clone(), rest), &stat),
    };
    write(&case.entry, &bytes);
    let options = Options {
        want: if how & 8 != 0 {
            Want::Body
        } else {
            Want::Summary
        },
        map: how & 16 != 0,
        ..Options::default()
    };
    let mut source = SourceFile::open(&case.source).expect("the source stays");
    let store = &store().1;
    let generate = |text: &[u8]| (case.generate)(text, case.release);
    let outcome = store.update(&case.name, &mut source, &options, generate);
    let outcome = outcome.expect("the source stays");
    assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
    let text = fs::read(&case.source).expect("the source stays");
    let right = generate(&text);
    let mut summary = Vec::new();
    right.summary(&mut summary);
    // There is no checksum to tell what the reference wrote from what looks like it.
    let unchecked = outcome.how == How::Hit(Hit::Unchecked);
    match &outcome.ir {
        Ir::Summary(_) | Ir::Entry { .. } => assert!(matches!(outcome.how, How::Hit(_))),
        Ir::Fresh(_) => assert!(matches!(outcome.how, How::Generated(_))),
    }
    if let Ir::Entry { body, .. } = &outcome.ir {
        let view = body.view().expect("a hit has a body");
        assert!(I::validate(&view));
        assert!(unchecked || I::view_bytes(&view) == right.bytes());
    }
    if let Ir::Fresh(ir) = &outcome.ir {
        assert!(ir.bytes() == right.bytes());
    }
    assert!(unchecked || *outcome.ir.summary() == *summary);
    drop(outcome);
    if !unchecked {
        // Whatever was there, what is there now is good.
        let mut source = SourceFile::open(&case.source).expect("the source stays");
        let again = store.update(&case.name, &mut source, &options, generate);
        let again = again.expect("the source stays");
        assert!(matches!(again.how, How::Hit(_)), "{:?}", again.how);
        assert_eq!(*again.ir.summary(), *summary);
    }
}

/// Written in place: the store keeps no file open, and the reference writes in place too.
fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
}

fn with_stat<I: CacheableIr>(mut bytes: Vec<u8>, stat: &Stat) -> Vec<u8> {
    if let Some(header) = bytes.get_mut(..I::HEADER_LEN) {
        I::set_stat(header, stat);
    }
    bytes
}

fn edited(mut bytes: Vec<u8>, edits: &[u8]) -> Vec<u8> {
    for edit in edits.chunks_exact(4) {
        let offset = usize::from(u16::from_le_bytes([edit[0], edit[1]]));
        if offset < bytes.len() {
            bytes[offset] = bytes[offset].wrapping_add(edit[2]);
        } else {
            bytes.truncate(bytes.len().saturating_sub(usize::from(edit[2])));
        }
    }
    bytes
}

/// Seeds: what `input` is lowered to, as the reference would have written it.
pub fn seed(input: &fixtures::Input, release: Release) -> Vec<u8> {
    let is_zon = input.name.ends_with(".zon");
    let generation = (release.generation() as u8) << GENERATION_SHIFT;
    let mut bytes = vec![2 | 8 | 16 | u8::from(is_zon) | generation];
    bytes.extend(if is_zon {
        lower_zon(&input.bytes, release).to_bytes()
    } else {
        lower_zig(&input.bytes, release).to_bytes()
    });
    bytes
}
