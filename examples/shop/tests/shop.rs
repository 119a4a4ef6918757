//! The three unikernels as one application, in virtual time.

use mirage_rt::{
    io::{Read, Write},
    net::{Error, TcpListener},
    test::{Host, World, run},
    yield_now,
};
use shop::{api, db, web};

/// Boots the shop, and returns a client outside.
async fn boot(world: &World) -> Host {
    let back = world.new_link();
    let front = world.host("10.0.0.2");
    let [of_web, of_api, of_db] = ["10.0.1.2", "10.0.1.3", "10.0.1.4"].map(|ip| back.host(ip));
    mirage_rt::spawn(db::main(of_db.listen(5432)));
    mirage_rt::spawn(api::main(
        of_api.listen(7000),
        of_api.remote("10.0.1.4:5432"),
    ));
    mirage_rt::spawn(web::main(front.listen(80), of_web.remote("10.0.1.3:7000")));
    yield_now().await;
    world.host("10.0.0.1")
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
        let client = boot(&world).await;
        let mut answers = Vec::new();
        for line in ["GET /apple", "GET /kiwi", "POST /pear", "POST /pear"] {
            let (status, text) = request(&client, line).await.expect("an answer");
            assert_eq!(status, "200");
            answers.push(text);
        }
        assert_eq!(
            answers,
            [
                "3 in stock",
                "there is no kiwi",
                "sold, 0 left",
                "no pear is left"
            ]
        );
    });
}

#[test]
fn what_is_no_request_is_refused() {
    run(async |world| {
        let client = boot(&world).await;
        for line in ["PUT /apple", "\u{1}"] {
            let (status, _) = request(&client, line).await.expect("an answer");
            assert_eq!(status, "400", "{line}");
        }
    });
}

/// Accepts connections and never answers.
async fn say_nothing(listener: TcpListener) {
    let mut connections = Vec::new();
    while let Ok((connection, _)) = listener.accept().await {
        connections.push(connection);
    }
}

#[test]
fn a_silent_api_is_a_bad_gateway() {
    run(async |world| {
        let back = world.new_link();
        let (front, of_web, of_api) = (
            world.host("10.0.0.2"),
            back.host("10.0.1.2"),
            back.host("10.0.1.3"),
        );
        mirage_rt::spawn(say_nothing(of_api.listen(7000)));
        mirage_rt::spawn(web::main(front.listen(80), of_web.remote("10.0.1.3:7000")));
        let client = world.host("10.0.0.1");
        let (status, _) = request(&client, "GET /apple").await.expect("an answer");
        assert_eq!(status, "502");
    });
}
