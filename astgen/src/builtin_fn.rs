//! The builtin functions: one row each, with what lowering must know of a call before it
//! looks at the arguments.

use release::{Generation, Range};

/// Whether a call of a builtin may yield an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EvalToError {
    /// No call of it ever is an error.
    Never,
    /// Every call of it is an error.
    Always,
    /// That depends on the arguments.
    Maybe,
}

/// What the table says about one builtin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BuiltinFn {
    /// Which builtin it is.
    pub tag: BuiltinTag,
    /// Whether its value may be an error.
    pub eval_to_error: EvalToError,
    /// Whether a call may stand on the left of an assignment.
    pub allows_lvalue: bool,
    /// Whether it may be called in function bodies only.
    pub illegal_outside_function: bool,
    /// How many arguments it takes; `None` for any number.
    pub param_count: Option<u8>,
    /// The generations that have it.
    range: Range,
}

impl BuiltinFn {
    const fn new(tag: BuiltinTag, param_count: Option<u8>) -> Self {
        Self {
            tag,
            eval_to_error: EvalToError::Never,
            allows_lvalue: false,
            illegal_outside_function: false,
            param_count,
            range: Range::ALL,
        }
    }

    const fn only(self, range: Range) -> Self {
        Self { range, ..self }
    }

    const fn maybe_error(self) -> Self {
        Self {
            eval_to_error: EvalToError::Maybe,
            ..self
        }
    }

    const fn always_error(self) -> Self {
        Self {
            eval_to_error: EvalToError::Always,
            ..self
        }
    }

    const fn lvalue(self) -> Self {
        Self {
            allows_lvalue: true,
            ..self
        }
    }

    const fn function_only(self) -> Self {
        Self {
            illegal_outside_function: true,
            ..self
        }
    }
}

macro_rules! param_count {
    (any) => {
        None
    };
    ($n:literal) => {
        Some($n)
    };
}

/// Row: `Tag = name, parameter count (or any), flags... [generations];`
macro_rules! builtins {
    ($($tag:ident = $name:literal, $count:tt $(, $flag:ident)* $([$($range:tt)*])?;)*) => {
        /// The builtins by kind; [`BuiltinTag::Frame`] is `@frame`, [`BuiltinTag::FrameType`] is `@Frame`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum BuiltinTag {
            $($tag,)*
        }

        static TABLE: &[BuiltinFn] = &[
            $(BuiltinFn::new(BuiltinTag::$tag, param_count!($count))$(.$flag())*
                $(.only(release::generations!($($range)*)))?,)*
        ];

        impl BuiltinFn {
            /// The builtin that a generation calls `name`, which includes the `@`.
            pub(crate) fn get(generation: Generation, name: &[u8]) -> Option<&'static BuiltinFn> {
                let tag = match name {
                    $($name => BuiltinTag::$tag,)*
                    _ => return None,
                };
                let info = TABLE.get(tag as usize)?;
                info.range.contains(generation).then_some(info)
            }
        }
    };
}

