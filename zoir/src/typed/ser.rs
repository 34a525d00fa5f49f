//! From a value to text. The text is made of a [`Value`]: whether a container's fields stand on lines of
//! their own depends on their number, which is not always known before the last of them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};

use release::Release;
use serde::ser::{self, Serialize, Serializer};

use crate::big_int::fmt_limbs;
use crate::float::{F128, Format};
use crate::text::{CharLiteral, Style};
use crate::typed::markers::ENUM_LITERAL;
use crate::typed::value::{Float, Value};

/// When integers are written as characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodePoints {
    /// Never.
    #[default]
    Never,
    /// Printable ASCII in a type of at most 21 bits without a sign: `u8`, `u16`, `char`.
    PrintableAscii,
    /// Every code point in such a type.
    Always,
}

/// How text is written. The default is what the newest release writes by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SerOptions {
    /// The release of Zig whose serializer it is written as. The default is the newest.
    pub release: Release,
    /// Spaces and line feeds, in Zig's usual style.
    pub whitespace: bool,
    /// When integers are written as characters.
    pub code_points: CodePoints,
    /// Write strings as arrays of their bytes.
    pub strings_as_arrays: bool,
    /// Write strings that have lines as multiline strings, as far as these can hold them.
    pub multiline: bool,
    /// Escape characters beyond ASCII in strings and character literals. From 0.17.0 on they stay as they are
    /// otherwise; earlier releases have no choice and always escape them.
    pub escape_non_ascii: bool,
    /// Do better than the reference where its text is wrong: 0.14 writes characters beyond ASCII as several
    /// bytes, which is no character, and 0.14.0 negative zero as an integer; and write a `char` as a
    /// character whatever `code_points` says.
    pub mend: bool,
}

impl Default for SerOptions {
    fn default() -> SerOptions {
        SerOptions {
            release: Release::NEWEST,
            whitespace: true,
            code_points: CodePoints::Never,
            strings_as_arrays: false,
            multiline: false,
            escape_non_ascii: false,
            mend: false,
        }
    }
}

impl SerOptions {
    /// The same with [`release`](Self::release) set.
    pub fn release(self, release: Release) -> Self {
        SerOptions { release, ..self }
    }

    /// The same with [`whitespace`](Self::whitespace) set.
    pub fn whitespace(self, whitespace: bool) -> Self {
        SerOptions { whitespace, ..self }
    }

    /// The same with [`code_points`](Self::code_points) set.
    pub fn code_points(self, code_points: CodePoints) -> Self {
        SerOptions {
            code_points,
            ..self
        }
    }

    /// The same with [`strings_as_arrays`](Self::strings_as_arrays) set.
    pub fn strings_as_arrays(self, strings_as_arrays: bool) -> Self {
        SerOptions {
            strings_as_arrays,
            ..self
        }
    }

    /// The same with [`multiline`](Self::multiline) set.
    pub fn multiline(self, multiline: bool) -> Self {
        SerOptions { multiline, ..self }
    }

    /// The same with [`escape_non_ascii`](Self::escape_non_ascii) set.
    pub fn escape_non_ascii(self, escape_non_ascii: bool) -> Self {
        SerOptions {
            escape_non_ascii,
            ..self
        }
    }

    /// The same with [`mend`](Self::mend) set.
    pub fn mend(self, mend: bool) -> Self {
        SerOptions { mend, ..self }
    }

    fn style(self) -> Style {
        Style::of(self.release).escape_non_ascii(self.escape_non_ascii)
    }

    fn is_char(self, code_point: u32) -> bool {
        match self.code_points {
            CodePoints::Never => false,
            CodePoints::PrintableAscii => matches!(code_point, 0x20..=0x7e),
            CodePoints::Always => char::from_u32(code_point).is_some(),
        }
    }
}

/// Why a value has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SerError(String);

impl fmt::Display for SerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for SerError {}

impl ser::Error for SerError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        SerError(message.to_string())
    }
}

/// The text of a value, as the reference's `serialize` writes it.
///
/// # Errors
/// Where a map has keys that are no names, or the value refuses.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, SerError> {
    to_string_with(value, SerOptions::default())
}

/// The text of a value.
///
/// # Errors
/// Where a map has keys that are no names, or the value refuses.
pub fn to_string_with<T: Serialize + ?Sized>(
    value: &T,
    options: SerOptions,
) -> Result<String, SerError> {
    to_value_with(value, options).map(|value| value.to_text(options))
}

