//! Identifiers: primitives, integer types, locals, declarations, and captures through closures.

use smallvec::SmallVec;
use syntax::{NodeIndex, TokenIndex};
use zir::{
    Capture, Data, Extended, Index, NullTerminatedString, Ref, Signedness, SimpleComptimeReason,
    Tag,
};

use crate::errors::AnalysisFail;
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, NamespaceId, ScopeId};
use crate::result::{Context, Loc, ResultInfo};
use crate::scope::Scope;

/// The compile-time block that an identifier is to be wrapped in, if it is no constant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ComptimeBlockInfo {
    pub(crate) src_node: NodeIndex,
    pub(crate) reason: SimpleComptimeReason,
}

/// Why a sequence of digits is no bit count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BitCountError {
    Overflow,
    InvalidCharacter,
}

/// Where the declaration of a captured value is.
#[derive(Clone, Copy)]
enum DeclSrc {
    Token(TokenIndex),
    Node(NodeIndex),
}

/// What is captured.
#[derive(Clone, Copy)]
enum TunnelValue {
    Ref(Ref),
    RefLoad(Ref),
    DeclVal(NullTerminatedString),
    DeclRef(NullTerminatedString),
}

/// The digits after the `u` or `i` of an integer type. There are no underscores in them.
pub(crate) fn parse_bit_count(digits: &[u8]) -> Result<u16, BitCountError> {
    if digits.is_empty() {
        return Err(BitCountError::InvalidCharacter);
    }
    let mut value = 0u16;
    for &c in digits {
        if !c.is_ascii_digit() {
            return Err(BitCountError::InvalidCharacter);
        }
        // In this order: `u65536x` overflows before the `x` is seen.
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(u16::from(c - b'0')))
            .ok_or(BitCountError::Overflow)?;
    }
    Ok(value)
}

/// The constant that a primitive name stands for.
pub(crate) fn primitive_instr(name: &[u8]) -> Option<Ref> {
    Some(match name {
        b"anyerror" => Ref::ANYERROR_TYPE,
        b"anyframe" => Ref::ANYFRAME_TYPE,
        b"anyopaque" => Ref::ANYOPAQUE_TYPE,
        b"bool" => Ref::BOOL_TYPE,
        b"c_char" => Ref::C_CHAR_TYPE,
        b"c_int" => Ref::C_INT_TYPE,
        b"c_long" => Ref::C_LONG_TYPE,
        b"c_longdouble" => Ref::C_LONGDOUBLE_TYPE,
        b"c_longlong" => Ref::C_LONGLONG_TYPE,
        b"c_short" => Ref::C_SHORT_TYPE,
        b"c_uint" => Ref::C_UINT_TYPE,
        b"c_ulong" => Ref::C_ULONG_TYPE,
        b"c_ulonglong" => Ref::C_ULONGLONG_TYPE,
        b"c_ushort" => Ref::C_USHORT_TYPE,
        b"comptime_float" => Ref::COMPTIME_FLOAT_TYPE,
        b"comptime_int" => Ref::COMPTIME_INT_TYPE,
        b"f16" => Ref::F16_TYPE,
        b"f32" => Ref::F32_TYPE,
        b"f64" => Ref::F64_TYPE,
        b"f80" => Ref::F80_TYPE,
        b"f128" => Ref::F128_TYPE,
        b"false" => Ref::BOOL_FALSE,
        b"i8" => Ref::I8_TYPE,
        b"i16" => Ref::I16_TYPE,
        b"i32" => Ref::I32_TYPE,
        b"i64" => Ref::I64_TYPE,
        b"i128" => Ref::I128_TYPE,
        b"isize" => Ref::ISIZE_TYPE,
        b"noreturn" => Ref::NORETURN_TYPE,
        b"null" => Ref::NULL_VALUE,
        b"true" => Ref::BOOL_TRUE,
        b"type" => Ref::TYPE_TYPE,
        b"u1" => Ref::U1_TYPE,
        b"u8" => Ref::U8_TYPE,
        b"u16" => Ref::U16_TYPE,
        b"u29" => Ref::U29_TYPE,
        b"u32" => Ref::U32_TYPE,
        b"u64" => Ref::U64_TYPE,
        b"u128" => Ref::U128_TYPE,
        b"undefined" => Ref::UNDEF,
        b"usize" => Ref::USIZE_TYPE,
        b"void" => Ref::VOID_TYPE,
        _ => return None,
    })
}

