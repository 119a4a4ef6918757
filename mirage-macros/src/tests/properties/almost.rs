//! What is right, and what is almost right: every form of the language, with values that may not
//! go together.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select, subsequence},
};
use std::collections::BTreeSet;

/// Attributes that are right.
pub const ATTRIBUTES: &[&str] = &[
    r#"name = "web", net = "virtio", ip = "10.0.0.2/16", gateway = "10.0.0.1",
       mac = "02:00:00:00:00:01", mtu = 1400, tcp(http = 80), udp(dns = 53), memory = "16MiB",
       log = "warn", targets("unix", "virtio")"#,
    r#"net(wan(driver = "auto", ip = "dhcp", tcp(http = 80)),
       lan(driver = "virtio", ip = "10.1.0.1/24", mac = "02:00:00:00:00:02", port(dns = 53)))"#,
    r#"net = "auto", ip = plan::WEB, gateway = plan::GATEWAY, mtu = 1000 + 400,
       tcp(http = PORT, admin = 8080), memory = plan::MEMORY"#,
    r#"net = "auto", ip = "dhcp", dns = match target { unix => boot, _ => "10.0.0.1, 9.9.9.9" }"#,
    r#"net = match target { unix => "tap", virtio => "virtio" }, ip = "10.0.0.2",
       tcp(http = match target { unix => 8080, _ => 80 }), log = "off""#,
    r#"cache = CacheConfig { capacity: 128 }.on(clock, net), store = store::Config.on(cache),
       net = "virtio", ip = boot("10.0.0.2/24"), gateway = boot, tcp(http = 80),
       name = boot("gate"), log = boot("info"), args = Arguments"#,
];

/// Functions that are right.
pub const MAINS: &[&str] = &[
    "/// Serves. \n #[allow(unused)] pub async fn main(mut http: TcpListener, _dns: UdpSocket) -> Result<(), Error> { run(http).await }",
    "async fn main() -> ! { loop {} }",
    "async fn r#type(clock: mirage_rt::time::Clock, net: Network) { let _ = (clock, net); }",
    "async fn main(cache: Cache<Clock, { 3 + 4 }>, r#http: (TcpListener)) -> core::result::Result<(), E<'static>> { Ok(()) }",
];

/// Structs of boot arguments that are right.
pub const STRUCTS: &[&str] = &[
    r#"struct Arguments {
        /// The port
        #[arg(default = "80", value = "PORT")] port: u16,
        #[arg(name = "block")] blocked: Vec<String>,
        journal: core::option::Option<String>,
        pub(crate) verbose: bool,
    }"#,
    r#"#[derive(Debug)] pub struct Arguments { r#type: Ipv4Addr, #[doc = "text"] p: char }"#,
];

/// Names of nodes. Some are taken, or none.
const NAMES: &[&str] = &[
    "http", "dns", "cache", "wan", "lan", "admin", "store", "time", "r#type", "_http", "Größe",
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "net", "clock",
];

/// An attribute: usually one that is right but for one thing, or all right.
fn attribute() -> impl Strategy<Value = String> {
    let groups = vec(group(), 0..3);
    let custom = vec(custom(), 0..3);
    let items = (network(), groups, disks(), custom, image());
    items.prop_map(|(network, groups, disks, custom, of_the_image)| {
        [network, groups, disks, custom, of_the_image]
            .concat()
            .join(", ")
    })
}

/// An attribute and a function for it, with some of the nodes and perhaps one that is none.
pub fn unikernel() -> impl Strategy<Value = (String, String)> {
    let parameters = vec(any::<Index>(), 0..4);
    let other = option::weighted(0.1, select(NAMES));
    let output = select(&["", "", "-> !", "-> Result<(), Error>"][..]);
    (attribute(), parameters, other, output).prop_map(|(attribute, parameters, other, output)| {
        let words: BTreeSet<_> = attribute
            .split(|c: char| !(c.is_alphanumeric() || "_#".contains(c)))
            .collect();
        let nodes: Vec<_> = words
            .into_iter()
            .filter(|word| NAMES.contains(word))
            .collect();
        let received = parameters.iter().filter(|_| !nodes.is_empty());
        let received = received.map(|parameter| *parameter.get(&nodes));
        let received: BTreeSet<_> = received.chain(other).collect();
        let parameters: Vec<_> = received.iter().map(|name| format!("{name}: T")).collect();
        let main = format!("async fn main({}) {output} {{}}", parameters.join(", "));
        (attribute, main)
    })
}

