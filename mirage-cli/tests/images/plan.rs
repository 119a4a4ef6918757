//! What `cargo mirage plan` prints, enforced by the host's kernel.

use crate::harness::{client, namespace, tool, trial};
use libtest_mimic::Trial;
use rustix::{
    fs::{Mode, OFlags, open},
    io::{read, write},
    ioctl::{Opcode, Setter, ioctl, opcode},
};
use serde_json::{Value, json};
use std::{
    env,
    ffi::{c_char, c_int, c_short},
    fs,
    os::fd::OwnedFd,
    process::ExitCode,
};

/// The argument with which this program exchanges frames with bridges that nftables guard.
const NAME: &str = "--frames-through-nftables";

/// The tests.
pub fn list() -> Vec<Trial> {
    vec![
        trial(
            "plan::nftables_carries_what_the_plan_allows",
            nftables_carries_what_the_plan_allows,
        ),
        trial(
            "plan::kubernetes_allows_what_the_plan_allows",
            kubernetes_allows_what_the_plan_allows,
        ),
    ]
}

/// The bridges of the example `shop`, with a stranger at each, whose rules are those in `RULES`.
const PREPARE: &str = "\
    PATH=$PATH:/usr/sbin:/sbin; \
    for network in front back; do \
        ip link add $network type bridge && ip link set dev $network up || exit; \
    done; \
    for device in web-front web-back api-back db-back x-front x-back; do \
        ip tuntap add dev $device mode tap && \
        ip link set dev $device master ${device#*-} up || exit; \
    done; \
    nft -f \"$RULES\" && \
    exec \"$@\"";

fn nftables_carries_what_the_plan_allows() {
    let rules = client::output(tool().args(["plan", "shop", "--format", "nftables"]));
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(&file, rules).expect("it is written");
    let mut command = namespace::in_new_namespace(PREPARE);
    command.env("RULES", file.path());
    let this = env::current_exe().expect("this program");
    let output = client::output(command.arg(this).arg(NAME));
    assert_eq!(output.trim(), "896 packets, of which 60 were carried");
}

/// Evaluates the policies as their documentation defines it: a connection is allowed if a rule of its source and one
/// of its destination allow it.
fn kubernetes_allows_what_the_plan_allows() {
    let text = client::output(tool().args(["plan", "shop", "--format", "kubernetes"]));
    let list: Value = serde_json::from_str(&text).expect("JSON");
    let policies = list["items"].as_array().expect("a list");
    assert_eq!(policies.len(), 3);
    // A stranger is another pod, or is outside of the cluster.
    let ends = ["web", "api", "db", "x", ""].map(|name| match name {
        "x" => json!({"app.kubernetes.io/part-of": "other"}),
        "" => Value::Null,
        name => json!({"app.kubernetes.io/part-of": "shop", "app.kubernetes.io/name": name}),
    });
    let name = |end: &Value| {
        end["app.kubernetes.io/name"]
            .as_str()
            .unwrap_or("x")
            .to_string()
    };
    for from in &ends {
        for to in &ends {
            for port in [80, 5432, 7000] {
                let sent = side(policies, from, to, port, ("egress", "to"));
                let accepted = side(policies, to, from, port, ("ingress", "from"));
                let (from, to) = (name(from), name(to));
                let mut links = LINKS.iter();
                let has_link = links.any(|link| (link.1, link.2, link.3) == (&from, &to, port));
                let is_free = from == "x" && to == "x";
                assert_eq!(
                    sent && accepted,
                    has_link || is_free,
                    "{from} to {to} {port}"
                );
            }
        }
    }
}

/// Whether the policies of one end allow a connection with the other. Without a policy, they do.
fn side(
    policies: &[Value],
    own: &Value,
    other: &Value,
    port: u16,
    (rules, peers): (&str, &str),
) -> bool {
    let selected = policies
        .iter()
        .filter(|policy| selects(&policy["spec"]["podSelector"], own));
    let mut selected = selected.peekable();
    if selected.peek().is_none() {
        return true;
    }
    selected.any(|policy| {
        let rules = policy["spec"][rules].as_array().expect("rules");
        rules.iter().any(|rule| {
            let mut ports = rule["ports"].as_array().expect("ports").iter();
            let mut peers = rule[peers].as_array().expect("peers").iter();
            ports.any(|it| it["port"] == port && it["protocol"] == "TCP")
                && peers.any(|peer| is_peer(peer, other))
        })
    })
}

/// Whether an end is a peer. A block of addresses has everything, pods included.
fn is_peer(peer: &Value, end: &Value) -> bool {
    match peer.get("ipBlock") {
        Some(block) => block["cidr"] == "0.0.0.0/0",
        None => !end.is_null() && selects(&peer["podSelector"], end),
    }
}

