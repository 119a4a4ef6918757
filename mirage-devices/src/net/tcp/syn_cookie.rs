//! SYN cookies (RFC 4987, section 3.6): a half-open connection in the sequence number of the SYN|ACK,
//! and, if there are timestamps, in the low bits of its timestamp.

use super::{flow::Flow, secret::Secrets, seq::SeqNumber, syn_queue::PeerSyn};
use crate::time::Instant;

/// Segment sizes that a cookie can carry. The largest one that the peer's is not below is taken.
const SEGMENT_SIZES: [u16; 8] = [216, 536, 1024, 1220, 1360, 1440, 1460, 8960];

/// Bits of the cookie that authenticate it.
const TAG_BITS: u32 = 24;
/// Bits of the timestamp that carry options.
const OPTION_BITS: u32 = 5;
/// The window scale "none".
const NO_SCALE: u32 = 15;

/// Cookies are valid in the minute in which they were made and in the next one.
const MINUTES_VALID: u32 = 2;

fn minute(now: Instant) -> u32 {
    (now.as_nanos() / 64_000_000_000) as u32
}

/// Returns the tag of a cookie, and the offset of the timestamps of its connection: two parts of one hash.
fn tag(secrets: &Secrets, flow: &Flow, irs: SeqNumber, minute: u32, size: u32) -> (u32, u32) {
    let word = u64::from(irs.0) << 32 | u64::from(minute) << 3 | u64::from(size);
    let hash = secrets.cookies.hash_flow(flow, word);
    ((hash >> (64 - TAG_BITS)) as u32, hash as u32)
}

/// The sequence number of the SYN|ACK that answers `offer`, and the offset of its timestamps.
pub fn make(secrets: &Secrets, flow: &Flow, peer_syn: &PeerSyn, now: Instant) -> (SeqNumber, u32) {
    let fits = SEGMENT_SIZES.partition_point(|size| *size <= peer_syn.mss);
    let size = fits.saturating_sub(1) as u32;
    let minute = minute(now);
    let (tag, offset) = tag(secrets, flow, peer_syn.irs, minute, size);
    let cookie = SeqNumber((minute % 32) << 27 | size << TAG_BITS | tag);
    (cookie, offset)
}

/// A timestamp, not later than `clock`, whose low bits carry the options of `offer`.
pub fn timestamp(peer_syn: &PeerSyn, clock: u32) -> u32 {
    let scale = peer_syn.window_scale.map_or(NO_SCALE, u32::from);
    let options = scale | u32::from(peer_syn.sack) << 4;
    let timestamp = clock >> OPTION_BITS << OPTION_BITS | options;
    if timestamp > clock {
        timestamp.wrapping_sub(1 << OPTION_BITS)
    } else {
        timestamp
    }
}

/// Decodes the cookie in an acknowledgment. Returns the options of the peer's SYN and the offset of our
/// timestamps, or `None` if the cookie is not ours.
///
/// `ack` and `seq` are those of the segment, `timestamps` its TSval and TSecr.
pub fn open(
    secrets: &Secrets,
    flow: &Flow,
    seq: SeqNumber,
    ack: SeqNumber,
    window: u16,
    timestamps: Option<(u32, u32)>,
    now: Instant,
) -> Option<(PeerSyn, u32)> {
    let cookie = (ack - 1).0;
    let irs = seq - 1;
    let present = minute(now);
    let age = present.wrapping_sub(cookie >> 27) % 32;
    if age >= MINUTES_VALID {
        return None;
    }
    let size = cookie >> TAG_BITS & 7;
    let made = present.wrapping_sub(age);
    let (tag, offset) = tag(secrets, flow, irs, made, size);
    if tag != cookie & ((1 << TAG_BITS) - 1) {
        return None;
    }
    let options = timestamps.map_or(NO_SCALE, |(_, echo)| echo);
    let scale = options & 15;
    let peer_syn = PeerSyn {
        irs,
        window,
        mss: SEGMENT_SIZES[size as usize],
        window_scale: (scale != NO_SCALE).then_some(scale as u8),
        sack: timestamps.is_some() && options & 16 != 0,
        timestamp: timestamps.map(|(value, _)| value),
        ecn: false,
    };
    Some((peer_syn, offset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{net::tcp::flow::LocalAddress, random::Random};
    use core::{net::Ipv4Addr, time::Duration};
    use proptest::prelude::*;

    const FLOW: Flow = Flow {
        remote: crate::net::ip::Address::UNSPECIFIED,
        remote_port: 4000,
        local_port: 80,
        local: LocalAddress(0),
    };

    fn secrets() -> Secrets {
        Secrets::new(&mut Random::from_seed([1; 32]))
    }

    proptest! {
        #[test]
        fn a_cookie_carries_the_offer(
            irs: u32, mss in 216..9000u16, scale in 0..=14u8, sack: bool, clock: u32, seconds in 0..100_000u64,
        ) {
            let secrets = secrets();
            let peer_syn = PeerSyn {
                irs: SeqNumber(irs), window: 1000, mss,
                window_scale: Some(scale), sack, timestamp: Some(77), ecn: false,
            };
            let now = Instant::BOOT + Duration::from_secs(seconds);
            let (cookie, offset) = make(&secrets, &FLOW, &peer_syn, now);
            let sent = timestamp(&peer_syn, clock);
            prop_assert!(clock.wrapping_sub(sent) < 64);
            let (opened, same_offset) = open(
                &secrets, &FLOW, SeqNumber(irs) + 1, cookie + 1, 1000, Some((77, sent)),
                now + Duration::from_secs(60),
            ).expect("it is ours and not old");
            prop_assert_eq!(same_offset, offset);
            prop_assert!(opened.mss <= mss);
            prop_assert_eq!(PeerSyn { mss, ..opened }, peer_syn);
            let late = now + Duration::from_secs(130);
            prop_assert_eq!(open(&secrets, &FLOW, SeqNumber(irs) + 1, cookie + 1, 1000, None, late), None);
        }
    }

    #[test]
    fn a_guess_is_hardly_ever_right() {
        let secrets = secrets();
        let flow = Flow {
            remote: Ipv4Addr::new(10, 0, 0, 1).into(),
            ..FLOW
        };
        let now = Instant::BOOT;
        let right = (0..1_000_000u32)
            .filter(|guess| {
                let ack = SeqNumber(guess.wrapping_mul(2_654_435_761) & 0x07ff_ffff);
                open(&secrets, &flow, SeqNumber(5), ack, 0, None, now).is_some()
            })
            .count();
        assert!(right < 5, "{right}");
    }
}
