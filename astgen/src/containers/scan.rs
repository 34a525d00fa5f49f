//! Names of members: what a container declares, checked before anything in it is lowered.

use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag, primitives::is_primitive};
use zir::NullTerminatedString;

use crate::errors::AnalysisFail;
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::NamespaceId;
use crate::scope::{LocalPtr, LocalVal, NameMap, Scope};

/// The container being scanned, as messages call it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ContainerKind {
    Struct,
    Union,
    Enum,
    Opaque,
}

impl ContainerKind {
    fn name(self) -> &'static str {
        match self {
            ContainerKind::Struct => "struct",
            ContainerKind::Union => "union",
            ContainerKind::Enum => "enum",
            ContainerKind::Opaque => "opaque",
        }
    }
}

/// The tokens that declare names of one sort in a container.
pub(super) struct Names {
    pub(super) first: NameMap,
    /// First token, repeating token and name of each name that came again.
    duplicates: Vec<(TokenIndex, TokenIndex, NullTerminatedString)>,
}

impl Names {
    /// No names yet; `first` is empty.
    pub(super) fn new(first: NameMap) -> Names {
        Names {
            first,
            duplicates: Vec::new(),
        }
    }

    /// Returns whether the name is new.
    pub(super) fn add(&mut self, name: NullTerminatedString, token: TokenIndex) -> bool {
        let first = *self.first.entry(name).or_insert(token);
        if first != token {
            self.duplicates.push((first, token, name));
        }
        first == token
    }
}

/// What names that must differ are names of.
#[derive(Clone, Copy, Debug)]
enum Sort {
    Members,
    Tests,
    Decltests,
}

/// What [`AstGen::scan_container`] came upon.
pub(super) struct ScanResult {
    /// Number of declarations, those without a name included.
    pub(super) decls_len: u32,
    /// Number of fields, the mark `_` of an enum included.
    pub(super) fields_len: u32,
    pub(super) any_field_aligns: bool,
    pub(super) any_field_values: bool,
    pub(super) any_comptime_fields: bool,
    pub(super) has_underscore_field: bool,
}