/// Anything as a [`Value`].
///
/// # Errors
/// Where a map has keys that are no names, or the value refuses.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, SerError> {
    to_value_with(
        value,
        SerOptions {
            mend: true,
            ..SerOptions::default()
        },
    )
}

/// Anything as a [`Value`], with what depends on the options decided.
///
/// # Errors
/// Where a map has keys that are no names, or the value refuses.
pub fn to_value_with<T: Serialize + ?Sized>(
    value: &T,
    options: SerOptions,
) -> Result<Value, SerError> {
    value.serialize(ToValue { options })
}

struct Writer<'a> {
    out: &'a mut String,
    options: SerOptions,
    indent: usize,
    is_root: bool,
}

impl Writer<'_> {
    fn push(&mut self, text: impl fmt::Display) {
        // Writing to a string does not fail.
        let _ = write!(self.out, "{text}");
    }

    fn space(&mut self) {
        if self.options.whitespace {
            self.out.push(' ');
        }
    }

    fn indent(&mut self) {
        if self.options.whitespace {
            // The reference counts levels in eight bits, and stops there.
            let levels = if self.options.mend {
                self.indent
            } else {
                self.indent.min(255)
            };
            self.out.extend(core::iter::repeat_n("    ", levels));
        }
    }

    fn new_line(&mut self) {
        if self.options.whitespace {
            self.out.push('\n');
        }
        self.indent();
    }

    fn container<'v>(
        &mut self,
        fields: impl ExactSizeIterator<Item = (Option<&'v [u8]>, &'v Value)>,
    ) {
        let len = fields.len();
        let wraps = len > 2;
        let mut is_named = false;
        self.is_root = false;
        self.out.push_str(".{");
        self.indent += usize::from(wraps);
        for (n, (name, value)) in fields.enumerate() {
            if n > 0 {
                self.out.push(',');
            }
            is_named = name.is_some();
            if wraps {
                self.new_line();
            } else if len > 1 || is_named {
                self.space();
            }
            if let Some(name) = name {
                self.name(name);
                self.space();
                self.out.push('=');
                self.space();
            }
            self.value(value);
        }
        self.indent -= usize::from(wraps);
        if wraps {
            if self.options.whitespace {
                self.out.push(',');
            }
            self.new_line();
        } else if len > 1 || (len == 1 && is_named) {
            self.space();
        }
        self.out.push('}');
    }

    fn float(&mut self, value: Float) {
        let text = match value {
            Float::F32(value) if value.is_finite() => F128::from(value).to_shortest(Format::F32),
            Float::F64(value) if value.is_finite() => F128::from(value).to_shortest(Format::F64),
            Float::F32(value) => F128::from(value).to_string(),
            Float::F64(value) => F128::from(value).to_string(),
            Float::F128(value) => value.to_string(),
        };
        let is_integer = self.options.release.writes_negative_zero_as_integer();
        let is_read = !is_integer || self.options.mend;
        self.push(if text == "-0" && is_read {
            "-0.0"
        } else {
            &text
        });
    }

    fn char(&mut self, value: u32) {
        if self.options.mend {
            return self.push(CharLiteral(value));
        }
        let _ = self.options.style().write_char(self.out, value);
    }

    fn name(&mut self, name: &[u8]) {
        self.out.push('.');
        let _ = self.options.style().write_name(self.out, name);
    }

    /// Whether lines can hold a string. Carriage returns would be lost, and other control characters are not
    /// allowed.
    fn is_multiline(&self, value: &[u8]) -> bool {
        let is_text = |text: &str| {
            text.chars().all(|char| {
                char == '\n' || !(char.is_control() || "\u{2028}\u{2029}".contains(char))
            })
        };
        self.options.multiline
            && value.contains(&b'\n')
            && core::str::from_utf8(value).is_ok_and(is_text)
    }

    fn multiline(&mut self, value: &[u8]) {
        if !self.is_root {
            self.new_line();
        }
        for (n, line) in value.split(|&byte| byte == b'\n').enumerate() {
            if n > 0 {
                self.out.push('\n');
                self.indent();
            }
            self.push(format_args!("\\\\{}", String::from_utf8_lossy(line)));
        }
        if !self.is_root {
            // Ends the last line of the string whatever the options say.
            self.out.push('\n');
            self.indent();
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(value) => self.push(value),
            Value::Int(value) => self.push(value),
            Value::BigInt(negative, limbs) => {
                let _ = fmt_limbs(self.out, *negative, limbs.iter().copied());
            }
            Value::Float(value) => self.float(*value),
            Value::Char(value) => self.char(*value),
            Value::EnumLiteral(name) => self.name(name),
            Value::String(value) if self.is_multiline(value) => self.multiline(value),
            Value::String(value) => {
                // Writing to a string does not fail, here and below.
                let _ = self.options.style().write_string(self.out, value);
            }
            Value::Empty => self.out.push_str(".{}"),
            Value::Array(elements) => self.container(elements.iter().map(|value| (None, value))),
            Value::Struct(fields) => self.container(
                fields
                    .iter()
                    .map(|(name, value)| (Some(name.as_slice()), value)),
            ),
        }
    }
}

