//! Errors with context.

use anyhow::{Context, Result};

#[mirage_rt::unikernel]
fn main() -> Result<()> {
    let missing = std::fs::read("/missing").context("reading a file");
    assert_eq!(missing.unwrap_err().to_string(), "reading a file");
    Ok(())
}
