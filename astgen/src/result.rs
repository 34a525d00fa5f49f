//! Result locations: where the value of an expression goes, and in what form.

use syntax::NodeIndex;
use zir::{Data, Ref, Tag, payload};

use crate::r#gen::{AstGen, InnerResult};
use crate::ids::BlockId;

/// A pointer that a result is stored to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PtrResultLoc {
    pub(crate) inst: Ref,
    /// The node to blame for the store, where it is not the expression itself.
    pub(crate) src_node: Option<NodeIndex>,
}

impl PtrResultLoc {
    pub(crate) fn new(inst: Ref) -> PtrResultLoc {
        PtrResultLoc {
            inst,
            src_node: None,
        }
    }
}

/// Where one element of a destructured value goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DestructureComponent {
    TypedPtr(PtrResultLoc),
    InferredPtr(Ref),
    Discard,
}

/// A run of [`AstGen::destructure_components`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct ComponentRange {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// Where a result goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Loc {
    /// Nowhere: only side effects count, the instruction must be ignored.
    Discard,
    /// An rvalue whose type is inferred.
    None,
    /// An rvalue to be coerced to this type.
    Ty(Ref),
    /// As `Ty`, where semantic analysis coerces anyway, so that no `as` is needed.
    CoercedTy(Ref),
    /// A pointer to the value is wanted.
    Ref,
    /// A pointer to the value is wanted, through which nothing is written.
    RefConst,
    /// A pointer is wanted, which other code coerces to this pointer type.
    RefCoercedTy(Ref),
    /// The value must be stored through this pointer; the instruction must be ignored.
    Ptr(PtrResultLoc),
    /// The value must be stored in this allocation of inferred type; the instruction must be ignored.
    InferredPtr(Ref),
    /// The value is taken apart, each element going to its own component.
    Destructure {
        src_node: NodeIndex,
        components: ComponentRange,
    },
}

/// What consumes a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Context {
    Return,
    /// The operand of an operator that handles errors: `try`, `catch`, `if` with `else |err|`.
    ErrorHandlingExpr,
    ShiftOp,
    FnArg,
    ConstInit,
    Assignment,
    /// The address of the operand is returned from the function.
    ReturnAddrof,
    None,
}

/// A result location with its consumer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResultInfo {
    pub(crate) rl: Loc,
    pub(crate) ctx: Context,
}

impl ResultInfo {
    pub(crate) const NONE: ResultInfo = ResultInfo::rl(Loc::None);
    pub(crate) const COERCED_ALIGN: ResultInfo = ResultInfo::rl(Loc::CoercedTy(Ref::U29_TYPE));
    pub(crate) const COERCED_STRING: ResultInfo =
        ResultInfo::rl(Loc::CoercedTy(Ref::SLICE_CONST_U8_TYPE));
    pub(crate) const COERCED_LINKSECTION: ResultInfo =
        ResultInfo::rl(Loc::CoercedTy(Ref::SLICE_CONST_U8_TYPE));
    pub(crate) const COERCED_TYPE: ResultInfo = ResultInfo::rl(Loc::CoercedTy(Ref::TYPE_TYPE));
    pub(crate) const COERCED_BOOL: ResultInfo = ResultInfo::rl(Loc::CoercedTy(Ref::BOOL_TYPE));

    /// A location without a particular consumer.
    pub(crate) const fn rl(rl: Loc) -> ResultInfo {
        ResultInfo {
            rl,
            ctx: Context::None,
        }
    }

    /// [`Loc::CoercedTy`] without a particular consumer.
    pub(crate) const fn coerced(ty: Ref) -> ResultInfo {
        ResultInfo::rl(Loc::CoercedTy(ty))
    }

    /// [`Loc::Ty`] without a particular consumer.
    pub(crate) const fn typed(ty: Ref) -> ResultInfo {
        ResultInfo::rl(Loc::Ty(ty))
    }

    /// The same for one branch of several, where no one coerces for us.
    pub(crate) fn br(self) -> ResultInfo {
        match self.rl {
            Loc::CoercedTy(ty) => ResultInfo {
                rl: Loc::Ty(ty),
                ctx: self.ctx,
            },
            _ => self,
        }
    }