impl Value {
    /// The value as text.
    pub fn to_text(&self, options: SerOptions) -> String {
        let mut out = String::new();
        Writer {
            out: &mut out,
            options,
            indent: 0,
            is_root: true,
        }
        .value(self);
        out
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text(SerOptions {
            mend: true,
            ..SerOptions::default()
        }))
    }
}

#[derive(Clone, Copy)]
struct ToValue {
    options: SerOptions,
}

impl ToValue {
    fn string(self, bytes: &[u8]) -> Value {
        if !self.options.strings_as_arrays {
            return Value::String(bytes.to_vec());
        }
        array(bytes.iter().map(|&byte| self.integer(byte)).collect())
    }

    /// Of a type that characters fit into.
    fn integer(self, value: impl Into<u32>) -> Value {
        let value = value.into();
        if self.options.is_char(value) {
            Value::Char(value)
        } else {
            Value::Int(value.into())
        }
    }
}

fn array(elements: Vec<Value>) -> Value {
    if elements.is_empty() {
        Value::Empty
    } else {
        Value::Array(elements)
    }
}

fn variant(name: &str, payload: Value) -> Value {
    Value::Struct(Vec::from([(name.as_bytes().to_vec(), payload)]))
}

/// An array or struct that is being put together.
struct Container {
    to_value: ToValue,
    names: Vec<Vec<u8>>,
    values: Vec<Value>,
    is_struct: bool,
    /// The name of the variant that it is the payload of.
    variant: Option<&'static str>,
}

impl Container {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerError> {
        self.values.push(value.serialize(self.to_value)?);
        Ok(())
    }

    fn field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), SerError> {
        self.names.push(name.as_bytes().to_vec());
        self.element(value)
    }

    fn finish(self) -> Value {
        let value = if self.is_struct && !self.values.is_empty() {
            Value::Struct(self.names.into_iter().zip(self.values).collect())
        } else {
            array(self.values)
        };
        match self.variant {
            Some(name) => variant(name, value),
            None => value,
        }
    }
}

macro_rules! to_integer {
    ($($method:ident $type:ident,)*) => {
        $(fn $method(self, value: $type) -> Result<Value, SerError> {
            Ok(Value::Int(value.into()))
        })*
    };
}

impl Serializer for ToValue {
    type Ok = Value;
    type Error = SerError;
    type SerializeSeq = Container;
    type SerializeTuple = Container;
    type SerializeTupleStruct = Container;
    type SerializeTupleVariant = Container;
    type SerializeMap = Container;
    type SerializeStruct = Container;
    type SerializeStructVariant = Container;

    to_integer! {
        serialize_i8 i8,
        serialize_i16 i16,
        serialize_i32 i32,
        serialize_i64 i64,
        serialize_i128 i128,
        serialize_u32 u32,
        serialize_u64 u64,
    }

    fn serialize_u8(self, value: u8) -> Result<Value, SerError> {
        Ok(self.integer(value))
    }

    fn serialize_u16(self, value: u16) -> Result<Value, SerError> {
        Ok(self.integer(value))
    }

    fn serialize_u128(self, value: u128) -> Result<Value, SerError> {
        Ok(Value::from_magnitude(false, value))
    }

    fn serialize_char(self, value: char) -> Result<Value, SerError> {
        Ok(if self.options.mend {
            Value::Char(value.into())
        } else {
            self.integer(value)
        })
    }

    fn serialize_bool(self, value: bool) -> Result<Value, SerError> {
        Ok(Value::Bool(value))
    }

