//! A command line.

use clap::Parser;

#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value_t = 7)]
    number: u32,
}

#[mirage_rt::unikernel]
fn main() {
    assert_eq!(Arguments::parse().number, 7);
    assert_eq!(
        Arguments::parse_from(["program", "--number", "9"]).number,
        9
    );
}
