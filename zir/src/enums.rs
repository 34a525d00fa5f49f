//! The enums that stand in payload words, in `small` or in the data bytes; numbers and names are the
//! reference's.

/// Defines a numbered enum with its printed names.
macro_rules! numbered {
    ($(#[doc = $doc:literal] $name:ident: $repr:ident { $($var:ident = $num:literal $text:literal,)* })*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr($repr)]
        pub enum $name {
            $(
                #[doc = concat!("`", $text, "`")]
                $var = $num,
            )*
        }

        impl $name {
            /// All members, in the order of their numbers.
            pub const ALL: &'static [$name] = &[$($name::$var,)*];

            /// The member of that number.
            #[inline]
            pub const fn from_int(number: u32) -> Option<$name> {
                if (number as usize) < Self::ALL.len() {
                    Some(Self::ALL[number as usize])
                } else {
                    None
                }
            }

            /// The number in the format.
            #[inline]
            pub const fn to_int(self) -> u32 {
                self as u32
            }

            /// The reference's name of the member.
            pub const fn name(self) -> &'static str {
                match self {
                    $($name::$var => $text,)*
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::ALL[0]
            }
        }
    )*};
}

numbered! {
    #[doc = "How a container type gets its name."]
    NameStrategy: u8 {
        Parent = 0 "parent",
        Func = 1 "func",
        Anon = 2 "anon",
        DbgVar = 3 "dbg_var",
    }
    #[doc = "A type or value of `std.builtin` that `builtin_value` yields."]
    BuiltinValue: u16 {
        AtomicOrder = 0 "atomic_order",
        AtomicRmwOp = 1 "atomic_rmw_op",
        CallingConvention = 2 "calling_convention",
        AddressSpace = 3 "address_space",
        FloatMode = 4 "float_mode",
        ReduceOp = 5 "reduce_op",
        CallModifier = 6 "call_modifier",
        PrefetchOptions = 7 "prefetch_options",
        ExportOptions = 8 "export_options",
        ExternOptions = 9 "extern_options",
        TypeInfo = 10 "type_info",
        BranchHint = 11 "branch_hint",
        CallingConventionC = 12 "calling_convention_c",
        CallingConventionInline = 13 "calling_convention_inline",
    }
    #[doc = "The operator of `inplace_arith_result_ty`."]
    InplaceOp: u16 {
        AddEq = 0 "add_eq",
        SubEq = 1 "sub_eq",
    }
    #[doc = "Memory layout of a struct or union."]
    ContainerLayout: u8 {
        Auto = 0 "auto",
        Extern = 1 "extern",
        Packed = 2 "packed",
    }
    #[doc = "Why a body is evaluated at compile time."]
    SimpleComptimeReason: u32 {
        OperandType = 0 "operand_Type",
        OperandSetEvalBranchQuota = 1 "operand_setEvalBranchQuota",
        OperandSetFloatMode = 2 "operand_setFloatMode",
        OperandBranchHint = 3 "operand_branchHint",
        OperandSetRuntimeSafety = 4 "operand_setRuntimeSafety",
        OperandEmbedFile = 5 "operand_embedFile",
        OperandCImport = 6 "operand_cImport",
        OperandCDefineMacroName = 7 "operand_cDefine_macro_name",
        OperandCDefineMacroValue = 8 "operand_cDefine_macro_value",
        OperandCIncludeFileName = 9 "operand_cInclude_file_name",
        OperandCUndefMacroName = 10 "operand_cUndef_macro_name",
        OperandShuffleMask = 11 "operand_shuffle_mask",
        OperandAtomicRmwOperation = 12 "operand_atomicRmw_operation",
        OperandReduceOperation = 13 "operand_reduce_operation",
        ExportTarget = 14 "export_target",
        ExportOptions = 15 "export_options",
        ExternOptions = 16 "extern_options",
        PrefetchOptions = 17 "prefetch_options",
        CallModifier = 18 "call_modifier",
        CompileErrorString = 19 "compile_error_string",
        InlineAssemblyCode = 20 "inline_assembly_code",
        AtomicOrder = 21 "atomic_order",
        ArrayMulFactor = 22 "array_mul_factor",
        SliceCatOperand = 23 "slice_cat_operand",
        InlineCallTarget = 24 "inline_call_target",
        GenericCallTarget = 25 "generic_call_target",
        WasmMemoryIndex = 26 "wasm_memory_index",
        WorkGroupDimIndex = 27 "work_group_dim_index",
        Type = 28 "type",
        ArraySentinel = 29 "array_sentinel",
        PointerSentinel = 30 "pointer_sentinel",
        SliceSentinel = 31 "slice_sentinel",
        ArrayLength = 32 "array_length",
        VectorLength = 33 "vector_length",
        ErrorSetContents = 34 "error_set_contents",
        StructFields = 35 "struct_fields",
        EnumFields = 36 "enum_fields",
        UnionFields = 37 "union_fields",
        FunctionRetTy = 38 "function_ret_ty",
        FunctionParameters = 39 "function_parameters",
        DeclName = 40 "decl_name",
        FieldName = 41 "field_name",
        StructFieldName = 42 "struct_field_name",
        EnumFieldName = 43 "enum_field_name",
        UnionFieldName = 44 "union_field_name",
        TupleFieldName = 45 "tuple_field_name",
        TupleFieldIndex = 46 "tuple_field_index",
        ContainerVarInit = 47 "container_var_init",
        Callconv = 48 "callconv",
        Align = 49 "align",
        Addrspace = 50 "addrspace",
        Linksection = 51 "linksection",
        ComptimeKeyword = 52 "comptime_keyword",
        ComptimeCallModifier = 53 "comptime_call_modifier",
        InlineLoopOperand = 54 "inline_loop_operand",
        SwitchItem = 55 "switch_item",
        TupleFieldDefaultValue = 56 "tuple_field_default_value",
        StructFieldDefaultValue = 57 "struct_field_default_value",
        EnumFieldTagValue = 58 "enum_field_tag_value",
        SliceSingleItemPtrBounds = 59 "slice_single_item_ptr_bounds",
        StoredToComptimeField = 60 "stored_to_comptime_field",
        StoredToComptimeVar = 61 "stored_to_comptime_var",
        CastedToComptimeEnum = 62 "casted_to_comptime_enum",
        CastedToComptimeInt = 63 "casted_to_comptime_int",
        CastedToComptimeFloat = 64 "casted_to_comptime_float",
        PanicHandler = 65 "panic_handler",
    }
    #[doc = "Sign of an integer type."]
    Signedness: u8 {
        Signed = 0 "signed",
        Unsigned = 1 "unsigned",
    }
    #[doc = "What a pointer type points at."]
    PointerSize: u8 {
        One = 0 "one",
        Many = 1 "many",
        Slice = 2 "slice",
        C = 3 "c",
    }
    #[doc = "The modifier of a call, as `std.builtin.CallModifier`."]
    CallModifier: u8 {
        Auto = 0 "auto",
        AsyncKw = 1 "async_kw",
        NeverTail = 2 "never_tail",
        NeverInline = 3 "never_inline",
        NoAsync = 4 "no_async",
        AlwaysTail = 5 "always_tail",
        AlwaysInline = 6 "always_inline",
        CompileTime = 7 "compile_time",
    }
    #[doc = "How a switch prong captures its payload."]
    ProngCapture: u8 {
        None = 0 "none",
        ByVal = 1 "by_val",
        ByRef = 2 "by_ref",
    }
}
