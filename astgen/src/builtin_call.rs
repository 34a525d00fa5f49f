//! Calls of builtin functions.

use syntax::NodeIndex;
use zir::small::BuiltinCallFlags;
use zir::{BuiltinValue, Extended, Payload, Ref, RoundOp, SimpleComptimeReason, Tag, payload};

use crate::builtin_fn::{BuiltinFn, BuiltinTag};
use crate::builtins::MinMax;
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Loc, ResultInfo};

const COERCED_U32: ResultInfo = ResultInfo::rl(Loc::CoercedTy(Ref::U32_TYPE));

impl AstGen<'_> {
    pub(crate) fn builtin_call(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
        allow_branch_hint: bool,
    ) -> InnerResult<Ref> {
        let name = self.tree.token_slice(self.tree.main_token(node));
        let Some(info) = BuiltinFn::get(self.format.generation, name) else {
            return Err(self.fail_node(
                node,
                [b"invalid builtin function: '".as_slice(), name, b"'"],
            ));
        };
        if let Some(expected) = info.param_count
            && usize::from(expected) != params.len()
        {
            let s = if expected == 1 { "" } else { "s" };
            let found = params.len();
            let message = format_args!("expected {expected} argument{s}, found {found}");
            return Err(self.fail_node(node, message));
        }
        if self.fn_block.is_none() && info.illegal_outside_function {
            return Err(self.fail_node(node, [b"'".as_slice(), name, b"' outside function scope"]));
        }

        use BuiltinTag as B;
        match info.tag {
            B::TypeInfo => self.simple_un_op_type(gz, scope, ri, node, params[0], Tag::TypeInfo),
            B::SizeOf => self.simple_un_op_type(gz, scope, ri, node, params[0], Tag::SizeOf),
            B::BitSizeOf => self.simple_un_op_type(gz, scope, ri, node, params[0], Tag::BitSizeOf),
            B::AlignOf => self.simple_un_op_type(gz, scope, ri, node, params[0], Tag::AlignOf),

            B::CompileError => self.simple_un_op(
                gz,
                scope,
                ri,
                node,
                ResultInfo::COERCED_STRING,
                params[0],
                Tag::CompileError,
            ),
            B::SetEvalBranchQuota => self.simple_un_op(
                gz,
                scope,
                ri,
                node,
                COERCED_U32,
                params[0],
                Tag::SetEvalBranchQuota,
            ),
            B::EmbedFile => self.simple_un_op(
                gz,
                scope,
                ri,
                node,
                ResultInfo::COERCED_STRING,
                params[0],
                Tag::EmbedFile,
            ),
            B::ErrorName => {
                let operand_ri = ResultInfo::coerced(Ref::ANYERROR_TYPE);
                self.simple_un_op(gz, scope, ri, node, operand_ri, params[0], Tag::ErrorName)
            }
            B::SetRuntimeSafety => {
                let operand_ri = ResultInfo::COERCED_BOOL;
                self.simple_un_op(
                    gz,
                    scope,
                    ri,
                    node,
                    operand_ri,
                    params[0],
                    Tag::SetRuntimeSafety,
                )
            }
            B::Panic => {
                self.emit_dbg_node(gz, node);
                self.simple_un_op(
                    gz,
                    scope,
                    ri,
                    node,
                    ResultInfo::COERCED_STRING,
                    params[0],
                    Tag::Panic,
                )
            }
            B::IntFromPtr => self.inferred_un_op(gz, scope, ri, node, params[0], Tag::IntFromPtr),
            B::IntFromEnum => self.inferred_un_op(gz, scope, ri, node, params[0], Tag::IntFromEnum),
            B::IntFromBool => self.inferred_un_op(gz, scope, ri, node, params[0], Tag::IntFromBool),
            B::Sqrt => self.float_un_op(gz, scope, ri, node, params[0], Tag::Sqrt),
            B::Sin => self.float_un_op(gz, scope, ri, node, params[0], Tag::Sin),
            B::Cos => self.float_un_op(gz, scope, ri, node, params[0], Tag::Cos),
            B::Tan => self.float_un_op(gz, scope, ri, node, params[0], Tag::Tan),
            B::Exp => self.float_un_op(gz, scope, ri, node, params[0], Tag::Exp),
            B::Exp2 => self.float_un_op(gz, scope, ri, node, params[0], Tag::Exp2),
            B::Log => self.float_un_op(gz, scope, ri, node, params[0], Tag::Log),
            B::Log2 => self.float_un_op(gz, scope, ri, node, params[0], Tag::Log2),
            B::Log10 => self.float_un_op(gz, scope, ri, node, params[0], Tag::Log10),
            B::Abs => self.inferred_un_op(gz, scope, ri, node, params[0], Tag::Abs),
            B::Floor => self.float_round_op(gz, scope, ri, node, params[0], RoundOp::Floor),
            B::Ceil => self.float_round_op(gz, scope, ri, node, params[0], RoundOp::Ceil),
            B::Trunc => self.float_round_op(gz, scope, ri, node, params[0], RoundOp::Trunc),
            B::Round => self.float_round_op(gz, scope, ri, node, params[0], RoundOp::Round),
            B::TagName => self.inferred_un_op(gz, scope, ri, node, params[0], Tag::TagName),
            B::TypeName => self.inferred_un_op(gz, scope, ri, node, params[0], Tag::TypeName),
            B::FrameType => self.inferred_un_op(gz, scope, ri, node, params[0], Tag::FrameType),
            B::BackingInt => self.inferred_un_op(gz, scope, ri, node, params[0], Tag::BackingInt),
            B::FromBackingInt => {
                let cursor = self.maybe_advance_source_cursor_to_main_token(gz, node);
                let result_ty = self.result_type_for_cast(ri.rl, gz, node, name)?;
                let backing_int_ty =
                    self.add_un_node(gz, Tag::FromBackingIntArgTy, result_ty, node);
                let operand_ri = ResultInfo::coerced(backing_int_ty);
                let operand = self.expr(gz, scope, operand_ri, params[0])?;
                self.emit_dbg_stmt(gz, cursor);
                let payload = payload::Bin {
                    lhs: result_ty,
                    rhs: operand,
                };
                self.pl_node(gz, ri, node, Tag::FromBackingInt, &payload)
            }
            B::EnumLiteral => self.rvalue(gz, ri, Ref::ENUM_LITERAL_TYPE, node),
            B::Int => self.reify_int(gz, scope, ri, node, params),
            B::Tuple => self.reify_tuple(gz, scope, ri, node, params[0]),
            B::Pointer => self.reify_pointer(gz, scope, ri, node, params),
            B::Fn => self.reify_fn(gz, scope, ri, node, params),
            B::Struct => self.reify_struct(gz, scope, ri, node, params),
            B::Union => self.reify_union(gz, scope, ri, node, params),
            B::Enum => self.reify_enum(gz, scope, ri, node, params),
            B::SpirvType => self.reify_spirv_type(gz, scope, ri, node, params[0]),
            B::FrameSize => self.inferred_un_op(gz, scope, ri, node, params[0], Tag::FrameSize),

            B::IntFromFloat => {
                self.type_cast(gz, scope, ri, node, params[0], Tag::IntFromFloat, name)
            }
            B::FloatFromInt => {
                self.type_cast(gz, scope, ri, node, params[0], Tag::FloatFromInt, name)
            }
            B::PtrFromInt => self.type_cast(gz, scope, ri, node, params[0], Tag::PtrFromInt, name),
            B::EnumFromInt => {
                self.type_cast(gz, scope, ri, node, params[0], Tag::EnumFromInt, name)
            }
            B::FloatCast => self.type_cast(gz, scope, ri, node, params[0], Tag::FloatCast, name),
            B::IntCast => self.type_cast(gz, scope, ri, node, params[0], Tag::IntCast, name),
            B::Truncate => self.type_cast(gz, scope, ri, node, params[0], Tag::Truncate, name),

            B::As => self.as_(gz, scope, ri, node, params[0], params[1]),
            B::BitCast => self.bit_cast(gz, scope, ri, node, params[0]),
            B::TypeOf => self.type_of(gz, scope, ri, node, params),
            B::UnionInit => self.union_init(gz, scope, ri, node, params),
            B::CImport => self.c_import(gz, scope, node, params[0]),
            B::Min => self.min_max(gz, scope, ri, node, params, MinMax::Min),
            B::Max => self.min_max(gz, scope, ri, node, params, MinMax::Max),
            B::PtrCast | B::AlignCast | B::AddrspaceCast | B::ConstCast | B::VolatileCast => {
                self.ptr_cast(gz, scope, ri, node)
            }

            B::HasDecl => {
                self.has_decl_or_field(gz, scope, ri, node, params[0], params[1], Tag::HasDecl)
            }
            B::HasField => {
                self.has_decl_or_field(gz, scope, ri, node, params[0], params[1], Tag::HasField)
            }

            B::Clz => self.bit_builtin(gz, scope, ri, node, params[0], Tag::Clz),
            B::Ctz => self.bit_builtin(gz, scope, ri, node, params[0], Tag::Ctz),
            B::PopCount => self.bit_builtin(gz, scope, ri, node, params[0], Tag::PopCount),
            B::ByteSwap => self.bit_builtin(gz, scope, ri, node, params[0], Tag::ByteSwap),
            B::BitReverse => self.bit_builtin(gz, scope, ri, node, params[0], Tag::BitReverse),

            B::DivExact => {
                self.div_builtin(gz, scope, ri, node, params[0], params[1], Tag::DivExact)
            }
            B::DivFloor => {
                self.div_builtin(gz, scope, ri, node, params[0], params[1], Tag::DivFloor)
            }
            B::DivCeil => self.div_builtin(gz, scope, ri, node, params[0], params[1], Tag::DivCeil),
            B::DivTrunc => {
                self.div_builtin(gz, scope, ri, node, params[0], params[1], Tag::DivTrunc)
            }
            B::Mod => self.div_builtin(gz, scope, ri, node, params[0], params[1], Tag::Mod),
            B::Rem => self.div_builtin(gz, scope, ri, node, params[0], params[1], Tag::Rem),

            B::ShlExact => self.shift_op(gz, scope, ri, node, params[0], params[1], Tag::ShlExact),
            B::ShrExact => self.shift_op(gz, scope, ri, node, params[0], params[1], Tag::ShrExact),

            B::BitOffsetOf => {
                self.offset_of(gz, scope, ri, node, params[0], params[1], Tag::BitOffsetOf)
            }
            B::OffsetOf => self.offset_of(gz, scope, ri, node, params[0], params[1], Tag::OffsetOf),

            B::CUndef => self.simple_c_builtin(gz, scope, ri, node, params[0], Extended::CUndef),
            B::CInclude => {
                self.simple_c_builtin(gz, scope, ri, node, params[0], Extended::CInclude)
            }

            B::CmpxchgStrong => self.cmpxchg(gz, scope, ri, node, params, 1),
            B::CmpxchgWeak => self.cmpxchg(gz, scope, ri, node, params, 0),

            B::AddWithOverflow => {
                self.overflow_arithmetic(gz, scope, ri, node, params, Extended::AddWithOverflow)
            }
            B::SubWithOverflow => {
                self.overflow_arithmetic(gz, scope, ri, node, params, Extended::SubWithOverflow)
            }
            B::MulWithOverflow => {
                self.overflow_arithmetic(gz, scope, ri, node, params, Extended::MulWithOverflow)
            }
            B::ShlWithOverflow => {
                self.overflow_arithmetic(gz, scope, ri, node, params, Extended::ShlWithOverflow)
            }

            B::This => self.nullary(gz, ri, node, Extended::This),
            B::ReturnAddress => self.nullary(gz, ri, node, Extended::RetAddr),
            B::ErrorReturnTrace => self.nullary(gz, ri, node, Extended::ErrorReturnTrace),
            B::Frame => self.nullary(gz, ri, node, Extended::Frame),
            B::FrameAddress => self.nullary(gz, ri, node, Extended::FrameAddress),
            B::Breakpoint => self.nullary(gz, ri, node, Extended::Breakpoint),
            B::DisableInstrumentation => {
                self.nullary(gz, ri, node, Extended::DisableInstrumentation)
            }
            B::DisableIntrinsics => self.nullary(gz, ri, node, Extended::DisableIntrinsics),
            B::InComptime => {
                if self.blocks[gz].is_comptime {
                    return Err(self.fail_node(node, "redundant '@inComptime' in comptime scope"));
                }
                self.nullary(gz, ri, node, Extended::InComptime)
            }
            B::CVaStart => {
                if !self.fn_var_args {
                    return Err(self.fail_node(node, "'@cVaStart' in a non-variadic function"));
                }
                self.nullary(gz, ri, node, Extended::CVaStart)
            }
            B::Trap => {
                self.emit_dbg_node(gz, node);
                self.add_node(gz, Tag::Trap, node);
                self.rvalue(gz, ri, Ref::UNREACHABLE_VALUE, node)
            }

            B::IntFromError => {
                let operand = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                self.extended_un_node(gz, ri, node, Extended::IntFromError, operand)
            }
            B::ErrorFromInt => {
                let operand = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                self.extended_un_node(gz, ri, node, Extended::ErrorFromInt, operand)
            }
            B::CVaCopy => {
                let operand = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                self.extended_un_node(gz, ri, node, Extended::CVaCopy, operand)
            }
            B::CVaEnd => {
                let operand = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                self.extended_un_node(gz, ri, node, Extended::CVaEnd, operand)
            }
            B::WorkItemId => {
                self.work_builtin(gz, scope, ri, node, params[0], Extended::WorkItemId)
            }
            B::WorkGroupSize => {
                self.work_builtin(gz, scope, ri, node, params[0], Extended::WorkGroupSize)
            }
            B::WorkGroupId => {
                self.work_builtin(gz, scope, ri, node, params[0], Extended::WorkGroupId)
            }
            B::WasmMemorySize => {
                let reason = SimpleComptimeReason::WasmMemoryIndex;
                let operand = self.comptime_expr(gz, scope, COERCED_U32, params[0], reason)?;
                self.extended_un_node(gz, ri, node, Extended::WasmMemorySize, operand)
            }
            B::SetFloatMode => {
                let float_mode_ty = self.add_builtin_value(gz, node, BuiltinValue::FloatMode);
                let mode = self.expr(gz, scope, ResultInfo::coerced(float_mode_ty), params[0])?;
                self.add_extended_un_node(gz, node, Extended::SetFloatMode, mode);
                self.rvalue(gz, ri, Ref::VOID_VALUE, node)
            }
            B::BranchHint => {
                if !allow_branch_hint {
                    let message = "'@branchHint' must appear as the first statement in a function or conditional branch";
                    return Err(self.fail_node(node, message));
                }
                let hint_ty = self.add_builtin_value(gz, node, BuiltinValue::BranchHint);
                let reason = SimpleComptimeReason::OperandBranchHint;
                let hint =
                    self.comptime_expr(gz, scope, ResultInfo::coerced(hint_ty), params[0], reason)?;
                self.add_extended_un_node(gz, node, Extended::BranchHint, hint);
                self.rvalue(gz, ri, Ref::VOID_VALUE, node)
            }

            B::WasmMemoryGrow => {
                let reason = SimpleComptimeReason::WasmMemoryIndex;
                let index = self.comptime_expr(gz, scope, COERCED_U32, params[0], reason)?;
                let delta =
                    self.expr(gz, scope, ResultInfo::coerced(Ref::USIZE_TYPE), params[1])?;
                self.extended_bin_node(gz, ri, node, Extended::WasmMemoryGrow, index, delta)
            }
            B::CDefine => {
                if !self.blocks[gz].c_import {
                    return Err(self.fail_node(node, "C define valid only inside C import block"));
                }
                let reason = SimpleComptimeReason::OperandCDefineMacroName;
                let macro_name =
                    self.comptime_expr(gz, scope, ResultInfo::COERCED_STRING, params[0], reason)?;
                let reason = SimpleComptimeReason::OperandCDefineMacroValue;
                let value = self.comptime_expr(gz, scope, ResultInfo::NONE, params[1], reason)?;
                self.extended_bin_node(gz, ri, node, Extended::CDefine, macro_name, value)
            }
            B::CVaArg => {
                let list = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                let ty = self.type_expr(gz, scope, params[1])?;
                self.extended_bin_node(gz, ri, node, Extended::CVaArg, list, ty)
            }
            B::ErrorCast => {
                self.emit_dbg_node(gz, node);
                let result_type = self.result_type_for_cast(ri.rl, gz, node, name)?;
                let operand = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                self.extended_bin_node(gz, ri, node, Extended::ErrorCast, result_type, operand)
            }
            B::Extern => {
                let ty = self.type_expr(gz, scope, params[0])?;
                let options_ty = self.add_builtin_value(gz, node, BuiltinValue::ExternOptions);
                let reason = SimpleComptimeReason::ExternOptions;
                let options = self.comptime_expr(
                    gz,
                    scope,
                    ResultInfo::coerced(options_ty),
                    params[1],
                    reason,
                )?;
                self.extended_bin_node(gz, ri, node, Extended::BuiltinExtern, ty, options)
            }
            B::Prefetch => {
                let options_ty = self.add_builtin_value(gz, node, BuiltinValue::PrefetchOptions);
                let ptr = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                let reason = SimpleComptimeReason::PrefetchOptions;
                let options = self.comptime_expr(
                    gz,
                    scope,
                    ResultInfo::coerced(options_ty),
                    params[1],
                    reason,
                )?;
                self.add_extended_bin_node(gz, node, Extended::Prefetch, ptr, options);
                self.rvalue(gz, ri, Ref::VOID_VALUE, node)
            }
            B::Export => {
                let exported = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                let options_ty = self.add_builtin_value(gz, node, BuiltinValue::ExportOptions);
                let reason = SimpleComptimeReason::ExportOptions;
                let options = self.comptime_expr(
                    gz,
                    scope,
                    ResultInfo::coerced(options_ty),
                    params[1],
                    reason,
                )?;
                self.add_pl_node(
                    gz,
                    Tag::Export,
                    node,
                    &payload::Export { exported, options },
                );
                self.rvalue(gz, ri, Ref::VOID_VALUE, node)
            }

            B::Import => self.import_builtin(gz, ri, node, params[0]),
            B::Src => self.src_builtin(gz, ri, node),
            B::Type => self.type_builtin(gz, scope, ri, node, params[0]),
            B::CompileLog => self.node_multi_op(gz, scope, ri, node, params, Extended::CompileLog),
            B::Field => {
                let wants_ptr = matches!(ri.rl, Loc::Ref | Loc::RefConst | Loc::RefCoercedTy(_));
                let through_pointer = self.rules.elements_are_loaded_through_pointers;
                let object_ri = ResultInfo::rl(match ri.rl {
                    Loc::Ref | Loc::RefCoercedTy(_) => Loc::Ref,
                    _ if wants_ptr || through_pointer => Loc::RefConst,
                    _ => Loc::None,
                });
                let lhs = self.expr(gz, scope, object_ri, params[0])?;
                let field_name =
                    self.field_name(gz, scope, params[1], SimpleComptimeReason::FieldName)?;
                let payload = payload::FieldNamed { lhs, field_name };
                if wants_ptr {
                    return Ok(self.add_pl_node(gz, Tag::FieldPtrNamed, node, &payload));
                }
                let tag = if through_pointer {
                    Tag::FieldPtrNamedLoad
                } else {
                    Tag::FieldValNamed
                };
                self.pl_node(gz, ri, node, tag, &payload)
            }
            B::FieldType => {
                let container_type = self.type_expr(gz, scope, params[0])?;
                let field_name =
                    self.field_name(gz, scope, params[1], SimpleComptimeReason::FieldName)?;
                let payload = payload::FieldTypeRef {
                    container_type,
                    field_name,
                };
                self.pl_node(gz, ri, node, Tag::FieldTypeRef, &payload)
            }
            B::FieldParentPtr => {
                let parent_ptr_type = self.result_type_for_cast(ri.rl, gz, node, name)?;
                let field_name =
                    self.field_name(gz, scope, params[0], SimpleComptimeReason::FieldName)?;
                let field_ptr = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                let src_node = self.node_index_to_relative(gz, node);
                let payload = payload::FieldParentPtr {
                    src_node,
                    parent_ptr_type,
                    field_name,
                    field_ptr,
                };
                let result =
                    self.add_extended_payload_small(gz, Extended::FieldParentPtr, 0, &payload);
                self.rvalue(gz, ri, result, node)
            }

            B::Splat => {
                let result_type = self.result_type_for_cast(ri.rl, gz, node, name)?;
                let tag = if self.rules.splat_has_its_own_operand_type {
                    Tag::SplatOpResultTy
                } else {
                    Tag::VecArrElemType
                };
                let elem_type = self.add_un_node(gz, tag, result_type, node);
                let scalar = self.expr(gz, scope, ResultInfo::typed(elem_type), params[0])?;
                self.pl_node(
                    gz,
                    ri,
                    node,
                    Tag::Splat,
                    &payload::Bin {
                        lhs: result_type,
                        rhs: scalar,
                    },
                )
            }
            B::Reduce => {
                let op_ty = self.add_builtin_value(gz, node, BuiltinValue::ReduceOp);
                let op = self.expr(gz, scope, ResultInfo::coerced(op_ty), params[0])?;
                let operand = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                self.pl_node(
                    gz,
                    ri,
                    node,
                    Tag::Reduce,
                    &payload::Bin {
                        lhs: op,
                        rhs: operand,
                    },
                )
            }
            B::Shuffle => {
                let elem_type = self.type_expr(gz, scope, params[0])?;
                let a = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                let b = self.expr(gz, scope, ResultInfo::NONE, params[2])?;
                let reason = SimpleComptimeReason::OperandShuffleMask;
                let mask = self.comptime_expr(gz, scope, ResultInfo::NONE, params[3], reason)?;
                self.pl_node(
                    gz,
                    ri,
                    node,
                    Tag::Shuffle,
                    &payload::Shuffle {
                        elem_type,
                        a,
                        b,
                        mask,
                    },
                )
            }
            B::Select => {
                let elem_type = self.type_expr(gz, scope, params[0])?;
                let pred = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                let a = self.expr(gz, scope, ResultInfo::NONE, params[2])?;
                let b = self.expr(gz, scope, ResultInfo::NONE, params[3])?;
                let src_node = self.node_index_to_relative(gz, node);
                let payload = payload::Select {
                    node: src_node,
                    elem_type,
                    pred,
                    a,
                    b,
                };
                let result = self.add_extended_payload(gz, Extended::Select, &payload);
                self.rvalue(gz, ri, result, node)
            }
            B::Vector => {
                let len = self.comptime_expr(
                    gz,
                    scope,
                    COERCED_U32,
                    params[0],
                    SimpleComptimeReason::Type,
                )?;
                let elem_type = self.type_expr(gz, scope, params[1])?;
                self.pl_node(
                    gz,
                    ri,
                    node,
                    Tag::VectorType,
                    &payload::Bin {
                        lhs: len,
                        rhs: elem_type,
                    },
                )
            }
            B::MulAdd => {
                let float_type = self.type_expr(gz, scope, params[0])?;
                let mulend1 = self.expr(gz, scope, ResultInfo::coerced(float_type), params[1])?;
                let mulend2 = self.expr(gz, scope, ResultInfo::coerced(float_type), params[2])?;
                let addend = self.expr(gz, scope, ResultInfo::typed(float_type), params[3])?;
                self.pl_node(
                    gz,
                    ri,
                    node,
                    Tag::MulAdd,
                    &payload::MulAdd {
                        mulend1,
                        mulend2,
                        addend,
                    },
                )
            }

            B::AtomicLoad => {
                let order_ty = self.add_builtin_value(gz, node, BuiltinValue::AtomicOrder);
                let elem_type = self.type_expr(gz, scope, params[0])?;
                let ptr = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                let ordering = self.expr(gz, scope, ResultInfo::coerced(order_ty), params[2])?;
                self.pl_node(
                    gz,
                    ri,
                    node,
                    Tag::AtomicLoad,
                    &payload::AtomicLoad {
                        elem_type,
                        ptr,
                        ordering,
                    },
                )
            }
            B::AtomicRmw => {
                let order_ty = self.add_builtin_value(gz, node, BuiltinValue::AtomicOrder);
                let op_ty = self.add_builtin_value(gz, node, BuiltinValue::AtomicRmwOp);
                let int_type = self.type_expr(gz, scope, params[0])?;
                let ptr = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                let operation = self.expr(gz, scope, ResultInfo::coerced(op_ty), params[2])?;
                let operand = self.expr(gz, scope, ResultInfo::typed(int_type), params[3])?;
                let ordering = self.expr(gz, scope, ResultInfo::coerced(order_ty), params[4])?;
                let payload = payload::AtomicRmw {
                    ptr,
                    operation,
                    operand,
                    ordering,
                };
                self.pl_node(gz, ri, node, Tag::AtomicRmw, &payload)
            }
            B::AtomicStore => {
                let order_ty = self.add_builtin_value(gz, node, BuiltinValue::AtomicOrder);
                let int_type = self.type_expr(gz, scope, params[0])?;
                let ptr = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                let operand = self.expr(gz, scope, ResultInfo::typed(int_type), params[2])?;
                let ordering = self.expr(gz, scope, ResultInfo::coerced(order_ty), params[3])?;
                self.add_pl_node(
                    gz,
                    Tag::AtomicStore,
                    node,
                    &payload::AtomicStore {
                        ptr,
                        operand,
                        ordering,
                    },
                );
                self.rvalue(gz, ri, Ref::VOID_VALUE, node)
            }
            B::Memcpy => {
                let lhs = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                let rhs = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                self.add_pl_node(gz, Tag::Memcpy, node, &payload::Bin { lhs, rhs });
                self.rvalue(gz, ri, Ref::VOID_VALUE, node)
            }
            B::Memmove => {
                let lhs = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                let rhs = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                self.add_pl_node(gz, Tag::Memmove, node, &payload::Bin { lhs, rhs });
                self.rvalue(gz, ri, Ref::VOID_VALUE, node)
            }
            B::Memset => {
                let lhs = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                let lhs_ty = self.add_un_node(gz, Tag::Typeof, lhs, params[0]);
                let elem_ty = self.add_un_node(gz, Tag::IndexablePtrElemType, lhs_ty, params[0]);
                let rhs = self.expr(gz, scope, ResultInfo::coerced(elem_ty), params[1])?;
                self.add_pl_node(gz, Tag::Memset, node, &payload::Bin { lhs, rhs });
                self.rvalue(gz, ri, Ref::VOID_VALUE, node)
            }
            B::Call => {
                let modifier_ty = self.add_builtin_value(gz, node, BuiltinValue::CallModifier);
                let reason = SimpleComptimeReason::CallModifier;
                let modifier = self.comptime_expr(
                    gz,
                    scope,
                    ResultInfo::coerced(modifier_ty),
                    params[0],
                    reason,
                )?;
                let callee = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                let args = self.expr(gz, scope, ResultInfo::NONE, params[2])?;
                let is_nosuspend = self.blocks[gz].nosuspend_node != 0;
                let flags = BuiltinCallFlags {
                    is_nosuspend,
                    ensure_result_used: false,
                };
                let payload = payload::BuiltinCall {
                    flags,
                    modifier,
                    callee,
                    args,
                };
                self.pl_node(gz, ri, node, Tag::BuiltinCall, &payload)
            }
            B::AsyncCall => {
                let frame_buffer = self.expr(gz, scope, ResultInfo::NONE, params[0])?;
                let result_ptr = self.expr(gz, scope, ResultInfo::NONE, params[1])?;
                let fn_ptr = self.expr(gz, scope, ResultInfo::NONE, params[2])?;
                let args = self.expr(gz, scope, ResultInfo::NONE, params[3])?;
                let src_node = self.node_index_to_relative(gz, node);
                let payload = payload::AsyncCall {
                    node: src_node,
                    frame_buffer,
                    result_ptr,
                    fn_ptr,
                    args,
                };
                let result = self.add_extended_payload(gz, Extended::BuiltinAsyncCall, &payload);
                self.rvalue(gz, ri, result, node)
            }
        }
    }

    // Shapes that several builtins share.

    pub(crate) fn pl_node(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
        tag: Tag,
        payload: &impl Payload,
    ) -> InnerResult<Ref> {
        let result = self.add_pl_node(gz, tag, node, payload);
        self.rvalue(gz, ri, result, node)
    }

    fn nullary(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
        opcode: Extended,
    ) -> InnerResult<Ref> {
        let result = self.add_node_extended(gz, opcode, node);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn add_extended_un_node(
        &mut self,
        gz: BlockId,
        node: NodeIndex,
        opcode: Extended,
        operand: Ref,
    ) -> Ref {
        let node = self.node_index_to_relative(gz, node);
        self.add_extended_payload(gz, opcode, &payload::UnNode { node, operand })
    }

    fn extended_un_node(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
        opcode: Extended,
        operand: Ref,
    ) -> InnerResult<Ref> {
        let result = self.add_extended_un_node(gz, node, opcode, operand);
        self.rvalue(gz, ri, result, node)
    }

    fn add_extended_bin_node(
        &mut self,
        gz: BlockId,
        node: NodeIndex,
        opcode: Extended,
        lhs: Ref,
        rhs: Ref,
    ) -> Ref {
        let node = self.node_index_to_relative(gz, node);
        self.add_extended_payload(gz, opcode, &payload::BinNode { node, lhs, rhs })
    }

    pub(crate) fn extended_bin_node(
        &mut self,
        gz: BlockId,
        ri: ResultInfo,
        node: NodeIndex,
        opcode: Extended,
        lhs: Ref,
        rhs: Ref,
    ) -> InnerResult<Ref> {
        let result = self.add_extended_bin_node(gz, node, opcode, lhs, rhs);
        self.rvalue(gz, ri, result, node)
    }

    /// A name that must be known at compile time.
    pub(crate) fn field_name(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        reason: SimpleComptimeReason,
    ) -> InnerResult<Ref> {
        self.comptime_expr(gz, scope, ResultInfo::COERCED_STRING, node, reason)
    }

    pub(crate) fn node_multi_op(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
        opcode: Extended,
    ) -> InnerResult<Ref> {
        let src_node = self.node_index_to_relative(gz, node);
        let payload_index = self.add_extra(&payload::NodeMultiOp { src_node });
        let operands = self.reserve_extra(params.len()) as usize;
        for (i, &param) in params.iter().enumerate() {
            let operand = self.expr(gz, scope, ResultInfo::NONE, param)?;
            self.extra[operands + i] = self.format.ref_word(operand);
        }
        let result =
            self.add_extended_multi_op_payload_index(gz, opcode, payload_index, params.len());
        self.rvalue(gz, ri, result, node)
    }

    fn work_builtin(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        operand_node: NodeIndex,
        opcode: Extended,
    ) -> InnerResult<Ref> {
        let reason = SimpleComptimeReason::WorkGroupDimIndex;
        let operand = self.comptime_expr(gz, scope, COERCED_U32, operand_node, reason)?;
        self.extended_un_node(gz, ri, node, opcode, operand)
    }
}
