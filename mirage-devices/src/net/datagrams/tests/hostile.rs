//! Any payloads.

use super::*;
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_payload_is_received_or_refused(payload in prop::collection::vec(any::<u8>(), 0..40), connected in any::<bool>()) {
        let mut datagrams = datagrams();
        let id = datagrams.bind(7, LIMITS).unwrap();
        if connected {
            datagrams.connect(id, local(), 53);
        }
        let result = datagrams.input(&packet(&payload), &mut ());
        let received = datagrams.receive(id, |_, data| data.to_vec());
        let received = received.ok();
        let to_port = payload.len() >= 8 && payload[2..4] == [0, 7] && !connected;
        prop_assert_eq!(result.is_ok(), to_port);
        prop_assert_eq!(received.is_some(), to_port);
        datagrams.error(&about(&payload));
    }
}

#[test]
fn payloads_to_the_port_are_generated_by_hand() {
    let mut datagrams = datagrams();
    let id = datagrams.bind(7, LIMITS).unwrap();
    for length in 0..40 {
        let bytes = datagram(7, &[9; 32]);
        let result = datagrams.input(&packet(&bytes[..length]), &mut ());
        let expected = if length < 8 {
            Err(DropReason::TransportMalformed)
        } else {
            Ok(())
        };
        assert_eq!(result, expected);
        let received = datagrams.receive(id, |_, data| data.len());
        assert_eq!(received.ok(), length.checked_sub(8));
    }
}