    /// The instruction that coerces to a `Ty` location.
    fn zir_tag(self) -> Tag {
        match self.ctx {
            Context::ShiftOp => Tag::AsShiftOperand,
            _ => Tag::AsNode,
        }
    }
}

impl AstGen<'_> {
    /// The type that a result location asks for, if it is known.
    pub(crate) fn result_type(
        &mut self,
        rl: Loc,
        gz: BlockId,
        node: NodeIndex,
    ) -> InnerResult<Option<Ref>> {
        Ok(match rl {
            Loc::Discard
            | Loc::None
            | Loc::Ref
            | Loc::RefConst
            | Loc::InferredPtr(_)
            | Loc::Destructure { .. } => None,
            Loc::Ty(ty) | Loc::CoercedTy(ty) => Some(ty),
            Loc::RefCoercedTy(ptr_ty) => Some(self.add_un_node(gz, Tag::ElemType, ptr_ty, node)),
            Loc::Ptr(ptr) => {
                let ptr_ty = self.add_un_node(gz, Tag::Typeof, ptr.inst, node);
                Some(self.add_un_node(gz, Tag::ElemType, ptr_ty, node))
            }
        })
    }

    /// [`AstGen::result_type`] for a cast builtin, which is an error where no type is known.
    pub(crate) fn result_type_for_cast(
        &mut self,
        rl: Loc,
        gz: BlockId,
        node: NodeIndex,
        builtin_name: impl AsRef<[u8]>,
    ) -> InnerResult<Ref> {
        if let Some(ty) = self.result_type(rl, gz, node)? {
            return Ok(ty);
        }
        let mut notes = Vec::with_capacity(2);
        if let Loc::Destructure { src_node, .. } = rl {
            notes.push(self.err_note_node(
                src_node,
                "destructure expressions do not provide a single result type",
            ));
        }
        notes.push(self.err_note_node(node, "use @as to provide explicit result type"));
        Err(self.fail_node_notes(
            node,
            [builtin_name.as_ref(), b" must have a known result type"],
            &notes,
        ))
    }

    /// Delivers `raw_result` to the location of `ri`. Every expression that does not handle its location
    /// itself ends here. Nothing may be stacked on `gz`.
    #[inline(never)]
    pub(crate) fn rvalue(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        raw_result: Ref,
        src_node: NodeIndex,
    ) -> InnerResult<Ref> {
        // Of the usual locations nothing else is to be known, and this needs no registers to be saved.
        if matches!(ri.rl, Loc::None | Loc::CoercedTy(_)) {
            return Ok(self.void_or(raw_result));
        }
        Ok(self.rvalue_inner(gz, ri, raw_result, src_node, true))
    }

    /// As [`AstGen::rvalue`], without a coercion before taking a reference: a local without an allocation
    /// must keep one address.
    pub(crate) fn rvalue_no_coerce_pre_ref(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        raw_result: Ref,
        src_node: NodeIndex,
    ) -> InnerResult<Ref> {
        if matches!(ri.rl, Loc::None | Loc::CoercedTy(_)) {
            return Ok(self.void_or(raw_result));
        }
        Ok(self.rvalue_inner(gz, ri, raw_result, src_node, false))
    }

    /// The value of `raw_result`, which for an instruction without one is that of `void`.
    #[inline(always)]
    fn void_or(&self, raw_result: Ref) -> Ref {
        match raw_result.to_index() {
            Some(index) if self.is_always_void(index) => Ref::VOID_VALUE,
            _ => raw_result,
        }
    }

    #[inline(never)]
    fn rvalue_inner(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        raw_result: Ref,
        src_node: NodeIndex,
        allow_coerce_pre_ref: bool,
    ) -> Ref {
        let result = self.void_or(raw_result);
        if self.ends_with_no_return(gz) {
            return result;
        }
        match ri.rl {
            Loc::None | Loc::CoercedTy(_) => result,
            Loc::Discard => {
                self.add_un_node(gz, Tag::EnsureResultNonError, result, src_node);
                Ref::VOID_VALUE
            }
            Loc::Ref | Loc::RefConst | Loc::RefCoercedTy(_) => {
                let coerced = match ri.rl {
                    Loc::RefCoercedTy(ptr_ty) if allow_coerce_pre_ref => self.add_pl_node(
                        gz,
                        Tag::CoercePtrElemTy,
                        src_node,
                        &payload::Bin {
                            lhs: ptr_ty,
                            rhs: result,
                        },
                    ),
                    _ => result,
                };
                let src_token = self.tree.first_token(src_node);
                let Some(index) = coerced.to_index() else {
                    return self.add_un_tok(gz, Tag::Ref, coerced, src_token);
                };
                // One `ref` for each operand, placed after the operand wherever that ends up, so that all
                // addresses of one constant are equal.
                if let Some(existing) = self.ref_table.get(index) {
                    return existing.to_ref();
                }
                let inst = self.make_un_tok(gz, Tag::Ref, coerced, src_token);
                self.ref_table.insert(index, inst);
                inst.to_ref()
            }
            Loc::Ty(ty) => match trivial_coercion(self.rules, ty, result) {
                Some(coerced) => coerced,
                None => self.add_pl_node(
                    gz,
                    ri.zir_tag(),
                    src_node,
                    &payload::As {
                        dest_type: ty,
                        operand: result,
                    },
                ),
            },
            Loc::Ptr(ptr) => {
                self.add_pl_node(
                    gz,
                    Tag::StoreNode,
                    ptr.src_node.unwrap_or(src_node),
                    &payload::Bin {
                        lhs: ptr.inst,
                        rhs: result,
                    },
                );
                Ref::VOID_VALUE
            }
            Loc::InferredPtr(alloc) => {
                self.add_pl_node(
                    gz,
                    Tag::StoreToInferredPtr,
                    src_node,
                    &payload::Bin {
                        lhs: alloc,
                        rhs: result,
                    },
                );
                Ref::VOID_VALUE
            }
            Loc::Destructure {
                src_node: destructure_node,
                components,
            } => {
                self.destructure(gz, result, src_node, destructure_node, components);
                Ref::VOID_VALUE
            }
        }
    }

    fn destructure(
        &mut self,
        gz: BlockId,
        operand: Ref,
        src_node: NodeIndex,
        destructure_node: NodeIndex,
        components: ComponentRange,
    ) {
        let destructure_node = self.node_index_to_relative(gz, destructure_node);
        self.add_pl_node(
            gz,
            Tag::ValidateDestructure,
            src_node,
            &payload::ValidateDestructure {
                operand,
                destructure_node,
                expect_len: components.len,
            },
        );
        for i in 0..components.len {
            let component = self.destructure_components[(components.start + i) as usize];
            if matches!(component, DestructureComponent::Discard) {
                continue;
            }
            let elem_val = self.add(
                gz,
                Tag::ElemValImm,
                Data::elem_val_imm(self.format, operand, i),
            );
            let (tag, node, lhs) = match component {
                DestructureComponent::TypedPtr(ptr) => {
                    (Tag::StoreNode, ptr.src_node.unwrap_or(src_node), ptr.inst)
                }
                DestructureComponent::InferredPtr(ptr) => (Tag::StoreToInferredPtr, src_node, ptr),
                DestructureComponent::Discard => continue,
            };
            self.add_pl_node(gz, tag, node, &payload::Bin { lhs, rhs: elem_val });
        }
    }
}

