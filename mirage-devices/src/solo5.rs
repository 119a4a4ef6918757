//! Devices of a Solo5 tender.
//!
//! The guest interface is that of Solo5 0.12 (`include/hvt_abi.h`, `include/spt_abi.h`).

pub mod block;
pub mod net;
pub mod ring;
