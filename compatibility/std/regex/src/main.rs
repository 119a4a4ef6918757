//! Regular expressions.

use regex::Regex;

#[mirage_rt::unikernel]
fn main() -> Result<(), regex::Error> {
    let date = Regex::new(r"(?<year>\d{4})-(\d\d)-(\d\d)")?;
    let found = date.captures("on 2026-11-29.").expect("a date");
    assert_eq!(&found["year"], "2026");
    Ok(())
}
