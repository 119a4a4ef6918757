use super::*;
use std::os::unix::{ffi::OsStrExt, fs::symlink, net::UnixListener};
use tempfile::TempDir;

/// A package with `files/a/b.txt` and `files/index.html`, and `secret` beside them.
fn package() -> TempDir {
    let package = tempfile::tempdir().expect("a directory");
    let files = package.path().join("files");
    fs::create_dir_all(files.join("a")).expect("a directory");
    fs::write(files.join("a/b.txt"), "12345").expect("a file");
    fs::write(files.join("index.html"), "<p>").expect("a file");
    fs::write(package.path().join("secret"), "").expect("a file");
    package
}

fn entry_error(package: &TempDir) -> (String, EntryError) {
    match read_in(package.path(), "files/") {
        Err(DiagnosticKind::RootEntry(path, error)) => (path, error),
        other => panic!("{other:?}"),
    }
}

#[test]
fn entries_are_sorted_and_together() {
    let package = package();
    let files = read_in(package.path(), "./files/").expect("files");
    let summary = Root {
        path: "./files/".into(),
        files: 2,
        bytes: 8,
    };
    assert_eq!(files.root(), summary);
    let names: Vec<_> = files.nodes.iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names, ["", "a", "dev", "index.html", "tmp", "b.txt"]);
    let directory = |first, end| Contents::Directory { first, end };
    assert_eq!(files.nodes[0].contents, directory(1, 5));
    assert_eq!(files.nodes[1].contents, directory(5, 6));
    assert_eq!(files.nodes[5].parent, 1);
    let contents = Contents::File {
        path: "./files/a/b.txt".into(),
        length: 5,
    };
    assert_eq!(files.nodes[5].contents, contents);
}

#[test]
fn the_directory_is_within_the_package() {
    let package = package();
    symlink("/usr", package.path().join("outside")).expect("a link");
    for path in [
        "",
        ".",
        "./",
        "/files",
        "../files",
        "files/../../x",
        "files/..",
        "outside",
    ] {
        let expected = DiagnosticKind::RootPath(path.into());
        assert_eq!(read_in(package.path(), path), Err(expected), "{path}");
    }
    for (path, reason) in [
        ("file", "it does not exist"),
        ("secret", "it is not a directory"),
        ("secret/a", "it is not a directory"),
    ] {
        let expected = DiagnosticKind::NoRoot(path.into(), reason.into());
        assert_eq!(read_in(package.path(), path), Err(expected), "{path}");
    }
}

#[test]
fn links_within_the_directory_are_followed() {
    let package = package();
    let files = package.path().join("files");
    symlink("a/b.txt", files.join("link")).expect("a link");
    symlink("a", files.join("z")).expect("a link");
    symlink("../index.html", files.join("a/up")).expect("a link");
    let files = read_in(package.path(), "files").expect("files");
    // `a/b.txt`, `a/up`, `index.html`, `link`, `z/b.txt`, `z/up`
    assert_eq!((files.root().files, files.root().bytes), (6, 24));
}

#[test]
fn links_that_leave_the_directory_are_refused() {
    for (target, expected) in [
        ("../secret", EntryError::LinkLeaves),
        ("/etc/passwd", EntryError::LinkLeaves),
        ("..", EntryError::LinkLeaves),
        ("missing", EntryError::LinkDangles),
        ("link", EntryError::LinkDangles),
        (".", EntryError::LinkToParent),
    ] {
        let package = package();
        symlink(target, package.path().join("files/link")).expect("a link");
        let error = entry_error(&package);
        assert_eq!(error, ("files/link".into(), expected), "{target}");
    }
}

#[test]
fn entries_that_are_no_files_are_refused() {
    let package = package();
    let socket = package.path().join("files/socket");
    let _listener = UnixListener::bind(&socket).expect("a socket");
    assert_eq!(
        entry_error(&package),
        ("files/socket".into(), EntryError::Special)
    );
    fs::remove_file(socket).expect("the socket");
    fs::write(package.path().join("files/tmp"), "").expect("a file");
    assert_eq!(
        entry_error(&package),
        ("files/tmp".into(), EntryError::MountPoint)
    );
    fs::remove_file(package.path().join("files/tmp")).expect("the file");
    let name = std::ffi::OsStr::from_bytes(b"a\xff");
    fs::write(package.path().join("files").join(name), "").expect("a file");
    assert_eq!(
        entry_error(&package),
        ("files/a\u{fffd}".into(), EntryError::NotUtf8)
    );
}
