//! The tables against what the reference compilers say of themselves (`data/layout-*.txt`, made by
//! `data/layout.zig`).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Debug;

use zir::inst::{DataFieldKind, TagInfo};
use zir::payload::WordKind;
use zir::small::ItemInfo;
use zir::{
    Capture, Data, DataKind, DeclarationId, Extended, Format, Generation, HEADER_LEN, Index,
    NullTerminatedString, PayloadKind, Ref, Tag,
};

/// What the releases of a generation say. Both generations of 0.17 say the same.
struct Layout {
    format: &'static Format,
    text: &'static str,
}

fn layouts() -> impl Iterator<Item = Layout> {
    Generation::ALL.iter().map(|&generation| Layout {
        format: Format::of(generation),
        text: match generation {
            Generation::G14 => include_str!("data/layout-0.14.txt"),
            Generation::G15 => include_str!("data/layout-0.15.txt"),
            Generation::G16 => include_str!("data/layout-0.16.txt"),
            Generation::G17_0 | Generation::G17_1 => include_str!("data/layout-0.17.txt"),
        },
    })
}

/// The format that the numbers in the tests below are of.
fn format() -> &'static Format {
    Format::of(Generation::G14)
}

impl Layout {
    /// The indented lines below each heading of one kind, by the second word of the heading.
    fn sections(&self, kind: &str) -> Vec<(&'static str, Vec<Vec<&'static str>>)> {
        let mut found = Vec::new();
        let mut inside = false;
        for line in self.text.lines() {
            if let Some(row) = line.strip_prefix("  ") {
                if inside {
                    let section: &mut (&str, Vec<Vec<&str>>) = found.last_mut().unwrap();
                    section.1.push(row.split_whitespace().collect());
                }
                continue;
            }
            let mut words = line.split_whitespace();
            inside = words.next() == Some(kind);
            if inside {
                found.push((words.next().unwrap(), Vec::new()));
            }
        }
        assert!(!found.is_empty(), "{kind}");
        found
    }

    /// The words of the lines that begin with one.
    fn rows(&self, kind: &str) -> Vec<Vec<&'static str>> {
        let rows: Vec<Vec<_>> = self
            .text
            .lines()
            .map(|line| line.split_whitespace().collect())
            .filter(|row: &Vec<&str>| row[0] == kind)
            .collect();
        assert!(!rows.is_empty(), "{kind}");
        rows
    }

    fn generation(&self) -> Generation {
        self.format.generation
    }
}

/// The name of a member as the reference writes it, out of its name here.
fn snake(member: impl Debug) -> String {
    let name = format!("{member:?}");
    let mut snake = String::new();
    for char in name.chars().take_while(char::is_ascii_alphabetic) {
        if char.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(char.to_ascii_lowercase());
    }
    snake
}

#[test]
fn instructions() {
    for layout in layouts() {
        let format = layout.format;
        let rows = layout.rows("TAG");
        for (row, number) in rows.iter().zip(0..) {
            let TagInfo {
                tag,
                name,
                data,
                payload,
                ..
            } = *format.tag(number).unwrap().info();
            let void = tag.is_always_void();
            let ours = [
                &number.to_string(),
                name,
                data.info().name,
                &tag.is_no_return().to_string(),
                &void.to_string(),
            ];
            assert_eq!(row[1..], ours, "{:?}", layout.generation());
            assert_eq!(format.tag_byte(tag), number);
            let has_index = data
                .info()
                .fields
                .iter()
                .any(|field| field.name == "payload_index");
            assert_eq!(has_index, payload.is_some(), "{name}");
        }
        assert_eq!(format.tag(rows.len() as u8), None);
    }
    assert_eq!(
        Tag::TABLE
            .iter()
            .map(|info| info.name)
            .collect::<HashSet<_>>()
            .len(),
        Tag::TABLE.len()
    );
    assert_eq!(
        Tag::TABLE.iter().filter(|info| info.tag.is_param()).count(),
        4
    );
}

#[test]
fn extended_instructions() {
    for layout in layouts() {
        let format = layout.format;
        let rows = layout.rows("EXT");
        for (row, number) in rows.iter().zip(0..) {
            let info = format.extended_of(number).unwrap().info();
            let void = info.opcode.is_always_void();
            assert_eq!(
                row[1..],
                [&number.to_string(), info.name, &void.to_string()],
                "{:?}",
                layout.generation()
            );
            let data = Data::extended(format, info.opcode, 0, 0);
            assert_eq!(zir::is_always_void(format, Tag::Extended, data), void);
        }
        assert_eq!(format.extended_of(rows.len() as u32), None);
    }
    assert_eq!(
        Extended::TABLE
            .iter()
            .map(|info| info.name)
            .collect::<HashSet<_>>()
            .len(),
        Extended::TABLE.len()
    );
}

