//! Text under construction, indented line by line.

use release::Rules;

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
    /// A space, but none before a multiline string where the release has
    /// [`lines_before_multiline_strings`](release::Rules::lines_before_multiline_strings).
    Soft,
    Newline,
    /// A comma, from the source or not, and a newline.
    Comma,
    /// The comma of the source, if any, and a space.
    CommaBlank,
    /// The comma of the source, if any, and what `Soft` is.
    CommaSoft,
    /// The semicolon of the source, if any, and a newline.
    Semicolon,
    /// Nothing, and comments behind the token are left out: it is only measured.
    Skip,
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

pub(super) struct Output {
    rules: &'static Rules,
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
    /// What follows the first newline is of no interest.
    stops_at_newline: bool,
    has_newline: bool,
}

impl Output {
    pub(super) fn new(rules: &'static Rules) -> Output {
        Output {
            rules,
            text: Vec::new(),
            disabled_offset: None,
            fault: None,
            narrower: 0,
            indent: 0,
            around: 0,
            open: Vec::new(),
            items: Vec::new(),
            at_item: None,
            held: 0,
            line_started: false,
            applied: 0,
            stops_at_newline: false,
            has_newline: false,
        }
    }

    /// For a part that is laid out for itself, and written to this one afterwards.
    pub(super) fn part(&self) -> Output {
        Output {
            around: self.around + self.indent,
            ..Output::new(self.rules)
        }
    }

    /// For an expression that would be written here, of which it shall be known whether it has several lines.
    pub(super) fn preview(&self) -> Output {
        Output {
            narrower: self.narrower,
            indent: self.indent,
            around: self.around,
            line_started: self.line_started,
            applied: self.applied,
            stops_at_newline: true,
            ..Output::new(self.rules)
        }
    }

    /// Columns by which the current line is indented further than the next would be.
    pub(super) fn over_indent(&self) -> usize {
        if !self.line_started {
            return 0;
        }
        let columns = usize::try_from(self.indent).unwrap_or(0) * self.unit();
        self.applied.saturating_sub(columns)
    }

    /// Takes the text, so that another can be measured from its beginning. With `whole` it is written to its
    /// end even if it has several lines.
    pub(super) fn restart(&mut self, whole: bool) {
        self.text.clear();
        self.indent = 0;
        self.applied = 0;
        self.stops_at_newline = !whole;
        self.has_newline = false;
    }

    /// Whether nothing that might still be written is of interest.
    pub(super) fn is_done(&self) -> bool {
        self.stops_at_newline && self.has_newline
    }

    /// Columns of one indentation.
    pub(super) fn unit(&self) -> usize {
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
            if columns > 0 || self.rules.unindented_lines_count {
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
            self.has_newline |= self.disabled_offset.is_none();
            self.begin_line();
        }
    }

    pub(super) fn begin_line(&mut self) {
        self.line_started = false;
        if self.held == 0 {
            self.commit();
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

    /// The innermost indentation no longer counts, until another line ends in it.
    pub(super) fn suspend_indent(&mut self) {
        if let Some(level) = self.open.last_mut()
            && level.counts
        {
            level.counts = false;
            self.indent -= 1;
        }
    }

    /// The innermost indentation counts from here on.
    pub(super) fn resume_indent(&mut self) {
        if let Some(level) = self.open.last_mut()
            && !level.counts
        {
            level.counts = true;
            self.indent += 1;
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
