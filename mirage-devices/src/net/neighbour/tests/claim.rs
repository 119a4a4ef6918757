//! Claims of addresses (RFC 5227).

use super::*;
use crate::net::neighbour::{Claim, Conflict, Defence};

fn claim(defence: Defence) -> Claim {
    Claim::probe(START, LOCAL, MAC, defence, random())
}

/// Lets time pass until `end`; returns when which frames were sent.
fn run(claim: &mut Claim, end: Instant) -> Vec<(Instant, Arp)> {
    let mut sent = Vec::new();
    while let Some(now) = claim.next_deadline().filter(|next| *next <= end) {
        let mut link = Recorder::with_room(1);
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
    let mut claim = claim(Defence::Once);
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
    let mut claim = claim(Defence::Once);
    while let Some(deadline) = claim.next_deadline()
        && run(&mut claim, deadline)[0].1.sender.is_unspecified()
    {
        assert!(!claim.is_usable());
    }
    assert!(claim.is_usable());
    let mut at_once = Claim::announce(START, LOCAL, MAC, Defence::Once, random());
    assert!(at_once.is_usable());
    assert_eq!(run(&mut at_once, after(100_000)).len(), 2);
}

#[test]
fn an_address_in_use_or_probed_by_another_is_not_taken() {
    let used = Arp {
        sender: LOCAL,
        ..reply(1)
    };
    let probed = Arp::request(mac_of(1), Ipv4Addr::UNSPECIFIED, LOCAL);
    for arp in [used, probed] {
        let mut claim = claim(Defence::Always);
        run(&mut claim, after(2000));
        let mut link = Recorder::with_room(1);
        assert_eq!(
            claim.input(after(2000), &arp, &mut link),
            Some(Conflict::Lost)
        );
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
        assert_eq!(claim(Defence::Once).input(START, &arp, &mut link), None);
    }
    assert!(link.frames.is_empty());
}

#[test]
fn an_address_is_defended_once_and_given_up_at_the_second_conflict() {
    let mut claim = Claim::announce(START, LOCAL, MAC, Defence::Once, random());
    run(&mut claim, after(5000));
    let thief = Arp {
        sender: LOCAL,
        ..reply(1)
    };
    let mut link = Recorder::with_room(9);
    for (milliseconds, conflict, sent) in [
        (10_000, Conflict::Defended, 1),
        (21_000, Conflict::Defended, 2),
        (30_999, Conflict::Lost, 2),
    ] {
        let result = claim.input(after(milliseconds), &thief, &mut link);
        assert_eq!((result, link.frames.len()), (Some(conflict), sent));
    }
    assert!(!claim.is_usable());
}

#[test]
fn a_configured_address_is_defended_every_ten_seconds() {
    let mut claim = Claim::announce(START, LOCAL, MAC, Defence::Always, random());
    let thief = Arp {
        sender: LOCAL,
        ..reply(1)
    };
    let mut link = Recorder::with_room(99);
    for second in 0..60 {
        let result = claim.input(after(second * 1000), &thief, &mut link);
        assert_eq!(result, Some(Conflict::Defended));
    }
    assert_eq!(link.frames.len(), 6);
    assert!(claim.is_usable());
}
