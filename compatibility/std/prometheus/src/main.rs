//! Metrics in the text format.

use prometheus::{Encoder, IntCounter, TextEncoder};

#[mirage_rt::unikernel]
fn main() -> prometheus::Result<()> {
    let counter = IntCounter::new("requests", "requests served")?;
    prometheus::register(Box::new(counter.clone()))?;
    counter.inc_by(3);
    let mut text = Vec::new();
    TextEncoder::new().encode(&prometheus::gather(), &mut text)?;
    assert!(String::from_utf8_lossy(&text).contains("requests 3"));
    Ok(())
}