/// The result of coercing a well-known `result` to a well-known type, where that needs no instruction.
fn trivial_coercion(rules: &release::Rules, ty: Ref, result: Ref) -> Option<Ref> {
    if ty.to_index().is_some() || result.to_index().is_some() {
        return None;
    }
    if rules.undefined_and_u1_are_constants {
        match (ty, result) {
            (Ref::BOOL_TYPE, Ref::UNDEF | Ref::UNDEF_BOOL) => return Some(Ref::UNDEF_BOOL),
            (Ref::USIZE_TYPE, Ref::UNDEF | Ref::UNDEF_USIZE | Ref::UNDEF_U1) => {
                return Some(Ref::UNDEF_USIZE);
            }
            (Ref::U1_TYPE, Ref::UNDEF | Ref::UNDEF_U1) => return Some(Ref::UNDEF_U1),
            (Ref::U1_TYPE, Ref::ZERO | Ref::ZERO_USIZE | Ref::ZERO_U1) => {
                return Some(Ref::ZERO_U1);
            }
            (Ref::U1_TYPE, Ref::ONE | Ref::ONE_USIZE | Ref::ONE_U1) => return Some(Ref::ONE_U1),
            _ => {}
        }
    }
    let coerced = match ty {
        Ref::TYPE_TYPE if is_well_known_type(result) => result,
        Ref::BOOL_TYPE if matches!(result, Ref::BOOL_TRUE | Ref::BOOL_FALSE) => result,
        Ref::VOID_TYPE if result == Ref::VOID_VALUE => result,
        Ref::COMPTIME_INT_TYPE => match result {
            Ref::ZERO | Ref::ONE | Ref::NEGATIVE_ONE => result,
            Ref::ZERO_USIZE | Ref::ZERO_U8 | Ref::ZERO_U1 => Ref::ZERO,
            Ref::ONE_USIZE | Ref::ONE_U8 | Ref::ONE_U1 => Ref::ONE,
            _ => return None,
        },
        Ref::USIZE_TYPE => match result {
            Ref::ZERO | Ref::ZERO_USIZE | Ref::ZERO_U8 | Ref::ZERO_U1 => Ref::ZERO_USIZE,
            Ref::ONE | Ref::ONE_USIZE | Ref::ONE_U8 | Ref::ONE_U1 => Ref::ONE_USIZE,
            _ => return None,
        },
        Ref::U8_TYPE => match result {
            Ref::ZERO | Ref::ZERO_USIZE | Ref::ZERO_U8 => Ref::ZERO_U8,
            Ref::ONE | Ref::ONE_USIZE | Ref::ONE_U8 => Ref::ONE_U8,
            Ref::FOUR_U8 => result,
            _ => return None,
        },
        _ => return None,
    };
    Some(coerced)
}

