//! The tables against what the reference compiler says of itself (`data/layout.txt`, made by
//! `data/layout.zig`).

use std::collections::{HashMap, HashSet};

use zir::inst::{DataFieldKind, TagInfo};
use zir::payload::WordKind;
use zir::{Data, DataKind, DeclarationId, Extended, Format, Generation, PayloadKind, Ref, Tag};

/// That of the layout below.
fn format() -> &'static Format {
    Format::of(Generation::G14)
}

const LAYOUT: &str = include_str!("data/layout.txt");

/// The indented lines below each heading of one kind, by the second word of the heading.
fn sections(kind: &str) -> Vec<(&'static str, Vec<Vec<&'static str>>)> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in LAYOUT.lines() {
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
fn rows(kind: &str) -> Vec<Vec<&'static str>> {
    let rows: Vec<Vec<_>> = LAYOUT
        .lines()
        .map(|line| line.split_whitespace().collect())
        .filter(|row: &Vec<&str>| row[0] == kind)
        .collect();
    assert!(!rows.is_empty(), "{kind}");
    rows
}

#[test]
fn instructions() {
    let rows = rows("TAG");
    for (row, number) in rows.iter().zip(0..) {
        let info = format().tag(number).unwrap().info();
        let TagInfo {
            tag,
            name,
            data,
            payload,
            ..
        } = *info;
        let void = tag.is_always_void();
        let ours = [
            &number.to_string(),
            name,
            data.info().name,
            &tag.is_no_return().to_string(),
            &void.to_string(),
        ];
        assert_eq!(row[1..], ours);
        assert_eq!(format().tag(number), Some(tag));
        let has_index = data
            .info()
            .fields
            .iter()
            .any(|field| field.name == "payload_index");
        assert_eq!(has_index, payload.is_some(), "{name}");
    }
    assert_eq!(format().tag(rows.len() as u8), None);
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
    let rows = rows("EXT");
    for (row, number) in rows.iter().zip(0..) {
        let info = format().extended_of(number).unwrap().info();
        assert_eq!(
            row[1..],
            [
                &number.to_string(),
                info.name,
                &info.opcode.is_always_void().to_string()
            ]
        );
        let data = Data::extended(format(), info.opcode, 0, 0);
        assert_eq!(
            zir::is_always_void(format(), Tag::Extended, data),
            info.opcode.is_always_void()
        );
    }
    assert_eq!(format().extended_of(rows.len() as u32), None);
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
    let rows = rows("REF");
    assert_eq!(rows.len() as u32, format().constants_len() + 1);
    for row in &rows {
        let constant = format().ref_of(row[1].parse().unwrap());
        assert_eq!(constant.constant_name(), Some(row[2]));
        assert_eq!(constant.to_index(), None);
    }
    assert_eq!(
        format().ref_of(format().constants_len()).to_index(),
        Some(zir::Index(0))
    );
    assert_eq!(zir::Index(7).to_ref().to_index(), Some(zir::Index(7)));
}

#[test]
fn data_bytes() {
    for ((name, fields), info) in sections("DATA").iter().zip(DataKind::TABLE) {
        assert_eq!(*name, info.name);
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
            let kind = match field[3].rsplit('.').next().unwrap() {
                "Ref" => DataFieldKind::Ref,
                "Index" => DataFieldKind::Index,
                "NullTerminatedString" => DataFieldKind::String,
                _ => DataFieldKind::Plain,
            };
            assert_eq!(ours.kind, kind, "{name}");
        }
    }
    assert_eq!(sections("DATA").len(), DataKind::TABLE.len());
    assert_eq!(size_of::<Data>(), 8);
    assert_eq!(align_of::<Data>(), 1);
}

#[test]
fn dead_bytes() {
    for (tag, dead) in [
        (Tag::Trap, 0xf0),
        (Tag::Unreachable, 0xf0),
        (Tag::SaveErrRetIndex, 0xf0),
        (Tag::IntType, 0x80),
        (Tag::PtrType, 0xc0),
        (Tag::Add, 0),
        (Tag::Int, 0),
    ] {
        assert_eq!(
            zir::dead_bytes(format(), tag, Data::ZERO),
            dead,
            "{}",
            tag.name()
        );
    }
    for (opcode, dead) in [
        (Extended::StructDecl, 0),
        (Extended::ClosureGet, 0),
        (Extended::This, 0xc0),
        (Extended::ErrorCast, 0xc0),
        (Extended::ValuePlaceholder, 0xcf),
        (Extended::AstgenError, 0xcf),
    ] {
        assert_eq!(
            zir::dead_bytes(
                format(),
                Tag::Extended,
                Data::extended(format(), opcode, 0, 0)
            ),
            dead,
            "{}",
            opcode.name()
        );
    }
}

#[test]
#[cfg(target_endian = "little")]
fn data_bytes_of_values() {
    use zir::{Index, NullTerminatedString, PointerSize, PtrTypeFlags, Signedness};

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
    let named: HashMap<_, _> = PayloadKind::TABLE
        .iter()
        .map(|info| (info.name, info))
        .collect();
    assert_eq!(named.len(), PayloadKind::TABLE.len());
    let mut seen = 0;
    for (name, fields) in sections("PAYLOAD") {
        let info = named[name];
        seen += 1;
        assert_eq!(fields.len() as u32, info.len_of(format()), "{name}");
        for (field, word) in fields.iter().zip(info.words_of(format())) {
            let (ours, kind) = (word.name, word.kind);
            // Renamed since, and taken apart by [`zir::shape`].
            if ours == "src_line" && name.starts_with("StructInit")
                || ours == "bits" && kind == WordKind::Plain
            {
                continue;
            }
            assert_eq!(
                field[0].trim_end_matches(':'),
                ours.trim_start_matches("r#"),
                "{name}"
            );
            let want = match field[1].rsplit('.').next().unwrap() {
                "u32" => WordKind::Plain,
                "i32" => WordKind::Signed,
                "Ref" => WordKind::Ref,
                "Index" => WordKind::Index,
                "NullTerminatedString" => WordKind::String,
                "SimpleComptimeReason" => WordKind::Reason,
                _ => WordKind::Flags,
            };
            assert_eq!(kind, want, "{name}.{ours}");
        }
    }
    // Seven of ours are nested in others there: items of lists, and the source locations of functions.
    // Six are of later releases.
    assert_eq!(seen + 7 + 6, PayloadKind::TABLE.len());
}

