//! Files and modules.

super::row::rows! {
    "unable-to-load" "\
The file could not be read, and the end of the message says why: `FileNotFound` where there is none (look at the path, which \
is relative to the importing file, and at capitals), `AccessDenied` where it may not be read, `IsDir` where it is a directory. \
A name without .zig or .zon is that of a module and not of a file. From 0.17 on the names are in double quotes.";

    "file-in-several-modules" "\
Two modules reach the same file by path, and a file belongs to one only. The notes show how each gets to it. Let one of them \
have the file, and let the other import that module by name; in build.zig `addImport` gives it the name.";

    "import-outside-module" "\
The path leads out of the directory of the module's root file, where a module ends. Make what lies there a module and import \
it by name, or move the root file so that both are below its directory.";

    "unresolved-import" "\
zirc says so where an import leads to no file that it could check; Zig has other words for it, or finds out later. An unknown \
name is a module that was not given (`--dep` and `-M`, or a build.zig that declares it), a path may lead out of the module, `std` \
is missing where no Zig is found, and a generated file is there only when the step that makes it has run.";
}
