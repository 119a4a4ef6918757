//! Neighbours: which MAC address a host on the link has, by ARP (RFC 826) or neighbour
//! discovery with the states of RFC 4861, section 7.3.2, and the claims of this host's own addresses (RFC
//! 5227, RFC 4862).

mod address;
mod arp;
mod arp_input;
mod cache;
mod claim;
mod detection;
mod entries;
mod ndp;
mod ndp_input;
mod next_hop;
mod pending;
mod router;
#[cfg(test)]
mod tests;

pub use address::{NeighbourAddress, Solicitation};
pub use arp::{Arp, MacAddress, Operation};
pub use cache::NeighbourCache;
pub use claim::{Claim, ClaimStatus, Claiming, Conflict, Defence};
pub use detection::Detection;
pub(super) use ndp::{
    ADVERTISEMENT, ALL_NODES, ROUTER_ADVERTISEMENT, SOLICITATION, group_mac, is_of_no_router,
    solicited_node,
};
pub use ndp::{Discovery, Received};
pub use ndp_input::Question;
pub use next_hop::NextHop;
pub(super) use pending::MAX_BYTES as PENDING_MEMORY;
pub use router::{
    PrefixInformation, RouterAdvertisement, RouterOption, RouterPreference, solicit_routers,
};
