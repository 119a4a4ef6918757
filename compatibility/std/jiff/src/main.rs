//! The date, and a time zone from the crate's own database.

use jiff::{Timestamp, tz::TimeZone};

#[mirage_rt::unikernel]
fn main() -> Result<(), jiff::Error> {
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    assert!(now.year() >= 2025, "{now}");
    Ok(())
}
