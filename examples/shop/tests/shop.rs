//! The three unikernels as one application, in virtual time.

use mirage_rt::{
    io::{Read, Write},
    net::Error,
    random::Rng,
    test::{Application, Host, Unikernel, World, run, run_with_seed},
    time::{Duration, sleep, timeout},
};
use shop::{api, db, plan, web};

/// The application, and a client outside.
struct Shop {
    application: Application,
    client: Host,
    web: Unikernel,
    api: Unikernel,
    db: Unikernel,
}

impl Shop {
    fn boot(world: &World) -> Self {
        let application = world.application(&plan::PLAN);
        Self {
            client: application.network("front").host("10.0.0.1"),
            web: application.boot::<web::main>(),
            api: application.boot::<api::main>(),
            db: application.boot::<db::main>(),
            application,
        }
    }

    /// Sends a request and returns the answer's text.
    async fn ask(&self, line: &str) -> String {
        request(&self.client, line).await.expect("an answer").1
    }
}

/// Sends a request and returns the answer's status and text.
async fn request(client: &Host, line: &str) -> Result<(String, String), Error> {
    let web = ([10, 0, 0, 2], 80).into();
    let mut stream = client.network().connect(web).await?;
    let request = format!("{line} HTTP/1.1\r\nhost: shop\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    let mut part = [0; 256];
    loop {
        match stream.read(&mut part).await? {
            0 => break,
            count => answer.extend_from_slice(&part[..count]),
        }
    }
    let answer = String::from_utf8(answer).expect("text");
    let (head, text) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).expect("a status");
    Ok((status.into(), text.trim_end().into()))
}

#[test]
fn a_request_goes_through_all_three() {
    run(async |world| {
        let shop = Shop::boot(&world);
        assert_eq!(shop.ask("GET /apple").await, "3 in stock");
        assert_eq!(shop.ask("GET /kiwi").await, "there is no kiwi");
        assert_eq!(shop.ask("POST /pear").await, "sold, 0 left");
        assert_eq!(shop.ask("POST /pear").await, "no pear is left");
    });
}

#[test]
fn what_is_no_request_is_refused() {
    run(async |world| {
        let shop = Shop::boot(&world);
        for line in ["PUT /apple", "\u{1}"] {
            let (status, _) = request(&shop.client, line).await.expect("an answer");
            assert_eq!(status, "400", "{line}");
        }
    });
}

#[test]
fn strangers_are_refused() {
    run(async |world| {
        let shop = Shop::boot(&world);
        let stranger = shop.application.network("back").host("10.0.1.9");
        for (address, port) in [([10, 0, 1, 3], 7000), ([10, 0, 1, 4], 5432)] {
            let network = stranger.network();
            let connecting = network.connect((address, port).into());
            let connected = timeout(Duration::from_secs(30), connecting).await;
            assert!(connected.is_err(), "{address:?} has answered");
        }
        assert_eq!(shop.ask("GET /apple").await, "3 in stock");
    });
}

#[test]
fn a_power_cut_of_one_is_survived() {
    run(async |world| {
        let mut shop = Shop::boot(&world);
        assert_eq!(shop.ask("GET /apple").await, "3 in stock");
        shop.api.cut();
        let (status, _) = request(&shop.client, "GET /apple")
            .await
            .expect("an answer");
        assert_eq!(status, "502");
        shop.api.reboot();
        assert_eq!(shop.ask("GET /apple").await, "3 in stock");
        shop.db.cut();
        let answer = shop.ask("GET /apple").await;
        assert!(answer.contains("does not answer"), "{answer}");
        shop.db.reboot();
        assert_eq!(shop.ask("GET /pear").await, "1 in stock");
        shop.web.stop().await.expect("`main` does not fail");
    });
}

#[test]
fn a_partition_is_survived() {
    run(async |world| {
        let shop = Shop::boot(&world);
        let back = shop.application.network("back");
        back.set_loss(1.0);
        let (status, _) = request(&shop.client, "GET /apple")
            .await
            .expect("an answer");
        assert_eq!(status, "502");
        back.set_loss(0.0);
        assert_eq!(shop.ask("GET /apple").await, "3 in stock");
    });
}

/// On bad networks, and with a database that loses power at some time, each answer is a right one.
#[test]
fn whatever_happens_no_answer_is_wrong() {
    for seed in 0..SEEDS {
        run_with_seed(seed, async |world| {
            let mut shop = Shop::boot(&world);
            let mut random = world.random();
            let mut share = |most: u32| f64::from(random.next_u32() % most) / 100.0;
            for network in ["front", "back"] {
                let network = shop.application.network(network);
                network.set_loss(share(15));
                network.set_reordering(share(15));
            }
            let until_cut = Duration::from_millis(world.random().next_u64() % 2000);
            let requests = async {
                let mut answers: Vec<(String, String)> = Vec::new();
                for line in ["GET /apple", "POST /apple", "GET /apple"] {
                    answers.extend(request(&shop.client, line).await);
                }
                answers
            };
            let cut = async {
                sleep(until_cut).await;
                shop.db.reboot();
            };
            let (answers, ()) = mirage_rt::join!(requests, cut);
            for (status, text) in answers {
                match status.as_str() {
                    "200" => assert!(is_right(&text), "{text}"),
                    status => assert_eq!(status, "502", "{text}"),
                }
            }
        });
    }
}

/// How many seeds are tried. Each takes some milliseconds.
const SEEDS: u64 = 1000;

fn is_right(text: &str) -> bool {
    let pieces = text.strip_suffix(" in stock");
    let pieces = pieces.or_else(|| text.strip_prefix("sold, ")?.strip_suffix(" left"));
    let is_number = pieces.is_some_and(|pieces| ["2", "3"].contains(&pieces));
    is_number || text.starts_with("the database does not answer")
}
