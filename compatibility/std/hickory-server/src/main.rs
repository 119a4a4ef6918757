//! A name server.

use hickory_server::{
    ServerFuture,
    authority::{Catalog, ZoneType},
    proto::rr::{
        LowerName, Name, RData, Record,
        rdata::{A, SOA},
    },
    store::in_memory::InMemoryAuthority,
};
use std::{error::Error, str::FromStr, sync::Arc};

#[mirage_rt::unikernel(net = "auto", ip = "10.0.0.2", udp(dns = 53))]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let origin = Name::from_str("example.org.")?;
    let mut zone = InMemoryAuthority::empty(origin.clone(), ZoneType::Primary, false);
    let soa = SOA::new(origin.clone(), origin.clone(), 1, 3600, 600, 86400, 60);
    zone.upsert_mut(Record::from_rdata(origin.clone(), 60, RData::SOA(soa)), 1);
    zone.upsert_mut(
        Record::from_rdata(origin.clone(), 60, RData::A(A::new(192, 0, 2, 1))),
        1,
    );
    let mut catalog = Catalog::new();
    catalog.upsert(LowerName::from(origin), vec![Arc::new(zone)]);
    let mut server = ServerFuture::new(catalog);
    server.register_socket(tokio::net::UdpSocket::bind("0.0.0.0:53").await?);
    server.block_until_done().await?;
    Ok(())
}
