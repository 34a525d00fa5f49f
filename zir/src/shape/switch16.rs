//! A switch from 0.16 on.

use super::Cursor;
use crate::index::{Index, NullTerminatedString, Ref};
use crate::inst::Tag;
use crate::list::{Body, List};
use crate::payload;
use crate::small::{ElseProngInfo, ItemInfo, NonErrProngInfo, ProngInfo16, SwitchBlockBits16};
use crate::view::ZirRef;

/// The branch for no error of a switch on an error union.
#[derive(Clone, Copy, Debug)]
pub struct NonErr<'a> {
    /// The node of the `catch` or `if`.
    pub src_node: i32,
    /// Capture and operand.
    pub info: NonErrProngInfo,
    /// What is done.
    pub body: Body<'a>,
}

/// `switch_block`, `switch_block_ref`, `switch_block_err_union` from 0.16 on
///
/// In `extra` the head is followed by the number of prongs with several items, the instructions that stand
/// for the payload and the tag capture (all three where the bits say so), node and info of the branch for no
/// error (error unions only), the info of the `else` prong (where the bits say so). Then come arrays: the
/// infos of the prongs, those of one item first; of those with several the numbers of items, then of ranges
/// if there are any; the items of all prongs, those of a prong before its ranges. Last come the bodies: of
/// no error, of `else`, then of each prong, followed by those of its items.
#[derive(Clone, Copy, Debug)]
pub struct Switch16<'a> {
    /// What is switched on.
    pub operand: Ref,
    /// Flags and the number of prongs of one item.
    pub bits: SwitchBlockBits16,
    /// The instruction that prongs use for the payload capture, where that is not the switch itself.
    pub payload_capture_inst: Option<Index>,
    /// The instruction that prongs use for the tag capture, where that is not the switch itself.
    pub tag_capture_inst: Option<Index>,
    /// For an error union, the branch for no error.
    pub non_err: Option<NonErr<'a>>,
    /// The `else` prong.
    pub else_prong: Option<(ElseProngInfo, Body<'a>)>,
    cases: Cases<'a>,
    end: u32,
}

/// A prong with items.
#[derive(Clone, Copy, Debug)]
pub struct Prong16<'a> {
    /// Capture, `inline`, and what the body is.
    pub info: ProngInfo16,
    /// What is done.
    pub body: Body<'a>,
    items: Items<'a>,
    ranges: Items<'a>,
}

/// An item, or a bound of a range.
#[derive(Clone, Copy, Debug)]
pub enum SwitchItem<'a> {
    /// `.name`
    EnumLiteral(NullTerminatedString),
    /// `error.name`
    ErrorValue(NullTerminatedString),
    /// Anything else, evaluated by a body.
    Body(Body<'a>),
    /// `_`
    Under,
}

/// Items of a prong: what they are, and where the body of the first that has one stands.
#[derive(Clone, Copy, Debug)]
struct Items<'a> {
    infos: List<'a, u32>,
    bodies: Cursor<'a>,
}

impl<'a> Items<'a> {
    fn iter(self) -> impl Iterator<Item = SwitchItem<'a>> + use<'a> {
        let mut bodies = self.bodies;
        self.infos
            .iter()
            .map_while(move |bits| match ItemInfo::from_bits(bits) {
                ItemInfo::EnumLiteral(name) => Some(SwitchItem::EnumLiteral(name)),
                ItemInfo::ErrorValue(name) => Some(SwitchItem::ErrorValue(name)),
                ItemInfo::BodyLen(len) => Some(SwitchItem::Body(bodies.list(len)?)),
                ItemInfo::Under => Some(SwitchItem::Under),
            })
    }
}

impl<'a> Prong16<'a> {
    /// Single items.
    pub fn items(&self) -> impl Iterator<Item = SwitchItem<'a>> + use<'a> {
        self.items.iter()
    }

    /// First and last of each range, one after the other.
    pub fn ranges(&self) -> impl Iterator<Item = SwitchItem<'a>> + use<'a> {
        self.ranges.iter()
    }
}

