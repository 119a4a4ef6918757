use super::*;
use crate::{
    device::Device,
    io::{Read, Write},
    net::TcpListener,
    random::Rng,
    spawn,
    test::{Storage, run},
    time::{Clock, Duration, Instant, sleep, timeout},
    yield_now,
};
use alloc::{string::ToString, vec, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    future::pending,
    net::SocketAddr,
};

type Notes = Rc<RefCell<Vec<&'static str>>>;

/// Notes that it is dropped.
struct Dropped(&'static str, Notes);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

/// Notes its stop.
struct Stops(Notes);

impl Device for Stops {
    type Output = ();

    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        let notes = self.0.clone();
        Some(async move { notes.borrow_mut().push("device stops") })
    }

    fn provide(self) {}
}

/// A `main` with a device and a task, which waits for ever or, if it asks, for shutdown.
async fn waiting(world: World, notes: Notes, asks: bool) -> Result<(), &'static str> {
    world.start(Stops(notes.clone())).await.unwrap();
    let task = Dropped("task is dropped", notes.clone());
    spawn(async move {
        let _task = task;
        pending::<()>().await;
    });
    let main = Dropped("main is dropped", notes);
    if !asks {
        return pending().await;
    }
    crate::shutdown().await;
    sleep(Duration::from_secs(1)).await;
    drop(main);
    Err("it fails on purpose")
}

#[test]
fn a_main_that_does_not_ask_is_dropped_where_it_waits() {
    run(async |world| {
        let notes = Notes::default();
        let inner = notes.clone();
        let mut unikernel =
            world.boot(async move |world| waiting(world, inner.clone(), false).await);
        sleep(Duration::from_secs(1)).await;
        unikernel.stop().await.unwrap();
        let expected = ["main is dropped", "device stops", "task is dropped"];
        assert_eq!(notes.take(), expected);
        assert_eq!(Clock.now() - Instant::BOOT, Duration::from_secs(1));
    });
}

#[test]
fn a_main_that_asks_ends_by_itself_with_its_own_outcome() {
    run(async |world| {
        let notes = Notes::default();
        let inner = notes.clone();
        let mut unikernel =
            world.boot(async move |world| waiting(world, inner.clone(), true).await);
        sleep(Duration::from_secs(1)).await;
        let failure = unikernel.stop().await.unwrap_err();
        assert_eq!(failure.to_string(), "it fails on purpose");
        let expected = ["main is dropped", "device stops", "task is dropped"];
        assert_eq!(notes.take(), expected);
        assert_eq!(Clock.now() - Instant::BOOT, Duration::from_secs(2));
    });
}

#[test]
fn a_main_that_asks_and_does_not_end_is_dropped_after_the_limit() {
    run(async |world| {
        let mut unikernel = world.boot(async |_| {
            crate::shutdown().await;
            pending::<()>().await;
        });
        yield_now().await;
        unikernel.stop().await.unwrap();
        assert_eq!(Clock.now() - Instant::BOOT, crate::SHUTDOWN_LIMIT);
    });
}

#[test]
fn one_unikernel_is_asked_and_not_another() {
    run(async |world| {
        let asked = Rc::new(Cell::new(0));
        let boot = || {
            let asked = asked.clone();
            world.boot(async move |_| {
                // As good in a task of its own.
                let asked = asked.clone();
                let task = spawn(async move {
                    crate::shutdown().await;
                    asked.set(asked.get() + 1);
                });
                task.await.unwrap();
            })
        };
        let (mut one, _other) = (boot(), boot());
        let of_the_test = spawn(crate::shutdown());
        yield_now().await;
        one.stop().await.unwrap();
        sleep(Duration::from_secs(10)).await;
        assert_eq!(asked.get(), 1);
        assert!(!of_the_test.is_finished());
    });
}

