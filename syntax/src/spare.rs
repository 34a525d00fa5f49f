//! Arrays of trees that are no more, kept for the next tree of the same thread.
//!
//! Most files are short, and asking for their arrays, which grow besides, takes as long as a good part of
//! what is then done with them. Only room is kept: nothing of what a tree was can be seen in the next.

use std::cell::RefCell;

use crate::limits::MAX_SPARE;
use crate::node::NodeList;
use crate::token_list::TokenList;

thread_local! {
    static SPARE: RefCell<Spare> = const { RefCell::new(Spare::NONE) };
}

/// Arrays without items.
#[derive(Default)]
pub(crate) struct Spare {
    pub(crate) tokens: TokenList,
    pub(crate) nodes: NodeList,
    pub(crate) extra_data: Vec<u32>,
    pub(crate) scratch: Vec<u32>,
}

impl Spare {
    const NONE: Spare = Spare {
        tokens: TokenList::NONE,
        nodes: NodeList(Vec::new()),
        extra_data: Vec::new(),
        scratch: Vec::new(),
    };

    /// What is kept, which is kept no more. At the end of a thread that is nothing.
    pub(crate) fn take() -> Spare {
        SPARE.try_with(RefCell::take).unwrap_or_default()
    }

    /// Keeps what a tree was made of, in the place of others.
    pub(crate) fn keep_tree(tokens: TokenList, nodes: NodeList, extra_data: Vec<u32>) {
        let _ = SPARE.try_with(|spare| {
            let mut room = spare.borrow_mut();
            room.tokens.tags = emptied(tokens.tags);
            room.tokens.starts = emptied(tokens.starts);
            room.tokens.lens = emptied(tokens.lens);
            room.nodes.0 = emptied(nodes.0);
            room.extra_data = emptied(extra_data);
        });
    }

    /// Keeps what a tree was made with.
    pub(crate) fn keep_scratch(scratch: Vec<u32>) {
        let _ = SPARE.try_with(|spare| spare.borrow_mut().scratch = emptied(scratch));
    }
}

/// A list that has room for as many items, `list` itself if it has. It is empty.
pub(crate) fn with_room<T>(list: Vec<T>, capacity: usize) -> Vec<T> {
    if list.capacity() >= capacity {
        return list;
    }
    // First, so that the new room may be where the old one was. To reserve more in it could mean to copy it.
    drop(list);
    // Twice as much each time, so that there are few of these times.
    let rounded = capacity.next_power_of_two();
    let is_kept = rounded * size_of::<T>() <= MAX_SPARE;
    Vec::with_capacity(if is_kept { rounded } else { capacity })
}

/// The list without items, and without room if that is much.
fn emptied<T>(mut list: Vec<T>) -> Vec<T> {
    if list.capacity() * size_of::<T>() > MAX_SPARE {
        return Vec::new();
    }
    list.clear();
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ast, Mode, Release};

    fn parse(source: &[u8]) -> Ast<'_> {
        Ast::parse(source, Mode::Zig, Release::V0_17_1)
    }

    #[test]
    fn room_is_kept_from_one_tree_to_the_next_unless_it_is_much() {
        let long = b"const a = b(c, d, e);\n".repeat(1000);
        drop(parse(&long));
        let tree = parse(b"const a = 1;\n");
        assert!(tree.tokens.tags.capacity() > 9000);
        assert!(tree.nodes.0.capacity() > 4000);
        assert!(tree.extra_data.capacity() > 3000);
        drop(tree);
        drop(parse(&b"a: a,\n".repeat(MAX_SPARE / 8)));
        let tree = parse(b"const a = 1;\n");
        assert!(tree.tokens.starts.capacity() < 100);
        assert!(tree.nodes.0.capacity() < 100);
    }

    #[test]
    fn a_tree_has_nothing_of_the_one_before() {
        let sources: [&[u8]; 4] = [
            b"const a = b(c, d, e);\nfn f(a: u8, b: u8) void {}\n",
            b"",
            b"const a = ;\n",
            b"test { a(b, c, d); }\n",
        ];
        for source in sources {
            let fresh = std::thread::scope(|scope| {
                let tree = scope.spawn(|| format!("{:?}", parse(source)));
                tree.join().unwrap_or_default()
            });
            assert_eq!(format!("{:?}", parse(source)), fresh);
        }
    }
}
