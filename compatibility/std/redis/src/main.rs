//! Commands to Redis.

use redis::AsyncCommands;

#[derive(mirage_rt::Args)]
struct Arguments {
    /// The server
    server: std::net::SocketAddr,
}

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", gateway = "10.0.0.1", args = Arguments)]
#[tokio::main]
async fn main(args: Arguments) -> redis::RedisResult<()> {
    let client = redis::Client::open(format!("redis://{}/", args.server))?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let () = connection.set("name", "value").await?;
    assert_eq!(connection.get::<_, String>("name").await?, "value");
    Ok(())
}
