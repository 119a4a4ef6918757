//! The application in virtual time, with its disk.

use mirage_rt::{
    io::{Read, Write},
    test::{Application, Storage, World, run},
};

/// Orders once.
async fn order(orders: &Application, number: u8) -> String {
    let client = orders.network("lan").host(&format!("10.9.0.{number}"));
    let front = ([10, 9, 0, 99], 80).into();
    let mut stream = client.network().connect(front).await.expect("a connection");
    stream.write_all(b"order").await.expect("it is sent");
    let mut answer = [0; 64];
    let count = stream.read(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer[..count]).into_owned()
}

fn orders(world: &World) -> Application {
    world.application(&orders_plan::PLAN)
}

#[test]
fn a_disk_outlives_power_cuts() {
    run(async |world| {
        let orders = orders(&world);
        let mut store = orders.boot::<orders_store::main>();
        let _front = orders.boot::<orders_front::main>();
        assert_eq!(order(&orders, 1).await, "order 1\n");
        store.cut();
        store.reboot();
        assert_eq!(order(&orders, 2).await, "order 2\n");
    });
}

#[test]
fn a_test_gives_a_unikernel_its_disk() {
    let disk = Storage::new("4KiB");
    for expected in ["order 1\n", "order 2\n"] {
        let disk = disk.clone();
        run(async move |world| {
            let orders = orders(&world);
            orders.insert_disk("store", "count", disk);
            // A handle that is dropped stops nothing.
            drop(orders.boot::<orders_store::main>());
            drop(orders.boot::<orders_front::main>());
            assert_eq!(order(&orders, 1).await, expected);
        });
    }
}

#[test]
#[should_panic(expected = "`orders` has no network `wan`")]
fn a_network_that_is_not_in_the_plan_is_named() {
    run(async |world| {
        orders(&world).network("wan");
    });
}
