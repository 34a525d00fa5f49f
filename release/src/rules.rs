//! The rules by which generations differ: the changelog of Zig's front end, a line each.
//!
//! A rule is named after the behaviour that it switches on. Its doc line says what that is and in which of
//! the reference's functions it lives; what is not a matter of yes or no stands in a table of the crate that
//! it belongs to, with a column of generations.

use crate::Range;
use crate::generation::Generation;

/// A rule as data, for documents and tests.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// The name of its field in [`Rules`].
    pub name: &'static str,
    /// The part of the front end that it belongs to.
    pub area: &'static str,
    /// What it says.
    pub doc: &'static str,
    /// The generations in which it holds.
    pub range: Range,
}

macro_rules! rules {
    ($($area:literal { $($(#[doc = $doc:literal])+ $name:ident: [$($range:tt)*],)* })*) => {
        /// What a generation does where generations differ.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Rules {
            /// The generation itself, for tables.
            pub generation: Generation,
            $($(
                $(#[doc = $doc])+
                pub $name: bool,
            )*)*
        }

        impl Rules {
            const fn of(generation: Generation) -> Rules {
                Rules {
                    generation,
                    $($($name: crate::generations!($($range)*).contains(generation),)*)*
                }
            }
        }

        /// All rules, in the order in which they are written down.
        pub const RULES: &[RuleInfo] = &[
            $($(RuleInfo {
                name: stringify!($name),
                area: $area,
                doc: concat!($($doc,)+),
                range: crate::generations!($($range)*),
            },)*)*
        ];
    };
}

rules! {
    "tokens and grammar" {
        /// `async`, `await` and `usingnamespace` are keywords, with their expressions and members. Tokenizer,
        /// `parseSuffixExpr`, `parsePrefixExpr`, `parseContainerMembers`.
        async_and_usingnamespace: [..G15],
        /// A part that `error.name` lacks ends the expression; before, each missing part was reported and the
        /// expression went on. `parsePrimaryTypeExpr`.
        error_value_is_whole: [G15..],
        /// The clobbers of `asm` are an expression; before, they were strings with commas between, without
        /// nodes. `expectAsmExpr`, `addAsm`.
        asm_clobbers_are_an_expression: [G15..],
        /// Clobbers that begin with a string are parsed in the old form and make a node of their own, which
        /// lowering refuses. `expectAsmExpr`.
        asm_clobber_strings_are_a_node: [G15..G16],
        /// A loop begins with the colon before its keyword and the token before that only if that is a name;
        /// before, whatever it was. `firstToken`.
        loop_labels_are_names: [G15..],
        /// A control character right behind a backslash ends a string literal in error; before, it was left
        /// to whoever evaluates the literal. Tokenizer.
        strings_escape_no_controls: [G16..],
        /// Messages call a line of a multiline string one, not a string. `Token.Tag.symbol`.
        multiline_strings_are_named: [G16..],
        /// `extern` before a container's keyword and `inline` before a loop begin a field without a name, as
        /// that keyword alone does. `parseContainerMembers`.
        fields_begin_with_modifiers: [G16..],
        /// A destructuring behind `else` or a condition gets no `comptime` node around it: its `comptime` is
        /// seen from the token before, as it is in a block. `expectStatement`.
        destructuring_is_never_wrapped: [G16..],
        /// A bit range on `[*]` and `[*c]` is refused as it is on slices. `parseTypeExpr`.
        bit_ranges_on_single_pointers_only: [G16..],
        /// A labelled block is an operand, behind which suffixes may follow. `parsePrimaryExpr`.
        labeled_blocks_are_operands: [G16..],
        /// A colon behind `break` and `continue` without a name behind it is not theirs. `parseBreakLabel`.
        label_colon_needs_a_name: [G16..],
        /// A `(` behind the condition of a `while` on the same line is told to be a continue expression
        /// without its colon. `parseWhileContinueExpr`.
        continue_expr_without_colon_is_told: [..G16],
        /// A variable declaration may end with its `addrspace`; before, it ended with what stood before that.
        /// `lastToken`.
        declarations_end_with_addrspace: [G16..],
        /// Words in the operand of a pointer's `addrspace` do not count as qualifiers of the pointer.
        /// `fullPtrTypeComponents`.
        addrspace_operand_is_skipped: [G16..],
        /// `**` is one token and repeats arrays, and `.**` is one that is refused. Tokenizer, `operTable`.
        double_asterisk: [..G17_0],
        /// `errdefer` may capture the error, and an error returned by name has an instruction for its code.
        /// `expectStatement`, `deferStmt`, `genDefers`, `ret`, `tryExpr`.
        errdefer_captures_the_error: [..G17_0],
        /// White space on one side of a binary operator is told before what stands on its right side is
        /// looked at. `parseExprPrecedence`.
        operator_spacing_is_told_first: [G17_0..],
        /// Declarations between fields are told before the field behind them is parsed, even if that fails.
        /// `parseContainerMembers`.
        declarations_between_fields_are_told_first: [G17_0..],
        /// A parameter behind `...` is told where it begins; before, at the end of the list.
        /// `parseParamDeclList`.
        parameters_behind_varargs_are_told_at_once: [G17_0..],
        /// The parser counts the captures of `for`; later, lowering does. `forPrefix`, `forExpr`.
        parser_counts_for_captures: [..G17_0],
        /// The parser refuses a `const`, `volatile` or `allowzero` that a pointer has twice; later, lowering
        /// does. `parsePtrModifiers`, `ptrType`.
        parser_refuses_repeated_qualifiers: [..G17_0],
        /// A bit range where none may be is told at its first colon, before it is parsed; before, behind the
        /// pointer's type. `parsePtrModifiers`.
        bit_ranges_are_told_at_once: [G17_0..],
        /// Behind a faulty suffix there is no call. `parseSuffixOp`.
        faulty_suffixes_end_operands: [G17_0..],
        /// A point in an exponent is always refused; before, only if a digit stood two bytes before it.
        /// `parseNumberLiteral`.
        points_never_follow_exponents: [G17_0..],
        /// A point in a number of base 2 or 8 is told at the letter of the base; before, at the digit behind
        /// it. `parseNumberLiteral`.
        float_bases_are_told_at_their_letter: [G17_0..],
        /// The number of a node that came to nothing is free again if no other was taken since; before, it
        /// always stayed as a literal. `unreserveNode`.
        last_node_is_given_back: [G17_1..],
        /// `[*c]` is told by the name alone; before, nothing but white space might stand behind it.
        /// `parseTypeExpr`.
        comments_may_follow_c: [G17_1..],
        /// `...` among the parameters has no doc comments. `expectParamDecl`.
        varargs_have_no_doc_comments: [G17_1..],
    }
    "ZIR" {
        /// A node or token that is missing is all ones; it was 0. `appendErrorNodeNotes` and its like.
        missing_index_is_all_ones: [G15..],
        /// A `_` prong may have other items and stand beside `else`. `switchExpr`.
        switch_under_has_items: [G15..],
        /// The parts of a container's fields are bodies, and their lengths stand in arrays; they were
        /// references where no body was needed, each field for itself. With it goes the order of lowering:
        /// the cursor first, fields and declarations as they come, what an enum cannot have field by field.
        /// `structDeclInner`, `unionDeclInner`, `containerDecl`.
        container_fields_are_bodies: [G16..],
        /// Nodes and tokens in a container's fields count from the first field and not from the container;
        /// its own line and column are those of its start, and its hash includes the argument.
        /// `structDeclInner`, `unionDeclInner`, `containerDecl`.
        container_bodies_have_baselines: [G17_0..],
        /// Nodes and tokens in the argument of a container count from the argument. `structDeclInner`,
        /// `unionDeclInner`, `containerDecl`.
        container_arguments_count_from_themselves: [G17_1..],
        /// Items of a switch are names or bodies of their own, a switch on an error union is laid out as any
        /// other, and its lowering is one function; items were references, and there were two functions.
        /// `switchExpr`.
        switch_items_are_bodies: [G16..],
    }
    "lowering" {
        /// The name of a container is chosen where an initial value or a returned value *is* that container
        /// (or a reified type), which then is lowered without the checks around it; it was a state of the
        /// block. `nameStratExpr`.
        name_strategy_is_an_argument: [G15..],
        /// The operand of `!` has no result type; it was `bool`. `expr`.
        bool_not_operand_is_untyped: [G15..],
        /// `undefined` as bool, usize and u1, and 0 and 1 as u1, are constants. `rvalueInner`.
        undefined_and_u1_are_constants: [G15..],
        /// `@splat` asks for the type of its operand by an instruction of its own. `builtinCall`.
        splat_has_its_own_operand_type: [G15..],
        /// The fields of a packed union cannot be aligned. `unionDeclInner`.
        packed_union_fields_have_no_alignment: [G15..],
        /// The notes about a parameter without a name or type have a colon before what they quote.
        /// `fnDeclInner`.
        parameter_notes_have_a_colon: [G15..],
        /// Elements and fields are loaded through a const pointer, which is no use of a variable as an
        /// lvalue; they were taken out of a loaded whole. `fieldAccess`, `arrayAccess`, `localVarRef`,
        /// `builtinCall`.
        elements_are_loaded_through_pointers: [G16..],
        /// Returning the address of a local variable that is known only at run time is refused.
        /// `localVarRef`.
        address_of_local_is_not_returned: [G16..],
        /// *Redundant comptime* points at the keyword; it pointed at the node. `comptimeExprAst`,
        /// `assignDestructure`.
        redundant_comptime_points_at_keyword: [G16..],
        /// A pointer is followed by one instruction; that it may be followed was an instruction of its own.
        /// `expr`.
        deref_is_one_instruction: [G17_0..],
        /// The alignment of a local variable is evaluated at compile time. `varDecl`, `assignDestructure*`.
        local_alignment_is_comptime: [G17_0..],
        /// In a destructuring assignment a constant known at compile time gets memory of that kind.
        /// `assignDestructureMaybeDecls`.
        comptime_constants_are_allocated_so: [G17_0..],
        /// `i0` is an error; `u0`, `u80` and `u256` are constants. `identifier`.
        i0_is_refused: [G17_0..],
        /// `@bitCast` marks its line for debuggers. `bitCast`.
        bit_cast_marks_its_line: [G17_0..],
        /// The type of a variable is lowered before its alignment. `varDecl`, `assignDestructureMaybeDecls`.
        type_comes_before_alignment: [G17_1..],
        /// The address space of a declaration is lowered before its section, and the cursor returns to its
        /// start once. `fnDecl`, `globalVarDecl`, `setDeclaration`.
        address_space_comes_before_section: [G17_1..],
        /// The calling convention is lowered before the return type. `fnDeclInner`, `addFunc`.
        calling_convention_comes_before_return_type: [G17_1..],
        /// The sentinel of `a[b..][0..c :s]` has a type. `expr`.
        sentinel_of_slice_by_length_is_typed: [G17_1..],
        /// The cursor returns before a sentinel, and before the variables of a destructuring assignment.
        /// `arrayInitExpr`, `structInitExpr`, `arrayTypeSentinel`, `assignDestructureMaybeDecls`.
        cursor_returns_before_sentinels: [G17_1..],
        /// Reasons why something is evaluated at compile time have their later names. `fnProtoExprInner`,
        /// `unionInit`.
        reasons_are_renamed: [G16..],
        /// The builtins of floating point numbers pass a result type down to their operand. `floatUnOp`,
        /// `floatRoundOp`.
        float_builtins_pass_their_type_down: [G16..],
        /// A `continue` with the label of a block, or of a loop in whose `else` it stands, is told that; it
        /// was told that there is no such label. `continueExpr`.
        continue_of_a_block_has_a_message: [G16..],
        /// Whether a switch is on the error captured around it is decided by the names as they read, so that
        /// `@"e"` is `e`; it was decided by how they are written. `expr`, `orelseCatchExpr`, `ifExpr`.
        captured_errors_are_compared_decoded: [G16..],
        /// `|*_|` beside a switch on the captured error is refused. `switchExpr`.
        pointer_to_discarded_payload_is_refused: [G17_0..],
        /// At the ends of the parts of a loop the error return trace is popped. `whileExpr`, `forExpr`.
        loops_restore_error_trace: [G17_0..],
        /// Inputs of a `for` without a capture, and captures without an input, are found here; the parser
        /// found them. `forExpr`.
        for_captures_are_counted_in_lowering: [G17_0..],
        /// Types and values of the language's own library are asked for as `std_lang_value`; that was
        /// `builtin_value`. `addStdLangValue`.
        builtin_values_are_std_lang: [G17_0..],
    }
    "ZON" {
        /// Array indexing in a document is reported at its node; the node's number was taken for that of a
        /// token. ZonGen's `expr`.
        zon_indexing_is_reported_at_its_node: [G15..],
        /// Values are written with characters beyond ASCII as their code points, which are read again; they
        /// were written as several bytes, which are no character. Serializer, `codePoint`.
        zon_characters_are_code_points: [G15..],
        /// Values and names are written with characters beyond ASCII as they are, or escaped as code points;
        /// each of their bytes was escaped. Serializer, `string`, `writeCodepoint`; `stringEscape`.
        zon_text_beyond_ascii_stays: [G17_0..],
    }
    "layout of text" {
        /// Syntax errors of a document are told as ZonGen has them, not in AstGen's words, which have a place
        /// for a byte that no token may hold. `putAstErrorsIntoBundle`.
        syntax_errors_by_zongen: [G16..],
        /// Casts of pointers in each other are put into one order, `@ptrCast` outside. `renderExpression`.
        casts_in_order: [G15..],
        /// Casts with comments between them stay in the order in which they are written. `renderExpression`.
        commented_casts_stay: [G16..],
        /// What stands before a multiline string ends without a space, and an operator, an equals sign or a
        /// branch before one ends its line. `renderSpace`, `renderThenElse`, `renderPtrType`,
        /// `renderContainerField`.
        lines_before_multiline_strings: [G16..],
        /// Behind a multiline string an indentation is given up only where the line is indented more than its
        /// item, whatever comes next. `renderExpression`.
        strings_unindent_within_items: [G16..],
        /// The rows of an array are made by the widths of its elements; elements that are no printable
        /// characters on one line have lines of their own. `renderArrayInit`.
        array_rows_by_width: [G16..],
        /// The rows of an array are found line by line, and a blank line before a section of rows stays.
        /// `renderArrayInit`.
        array_sections_by_line: [G17_1..],
        /// Whether a line is indented more than the next counts with lines that are not indented at all.
        /// `applyIndent`.
        unindented_lines_count: [G16..],
        /// A line begins behind the comment that turns formatting on again. `renderComments`.
        format_on_begins_line: [G16..],
        /// A number has a space between it and the field that is taken of it. `renderExpression`.
        number_before_field_spaced: [G16..],
        /// Brackets around what takes several lines stand on lines of their own. `renderExpression`,
        /// `renderArrayType`.
        brackets_around_lines_break: [G16..],
        /// A declaration that ends with `addrspace` ends as others do. `renderVarDeclWithoutFixups`.
        address_space_ends_declaration: [G16..],
        /// A field with an alignment and without a type keeps what is behind the alignment.
        /// `renderContainerField`.
        aligned_fields_whole: [G16..],
        /// An error set with comments is put on several lines. `isOneLineErrorSetDecl`.
        commented_error_sets_on_lines: [G16..],
        /// Comments count in error sets of one error and of none too. `renderExpression`.
        commented_short_error_sets_on_lines: [G17_0..],
        /// Documented parameters are put on lines of their own. `isOneLineFnProto`.
        documented_parameters_on_lines: [G16..],
        /// Arguments of builtin functions are laid out as those of other functions. `renderBuiltinCall`.
        builtin_arguments_as_others: [G16..],
        /// `@intFromEnum` and `@enumFromInt` are written as the functions that replace them.
        /// `renderBuiltinCall`.
        enum_builtins_replaced: [G17_0..],
        /// Colons of `asm` with comments behind them stay, whatever else is behind them, and `asm` in the
        /// operands of another has a layout. `renderAsm`.
        commented_colons_of_asm_stay: [G16..],
        /// A slash in the last token of an array's only element is no comment. `anythingBetween`.
        slash_in_token_is_no_comment: [G16..],
        /// All characters of a quoted name are looked at before its quotes go. `renderIdentifier`.
        quoted_names_read_whole: [G16..],
        /// A bad escape in a quoted name has its backslash escaped. `renderIdentifierContents`.
        bad_escapes_escaped: [G16..],
    }
    "files by themselves" {
        /// `zig ast-check` translates a file of UTF-16 (little endian) and refuses other encodings, as all
        /// releases do with standard input, and says what it could not load. `cmdAstCheck`.
        checked_files_are_decoded: [G15..],
    }
    "import graph" {
        /// A file is its path, whoever imports it: the first that two modules reach is the one error, a path
        /// that leaves the module is an error of the import, and a missing file one of that file. Cache
        /// entries are named by it; earlier by the root of their module and the path below that.
        /// `computeAliveFiles`, `addWholeFileError`, `computePathDigest`.
        files_are_canonical_paths: [G15..],
        /// The error about a file of two modules names the file that imports it, a defect of these releases.
        /// `computeAliveFiles`.
        conflict_names_the_importer: [G15..G17_0],
        /// Names in messages about files stand in double quotes and are escaped. `updateFile`.
        paths_are_escaped: [G17_0..],
    }
    "caches" {
        /// Manifests are binary records: with another key of the hash, without an extension to their name,
        /// with directories and bare metadata as inputs, and with the build root as a fifth directory.
        /// Before, they were lines of text. `std.Build.Cache`.
        manifests_are_records: [G17_0..],
    }
    "builds" {
        /// `zig build` keeps the configured build as a file, whose path `--print-configuration-path` prints.
        /// Before, it lived in the build runner alone, which `--build-runner` replaces. `cmdBuild`.
        configured_build_is_kept: [G17_0..],
        /// Packages are used out of the project's `zig-pkg/`, where they are unpacked from archives in `p/`
        /// of the global cache. Before, they lay unpacked in `p/`. `Package.Fetch`.
        packages_are_in_the_project: [G16..],
    }
}

impl Rules {
    /// The rules of each generation.
    pub(crate) const TABLE: [Rules; Generation::COUNT] = {
        let mut table = [Rules::of(Generation::G14); Generation::COUNT];
        let mut i = 0;
        while i < Generation::COUNT {
            table[i] = Rules::of(Generation::ALL[i]);
            i += 1;
        }
        table
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_tells_generations_apart() {
        for rule in RULES {
            let holds = |g: &&Generation| rule.range.contains(**g);
            let count = Generation::ALL.iter().filter(holds).count();
            assert!(count > 0 && count < Generation::COUNT, "{}", rule.name);
            assert!(rule.doc.trim().ends_with('.'), "{}", rule.name);
        }
    }
}