/// A struct for the derive.
pub fn structure() -> impl Strategy<Value = String> {
    let type_ = select(
        &[
            "u16",
            "bool",
            "char",
            "String",
            "Option<u8>",
            "Vec<Ipv4Addr>",
            "Vec",
            "&'static str",
            "Option<bool>",
        ][..],
    );
    let key = select(
        &[
            "name = \"a\"",
            "name = \"help\"",
            "name = \"Ä\"",
            "default = \"80\"",
            "default = \"x\"",
            "value = \"V\"",
            "value = 1",
            "unknown = \"\"",
            "name",
        ][..],
    );
    let field = (select(NAMES), vec(key, 0..3), type_);
    let field = field.prop_map(|(name, keys, type_)| match keys.as_slice() {
        [] => format!("{name}: {type_}"),
        keys => format!("#[arg({})] {name}: {type_}", keys.join(", ")),
    });
    vec(field, 0..5).prop_map(|fields| format!("struct Arguments {{ {} }}", fields.join(", ")))
}

/// Values that are right, and some that are not, or not here.
type Values = (&'static [&'static str], &'static [&'static str]);

const DRIVERS: Values = (
    &["\"virtio\"", "\"auto\"", "\"tap\"", "\"solo5\""],
    &["\"wifi\"", "virtio"],
);
const ADDRESSES: Values = (
    &[
        "\"10.0.0.2\"",
        "\"10.0.1.2/24\"",
        "\"10.2.0.2/16\"",
        "boot",
        "boot(\"10.0.3.2\")",
        "plan::IP",
        "OTHER",
    ],
    &[
        "\"dhcp\"",
        "\"10.0.0.255\"",
        "\"10.0.0\"",
        "10.0.0.2",
        "boot(1)",
    ],
);
const GATEWAYS: Values = (
    &[
        "\"10.0.0.1\"",
        "\"10.0.1.1\"",
        "boot",
        "boot(\"10.0.3.1\")",
        "GATEWAY",
    ],
    &["\"10.0.0.2\"", "7"],
);
const NAME_SERVERS: Values = (
    &[
        "\"10.0.0.1\"",
        "\"10.0.0.1, 9.9.9.9\"",
        "boot",
        "boot(\"10.0.0.1\")",
        "plan::DNS",
    ],
    &["\"10.0.0.1,10.0.0.1\"", "\"224.0.0.1\"", "7"],
);
const MACS: Values = (
    &["\"02:00:00:00:00:01\"", "\"02:00:00:00:00:02\"", "MAC"],
    &["\"01:00:00:00:00:00\"", "boot"],
);
const NUMBERS: Values = (
    &["80", "53", "1400", "PORT", "80 + 1", "{ 7 }"],
    &["0", "-1", "65536", "\"80\"", "80u8", "boot"],
);
const SIZES: Values = (
    &["\"16MiB\"", "\"1GiB\"", "plan::SIZE"],
    &["\"1KiB\"", "\"7\"", "16", "boot"],
);
const CONFIGURATIONS: Values = (
    &[
        "Config {}",
        "Config { a: 1, ..DEFAULT }",
        "CONFIG",
        "f(1)",
        "plan::Config { a }",
    ],
    &["-1", "|| 1", "[1]", "&CONFIG"],
);

/// `key = value`, now and then.
fn property(key: &'static str, values: Values) -> impl Strategy<Value = Option<String>> {
    let property = value(values).prop_map(move |value| format!("{key} = {value}"));
    option::weighted(0.2, property)
}

/// The network: none, one interface, or a group.
fn network() -> impl Strategy<Value = Vec<String>> {
    let one = (value(DRIVERS), properties()).prop_map(|(driver, mut properties)| {
        properties.push(format!("net = {driver}"));
        properties
    });
    let interface = (
        select(NAMES),
        option::of(value(DRIVERS)),
        properties(),
        vec(group(), 0..2),
    );
    let interface = interface.prop_map(|(name, driver, mut properties, groups)| {
        properties.extend(driver.map(|driver| format!("driver = {driver}")));
        properties.extend(groups);
        format!("{name}({})", properties.join(", "))
    });
    let several = vec(interface, 0..4);
    let several = several.prop_map(|interfaces| vec![format!("net({})", interfaces.join(", "))]);
    prop_oneof![1 => Just(Vec::new()), 4 => one, 3 => several]
}