/// Reads the prongs with items, one after the other.
#[derive(Clone, Copy, Debug)]
struct Cases<'a> {
    scalar_cases_len: u32,
    prong_infos: List<'a, u32>,
    items_lens: List<'a, u32>,
    ranges_lens: List<'a, u32>,
    item_infos: List<'a, u32>,
    bodies: Cursor<'a>,
    next: u32,
    next_item: u32,
}

impl<'a> Cases<'a> {
    fn items(&mut self, len: u32) -> Option<Items<'a>> {
        let end = self.next_item.checked_add(len)?;
        let infos = self.item_infos.slice(self.next_item, end)?;
        self.next_item = end;
        let items = Items {
            infos,
            bodies: self.bodies,
        };
        for bits in infos.iter() {
            self.bodies
                .list::<Index>(ItemInfo::from_bits(bits).body_len())?;
        }
        Some(items)
    }

    fn read(&mut self) -> Option<Prong16<'a>> {
        let info = ProngInfo16::from_bits(self.prong_infos.get(self.next)?)?;
        let (items_len, ranges_len) = match self.next.checked_sub(self.scalar_cases_len) {
            None => (1, 0),
            Some(multi) => (
                self.items_lens.get(multi)?,
                // There is no such array where no prong has a range.
                self.ranges_lens.get(multi).unwrap_or(0),
            ),
        };
        self.next += 1;
        let body = self.bodies.list(info.body_len)?;
        Some(Prong16 {
            info,
            body,
            items: self.items(items_len)?,
            ranges: self.items(ranges_len.checked_mul(2)?)?,
        })
    }
}

impl<'a> Switch16<'a> {
    /// Reads one from the tag and payload index of the instruction; none for other tags.
    pub fn read(zir: ZirRef<'a>, tag: Tag, payload_index: u32) -> Option<Self> {
        let is_err_union = match tag {
            Tag::SwitchBlock | Tag::SwitchBlockRef => false,
            Tag::SwitchBlockErrUnion => true,
            _ => return None,
        };
        let mut cursor = Cursor::new(zir, payload_index);
        let head: payload::SwitchBlock = cursor.payload()?;
        let bits = SwitchBlockBits16::from_bits(head.bits);
        let multi_cases_len = cursor.word_if(bits.has_multi_cases)?;
        let mut inst_if = |present: bool| -> Option<Option<Index>> {
            Some(if present {
                Some(Index(cursor.word()?))
            } else {
                None
            })
        };
        let payload_capture_inst = inst_if(bits.payload_capture_inst_is_placeholder)?;
        let tag_capture_inst = inst_if(bits.tag_capture_inst_is_placeholder)?;
        let non_err = if is_err_union {
            let src_node = cursor.word()? as i32;
            Some((src_node, NonErrProngInfo::from_bits(cursor.word()?)?))
        } else {
            None
        };
        let else_info = if bits.has_else {
            Some(ElseProngInfo::from_bits(cursor.word()?)?)
        } else {
            None
        };
        let scalar_cases_len = bits.scalar_cases_len;
        let prong_infos = cursor.list(scalar_cases_len.checked_add(multi_cases_len)?)?;
        let items_lens: List<'a, u32> = cursor.list(multi_cases_len)?;
        let ranges_lens: List<'a, u32> =
            cursor.list(if bits.any_ranges { multi_cases_len } else { 0 })?;
        let mut items_len = scalar_cases_len;
        for len in items_lens.iter() {
            items_len = items_len.checked_add(len)?;
        }
        for len in ranges_lens.iter() {
            items_len = items_len.checked_add(len.checked_mul(2)?)?;
        }
        let item_infos = cursor.list(items_len)?;
        let non_err = match non_err {
            Some((src_node, info)) => Some(NonErr {
                src_node,
                info,
                body: cursor.list(info.body_len)?,
            }),
            None => None,
        };
        let else_prong = match else_info {
            Some(info) => Some((info, cursor.list(info.body_len)?)),
            None => None,
        };
        let cases = Cases {
            scalar_cases_len,
            prong_infos,
            items_lens,
            ranges_lens,
            item_infos,
            bodies: cursor,
            next: 0,
            next_item: 0,
        };
        let mut all = cases;
        for _ in 0..prong_infos.len() {
            all.read()?;
        }
        Some(Switch16 {
            operand: head.operand,
            bits,
            payload_capture_inst,
            tag_capture_inst,
            non_err,
            else_prong,
            cases,
            end: all.bodies.at(),
        })
    }

