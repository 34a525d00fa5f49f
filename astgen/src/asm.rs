//! Inline and global assembly.

use smallvec::SmallVec;
use syntax::full;
use syntax::{NodeIndex, NodeTag, TokenTag};
use zir::{
    BuiltinValue, Data, Extended, NullTerminatedString, Payload, Ref, SimpleComptimeReason, Tag,
    payload, small,
};

use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, ScopeId};
use crate::result::{Loc, ResultInfo};

/// How many outputs, inputs and clobbers there may be, each, where clobbers are strings. (The format holds 31
/// and Zig does not notice.)
const MAX_OPERANDS: usize = 32;
/// How many outputs there may be where clobbers are an expression.
const MAX_OUTPUTS: usize = 15;
/// How many inputs there may be where clobbers are an expression.
const MAX_INPUTS: usize = 31;

/// What [`AstGen::add_asm`] adds.
struct AddAsm<'a> {
    tag: Extended,
    node: NodeIndex,
    asm_source: NullTerminatedString,
    output_type_bits: u32,
    is_volatile: bool,
    outputs: &'a [payload::AsmOutput],
    inputs: &'a [payload::AsmInput],
    clobbers: Clobbers<'a>,
}

/// What inline assembly overwrites.
enum Clobbers<'a> {
    /// Words of strings.
    Strings(&'a [u32]),
    /// A value of `std.builtin.assembly.Clobbers`, or none.
    Expression(Ref),
}

