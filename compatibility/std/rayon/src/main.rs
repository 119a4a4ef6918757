//! A parallel sum.

use rayon::prelude::*;

#[mirage_rt::unikernel]
fn main() {
    let sum: u64 = (1..=100_000_u64)
        .into_par_iter()
        .map(|number| number * 2)
        .sum();
    assert_eq!(sum, 10_000_100_000);
}
