//! Urgent data, as a stream sees it.

use super::{
    client::{CLIENT, SERVER},
    hand::ByHand,
};
use embedded_io_async::Read;
use smoltcp::wire::TcpPacket;

/// Length of the headers of Ethernet and IP, in bytes.
const HEADERS: usize = 34;

#[test]
fn a_stream_knows_where_urgent_data_ends() {
    let mut hand = ByHand::new();
    let listener = hand.bench.stack.listen(7).unwrap();
    let mut segment = hand.open(40_000, 7);
    segment.payload = b"abcdef".to_vec();
    let stream = hand
        .bench
        .world
        .run(async move { listener.accept().await.unwrap() });
    assert_eq!(stream.urgent(), None);
    let mut frame = segment.frame();
    let mut packet = TcpPacket::new_unchecked(&mut frame[HEADERS..]);
    packet.set_urg(true);
    packet.set_urgent_at(4);
    packet.fill_checksum(&CLIENT.into(), &SERVER.into());
    hand.push(&frame);
    hand.frames();
    assert_eq!(stream.urgent(), Some(4));
    hand.bench.world.run(async move {
        let mut stream = stream;
        let mut buffer = [0; 3];
        assert_eq!(stream.read(&mut buffer).await, Ok(3));
        assert_eq!(stream.urgent(), Some(1));
        assert_eq!(stream.read(&mut buffer).await, Ok(3));
        assert_eq!(stream.urgent(), None);
    });
}
