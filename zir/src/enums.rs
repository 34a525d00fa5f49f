//! The enums that stand in payload words, in `small` or in the data bytes; numbers and names are the
//! reference's. Those whose numbers differ between generations are numbered by [`Format`](crate::Format).

use release::Range;

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
    #[doc = "What kind of union it is, from 0.16 on."]
    UnionKind: u8 {
        Auto = 0 "auto",
        TaggedExplicit = 1 "tagged_explicit",
        TaggedEnum = 2 "tagged_enum",
        TaggedEnumExplicit = 3 "tagged_enum_explicit",
        Extern = 4 "extern",
        Packed = 5 "packed",
        PackedExplicit = 6 "packed_explicit",
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
    #[doc = "The operation of `round_op`."]
    RoundOp: u16 {
        Round = 0 "round",
        Floor = 1 "floor",
        Ceil = 2 "ceil",
        Trunc = 3 "trunc",
    }
    #[doc = "The element types that `reify_slice_arg_ty` goes from and to."]
    ReifySliceArgInfo: u16 {
        TypeToFnParamAttrs = 0 "type_to_fn_param_attrs",
        StringToStructFieldType = 1 "string_to_struct_field_type",
        StringToUnionFieldType = 2 "string_to_union_field_type",
        StringToStructFieldAttrs = 3 "string_to_struct_field_attrs",
        StringToUnionFieldAttrs = 4 "string_to_union_field_attrs",
    }
    #[doc = "Which prongs of a switch are for what the items leave over, in 0.15."]
    SpecialProngs: u8 {
        None = 0 "none",
        Else = 1 "else",
        Under = 2 "under",
        UnderAndElse = 3 "under_and_else",
        UnderOneItem = 4 "under_one_item",
        UnderOneItemAndElse = 5 "under_one_item_and_else",
        UnderManyItems = 6 "under_many_items",
        UnderManyItemsAndElse = 7 "under_many_items_and_else",
    }
    #[doc = "How a switch prong captures its payload."]
    ProngCapture: u8 {
        None = 0 "none",
        ByVal = 1 "by_val",
        ByRef = 2 "by_ref",
    }
}

/// Defines an enum whose numbers are counted: a member's number in a generation is how many members of that
/// generation stand before it.
macro_rules! counted {
    ($(#[doc = $doc:literal] $name:ident { $($var:ident $text:literal [$($range:tt)*],)* })*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $name {
            $(
                #[doc = concat!("`", $text, "`")]
                $var,
            )*
        }

        impl $name {
            /// All members of all generations, in their order.
            pub const ALL: &'static [$name] = &[$($name::$var,)*];

            /// The generations that have each member.
            pub(crate) const RANGES: &'static [Range] = &[$(release::generations!($($range)*),)*];

            /// The reference's name of the member.
            pub const fn name(self) -> &'static str {
                match self {
                    $($name::$var => $text,)*
                }
            }
        }
    )*};
}

counted! {
    #[doc = "A type or value of `std.builtin` that `builtin_value` yields."]
    BuiltinValue {
        AtomicOrder "atomic_order" [..],
        AtomicRmwOp "atomic_rmw_op" [..],
        CallingConvention "calling_convention" [..],
        AddressSpace "address_space" [..],
        FloatMode "float_mode" [..],
        Signedness "signedness" [G16..],
        ReduceOp "reduce_op" [..],
        CallModifier "call_modifier" [..],
        PrefetchOptions "prefetch_options" [..],
        ExportOptions "export_options" [..],
        ExternOptions "extern_options" [..],
        TypeInfo "type_info" [..G16],
        BranchHint "branch_hint" [..],
        Clobbers "clobbers" [G15..],
        PointerSize "pointer_size" [G16..],
        PointerAttributes "pointer_attributes" [G16..],
        FnAttributes "fn_attributes" [G16..],
        ContainerLayout "container_layout" [G16..],
        EnumMode "enum_mode" [G16..],
        SpirvTypeOptions "spirv_type_options" [G17_0..],
        CallingConventionC "calling_convention_c" [..],
        CallingConventionInline "calling_convention_inline" [..],
    }
    #[doc = "The modifier of a call, as `std.builtin.CallModifier`."]
    CallModifier {
        Auto "auto" [..],
        AsyncKw "async_kw" [..G15],
        NeverTail "never_tail" [..],
        NeverInline "never_inline" [..],
        NoAsync "no_async" [..G15],
        NoSuspend "no_suspend" [G15..],
        AlwaysTail "always_tail" [..],
        AlwaysInline "always_inline" [..],
        CompileTime "compile_time" [..],
    }
}

