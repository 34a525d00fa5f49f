//! Tags of enums that are fields: how serde asks for them, and where they stand.
//!
//! An internal or flattened tag is asked for as an identifier. An adjacent one is asked for as an enum, as is
//! an external enum itself, which is stricter; only serde's own types tell them apart. A name that no variant
//! has may come back from what serde kept of a value, without its place.

use alloc::vec;
use core::any::type_name;

use crate::node::{Node, NodeIndex};
use crate::typed::de::document::Document;
use crate::typed::error::{Location, Named};

/// Whether a type is this one of serde's, whatever the module it is in this time.
fn is_of_serde<T>(names: &[&str]) -> bool {
    let full = type_name::<T>();
    let path = full.split_once('<').map_or(full, |(path, _)| path);
    path.starts_with("serde")
        && path
            .rsplit_once("::")
            .is_some_and(|(_, name)| names.contains(&name))
}

/// Whether the visitor of an enum wants an adjacent tag.
pub(super) fn is_adjacent_tag<V>() -> bool {
    is_of_serde::<V>(&["AdjacentlyTaggedEnumVariantVisitor"])
}

/// Whether the fields asked for are an adjacent tag and its content.
pub(super) fn is_adjacent_key<K>() -> bool {
    is_of_serde::<K>(&["TagOrContentFieldVisitor", "TagContentOtherFieldVisitor"])
}

/// Where a name stands.
pub(super) struct Spot {
    pub(super) location: Option<Location>,
    /// What it is there.
    pub(super) kind: &'static str,
}

/// Looks for a name in a value: the very bytes that serde kept, or (it may have kept a copy) the first that
/// are the same.
pub(super) fn find(
    document: &Document<'_, '_, '_>,
    node: NodeIndex,
    named: &Named,
) -> Option<Spot> {
    let mut same = None;
    let mut left = vec![node];
    while let Some(node) = left.pop() {
        let Some(value) = document.zoir.node(node) else {
            continue;
        };
        let ast_node = document.ast_node(node);
        let scalar = match value {
            Node::EnumLiteral(name) => Some((name, "enum literal")),
            Node::String(name) => Some((name, "string")),
            _ => None,
        };
        if let Some((name, kind)) = scalar
            && name == named.name.as_bytes()
        {
            let spot = || Spot {
                location: document.location(node),
                kind,
            };
            if document.string(node, name).address() == named.address {
                return Some(spot());
            }
            same.get_or_insert_with(spot);
        }
        if let Node::Struct(fields) = value {
            for index in 0..fields.names.len() {
                let name = fields.names.get(index).unwrap_or_default();
                if name != named.name.as_bytes() {
                    continue;
                }
                let location = || document.source.field_name(ast_node, index);
                let borrowed = document.source.borrow_field_name(ast_node, index, name);
                if document.borrow(name, borrowed).address() == named.address {
                    return Some(Spot {
                        location: location(),
                        kind: "field",
                    });
                }
            }
        }
        let children = match value {
            Node::Array(range) => Some(range),
            Node::Struct(fields) => Some(fields.values),
            _ => None,
        };
        let children = children.into_iter().flat_map(|range| {
            let child = move |index| range.get(index);
            (0..range.len).rev().filter_map(child)
        });
        left.extend(children);
    }
    same
}

/// Whether the name is the whole of a value, not of something in it.
pub(super) fn is_name(document: &Document<'_, '_, '_>, node: NodeIndex) -> bool {
    !matches!(
        document.zoir.node(node),
        Some(Node::Array(_) | Node::Struct(_) | Node::Empty)
    )
}
