//! Programs that `#[unikernel]` accepts and rejects; see `tests/`.