/// What a member that a release does not have is numbered: no release has as many.
pub(crate) const NO_NUMBER: u32 = u8::MAX as u32;

macro_rules! column {
    (_) => {
        NO_NUMBER
    };
    ($num:literal) => {
        $num
    };
}

/// Defines [`SimpleComptimeReason`]: the one enum whose members changed places, so that each row has its
/// number in 0.14, 0.15, 0.16 and 0.17.
macro_rules! reasons {
    ($($var:ident $text:literal $g14:tt $g15:tt $g16:tt $g17:tt;)*) => {
        /// Why a body is evaluated at compile time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum SimpleComptimeReason {
            $(
                #[doc = concat!("`", $text, "`")]
                $var,
            )*
        }

        impl SimpleComptimeReason {
            /// All members of all generations.
            pub const ALL: &'static [SimpleComptimeReason] = &[$(SimpleComptimeReason::$var,)*];

            /// Their numbers in 0.14, 0.15, 0.16 and 0.17.
            pub(crate) const COLUMNS: &'static [[u32; 4]] =
                &[$([column!($g14), column!($g15), column!($g16), column!($g17)],)*];

            /// The reference's name of the member.
            pub const fn name(self) -> &'static str {
                match self {
                    $(SimpleComptimeReason::$var => $text,)*
                }
            }
        }
    };
}

