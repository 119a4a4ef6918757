//! Random numbers.

use rand::Rng;

#[mirage_rt::unikernel]
fn main() {
    let mut random = rand::rng();
    let numbers: Vec<u64> = (0..8).map(|_| random.random()).collect();
    assert!(numbers.windows(2).any(|pair| pair[0] != pair[1]));
    assert!((1..=6).contains(&random.random_range(1..=6)));
}