#[test]
fn constants() {
    for layout in layouts() {
        let format = layout.format;
        let rows = layout.rows("REF");
        assert_eq!(rows.len() as u32, format.constants_len() + 1);
        for row in &rows {
            let constant = format.ref_of(row[1].parse().unwrap());
            assert_eq!(constant.constant_name(), Some(row[2]));
            assert_eq!(constant.to_index(), None);
        }
        assert_eq!(
            format.ref_of(format.constants_len()).to_index(),
            Some(Index(0))
        );
    }
    assert_eq!(Index(7).to_ref().to_index(), Some(Index(7)));
}

#[test]
fn data_bytes() {
    let mut seen = BTreeSet::new();
    for layout in layouts() {
        let sections = layout.sections("DATA");
        for (name, fields) in &sections {
            let info = DataKind::TABLE.iter().find(|info| info.name == *name);
            let info = info.unwrap_or_else(|| panic!("{name}"));
            if fields.is_empty() {
                // `tok`, `node`, `int` and `float` are no structs.
                assert_eq!((info.fields.len(), info.fields[0].offset), (1, 0));
                continue;
            }
            assert_eq!(fields.len(), info.fields.len());
            for (field, ours) in fields.iter().zip(info.fields) {
                let want = [
                    ours.name,
                    &format!("@{}", ours.offset),
                    &format!("size={}", ours.size),
                ];
                assert_eq!(field[..3], want, "{name}");
                let kind = match field[3] {
                    "zig.Zir.Inst.Ref" => DataFieldKind::Ref,
                    "zig.Zir.Inst.Index" => DataFieldKind::Index,
                    "zig.Zir.NullTerminatedString" => DataFieldKind::String,
                    _ => DataFieldKind::Plain,
                };
                assert_eq!(ours.kind, kind, "{name}");
            }
        }
        let theirs: BTreeSet<_> = sections.iter().map(|(name, _)| *name).collect();
        let tags = (0..=u8::MAX).filter_map(|byte| layout.format.tag(byte));
        let ours: BTreeSet<_> = tags.map(|tag| tag.info().data.info().name).collect();
        // Some kinds are of no instruction.
        assert!(ours.is_subset(&theirs), "{ours:?}");
        seen.extend(theirs);
        assert_eq!(layout.rows("sizeof"), [["sizeof", "Data", "8"]]);
        assert_eq!(
            layout.sections("Header")[0].0,
            HEADER_LEN.to_string(),
            "{:?}",
            layout.generation()
        );
    }
    assert_eq!(seen.len(), DataKind::TABLE.len());
    assert_eq!(size_of::<Data>(), 8);
    assert_eq!(align_of::<Data>(), 1);
}

#[test]
fn dead_bytes() {
    for format in Generation::ALL.iter().map(|&g| Format::of(g)) {
        for (tag, dead) in [
            (Tag::Trap, 0xf0),
            (Tag::Unreachable, 0xf0),
            (Tag::SaveErrRetIndex, 0xf0),
            (Tag::IntType, 0x80),
            (Tag::PtrType, 0xc0),
            (Tag::Add, 0),
            (Tag::Int, 0),
        ] {
            let ours = zir::dead_bytes(format, tag, Data::ZERO);
            assert_eq!(ours, dead, "{}", tag.name());
        }
        for (opcode, dead) in [
            (Extended::StructDecl, 0),
            (Extended::ClosureGet, 0),
            (Extended::This, 0xc0),
            (Extended::ErrorCast, 0xc0),
            (Extended::ValuePlaceholder, 0xcf),
            (Extended::AstgenError, 0xcf),
        ] {
            let data = Data::extended(format, opcode, 0, 0);
            let ours = zir::dead_bytes(format, Tag::Extended, data);
            assert_eq!(ours, dead, "{}", opcode.name());
        }
    }
}

