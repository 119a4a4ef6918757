//! Arguments are derived in the crate and in a test of it.

use renamed::Opts;
use rt::{Args, arguments::Args as _};

#[derive(Args)]
#[expect(dead_code, reason = "it is never read")]
struct Here {
    count: u8,
}

#[test]
fn arguments_are_derived() {
    let (there, here) = (&Opts::ARGUMENTS[0], &Here::ARGUMENTS[0]);
    assert_eq!(there.to_string(), "--times=TIMES");
    assert_eq!(here.to_string(), "--count=COUNT");
}
