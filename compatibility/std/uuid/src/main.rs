//! Random identifiers, and identifiers by time.

use uuid::Uuid;

#[mirage_rt::unikernel]
fn main() {
    assert_ne!(Uuid::new_v4(), Uuid::new_v4());
    assert!(Uuid::now_v7().get_timestamp().is_some());
}
