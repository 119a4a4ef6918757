//! Answers are forwarded, and cached until they expire.

use super::{
    lab::{Lab, Side},
    zone,
};
use crate::message::code;
use alloc::rc::Rc;
use mirage_rt::{
    spawn,
    test::run,
    time::{Clock, Duration, Instant},
};

#[test]
fn clients_on_both_interfaces_share_the_cache() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve_addresses(60);
        let here = lab.ask(Side::Wan, &zone::query(1, "example.org")).await;
        let there = lab.ask(Side::Lan, &zone::query(2, "EXAMPLE.org")).await;
        assert_eq!((here[1], there[1]), (1, 2));
        // Each reply repeats the spelling of its own question.
        assert!(here.windows(7).any(|name| name == b"example"));
        assert!(there.windows(7).any(|name| name == b"EXAMPLE"));
        assert_eq!(zone::ttls(&here), [60]);
        assert_eq!(lab.asked(), 1);
    });
}

#[test]
fn a_cached_answer_ages_and_expires() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve_addresses(60);
        let query = zone::query(1, "example.org");
        let arrival = Clock.now();
        lab.ask(Side::Lan, &query).await;
        Clock.sleep_until(arrival + Duration::from_secs(59)).await;
        assert_eq!(zone::ttls(&lab.ask(Side::Lan, &query).await), [2]);
        assert_eq!(lab.asked(), 1);
        Clock.sleep(Duration::from_secs(2)).await;
        assert_eq!(zone::ttls(&lab.ask(Side::Lan, &query).await), [60]);
        assert_eq!(lab.asked(), 2);
    });
}

#[test]
fn negative_answers_are_cached() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        let nothing = [zone::start_of_authority(900, 30)];
        lab.serve(move |query, _| [zone::answer(query, code::NO_SUCH_NAME, &nothing)].into());
        let query = zone::query(1, "no.example.org");
        for _ in 0..2 {
            let answer = lab.ask(Side::Lan, &query).await;
            assert_eq!(zone::code(&answer), code::NO_SUCH_NAME);
        }
        assert_eq!(lab.asked(), 1);
        Clock.sleep(Duration::from_secs(30)).await;
        lab.ask(Side::Lan, &query).await;
        assert_eq!(lab.asked(), 2);
    });
}

#[test]
fn concurrent_equal_queries_are_forwarded_once() {
    run(async |world| {
        let lab = Rc::new(Lab::new(&world).await);
        lab.wan().set_latency(Duration::from_millis(100));
        lab.serve_addresses(60);
        // The client resolves the forwarder with ARP first.
        lab.ask(Side::Lan, &zone::query(1, "example.net")).await;
        for _ in 0..50 {
            let lab = lab.clone();
            spawn(async move {
                let answer = lab.ask(Side::Lan, &zone::query(1, "example.org")).await;
                assert_eq!(zone::ttls(&answer), [60]);
            });
        }
        Clock.sleep(Duration::from_secs(5)).await;
        assert_eq!(lab.asked(), 2);
    });
}

#[test]
fn a_failure_of_the_upstream_is_cached() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve(|_, _| [].into());
        let query = zone::query(1, "example.org");
        let failure = lab.ask(Side::Wan, &query).await;
        assert_eq!(zone::code(&failure), code::SERVER_FAILURE);
        let waited = Clock.now() - Instant::BOOT;
        assert!(waited >= Duration::from_secs(3), "{waited:?}");
        assert_eq!(lab.asked(), 3);
        // A second client does not wait.
        let before = Clock.now();
        lab.ask(Side::Lan, &query).await;
        assert!(Clock.now() - before < Duration::from_secs(1));
        assert_eq!(lab.asked(), 3);
        Clock.sleep(Duration::from_secs(5)).await;
        lab.ask(Side::Lan, &query).await;
        assert_eq!(lab.asked(), 6);
    });
}

#[test]
fn lost_queries_to_the_upstream_are_retried() {
    run(async |world| {
        let lab = Lab::new(&world).await;
        lab.serve_addresses(60);
        lab.wan().set_loss(0.2);
        let mut answered = 0;
        for number in 0..50 {
            let query = zone::query(number, &alloc::format!("host{number}.example.org"));
            let answer = lab.ask(Side::Lan, &query).await;
            answered += u32::from(zone::code(&answer) == code::NO_ERROR);
        }
        // One attempt fails with probability 0.36, all three with 0.05.
        assert!(answered > 40, "{answered}");
        assert!(lab.asked() > 50);
    });
}
