//! Names in an archive.

use std::path::{Path, PathBuf};

use crate::environment::layout::{self, Kind};
use crate::inventory::{PackageForm, PackageName, digest_of, manifests, package_name};
use crate::paths;
use cache_store::file::{is_plain_name, is_separator};

/// The name of the last file in an archive. What is in it is the digest of all that is before it, in
/// hexadecimal digits, and a newline.
pub(super) const END: &[u8] = b"zirc-pack-1";

/// The name of the first file in an archive. What is in it is the path of the project that it is of.
pub(super) const PROJECT: &[u8] = b"zirc-pack-project";

/// Which of the cache directories something lies in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Base {
    /// The reference's of a project.
    ZigLocal,
    /// The reference's of a user.
    ZigGlobal,
    /// Ours of a project.
    ZircLocal,
    /// Ours of a user.
    ZircGlobal,
}

impl Base {
    /// All of them.
    pub(crate) const ALL: [Base; 4] = [
        Base::ZigLocal,
        Base::ZigGlobal,
        Base::ZircLocal,
        Base::ZircGlobal,
    ];

    /// Its name in archives.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Base::ZigLocal => "zig-local",
            Base::ZigGlobal => "zig-global",
            Base::ZircLocal => "zirc-local",
            Base::ZircGlobal => "zirc-global",
        }
    }

    /// Whether it is a directory of ours.
    pub(crate) fn is_own(self) -> bool {
        matches!(self, Base::ZircLocal | Base::ZircGlobal)
    }
}

/// Something that lies in a folder of a cache directory: an entry, a manifest, an output, a package.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Member {
    /// Where.
    pub(crate) base: Base,
    /// Whether in the directory of ours in one of the reference's.
    pub(crate) is_inner: bool,
    /// In which folder.
    pub(crate) kind: Kind,
    /// Under which name.
    pub(crate) name: Vec<u8>,
}

impl Member {
    /// Its name in an archive.
    pub(crate) fn path(&self) -> Vec<u8> {
        let inner: &[&str] = if self.is_inner { &[layout::OWN] } else { &[] };
        let mut path = self.base.name().as_bytes().to_vec();
        for part in inner.iter().chain([&self.kind.folder()]) {
            path.push(b'/');
            path.extend_from_slice(part.as_bytes());
        }
        path.push(b'/');
        path.extend_from_slice(&self.name);
        path
    }

    /// For people.
    pub(crate) fn display(&self) -> String {
        String::from_utf8_lossy(&self.path()).into_owned()
    }

    /// What a name in an archive stands for, and the path below it. `None` if it is no name that we give.
    pub(super) fn parse(path: &[u8]) -> Option<(Member, &[u8])> {
        if !path.split(|&b| b == b'/').all(is_plain_name) {
            return None;
        }
        let (base, rest) = split(path);
        let base = Base::ALL
            .into_iter()
            .find(|it| it.name().as_bytes() == base)?;
        let (is_inner, rest) = match split(rest) {
            (part, rest) if part == layout::OWN.as_bytes() => (true, rest),
            _ => (false, rest),
        };
        let (kind, rest) = split(rest);
        let kind = Kind::ALL
            .into_iter()
            .find(|it| it.folder().as_bytes() == kind)?;
        let (name, below) = split(rest);
        let member = Member {
            base,
            is_inner,
            kind,
            name: name.to_vec(),
        };
        (member.is_known() && (below.is_empty() || member.may_be_dir())).then_some((member, below))
    }

    /// Whether manifests beside it are ours.
    pub(crate) fn is_own(&self) -> bool {
        self.is_inner || self.base.is_own()
    }

    /// Where it is, in a cache directory.
    pub(super) fn place(&self, base: &Path) -> PathBuf {
        let base = layout::own_base(base, self.is_inner);
        base.join(self.kind.path_of(paths::from_bytes(&self.name)))
    }

    /// In this order nothing comes before what it needs.
    pub(super) fn order(&self) -> (u8, Base, bool, &[u8]) {
        let rank = match self.kind {
            Kind::Packages => 0,
            Kind::Builtins => 1,
            Kind::Entries => 2,
            Kind::Configurations => 3,
            Kind::Outputs => 4,
            Kind::Manifests => 5,
            Kind::Temporary => 6,
        };
        (rank, self.base, self.is_inner, &self.name)
    }