#[test]
#[cfg(target_endian = "little")]
fn data_bytes_of_values() {
    use zir::{PointerSize, PtrTypeFlags, Signedness};

    let flags = PtrTypeFlags {
        is_mutable: true,
        has_bit_range: true,
        ..Default::default()
    };
    for (data, bytes) in [
        (
            Data::extended(format(), Extended::ClosureGet, 0x1122, 0x3344_5566),
            [0x66, 0x55, 0x44, 0x33, 52, 0, 0x22, 0x11],
        ),
        (
            Data::un_node(format(), -2, Ref::VOID_VALUE),
            [0xfe, 0xff, 0xff, 0xff, 87, 0, 0, 0],
        ),
        (
            Data::str_tok(NullTerminatedString(5), 6),
            [5, 0, 0, 0, 6, 0, 0, 0],
        ),
        (
            Data::int_type(3, Signedness::Unsigned, 0x0102),
            [3, 0, 0, 0, 2, 1, 1, 0],
        ),
        (
            Data::ptr_type(flags, PointerSize::C, 9),
            [9, 0, 0, 0, 0x42, 3, 0, 0],
        ),
        (
            Data::break_(format(), Index(0).to_ref(), 4),
            [93, 0, 0, 0, 4, 0, 0, 0],
        ),
        (Data::node(1), [1, 0, 0, 0, 0, 0, 0, 0]),
        (Data::int(0x0807_0605_0403_0201), [1, 2, 3, 4, 5, 6, 7, 8]),
        (Data::float(1.0), [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]),
    ] {
        assert_eq!(data.0, bytes);
    }
    let mut data = Data::pl_node(1, 2);
    data.set_payload_index(3);
    assert_eq!(data, Data::pl_node(1, 3));
    let int_type = Data::int_type(3, Signedness::Signed, 7)
        .as_int_type()
        .unwrap();
    assert_eq!(
        (int_type.src_node, int_type.signedness, int_type.bit_count),
        (3, Signedness::Signed, 7)
    );
    assert!(Data([0xff; 8]).as_extended(format()).is_none());
    assert!(Data([0xff; 8]).as_int_type().is_none());
}

#[test]
fn payload_words() {
    // Declared among the payloads, and nothing that stands in `extra`.
    const NO_PAYLOADS: [&str; 4] = [
        "Declaration.Bodies",
        "Declaration.Unwrapped",
        "SwitchBlock.MultiProng",
        "SwitchBlockErrUnion.MultiProng",
    ];
    // Renamed by a later release.
    const RENAMED: [(&str, &str); 2] = [("abs_line", "src_line"), ("raw_operand", "operand")];
    let named: HashMap<_, _> = PayloadKind::TABLE
        .iter()
        .map(|info| (info.name, info))
        .collect();
    assert_eq!(named.len(), PayloadKind::TABLE.len());
    let mut seen = BTreeSet::new();
    for layout in layouts() {
        let format = layout.format;
        for (name, fields) in layout.sections("PAYLOAD") {
            if NO_PAYLOADS.contains(&name) {
                continue;
            }
            // `Asm.Output` is `AsmOutput`.
            let info = named[&*name.replace('.', "")];
            seen.insert(info.name);
            assert_eq!(
                fields.len() as u32,
                info.len_of(format),
                "{:?}: {name}",
                layout.generation()
            );
            for (field, word) in fields.iter().zip(info.words_of(format)) {
                let theirs = field[0].trim_end_matches(':');
                let ours = word.name.trim_start_matches("r#");
                let renamed = RENAMED.contains(&(theirs, ours));
                assert!(renamed || theirs == ours, "{name}: {theirs}, {ours}");
                let want = match field[1] {
                    "zig.Zir.Inst.Ref" => WordKind::Ref,
                    "zig.Zir.Inst.Index" => WordKind::Index,
                    "zig.Zir.NullTerminatedString" => WordKind::String,
                    "zig.SimpleComptimeReason" => WordKind::Reason,
                    "i32" | "zig.Ast.Node.Offset" | "zig.Ast.TokenOffset" => WordKind::Signed,
                    "u32"
                    | "zig.Ast.Node.Index"
                    | "zig.Ast.Node.OptionalIndex"
                    | "zig.Ast.OptionalTokenIndex" => WordKind::Plain,
                    // Taken apart by [`zir::shape`].
                    bits if bits.starts_with("zig.Zir.Inst.Switch") => WordKind::Plain,
                    flags if flags.starts_with("zig.Zir.Inst.") => WordKind::Flags,
                    // A place that may be missing has a number out of the range for that.
                    "zig.Ast.Node.OptionalOffset" => WordKind::Signed,
                    other => panic!("{name}.{ours}: {other}"),
                };
                assert_eq!(word.kind, want, "{name}.{ours}");
            }
        }
    }
    assert_eq!(seen, named.keys().copied().collect());
}

