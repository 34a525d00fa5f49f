//! Text under construction, indented line by line.

use crate::limits::MAX_NESTING;

/// Columns of one indentation.
pub(super) const INDENT: usize = 4;
/// Columns of one indentation between the colons of inline assembly.
pub(super) const OPERAND_INDENT: usize = 2;

/// What follows a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    None,
    Blank,
    Newline,
    /// A comma, from the source or not, and a newline.
    Comma,
    /// The comma of the source, if any, and a space.
    CommaBlank,
    /// The semicolon of the source, if any, and a newline.
    Semicolon,
}

/// What an indentation is for. It decides whether it counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Indent {
    Normal,
    /// Behind an assignment.
    Assigned,
    /// The right side of an operator. It stays where it is if an assignment is indented already.
    Operand,
    /// A chain of field accesses: however long, it is indented once.
    Chain,
}

struct Level {
    kind: Indent,
    /// Set by the first line that ends while it is the innermost.
    counts: bool,
    /// For chains: the outermost level of those that lie directly around it.
    chain: usize,
}

/// Why a text cannot be put down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// More than [`MAX_NESTING`] indentations.
    TooDeep,
    /// Less than none. Assembly inside assembly comes to that.
    Negative,
}

#[derive(Default)]
pub(super) struct Output {
    pub(super) text: Vec<u8>,
    /// Where in the source formatting was turned off. Until it is on again nothing is written.
    pub(super) disabled_offset: Option<usize>,
    pub(super) fault: Option<Fault>,
    /// Columns that an indentation has less than [`INDENT`].
    narrower: usize,
    /// The open indentations that count.
    indent: i64,
    /// Indentations of the text that this one becomes a part of.
    around: i64,
    open: Vec<Level>,
    /// The elements and statements being written: what ends them, and the indentation at their starts.
    items: Vec<(Space, i64)>,
    /// The indentation that holds instead of `indent`: what stands before a comma or a semicolon belongs to
    /// its item.
    at_item: Option<i64>,
    /// While not 0, the ends of lines make no indentation count.
    held: u32,
    line_started: bool,
    /// Indentations of the last line that had any.
    applied: usize,
}

impl Output {
    /// For a part that is laid out for itself, and written to this one afterwards.
    pub(super) fn part(&self) -> Output {
        Output {
            around: self.around + self.indent,
            ..Output::default()
        }
    }

    fn unit(&self) -> usize {
        INDENT - self.narrower
    }

    fn current_indent(&self) -> i64 {
        self.at_item.unwrap_or(self.indent)
    }

    fn current_columns(&mut self) -> usize {
        let indent = self.current_indent();
        let fault = if indent < 0 {
            Fault::Negative
        } else if indent + self.around > i64::from(MAX_NESTING) {
            Fault::TooDeep
        } else {
            return indent as usize * self.unit();
        };
        self.fault = self.fault.or(Some(fault));
        0
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if !self.line_started {
            let columns = self.current_columns();
            if columns > 0 {
                self.applied = columns;
                if self.disabled_offset.is_none() {
                    self.text.resize(self.text.len() + columns, b' ');
                }
            }
        }
        self.line_started = true;
        self.write_unindented(bytes);
    }

    fn write_unindented(&mut self, bytes: &[u8]) {
        if self.disabled_offset.is_none() {
            self.text.extend_from_slice(bytes);
        }
        if bytes.ends_with(b"\n") {
            self.line_started = false;
            if self.held == 0 {
                self.commit();
            }
        }
    }

    /// A line has ended: the innermost indentation counts from here on.
    fn commit(&mut self) {
        let Some((level, outer)) = self.open.split_last_mut() else {
            return;
        };
        if level.kind == Indent::Operand
            && let Some(assigned) = outer.last()
            && assigned.kind == Indent::Assigned
            && assigned.counts
        {
            return;
        }
        let level = if level.kind == Indent::Chain && level.chain < outer.len() {
            &mut outer[level.chain]
        } else {
            level
        };
        if !level.counts {
            level.counts = true;
            self.indent += 1;
        }
    }

    pub(super) fn newline(&mut self) {
        self.write_unindented(b"\n");
    }

    pub(super) fn newline_unless_empty(&mut self) {
        if self.line_started {
            self.newline();
        }
    }

    pub(super) fn push_indent(&mut self, kind: Indent) {
        let chain = match self.open.last() {
            Some(outer) if kind == Indent::Chain && outer.kind == Indent::Chain => outer.chain,
            _ => self.open.len(),
        };
        self.open.push(Level {
            kind,
            counts: false,
            chain,
        });
    }

    /// An indentation that counts at once.
    pub(super) fn force_indent(&mut self) {
        self.push_indent(Indent::Normal);
        if let Some(level) = self.open.last_mut() {
            level.counts = true;
        }
        self.indent += 1;
    }

    pub(super) fn pop_indent(&mut self) {
        if self.open.pop().is_some_and(|level| level.counts) {
            self.indent -= 1;
        }
    }

    /// What follows stands on lines of its own that are indented less than those before.
    pub(super) fn restart_indent(&mut self) {
        if !self.open.is_empty() {
            self.pop_indent();
            self.push_indent(Indent::Normal);
        }
    }

    /// Changes the width of an indentation; the current line keeps its column.
    pub(super) fn set_unit(&mut self, unit: usize) {
        self.indent = self.indent * self.unit() as i64 / unit as i64;
        self.narrower = INDENT - unit;
    }

    /// Until the next call with `false` lines end without effect on the indentation.
    pub(super) fn hold_indent(&mut self, hold: bool) {
        self.held = if hold {
            self.held + 1
        } else {
            self.held.saturating_sub(1)
        };
    }

    /// Whether the current line is indented further than the next would be.
    pub(super) fn is_over_indented(&mut self) -> bool {
        self.line_started && self.applied > self.current_columns()
    }

    /// An element or a statement begins, which ends with `end`.
    pub(super) fn begin_item(&mut self, end: Space) {
        self.items.push((end, self.indent));
    }

    pub(super) fn end_item(&mut self) {
        self.items.pop();
    }

    /// Whether the current item began further to the left.
    pub(super) fn is_inside_item(&self) -> bool {
        self.items.last().map_or(0, |item| item.1) < self.current_indent()
    }

    /// From here to [`leave_end`](Self::leave_end) lines are indented as the item that ends here, if it ends
    /// with `end`.
    pub(super) fn enter_end(&mut self, end: Space) {
        if let Some(&(space, indent)) = self.items.last()
            && space == end
        {
            self.at_item = Some(indent);
        }
    }

    pub(super) fn leave_end(&mut self) {
        self.at_item = None;
    }

    /// Source that is not to be formatted, but for bytes that may not stay.
    pub(super) fn append_verbatim(&mut self, source: &[u8]) {
        for &byte in source {
            match byte {
                b'\t' => self.text.extend_from_slice(&[b' '; INDENT]),
                b'\r' => {}
                _ => self.text.push(byte),
            }
        }
    }
}