#[test]
fn a_main_that_returns_ends_all_of_its_unikernel() {
    run(async |world| {
        let ticks = Rc::new(Cell::new(0));
        let counter = ticks.clone();
        let mut unikernel = world.boot(async move |_| {
            let counter = counter.clone();
            spawn(async move {
                loop {
                    counter.set(counter.get() + 1);
                    sleep(Duration::from_secs(1)).await;
                }
            });
            sleep(Duration::from_millis(2500)).await;
        });
        unikernel.wait().await.unwrap();
        sleep(Duration::from_secs(10)).await;
        assert_eq!(ticks.get(), 3);
    });
}

const SERVER: SocketAddr = SocketAddr::new(
    core::net::IpAddr::V4(core::net::Ipv4Addr::new(10, 0, 0, 2)),
    80,
);

/// Answers each byte with the number of the boot.
async fn answer(listener: TcpListener, boot: u8) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        spawn(async move {
            while let Ok(1..) = stream.read(&mut [0]).await {
                let _ = stream.write_all(&[boot]).await;
            }
        });
    }
}

fn numbering(world: &World) -> Unikernel {
    let boots = Cell::new(0_u8);
    world.boot(async move |world| {
        boots.set(boots.get().wrapping_add(1));
        answer(world.host("10.0.0.2").listen(80), boots.get()).await;
    })
}

#[test]
fn a_machine_without_power_says_nothing_and_has_its_address_again_when_it_boots() {
    run(async |world| {
        let mut server = numbering(&world);
        let client = world.host("10.0.0.1").network();
        let mut answer = [0];
        let mut stream = client.connect(SERVER).await.unwrap();
        stream.write_all(b"?").await.unwrap();
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, [1]);
        server.cut();
        // Neither a FIN nor a RST: the connection is open for all that the client knows.
        let silence = timeout(Duration::from_secs(60), stream.read(&mut answer)).await;
        assert!(silence.is_err());
        server.reboot();
        let mut stream = client.connect(SERVER).await.unwrap();
        stream.write_all(b"?").await.unwrap();
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, [2]);
    });
}

#[test]
fn a_link_has_room_for_the_hosts_of_any_number_of_boots() {
    run(async |world| {
        let mut server = numbering(&world);
        for _ in 0..600 {
            yield_now().await;
            server.reboot();
        }
    });
}

#[test]
fn a_unikernel_may_cut_its_own_power() {
    run(async |world| {
        let handle = Rc::new(RefCell::new(None::<Unikernel>));
        let notes = Notes::default();
        let (own, inner) = (handle.clone(), notes.clone());
        let unikernel = world.boot(async move |_| {
            let _main = Dropped("main is dropped", inner.clone());
            yield_now().await;
            own.borrow_mut().as_mut().unwrap().cut();
            pending::<()>().await;
        });
        handle.replace(Some(unikernel));
        sleep(Duration::from_secs(1)).await;
        assert_eq!(notes.take(), ["main is dropped"]);
    });
}

#[test]
#[should_panic(expected = "the unikernel does not run")]
fn a_machine_without_power_cannot_be_stopped() {
    run(async |world| {
        let mut unikernel = world.boot(async |_| pending::<()>().await);
        unikernel.cut();
        let _ = unikernel.stop().await;
    });
}

#[test]
fn storage_is_there_in_the_next_world() {
    use crate::block::Block;
    let storage = Storage::new("64KiB");
    for boot in 1..4 {
        let disk = storage.clone();
        let count = run(async move |_| {
            let mut block = vec![0; 512];
            disk.disk().read(0, &mut block).await.unwrap();
            block[0] += 1;
            disk.disk().write(0, &block).await.unwrap();
            block[0]
        });
        assert_eq!(count, boot);
    }
}

#[test]
fn entropy_is_of_the_seed() {
    let draw = |seed| {
        crate::test::run_with_seed(seed, async |_| {
            let context = StartContext::default();
            context.random().unwrap().next_u64()
        })
    };
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
}

#[test]
fn a_main_that_never_returns_is_booted() {
    async fn forever() -> ! {
        loop {
            pending::<()>().await;
        }
    }
    run(async |world| {
        let mut unikernel = world.boot(async |_| forever().await);
        yield_now().await;
        unikernel.cut();
    });
}
