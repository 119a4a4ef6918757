//! A query to PostgreSQL.

use tokio_postgres::NoTls;

#[derive(mirage_rt::Args)]
struct Arguments {
    /// The server
    server: std::net::SocketAddr,
}

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", gateway = "10.0.0.1", args = Arguments)]
#[tokio::main]
async fn main(args: Arguments) -> Result<(), tokio_postgres::Error> {
    let (host, port) = (args.server.ip(), args.server.port());
    let options = format!("host={host} port={port} user=postgres");
    let (client, connection) = tokio_postgres::connect(&options, NoTls).await?;
    tokio::spawn(connection);
    let row = client
        .query_one("SELECT sum(n) FROM generate_series(1, 100) AS n", &[])
        .await?;
    assert_eq!(row.get::<_, i64>(0), 5050);
    Ok(())
}