fn selects(selector: &Value, labels: &Value) -> bool {
    if labels.is_null() {
        return false;
    }
    let matched = selector["matchLabels"].as_object().into_iter().flatten();
    let mut expressions = selector["matchExpressions"]
        .as_array()
        .into_iter()
        .flatten();
    matched.clone().all(|(name, value)| labels[name] == *value)
        && expressions.all(|expression| {
            assert_eq!(expression["operator"], "NotIn");
            let label = &labels[expression["key"].as_str().expect("a key")];
            !expression["values"]
                .as_array()
                .expect("values")
                .contains(label)
        })
}

/// Returns whether this program was called for the frames.
pub fn is_called() -> bool {
    env::args().nth(1).is_some_and(|argument| argument == NAME)
}

/// A host on a bridge: its TAP device, and the last byte of its addresses.
struct Host {
    name: &'static str,
    network: u8,
    number: u8,
    tap: OwnedFd,
}

impl Host {
    fn mac(&self) -> [u8; 6] {
        [2, 0, 10, 0, self.network, self.number]
    }

    fn address(&self) -> [u8; 4] {
        [10, 0, self.network, self.number]
    }

    /// Whether it is a unikernel of the plan.
    fn is_member(&self) -> bool {
        self.name != "x"
    }
}

/// The links of the shop: the network, who connects to whom, and the port.
const LINKS: [(u8, &str, &str, u16); 3] = [
    (0, "x", "web", 80),
    (1, "web", "api", 7000),
    (1, "api", "db", 5432),
];

/// The kinds of packets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Syn,
    SynAck,
    Data,
    Datagram,
}

/// Sends every kind of packet between all hosts of each bridge, and checks what arrives.
pub fn main() -> ExitCode {
    let hosts = [
        ("web", 0, "front", 2),
        ("x", 0, "front", 9),
        ("web", 1, "back", 2),
        ("api", 1, "back", 3),
        ("db", 1, "back", 4),
        ("x", 1, "back", 9),
    ]
    .map(|(name, network, bridge, number)| Host {
        name,
        network,
        number,
        tap: tap(&format!("{name}-{bridge}")),
    });
    let ports = [80, 5432, 7000, 40000];
    let (mut all, mut carried, mut marker) = (0, 0, 0);
    for from in &hosts {
        for to in &hosts {
            if from.network != to.network || from.number == to.number {
                continue;
            }
            for kind in [Kind::Syn, Kind::SynAck, Kind::Data, Kind::Datagram] {
                for (source, destination) in pairs(&ports) {
                    let frame = frame(from, to, kind, (source, destination));
                    write(&from.tap, &frame).expect("a frame is sent");
                    marker += 1;
                    let arrived = arrives(from, to, &frame, marker);
                    let allowed = is_allowed(from, to, kind, (source, destination));
                    let case = format!("{} to {} {source} to {destination}", from.name, to.name);
                    assert_eq!(arrived, allowed, "{case}");
                    all += 1;
                    carried += u32::from(arrived && from.is_member() | to.is_member());
                }
            }
        }
    }
    forge(&hosts, marker);
    println!("{all} packets, of which {carried} were carried");
    ExitCode::SUCCESS
}

/// What would be carried from `web` is not, from somebody else.
fn forge(hosts: &[Host], mut marker: u32) {
    let on_back = |name: &str| {
        let mut hosts = hosts.iter();
        let host = hosts.find(|host| host.network == 1 && host.name == name);
        host.expect("it is there")
    };
    let (web, api) = (on_back("web"), on_back("api"));
    let of_web = frame(web, api, Kind::Syn, (40000, 7000));
    // Those without a link do not hear it either, by whatever MAC address.
    let db = on_back("db");
    for to in [db.mac(), [0xff; 6]] {
        let mut misaddressed = of_web.clone();
        misaddressed[..6].copy_from_slice(&to);
        write(&web.tap, &misaddressed).expect("a frame is sent");
        marker += 1;
        assert!(!arrives(web, db, &misaddressed, marker), "{to:?}");
    }
    // A stranger does not claim the address of a unikernel.
    let stranger = on_back("x");
    let mut claim = announcement(stranger, 0);
    claim[28..32].copy_from_slice(&api.address());
    write(&stranger.tap, &claim).expect("a frame is sent");
    marker += 1;
    assert!(!arrives(stranger, web, &claim, marker), "a claim");
    for from in ["db", "x"].map(on_back) {
        let mut with_its_mac = of_web.clone();
        with_its_mac[6..12].copy_from_slice(&from.mac());
        for forged in [&of_web, &with_its_mac] {
            write(&from.tap, forged).expect("a frame is sent");
            marker += 1;
            assert!(!arrives(from, api, forged, marker), "{}", from.name);
        }
    }
}