/// Properties of an interface, which usually has an address.
fn properties() -> impl Strategy<Value = Vec<String>> {
    let address = value(ADDRESSES).prop_map(|value| format!("ip = {value}"));
    let all = (
        option::weighted(0.9, address),
        property("gateway", GATEWAYS),
        property("dns", NAME_SERVERS),
        property("mac", MACS),
        property("mtu", NUMBERS),
    );
    all.prop_map(|(address, gateway, dns, mac, mtu)| {
        let all = [address, gateway, dns, mac, mtu];
        all.into_iter().flatten().collect()
    })
}

/// Ports.
fn group() -> impl Strategy<Value = String> {
    let port = (select(NAMES), value(NUMBERS));
    let port = port.prop_map(|(name, number)| format!("{name} = {number}"));
    (select(&["tcp", "udp", "port"][..]), vec(port, 0..4))
        .prop_map(|(key, ports)| format!("{key}({})", ports.join(", ")))
}

/// The disks: none, one, or a group.
fn disks() -> impl Strategy<Value = Vec<String>> {
    let one = value(DRIVERS).prop_map(|driver| vec![format!("block = {driver}")]);
    let disk = (
        select(NAMES),
        property("driver", DRIVERS),
        property("size", SIZES),
    );
    let disk = disk.prop_map(|(name, driver, size)| {
        let keys: Vec<_> = [driver, size].into_iter().flatten().collect();
        format!("{name}({})", keys.join(", "))
    });
    let several = vec(disk, 0..3).prop_map(|disks| vec![format!("block({})", disks.join(", "))]);
    prop_oneof![6 => Just(Vec::new()), 1 => one, 1 => several]
}

/// A custom device.
fn custom() -> impl Strategy<Value = String> {
    (
        select(NAMES),
        value(CONFIGURATIONS),
        subsequence(NAMES, 0..3),
    )
        .prop_map(|(name, configuration, on)| {
            format!("{name} = ({configuration}).on({})", on.join(", "))
        })
}

fn image() -> impl Strategy<Value = Vec<String>> {
    let targets = select(
        &[
            "targets(\"unix\")",
            "targets(\"virtio\", \"unix\")",
            "targets(\"hvt\")",
            "targets()",
            "targets(\"hvt2\")",
        ][..],
    );
    let all = (
        property(
            "name",
            (&["\"web\"", "boot(\"gate\")", "boot"], &["\"a b\"", "NAME"]),
        ),
        property("memory", SIZES),
        property(
            "log",
            (
                &["\"off\"", "boot(\"info\")", "boot"],
                &["\"loud\"", "LEVEL"],
            ),
        ),
        property(
            "args",
            (&["Arguments", "plan::Arguments"], &["\"Arguments\""]),
        ),
        option::weighted(0.2, targets.prop_map(String::from)),
    );
    all.prop_map(|(name, memory, log, args, targets)| {
        let all = [name, memory, log, args, targets];
        all.into_iter().flatten().collect()
    })
}

/// A value that is right, usually; or one for each target.
fn value((right, wrong): Values) -> impl Strategy<Value = String> {
    let choice = select(
        &[
            "unix => THIS, virtio => THAT, _ => THIS",
            "virtio => THIS, _ => THAT",
            "unix | virtio | hvt | spt => THIS",
            "unix => THIS",
            "_ => THIS, unix => THAT",
            "unix => THIS, hvt2 => THAT",
        ][..],
    );
    let choice = (choice, select(right), select(right)).prop_map(|(choice, one, other)| {
        let arms = choice.replace("THIS", one).replace("THAT", other);
        format!("match target {{ {arms} }}")
    });
    prop_oneof![
        40 => select(right).prop_map(String::from),
        2 => select(wrong).prop_map(String::from),
        2 => choice,
    ]
}
