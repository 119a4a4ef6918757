//! The world of tests, tested.

use super::*;
use crate::{
    device::{Device, Monotonic, StartError},
    graph::net::ServicePort,
    io::{Read, Write},
    net::{Error, Network, TcpListener, TcpStream},
    random::Rng,
    spawn,
    time::{Clock, Duration, Instant, timeout},
    yield_now,
};
use alloc::{vec, vec::Vec};
use core::{
    cell::RefCell,
    future::pending,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
};
use mirage_devices::net::TcpLimits;
use std::rc::Rc;

const SERVER: SocketAddr = SocketAddr::new(
    core::net::IpAddr::V4(core::net::Ipv4Addr::new(10, 0, 0, 2)),
    80,
);

async fn echo(listener: TcpListener) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        spawn(async move {
            let mut buffer = [0; 1000];
            while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                let _ = stream.write_all(&buffer[..length]).await;
            }
        });
    }
}

/// A client's connection to an echo on the same link.
async fn connected(world: &World) -> Result<TcpStream, Error> {
    let (server, client) = (world.host("10.0.0.2/24"), world.host("10.0.0.1"));
    spawn(echo(server.listen(80)));
    client.network().connect(SERVER).await
}

/// Bytes that have come back.
async fn there_and_back(stream: &mut TcpStream, count: usize) -> usize {
    let sent: Vec<u8> = (0..count).map(|byte| (byte % 251) as u8).collect();
    let mut received = vec![0; count];
    for (sent, received) in sent.chunks(1000).zip(received.chunks_mut(1000)) {
        stream.write_all(sent).await.unwrap();
        stream.read_exact(received).await.unwrap();
    }
    assert!(sent == received);
    received.len()
}

#[test]
fn hosts_on_a_link_talk() {
    let (count, peer) = run(async |world| {
        let mut stream = connected(&world).await.unwrap();
        (
            there_and_back(&mut stream, 50_000).await,
            stream.peer_addr(),
        )
    });
    assert_eq!((count, peer), (50_000, SERVER));
}

#[test]
fn datagrams_reach_the_host_that_they_are_for() {
    run(async |world| {
        let [one, two, three] = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map(|it| world.host(it));
        let (to_two, to_three) = (two.bind_udp(53), three.bind_udp(53));
        let socket = one.network().open_udp().unwrap();
        for (last, text) in [(2, b"two"), (3, b"333")] {
            let peer = ([10, 0, 0, last], 53).into();
            socket.send_to(text, peer).await.unwrap();
        }
        let mut buffer = [0; 8];
        let (length, peer) = to_three.recv_from(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..length], b"333");
        assert_eq!(peer, ([10, 0, 0, 1], socket.port()).into());
        let (length, _) = to_two.recv_from(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..length], b"two");
        let more = timeout(Duration::from_secs(60), to_two.recv_from(&mut buffer));
        assert!(more.await.is_err());
    });
}

#[test]
fn nothing_goes_from_one_link_to_another() {
    run(async |world| {
        let here = world.host("10.0.0.1");
        let _there = world.new_link().host("10.0.0.2").listen(80);
        let attempt = here.network().connect(SERVER).await;
        assert_eq!(attempt.err(), Some(Error::HostUnreachable));
    });
}

/// As a unikernel of two interfaces is wired.
#[test]
fn a_service_of_two_networks_is_reached_through_both() {
    run(async |world| {
        let other = world.new_link();
        let networks = [world.host("10.0.0.2"), other.host("10.1.0.2")].map(|it| it.network());
        let service = ServicePort::at(53).wire(networks);
        let service = world.start(service).await.unwrap();
        spawn(echo(service.tcp));
        spawn(async move {
            let mut buffer = [0; 8];
            loop {
                let (length, peer) = service.udp.recv_from(&mut buffer).await.unwrap();
                let _ = service.udp.send_to(&buffer[..length], peer).await;
            }
        });
        for (client, second) in [(world.host("10.0.0.1"), 0), (other.host("10.1.0.1"), 1)] {
            let peer = ([10, second, 0, 2], 53).into();
            let mut stream = client.network().connect(peer).await.unwrap();
            assert_eq!(there_and_back(&mut stream, 1000).await, 1000);
            let socket = client.network().open_udp().unwrap();
            socket.send_to(b"who?", peer).await.unwrap();
            assert_eq!(socket.recv_from(&mut [0; 8]).await, Ok((4, peer)));
        }
    });
}

#[test]
fn time_stands_still_until_everybody_waits() {
    run(async |_| {
        assert_eq!(Clock.now(), Instant::BOOT);
        for _ in 0..1000 {
            yield_now().await;
        }
        assert_eq!(Clock.now(), Instant::BOOT);
        let order = Rc::new(RefCell::new(Vec::new()));
        for hours in [3, 1, 2] {
            let order = order.clone();
            spawn(async move {
                Clock.sleep(Duration::from_secs(hours * 3600)).await;
                order.borrow_mut().push(hours);
            });
        }
        Clock.sleep(Duration::from_secs(24 * 3600)).await;
        assert_eq!(order.take(), [1, 2, 3]);
        assert_eq!(Clock.now() - Instant::BOOT, Duration::from_secs(24 * 3600));
        let date = alloc::format!("{}", Clock.wall().unwrap());
        assert_eq!(date, "2026-01-02T00:00:00.000Z");
    });
}

