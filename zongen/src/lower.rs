//! The walk over the syntax tree.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use syntax::full::NodeList;
use syntax::{Ast, NodeIndex, NodeTag, TokenIndex, string_literal};
use zoir::{NodeIndex as Dest, Tag, Zoir};

use crate::string_table::{StringLiteral, StringTable};

/// What to lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether string literals are looked at. Otherwise they are empty in the result, and nothing wrong
    /// inside them is found; [`parse_str_lit`](crate::parse_str_lit) gives the value of one later.
    pub parse_str_lits: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            parse_str_lits: true,
        }
    }
}

/// Whether a literal stands behind a minus.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sign {
    Negative,
    Positive,
}

/// A string that has no value; the error is recorded.
#[derive(Debug)]
pub(crate) struct BadString;

pub(crate) struct ZonGen<'a> {
    pub(crate) tree: &'a Ast<'a>,
    pub(crate) options: Options,
    pub(crate) zoir: Zoir,
    pub(crate) string_table: StringTable,
    /// Arrays and structs around what is being lowered, outermost first.
    open: Vec<Open<'a>>,
    /// How many nodes are in use.
    nodes_len: u32,
}

/// An array or a struct of which not all elements are lowered.
struct Open<'a> {
    elements: NodeList<'a>,
    next: u32,
    first_elem: u32,
    fields: Option<Fields>,
    /// Names of the last struct among the elements.
    last_names: Names,
}

/// What there is to a struct beyond an array.
struct Fields {
    names: Names,
    /// Names of the struct that precedes this one in what is around both: likely the same.
    alike: Names,
    /// The last field of each name so far; none where the names are few.
    seen: Option<HashMap<u32, u32, FixedState>>,
    reported_any_duplicate: bool,
}

/// With more names than this, looking through all of them takes longer than a table.
const FEW_NAMES: usize = 16;

/// Stands in `extra` for a name that is bad. There is an error then, and nobody else sees it.
const BAD_NAME: u32 = u32::MAX;

/// The names of a struct in `extra`.
#[derive(Clone, Copy, Default)]
struct Names {
    start: u32,
    len: u32,
}

impl Names {
    /// The first `count` of them, as many as there are.
    fn first(self, count: u32, extra: &[u32]) -> &[u32] {
        let start = self.start as usize;
        let names = extra.get(start..start + self.len.min(count) as usize);
        names.unwrap_or_default()
    }
}

/// The ZOIR of a tree. Whatever is wrong with the text is in there as a compile error; then there are no
/// nodes.
pub fn generate(tree: &Ast<'_>, options: Options) -> Zoir {
    let mut zg = ZonGen {
        tree,
        options,
        zoir: Zoir::default(),
        string_table: StringTable::default(),
        open: Vec::new(),
        nodes_len: 0,
    };
    if tree.errors.is_empty() {
        // No value is made of less than a node of the tree.
        zg.zoir.reserve_nodes(tree.nodes_len());
        zg.zoir.extra.reserve(tree.nodes_len() as usize);
        let root = zg.take_nodes(1);
        zg.expr(tree.node_data(0).lhs, root);
        zg.lower_open();
        zg.zoir.truncate_nodes(zg.nodes_len);
    } else {
        zg.lower_ast_errors();
    }
    let mut zoir = zg.zoir;
    if !zoir.compile_errors.is_empty() {
        zoir = Zoir {
            string_bytes: zoir.string_bytes,
            compile_errors: zoir.compile_errors,
            error_notes: zoir.error_notes,
            ..Zoir::default()
        };
    }
    zoir
}

/// The token of a field's name, given its value: `.name =` precedes that.
fn name_token_of(tree: &Ast<'_>, value: NodeIndex) -> TokenIndex {
    use NodeTag as N;
    let first = match tree.node_tag(value) {
        N::NumberLiteral | N::CharLiteral | N::StringLiteral | N::Identifier | N::Negation => {
            tree.main_token(value)
        }
        // Behind a dot.
        N::EnumLiteral
        | N::ArrayInitDotTwo
        | N::ArrayInitDotTwoComma
        | N::ArrayInitDot
        | N::ArrayInitDotComma
        | N::StructInitDotTwo
        | N::StructInitDotTwoComma
        | N::StructInitDot
        | N::StructInitDotComma => tree.main_token(value).wrapping_sub(1),
        _ => tree.first_token(value),
    };
    first.wrapping_sub(2)
}