impl AstGen<'_> {
    pub(crate) fn asm_expr(
        &mut self,
        gz: BlockId,
        scope: ScopeId,
        ri: ResultInfo,
        node: NodeIndex,
        asm: full::Asm<'_>,
    ) -> InnerResult<Ref> {
        let template = asm.ast.template;
        let (tag, asm_source) = match self.tree.node_tag(template) {
            NodeTag::StringLiteral => (
                Extended::Asm,
                self.str_lit_as_string(self.tree.main_token(template))?
                    .index,
            ),
            NodeTag::MultilineStringLiteral => {
                (Extended::Asm, self.str_lit_node_as_string(template)?.index)
            }
            _ => {
                let reason = SimpleComptimeReason::InlineAssemblyCode;
                let source = self.comptime_expr(gz, scope, ResultInfo::NONE, template, reason)?;
                (
                    Extended::AsmExpr,
                    NullTerminatedString(self.format.ref_word(source)),
                )
            }
        };

        if self.fn_block.is_none() {
            if let Some(token) = asm.volatile_token {
                return Err(self.fail_tok(token, "volatile is meaningless on global assembly"));
            }
            if !asm.outputs.is_empty()
                || !asm.inputs.is_empty()
                || asm.first_clobber.is_some()
                || asm.ast.clobbers != 0
            {
                let message = "global assembly cannot have inputs, outputs, or clobbers";
                return Err(self.fail_node(node, message));
            }
        } else if asm.outputs.is_empty() && asm.volatile_token.is_none() {
            return Err(self.fail_node(
                node,
                "assembly expression with no output must be marked volatile",
            ));
        }

        if let Some(extra_output) = self.one_too_many(node, &asm.outputs, MAX_OUTPUTS) {
            return Err(self.fail_node(extra_output, "too many asm outputs"));
        }
        let mut outputs: SmallVec<[payload::AsmOutput; 4]> = SmallVec::new();
        let mut output_type_bits = 0u32;
        for (i, &output_node) in asm.outputs.iter().enumerate() {
            let symbolic_name = self.tree.main_token(output_node);
            let name = self.ident_as_string(symbolic_name)?;
            let constraint = self.str_lit_as_string(symbolic_name + 2)?.index;
            let operand = if self.tree.token_tag(symbolic_name + 4) == TokenTag::Arrow {
                if output_type_bits != 0 {
                    let message = "inline assembly allows up to one output value";
                    return Err(self.fail_node(output_node, message));
                }
                output_type_bits |= 1 << i;
                self.type_expr(gz, scope, self.tree.node_data(output_node).lhs)?
            } else {
                let ident = symbolic_name + 4;
                let text = self.tree.token_slice(ident);
                self.local_var_ref(gz, scope, ResultInfo::rl(Loc::Ref), node, ident, text)?
            };
            outputs.push(payload::AsmOutput {
                name,
                constraint,
                operand,
            });
        }

        if let Some(extra_input) = self.one_too_many(node, &asm.inputs, MAX_INPUTS) {
            return Err(self.fail_node(extra_input, "too many asm inputs"));
        }
        let mut inputs: SmallVec<[payload::AsmInput; 4]> = SmallVec::new();
        for &input_node in asm.inputs.iter() {
            let symbolic_name = self.tree.main_token(input_node);
            let name = self.ident_as_string(symbolic_name)?;
            let constraint = self.str_lit_as_string(symbolic_name + 2)?.index;
            let operand = self.expr(
                gz,
                scope,
                ResultInfo::NONE,
                self.tree.node_data(input_node).lhs,
            )?;
            inputs.push(payload::AsmInput {
                name,
                constraint,
                operand,
            });
        }

        let mut clobbers: SmallVec<[u32; 8]> = SmallVec::new();
        let mut next_clobber = asm.first_clobber;
        while let Some(token) = next_clobber {
            if clobbers.len() >= MAX_OPERANDS {
                return Err(self.fail_tok(token, "too many asm clobbers"));
            }
            clobbers.push(self.str_lit_as_string(token)?.index.0);
            // A comma may end the list.
            let another = self.tree.token_tag(token + 1) == TokenTag::Comma
                && self.tree.token_tag(token + 2) != TokenTag::RParen;
            next_clobber = another.then_some(token + 2);
        }
        let clobbers = if !self.rules.asm_clobbers_are_an_expression {
            Clobbers::Strings(&clobbers)
        } else if asm.ast.clobbers != 0 {
            let ty = self.add_builtin_value(gz, asm.ast.clobbers, BuiltinValue::Clobbers);
            let reason = SimpleComptimeReason::Clobber;
            let ri = ResultInfo::coerced(ty);
            Clobbers::Expression(self.comptime_expr(gz, scope, ri, asm.ast.clobbers, reason)?)
        } else {
            Clobbers::Expression(Ref::NONE)
        };

        let result = self.add_asm(
            gz,
            AddAsm {
                tag,
                node,
                asm_source,
                output_type_bits,
                is_volatile: asm.volatile_token.is_some(),
                outputs: &outputs,
                inputs: &inputs,
                clobbers,
            },
        );
        self.rvalue(gz, ri, result, node)
    }

    /// The operand that is one too many, if any is. From 0.15 on the reference counts one further than it
    /// looks: where there is just one too many it names what stands behind the operands in its memory, the
    /// first input or a number that was no node.
    fn one_too_many(
        &self,
        node: NodeIndex,
        operands: &[NodeIndex],
        max: usize,
    ) -> Option<NodeIndex> {
        if !self.rules.asm_clobbers_are_an_expression {
            return operands.get(MAX_OPERANDS).copied();
        }
        if operands.len() <= max {
            return None;
        }
        if let Some(&operand) = operands.get(max + 1) {
            return Some(operand);
        }
        let full = self.tree.full_asm(node)?;
        if max == MAX_OUTPUTS
            && let Some(&input) = full.inputs.first()
        {
            return Some(input);
        }
        let behind = self.tree.extra(self.tree.asm_parts(node).items_end);
        Some(if behind < self.tree.nodes_len() {
            behind
        } else {
            0
        })
    }

    fn add_asm(&mut self, gz: BlockId, args: AddAsm<'_>) -> Ref {
        let payload_index = self.add_extra(&payload::Asm {
            src_node: self.node_index_to_relative(gz, args.node),
            asm_source: args.asm_source,
            output_type_bits: args.output_type_bits,
            clobbers: match args.clobbers {
                Clobbers::Strings(_) => Ref::NONE,
                Clobbers::Expression(clobbers) => clobbers,
            },
        });
        for output in args.outputs {
            output.encode(self.format, &mut self.extra);
        }
        for input in args.inputs {
            input.encode(self.format, &mut self.extra);
        }
        let (outputs_len, inputs_len) = (args.outputs.len(), args.inputs.len());
        let small = match args.clobbers {
            Clobbers::Strings(clobbers) => {
                self.extra.extend_from_slice(clobbers);
                let is_volatile = args.is_volatile;
                small::Asm::bits_of_lens(outputs_len, inputs_len, clobbers.len(), is_volatile)
            }
            Clobbers::Expression(_) => small::Asm15 {
                is_volatile: args.is_volatile,
                outputs_len: outputs_len as u8,
                inputs_len: inputs_len as u8,
            }
            .to_bits(),
        };
        self.add(
            gz,
            Tag::Extended,
            Data::extended(self.format, args.tag, small, payload_index),
        )
    }
}