#[test]
#[should_panic(expected = "the test waits for what never comes")]
fn waiting_for_ever_is_a_failure() {
    run(async |_| pending::<()>().await);
}

#[test]
#[should_panic(expected = "the test does not end")]
fn spinning_is_a_failure() {
    run(async |_| {
        loop {
            yield_now().await;
        }
    });
}

#[test]
#[should_panic(expected = "the test does not end")]
fn waiting_for_ever_beside_a_clock_that_ticks_is_a_failure() {
    run(async |_| {
        spawn(async {
            loop {
                Clock.sleep(Duration::from_secs(1)).await;
            }
        });
        pending::<()>().await;
    });
}

#[test]
#[should_panic(expected = "no such luck")]
fn a_panic_of_a_task_is_a_failure() {
    run(async |_| {
        spawn(async { panic!("no such luck") });
        Clock.sleep(Duration::from_secs(1)).await;
    });
}

#[test]
fn what_a_test_leaves_behind_never_runs_again() {
    static TURNS: AtomicUsize = AtomicUsize::new(0);
    let leave = async |_: World| {
        spawn(async {
            loop {
                TURNS.fetch_add(1, Ordering::Relaxed);
                Clock.sleep(Duration::from_secs(1)).await;
            }
        });
        yield_now().await;
    };
    run(leave);
    assert_eq!(TURNS.load(Ordering::Relaxed), 1);
    run(async |_| Clock.sleep(Duration::from_secs(3600)).await);
    assert_eq!(TURNS.load(Ordering::Relaxed), 1);
}

#[test]
fn what_is_random_is_the_same_every_time() {
    let draw = || {
        run(async |world| {
            let port = world.host("10.0.0.1").network().open_udp().unwrap().port();
            (world.random().next_u64(), port)
        })
    };
    assert_eq!(draw(), draw());
}

#[test]
fn an_unplugged_cable_is_silence() {
    run(async |world| {
        world.link().set_loss(1.0);
        assert_eq!(connected(&world).await.err(), Some(Error::HostUnreachable));
        assert!(Clock.now() >= Instant::BOOT + Duration::from_secs(180));
    });
}

/// By the clock of the test.
fn seconds_over(prepare: impl Fn(&Link) + Send + 'static) -> Duration {
    run(async move |world| {
        prepare(world.link());
        let mut stream = connected(&world).await.unwrap();
        there_and_back(&mut stream, 100_000).await;
        Clock.now() - Instant::BOOT
    })
}

#[test]
fn a_bad_link_is_slow_and_delivers_all() {
    let good = seconds_over(|_| {});
    assert!(good < Duration::from_secs(2), "{good:?}");
    let lossy = seconds_over(|link| link.set_loss(0.1));
    assert!(lossy > 5 * good, "{lossy:?}");
    let reordering = seconds_over(|link| link.set_reordering(0.5));
    assert!(reordering > good, "{reordering:?}");
}

/// The announcement of the server's address, a SYN and its answer: three ways.
#[test]
fn a_frame_takes_its_time() {
    run(async |world| {
        world.link().set_latency(Duration::from_millis(150));
        connected(&world).await.unwrap();
        assert_eq!(Clock.now() - Instant::BOOT, Duration::from_millis(450));
    });
}

#[test]
fn a_device_of_the_users_own_is_started_as_in_a_unikernel() {
    struct Greeter(Network);

    impl Device for Greeter {
        type Output = Instant;

        async fn start(&mut self) -> Result<(), StartError> {
            Network::listen(core::slice::from_ref(&self.0), 80, TcpLimits::DEFAULT).map(drop)
        }

        fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
            Some(Clock.sleep(Duration::from_secs(1)))
        }

        fn provide(self) -> Instant {
            Monotonic::now(&Clock)
        }
    }

    run(async |world| {
        let greeter = Greeter(world.host("10.0.0.2/24").network());
        assert_eq!(world.start(greeter).await.unwrap(), Instant::BOOT);
        // A network runs already, and may be started like any device.
        let network = world.host("10.0.0.3/24").network();
        assert!(world.start(network).await.is_ok());
    });
}

#[test]
#[should_panic(expected = "`10.0.0.300` is not an IPv4 address")]
fn a_malformed_address_is_said() {
    run(async |world| drop(world.host("10.0.0.300")));
}

#[test]
#[should_panic(expected = "10.0.0.255 is the broadcast address of its network (/24)")]
fn an_address_of_no_host_is_said() {
    run(async |world| drop(world.host("10.0.0.255")));
}

#[test]
#[should_panic(expected = "the port is in use already")]
fn a_port_that_is_taken_is_said() {
    run(async |world| {
        let host = world.host("10.0.0.2/24");
        let _first = host.listen(80);
        host.listen(80);
    });
}

/// A property test runs very many worlds.
#[test]
fn a_world_takes_nothing_from_the_host_for_good() {
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = descriptors();
    for _ in 0..300 {
        run(async |world| drop(connected(&world).await));
    }
    // Other tests run beside this one.
    assert!(descriptors() < before + 100);
}