impl<'a> ZonGen<'a> {
    /// Lowers the elements of what is open until nothing is.
    fn lower_open(&mut self) {
        let tree = self.tree;
        while let Some(open) = self.open.last_mut() {
            let at = open.next;
            let Some(&element) = open.elements.as_slice().get(at as usize) else {
                self.open.pop();
                continue;
            };
            open.next += 1;
            let dest = Dest(open.first_elem + at);
            if let Some(fields) = &open.fields {
                let (names, alike) = (fields.names, fields.alike);
                self.field_name(at, name_token_of(tree, element), names, alike);
            }
            self.expr(element, dest);
        }
    }

    /// The next so many nodes.
    fn take_nodes(&mut self, count: u32) -> Dest {
        let first = self.nodes_len;
        self.nodes_len += count;
        Dest(first)
    }

    fn field_name(&mut self, at: u32, name_token: TokenIndex, names: Names, alike: Names) {
        let guess = alike.first(at + 1, &self.zoir.extra).get(at as usize);
        let name = self.ident_as_string(name_token, guess.copied());
        let name = name.unwrap_or(BAD_NAME);
        self.zoir.extra[(names.start + at) as usize] = name;
        if name == BAD_NAME {
            return;
        }
        let Some(open) = self.open.last_mut() else {
            return;
        };
        let Some(fields) = &mut open.fields else {
            return;
        };
        let earlier = match &mut fields.seen {
            Some(table) => table.insert(name, at),
            None => {
                let before = names.first(at, &self.zoir.extra);
                let earlier = before.iter().rposition(|&other| other == name);
                earlier.map(|earlier| earlier as u32)
            }
        };
        if let Some(earlier) = earlier
            && !fields.reported_any_duplicate
        {
            fields.reported_any_duplicate = true;
            let earlier = open.elements.as_slice()[earlier as usize];
            let earlier = name_token_of(self.tree, earlier);
            let note = self.err_note_tok(name_token, "duplicate name here");
            self.add_error_tok_notes(earlier, "duplicate struct field name", &[note]);
        }
    }

    /// Lowers one expression, but for the elements of an array or struct, which are left open.
    fn expr(&mut self, mut node: NodeIndex, dest: Dest) {
        use NodeTag as N;
        let tree = self.tree;
        while tree.node_tag(node) == N::GroupedExpression {
            let token = tree.main_token(node);
            let note = self.err_note_tok(token, "these parentheses are always redundant");
            self.add_error_tok_notes(token, "expression grouping is not allowed in ZON", &[note]);
            node = tree.node_data(node).lhs;
        }
        let main_token = tree.main_token(node);
        match tree.node_tag(node) {
            N::NumberLiteral => self.number_literal(node, node, dest, Sign::Positive),
            N::CharLiteral => self.char_literal(node, dest),
            N::StringLiteral | N::MultilineStringLiteral => self.string_literal(node, dest),
            N::Identifier => self.identifier(node, dest),
            N::Negation => self.negation(node, dest),
            N::EnumLiteral => {
                // A bad name leaves an error, and so no nodes.
                if let Ok(name) = self.ident_as_string(main_token, None) {
                    self.zoir.set_node(dest, Tag::EnumLiteral, name, node);
                }
            }
            N::ArrayInitDotTwo
            | N::ArrayInitDotTwoComma
            | N::ArrayInitDot
            | N::ArrayInitDotComma => {
                if let Some(full) = tree.full_array_init(node) {
                    self.open_elements(node, dest, full.ast.elements, false);
                }
            }
            N::StructInitDotTwo
            | N::StructInitDotTwoComma
            | N::StructInitDot
            | N::StructInitDotComma => {
                if let Some(full) = tree.full_struct_init(node) {
                    if full.ast.fields.is_empty() {
                        self.zoir.set_node(dest, Tag::EmptyLiteral, 0, node);
                    } else {
                        self.open_elements(node, dest, full.ast.fields, true);
                    }
                }
            }
            _ => self.not_zon(node),
        }
    }