fn pairs(ports: &[u16]) -> impl Iterator<Item = (u16, u16)> {
    let each = ports.iter();
    each.flat_map(move |one| ports.iter().map(move |other| (*one, *other)))
}

/// Whether a frame arrives. What is sent behind it does: an announcement with the number `marker`.
fn arrives(from: &Host, to: &Host, frame: &[u8], marker: u32) -> bool {
    let announcement = announcement(from, marker);
    write(&from.tap, &announcement).expect("a frame is sent");
    let mut arrived = false;
    loop {
        let mut received = [0; 2048];
        let length = read(&to.tap, &mut received).expect("a frame");
        let received = &received[..length];
        arrived |= received == frame;
        if received == announcement {
            return arrived;
        }
    }
}

fn is_allowed(from: &Host, to: &Host, kind: Kind, (source, destination): (u16, u16)) -> bool {
    if !from.is_member() && !to.is_member() {
        return true;
    }
    let leads = |from: &Host, to: &Host, port: u16| {
        let link = (from.network, from.name, to.name, port);
        LINKS.contains(&link)
    };
    let forwards = leads(from, to, destination);
    let backwards = kind != Kind::Syn && leads(to, from, source);
    kind != Kind::Datagram && (forwards || backwards)
}

fn ethernet(from: &Host, to: [u8; 6], ethertype: u16) -> Vec<u8> {
    [&to[..], &from.mac(), &ethertype.to_be_bytes()].concat()
}

fn frame(from: &Host, to: &Host, kind: Kind, (source, destination): (u16, u16)) -> Vec<u8> {
    let mut transport = [source.to_be_bytes(), destination.to_be_bytes()].concat();
    let protocol = match kind {
        Kind::Datagram => {
            transport.extend([0, 8, 0, 0]);
            17
        }
        kind => {
            const SYN: u8 = 2;
            const ACK: u8 = 16;
            let flags = match kind {
                Kind::Syn => SYN,
                Kind::SynAck => SYN | ACK,
                _ => ACK,
            };
            transport.extend([0, 0, 0, 1, 0, 0, 0, 1, 0x50, flags, 1, 0, 0, 0, 0, 0]);
            6
        }
    };
    let length = 20 + transport.len() as u16;
    let mut frame = ethernet(from, to.mac(), 0x0800);
    frame.extend([0x45, 0]);
    frame.extend(length.to_be_bytes());
    frame.extend([0, 0, 0, 0, 64, protocol, 0, 0]);
    frame.extend(from.address());
    frame.extend(to.address());
    let sum = checksum(&frame[14..34]);
    frame[24..26].copy_from_slice(&sum.to_be_bytes());
    frame.extend(transport);
    frame
}

/// A bridge discards a packet whose header has another checksum.
fn checksum(header: &[u8]) -> u16 {
    let words = header
        .chunks(2)
        .map(|word| u32::from(u16::from_be_bytes([word[0], word[1]])));
    let sum: u32 = words.sum();
    !((sum & 0xffff) + (sum >> 16)) as u16
}

/// An announcement by ARP (RFC 5227, section 3), which everyone on the bridge hears.
fn announcement(from: &Host, marker: u32) -> Vec<u8> {
    let mut frame = ethernet(from, [0xff; 6], 0x0806);
    frame.extend([0, 1, 8, 0, 6, 4, 0, 1]);
    frame.extend(from.mac());
    frame.extend(from.address());
    // This field has no meaning.
    frame.extend([0, 0]);
    frame.extend(marker.to_be_bytes());
    frame.extend(from.address());
    frame
}

/// `struct ifreq` of Linux.
#[repr(C)]
struct InterfaceRequest {
    name: [c_char; 16],
    flags: c_short,
    rest: [u8; 22],
}

/// Opens a TAP device.
fn tap(name: &str) -> OwnedFd {
    const TUNSETIFF: Opcode = opcode::write::<c_int>(b'T', 202);
    const IFF_TAP: c_short = 0x0002;
    const IFF_NO_PI: c_short = 0x1000;
    let device = open("/dev/net/tun", OFlags::RDWR, Mode::empty()).expect("TAP devices");
    let mut request = InterfaceRequest {
        name: [0; 16],
        flags: IFF_TAP | IFF_NO_PI,
        rest: [0; 22],
    };
    for (to, from) in request.name.iter_mut().zip(name.bytes()) {
        *to = from as c_char;
    }
    // SAFETY: TUNSETIFF reads a `struct ifreq`, which `InterfaceRequest` is laid out as.
    let attached = unsafe { ioctl(&device, Setter::<TUNSETIFF, _>::new(request)) };
    attached.expect("the device is there");
    device
}
