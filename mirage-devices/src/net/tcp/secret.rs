//! Secrets, and the keyed hashes made with them.
//!
//! What a peer can see (initial sequence numbers, cookies, ports, timestamps) is hashed with
//! SipHash-1-3. The flow table, whose hashes are not visible to peers, uses keyed multiplication,
//! which costs a fifth of that.

use super::flow::Flow;
use crate::net::sip_key::SipKey;
use rand_core::Rng;

impl SipKey {
    /// The hash of a flow and one more word.
    pub fn hash_flow(&self, flow: &Flow, word: u64) -> u64 {
        let [first, second, third] = flow.hash_input();
        self.hash([first, second, third, word])
    }
}

/// The key of the flow table: hashes by multiplication of pairs of words (NH, RFC 4418, section 5.2,
/// with words of 64 bits), which is almost universal.
#[derive(Clone, Copy)]
pub struct FlowKey([u64; 4]);

impl FlowKey {
    /// The hash of a flow.
    pub fn hash(&self, flow: &Flow) -> u32 {
        let [first, second, third] = flow.hash_input();
        let [a, b, c, d] = self.0;
        let sum =
            fold(first.wrapping_add(a), second.wrapping_add(b)) ^ fold(third.wrapping_add(c), d);
        (fold(sum.wrapping_add(c), a | 1) >> 16) as u32
    }
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The secrets of a transport.
#[derive(Clone, Copy)]
pub struct Secrets {
    /// Of the flow table.
    pub flows: FlowKey,
    /// Of initial sequence numbers (RFC 6528) and timestamps (RFC 7323, section 5.4).
    pub clocks: SipKey,
    /// Of SYN cookies.
    pub cookies: SipKey,
}

impl Secrets {
    /// Draws the secrets.
    pub fn new(random: &mut impl Rng) -> Self {
        Self {
            flows: FlowKey([
                random.next_u64(),
                random.next_u64(),
                random.next_u64(),
                random.next_u64(),
            ]),
            clocks: SipKey::new(random),
            cookies: SipKey::new(random),
        }
    }
}

impl core::fmt::Debug for Secrets {
    /// Does not reveal them.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secrets")
    }
}