    fn open_elements(
        &mut self,
        node: NodeIndex,
        dest: Dest,
        elements: NodeList<'a>,
        is_struct: bool,
    ) {
        let len = elements.len();
        let first_elem = self.take_nodes(len as u32).0;
        let extra_index = self.zoir.extra.len();
        self.zoir.extra.extend([len as u32, first_elem]);
        let fields = is_struct.then(|| {
            self.zoir.extra.resize(extra_index + 2 + len, 0);
            let names = Names {
                start: extra_index as u32 + 2,
                len: len as u32,
            };
            let last_names = self.open.last_mut().map(|open| &mut open.last_names);
            Fields {
                names,
                alike: last_names.map_or(Names::default(), |last| std::mem::replace(last, names)),
                seen: (len > FEW_NAMES)
                    .then(|| HashMap::with_capacity_and_hasher(len, FixedState::default())),
                reported_any_duplicate: false,
            }
        });
        let tag = if is_struct {
            Tag::StructLiteral
        } else {
            Tag::ArrayLiteral
        };
        self.zoir.set_node(dest, tag, extra_index as u32, node);
        self.open.push(Open {
            elements,
            next: 0,
            first_elem,
            fields,
            last_names: Names::default(),
        });
    }

    fn negation(&mut self, node: NodeIndex, dest: Dest) {
        let tree = self.tree;
        let child = tree.node_data(node).lhs;
        match tree.node_tag(child) {
            NodeTag::NumberLiteral => self.number_literal(child, node, dest, Sign::Negative),
            NodeTag::Identifier if tree.token_slice(tree.main_token(child)) == b"inf" => {
                self.zoir.set_node(dest, Tag::NegInf, 0, node);
            }
            _ => self.add_error_tok(tree.main_token(node), "expected number or 'inf' after '-'"),
        }
    }

    fn char_literal(&mut self, node: NodeIndex, dest: Dest) {
        let token = self.tree.main_token(node);
        let text = self.tree.token_slice(token);
        match string_literal::parse_char_literal(text) {
            Ok(code_point) => self.zoir.set_node(dest, Tag::CharLiteral, code_point, node),
            Err(error) => self.lower_str_lit_error(error, token, text, 0),
        }
    }

    fn string_literal(&mut self, node: NodeIndex, dest: Dest) {
        match self.str_lit_as_string(node) {
            Ok(StringLiteral::NullTerminated(start)) => {
                self.zoir
                    .set_node(dest, Tag::StringLiteralNull, start, node);
            }
            Ok(StringLiteral::Slice { start, len }) => {
                let extra_index = self.zoir.extra.len() as u32;
                self.zoir.extra.extend([start, len]);
                self.zoir
                    .set_node(dest, Tag::StringLiteral, extra_index, node);
            }
            Err(BadString) => {}
        }
    }

    fn identifier(&mut self, node: NodeIndex, dest: Dest) {
        let tag = match self.tree.token_slice(self.tree.main_token(node)) {
            b"true" => Tag::True,
            b"false" => Tag::False,
            b"null" => Tag::Null,
            b"inf" => Tag::PosInf,
            b"nan" => Tag::Nan,
            _ => {
                let notes = [
                    self.err_note_node(
                        node,
                        "ZON allows identifiers 'true', 'false', 'null', 'inf', and 'nan'",
                    ),
                    self.err_note_node(node, "precede identifier with '.' for an enum literal"),
                ];
                self.add_error_node_notes(node, "invalid expression", &notes);
                return;
            }
        };
        self.zoir.set_node(dest, tag, 0, node);
    }

