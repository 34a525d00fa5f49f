//! Every message with its rule. A row is a rule: whose message it is, its name, and the texts that say it,
//! each behind the generations that word it so if not all do. `{}` stands for what differs from case to case.

use release::{Range, generations};

use super::family::Family;
use super::model::{Kind, Rule, Wording};

macro_rules! range {
    () => {
        Range::ALL
    };
    ($($range:tt)+) => {
        generations!($($range)+)
    };
}

macro_rules! rules {
    ($(
        $family:ident {
            $($kind:ident $id:literal $($(($($range:tt)+))? $text:literal),*;)*
        }
    )*) => {
        pub(super) const RULES: &[Rule] = &[
            $($(Rule {
                id: $id,
                kind: Kind::$kind,
                family: Family::$family,
                wordings: &[
                    $(Wording {
                        text: $text,
                        generations: range!($($($range)+)?),
                    },)*
                ],
            },)*)*
            Rule::OTHER,
        ];
    };
}

rules! {
    Syntax {
        Error "asterisk-after-dereference"
            (..G15) "'.*' cannot be followed by '*'. Are you missing a space?",
            (G15..G17_0) "'.*' cannot be followed by '*'; are you missing a space?";
        Error "chained-comparison" "comparison operators cannot be chained";
        Error "declaration-between-fields" "declarations are not allowed between container fields";
        Error "expected-block" "expected block, found '{}'";
        Error "expected-block-or-assignment" "expected block or assignment, found '{}'";
        Error "expected-block-or-expression" "expected block or expression, found '{}'";
        Error "expected-block-or-field" "expected block or field, found '{}'";
        Error "expected-member" "expected test, comptime, var decl, or container field, found '{}'";
        Error "expected-expression" "expected expression, found '{}'";
        Error "expected-expression-or-assignment" "expected expression or assignment, found '{}'";
        Error "expected-expression-or-declaration" "expected expression or var decl, found '{}'";
        Error "expected-function" "expected function, found '{}'";
        Error "expected-loop" "expected 'while' or 'for', found '{}'";
        Error "expected-labelable" "expected 'while', 'for', 'inline', or '{', found '{}'";
        Error "expected-parameter-list" "expected parameter list, found '{}'";
        Error "expected-prefix-expression" "expected prefix expression, found '{}'";
        Error "expected-primary-type" (..G15) "expected primary type expression, found '{}'";
        Error "expected-public-declaration" "expected function or variable declaration after pub";
        Error "expected-return-type" "expected return type expression, found '{}'";
        Error "expected-semicolon" "expected ';' after declaration", "expected ';' after statement";
        Error "expected-semicolon-or-else" "expected ';' or 'else' after statement";
        Error "expected-semicolon-or-body" "expected ';' or block after function prototype";
        Error "expected-statement" "expected statement, found '{}'";
        Error "expected-suffix"
            "expected pointer dereference, optional unwrap, or field access, found '{}'";
        Error "expected-type" "expected type expression, found '{}'";
        Error "expected-variable-declaration" "expected variable declaration, found '{}'";
        Error "expected-declaration" "expected variable declaration or function, found '{}'";
        Error "expected-loop-capture" "expected loop payload, found '{}'";
        Error "expected-container" "expected a struct, enum or union, found '{}'";
        Error "expected-comma"
            "expected ',' after field",
            "expected ',' after argument",
            "expected ',' after parameter",
            "expected ',' after initializer",
            "expected ',' after switch prong",
            "expected ',' after for operand",
            "expected ',' after for capture";
        Error "expected-continue-expression"
            (..G16) "expected ':' before while continue expression";
        Error "expected-initializer" "expected field initializer";
        Error "expected-var-or-const" "expected 'var' or 'const' before variable declaration";
        // An escape \u without its braces says the same.
        Error "expected-token" "expected '{}', found '{}'", "expected '{}', found invalid bytes";
        Error "extern-function-body" "extern functions have no body";
        Error "duplicate-qualifier"
            "extra addrspace qualifier",
            "extra align qualifier",
            (..G17_0) "extra allowzero qualifier",
            (..G17_0) "extra const qualifier",
            (..G17_0) "extra volatile qualifier",
            (G17_0..) "Extra pointer qualifier";
        Error "array-child-modifier" "pointer modifier '{}' not allowed on array child type";
        Error "invalid-bit-range"
            (..G16) "bit range not allowed on slices and arrays",
            (G16..) "bit range only allowed on single item pointers";
        Error "doc-comment-same-line" "same line documentation comment";
        Error "doc-comment-unattached" "unattached documentation comment";
        Error "doc-comment-on-test" "documentation comments cannot be attached to tests";
        Error "doc-comment-on-comptime"
            "documentation comments cannot be attached to comptime blocks";
        Error "parameter-after-varargs" "function prototype has parameter after varargs";
        Error "mismatched-whitespace"
            (..G15) "binary operator `{}` has whitespace on one side, but not the other.",
            (G15..) "binary operator '{}' has whitespace on one side, but not the other";
        Error "ampersand-ampersand"
            "ambiguous use of '&&'; use 'and' for logical AND, or change whitespace to ' & &' for bitwise AND";
        Error "c-style-container" "'{} {}' is invalid";
        Error "equal-equal-initializer" "variable initialized with '==' instead of '='";
        Error "invalid-byte" "{} contains invalid byte: '{}'";
    }
    Unused {
        Error "unused-local" "unused local constant", "unused local variable";
        Error "unused-parameter" "unused function parameter";
        Error "unused-capture" "unused capture", "unused switch tag capture";
        Error "unused-label"
            "unused block label",
            "unused for loop label",
            "unused switch label",
            "unused while loop label";
        Error "pointless-discard" "pointless discard of {}";
        Error "discarded-capture"
            (G16..) "discard of capture; omit it instead",
            "discard of error capture; omit it instead",
            "discard of tag capture; omit it instead";
        Error "discarded-counter" "discard of unbounded counter";
        Error "never-mutated" "local variable is never mutated";
        Error "unreachable-code" "unreachable code";
    }
    Names {
        Error "undeclared-identifier" "use of undeclared identifier '{}'";
        Error "ambiguous-reference" "ambiguous reference";
        Error "inaccessible-mutable" "mutable '{}' not accessible from here";
        Error "shadowed-primitive" "name shadows primitive '{}'";
        Error "shadowed-name"
            "declaration '{}' shadows {} from outer scope",
            "{} '{}' shadows {} from outer scope",
            "{} shadows declaration of '{}'";
        Error "redeclared-name" "redeclaration of {} '{}'";
        Error "duplicate-member" "duplicate {} member name '{}'";
        Error "duplicate-field" "duplicate struct field name";
        Error "duplicate-error" "duplicate error set field '{}'";
        Error "duplicate-test" "duplicate test name '{}'", "duplicate decltest '{}'";
        Error "empty-identifier" "identifier cannot be empty";
        Error "null-byte-in-identifier" "identifier cannot contain null bytes";
        Error "underscore-identifier" "'_' used as an identifier without @\"_\" syntax";
        Error "primitive-too-wide" "primitive integer type '{}' exceeds maximum bit width of 65535";
        Error "primitive-leading-zero" "primitive integer type '{}' has leading zero";
        Error "primitive-signed-zero" (G17_0..) "signed integer cannot have bit width 0";
    }
    Literals {
        Error "number-base-case" "base prefix must be lowercase";
        Error "number-base-without-digit" "expected a digit after base prefix";
        Error "number-leading-zero" "number '{}' has leading zero";
        Error "number-digit-separator"
            "expected digit before digit separator",
            "repeated digit separator",
            "trailing digit separator";
        Error "number-exponent"
            "duplicate exponent",
            "expected digit before exponent",
            "invalid digit '{}' in exponent",
            "unexpected period after exponent";
        Error "number-missing-digit" "expected digit after '{}'", "expected digit before '{}'";
        Error "number-invalid-digit"
            "invalid digit '{}' for {} base", "sign '{}' cannot follow digit '{}' in hex base";
        Error "float-base" "invalid base for float literal";
        Error "negative-zero" "integer literal '-0' is ambiguous";
        Error "invalid-escape" "invalid escape character: '{}'";
        Error "invalid-unicode-escape"
            "expected hex digit or '}', found '{}'",
            "unicode escape does not correspond to a valid unicode scalar value",
            "empty unicode escape sequence";
        Error "invalid-hex-escape" "expected hex digit, found '{}'";
        Error "character-unclosed" "expected single quote ('), found '{}'";
        Error "character-empty" "empty character literal";
        Error "string-invalid-byte" "invalid byte in string or character literal: '{}'";
    }
    Containers {
        Error "comptime-field-without-default" "comptime field without default initialization value";
        Error "comptime-field"
            "enum fields cannot be marked comptime",
            "union fields cannot be marked comptime",
            "{} struct fields cannot be marked comptime";
        Error "field-without-name" "enum field missing name", "union field missing name";
        Error "field-without-type" "struct field missing type", "union field missing type";
        Error "enum-field-type" "enum fields do not have types";
        Error "enum-field-alignment" "enum fields cannot be aligned";
        Error "enum-layout"
            "enums do not support 'packed' or 'extern'; instead provide an explicit integer tag type";
        Error "enum-without-tag-type"
            (G16..) "explicitly valued enum missing integer tag type",
            "non-exhaustive enum missing integer tag type",
            (..G16) "value assigned to enum tag with inferred tag type";
        Error "non-exhaustive-mark"
            "'_' field of non-exhaustive enum must be last",
            "'_' is used to mark an enum as non-exhaustive and cannot be assigned a value",
            (..G16) "redundant non-exhaustive enum mark";
        Error "union-without-tag-type"
            "explicitly valued tagged union missing integer tag type",
            "explicitly valued tagged union requires inferred enum tag type";
        Error "union-tag-with-layout" "{} union does not support enum tag type";
        Error "packed-field-alignment"
            "unable to override alignment of packed struct fields",
            (G15..) "unable to override alignment of packed union fields";
        Error "backing-integer"
            "non-packed struct does not support backing integer type",
            "tuple does not support backing integer type";
        Error "opaque-fields" "opaque types cannot have fields";
        Error "opaque-layout" "opaque types do not support 'packed' or 'extern'";
        Error "tuple-field"
            "non-comptime tuple field has default initialization value",
            "tuple field has a name",
            "tuple field has alignment";
        Error "tuple-declarations" "tuple declarations cannot contain declarations";
        Error "tuple-layout" "{} tuples are not supported";
        Error "tuple-file" "file cannot be a tuple";
    }
    Functions {
        Error "function-without-body" "non-extern function has no body";
        Error "function-without-name" "missing function name";
        Error "parameter-without-name" "missing parameter name", "missing parameter name or type";
        Error "inferred-error-set-of-prototype"
            "function prototype may not have inferred error set",
            "function type cannot have an inferred error set";
        Error "function-type-attribute"
            "function type cannot have a linksection",
            "function type cannot have a name",
            "function type cannot have an addrspace",
            "function type cannot have an alignment";
        Error "inline-calling-convention" "explicit callconv incompatible with inline keyword";
        Error "outside-function"
            "'return' outside function scope",
            "'try' outside function scope",
            "'{}' outside function scope";
        Error "test-name"
            "empty test name must be omitted",
            "test name cannot contain null bytes",
            "cannot test a primitive",
            "cannot test a {}";
        Error "library-name" "library name cannot be empty", "library name cannot contain null bytes";
    }
    Variables {
        Error "variable-without-value" "variables must be initialized";
        Error "extern-variable-value" "extern variables have no initializers";
        Error "threadlocal-constant" "threadlocal variable cannot be constant";
        Error "variable-type-unknown" "unable to infer variable type";
        Error "local-variable-attribute"
            "cannot set address space of local variable '{}'",
            "cannot set section of local variable '{}'";
        Error "invalid-assignment" "invalid left-hand side to assignment";
        Error "redundant-comptime"
            "'comptime const' is redundant; instead wrap the initialization expression with 'comptime'",
            "'comptime var' is redundant in comptime scope",
            "redundant comptime keyword in already comptime scope",
            "redundant inline keyword in comptime scope",
            "redundant '@inComptime' in comptime scope";
        Error "returned-local-address" (G16..) "returning address of expired local variable '{}'";
    }
    ControlFlow {
        Error "break-outside-loop" "break expression outside loop";
        Error "continue-outside-loop"
            "continue expression outside loop",
            (G16..) "continue outside of loop or labeled switch expression";
        Error "continue-operand"
            "cannot continue loop with operand",
            "cannot continue switch without operand",
            "cannot continue with operand without label";
        Error "jump-out-of-defer"
            "'try' not allowed inside defer expression",
            "cannot break out of defer expression",
            "cannot continue out of defer expression",
            "cannot return from defer expression";
        Error "undeclared-label" "label not found: '{}'";
        Error "redefined-label" "redefinition of label '{}'";
        Error "for-captures"
            "extra capture in for loop",
            "for input is not captured",
            "cannot capture reference to range",
            "unbounded for loop";
        Error "suspend"
            (..G15) "cannot await inside suspend block",
            "cannot suspend inside suspend block",
            "suspend inside nosuspend block",
            "redundant nosuspend block";
        Error "capture-modifier"
            "pointer modifier invalid on discard",
            "error set cannot be captured by reference",
            (G16..) "cannot capture tag of error union",
            (..G16) "tag capture on non-inline prong";
    }
    Switch {
        Error "switch-several-else"
            "multiple else prongs in switch expression",
            "multiple '_' prongs in switch expression",
            (..G15) "else and '_' prong in switch expression";
        Error "switch-underscore"
            "'_' prong is not allowed when switching on errors",
            "cannot inline '_' prong";
        Error "switch-on-string" "cannot switch on strings";
    }
    Builtins {
        Error "unknown-builtin" "invalid builtin function: '{}'";
        Error "argument-count"
            "expected at least 1 argument, found 0",
            "expected at least 2 arguments, found {}",
            "expected {} argument{}, found {}";
        Error "redundant-builtin" "redundant {}";
        Error "result-type-unknown" "{} must have a known result type";
        Error "branch-hint-place"
            "'@branchHint' must appear as the first statement in a function or conditional branch";
        Error "va-start-without-varargs" "'@cVaStart' in a non-variadic function";
        Error "import-operand"
            "@import operand must be a string literal",
            "import path cannot be empty",
            "import path cannot contain null bytes";
        Error "outside-c-import"
            (..G17_0) "C define valid only inside C import block",
            (..G17_0) "{} valid only inside C import block";
        Error "nested-c-import" (..G17_0) "cannot nest @cImport";
    }
    Assembly {
        Error "assembly-not-volatile"
            "assembly expression with no output must be marked volatile";
        Error "assembly-operands"
            (..G15) "too many asm clobbers", "too many asm inputs", "too many asm outputs";
        Error "assembly-outputs" "inline assembly allows up to one output value";
        Error "assembly-clobbers" (G15..G16) "legacy asm clobbers syntax";
        Error "global-assembly"
            "global assembly cannot have inputs, outputs, or clobbers",
            "volatile is meaningless on global assembly";
    }
    Values {
        Error "array-size-unknown" "unable to infer array size";
        Error "array-struct-syntax" "initializing array with struct syntax";
        Error "destructured-value"
            "empty initializer cannot be destructured",
            "struct value cannot be destructured",
            "expected {} elements for destructure, found {}";
        Error "string-comparison" "cannot compare strings with {}";
        Error "c-pointer-allowzero" "C pointers always allow address zero";
    }
    Zon {
        Error "zon-type" "types are not available in ZON";
        Error "zon-pointer" "pointers are not available in ZON";
        Error "zon-optional" "optionals are not available in ZON";
        Error "zon-error" "errors are not available in ZON";
        Error "zon-void" "void literals are not available in ZON";
        Error "zon-index" "array indexing is not allowed in ZON";
        Error "zon-slice" "slice operator is not allowed in ZON";
        Error "zon-block" "blocks are not allowed in ZON";
        Error "zon-call" "builtin function calls are not allowed in ZON";
        Error "zon-control-flow" "control flow is not allowed in ZON";
        Error "zon-grouping" "expression grouping is not allowed in ZON";
        Error "zon-field-access" "field accesses are not allowed in ZON";
        Error "zon-assembly" "inline asm is not allowed in ZON";
        Error "zon-comptime" "keyword 'comptime' is not allowed in ZON";
        Error "zon-operator" "operator '{}' is not allowed in ZON";
        Error "zon-negation" "expected number or 'inf' after '-'";
        Error "zon-identifier" "invalid expression";
    }
    Limits {
        Error "noalias-parameters"
            "this compiler implementation only supports 'noalias' on the first 32 parameters";
        Error "tuple-too-long" "this compiler implementation only supports 65535 tuple fields";
        Error "too-many-captures"
            "this compiler implementation only supports up to 65536 captures per namespace";
        Own "nested-too-deep"
            "nested too deep: more than {} expressions",
            "nested too deep: more than {} indentations",
            "nesting is deeper than {} levels";
        Own "source-too-long" "source is longer than {} bytes";
    }
    Imports {
        Error "unable-to-load"
            "unable to load '{}': {}",
            "unable to load \"{}\": {}",
            "unable to open file for ast-check {}: {}",
            "unable to open file {} for ast-check: {}",
            "unable to load file {} for ast-check: {}",
            "unable to read stdin: error.{}";
        Error "file-in-several-modules"
            "file exists in multiple modules", "file exists in modules '{}' and '{}'";
        Error "import-outside-module" "import of file outside module path";
        Own "unresolved-import" "unresolved import '{}': {}";
    }
    Cache {
        Own "cache-manifest-damaged" "manifest makes no sense";
        Own "cache-manifest-no-file" "no file under the name of a manifest";
        Own "cache-manifest-other" "manifest is taken for none";
        Own "cache-input-no-file" "input has become something else than a file";
        Own "cache-input-missing" "input is gone";
        Own "cache-input-changed" "input has changed";
        Own "cache-input-unreadable" "input cannot be read";
        Own "cache-output-missing" "output is not there";
        Own "cache-output-no-directory" "output is no directory";
        Own "cache-output-lacks-file" "output lacks a file";
        Own "cache-output-taken" "no output, and one was taken away";
        Own "cache-output-unknown" "no output, as of a step that keeps none";
        Own "cache-output-empty" "output is empty";
        Own "cache-output-altered" "output was altered after its manifest";
        Own "cache-options-damaged" "options are not what they are named by";
        Own "cache-record-missing" "record is not there";
        Own "cache-entry-no-file" "no file under the name of an entry";
        Own "cache-entry-empty" "entry is empty";
        Own "cache-entry-cut" "entry is cut";
        Own "cache-orphan" "belongs to no manifest";
        Own "cache-old-temporary" "unfinished, and old";
        Own "cache-package-name" "name is no hash of a package";
    }
    Notes {
        Note "note-declared-here"
            "declared here",
            "{} declared here",
            "also declared here",
            "declared mutable here",
            (G16..) "declared runtime-known here",
            "struct declared here";
        Note "note-previous-declaration"
            "previous declaration here",
            "previous definition here",
            "previous '_' prong here",
            "previous else prong here",
            (..G15) "'_' prong here",
            (..G15) "else prong here";
        Note "note-duplicate" "duplicate decltest here", "duplicate name here", "duplicate test here";
        Note "note-other-field" "field before declarations here", "field after declarations here";
        Note "note-used-here" "used here", "value used here", "captured value here";
        Note "note-namespace-boundary" "crosses namespace boundary here";
        Note "note-control-flow"
            "control flow is diverted here", "defer expression here", "result destructured here";
        Note "note-suspend"
            "nosuspend block here",
            "other nosuspend block here",
            "other suspend block here",
            (..G15) "suspend block here";
        Note "note-container"
            "marked non-exhaustive here",
            (..G16) "other mark here",
            "tag value specified here",
            "tuple field here";
        Note "note-tagged-union" "consider 'union(enum)' here to make it a tagged union";
        Note "note-use-const" "consider using 'const'";
        Note "note-use-else" "consider using 'else'";
        Note "note-quote-identifier" "consider using @\"{}\" to disambiguate";
        Note "note-result-type"
            "destructure expressions do not provide a single result type",
            "use @as to provide explicit result type";
        Note "note-parameter-name"
            (..G15) "if this is a name, annotate its type '{}: T'",
            (..G15) "if this is a type, give it a name '<name>: {}'",
            (G15..) "if this is a name, annotate its type: '{}: T'",
            (G15..) "if this is a type, give it a name: 'name: {}'";
        Note "note-use-fmt" (G15..G16) "use 'zig fmt' to auto-upgrade";
        Note "note-zero" "use '-0.0' for a floating-point signed zero", "use '0' for an integer zero";
        Note "note-octal" "use '0o' prefix for octal literals";
        Note "note-declare-container" "to declare a container do 'const {} = {}'";
        Note "note-var-or-const" "use 'var' or 'const' to declare variable";
        Note "note-zon-identifier"
            "ZON allows identifiers 'true', 'false', 'null', 'inf', and 'nan'",
            "precede identifier with '.' for an enum literal";
        Note "note-zon-type" "replace the type with '.'";
        Note "note-zon-grouping" "these parentheses are always redundant";
        Note "note-zon-void" "void union payloads can be represented by enum literals";
        Note "note-module"
            "files must belong to only one module",
            "file is the root of module '{}'",
            "{} is imported here by the root of module '{}'",
            "{} is imported here",
            "file imported here",
            "root of module {}",
            "imported from module {}",
            "{} more references omitted",
            "{} more errors omitted";
    }
}