    fn serialize_f32(self, value: f32) -> Result<Value, SerError> {
        Ok(Value::Float(Float::F32(value)))
    }

    fn serialize_f64(self, value: f64) -> Result<Value, SerError> {
        Ok(Value::Float(Float::F64(value)))
    }

    fn serialize_str(self, value: &str) -> Result<Value, SerError> {
        Ok(self.string(value.as_bytes()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Value, SerError> {
        Ok(self.string(value))
    }

    fn serialize_none(self) -> Result<Value, SerError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, SerError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, SerError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, SerError> {
        Ok(Value::Empty)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, SerError> {
        Ok(Value::EnumLiteral(variant.as_bytes().to_vec()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value, SerError> {
        let plain = ToValue {
            options: SerOptions {
                strings_as_arrays: false,
                ..self.options
            },
        };
        match name {
            ENUM_LITERAL => match value.serialize(plain)? {
                Value::String(name) => Ok(Value::EnumLiteral(name)),
                _ => Err(ser::Error::custom("an enum literal is a name")),
            },
            _ => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Value, SerError> {
        Ok(variant(name, value.serialize(self)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Container, SerError> {
        Ok(Container {
            to_value: self,
            names: Vec::new(),
            values: Vec::new(),
            is_struct: false,
            variant: None,
        })
    }

    fn serialize_tuple(self, len: usize) -> Result<Container, SerError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<Container, SerError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Container, SerError> {
        Ok(Container {
            variant: Some(variant),
            ..self.serialize_seq(Some(len))?
        })
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Container, SerError> {
        Ok(Container {
            is_struct: true,
            ..self.serialize_seq(len)?
        })
    }

    fn serialize_struct(self, _: &'static str, len: usize) -> Result<Container, SerError> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Container, SerError> {
        Ok(Container {
            variant: Some(variant),
            ..self.serialize_map(Some(len))?
        })
    }
}

impl ser::SerializeSeq for Container {
    type Ok = Value;
    type Error = SerError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerError> {
        self.element(value)
    }

    fn end(self) -> Result<Value, SerError> {
        Ok(self.finish())
    }
}

impl ser::SerializeTuple for Container {
    type Ok = Value;
    type Error = SerError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerError> {
        self.element(value)
    }

    fn end(self) -> Result<Value, SerError> {
        Ok(self.finish())
    }
}

impl ser::SerializeTupleStruct for Container {
    type Ok = Value;
    type Error = SerError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerError> {
        self.element(value)
    }

    fn end(self) -> Result<Value, SerError> {
        Ok(self.finish())
    }
}

impl ser::SerializeTupleVariant for Container {
    type Ok = Value;
    type Error = SerError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerError> {
        self.element(value)
    }

    fn end(self) -> Result<Value, SerError> {
        Ok(self.finish())
    }
}

impl ser::SerializeMap for Container {
    type Ok = Value;
    type Error = SerError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), SerError> {
        let options = SerOptions {
            code_points: CodePoints::Never,
            strings_as_arrays: false,
            mend: true,
            ..self.to_value.options
        };
        let name = match key.serialize(ToValue { options })? {
            Value::String(name) | Value::EnumLiteral(name) => name,
            Value::Char(value) => char::from_u32(value)
                .unwrap_or_default()
                .to_string()
                .into_bytes(),
            Value::Bool(value) => value.to_string().into_bytes(),
            value @ (Value::Int(_) | Value::BigInt(..)) => value.to_text(options).into_bytes(),
            _ => return Err(ser::Error::custom("a key is a name")),
        };
        if name.is_empty() || name.contains(&0) {
            return Err(ser::Error::custom("a name is not empty and holds no NUL"));
        }
        self.names.push(name);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerError> {
        self.element(value)
    }

    fn end(self) -> Result<Value, SerError> {
        Ok(self.finish())
    }
}

impl ser::SerializeStruct for Container {
    type Ok = Value;
    type Error = SerError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), SerError> {
        self.field(name, value)
    }

    fn end(self) -> Result<Value, SerError> {
        Ok(self.finish())
    }
}

impl ser::SerializeStructVariant for Container {
    type Ok = Value;
    type Error = SerError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), SerError> {
        self.field(name, value)
    }

    fn end(self) -> Result<Value, SerError> {
        Ok(self.finish())
    }
}
