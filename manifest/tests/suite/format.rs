//! The text of a manifest.

use manifest::{
    Digest, Entry, HashHelper, Kind, Listing, ParseErrorKind, PrefixedPath, Stat, hash_contents,
};

const DIGEST: &str = "00112233445566778899aabbccddeeff";

fn error(text: &str) -> String {
    Listing::parse(text.as_bytes(), 3).unwrap_err().to_string()
}

fn line(line: &str) -> String {
    error(&format!("0\n1 2 3 {DIGEST} 0 a\n{line}\n"))
}

#[test]
fn errors_name_the_line() {
    let lines = [
        "",
        "1",
        "1 2 3",
        "1 2 3 DIGEST 0",
        "-1 2 3 DIGEST 0 b",
        "+1 2 3 DIGEST 0 b",
        "01 2 3 DIGEST 0 b",
        "1_0 2 3 DIGEST 0 b",
        " 1 2 3 DIGEST 0 b",
        "18446744073709551616 2 3 DIGEST 0 b",
        "1 18446744073709551616 3 DIGEST 0 b",
        "1 -2 3 DIGEST 0 b",
        "1 2 9223372036854775808 DIGEST 0 b",
        "1 2 -9223372036854775809 DIGEST 0 b",
        "1 2 -0 DIGEST 0 b",
        "1 2 - DIGEST 0 b",
        "1  2 3 DIGEST 0 b",
        "1 2 3 00112233445566778899AABBCCDDEEFF 0 b",
        "1 2 3 00112233445566778899aabbccddee 0 b",
        "1 2 3 00112233445566778899aabbccddeefg 0 b",
        "1 2 3 DIGEST -1 b",
        "1 2 3 DIGEST 256 b",
        "1 2 3 DIGEST x b",
        "1 2 3 DIGEST 3 b",
        "1 2 3 DIGEST 255 b",
        "1 2 3 DIGEST 0 ",
        "1 2 3 DIGEST 0 b\0c",
        "1 2 3 DIGEST 1 /etc/passwd",
        "1 2 3 DIGEST 1 ../b",
        "1 2 3 DIGEST 1 b/../../c",
        "1 2 3 DIGEST 1 b//c",
        "1 2 3 DIGEST 1 ./b",
        "1 2 3 DIGEST 1 b/",
        "1 2 3 DIGEST 0 a",
    ];
    let mut out = String::new();
    for text in lines {
        let text = text.replace("DIGEST", DIGEST);
        out.push_str(&format!("{text:?}\n    {}\n", line(&text)));
    }
    let long = format!("1 2 3 {DIGEST} 0 {}", "x".repeat(4096));
    out.push_str(&format!("a path of 4096 bytes\n    {}\n", line(&long)));
    for text in [
        "",
        "\n",
        "1\n",
        "0",
        "0 \n",
        "0\r\n",
        "00\n",
        "0\n1 2 3",
        "no newline",
    ] {
        out.push_str(&format!("all of it {text:?}\n    {}\n", error(text)));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn what_is_read_is_written_back() {
    for text in [
        "0\n".to_owned(),
        format!("0\n1 2 3 {DIGEST} 0 a\n"),
        format!("0\n0 0 0 {DIGEST} 0 a\n0 0 0 {DIGEST} 1 a\n0 0 0 {DIGEST} 2 a\n"),
        format!(
            "0\n18446744073709551615 18446744073709551615 -9223372036854775808 {DIGEST} 0 ../../a b/ c \n"
        ),
        format!("0\n1 2 9223372036854775807 {DIGEST} 0 /a//b/./c\r\n"),
    ] {
        let listing = Listing::parse(text.as_bytes(), 3).unwrap();
        assert_eq!(String::from_utf8(listing.to_bytes()).unwrap(), text);
    }
    let bytes = [
        format!("0\n1 2 3 {DIGEST} 0 ").as_bytes(),
        b"not \xff\xfe text\n",
    ]
    .concat();
    assert_eq!(Listing::parse(&bytes, 1).unwrap().to_bytes(), bytes);
}

/// Every text of one byte changed in a manifest either is refused or stands for what it says.
#[test]
fn nothing_is_read_as_something_else() {
    let text = format!("0\n12 34 -56 {DIGEST} 0 a\n7 8 9 {DIGEST} 1 b/c\n").into_bytes();
    let mut accepted = 0;
    for at in 0..text.len() {
        for byte in 0..=255 {
            let mut changed = text.clone();
            changed[at] = byte;
            if let Ok(listing) = Listing::parse(&changed, 2) {
                assert_eq!(listing.to_bytes(), changed);
                accepted += 1;
            }
        }
        // Cut there.
        match Listing::parse(&text[..at], 2) {
            Ok(listing) => assert_eq!(listing.to_bytes(), &text[..at]),
            Err(error) if at == 0 => assert_eq!(error.kind, ParseErrorKind::Empty),
            Err(error) => assert_eq!(error.kind, ParseErrorKind::CutOff),
        }
    }
    assert!(accepted > text.len());
}

#[test]
fn final_digest_is_the_key_and_then_the_digests() {
    let key = hash_contents(b"key");
    let entry = |name: &str| Entry {
        path: PrefixedPath {
            prefix: 0,
            sub_path: name.into(),
        },
        kind: Kind::File,
        metadata_only: false,
        stat: Stat::default(),
        digest: hash_contents(name.as_bytes()),
    };
    let listing = Listing {
        entries: vec![entry("a"), entry("b")],
        ..Listing::default()
    };
    let bytes = [key.0, hash_contents(b"a").0, hash_contents(b"b").0].concat();
    assert_eq!(listing.final_digest(key), hash_contents(&bytes));
    assert_ne!(Listing::default().final_digest(key), key);
}

/// What the reference makes of known input: the empty file, and what is documented of its entries' names.
#[test]
fn the_hash_is_the_references() {
    let mut hash = HashHelper::new();
    hash.add_bytes(b"0.14.1");
    hash.add(2u64);
    hash.add_bytes(b"hello.zig");
    assert_eq!(
        hash.finish().to_string(),
        "c1636a01d58b0e60406377649be44b8c"
    );
    assert_eq!(
        Digest::from_hex(DIGEST.as_bytes()).unwrap().to_string(),
        DIGEST
    );
}