#[test]
fn packed_words() {
    use zir::small::*;
    for (name, fields) in sections("PACKED") {
        let ours = match name {
            "StructDecl.Small" => StructDecl::LAYOUT,
            "UnionDecl.Small" => UnionDecl::LAYOUT,
            "EnumDecl.Small" => EnumDecl::LAYOUT,
            "OpaqueDecl.Small" => OpaqueDecl::LAYOUT,
            "AllocExtended.Small" => AllocExtended::LAYOUT,
            "Call.Flags" => CallFlags::LAYOUT,
            "BuiltinCall.Flags" => BuiltinCallFlags::LAYOUT,
            "SwitchBlock.Bits" => SwitchBlockBits::LAYOUT,
            "ProngInfo" => ProngInfo::LAYOUT,
            "SwitchBlockErrUnion.Bits" => SwitchBlockErrUnionBits::LAYOUT,
            "FuncFancy.Bits" => FuncFancyBits::LAYOUT,
            "Param.Type" => ParamType::LAYOUT,
            "Func.RetTy" => FuncRetTy::LAYOUT,
            "Declaration.Flags" => DeclarationBits::LAYOUT,
            "FullPtrCastFlags" => FullPtrCastFlags::LAYOUT,
            "ptr_type.flags" => PtrTypeFlags::LAYOUT,
            // No struct of ours; see `captures`.
            "Capture" => &[("tag", 0, 3), ("data", 3, 29)],
            _ => panic!("{name}"),
        };
        let want: Vec<_> = fields.iter().filter(|field| field[0] != "_").collect();
        assert_eq!(want.len(), ours.len(), "{name}");
        for (field, (member, offset, len)) in want.iter().zip(ours) {
            assert_eq!(
                field[..3],
                [*member, &format!("@{offset}"), &format!(":{len}")],
                "{name}"
            );
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
        ItemInfo::EnumLiteral(zir::NullTerminatedString(5)),
        ItemInfo::ErrorValue(zir::NullTerminatedString(5)),
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
    use zir::{Capture, Index, NullTerminatedString};
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

#[test]
fn enums() {
    for (name, members) in sections("ENUM") {
        let names: Vec<&str> = match name {
            "NameStrategy" => zir::NameStrategy::ALL
                .iter()
                .map(|member| member.name())
                .collect(),
            "BuiltinValue" => (0..)
                .map_while(|number| format().builtin_value_of(number))
                .map(|member| member.name())
                .collect(),
            "InplaceOp" => zir::InplaceOp::ALL
                .iter()
                .map(|member| member.name())
                .collect(),
            "ContainerLayout" => zir::ContainerLayout::ALL
                .iter()
                .map(|member| member.name())
                .collect(),
            "SimpleComptimeReason" => (0..)
                .map_while(|number| format().reason_of(number))
                .map(|member| member.name())
                .collect(),
            "Signedness" => zir::Signedness::ALL
                .iter()
                .map(|member| member.name())
                .collect(),
            "PointerSize" => zir::PointerSize::ALL
                .iter()
                .map(|member| member.name())
                .collect(),
            "CallModifier" => (0..)
                .map_while(|number| format().call_modifier_of(number))
                .map(|member| member.name())
                .collect(),
            "ProngCapture" => zir::ProngCapture::ALL
                .iter()
                .map(|member| member.name())
                .collect(),
            "CaptureTag" => continue,
            _ => panic!("{name}"),
        };
        let want: Vec<&str> = members.iter().map(|member| member[0]).collect();
        assert_eq!(names, want, "{name}");
        for (number, member) in members.iter().enumerate() {
            assert_eq!(member[2], number.to_string());
        }
    }
}

#[test]
fn declaration_ids() {
    let rows = rows("DECLID");
    assert_eq!(rows.len(), DeclarationId::ALL.len());
    for (number, (row, &id)) in rows.iter().zip(DeclarationId::ALL).enumerate() {
        let yes = |is: bool| if is { "true" } else { "false" };
        let linkage = format!("{:?}", id.linkage()).to_lowercase();
        let kind = format!("{:?}", id.kind()).to_lowercase();
        let ours = [
            format!("{number}"),
            id.name().to_string(),
            format!("name={}", yes(id.has_name())),
            format!("lib={}", yes(id.has_lib_name())),
            format!("type={}", yes(id.has_type_body())),
            format!("value={}", yes(id.has_value_body())),
            format!("special={}", yes(id.has_special_bodies())),
            linkage,
            kind,
            format!("pub={}", yes(id.is_pub())),
            format!("tl={}", yes(id.is_threadlocal())),
        ];
        let theirs: Vec<String> = row[1..]
            .iter()
            .map(|word| word.replace("unnamed_test", "unnamedtest"))
            .collect();
        assert_eq!(theirs[2..], ours[2..], "{}", id.name());
        assert_eq!(row[2], ours[1]);
        assert_eq!(format().declaration_number(id), number as u32);
    }
}