    /// Whether the name is one that is given to things of its kind.
    fn is_known(&self) -> bool {
        let name = paths::from_bytes(&self.name);
        let name = name.as_os_str();
        match self.kind {
            Kind::Entries | Kind::Outputs | Kind::Builtins | Kind::Configurations => {
                digest_of(name).is_some()
            }
            Kind::Manifests => manifests::key_of(name).is_some(),
            Kind::Packages => self.may_be_dir() || self.may_be_file(),
            Kind::Temporary => false,
        }
    }

    /// Whether something may lie below it. An entry or a manifest is a file in any case.
    pub(super) fn may_be_dir(&self) -> bool {
        match self.kind {
            Kind::Entries | Kind::Manifests => false,
            Kind::Outputs => !self.is_own(),
            Kind::Packages => self.package_form(true) == Some(PackageForm::Directory),
            _ => true,
        }
    }

    /// Whether it may be a file. A directory that is wanted and is one is there, and yet lacks all.
    pub(super) fn may_be_file(&self) -> bool {
        match self.kind {
            Kind::Outputs => self.is_own(),
            Kind::Packages => self.package_form(false) == Some(PackageForm::Archive),
            _ => true,
        }
    }

    /// What has the name of a package, if it is one.
    fn package_form(&self, is_dir: bool) -> Option<PackageForm> {
        let name = paths::from_bytes(&self.name);
        let (form, name) = package_name(name.as_os_str(), is_dir);
        (name == PackageName::Hash).then_some(form)
    }
}

/// A path below a thing as archives have it, whatever separates its parts here.
pub(super) fn with_slashes(below: &[u8]) -> Vec<u8> {
    below
        .iter()
        .map(|&byte| if is_separator(byte) { b'/' } else { byte })
        .collect()
}

/// The first part of a path, and what is behind it.
fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().position(|&byte| byte == b'/') {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (path, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        let digits = "0123456789abcdef0123456789abcdef";
        let hash = format!("foo-1.0.0-{}", "A".repeat(44));
        for (path, kind, below) in [
            (format!("zig-local/z/{digits}"), Kind::Entries, ""),
            (format!("zig-global/h/{digits}.txt"), Kind::Manifests, ""),
            (format!("zig-global/h/{digits}"), Kind::Manifests, ""),
            (
                format!("zig-local/zirc/h/{digits}.txt"),
                Kind::Manifests,
                "",
            ),
            (format!("zirc-local/o/{digits}"), Kind::Outputs, ""),
            (format!("zig-local/o/{digits}/a/b"), Kind::Outputs, "a/b"),
            (format!("zig-local/c/{digits}"), Kind::Configurations, ""),
            (format!("zig-global/p/{hash}.tar.gz"), Kind::Packages, ""),
            (format!("zig-global/p/{hash}/x"), Kind::Packages, "x"),
        ] {
            let (member, found) = Member::parse(path.as_bytes()).unwrap();
            assert_eq!((member.kind, found), (kind, below.as_bytes()), "{path}");
            let whole = [&member.path()[..], found].join(&b'/');
            let whole = whole.strip_suffix(b"/").unwrap_or(&whole);
            assert_eq!(whole, path.as_bytes());
        }
    }

    #[test]
    fn what_is_no_name_of_ours() {
        let digits = "0123456789abcdef0123456789abcdef";
        for path in [
            String::new(),
            "zig-local".to_owned(),
            "zig-local/o".to_owned(),
            format!("/zig-local/o/{digits}/x"),
            format!("zig-local/o/{digits}/../../../x"),
            format!("zig-local/o/{digits}/./x"),
            format!("zig-local/o/{digits}//x"),
            format!("zig-local/o/{digits}/x\0"),
            format!("../zig-local/o/{digits}"),
            format!("zig-local/../o/{digits}"),
            format!("zig-local/x/{digits}"),
            format!("zig-local/tmp/{digits}"),
            format!("zig-local/zirc/zirc/o/{digits}"),
            format!("zig-other/o/{digits}"),
            "zig-local/o/name".to_owned(),
            "zig-local/h/timestamp".to_owned(),
            format!("zig-local/z/{digits}/x"),
            format!("zig-local/h/{digits}.txt/x"),
            format!("zirc-local/o/{digits}/x"),
            "zig-global/p/sources".to_owned(),
        ] {
            assert!(Member::parse(path.as_bytes()).is_none(), "{path:?}");
        }
    }
}
