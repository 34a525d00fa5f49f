//! Building the views: which shape a node has, and where its unstored tokens are.

use super::*;
use crate::extra;

impl Ast<'_> {
    /// The tag of a token, `Eof` past either end: what follows or precedes a node may lie outside the file.
    #[inline]
    pub(crate) fn tag_at(&self, token: TokenIndex) -> TokenTag {
        if token < self.tokens_len() {
            self.token_tag(token)
        } else {
            TokenTag::Eof
        }
    }

    fn sub_range(&self, index: u32) -> NodeList<'_> {
        let range: extra::SubRange = self.extra_data(index);
        NodeList::Slice(self.extra_slice(range.start, range.end))
    }

    fn sub_list(&self, start: u32, end: u32) -> NodeList<'_> {
        NodeList::Slice(self.extra_slice(start, end))
    }

    /// What is stored of a `var` or `const` declaration.
    pub fn var_decl_components(&self, node: NodeIndex) -> Option<VarDeclComponents> {
        let data = self.node_data(node);
        let mut ast = VarDeclComponents {
            mut_token: self.main_token(node),
            type_node: 0,
            align_node: 0,
            addrspace_node: 0,
            section_node: 0,
            init_node: data.rhs,
        };
        match self.node_tag(node) {
            NodeTag::GlobalVarDecl => {
                let extra: extra::GlobalVarDecl = self.extra_data(data.lhs);
                ast.type_node = extra.type_node;
                ast.align_node = extra.align_node;
                ast.addrspace_node = extra.addrspace_node;
                ast.section_node = extra.section_node;
            }
            NodeTag::LocalVarDecl => {
                let extra: extra::LocalVarDecl = self.extra_data(data.lhs);
                ast.type_node = extra.type_node;
                ast.align_node = extra.align_node;
            }
            NodeTag::SimpleVarDecl => ast.type_node = data.lhs,
            NodeTag::AlignedVarDecl => ast.align_node = data.lhs,
            _ => return None,
        }
        Some(ast)
    }

    /// View of a `var` or `const` declaration.
    pub fn full_var_decl(&self, node: NodeIndex) -> Option<VarDecl> {
        let ast = self.var_decl_components(node)?;
        let mut result = VarDecl {
            visib_token: None,
            extern_export_token: None,
            lib_name: None,
            threadlocal_token: None,
            comptime_token: None,
            ast,
        };
        let mut token = ast.mut_token;
        while token > 0 {
            token -= 1;
            match self.tag_at(token) {
                TokenTag::KeywordExtern | TokenTag::KeywordExport => {
                    result.extern_export_token = Some(token);
                }
                TokenTag::KeywordComptime => result.comptime_token = Some(token),
                TokenTag::KeywordPub => result.visib_token = Some(token),
                TokenTag::KeywordThreadlocal => result.threadlocal_token = Some(token),
                TokenTag::StringLiteral => result.lib_name = Some(token),
                _ => break,
            }
        }
        Some(result)
    }

    /// View of a destructuring assignment; `node` must be one.
    pub fn assign_destructure(&self, node: NodeIndex) -> AssignDestructure<'_> {
        let data = self.node_data(node);
        let start = data.lhs + 1;
        let variables = self.sub_list(start, start + self.extra(data.lhs));
        let comptime_token = variables.first().and_then(|&first| {
            let token = self.first_token(first);
            // A declaration's own first token may be the `comptime`.
            let token = match self.node_tag(first) {
                NodeTag::GlobalVarDecl
                | NodeTag::LocalVarDecl
                | NodeTag::AlignedVarDecl
                | NodeTag::SimpleVarDecl => token,
                _ => token.wrapping_sub(1),
            };
            (self.tag_at(token) == TokenTag::KeywordComptime).then_some(token)
        });
        AssignDestructure {
            comptime_token,
            ast: AssignDestructureComponents {
                variables,
                equal_token: self.main_token(node),
                value_expr: data.rhs,
            },
        }
    }

    /// What is stored of an `if`.
    pub fn if_components(&self, node: NodeIndex) -> Option<IfComponents> {
        let data = self.node_data(node);
        let (then_expr, else_expr) = match self.node_tag(node) {
            NodeTag::IfSimple => (data.rhs, 0),
            NodeTag::If => {
                let extra: extra::If = self.extra_data(data.rhs);
                (extra.then_expr, extra.else_expr)
            }
            _ => return None,
        };
        Some(IfComponents {
            if_token: self.main_token(node),
            cond_expr: data.lhs,
            then_expr,
            else_expr,
        })
    }

    /// View of an `if`.
    pub fn full_if(&self, node: NodeIndex) -> Option<If> {
        let ast = self.if_components(node)?;
        let (else_token, error_token) = self.else_and_error(ast.then_expr, ast.else_expr);
        Some(If {
            payload_token: self.payload_after_condition(ast.cond_expr),
            error_token,
            else_token,
            ast,
        })
    }

    /// The token after the `|` that may follow `(condition)`.
    fn payload_after_condition(&self, cond_expr: NodeIndex) -> Option<TokenIndex> {
        let pipe = self.last_token(cond_expr).wrapping_add(2);
        (self.tag_at(pipe) == TokenTag::Pipe).then(|| pipe + 1)
    }

    /// `else` after `then_expr` (0 without one) and the name it may capture.
    fn else_and_error(
        &self,
        then_expr: NodeIndex,
        else_expr: NodeIndex,
    ) -> (TokenIndex, Option<TokenIndex>) {
        if else_expr == 0 {
            return (0, None);
        }
        let else_token = self.last_token(then_expr).wrapping_add(1);
        let pipe = else_token.wrapping_add(1);
        let error = (self.tag_at(pipe) == TokenTag::Pipe).then(|| pipe + 1);
        (else_token, error)
    }

    /// The `inline` and the label that may stand before a loop's keyword.
    fn loop_prefix(&self, keyword: TokenIndex) -> (Option<TokenIndex>, Option<TokenIndex>) {
        let mut token = keyword.saturating_sub(1);
        let mut inline_token = None;
        if self.tag_at(token) == TokenTag::KeywordInline {
            inline_token = Some(token);
            token = token.saturating_sub(1);
        }
        let name = token.saturating_sub(1);
        let labeled =
            self.tag_at(token) == TokenTag::Colon && self.tag_at(name) == TokenTag::Identifier;
        (inline_token, labeled.then_some(name))
    }

    /// The label that may stand before a loop's keyword.
    pub fn loop_label(&self, keyword: TokenIndex) -> Option<TokenIndex> {
        self.loop_prefix(keyword).1
    }

    /// What is stored of a `while`.
    pub fn while_components(&self, node: NodeIndex) -> Option<WhileComponents> {
        let data = self.node_data(node);
        let mut ast = WhileComponents {
            while_token: self.main_token(node),
            cond_expr: data.lhs,
            cont_expr: 0,
            then_expr: data.rhs,
            else_expr: 0,
        };
        match self.node_tag(node) {
            NodeTag::WhileSimple => {}
            NodeTag::WhileCont => {
                let extra: extra::WhileCont = self.extra_data(data.rhs);
                ast.cont_expr = extra.cont_expr;
                ast.then_expr = extra.then_expr;
            }
            NodeTag::While => {
                let extra: extra::While = self.extra_data(data.rhs);
                ast.cont_expr = extra.cont_expr;
                ast.then_expr = extra.then_expr;
                ast.else_expr = extra.else_expr;
            }
            _ => return None,
        }
        Some(ast)
    }

    /// View of a `while`.
    pub fn full_while(&self, node: NodeIndex) -> Option<While> {
        let ast = self.while_components(node)?;
        let (inline_token, label_token) = self.loop_prefix(ast.while_token);
        let (else_token, error_token) = self.else_and_error(ast.then_expr, ast.else_expr);
        Some(While {
            ast,
            inline_token,
            label_token,
            payload_token: self.payload_after_condition(ast.cond_expr),
            error_token,
            else_token,
        })
    }

    /// What is stored of a `for`.
    pub fn for_components(&self, node: NodeIndex) -> Option<ForComponents<'_>> {
        let data = self.node_data(node);
        let (inputs, then_expr, else_expr) = match self.node_tag(node) {
            NodeTag::ForSimple => (NodeList::one(data.lhs), data.rhs, 0),
            NodeTag::For => {
                let extra = extra::For::from_bits(data.rhs);
                let body = data.lhs + extra.inputs;
                (
                    self.sub_list(data.lhs, body),
                    self.extra(body),
                    if extra.has_else {
                        self.extra(body + 1)
                    } else {
                        0
                    },
                )
            }
            _ => return None,
        };
        Some(ForComponents {
            for_token: self.main_token(node),
            inputs,
            then_expr,
            else_expr,
        })
    }

    /// View of a `for`.
    pub fn full_for(&self, node: NodeIndex) -> Option<For<'_>> {
        let ast = self.for_components(node)?;
        let (inline_token, label_token) = self.loop_prefix(ast.for_token);
        let last_input = self.last_token(ast.inputs.last().copied().unwrap_or(0));
        let comma = self.tag_at(last_input.wrapping_add(1)) == TokenTag::Comma;
        Some(For {
            ast,
            inline_token,
            label_token,
            payload_token: last_input.wrapping_add(3 + u32::from(comma)),
            else_token: self.else_and_error(ast.then_expr, ast.else_expr).0,
        })
    }

    /// What is stored of a field of a container.
    #[inline]
    pub fn container_field_components(&self, node: NodeIndex) -> Option<ContainerFieldComponents> {
        let data = self.node_data(node);
        let (align_expr, value_expr) = match self.node_tag(node) {
            NodeTag::ContainerFieldInit => (0, data.rhs),
            NodeTag::ContainerFieldAlign => (data.rhs, 0),
            NodeTag::ContainerField => {
                let extra: extra::ContainerField = self.extra_data(data.rhs);
                (extra.align_expr, extra.value_expr)
            }
            _ => return None,
        };
        let main_token = self.main_token(node);
        let named = self.tag_at(main_token) == TokenTag::Identifier
            && self.tag_at(main_token + 1) == TokenTag::Colon;
        Some(ContainerFieldComponents {
            main_token,
            type_expr: data.lhs,
            align_expr,
            value_expr,
            tuple_like: !named,
        })
    }

    /// View of a field of a container.
    pub fn full_container_field(&self, node: NodeIndex) -> Option<ContainerField> {
        let ast = self.container_field_components(node)?;
        let before = ast.main_token.wrapping_sub(1);
        Some(ContainerField {
            comptime_token: (self.tag_at(before) == TokenTag::KeywordComptime).then_some(before),
            ast,
        })
    }

    /// What is stored of a function's prototype, also of a function with a body.
    pub fn fn_proto_components(&self, node: NodeIndex) -> Option<FnProtoComponents<'_>> {
        let proto_node = match self.node_tag(node) {
            NodeTag::FnDecl => self.node_data(node).lhs,
            _ => node,
        };
        let data = self.node_data(proto_node);
        let fn_token = self.main_token(proto_node);
        let mut ast = FnProtoComponents {
            proto_node,
            fn_token,
            return_type: data.rhs,
            params: NodeList::EMPTY,
            align_expr: 0,
            addrspace_expr: 0,
            section_expr: 0,
            callconv_expr: 0,
        };
        match self.node_tag(proto_node) {
            NodeTag::FnProtoSimple => ast.params = NodeList::optional(data.lhs),
            NodeTag::FnProtoMulti => ast.params = self.sub_range(data.lhs),
            NodeTag::FnProtoOne => {
                let extra: extra::FnProtoOne = self.extra_data(data.lhs);
                ast.params = NodeList::optional(extra.param);
                ast.align_expr = extra.align_expr;
                ast.addrspace_expr = extra.addrspace_expr;
                ast.section_expr = extra.section_expr;
                ast.callconv_expr = extra.callconv_expr;
            }
            NodeTag::FnProto => {
                let extra: extra::FnProto = self.extra_data(data.lhs);
                ast.params = self.sub_list(extra.params_start, extra.params_end);
                ast.align_expr = extra.align_expr;
                ast.addrspace_expr = extra.addrspace_expr;
                ast.section_expr = extra.section_expr;
                ast.callconv_expr = extra.callconv_expr;
            }
            _ => return None,
        }
        Some(ast)
    }

    /// View of a function's prototype, also of a function with a body.
    pub fn full_fn_proto(&self, node: NodeIndex) -> Option<FnProto<'_>> {
        let ast = self.fn_proto_components(node)?;
        let fn_token = ast.fn_token;
        let after_fn = fn_token + 1;
        let named = self.tag_at(after_fn) == TokenTag::Identifier;
        let mut result = FnProto {
            visib_token: None,
            extern_export_inline_token: None,
            lib_name: None,
            name_token: named.then_some(after_fn),
            lparen: after_fn + u32::from(named),
            ast,
        };
        let mut token = fn_token;
        while token > 0 {
            token -= 1;
            match self.tag_at(token) {
                TokenTag::KeywordExtern
                | TokenTag::KeywordExport
                | TokenTag::KeywordInline
                | TokenTag::KeywordNoinline => result.extern_export_inline_token = Some(token),
                TokenTag::KeywordPub => result.visib_token = Some(token),
                TokenTag::StringLiteral => result.lib_name = Some(token),
                _ => break,
            }
        }
        Some(result)
    }

    /// View of a struct initializer.
    pub fn full_struct_init(&self, node: NodeIndex) -> Option<StructInit<'_>> {
        let data = self.node_data(node);
        let (type_expr, fields) = match self.node_tag(node) {
            NodeTag::StructInitOne | NodeTag::StructInitOneComma => {
                (data.lhs, NodeList::optional(data.rhs))
            }
            NodeTag::StructInitDotTwo | NodeTag::StructInitDotTwoComma => {
                (0, NodeList::up_to_two(data.lhs, data.rhs))
            }
            NodeTag::StructInitDot | NodeTag::StructInitDotComma => {
                (0, self.sub_list(data.lhs, data.rhs))
            }
            NodeTag::StructInit | NodeTag::StructInitComma => (data.lhs, self.sub_range(data.rhs)),
            _ => return None,
        };
        let lbrace = self.main_token(node);
        Some(StructInit {
            ast: StructInitComponents {
                lbrace,
                fields,
                type_expr,
            },
        })
    }

    /// View of an array or tuple initializer.
    pub fn full_array_init(&self, node: NodeIndex) -> Option<ArrayInit<'_>> {
        let data = self.node_data(node);
        let (type_expr, elements) = match self.node_tag(node) {
            NodeTag::ArrayInitOne | NodeTag::ArrayInitOneComma => {
                (data.lhs, NodeList::optional(data.rhs))
            }
            NodeTag::ArrayInitDotTwo | NodeTag::ArrayInitDotTwoComma => {
                (0, NodeList::up_to_two(data.lhs, data.rhs))
            }
            NodeTag::ArrayInitDot | NodeTag::ArrayInitDotComma => {
                (0, self.sub_list(data.lhs, data.rhs))
            }
            NodeTag::ArrayInit | NodeTag::ArrayInitComma => (data.lhs, self.sub_range(data.rhs)),
            _ => return None,
        };
        let lbrace = self.main_token(node);
        Some(ArrayInit {
            ast: ArrayInitComponents {
                lbrace,
                elements,
                type_expr,
            },
        })
    }

    /// View of an array type.
    pub fn full_array_type(&self, node: NodeIndex) -> Option<ArrayType> {
        let data = self.node_data(node);
        let (sentinel, elem_type) = match self.node_tag(node) {
            NodeTag::ArrayType => (0, data.rhs),
            NodeTag::ArrayTypeSentinel => {
                let extra: extra::ArrayTypeSentinel = self.extra_data(data.rhs);
                (extra.sentinel, extra.elem_type)
            }
            _ => return None,
        };
        Some(ArrayType {
            ast: ArrayTypeComponents {
                lbracket: self.main_token(node),
                elem_count: data.lhs,
                sentinel,
                elem_type,
            },
        })
    }

    /// What is stored of a pointer type.
    pub fn ptr_type_components(&self, node: NodeIndex) -> Option<PtrTypeComponents> {
        let data = self.node_data(node);
        let mut ast = PtrTypeComponents {
            main_token: self.main_token(node),
            align_node: 0,
            addrspace_node: 0,
            sentinel: 0,
            bit_range_start: 0,
            bit_range_end: 0,
            child_type: data.rhs,
        };
        match self.node_tag(node) {
            NodeTag::PtrTypeAligned => ast.align_node = data.lhs,
            NodeTag::PtrTypeSentinel => ast.sentinel = data.lhs,
            NodeTag::PtrType => {
                let extra: extra::PtrType = self.extra_data(data.lhs);
                ast.sentinel = extra.sentinel;
                ast.align_node = extra.align_node;
                ast.addrspace_node = extra.addrspace_node;
            }
            NodeTag::PtrTypeBitRange => {
                let extra: extra::PtrTypeBitRange = self.extra_data(data.lhs);
                ast.sentinel = extra.sentinel;
                ast.align_node = extra.align_node;
                ast.addrspace_node = extra.addrspace_node;
                ast.bit_range_start = extra.bit_range_start;
                ast.bit_range_end = extra.bit_range_end;
            }
            _ => return None,
        }
        Some(ast)
    }

    /// View of a pointer type.
    pub fn full_ptr_type(&self, node: NodeIndex) -> Option<PtrType> {
        let ast = self.ptr_type_components(node)?;
        let size = match self.tag_at(ast.main_token) {
            TokenTag::LBracket => match self.tag_at(ast.main_token + 1) {
                // The identifier can only be the `c` of `[*c]`.
                TokenTag::Asterisk => match self.tag_at(ast.main_token + 2) {
                    TokenTag::Identifier => PtrSize::C,
                    _ => PtrSize::Many,
                },
                _ => PtrSize::Slice,
            },
            _ => PtrSize::One,
        };
        let rules = self.release.rules();
        let mut result = PtrType {
            size,
            allowzero_token: None,
            const_token: None,
            volatile_token: None,
            duplicate_token: None,
            ast,
        };
        // Modifiers are looked for outside the operands only: those may contain pointer types of their own.
        let mut token = if ast.sentinel != 0 {
            self.last_token(ast.sentinel).wrapping_add(1)
        } else if matches!(size, PtrSize::Many | PtrSize::C) {
            ast.main_token + 1
        } else {
            ast.main_token
        };
        let end = self.first_token(ast.child_type).min(self.tokens_len());
        while token < end {
            let tag = self.tag_at(token);
            match tag {
                TokenTag::KeywordAllowzero | TokenTag::KeywordConst | TokenTag::KeywordVolatile => {
                    let qualifier = match tag {
                        TokenTag::KeywordAllowzero => &mut result.allowzero_token,
                        TokenTag::KeywordConst => &mut result.const_token,
                        _ => &mut result.volatile_token,
                    };
                    if qualifier.replace(token).is_some() {
                        result.duplicate_token = Some(token);
                    }
                }
                TokenTag::KeywordAlign => {
                    let operand = if ast.bit_range_end != 0 {
                        ast.bit_range_end
                    } else {
                        ast.align_node
                    };
                    if operand != 0 {
                        token = token.max(self.last_token(operand).saturating_add(1));
                    }
                }
                TokenTag::KeywordAddrspace
                    if rules.addrspace_operand_is_skipped && ast.addrspace_node != 0 =>
                {
                    let end = self.last_token(ast.addrspace_node);
                    token = token.max(end.saturating_add(1));
                }
                _ => {}
            }
            token += 1;
        }
        Some(result)
    }

    /// View of a slicing expression.
    pub fn full_slice(&self, node: NodeIndex) -> Option<Slice> {
        let data = self.node_data(node);
        let (start, end, sentinel) = match self.node_tag(node) {
            NodeTag::SliceOpen => (data.rhs, 0, 0),
            NodeTag::Slice => {
                let extra: extra::Slice = self.extra_data(data.rhs);
                (extra.start, extra.end, 0)
            }
            NodeTag::SliceSentinel => {
                let extra: extra::SliceSentinel = self.extra_data(data.rhs);
                (extra.start, extra.end, extra.sentinel)
            }
            _ => return None,
        };
        Some(Slice {
            ast: SliceComponents {
                sliced: data.lhs,
                lbracket: self.main_token(node),
                start,
                end,
                sentinel,
            },
        })
    }

    /// View of the whole file as a container.
    pub fn container_decl_root(&self) -> ContainerDecl<'_> {
        ContainerDecl {
            layout_token: None,
            ast: ContainerDeclComponents {
                main_token: 0,
                enum_token: None,
                members: NodeList::Slice(self.root_decls()),
                arg: 0,
            },
        }
    }

    /// View of a container; the root node is one as well.
    pub fn full_container_decl(&self, node: NodeIndex) -> Option<ContainerDecl<'_>> {
        let data = self.node_data(node);
        let (arg, members, tagged) = match self.node_tag(node) {
            NodeTag::Root => return Some(self.container_decl_root()),
            NodeTag::ContainerDecl | NodeTag::ContainerDeclTrailing => {
                (0, self.sub_list(data.lhs, data.rhs), false)
            }
            NodeTag::ContainerDeclArg | NodeTag::ContainerDeclArgTrailing => {
                (data.lhs, self.sub_range(data.rhs), false)
            }
            NodeTag::ContainerDeclTwo | NodeTag::ContainerDeclTwoTrailing => {
                (0, NodeList::up_to_two(data.lhs, data.rhs), false)
            }
            NodeTag::TaggedUnion | NodeTag::TaggedUnionTrailing => {
                (0, self.sub_list(data.lhs, data.rhs), true)
            }
            NodeTag::TaggedUnionEnumTag | NodeTag::TaggedUnionEnumTagTrailing => {
                (data.lhs, self.sub_range(data.rhs), true)
            }
            NodeTag::TaggedUnionTwo | NodeTag::TaggedUnionTwoTrailing => {
                (0, NodeList::up_to_two(data.lhs, data.rhs), true)
            }
            _ => return None,
        };
        let main_token = self.main_token(node);
        let before = main_token.wrapping_sub(1);
        Some(ContainerDecl {
            layout_token: matches!(
                self.tag_at(before),
                TokenTag::KeywordExtern | TokenTag::KeywordPacked
            )
            .then_some(before),
            ast: ContainerDeclComponents {
                main_token,
                enum_token: tagged.then(|| main_token + 2),
                members,
                arg,
            },
        })
    }

    /// View of a `switch`.
    pub fn full_switch(&self, node: NodeIndex) -> Option<Switch<'_>> {
        if !matches!(self.node_tag(node), NodeTag::Switch | NodeTag::SwitchComma) {
            return None;
        }
        let data = self.node_data(node);
        let main_token = self.main_token(node);
        let labeled = self.tag_at(main_token) == TokenTag::Identifier;
        Some(Switch {
            ast: SwitchComponents {
                switch_token: if labeled { main_token + 2 } else { main_token },
                condition: data.lhs,
                cases: self.sub_range(data.rhs),
            },
            label_token: labeled.then_some(main_token),
        })
    }

    /// View of a prong of a `switch`.
    pub fn full_switch_case(&self, node: NodeIndex) -> Option<SwitchCase<'_>> {
        let data = self.node_data(node);
        let tag = self.node_tag(node);
        let values = match tag {
            NodeTag::SwitchCaseOne | NodeTag::SwitchCaseInlineOne => NodeList::optional(data.lhs),
            NodeTag::SwitchCase | NodeTag::SwitchCaseInline => self.sub_range(data.lhs),
            _ => return None,
        };
        let inline = matches!(
            tag,
            NodeTag::SwitchCaseInlineOne | NodeTag::SwitchCaseInline
        );
        let arrow_token = self.main_token(node);
        let payload = self.tag_at(arrow_token + 1) == TokenTag::Pipe;
        Some(SwitchCase {
            inline_token: inline.then(|| self.first_token(node)),
            payload_token: payload.then(|| arrow_token + 2),
            ast: SwitchCaseComponents {
                values,
                arrow_token,
                target_expr: data.rhs,
            },
        })
    }

    /// View of inline assembly.
    pub fn full_asm(&self, node: NodeIndex) -> Option<Asm<'_>> {
        let data = self.node_data(node);
        let (items, clobbers, rparen): (&[NodeIndex], _, _) = match self.node_tag(node) {
            NodeTag::AsmSimple => (&[], 0, data.rhs),
            NodeTag::Asm | NodeTag::AsmLegacy => {
                let parts = self.asm_parts(node);
                (
                    self.extra_slice(parts.items_start, parts.items_end),
                    parts.clobbers,
                    parts.rparen,
                )
            }
            _ => return None,
        };
        let asm_token = self.main_token(node);
        let outputs_end = items
            .iter()
            .position(|&item| self.node_tag(item) != NodeTag::AsmOutput)
            .unwrap_or(items.len());
        let (outputs, inputs) = items.split_at(outputs_end);

        // The clobbers are no nodes: they follow the last operand after as many colons as there are empty
        // lists between.
        let (last, colons) = match (outputs.last(), inputs.last()) {
            (None, None) => (data.lhs, 3),
            (_, Some(&input)) => (input, 1),
            (Some(&output), None) => (output, 2),
        };
        let mut token = self.last_token(last).wrapping_add(1);
        if !items.is_empty() && self.tag_at(token) == TokenTag::Comma {
            token += 1;
        }
        let string = token.wrapping_add(colons);
        let found = clobbers == 0
            && (token..string).all(|colon| self.tag_at(colon) == TokenTag::Colon)
            && self.tag_at(string) == TokenTag::StringLiteral;

        let after_asm = asm_token + 1;
        Some(Asm {
            ast: AsmComponents {
                asm_token,
                template: data.lhs,
                items: NodeList::Slice(items),
                clobbers,
                rparen,
            },
            volatile_token: (self.tag_at(after_asm) == TokenTag::KeywordVolatile)
                .then_some(after_asm),
            first_clobber: found.then_some(string),
            outputs: NodeList::Slice(outputs),
            inputs: NodeList::Slice(inputs),
        })
    }

    /// View of a call.
    pub fn full_call(&self, node: NodeIndex) -> Option<Call<'_>> {
        let data = self.node_data(node);
        let tag = self.node_tag(node);
        let params = match tag {
            NodeTag::Call | NodeTag::CallComma | NodeTag::AsyncCall | NodeTag::AsyncCallComma => {
                self.sub_range(data.rhs)
            }
            NodeTag::CallOne
            | NodeTag::CallOneComma
            | NodeTag::AsyncCallOne
            | NodeTag::AsyncCallOneComma => NodeList::optional(data.rhs),
            _ => return None,
        };
        // Only an `async` call can have the keyword before it. For the others the callee is not walked: that
        // would be quadratic in the length of a chain of calls.
        let is_async = matches!(
            tag,
            NodeTag::AsyncCall
                | NodeTag::AsyncCallComma
                | NodeTag::AsyncCallOne
                | NodeTag::AsyncCallOneComma
        );
        let async_token = is_async
            .then(|| self.first_token(data.lhs).wrapping_sub(1))
            .filter(|&token| self.tag_at(token) == TokenTag::KeywordAsync);
        Some(Call {
            ast: CallComponents {
                lparen: self.main_token(node),
                fn_expr: data.lhs,
                params,
            },
            async_token,
        })
    }

    /// Arguments of a builtin call.
    pub fn builtin_call_params(&self, node: NodeIndex) -> Option<NodeList<'_>> {
        let data = self.node_data(node);
        match self.node_tag(node) {
            NodeTag::BuiltinCallTwo | NodeTag::BuiltinCallTwoComma => {
                Some(NodeList::up_to_two(data.lhs, data.rhs))
            }
            NodeTag::BuiltinCall | NodeTag::BuiltinCallComma => {
                Some(self.sub_list(data.lhs, data.rhs))
            }
            _ => None,
        }
    }

    /// Statements of a block.
    pub fn block_statements(&self, node: NodeIndex) -> Option<NodeList<'_>> {
        let data = self.node_data(node);
        match self.node_tag(node) {
            NodeTag::BlockTwo | NodeTag::BlockTwoSemicolon => {
                Some(NodeList::up_to_two(data.lhs, data.rhs))
            }
            NodeTag::Block | NodeTag::BlockSemicolon => Some(self.sub_list(data.lhs, data.rhs)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Mode, Release};

    fn parse(source: &str) -> Ast<'_> {
        let tree = Ast::parse(source.as_bytes(), Mode::Zig, Release::V0_14_1);
        assert_eq!(tree.errors, [], "{source}");
        tree
    }

    /// The initial value of the first declaration.
    fn init(tree: &Ast<'_>) -> NodeIndex {
        tree.node_data(tree.root_decls()[0]).rhs
    }

    fn token<'t>(tree: &Ast<'t>, token: Option<TokenIndex>) -> &'t str {
        token.map_or("-", |token| {
            std::str::from_utf8(tree.token_slice(token)).unwrap()
        })
    }

    fn text<'t>(tree: &Ast<'t>, node: NodeIndex) -> &'t str {
        match node {
            0 => "-",
            node => std::str::from_utf8(tree.get_node_source(node)).unwrap(),
        }
    }

    #[test]
    fn declarations() {
        let tree = parse(
            "pub extern \"c\" threadlocal var a: T align(b) addrspace(c) linksection(d) = e;",
        );
        let view = tree.full_var_decl(tree.root_decls()[0]).unwrap();
        assert_eq!(view.first_token(), 0);
        let tokens = [
            view.visib_token,
            view.extern_export_token,
            view.lib_name,
            view.threadlocal_token,
            view.comptime_token,
        ];
        assert_eq!(
            tokens.map(|at| token(&tree, at)),
            ["pub", "extern", "\"c\"", "threadlocal", "-"]
        );
        let ast = view.ast;
        let nodes = [
            ast.type_node,
            ast.align_node,
            ast.addrspace_node,
            ast.section_node,
            ast.init_node,
        ];
        assert_eq!(
            nodes.map(|node| text(&tree, node)),
            ["T", "b", "c", "d", "e"]
        );
        assert!(tree.full_var_decl(ast.init_node).is_none());
    }

    #[test]
    fn parameters_with_and_without_types() {
        let tree = parse(
            "pub inline fn f(\n/// d\ncomptime a: A, anytype, noalias b: *B, C, c: anytype, ...) callconv(.C) T {}",
        );
        let view = tree.full_fn_proto(tree.root_decls()[0]).unwrap();
        assert_eq!(token(&tree, view.name_token), "f");
        assert_eq!(token(&tree, view.extern_export_inline_token), "inline");
        assert_eq!(text(&tree, view.ast.callconv_expr), ".C");
        assert_eq!(text(&tree, view.ast.return_type), "T");
        assert_eq!(view.ast.params.len(), 3);
        let params: Vec<_> = view
            .iterate(&tree)
            .map(|param| {
                [
                    token(&tree, param.first_doc_comment),
                    token(&tree, param.comptime_noalias),
                    token(&tree, param.name_token),
                    token(&tree, param.anytype_ellipsis3),
                    text(&tree, param.type_expr),
                ]
            })
            .collect();
        assert_eq!(
            params,
            [
                ["/// d", "comptime", "a", "-", "A"],
                ["-", "-", "-", "anytype", "-"],
                ["-", "noalias", "b", "-", "*B"],
                ["-", "-", "-", "-", "C"],
                ["-", "-", "c", "anytype", "-"],
                ["-", "-", "-", "...", "-"],
            ]
        );
    }

    #[test]
    fn loops_and_conditions() {
        let tree = parse("const x = l: inline while (a) |*p| : (b) c else |e| d;");
        let view = tree.full_while(init(&tree)).unwrap();
        assert_eq!(token(&tree, view.label_token), "l");
        assert_eq!(token(&tree, view.inline_token), "inline");
        assert_eq!(token(&tree, view.payload_token), "*");
        assert_eq!(token(&tree, view.error_token), "e");
        assert_eq!(token(&tree, Some(view.else_token)), "else");
        let ast = view.ast;
        let nodes = [ast.cond_expr, ast.cont_expr, ast.then_expr, ast.else_expr];
        assert_eq!(nodes.map(|node| text(&tree, node)), ["a", "b", "c", "d"]);

        let tree = parse("const x = for (a, 0..,) |p, *i| b;");
        let view = tree.full_for(init(&tree)).unwrap();
        assert_eq!(token(&tree, Some(view.payload_token)), "p");
        assert_eq!((view.else_token, view.ast.else_expr), (0, 0));
        let inputs: Vec<_> = view.ast.inputs.into_iter().collect();
        assert_eq!(inputs.len(), view.ast.inputs.iter().len());
        assert_eq!(
            inputs
                .iter()
                .map(|&node| text(&tree, node))
                .collect::<Vec<_>>(),
            ["a", "0.."]
        );

        let tree = parse("const x = if (a) |p| b else |e| c;");
        let view = tree.full_if(init(&tree)).unwrap();
        assert_eq!(token(&tree, view.payload_token), "p");
        assert_eq!(token(&tree, view.error_token), "e");
        assert_eq!(text(&tree, view.ast.else_expr), "c");
    }

    #[test]
    fn pointers() {
        let cases = [
            ("*T", PtrSize::One, ["-", "-", "-"]),
            ("**const T", PtrSize::One, ["-", "-", "-"]),
            ("[]const T", PtrSize::Slice, ["-", "const", "-"]),
            ("[:0]volatile T", PtrSize::Slice, ["-", "-", "volatile"]),
            ("[*]T", PtrSize::Many, ["-", "-", "-"]),
            ("[*c]allowzero T", PtrSize::C, ["allowzero", "-", "-"]),
            // Modifiers of the types in the operands are not the pointer's.
            ("[*:@as(*const T, 0)]T", PtrSize::Many, ["-", "-", "-"]),
            (
                "*align(@f(*const T):1:2) volatile T",
                PtrSize::One,
                ["-", "-", "volatile"],
            ),
        ];
        for (source, size, modifiers) in cases {
            let source = format!("const x = {source};");
            let tree = parse(&source);
            let view = tree.full_ptr_type(init(&tree)).unwrap();
            assert_eq!(view.size, size, "{source}");
            let tokens = [view.allowzero_token, view.const_token, view.volatile_token];
            assert_eq!(tokens.map(|at| token(&tree, at)), modifiers, "{source}");
        }
    }

    #[test]
    fn qualifiers_by_release() {
        let cases = [
            (
                "*addrspace(@as(*const T, a).b) volatile U",
                [["-", "const", "volatile", "-"], ["-", "-", "volatile", "-"]],
                Release::V0_16_0,
            ),
            (
                "[]allowzero const volatile const T",
                [["?"; 4], ["allowzero", "const", "volatile", "const"]],
                Release::V0_17_0,
            ),
        ];
        for (source, expected, since) in cases {
            let source = format!("const x = {source};");
            for &release in Release::ALL {
                let tree = Ast::parse(source.as_bytes(), Mode::Zig, release);
                let expected = expected[usize::from(release >= since)];
                assert_eq!(!tree.errors.is_empty(), expected[0] == "?", "{release}");
                if !tree.errors.is_empty() {
                    continue;
                }
                let view = tree.full_ptr_type(init(&tree)).unwrap();
                let tokens = [
                    view.allowzero_token,
                    view.const_token,
                    view.volatile_token,
                    view.duplicate_token,
                ];
                assert_eq!(tokens.map(|at| token(&tree, at)), expected, "{release}");
            }
        }
        let tree = Ast::parse(b"const x = *const const T;", Mode::Zig, Release::V0_17_1);
        let view = tree.full_ptr_type(init(&tree)).unwrap();
        assert_eq!(view.duplicate_token, Some(5));
    }

    #[test]
    fn clobbers_as_an_expression() {
        for (source, clobbers) in [
            ("asm (\"\" ::: .{ .a = true })", ".{ .a = true }"),
            ("asm (\"\" : [x] \"y\" (z))", "-"),
            ("asm (\"\" ::: \"a\")", "\"a\""),
            ("asm (\"\")", "-"),
        ] {
            let source = format!("const x = {source};");
            for release in [Release::V0_15_2, Release::V0_17_1] {
                let tree = Ast::parse(source.as_bytes(), Mode::Zig, release);
                assert_eq!(tree.errors, [], "{source}");
                let node = init(&tree);
                let view = tree.full_asm(node).unwrap();
                if tree.node_tag(node) == NodeTag::AsmLegacy {
                    assert_eq!((release, clobbers), (Release::V0_15_2, "\"a\""));
                    assert_eq!((view.ast.clobbers, view.first_clobber), (0, Some(9)));
                    continue;
                }
                let node = view.ast.clobbers;
                let text = match node {
                    0 => "-".into(),
                    _ => String::from_utf8_lossy(tree.get_node_source(node)),
                };
                assert_eq!((&*text, view.first_clobber), (clobbers, None), "{source}");
            }
        }
    }

    #[test]
    fn assembly_clobbers() {
        let cases = [
            ("asm volatile (\"\")", [0, 0], "-"),
            ("asm (\"\" ::: \"a\", \"b\")", [0, 0], "\"a\""),
            ("asm (\"\" : [x] \"y\" (-> T) :: \"a\")", [1, 0], "\"a\""),
            (
                "asm (\"\" : [x] \"y\" (z), : [v] \"w\" (u), : \"a\")",
                [1, 1],
                "\"a\"",
            ),
            ("asm (\"\" :: [v] \"w\" (u), [t] \"s\" (r))", [0, 2], "-"),
        ];
        for (source, counts, clobber) in cases {
            let source = format!("const x = {source};");
            let tree = parse(&source);
            let view = tree.full_asm(init(&tree)).unwrap();
            assert_eq!([view.outputs.len(), view.inputs.len()], counts, "{source}");
            assert_eq!(token(&tree, view.first_clobber), clobber, "{source}");
        }
    }

    #[test]
    fn lists_of_any_length() {
        for (count, source) in ["f()", "f(a)", "f(a, b)", "f(a, b, c)"].iter().enumerate() {
            let call = format!("const x = {source};");
            let tree = parse(&call);
            let view = tree.full_call(init(&tree)).unwrap();
            assert_eq!(view.ast.params.len(), count);
            assert_eq!(view.async_token, None);

            let call = format!("const x = async {source};");
            let tree = parse(&call);
            let view = tree.full_call(init(&tree)).unwrap();
            assert_eq!(view.ast.params.len(), count);
            assert_eq!(view.async_token, Some(3));

            let builtin = format!("const x = @{source};");
            let tree = parse(&builtin);
            assert_eq!(tree.builtin_call_params(init(&tree)).unwrap().len(), count);
        }
    }

    #[test]
    fn fields_of_tuples_and_enums() {
        let tree = parse("comptime a: T = b, c, []u8,");
        let fields: Vec<_> = tree.container_decl_root().ast.members.into_iter().collect();
        let views: Vec<_> = fields
            .iter()
            .map(|&field| tree.full_container_field(field).unwrap())
            .collect();
        assert_eq!(token(&tree, views[0].comptime_token), "comptime");
        assert_eq!(views[0].first_token(), 0);
        assert_eq!(
            [0, 1, 2].map(|i| views[i].ast.tuple_like),
            [false, true, true]
        );
        let mut name_only = views[1];
        name_only.convert_to_non_tuple_like(&tree);
        assert_eq!(
            (name_only.ast.type_expr, name_only.ast.tuple_like),
            (0, false)
        );
        // What is not a name stays a type.
        let mut typed = views[2];
        typed.convert_to_non_tuple_like(&tree);
        assert!(typed.ast.tuple_like);
    }

    #[test]
    fn switches() {
        let tree = parse("const x = l: switch (a) { inline b, c...d => |*p, i| e, else => f };");
        let view = tree.full_switch(init(&tree)).unwrap();
        assert_eq!(token(&tree, view.label_token), "l");
        assert_eq!(token(&tree, Some(view.ast.switch_token)), "switch");
        let first = tree.full_switch_case(view.ast.cases[0]).unwrap();
        assert_eq!(token(&tree, first.inline_token), "inline");
        assert_eq!(token(&tree, first.payload_token), "*");
        assert_eq!(first.ast.values.len(), 2);
        let last = tree.full_switch_case(view.ast.cases[1]).unwrap();
        assert!(last.ast.values.is_empty());
        assert_eq!(text(&tree, last.ast.target_expr), "f");
    }
}