    /// The prongs with items: those of one item, then the others.
    pub fn cases(&self) -> impl Iterator<Item = Prong16<'a>> + use<'a> {
        let mut cases = self.cases;
        std::iter::from_fn(move || cases.read())
    }

    /// Index in `extra` behind the last word.
    pub fn end(&self) -> u32 {
        self.end
    }
}

#[cfg(test)]
mod tests {
    use release::Generation;

    use super::*;
    use crate::inst::Data;
    use crate::{Format, Payload, Zir};

    /// `switch (true) { else => , 1 => , .a, 2...3, _ => }` as words, every body of one instruction.
    fn words() -> Vec<u32> {
        let format = Format::of(Generation::G16);
        let bits = SwitchBlockBits16 {
            has_multi_cases: true,
            any_ranges: true,
            has_else: true,
            has_under: true,
            tag_capture_inst_is_placeholder: true,
            scalar_cases_len: 1,
            ..SwitchBlockBits16::ZERO
        };
        let mut words = vec![0, 0];
        payload::SwitchBlock {
            operand: Ref::BOOL_TRUE,
            bits: bits.to_bits(),
        }
        .encode(format, &mut words);
        let else_info = ElseProngInfo {
            body_len: 1,
            is_simple_noreturn: true,
            ..ElseProngInfo::ZERO
        };
        let info = ProngInfo16 {
            body_len: 1,
            has_tag_capture: true,
            ..ProngInfo16::ZERO
        };
        // Number of prongs with several items, placeholder, infos, numbers of items and ranges.
        words.extend([
            1,
            9,
            else_info.to_bits(),
            info.to_bits(),
            info.to_bits(),
            2,
            1,
        ]);
        let items = [
            ItemInfo::BodyLen(1),
            ItemInfo::EnumLiteral(NullTerminatedString(1)),
            ItemInfo::Under,
            ItemInfo::BodyLen(1),
            ItemInfo::BodyLen(1),
        ];
        words.extend(items.map(ItemInfo::to_bits));
        words.extend(1..=6);
        words
    }

    fn zir(extra: Vec<u32>) -> Zir {
        Zir {
            generation: Generation::G16,
            tags: vec![Format::of(Generation::G16).tag_byte(Tag::SwitchBlock)],
            data: vec![Data::pl_node(0, 2)],
            string_bytes: b"\0a\0".to_vec(),
            extra,
        }
    }

    fn first(body: Body<'_>) -> u32 {
        body.get(0).map_or(0, |inst| inst.0)
    }

    #[test]
    fn each_body_is_found_where_it_stands() {
        let zir = zir(words());
        let switch = Switch16::read(zir.view(), Tag::SwitchBlock, 2).unwrap();
        assert_eq!(switch.end() as usize, zir.extra.len());
        assert_eq!(switch.tag_capture_inst, Some(Index(9)));
        assert!(switch.non_err.is_none() && switch.payload_capture_inst.is_none());
        assert_eq!(switch.else_prong.map(|(_, body)| first(body)), Some(1));
        let text = |item: SwitchItem<'_>| match item {
            SwitchItem::Body(body) => first(body).to_string(),
            SwitchItem::Under => "_".to_owned(),
            other => format!("{other:?}"),
        };
        let prongs: Vec<_> = switch
            .cases()
            .map(|prong| {
                let items: Vec<_> = prong.items().chain(prong.ranges()).map(text).collect();
                (first(prong.body), items.join(" "))
            })
            .collect();
        let of_several = "EnumLiteral(NullTerminatedString(1)) _ 5 6".to_owned();
        assert_eq!(prongs, [(2, "3".to_owned()), (4, of_several)]);
    }

    #[test]
    fn what_is_cut_off_is_nothing() {
        let words = words();
        for len in 2..words.len() {
            let zir = zir(words[..len].to_vec());
            assert!(Switch16::read(zir.view(), Tag::SwitchBlock, 2).is_none());
        }
        assert!(Switch16::read(zir(words).view(), Tag::Block, 2).is_none());
    }
}