reasons! {
    OperandType "operand_Type" 0 0 _ _;
    OperandSetEvalBranchQuota "operand_setEvalBranchQuota" 1 1 0 0;
    OperandSetFloatMode "operand_setFloatMode" 2 2 1 1;
    OperandBranchHint "operand_branchHint" 3 3 2 2;
    OperandSetRuntimeSafety "operand_setRuntimeSafety" 4 4 3 3;
    OperandEmbedFile "operand_embedFile" 5 5 4 4;
    OperandCImport "operand_cImport" 6 6 5 _;
    OperandCDefineMacroName "operand_cDefine_macro_name" 7 7 6 _;
    OperandCDefineMacroValue "operand_cDefine_macro_value" 8 8 7 _;
    OperandCIncludeFileName "operand_cInclude_file_name" 9 9 8 _;
    OperandCUndefMacroName "operand_cUndef_macro_name" 10 10 9 _;
    OperandShuffleMask "operand_shuffle_mask" 11 11 10 5;
    OperandAtomicRmwOperation "operand_atomicRmw_operation" 12 12 11 6;
    OperandReduceOperation "operand_reduce_operation" 13 13 12 7;
    ExportTarget "export_target" 14 14 13 8;
    ExportOptions "export_options" 15 15 14 9;
    ExternOptions "extern_options" 16 16 15 10;
    PrefetchOptions "prefetch_options" 17 17 16 11;
    CallModifier "call_modifier" 18 18 17 12;
    CompileErrorString "compile_error_string" 19 19 18 13;
    InlineAssemblyCode "inline_assembly_code" 20 20 19 14;
    AtomicOrder "atomic_order" 21 21 20 15;
    ArrayMulFactor "array_mul_factor" 22 22 21 _;
    SliceCatOperand "slice_cat_operand" 23 23 22 16;
    InlineCallTarget "inline_call_target" 24 24 23 17;
    GenericCallTarget "generic_call_target" 25 25 24 18;
    WasmMemoryIndex "wasm_memory_index" 26 26 25 19;
    WorkGroupDimIndex "work_group_dim_index" 27 27 26 20;
    Type "type" 28 29 28 22;
    ArraySentinel "array_sentinel" 29 30 31 25;
    PointerSentinel "pointer_sentinel" 30 31 35 29;
    SliceSentinel "slice_sentinel" 31 32 36 30;
    ArrayLength "array_length" 32 33 32 26;
    VectorLength "vector_length" 33 34 37 31;
    ErrorSetContents "error_set_contents" 34 35 _ _;
    StructFields "struct_fields" 35 36 _ _;
    EnumFields "enum_fields" 36 37 _ _;
    UnionFields "union_fields" 37 38 _ _;
    FunctionRetTy "function_ret_ty" 38 39 _ _;
    FunctionParameters "function_parameters" 39 40 _ _;
    DeclName "decl_name" 40 41 57 51;
    FieldName "field_name" 41 42 58 52;
    StructFieldName "struct_field_name" 42 43 _ _;
    EnumFieldName "enum_field_name" 43 44 _ _;
    UnionFieldName "union_field_name" 44 45 _ _;
    TupleFieldName "tuple_field_name" 45 46 _ _;
    TupleFieldIndex "tuple_field_index" 46 47 59 53;
    ContainerVarInit "container_var_init" 47 48 60 54;
    Callconv "callconv" 48 49 61 55;
    Align "align" 49 50 62 56;
    Addrspace "addrspace" 50 51 63 57;
    Linksection "linksection" 51 52 64 58;
    ComptimeKeyword "comptime_keyword" 52 53 65 59;
    ComptimeCallModifier "comptime_call_modifier" 53 54 66 60;
    InlineLoopOperand "inline_loop_operand" 54 55 67 61;
    SwitchItem "switch_item" 55 56 68 62;
    TupleFieldDefaultValue "tuple_field_default_value" 56 57 69 63;
    StructFieldDefaultValue "struct_field_default_value" 57 58 70 64;
    EnumFieldTagValue "enum_field_tag_value" 58 59 71 65;
    SliceSingleItemPtrBounds "slice_single_item_ptr_bounds" 59 60 72 66;
    StoredToComptimeField "stored_to_comptime_field" 60 61 73 67;
    StoredToComptimeVar "stored_to_comptime_var" 61 62 74 68;
    CastedToComptimeEnum "casted_to_comptime_enum" 62 63 75 _;
    CastedToComptimeInt "casted_to_comptime_int" 63 64 76 69;
    CastedToComptimeFloat "casted_to_comptime_float" 64 65 77 70;
    PanicHandler "panic_handler" 65 66 _ _;
    Clobber "clobber" _ 28 27 21;
    IntSignedness "int_signedness" _ _ 29 23;
    IntBitWidth "int_bit_width" _ _ 30 24;
    PointerSize "pointer_size" _ _ 33 27;
    PointerAttrs "pointer_attrs" _ _ 34 28;
    FnRetTy "fn_ret_ty" _ _ 38 32;
    FnParamTypes "fn_param_types" _ _ 39 33;
    FnParamAttrs "fn_param_attrs" _ _ 40 34;
    FnAttrs "fn_attrs" _ _ 41 35;
    StructLayout "struct_layout" _ _ 42 36;
    StructFieldNames "struct_field_names" _ _ 43 37;
    StructFieldTypes "struct_field_types" _ _ 44 38;
    StructFieldAttrs "struct_field_attrs" _ _ 45 39;
    UnionLayout "union_layout" _ _ 46 40;
    UnionFieldNames "union_field_names" _ _ 47 41;
    UnionFieldTypes "union_field_types" _ _ 48 42;
    UnionFieldAttrs "union_field_attrs" _ _ 49 43;
    TupleFieldTypes "tuple_field_types" _ _ 50 44;
    EnumFieldNames "enum_field_names" _ _ 51 45;
    EnumFieldValues "enum_field_values" _ _ 52 46;
    UnionEnumTagType "union_enum_tag_type" _ _ 53 47;
    EnumIntTagType "enum_int_tag_type" _ _ 54 48;
    PackedStructBackingIntType "packed_struct_backing_int_type" _ _ 55 49;
    PackedUnionBackingIntType "packed_union_backing_int_type" _ _ 56 50;
    StdBuiltinDecl "std_builtin_decl" _ _ 78 _;
    StdLangDecl "std_lang_decl" _ _ _ 71;
}
