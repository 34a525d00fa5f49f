//! Enums in all of serde's representations, held against what `serde_json` makes of the same data.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use zongen::from_str;

use crate::{err, ok};

/// One enum with a variant for all other names, and one without.
macro_rules! both {
    ($($(#[$attribute:meta])* $open:ident $closed:ident { $($variants:tt)* })*) => {$(
        #[derive(Debug, PartialEq, Deserialize)]
        $(#[$attribute])*
        enum $open { $($variants)* #[serde(other)] Other }

        #[derive(Debug, PartialEq, Deserialize)]
        $(#[$attribute])*
        enum $closed { $($variants)* }
    )*};
}

both! {
    External ClosedExternal { A, B(u8), C { x: u8 }, }
    #[serde(tag = "t")]
    Internal ClosedInternal { A, C { x: u8 }, N(Number), }
    #[serde(tag = "t", content = "c")]
    Adjacent ClosedAdjacent { A, B(u8), C { x: u8 }, T(u8, u8), U(()), }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Number {
    n: Option<u8>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Flat<T> {
    note: String,
    #[serde(flatten)]
    inner: T,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Holder<T> {
    note: String,
    inner: T,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind")]
enum InInternal<T> {
    Unit,
    Held(Holder<T>),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", content = "value")]
enum InAdjacent<T> {
    Unit,
    Held(T),
}

#[derive(Debug, PartialEq, Deserialize)]
enum InExternal<T> {
    Unit,
    Held(T),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Untagged<T> {
    Number(u8),
    Held(T),
}

/// What is written in both languages.
#[derive(Clone, Debug)]
enum Data {
    Null,
    Number(u8),
    Text(&'static str),
    /// A unit variant of an external enum.
    Name(&'static str),
    /// A tag that is a field.
    Tag(&'static str),
    List(Vec<Data>),
    Struct(Vec<(&'static str, Data)>),
}

use Data::{List, Name, Null, Struct, Tag, Text};

impl Data {
    fn json(&self) -> String {
        match self {
            Null => "null".to_owned(),
            Data::Number(number) => number.to_string(),
            Text(text) | Name(text) | Tag(text) => format!("\"{text}\""),
            List(list) => format!("[{}]", join(list.iter().map(Data::json))),
            Struct(fields) => {
                let field = |(name, value): &(&str, Data)| format!("\"{name}\":{}", value.json());
                format!("{{{}}}", join(fields.iter().map(field)))
            }
        }
    }

    fn zon(&self, literal_tags: bool) -> String {
        match self {
            Null => "null".to_owned(),
            Data::Number(number) => number.to_string(),
            Tag(name) if literal_tags => format!(".{name}"),
            Text(text) | Tag(text) => format!("\"{text}\""),
            Name(name) => format!(".{name}"),
            List(list) => {
                let list = list.iter().map(|value| value.zon(literal_tags));
                format!(".{{{}}}", join(list))
            }
            Struct(fields) => {
                let field = |(name, value): &(&str, Data)| {
                    format!("\n.{name} = {}", value.zon(literal_tags))
                };
                format!(".{{{}}}", join(fields.iter().map(field)))
            }
        }
    }

    /// The same with the fields of every struct in the other order, but for the note, which stays in front.
    fn reversed(&self) -> Data {
        match self {
            List(list) => List(list.iter().map(Data::reversed).collect()),
            Struct(fields) => {
                let mut fields: Vec<_> = fields
                    .iter()
                    .rev()
                    .map(|(name, value)| (*name, value.reversed()))
                    .collect();
                fields.sort_by_key(|(name, _)| *name != "note");
                Struct(fields)
            }
            other => other.clone(),
        }
    }
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// Line and column of the last name `bad`; a string's are those of its quote. Before it there may be a note
/// of the same text.
fn place_of_bad(text: &str) -> (u32, u32) {
    let mut at = text.rfind("bad").unwrap();
    if text[..at].ends_with('"') {
        at -= 1;
    }
    let line = text[..at].matches('\n').count() + 1;
    let column = at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1;
    (line as u32, column as u32)
}

/// How many were equal, and how many failed as they should.
#[derive(Default)]
struct Counts {
    equal: u32,
    named: u32,
    unnamed: u32,
}

fn check<T: DeserializeOwned + Debug + PartialEq>(data: &Data, counts: &mut Counts) {
    for data in [data.clone(), data.reversed()] {
        let json = data.json();
        let wanted = serde_json::from_str::<T>(&json);
        for literal_tags in [false, true] {
            let text = data.zon(literal_tags);
            let about = || format!("{}\n{json}\n{text}", std::any::type_name::<T>());
            let ours = from_str::<T>(&text);
            let error = match (&wanted, ours) {
                (Ok(wanted), Ok(ours)) => {
                    assert_eq!(*wanted, ours, "{}", about());
                    counts.equal += 1;
                    continue;
                }
                (Ok(wanted), Err(error)) => panic!("{}\n{wanted:?}\n{error}", about()),
                (Err(wanted), Ok(ours)) => panic!("{}\n{wanted}\n{ours:?}", about()),
                (Err(_), Err(error)) => error,
            };
            let [item] = error.items() else {
                panic!("{}\n{error}", about())
            };
            // Of an untagged enum nobody can say which variant was meant.
            if !wanted.as_ref().unwrap_err().to_string().contains("`bad`") {
                assert!(
                    item.message.starts_with("data did not match"),
                    "{}\n{error}",
                    about()
                );
                counts.unnamed += 1;
                continue;
            }
            assert!(item.message.contains("'bad'"), "{}\n{error}", about());
            let location = item.location.as_ref().unwrap();
            assert_eq!(
                (location.line, location.column),
                place_of_bad(&text),
                "{}\n{error}",
                about()
            );
            counts.named += 1;
        }
    }
}

fn held(data: &Data) -> Data {
    Struct(vec![
        ("note", Text("bad")),
        ("kind", Tag("Held")),
        ("inner", data.clone()),
    ])
}

fn adjacent(data: &Data) -> Data {
    Struct(vec![("kind", Tag("Held")), ("value", data.clone())])
}

fn flat(data: &Data) -> Option<Data> {
    let Struct(fields) = data else { return None };
    let mut all = vec![("note", Text("bad"))];
    all.extend(fields.iter().filter(|(name, _)| *name != "note").cloned());
    Some(Struct(all))
}

/// The data in everything that it can be in.
fn nested<T: DeserializeOwned + Debug + PartialEq>(data: &Data, counts: &mut Counts) {
    check::<T>(data, counts);
    check::<Vec<T>>(&List(vec![data.clone()]), counts);
    check::<Option<T>>(data, counts);
    check::<BTreeMap<String, T>>(&Struct(vec![("key", data.clone())]), counts);
    check::<InInternal<T>>(&held(data), counts);
    check::<InAdjacent<T>>(&adjacent(data), counts);
    check::<InExternal<T>>(&Struct(vec![("Held", data.clone())]), counts);
    check::<Untagged<T>>(data, counts);
}

/// The same, twice.
fn all<T: DeserializeOwned + Debug + PartialEq>(data: &Data, counts: &mut Counts) {
    nested::<T>(data, counts);
    nested::<InInternal<Vec<T>>>(&held(&List(vec![data.clone()])), counts);
    nested::<InAdjacent<T>>(&adjacent(data), counts);
}

fn tagged(name: &'static str, fields: &[(&'static str, Data)]) -> Data {
    Struct([&[("t", Tag(name))], fields].concat())
}

#[test]
fn all_representations_in_each_other() {
    let mut counts = Counts::default();
    let number = Data::Number;
    let x = || Struct(vec![("x", number(1))]);
    for data in [
        Name("A"),
        Struct(vec![("B", number(2))]),
        Struct(vec![("C", x())]),
        Name("bad"),
    ] {
        all::<External>(&data, &mut counts);
        all::<ClosedExternal>(&data, &mut counts);
    }
    all::<ClosedExternal>(&Struct(vec![("bad", number(2))]), &mut counts);
    for data in [
        tagged("A", &[]),
        tagged("C", &[("x", number(1))]),
        tagged("N", &[("n", number(1))]),
        tagged("N", &[("n", Null)]),
        tagged("bad", &[]),
        tagged("bad", &[("x", number(1))]),
    ] {
        // An internal enum ignores the fields that its other variant does not know.
        all::<Internal>(&data, &mut counts);
        all::<ClosedInternal>(&data, &mut counts);
        let flat = flat(&data).unwrap();
        nested::<Flat<Internal>>(&flat, &mut counts);
        nested::<Flat<ClosedInternal>>(&flat, &mut counts);
    }
    for data in [
        tagged("A", &[]),
        tagged("A", &[("c", Null)]),
        tagged("B", &[("c", number(2))]),
        tagged("C", &[("c", x())]),
        tagged("T", &[("c", List(vec![number(1), number(2)]))]),
        tagged("U", &[("c", Null)]),
        tagged("bad", &[]),
        tagged("bad", &[("c", Null)]),
    ] {
        all::<Adjacent>(&data, &mut counts);
        all::<ClosedAdjacent>(&data, &mut counts);
        let flat = flat(&data).unwrap();
        nested::<Flat<Adjacent>>(&flat, &mut counts);
        nested::<Flat<ClosedAdjacent>>(&flat, &mut counts);
    }
    for content in [number(2), x(), List(vec![number(1), number(2)])] {
        let data = tagged("bad", &[("c", content)]);
        all::<ClosedAdjacent>(&data, &mut counts);
        nested::<Flat<ClosedAdjacent>>(&flat(&data).unwrap(), &mut counts);
    }
    check::<Option<External>>(&Null, &mut counts);
    check::<Vec<Option<Adjacent>>>(&List(vec![Null, tagged("A", &[])]), &mut counts);
    // That it was as many as there should be.
    assert!(
        counts.equal > 3000 && counts.named > 900 && counts.unnamed > 100,
        "{} {} {}",
        counts.equal,
        counts.named,
        counts.unnamed
    );
}

#[test]
fn other_variants() {
    assert_eq!(
        ok::<Vec<External>>(".{ .A, .new, .Other }"),
        [External::A, External::Other, External::Other]
    );
    assert_eq!(ok::<Adjacent>(".{ .t = .new }"), Adjacent::Other);
    assert_eq!(ok::<Adjacent>(".{ .t = \"new\" }"), Adjacent::Other);
    // It holds nothing, as any unit variant.
    assert_eq!(
        err::<External>(".{ .new = 1 }"),
        "1:11: error: expected type 'void'\n"
    );
    // Two enums of the same names, of which one takes any.
    #[derive(Debug, PartialEq, Deserialize)]
    enum Same {
        A,
        Other,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    enum Any {
        A,
        #[serde(other)]
        Other,
    }
    assert_eq!(
        err::<(Same, Any, Same, u8)>(".{ .new, .new, .A, true }"),
        "1:5: error: unexpected enum literal 'new'\n1:5: note: supported: 'A', 'Other'\n\
         1:20: error: expected type 'u8'\n"
    );
}

#[test]
fn a_wrong_tag_is_the_one_error() {
    let supported = "note: supported: 'A', 'B', 'C', 'T', 'U'\n";
    for (text, place, kind) in [
        (".{ .t = .new }", "1:10", "enum literal"),
        (".{ .t = .new, .c = .{ .y = 1 } }", "1:10", "enum literal"),
        (".{ .c = .{ .y = 1 }, .t = .new }", "1:28", "enum literal"),
        (".{ .c = 1, .t = \"new\" }", "1:17", "string"),
    ] {
        assert_eq!(
            err::<ClosedAdjacent>(text),
            format!("{place}: error: unexpected {kind} 'new'\n{place}: {supported}"),
            "{text}"
        );
    }
    for text in [".{ .t = 1, .c = true }", ".{ .t = 1, .x = true }"] {
        let message = "1:9: error: expected enum literal\n";
        assert_eq!(err::<ClosedAdjacent>(text), message);
        assert_eq!(err::<ClosedInternal>(text), message);
    }
    assert_eq!(
        err::<ClosedAdjacent>(".{ .c = 1 }"),
        "1:2: error: missing required field t\n"
    );
    // What one variant lacks, another need not have.
    assert_eq!(
        err::<Vec<ClosedAdjacent>>(".{ .{ .t = .T }, .{ .t = .A }, .{ .t = .B, .c = true } }"),
        "1:5: error: missing required field c\n1:49: error: expected type 'u8'\n"
    );
    // With the content in front, its errors are where they are too.
    assert_eq!(
        err::<ClosedAdjacent>(".{ .c = .{ .x = true }, .t = .C }"),
        "1:17: error: expected type 'u8'\n"
    );
    // Others are found as well.
    let error = err::<Vec<ClosedInternal>>(".{ .{ .t = .p }, .{ .t = \"q\" }, 1, .{ .t = .A } }");
    for line in [
        "1:13: error: unexpected enum literal 'p'\n",
        "1:26: error: unexpected string 'q'\n",
        "1:33: error: ",
    ] {
        assert!(error.contains(line), "{error}");
    }
    assert_eq!(error.matches("error: ").count(), 3, "{error}");
    assert!(
        err::<Holder<ClosedInternal>>(".{ .note = 1, .inner = .{ .t = \"\\xff\" } }")
            .contains("\u{fffd}")
    );
}

/// An external enum is what the reference reads, no more.
#[test]
fn external_enums_are_strict() {
    assert_eq!(err::<External>("\"A\""), "1:1: error: expected union\n");
    assert_eq!(
        err::<ClosedExternal>(".{ .A = null }"),
        "1:9: error: expected type 'void'\n"
    );
    let supported = "note: supported: 'A', 'B', 'C'\n";
    assert_eq!(
        err::<BTreeMap<String, ClosedExternal>>(".{ .a = .new, .b = .{ .new = 1 } }"),
        format!(
            "1:10: error: unexpected field 'new'\n1:10: {supported}\
             1:24: error: unexpected field 'new'\n1:24: {supported}"
        )
    );
}
