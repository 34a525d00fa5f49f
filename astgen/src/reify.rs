//! The builtins that make types: `@Int`, `@Tuple`, `@Pointer`, `@Fn`, `@Struct`, `@Union`, `@Enum` and
//! `@SpirvType`. Up to 0.15 there was one for all, `@Type` (see `builtins`).

use syntax::NodeIndex;
use zir::{
    BuiltinValue, Extended, NameStrategy, Ref, ReifySliceArgInfo, SimpleComptimeReason as Reason,
    Tag, payload,
};

use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::result::ResultInfo;

/// What structs and unions differ in when they are made of lists.
struct Reified {
    layout: Reason,
    names: Reason,
    types: Reason,
    attrs: Reason,
    name_to_type: ReifySliceArgInfo,
    name_to_attrs: ReifySliceArgInfo,
}

const STRUCT: Reified = Reified {
    layout: Reason::StructLayout,
    names: Reason::StructFieldNames,
    types: Reason::StructFieldTypes,
    attrs: Reason::StructFieldAttrs,
    name_to_type: ReifySliceArgInfo::StringToStructFieldType,
    name_to_attrs: ReifySliceArgInfo::StringToStructFieldAttrs,
};

const UNION: Reified = Reified {
    layout: Reason::UnionLayout,
    names: Reason::UnionFieldNames,
    types: Reason::UnionFieldTypes,
    attrs: Reason::UnionFieldAttrs,
    name_to_type: ReifySliceArgInfo::StringToUnionFieldType,
    name_to_attrs: ReifySliceArgInfo::StringToUnionFieldAttrs,
};