impl AstGen<'_> {
    /// Fills the namespace with the names that `members` declare, and reports those that collide.
    pub(super) fn scan_container(
        &mut self,
        namespace: NamespaceId,
        members: &[NodeIndex],
        container_kind: ContainerKind,
    ) -> InnerResult<ScanResult> {
        let tree = self.tree;
        let mut any_invalid_declarations = false;
        let mut names = Names::new(self.take_name_map(members.len()));
        let mut test_names = Names::new(self.take_name_map(0));
        let mut decltest_names = Names::new(self.take_name_map(0));
        let mut scan = ScanResult {
            decls_len: 0,
            fields_len: 0,
            any_field_aligns: false,
            any_field_values: false,
            any_comptime_fields: false,
            has_underscore_field: false,
        };

        for &member_node in members {
            let main_token = tree.main_token(member_node);
            let (is_field, name_token) = match tree.node_tag(member_node) {
                NodeTag::ContainerFieldInit
                | NodeTag::ContainerFieldAlign
                | NodeTag::ContainerField => {
                    let Some(mut field) = tree.full_container_field(member_node) else {
                        continue;
                    };
                    if matches!(container_kind, ContainerKind::Union | ContainerKind::Enum) {
                        field.convert_to_non_tuple_like(tree);
                    }
                    scan.any_field_aligns |= field.ast.align_expr != 0;
                    scan.any_field_values |= field.ast.value_expr != 0;
                    scan.any_comptime_fields |= field.comptime_token.is_some();
                    scan.has_underscore_field |= tree.token_slice(field.ast.main_token) == b"_";
                    if field.ast.tuple_like {
                        continue;
                    }
                    (true, field.ast.main_token)
                }
                NodeTag::GlobalVarDecl
                | NodeTag::LocalVarDecl
                | NodeTag::SimpleVarDecl
                | NodeTag::AlignedVarDecl => {
                    scan.decls_len += 1;
                    (false, main_token + 1)
                }
                NodeTag::Comptime | NodeTag::Usingnamespace => {
                    scan.decls_len += 1;
                    continue;
                }
                NodeTag::TestDecl => {
                    scan.decls_len += 1;
                    // Test names are apart from all others and shadow nothing.
                    let token = main_token + 1;
                    match tree.token_tag(token) {
                        TokenTag::StringLiteral => {
                            let name = self.str_lit_as_string(token)?;
                            test_names.add(name.index, token);
                        }
                        TokenTag::Identifier => {
                            let name = self.ident_as_string(token)?;
                            decltest_names.add(name, token);
                        }
                        _ => {}
                    }
                    continue;
                }
                // Functions, with and without a body.
                _ => {
                    scan.decls_len += 1;
                    if tree.token_tag(main_token + 1) != TokenTag::Identifier {
                        self.append_error_node(member_node, "missing function name");
                        any_invalid_declarations = true;
                        continue;
                    }
                    (false, main_token + 1)
                }
            };

            let name = self.ident_as_string(name_token)?;
            if !is_field {
                // Also where there are errors, which are not to cause others about unknown names.
                self.namespaces[namespace].decls.insert(name, member_node);
            }
            if !names.add(name, name_token) || is_field {
                continue;
            }
            if self.decl_is_shadowing(namespace, name, name_token) {
                any_invalid_declarations = true;
            }
        }

        for (names, sort) in [
            (names, Sort::Members),
            (test_names, Sort::Tests),
            (decltest_names, Sort::Decltests),
        ] {
            if !names.duplicates.is_empty() {
                any_invalid_declarations = true;
                self.report_duplicates(names.duplicates, namespace, container_kind, sort);
            }
            self.give_name_map(names.first);
        }
        if any_invalid_declarations {
            return Err(AnalysisFail);
        }
        scan.fields_len = members.len() as u32 - scan.decls_len;
        Ok(scan)
    }

    /// Reports a declaration that hides a primitive or a local further out.
    pub(super) fn decl_is_shadowing(
        &mut self,
        namespace: NamespaceId,
        name: NullTerminatedString,
        name_token: TokenIndex,
    ) -> bool {
        let text = self.tree.token_slice(name_token);
        if text.first() != Some(&b'@') && is_primitive(text) {
            let note = self.err_note_tok(
                name_token,
                [
                    b"consider using @\"".as_slice(),
                    text,
                    b"\" to disambiguate",
                ],
            );
            self.append_error_tok_notes(
                name_token,
                [b"name shadows primitive '".as_slice(), text, b"'"],
                &[note],
            );
            return true;
        }
        let mut scope = self.namespaces[namespace].parent;
        loop {
            scope = self.scopes.near(scope, name);
            match self.scopes[scope] {
                Scope::LocalVal(LocalVal {
                    name: other,
                    id_cat,
                    token_src,
                    ..
                })
                | Scope::LocalPtr(LocalPtr {
                    name: other,
                    id_cat,
                    token_src,
                    ..
                }) if other == name => {
                    let note = self.err_note_tok(token_src, "previous declaration here");
                    self.append_error_tok_notes(
                        name_token,
                        [
                            b"declaration '".as_slice(),
                            text,
                            b"' shadows ",
                            id_cat.name().as_bytes(),
                            b" from outer scope",
                        ],
                        &[note],
                    );
                    return true;
                }
                _ => {}
            }
            match self.scope_parent(scope) {
                Some(parent) => scope = parent,
                None => return false,
            }
        }
    }

    /// One error for each name that came more than once, in the order of the first of each.
    #[cold]
    fn report_duplicates(
        &mut self,
        mut duplicates: Vec<(TokenIndex, TokenIndex, NullTerminatedString)>,
        namespace: NamespaceId,
        container_kind: ContainerKind,
        sort: Sort,
    ) {
        let container_node = self.namespaces[namespace].node;
        let container_kind = container_kind.name();
        let (what, again) = match sort {
            Sort::Members => (
                format!("duplicate {container_kind} member name '"),
                "duplicate name here",
            ),
            Sort::Tests => ("duplicate test name '".to_owned(), "duplicate test here"),
            Sort::Decltests => ("duplicate decltest '".to_owned(), "duplicate decltest here"),
        };
        duplicates.sort_unstable();
        for group in duplicates.chunk_by(|a, b| a.0 == b.0) {
            let mut notes = Vec::with_capacity(group.len() + 1);
            for &(_, token, _) in group {
                notes.push(self.err_note_tok(token, again));
            }
            notes.push(self.err_note_node(
                container_node,
                format_args!("{container_kind} declared here"),
            ));
            let (first, _, name) = group[0];
            let text = self.null_terminated_string(name).to_vec();
            self.append_error_tok_notes(first, [what.as_bytes(), &text, b"'"], &notes);
        }
    }
}
