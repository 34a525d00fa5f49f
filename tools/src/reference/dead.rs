//! Which bytes of an instruction Zig leaves undefined whatever the instruction says.
//!
//! Two builds of the oracle differ in undefined bytes, but not always: a byte that happens to be equal in
//! both would be taken for a defined one. This table is by kind of data and knows better.

use release::{Range, Release, generations};

use super::layout::{ZIR_HEADER, ZirView};
use super::names::Names;

/// One bit per dead byte of an instruction's eight data bytes, by instruction tag and extended opcode.
#[derive(Clone, Debug)]
pub struct DeadBytes {
    by_tag: [u8; 256],
    by_opcode: Vec<u8>,
    extended: u8,
}

/// Extended instructions without a payload or node of their own: operand and small number are both unset.
const BARE: &[&str] = &["value_placeholder", "dbg_empty_stmt", "astgen_error"];

/// Extended instructions that have an operand but no small number.
const WITHOUT_SMALL: &[&str] = &[
    "add_with_overflow",
    "await_nosuspend",
    "branch_hint",
    "breakpoint",
    "builtin_async_call",
    "builtin_extern",
    "builtin_src",
    "c_define",
    "c_include",
    "c_undef",
    "c_va_arg",
    "c_va_copy",
    "c_va_end",
    "c_va_start",
    "disable_instrumentation",
    "disable_intrinsics",
    "error_cast",
    "error_from_int",
    "error_return_trace",
    "float_op_result_ty",
    "frame",
    "frame_address",
    "in_comptime",
    "int_from_error",
    "mul_with_overflow",
    "prefetch",
    "reify_enum_value_slice_ty",
    "reify_fn",
    "reify_pointer",
    "reify_pointer_sentinel_ty",
    "reify_spirv_type",
    "reify_tuple",
    "restore_err_ret_index",
    "ret_addr",
    "round_op_ty",
    "select",
    "set_float_mode",
    "shl_with_overflow",
    "sub_with_overflow",
    "this",
    "wasm_memory_grow",
    "wasm_memory_size",
    "work_group_id",
    "work_group_size",
    "work_item_id",
];

impl DeadBytes {
    /// The table for the reference's numbering.
    pub fn new(names: &Names) -> DeadBytes {
        let mut by_tag = [0; 256];
        let mut extended = u8::MAX;
        for (tag, name) in names.table("inst") {
            let tag = tag as u8;
            if name == "extended" {
                extended = tag;
            }
            by_tag[usize::from(tag)] = match names.kind(tag) {
                "node" | "tok" | "unreachable" | "save_err_ret_index" => 0b1111_0000,
                "int_type" => 0b1000_0000,
                "ptr_type" => 0b1100_0000,
                _ => 0,
            };
        }
        let by_opcode = names
            .table("extended")
            .into_iter()
            .map(|(_, name)| {
                if BARE.contains(&name) {
                    0b1100_1111
                } else if WITHOUT_SMALL.contains(&name) {
                    0b1100_0000
                } else {
                    0
                }
            })
            .collect();
        DeadBytes {
            by_tag,
            by_opcode,
            extended,
        }
    }

    /// The dead bytes of one instruction, bit n for byte n.
    pub fn mask(&self, tag: u8, data: &[u8; 8]) -> u8 {
        if tag == self.extended {
            let opcode = u16::from_le_bytes([data[4], data[5]]);
            self.by_opcode
                .get(usize::from(opcode))
                .copied()
                .unwrap_or(0)
        } else {
            self.by_tag[usize::from(tag)]
        }
    }

    /// Which bytes of the reference's entry are undefined, one flag per byte.
    ///
    /// `fast` and `safe` differ in them, or the table says so, or they are a payload index that cannot be
    /// one: in a file with errors, what was reserved and never filled holds whatever lay there, sometimes the
    /// same twice.
    pub fn undefined(&self, names: &Names, fast: &[u8], safe: Option<&[u8]>) -> Vec<bool> {
        let mut undefined = vec![false; fast.len()];
        if let Some(safe) = safe {
            for (flag, (a, b)) in undefined.iter_mut().zip(fast.iter().zip(safe)) {
                *flag = a != b;
            }
        }
        if let Some(view) = ZirView::parse(fast) {
            let data = ZIR_HEADER + view.len();
            let has_errors = view.has_errors();
            for (index, tag) in view.tags.iter().enumerate() {
                let bytes = view.data_of(index);
                let mut mask = self.mask(*tag, &bytes);
                let payload =
                    u32::from_le_bytes(bytes[4..].try_into().expect("four bytes")) as usize;
                let at = data + index * 8 + 4;
                // An address's upper bytes are the same in all processes.
                let differs = undefined[at..at + 4].contains(&true);
                let is_none = payload >= view.extra.len() / 4;
                if has_errors && names.kind(*tag) == "pl_node" && (differs || is_none) {
                    mask |= 0b1111_0000;
                }
                for byte in 0..8 {
                    undefined[data + index * 8 + byte] |= mask >> byte & 1 != 0;
                }
            }
        }
        undefined
    }

    /// Whether a tag is the one for extended instructions.
    pub fn is_extended(&self, tag: u8) -> bool {
        tag == self.extended
    }
}

/// Whether our entry equals the reference's: in every byte that is defined there, and zero in the others.
pub fn is_same(theirs: &[u8], ours: &[u8], undefined: &[bool]) -> bool {
    theirs.len() == ours.len()
        && theirs
            .iter()
            .zip(ours)
            .zip(undefined)
            .all(|((theirs, ours), undefined)| {
                if *undefined {
                    *ours == 0
                } else {
                    theirs == ours
                }
            })
}

/// The words of a syntax node's data that are unset, or that only some releases set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unset {
    Left,
    Right,
    Both,
}

/// Tags of nodes, what of their data says nothing, and in which releases.
const NODES: &[(&[&str], Unset, Range)] = &[
    (
        &[
            "char_literal",
            "number_literal",
            "unreachable_literal",
            "anyframe_literal",
            "string_literal",
            "identifier",
        ],
        Unset::Both,
        generations!(..),
    ),
    // Their tokens follow from the main token, and later releases do not keep them.
    (&["enum_literal"], Unset::Right, generations!(..G15)),
    (
        &["enum_literal", "error_value"],
        Unset::Both,
        generations!(G15..),
    ),
    // 0.14 has no opening brace there, and nobody needs it.
    (&["defer", "error_set_decl"], Unset::Left, generations!(..)),
    (
        &[
            "usingnamespace",
            "comptime",
            "nosuspend",
            "suspend",
            "resume",
            "return",
            "bool_not",
            "negation",
            "bit_not",
            "negation_wrap",
            "address_of",
            "try",
            "await",
            "optional_type",
            "deref",
        ],
        Unset::Right,
        generations!(..),
    ),
];

/// Whether one of the two data words of a syntax node is unset whatever the source is.
pub fn node_word_is_dead(release: Release, node_tag: &str, right: bool) -> bool {
    let side = if right { Unset::Right } else { Unset::Left };
    NODES.iter().any(|(tags, unset, releases)| {
        tags.contains(&node_tag)
            && releases.contains(release.generation())
            && [side, Unset::Both].contains(unset)
    })
}