    /// Reports an expression of Zig that ZON does not have.
    #[cold]
    fn not_zon(&mut self, node: NodeIndex) {
        use NodeTag as N;
        let tree = self.tree;
        let token = tree.main_token(node);
        match tree.node_tag(node) {
            N::Shl
            | N::Shr
            | N::Add
            | N::AddWrap
            | N::AddSat
            | N::Sub
            | N::SubWrap
            | N::SubSat
            | N::Mul
            | N::MulWrap
            | N::MulSat
            | N::Div
            | N::Mod
            | N::ShlSat
            | N::BitAnd
            | N::BitOr
            | N::BitXor
            | N::BangEqual
            | N::EqualEqual
            | N::GreaterThan
            | N::GreaterOrEqual
            | N::LessThan
            | N::LessOrEqual
            | N::ArrayCat
            | N::ArrayMult
            | N::BoolAnd
            | N::BoolOr
            | N::BoolNot
            | N::BitNot
            | N::NegationWrap => {
                let message = [
                    b"operator '".as_slice(),
                    tree.token_slice(token),
                    b"' is not allowed in ZON",
                ]
                .concat();
                self.add_error_tok_bytes(token, &message);
            }

            N::ErrorUnion
            | N::MergeErrorSets
            | N::OptionalType
            | N::AnyframeLiteral
            | N::AnyframeType
            | N::PtrTypeAligned
            | N::PtrTypeSentinel
            | N::PtrType
            | N::PtrTypeBitRange
            | N::ContainerDecl
            | N::ContainerDeclTrailing
            | N::ContainerDeclArg
            | N::ContainerDeclArgTrailing
            | N::ContainerDeclTwo
            | N::ContainerDeclTwoTrailing
            | N::TaggedUnion
            | N::TaggedUnionTrailing
            | N::TaggedUnionEnumTag
            | N::TaggedUnionEnumTagTrailing
            | N::TaggedUnionTwo
            | N::TaggedUnionTwoTrailing
            | N::ArrayType
            | N::ArrayTypeSentinel
            | N::ErrorSetDecl
            | N::FnProtoSimple
            | N::FnProtoMulti
            | N::FnProtoOne
            | N::FnProto => {
                self.add_error_node(node, "types are not available in ZON");
            }

            N::CallOne
            | N::CallOneComma
            | N::AsyncCallOne
            | N::AsyncCallOneComma
            | N::Call
            | N::CallComma
            | N::AsyncCall
            | N::AsyncCallComma
            | N::Return
            | N::IfSimple
            | N::If
            | N::WhileSimple
            | N::WhileCont
            | N::While
            | N::ForSimple
            | N::For
            | N::Catch
            | N::Orelse
            | N::Break
            | N::Continue
            | N::Switch
            | N::SwitchComma
            | N::Nosuspend
            | N::Suspend
            | N::Await
            | N::Resume
            | N::Try
            | N::UnreachableLiteral => {
                self.add_error_node(node, "control flow is not allowed in ZON");
            }

            N::Comptime => self.add_error_node(node, "keyword 'comptime' is not allowed in ZON"),
            N::AsmSimple | N::AsmLegacy | N::Asm => {
                self.add_error_node(node, "inline asm is not allowed in ZON")
            }
            N::BuiltinCallTwo | N::BuiltinCallTwoComma | N::BuiltinCall | N::BuiltinCallComma => {
                self.add_error_node(node, "builtin function calls are not allowed in ZON");
            }
            N::FieldAccess => self.add_error_node(node, "field accesses are not allowed in ZON"),
            N::SliceOpen | N::Slice | N::SliceSentinel => {
                self.add_error_node(node, "slice operator is not allowed in ZON");
            }
            N::Deref | N::AddressOf => {
                self.add_error_tok(token, "pointers are not available in ZON")
            }
            N::UnwrapOptional => self.add_error_tok(token, "optionals are not available in ZON"),
            N::ErrorValue => self.add_error_node(node, "errors are not available in ZON"),
            N::ArrayAccess => {
                let message = "array indexing is not allowed in ZON";
                if tree.release.rules().zon_indexing_is_reported_at_its_node {
                    self.add_error_node(node, message);
                } else {
                    // The reference takes the node's number for that of a token here.
                    self.add_error_tok(node, message);
                }
            }

            N::BlockTwo | N::BlockTwoSemicolon | N::Block | N::BlockSemicolon => {
                if tree
                    .block_statements(node)
                    .is_none_or(|statements| statements.is_empty())
                {
                    let note = "void union payloads can be represented by enum literals";
                    let note = self.err_note_node(node, note);
                    self.add_error_node_notes(
                        node,
                        "void literals are not available in ZON",
                        &[note],
                    );
                } else {
                    self.add_error_node(node, "blocks are not allowed in ZON");
                }
            }

            N::ArrayInitOne
            | N::ArrayInitOneComma
            | N::ArrayInit
            | N::ArrayInitComma
            | N::StructInitOne
            | N::StructInitOneComma
            | N::StructInit
            | N::StructInitComma => {
                let array = tree.full_array_init(node).map(|full| full.ast.type_expr);
                let type_node =
                    array.or_else(|| tree.full_struct_init(node).map(|full| full.ast.type_expr));
                let type_node = type_node.unwrap_or(node);
                let note = self.err_note_node(type_node, "replace the type with '.'");
                self.add_error_node_notes(type_node, "types are not available in ZON", &[note]);
            }

            // Statements and declarations: the parser puts none where an expression is expected.
            _ => self.add_error_node(node, "invalid expression"),
        }
    }
}