#[test]
fn packed_words() {
    use Generation::{G14, G15};
    use zir::small::*;
    for layout in layouts() {
        for (name, fields) in layout.sections("PACKED") {
            let ours = match (name, layout.generation()) {
                ("StructDecl.Small", G14 | G15) => StructDecl::LAYOUT,
                ("StructDecl.Small", _) => StructDecl16::LAYOUT,
                ("UnionDecl.Small", G14 | G15) => UnionDecl::LAYOUT,
                ("UnionDecl.Small", _) => UnionDecl16::LAYOUT,
                ("EnumDecl.Small", G14 | G15) => EnumDecl::LAYOUT,
                ("EnumDecl.Small", _) => EnumDecl16::LAYOUT,
                ("OpaqueDecl.Small", _) => OpaqueDecl::LAYOUT,
                ("AllocExtended.Small", _) => AllocExtended::LAYOUT,
                ("Asm.Small", _) => Asm15::LAYOUT,
                ("Call.Flags", _) => CallFlags::LAYOUT,
                ("BuiltinCall.Flags", _) => BuiltinCallFlags::LAYOUT,
                ("SwitchBlock.Bits", G14) => SwitchBlockBits::LAYOUT,
                ("SwitchBlock.Bits", G15) => SwitchBlockBits15::LAYOUT,
                ("SwitchBlock.Bits", _) => SwitchBlockBits16::LAYOUT,
                ("SwitchBlock.ProngInfo", G14 | G15) => ProngInfo::LAYOUT,
                ("SwitchBlock.ProngInfo", _) => ProngInfo16::LAYOUT,
                ("SwitchBlock.ProngInfo.NonErr", _) => NonErrProngInfo::LAYOUT,
                ("SwitchBlock.ProngInfo.Else", _) => ElseProngInfo::LAYOUT,
                ("SwitchBlockErrUnion.Bits", _) => SwitchBlockErrUnionBits::LAYOUT,
                ("FuncFancy.Bits", _) => FuncFancyBits::LAYOUT,
                ("Param.Type", _) => ParamType::LAYOUT,
                ("Func.RetTy", _) => FuncRetTy::LAYOUT,
                ("Declaration.Flags", _) => DeclarationBits::LAYOUT,
                ("FullPtrCastFlags", _) => FullPtrCastFlags::LAYOUT,
                ("ptr_type.flags", _) => PtrTypeFlags::LAYOUT,
                // No structs of ours; see `captures` and `packed_words_round_trip`.
                ("Capture", _) => &[("tag", 0, 3), ("data", 3, 29)],
                ("SwitchBlock.ItemInfo", _) => &[("kind", 0, 2), ("data", 2, 30)],
                (_, generation) => panic!("{generation:?}: {name}"),
            };
            let want: Vec<_> = fields.iter().filter(|field| field[0] != "_").collect();
            assert_eq!(want.len(), ours.len(), "{name}");
            for (field, (member, offset, len)) in want.iter().zip(ours) {
                // One is shorter here.
                let theirs = match field[0] {
                    "has_backing_int_type" => "has_backing_int",
                    theirs => theirs,
                };
                let want = [theirs, field[1], field[2]];
                let ours = [*member, &format!("@{offset}"), &format!(":{len}")];
                assert_eq!(ours, want, "{:?}: {name}", layout.generation());
            }
        }
    }
}

#[test]
fn packed_words_round_trip() {
    use zir::small::*;
    let flags = DeclarationFlags {
        src_line: (1 << 30) - 1,
        src_column: 5,
        id: DeclarationId::PubExportVarThreadlocal,
    };
    assert_eq!(
        DeclarationFlags::from_words(format(), flags.to_words(format())),
        Some(flags)
    );
    let [low, high] = flags.to_words(format());
    let bits = u64::from(low) | u64::from(high) << 32;
    assert_eq!(bits, (31 << 59) | (5 << 30) | ((1 << 30) - 1));
    let info = ProngInfo {
        body_len: 9,
        capture: zir::ProngCapture::ByRef,
        is_inline: true,
        has_tag_capture: false,
    };
    assert_eq!(info.to_bits(), 9 | 2 << 28 | 1 << 30);
    assert_eq!(ProngInfo::from_bits(info.to_bits()), Some(info));
    assert_eq!(ProngInfo::from_bits(3 << 28), None);
    for item in [
        ItemInfo::EnumLiteral(NullTerminatedString(5)),
        ItemInfo::ErrorValue(NullTerminatedString(5)),
        ItemInfo::BodyLen(5),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(item.1.to_bits(), 5 << 2 | item.0 as u32);
        assert_eq!(ItemInfo::from_bits(item.1.to_bits()), item.1);
    }
    assert_eq!(ItemInfo::from_bits(3), ItemInfo::Under);
    assert_eq!(
        Asm {
            outputs_len: 1,
            inputs_len: 2,
            clobbers_len: 3,
            is_volatile: true
        }
        .to_bits(),
        0x8c41
    );
    assert_eq!(StructDecl::from_bits(3 << 8), None);
}

