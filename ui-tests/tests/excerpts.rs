//! The book's excerpts from the examples match the sources.

use std::{fs, path::Path};

/// Starts an excerpt from the file of the last link into the examples.
const EXCERPT: &str = "```rs";

#[test]
fn excerpts_match_the_examples() {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src");
    let mut count = 0;
    for page in fs::read_dir(&book).expect("the book") {
        let page = page.expect("a page").path();
        if page.is_file() {
            let text = fs::read_to_string(&page).expect("text");
            count += check_excerpts(&book, &text);
        }
    }
    assert!(count > 5, "{count} excerpts are checked");
}

/// Checks the excerpts of a page and returns their number.
fn check_excerpts(book: &Path, page: &str) -> usize {
    let (mut file, mut excerpt, mut count) = (None, None::<String>, 0);
    for line in page.lines() {
        if let Some(text) = &mut excerpt {
            if line != "```" {
                text.push_str(line);
                text.push('\n');
                continue;
            }
            let file: &String = file.as_ref().expect("a link before the first excerpt");
            let source = fs::read_to_string(book.join(file)).expect("the file that is linked to");
            assert!(source.contains(text.as_str()), "not in {file}:\n{text}");
            excerpt = None;
            count += 1;
        } else if line == EXCERPT {
            excerpt = Some(String::new());
        } else if let Some((_, link)) = line.split_once("](../../examples/")
            && let Some((path, _)) = link.split_once(')')
        {
            file = Some(format!("../../examples/{path}"));
        }
    }
    count
}