builtins! {
    AddWithOverflow = b"@addWithOverflow", 2;
    AddrspaceCast = b"@addrSpaceCast", 1;
    AlignCast = b"@alignCast", 1;
    AlignOf = b"@alignOf", 1;
    As = b"@as", 2, maybe_error;
    AsyncCall = b"@asyncCall", 4 [..G15];
    AtomicLoad = b"@atomicLoad", 3;
    AtomicRmw = b"@atomicRmw", 5;
    AtomicStore = b"@atomicStore", 4;
    BitCast = b"@bitCast", 1;
    BitOffsetOf = b"@bitOffsetOf", 2;
    IntFromBool = b"@intFromBool", 1;
    BitSizeOf = b"@bitSizeOf", 1;
    BranchHint = b"@branchHint", 1, function_only;
    Breakpoint = b"@breakpoint", 0, function_only;
    DisableInstrumentation = b"@disableInstrumentation", 0, function_only;
    DisableIntrinsics = b"@disableIntrinsics", 0, function_only;
    MulAdd = b"@mulAdd", 4;
    ByteSwap = b"@byteSwap", 1;
    BitReverse = b"@bitReverse", 1;
    OffsetOf = b"@offsetOf", 2;
    Call = b"@call", 3, maybe_error;
    CDefine = b"@cDefine", 2 [..G17_0];
    CImport = b"@cImport", 1 [..G17_0];
    CInclude = b"@cInclude", 1 [..G17_0];
    Clz = b"@clz", 1;
    CmpxchgStrong = b"@cmpxchgStrong", 6;
    CmpxchgWeak = b"@cmpxchgWeak", 6;
    CompileError = b"@compileError", 1;
    CompileLog = b"@compileLog", any;
    ConstCast = b"@constCast", 1;
    Ctz = b"@ctz", 1;
    CUndef = b"@cUndef", 1 [..G17_0];
    CVaArg = b"@cVaArg", 2, function_only;
    CVaCopy = b"@cVaCopy", 1, function_only;
    CVaEnd = b"@cVaEnd", 1, function_only;
    CVaStart = b"@cVaStart", 0, function_only;
    DivExact = b"@divExact", 2;
    DivFloor = b"@divFloor", 2;
    DivCeil = b"@divCeil", 2 [G17_0..];
    DivTrunc = b"@divTrunc", 2;
    EmbedFile = b"@embedFile", 1;
    IntFromEnum = b"@intFromEnum", 1;
    BackingInt = b"@backingInt", 1 [G17_0..];
    FromBackingInt = b"@fromBackingInt", 1 [G17_0..];
    ErrorName = b"@errorName", 1;
    ErrorReturnTrace = b"@errorReturnTrace", 0;
    IntFromError = b"@intFromError", 1;
    ErrorCast = b"@errorCast", 1, maybe_error;
    Export = b"@export", 2;
    Extern = b"@extern", 2;
    Field = b"@field", 2, maybe_error, lvalue;
    FieldParentPtr = b"@fieldParentPtr", 2;
    FieldType = b"@FieldType", 2;
    FloatCast = b"@floatCast", 1;
    IntFromFloat = b"@intFromFloat", 1;
    Frame = b"@frame", 0;
    FrameType = b"@Frame", 1;
    FrameAddress = b"@frameAddress", 0, function_only;
    FrameSize = b"@frameSize", 1 [..G15];
    HasDecl = b"@hasDecl", 2;
    HasField = b"@hasField", 2;
    Import = b"@import", 1;
    InComptime = b"@inComptime", 0;
    IntCast = b"@intCast", 1;
    EnumFromInt = b"@enumFromInt", 1;
    ErrorFromInt = b"@errorFromInt", 1, always_error;
    FloatFromInt = b"@floatFromInt", 1;
    PtrFromInt = b"@ptrFromInt", 1;
    Max = b"@max", any;
    Memcpy = b"@memcpy", 2;
    Memmove = b"@memmove", 2 [G15..];
    Memset = b"@memset", 2;
    Min = b"@min", any;
    WasmMemorySize = b"@wasmMemorySize", 1;
    WasmMemoryGrow = b"@wasmMemoryGrow", 2;
    Mod = b"@mod", 2;
    MulWithOverflow = b"@mulWithOverflow", 2;
    Panic = b"@panic", 1;
    PopCount = b"@popCount", 1;
    Prefetch = b"@prefetch", 2;
    PtrCast = b"@ptrCast", 1;
    IntFromPtr = b"@intFromPtr", 1;
    Rem = b"@rem", 2;
    ReturnAddress = b"@returnAddress", 0, function_only;
    Select = b"@select", 4;
    SetEvalBranchQuota = b"@setEvalBranchQuota", 1;
    SetFloatMode = b"@setFloatMode", 1;
    SetRuntimeSafety = b"@setRuntimeSafety", 1;
    ShlExact = b"@shlExact", 2;
    ShlWithOverflow = b"@shlWithOverflow", 2;
    ShrExact = b"@shrExact", 2;
    Shuffle = b"@shuffle", 4;
    SizeOf = b"@sizeOf", 1;
    Splat = b"@splat", 1;
    Reduce = b"@reduce", 2;
    Src = b"@src", 0, function_only;
    Sqrt = b"@sqrt", 1;
    Sin = b"@sin", 1;
    Cos = b"@cos", 1;
    Tan = b"@tan", 1;
    Exp = b"@exp", 1;
    Exp2 = b"@exp2", 1;
    Log = b"@log", 1;
    Log2 = b"@log2", 1;
    Log10 = b"@log10", 1;
    Abs = b"@abs", 1;
    Floor = b"@floor", 1;
    Ceil = b"@ceil", 1;
    Trunc = b"@trunc", 1;
    Round = b"@round", 1;
    SubWithOverflow = b"@subWithOverflow", 2;
    TagName = b"@tagName", 1;
    This = b"@This", 0;
    Trap = b"@trap", 0;
    Truncate = b"@truncate", 1;
    Type = b"@Type", 1 [..G16];
    EnumLiteral = b"@EnumLiteral", 0 [G16..];
    Int = b"@Int", 2 [G16..];
    Tuple = b"@Tuple", 1 [G16..];
    Pointer = b"@Pointer", 4 [G16..];
    Fn = b"@Fn", 4 [G16..];
    Struct = b"@Struct", 5 [G16..];
    Union = b"@Union", 5 [G16..];
    Enum = b"@Enum", 4 [G16..];
    SpirvType = b"@SpirvType", 1 [G17_0..];
    TypeInfo = b"@typeInfo", 1;
    TypeName = b"@typeName", 1;
    TypeOf = b"@TypeOf", any;
    UnionInit = b"@unionInit", 3;
    Vector = b"@Vector", 2;
    VolatileCast = b"@volatileCast", 1;
    WorkItemId = b"@workItemId", 1, function_only;
    WorkGroupSize = b"@workGroupSize", 1, function_only;
    WorkGroupId = b"@workGroupId", 1, function_only;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_at_their_tag() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.tag as usize, index);
        }
    }

    #[test]
    fn looks_up_by_exact_name() {
        let field = BuiltinFn::get(Generation::G14, b"@field").unwrap();
        assert!(field.allows_lvalue && field.eval_to_error == EvalToError::Maybe);
        assert_eq!(field.param_count, Some(2));
        assert_eq!(
            BuiltinFn::get(Generation::G14, b"@frame").unwrap().tag,
            BuiltinTag::Frame
        );
        assert_eq!(
            BuiltinFn::get(Generation::G14, b"@Frame").unwrap().tag,
            BuiltinTag::FrameType
        );
        assert_eq!(
            BuiltinFn::get(Generation::G14, b"@min")
                .unwrap()
                .param_count,
            None
        );
        assert!(BuiltinFn::get(Generation::G14, b"field").is_none());
        assert!(BuiltinFn::get(Generation::G14, b"@fieldx").is_none());
    }
}