/// The types that Zig's list of trivial coercions to `type` names; not all well-known types are among them.
fn is_well_known_type(r: Ref) -> bool {
    matches!(
        r,
        Ref::U1_TYPE
            | Ref::U8_TYPE
            | Ref::I8_TYPE
            | Ref::U16_TYPE
            | Ref::U29_TYPE
            | Ref::I16_TYPE
            | Ref::U32_TYPE
            | Ref::I32_TYPE
            | Ref::U64_TYPE
            | Ref::I64_TYPE
            | Ref::U128_TYPE
            | Ref::I128_TYPE
            | Ref::USIZE_TYPE
            | Ref::ISIZE_TYPE
            | Ref::C_CHAR_TYPE
            | Ref::C_SHORT_TYPE
            | Ref::C_USHORT_TYPE
            | Ref::C_INT_TYPE
            | Ref::C_UINT_TYPE
            | Ref::C_LONG_TYPE
            | Ref::C_ULONG_TYPE
            | Ref::C_LONGLONG_TYPE
            | Ref::C_ULONGLONG_TYPE
            | Ref::C_LONGDOUBLE_TYPE
            | Ref::F16_TYPE
            | Ref::F32_TYPE
            | Ref::F64_TYPE
            | Ref::F80_TYPE
            | Ref::F128_TYPE
            | Ref::ANYOPAQUE_TYPE
            | Ref::BOOL_TYPE
            | Ref::VOID_TYPE
            | Ref::TYPE_TYPE
            | Ref::ANYERROR_TYPE
            | Ref::COMPTIME_INT_TYPE
            | Ref::COMPTIME_FLOAT_TYPE
            | Ref::NORETURN_TYPE
            | Ref::ANYFRAME_TYPE
            | Ref::NULL_TYPE
            | Ref::UNDEFINED_TYPE
            | Ref::ENUM_LITERAL_TYPE
            | Ref::MANYPTR_U8_TYPE
            | Ref::MANYPTR_CONST_U8_TYPE
            | Ref::MANYPTR_CONST_U8_SENTINEL_0_TYPE
            | Ref::PTR_USIZE_TYPE
            | Ref::PTR_CONST_COMPTIME_INT_TYPE
            | Ref::SINGLE_CONST_POINTER_TO_COMPTIME_INT_TYPE
            | Ref::SLICE_CONST_U8_TYPE
            | Ref::SLICE_CONST_U8_SENTINEL_0_TYPE
            | Ref::ANYERROR_VOID_ERROR_UNION_TYPE
            | Ref::GENERIC_POISON_TYPE
            | Ref::EMPTY_TUPLE_TYPE
    )
}