impl AstGen<'_> {
    pub(crate) fn identifier(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        ident: NodeIndex,
        force_comptime: Option<ComptimeBlockInfo>,
    ) -> InnerResult<Ref> {
        let ident_token = self.tree.main_token(ident);
        let name = self.tree.token_slice(ident_token);
        if name == b"_" {
            return Err(self.fail_node(ident, "'_' used as an identifier without @\"_\" syntax"));
        }

        if name.first() != Some(&b'@') {
            if let Some(constant) = primitive_instr(name) {
                return self.rvalue(gz, ri, constant, ident);
            }
            if let [first @ (b'i' | b'u'), digits @ ..] = name
                && !digits.is_empty()
            {
                let later = self.rules.i0_is_refused;
                if later {
                    let constant = match name {
                        b"u0" => Some(Ref::U0_TYPE),
                        b"u80" => Some(Ref::U80_TYPE),
                        b"u256" => Some(Ref::U256_TYPE),
                        _ => None,
                    };
                    if let Some(constant) = constant {
                        return self.rvalue(gz, ri, constant, ident);
                    }
                }
                if later && name == b"i0" {
                    let message = "signed integer cannot have bit width 0";
                    return Err(self.fail_node(ident, message));
                }
                let has_leading_zero = name.len() >= 3 && digits[0] == b'0';
                let leading_zero = [
                    b"primitive integer type '".as_slice(),
                    name,
                    b"' has leading zero",
                ];
                if !later && has_leading_zero {
                    return Err(self.fail_node(ident, leading_zero));
                }
                match parse_bit_count(digits) {
                    Ok(_) if has_leading_zero => {
                        return Err(self.fail_node(ident, leading_zero));
                    }
                    Ok(bit_count) => {
                        let signedness = if *first == b'i' {
                            Signedness::Signed
                        } else {
                            Signedness::Unsigned
                        };
                        let src_node = self.node_index_to_relative(gz, ident);
                        let result = self.add(
                            gz,
                            Tag::IntType,
                            Data::int_type(src_node, signedness, bit_count),
                        );
                        return self.rvalue(gz, ri, result, ident);
                    }
                    Err(BitCountError::Overflow) => {
                        let message = [
                            b"primitive integer type '".as_slice(),
                            name,
                            b"' exceeds maximum bit width of 65535",
                        ];
                        return Err(self.fail_node(ident, message));
                    }
                    Err(BitCountError::InvalidCharacter) => {}
                }
            }
        }

        let Some(block_info) = force_comptime else {
            return self.local_var_ref(gz, scope, ri, ident, ident_token, name);
        };
        let block_inst = self.make_block_inst(Tag::BlockComptime, gz, block_info.src_node);
        let mark = self.mark();
        let comptime_gz = self.make_sub_block(gz, scope);
        self.blocks[comptime_gz].is_comptime = true;
        // A result type would change nothing.
        let sub_ri = ResultInfo {
            rl: Loc::None,
            ctx: ri.ctx,
        };
        let block_result =
            self.local_var_ref(comptime_gz, scope, sub_ri, ident, ident_token, name)?;
        self.add_break(comptime_gz, Tag::BreakInline, block_inst, block_result);
        self.set_block_comptime_body(comptime_gz, block_inst, block_info.reason);
        self.release(mark);
        self.stack.push(block_inst);
        self.rvalue(gz, ri, block_inst.to_ref(), block_info.src_node)
    }

    /// Looks `ident_token`, whose text is `text`, up among locals and declarations, from `scope` outwards.
    #[inline(always)]
    pub(crate) fn local_var_ref(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        ident: NodeIndex,
        ident_token: TokenIndex,
        text: &[u8],
    ) -> InnerResult<Ref> {
        /// A declaration of that name; an outer one would make the reference ambiguous.
        struct Found {
            node: NodeIndex,
            needs_tunnel: bool,
            namespaces_out: u32,
        }

        let name = self.ident_text_as_string(ident_token, text)?;
        let is_discard = matches!(ri.rl, Loc::Discard) && ri.ctx == Context::Assignment;
        let wants_ptr = matches!(ri.rl, Loc::Ref | Loc::RefConst | Loc::RefCoercedTy(_));
        let mut found: Option<Found> = None;
        let mut namespaces_out = 0;
        let mut capturing_namespace_node = 0;
        let mut s = self.scopes.find(scope, name);
        loop {
            match &mut self.scopes[s] {
                Scope::Top | Scope::GenZir(_) | Scope::Defer(_) => break,
                Scope::LocalVal(local) => {
                    // Locals shadow nothing, so no search for ambiguity is needed.
                    if is_discard {
                        local.discarded = ident_token;
                    } else {
                        local.used = ident_token;
                    }
                    let local = *local;
                    if let Some(flag) = local.is_used_or_discarded {
                        self.set_flag(flag);
                    }
                    let value = if namespaces_out != 0 {
                        let value = TunnelValue::Ref(local.inst);
                        let decl_src = DeclSrc::Token(local.token_src);
                        self.tunnel_through_closure(
                            gz,
                            ident,
                            namespaces_out,
                            value,
                            decl_src,
                            name,
                        )?
                    } else {
                        local.inst
                    };
                    return self.rvalue_no_coerce_pre_ref(gz, ri, value, ident);
                }
                Scope::LocalPtr(local) => {
                    if is_discard {
                        local.discarded = ident_token;
                    } else {
                        local.used = ident_token;
                    }
                    let local = *local;
                    if namespaces_out != 0 && !local.maybe_comptime && !self.blocks[gz].is_typeof {
                        let ident_name = self.identifier_token_string(ident_token)?;
                        let notes = [
                            self.err_note_tok(local.token_src, "declared mutable here"),
                            self.err_note_node(
                                capturing_namespace_node,
                                "crosses namespace boundary here",
                            ),
                        ];
                        let message = [
                            b"mutable '".as_slice(),
                            &ident_name,
                            b"' not accessible from here",
                        ];
                        return Err(self.fail_node_notes(ident, message, &notes));
                    }
                    if ri.ctx == Context::ReturnAddrof
                        && !local.maybe_comptime
                        && !self.blocks[gz].is_typeof
                    {
                        let ident_name = self.identifier_token_string(ident_token)?;
                        let note = "declared runtime-known here";
                        let note = self.err_note_tok(local.token_src, note);
                        let message = [
                            b"returning address of expired local variable '".as_slice(),
                            &ident_name,
                            b"'",
                        ];
                        return Err(self.fail_node_notes(ident, message, &[note]));
                    }
                    let decl_src = DeclSrc::Token(local.token_src);
                    if wants_ptr {
                        let ptr = if namespaces_out != 0 {
                            let value = TunnelValue::Ref(local.ptr);
                            self.tunnel_through_closure(
                                gz,
                                ident,
                                namespaces_out,
                                value,
                                decl_src,
                                name,
                            )?
                        } else {
                            local.ptr
                        };
                        if !matches!(ri.rl, Loc::RefConst) {
                            self.local_ptr_mut(s).used_as_lvalue = true;
                        }
                        return Ok(ptr);
                    }
                    let value = if namespaces_out != 0 {
                        let value = TunnelValue::RefLoad(local.ptr);
                        self.tunnel_through_closure(
                            gz,
                            ident,
                            namespaces_out,
                            value,
                            decl_src,
                            name,
                        )?
                    } else {
                        self.add_un_node(gz, Tag::Load, local.ptr, ident)
                    };
                    return self.rvalue_no_coerce_pre_ref(gz, ri, value, ident);
                }
                Scope::Namespace(ns) => {
                    let ns = &self.namespaces[*ns];
                    let (ns_node, ns_parent) = (ns.node, ns.parent);
                    if let Some(&decl_node) = ns.decls.get(&name) {
                        if let Some(found) = &found {
                            let notes = [
                                self.err_note_node(found.node, "declared here"),
                                self.err_note_node(decl_node, "also declared here"),
                            ];
                            return Err(self.fail_node_notes(ident, "ambiguous reference", &notes));
                        }
                        found = Some(Found {
                            node: decl_node,
                            needs_tunnel: ns.maybe_generic,
                            namespaces_out,
                        });
                    }
                    namespaces_out += 1;
                    capturing_namespace_node = ns_node;
                    s = self.scopes.find(ns_parent, name);
                }
            }
        }

        let Some(found) = found else {
            let ident_name = self.identifier_token_string(ident_token)?;
            let message = [
                b"use of undeclared identifier '".as_slice(),
                &ident_name,
                b"'",
            ];
            return Err(self.fail_node(ident, message));
        };

        // Declarations are referred to by name, so that this code stays the same when others change.
        let result = if found.namespaces_out > 0 && found.needs_tunnel {
            let value = if wants_ptr {
                TunnelValue::DeclRef(name)
            } else {
                TunnelValue::DeclVal(name)
            };
            let decl_src = DeclSrc::Node(found.node);
            self.tunnel_through_closure(gz, ident, found.namespaces_out, value, decl_src, name)?
        } else {
            let tag = if wants_ptr {
                Tag::DeclRef
            } else {
                Tag::DeclVal
            };
            self.add_str_tok(gz, tag, name, ident_token)
        };
        if wants_ptr {
            Ok(result)
        } else {
            self.rvalue_no_coerce_pre_ref(gz, ri, result, ident)
        }
    }

    /// Makes a value from outside `num_tunnels` (at least one) namespaces available in `gz`: each of them
    /// captures it from the next outer one.
    fn tunnel_through_closure(
        &mut self,
        gz: BlockId,
        inner_ref_node: NodeIndex,
        num_tunnels: u32,
        value: TunnelValue,
        decl_src: DeclSrc,
        name: NullTerminatedString,
    ) -> InnerResult<Ref> {
        let capture = match value {
            TunnelValue::Ref(inst) => match inst.to_index() {
                Some(index) => Capture::Instruction(index),
                // A constant is the same everywhere.
                None => return Ok(inst),
            },
            TunnelValue::RefLoad(inst) => {
                Capture::InstructionLoad(inst.to_index().unwrap_or(Index(0)))
            }
            TunnelValue::DeclVal(name) => Capture::DeclVal(name),
            TunnelValue::DeclRef(name) => Capture::DeclRef(name),
        };

        // Innermost first.
        let mut namespaces: SmallVec<[NamespaceId; 4]> = SmallVec::new();
        let mut scope = self.scopes.namespace(self.blocks[gz].parent);
        while let Scope::Namespace(ns) = self.scopes[scope]
            && namespaces.len() < num_tunnels as usize
        {
            namespaces.push(ns);
            scope = self.scopes.namespace(self.namespaces[ns].parent);
        }

        let mut capture = capture;
        let mut index = 0;
        for &ns in namespaces.iter().rev() {
            let position = self.namespaces[ns].capture(capture, name);
            index = match u16::try_from(position) {
                Ok(index) => index,
                Err(_) => return Err(self.fail_too_many_captures(ns, decl_src, inner_ref_node)),
            };
            capture = Capture::Nested(index);
        }

        // A change in the order of captures must lead to a new analysis.
        self.src_hasher.update(&index.to_le_bytes());
        Ok(self.add_extended_node_small(gz, Extended::ClosureGet, inner_ref_node, index))
    }

    #[cold]
    fn fail_too_many_captures(
        &mut self,
        ns: NamespaceId,
        decl_src: DeclSrc,
        inner_ref_node: NodeIndex,
    ) -> AnalysisFail {
        let notes = [
            match decl_src {
                DeclSrc::Token(token) => self.err_note_tok(token, "captured value here"),
                DeclSrc::Node(node) => self.err_note_node(node, "captured value here"),
            },
            self.err_note_node(inner_ref_node, "value used here"),
        ];
        let node = self.namespaces[ns].node;
        self.fail_node_notes(
            node,
            "this compiler implementation only supports up to 65536 captures per namespace",
            &notes,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bit_counts() {
        assert_eq!(parse_bit_count(b"65535"), Ok(65535));
        assert_eq!(parse_bit_count(b"0"), Ok(0));
        assert_eq!(parse_bit_count(b"65536"), Err(BitCountError::Overflow));
        assert_eq!(parse_bit_count(b"99999x"), Err(BitCountError::Overflow));
        assert_eq!(
            parse_bit_count(b"9999x"),
            Err(BitCountError::InvalidCharacter)
        );
        assert_eq!(
            parse_bit_count(b"1_0"),
            Err(BitCountError::InvalidCharacter)
        );
        assert_eq!(parse_bit_count(b""), Err(BitCountError::InvalidCharacter));
    }

    #[test]
    fn every_primitive_has_a_constant() {
        for name in [
            "anyopaque",
            "c_longdouble",
            "comptime_float",
            "u29",
            "i128",
            "undefined",
            "noreturn",
        ] {
            assert!(primitive_instr(name.as_bytes()).is_some(), "{name}");
            assert!(syntax::primitives::is_primitive(name.as_bytes()), "{name}");
        }
        assert_eq!(primitive_instr(b"u7"), None);
    }
}
