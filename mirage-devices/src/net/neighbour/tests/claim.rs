//! Claims of addresses (RFC 5227).

use super::*;
use crate::net::neighbour::{Claim, ClaimStatus, Claiming, Conflict, Defence};

fn tentative(defence: Defence) -> Claim {
    Claim::new(START, LOCAL, MAC, (Claiming::Tentative, defence), random())
}

fn optimistic(defence: Defence) -> Claim {
    Claim::new(START, LOCAL, MAC, (Claiming::Optimistic, defence), random())
}

/// A frame of another host that has the address.
fn thief() -> Arp {
    Arp {
        sender: LOCAL,
        ..reply(1)
    }
}

/// Lets time pass until `end`; returns when which frames were sent.
fn run(claim: &mut Claim, end: Instant) -> Vec<(Instant, Arp)> {
    let mut sent = Vec::new();
    while let Some(now) = claim.next_deadline().filter(|next| *next <= end) {
        let mut link = Recorder::with_room(2);
        claim.expire(now, &mut link);
        for (frame, _) in link.frames {
            assert_eq!(destination(&frame), [0xff; 6]);
            sent.push((now, Arp::parse(&frame[14..]).unwrap()));
        }
    }
    sent
}

#[test]
fn an_address_is_probed_three_times_and_announced_twice() {
    let mut claim = tentative(Defence::Once);
    let sent = run(&mut claim, after(100_000));
    let probe = Arp::request(MAC, Ipv4Addr::UNSPECIFIED, LOCAL);
    let announcement = Arp::request(MAC, LOCAL, LOCAL);
    let arps: Vec<_> = sent.iter().map(|(_, arp)| *arp).collect();
    assert_eq!(arps, [probe, probe, probe, announcement, announcement]);
    let times: Vec<_> = sent.iter().map(|(time, _)| *time).collect();
    assert!(times[0] - START <= Duration::from_secs(1));
    for pair in times[..3].windows(2) {
        let between = (pair[1] - pair[0]).as_millis();
        assert!((1000..=2000).contains(&between), "{between}");
    }
    assert_eq!(times[3] - times[2], Duration::from_secs(2));
    assert_eq!(times[4] - times[3], Duration::from_secs(2));
    assert_eq!(claim.next_deadline(), None);
}

#[test]
fn an_address_is_not_used_before_it_is_announced() {
    let mut claim = tentative(Defence::Once);
    while let Some(deadline) = claim.next_deadline()
        && run(&mut claim, deadline)[0].1.sender.is_unspecified()
    {
        assert_eq!(claim.status(), ClaimStatus::Tentative);
        assert!(!claim.is_usable());
    }
    assert_eq!(claim.status(), ClaimStatus::Usable);
    assert!(claim.is_usable());
}

#[test]
fn an_optimistic_address_is_used_and_announced_at_once_and_probed_meanwhile() {
    let mut claim = optimistic(Defence::Once);
    assert!(claim.is_usable());
    let sent = run(&mut claim, after(100_000));
    let probe = Arp::request(MAC, Ipv4Addr::UNSPECIFIED, LOCAL);
    let announcement = Arp::request(MAC, LOCAL, LOCAL);
    let arps: Vec<_> = sent.iter().map(|(_, arp)| *arp).collect();
    assert_eq!(arps, [probe, announcement, probe, probe, announcement]);
    assert_eq!((sent[0].0, sent[1].0), (START, START));
    assert_eq!(sent[4].0 - sent[3].0, Duration::from_secs(2));
    assert_eq!(claim.status(), ClaimStatus::Usable);
    assert_eq!(claim.next_deadline(), None);
}

/// The other host had it before. What was configured for this host stays nevertheless.
#[test]
fn an_optimistic_address_in_use_is_given_up_if_it_is_leased() {
    let probed = Arp::request(mac_of(1), Ipv4Addr::UNSPECIFIED, LOCAL);
    for (defence, conflict, status, sent) in [
        (Defence::Once, Conflict::Lost, ClaimStatus::Lost, 0),
        (Defence::Always, Conflict::Defended, ClaimStatus::Usable, 1),
    ] {
        let mut claim = optimistic(defence);
        run(&mut claim, after(1000));
        let mut link = Recorder::with_room(9);
        // The cache answers that it is in use.
        assert_eq!(claim.input(after(1000), &probed, &mut link), None);
        let result = claim.input(after(1000), &thief(), &mut link);
        assert_eq!(result, Some(conflict));
        assert_eq!((claim.status(), link.frames.len()), (status, sent));
        assert_eq!(claim.is_usable(), status == ClaimStatus::Usable);
    }
}

#[test]
fn an_address_in_use_or_probed_by_another_is_not_taken() {
    let probed = Arp::request(mac_of(1), Ipv4Addr::UNSPECIFIED, LOCAL);
    for arp in [thief(), probed] {
        let mut claim = tentative(Defence::Always);
        run(&mut claim, after(2000));
        let mut link = Recorder::with_room(1);
        assert_eq!(
            claim.input(after(2000), &arp, &mut link),
            Some(Conflict::Lost)
        );
        assert_eq!(claim.status(), ClaimStatus::Lost);
        assert!(!claim.is_usable());
        assert!(run(&mut claim, after(100_000)).is_empty());
        assert!(link.frames.is_empty());
    }
}

#[test]
fn reflected_frames_and_questions_of_others_are_no_conflict() {
    let reflected = Arp::request(MAC, Ipv4Addr::UNSPECIFIED, LOCAL);
    let mut link = Recorder::with_room(1);
    for arp in [reflected, request(1, LOCAL), request(1, host(2)), reply(1)] {
        assert_eq!(tentative(Defence::Once).input(START, &arp, &mut link), None);
    }
    assert!(link.frames.is_empty());
}

#[test]
fn an_address_is_defended_once_and_given_up_at_the_second_conflict() {
    let mut claim = optimistic(Defence::Once);
    run(&mut claim, after(9000));
    let mut link = Recorder::with_room(9);
    for (milliseconds, conflict, sent) in [
        (10_000, Conflict::Defended, 1),
        (21_000, Conflict::Defended, 2),
        (30_999, Conflict::Lost, 2),
    ] {
        let result = claim.input(after(milliseconds), &thief(), &mut link);
        assert_eq!((result, link.frames.len()), (Some(conflict), sent));
    }
    assert!(!claim.is_usable());
}

#[test]
fn a_configured_address_is_defended_every_ten_seconds() {
    let mut claim = optimistic(Defence::Always);
    let mut link = Recorder::with_room(99);
    for second in 0..60 {
        let result = claim.input(after(second * 1000), &thief(), &mut link);
        let expected = match second % 10 {
            0 => Conflict::Defended,
            _ => Conflict::Repeated,
        };
        assert_eq!(result, Some(expected));
    }
    assert_eq!(link.frames.len(), 6);
    assert!(claim.is_usable());
}
