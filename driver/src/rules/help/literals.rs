//! Numbers, strings, characters.

super::row::rows! {
    "number-base-case" "\
The letter that says the base of a number is a small one: `0x`, `0o`, `0b`. The digits of a hexadecimal number may be \
large or small."
    wrong "\
const x = 0XFF;
"
    right "\
const x = 0xFF;
";

    "number-base-without-digit" "\
Behind `0x`, `0o` or `0b` comes at least one digit, and it comes before any `_`."
    wrong "\
const x = 0x;
"
    right "\
const x = 0x0;
";

    "number-leading-zero" "\
In C a zero before a number makes it an octal one; in Zig that is written `0o`, and a decimal number begins with no zero, so \
that the two cannot be mistaken. Write `0o755` for the octal number, or leave the zeros out. `0.5` is fine."
    wrong "\
const mode = 0755;
"
    right "\
const mode = 0o755;
";

    "number-digit-separator" "\
An underscore may stand between two digits of a number and nowhere else: not twice in a row, not at its end, and not beside \
the point, the exponent or the letter of the base."
    wrong "\
const x = 1__000;
"
    right "\
const x = 1_000;
";

    "number-exponent" "\
An exponent is `e`, or `p` in a hexadecimal number, then a sign if need be, then decimal digits. A number has one, at its end: no \
point, no other exponent and no other letter follows."
    wrong "\
const x = 1e5e5;
"
    right "\
const x = 1e5;
";

    "number-missing-digit" "\
A number ends where it has to have another digit: behind its point or its exponent. A point has digits on both sides."
    wrong "\
const x = 1e;
"
    right "\
const x = 1e3;
";

    "number-invalid-digit" "\
A character in the number is no digit of its base: 2 in a binary one, 8 in an octal one, a letter in a decimal one. Zig has \
no suffixes such as `10u` or `1.0f`; the type comes from where the number goes, or from `@as(f32, 1.0)`. A hexadecimal \
number with a sign behind its `e` needs spaces around it, as `e` is a digit there."
    wrong "\
const x = 10u;
"
    right "\
const x: u32 = 10;
";

    "float-base" "\
Numbers with a point are decimal or hexadecimal; there are none with base 2 or 8. Up to 0.16 the message points at what is \
behind the point, later at the letter of the base."
    wrong "\
const x = 0b1.1;
"
    right "\
const x = 0x1.8;
";

    "negative-zero" "\
`-0` is either the integer 0, whose sign means nothing, or the floating point number that differs from 0.0. Write `0` or \
`-0.0`."
    wrong "\
const x: f32 = -0;
"
    right "\
const x: f32 = -0.0;
";

    "invalid-escape" "\
Behind the backslash is a character that begins no escape. A backslash that is meant as such, as in a path or a regular \
expression, is written twice; a multiline string (`\\\\` before each line) has no escapes at all. Zig has no `\\0`, `\\a` or \
`\\e`: use `\\x00`, `\\x07`, `\\x1b`."
    wrong r#"const path = "C:\dir";
"#
    right r#"const path = "C:\\dir";
"#;

    "invalid-unicode-escape" "\
Between the braces of `\\u{..}` stand hexadecimal digits, as many as wanted and at least one, and they are a code point: not \
above 10FFFF, and in a string no half of a surrogate pair."
    wrong r#"const x = "\u{110000}";
"#
    right r#"const x = "\u{10ffff}";
"#;

    "invalid-hex-escape" "\
Behind `\\x` stand exactly two hexadecimal digits, which are one byte. A code point is written `\\u{..}`."
    wrong r#"const x = "\xg0";
"#
    right r#"const x = "\xf0";
"#;

    "character-unclosed" "\
Between single quotes stands one character. Text of several is a string and has double quotes."
    wrong "\
const x = 'ab';
"
    right "\
const x = \"ab\";
";

    "character-empty" "\
There is no character between the quotes. An empty text is `\"\"`; a single quote itself is `'\\''`."
    wrong "\
const x = '';
"
    right "\
const x = '\\'';
";
}