#[test]
fn captures() {
    for (number, capture) in [
        Capture::Nested(5),
        Capture::Instruction(Index(5)),
        Capture::InstructionLoad(Index(5)),
        Capture::DeclVal(NullTerminatedString(5)),
        Capture::DeclRef(NullTerminatedString(5)),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(capture.to_bits(), 5 << 3 | number as u32);
        assert_eq!(Capture::from_bits(capture.to_bits()), Some(capture));
    }
    assert_eq!(Capture::from_bits(5), None);
    assert_eq!(Capture::from_bits(0x8_0000), None);
}

/// The names of the members by number, as far as there are any.
fn members<T>(of: impl Fn(u32) -> Option<T>, name: impl Fn(T) -> String) -> Vec<String> {
    (0..).map_while(of).map(name).collect()
}

#[test]
fn enums() {
    macro_rules! plain {
        ($name:ident) => {
            members(zir::$name::from_int, |member| member.name().to_string())
        };
    }
    for layout in layouts() {
        let format = layout.format;
        for (name, theirs) in layout.sections("ENUM") {
            let ours = match name {
                "NameStrategy" => plain!(NameStrategy),
                "InplaceOp" => plain!(InplaceOp),
                "RoundOp" => plain!(RoundOp),
                "ReifySliceArgInfo" => plain!(ReifySliceArgInfo),
                "UnionDecl.Kind" => plain!(UnionKind),
                "SpecialProngs" => plain!(SpecialProngs),
                "ContainerLayout" => plain!(ContainerLayout),
                "Signedness" => plain!(Signedness),
                "PointerSize" => plain!(PointerSize),
                "SwitchBlock.ProngInfo.Capture" => plain!(ProngCapture),
                "BuiltinValue" | "StdLangValue" => members(
                    |number| format.builtin_value_of(number),
                    |member| member.name().to_string(),
                ),
                "SimpleComptimeReason" => members(
                    |number| format.reason_of(number),
                    |member| member.name().to_string(),
                ),
                "CallModifier" => members(
                    |number| format.call_modifier_of(number),
                    |member| member.name().to_string(),
                ),
                "Capture.tag" => members(Capture::from_bits, snake),
                "SwitchBlock.ItemInfo.Kind" => {
                    members(|bits| (bits < 4).then(|| ItemInfo::from_bits(bits)), snake)
                }
                // Numbers that have a name where they mean something else; and what stands in no file. Of the
                // kinds of declarations more is said below.
                "Index"
                | "OptionalIndex"
                | "Declaration.Name"
                | "Declaration.Flags.Id"
                | "Declaration.Unwrapped.Kind"
                | "Declaration.Unwrapped.Linkage" => continue,
                _ => panic!("{name}"),
            };
            let theirs: Vec<_> = theirs.iter().map(|row| (row[0], row[2])).collect();
            let numbers: Vec<_> = (0..ours.len()).map(|number| number.to_string()).collect();
            let ours: Vec<_> = ours.iter().zip(&numbers).collect();
            let ours: Vec<_> = ours.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            assert_eq!(ours, theirs, "{:?}: {name}", layout.generation());
        }
    }
}

#[test]
fn declaration_ids() {
    let mut seen = HashSet::new();
    for layout in layouts() {
        let rows = layout.rows("DECLID");
        for (row, number) in rows.iter().zip(0..) {
            let id = layout.format.declaration_of(number).unwrap();
            seen.insert(id);
            assert_eq!(layout.format.declaration_number(id), number);
            let ours = [
                format!("{number}"),
                id.name().to_string(),
                format!("name={}", id.has_name()),
                format!("lib={}", id.has_lib_name()),
                format!("type={}", id.has_type_body()),
                format!("value={}", id.has_value_body()),
                format!("special={}", id.has_special_bodies()),
                snake(id.linkage()),
                snake(id.kind()),
                format!("pub={}", id.is_pub()),
                format!("tl={}", id.is_threadlocal()),
            ];
            assert_eq!(row[1..], ours, "{:?}", layout.generation());
        }
        assert_eq!(layout.format.declaration_of(rows.len() as u32), None);
    }
    assert_eq!(seen.len(), DeclarationId::ALL.len());
}