impl AstGen<'_> {
    /// How the type that is made gets its name. What is lowered meanwhile has no share in that.
    pub(crate) fn take_name_strategy(&mut self, gz: BlockId) -> NameStrategy {
        std::mem::replace(&mut self.blocks[gz].anon_name_strategy, NameStrategy::Anon)
    }

    fn coerced_comptime(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ty: Ref,
        node: NodeIndex,
        reason: Reason,
    ) -> InnerResult<Ref> {
        self.comptime_expr(gz, scope, ResultInfo::coerced(ty), node, reason)
    }

    fn reify_slice_arg_ty(
        &mut self,
        gz: BlockId,
        info: ReifySliceArgInfo,
        node: NodeIndex,
        operand: Ref,
    ) -> Ref {
        let node = self.node_index_to_relative(gz, node);
        let payload = payload::UnNode { node, operand };
        self.add_extended_payload_small(gz, Extended::ReifySliceArgTy, info as u16, &payload)
    }

    pub(crate) fn reify_int(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
    ) -> InnerResult<Ref> {
        let signedness_ty = self.add_builtin_value(gz, node, BuiltinValue::Signedness);
        let lhs =
            self.coerced_comptime(gz, scope, signedness_ty, params[0], Reason::IntSignedness)?;
        let rhs =
            self.coerced_comptime(gz, scope, Ref::U16_TYPE, params[1], Reason::IntBitWidth)?;
        let result = self.add_pl_node(gz, Tag::ReifyInt, node, &payload::Bin { lhs, rhs });
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn reify_tuple(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        types_node: NodeIndex,
    ) -> InnerResult<Ref> {
        let (ty, reason) = (Ref::SLICE_CONST_TYPE_TYPE, Reason::TupleFieldTypes);
        let operand = self.coerced_comptime(gz, scope, ty, types_node, reason)?;
        let payload = payload::UnNode {
            node: self.node_index_to_relative(gz, node),
            operand,
        };
        let result = self.add_extended_payload(gz, Extended::ReifyTuple, &payload);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn reify_pointer(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
    ) -> InnerResult<Ref> {
        let size_ty = self.add_builtin_value(gz, node, BuiltinValue::PointerSize);
        let attrs_ty = self.add_builtin_value(gz, node, BuiltinValue::PointerAttributes);
        let size = self.coerced_comptime(gz, scope, size_ty, params[0], Reason::PointerSize)?;
        let attrs = self.coerced_comptime(gz, scope, attrs_ty, params[1], Reason::PointerAttrs)?;
        let elem_ty = self.type_expr(gz, scope, params[2])?;
        let sentinel_payload = payload::UnNode {
            node: self.node_index_to_relative(gz, params[2]),
            operand: elem_ty,
        };
        let sentinel_ty =
            self.add_extended_payload(gz, Extended::ReifyPointerSentinelTy, &sentinel_payload);
        let reason = Reason::PointerSentinel;
        let sentinel = self.coerced_comptime(gz, scope, sentinel_ty, params[3], reason)?;
        let payload = payload::ReifyPointer {
            node: self.node_index_to_relative(gz, node),
            size,
            attrs,
            elem_ty,
            sentinel,
        };
        let result = self.add_extended_payload(gz, Extended::ReifyPointer, &payload);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn reify_fn(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
    ) -> InnerResult<Ref> {
        let fn_attrs_ty = self.add_builtin_value(gz, node, BuiltinValue::FnAttributes);
        let (ty, reason) = (Ref::SLICE_CONST_TYPE_TYPE, Reason::FnParamTypes);
        let param_types = self.coerced_comptime(gz, scope, ty, params[0], reason)?;
        let info = ReifySliceArgInfo::TypeToFnParamAttrs;
        let param_attrs_ty = self.reify_slice_arg_ty(gz, info, params[0], param_types);
        let reason = Reason::FnParamAttrs;
        let param_attrs = self.coerced_comptime(gz, scope, param_attrs_ty, params[1], reason)?;
        let ret_ty = self.comptime_expr(
            gz,
            scope,
            ResultInfo::COERCED_TYPE,
            params[2],
            Reason::FnRetTy,
        )?;
        let fn_attrs = self.coerced_comptime(gz, scope, fn_attrs_ty, params[3], Reason::FnAttrs)?;
        let payload = payload::ReifyFn {
            node: self.node_index_to_relative(gz, node),
            param_types,
            param_attrs,
            ret_ty,
            fn_attrs,
        };
        let result = self.add_extended_payload(gz, Extended::ReifyFn, &payload);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn reify_struct(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
    ) -> InnerResult<Ref> {
        let strategy = self.take_name_strategy(gz);
        let [layout, backing_ty, field_names, field_types, field_attrs] =
            self.reified_fields(gz, scope, node, params, &STRUCT)?;
        let payload = payload::ReifyStruct {
            src_line: self.cursor.line,
            src_column: self.cursor.column,
            node,
            layout,
            backing_ty,
            field_names,
            field_types,
            field_attrs,
        };
        let small = strategy as u16;
        let result = self.add_extended_payload_small(gz, Extended::ReifyStruct, small, &payload);
        self.rvalue(gz, ri, result, node)
    }

    /// The arguments of a struct or a union: layout, a type or none, names, types and attributes of the
    /// fields.
    fn reified_fields(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        node: NodeIndex,
        params: &[NodeIndex],
        kind: &Reified,
    ) -> InnerResult<[Ref; 5]> {
        let layout_ty = self.add_builtin_value(gz, node, BuiltinValue::ContainerLayout);
        let layout = self.coerced_comptime(gz, scope, layout_ty, params[0], kind.layout)?;
        let optional = Ref::OPTIONAL_TYPE_TYPE;
        let ty = self.coerced_comptime(gz, scope, optional, params[1], Reason::Type)?;
        let names_ty = Ref::SLICE_CONST_SLICE_CONST_U8_TYPE;
        let names = self.coerced_comptime(gz, scope, names_ty, params[2], kind.names)?;
        let types_ty = self.reify_slice_arg_ty(gz, kind.name_to_type, params[2], names);
        let attrs_ty = self.reify_slice_arg_ty(gz, kind.name_to_attrs, params[2], names);
        let types = self.coerced_comptime(gz, scope, types_ty, params[3], kind.types)?;
        let attrs = self.coerced_comptime(gz, scope, attrs_ty, params[4], kind.attrs)?;
        Ok([layout, ty, names, types, attrs])
    }

    pub(crate) fn reify_union(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
    ) -> InnerResult<Ref> {
        let strategy = self.take_name_strategy(gz);
        let [layout, arg_ty, field_names, field_types, field_attrs] =
            self.reified_fields(gz, scope, node, params, &UNION)?;
        let payload = payload::ReifyUnion {
            src_line: self.cursor.line,
            src_column: self.cursor.column,
            node,
            layout,
            arg_ty,
            field_names,
            field_types,
            field_attrs,
        };
        let small = strategy as u16;
        let result = self.add_extended_payload_small(gz, Extended::ReifyUnion, small, &payload);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn reify_enum(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        params: &[NodeIndex],
    ) -> InnerResult<Ref> {
        let strategy = self.take_name_strategy(gz);
        let mode_ty = self.add_builtin_value(gz, node, BuiltinValue::EnumMode);
        let tag_ty = self.type_expr(gz, scope, params[0])?;
        let mode = self.coerced_comptime(gz, scope, mode_ty, params[1], Reason::Type)?;
        let (ty, reason) = (Ref::SLICE_CONST_SLICE_CONST_U8_TYPE, Reason::EnumFieldNames);
        let field_names = self.coerced_comptime(gz, scope, ty, params[2], reason)?;
        let values_payload = payload::BinNode {
            node: self.node_index_to_relative(gz, node),
            lhs: tag_ty,
            rhs: field_names,
        };
        let values_ty =
            self.add_extended_payload(gz, Extended::ReifyEnumValueSliceTy, &values_payload);
        let reason = Reason::EnumFieldValues;
        let field_values = self.coerced_comptime(gz, scope, values_ty, params[3], reason)?;
        let payload = payload::ReifyEnum {
            src_line: self.cursor.line,
            src_column: self.cursor.column,
            node,
            tag_ty,
            mode,
            field_names,
            field_values,
        };
        let small = strategy as u16;
        let result = self.add_extended_payload_small(gz, Extended::ReifyEnum, small, &payload);
        self.rvalue(gz, ri, result, node)
    }

    pub(crate) fn reify_spirv_type(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        options_node: NodeIndex,
    ) -> InnerResult<Ref> {
        let options_ty = self.add_builtin_value(gz, node, BuiltinValue::SpirvTypeOptions);
        let operand = self.coerced_comptime(gz, scope, options_ty, options_node, Reason::Type)?;
        let payload = payload::ReifySpirvType {
            src_line: self.cursor.line,
            src_column: self.cursor.column,
            node,
            operand,
        };
        let result = self.add_extended_payload(gz, Extended::ReifySpirvType, &payload);
        self.rvalue(gz, ri, result, node)
    }
}
