#[allow(clippy::unused_async)]
async fn unikernel_main(
    http: TcpListener,
    dns: Service,
    discovery: UdpSocket,
    wan: Network,
) {}
#[cfg(test)]
#[allow(unused_imports)]
use unikernel_main as main;
#[cfg(not(test))]
fn main() -> ::mirage_rt::no_main::Main {
    ::core::default::Default::default()
}
#[doc(hidden)]
#[deny(non_local_definitions)]
#[macro_export]
macro_rules! the_only_unikernel_of_a_crate {
    () => {};
}
const _: () = {
    use ::mirage_rt as _rt;
    #[cfg(not(test))]
    const _: fn() -> _rt::no_main::Main = main;
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 7] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "wan",
                _rt::graph::net::memory(_target, ::core::option::Option::Some(1400)),
            ),
            _rt::graph::Need::new(
                "lan",
                _rt::graph::net::memory(_target, ::core::option::Option::None),
            ),
            _rt::graph::Need::new("http", _rt::graph::net::TcpPort::at(80).memory(1)),
            _rt::graph::Need::new("dns", _rt::graph::net::ServicePort::at(53).memory(1)),
            _rt::graph::Need::new(
                "discovery",
                _rt::graph::net::UdpPort::at(1900).memory(2),
            ),
        ]
    }
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "gate",
        log: _rt::graph::log::LevelFilter::Info,
        stack: 131072,
        targets: &["unix", "virtio", "hvt", "spt"],
        solo5_devices: &[
            _rt::graph::DeviceDeclaration::NetBasic("wan"),
            _rt::graph::DeviceDeclaration::NetBasic("lan"),
        ],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 4,
  "name": "gate",
  "targets": ["unix", "virtio", "hvt", "spt"],
  "memory": null,
  "stack": null,
  "heap": null,
  "log": "info",
  "nodes": [
    {"name": "clock", "kind": "clock", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "wan",
      "kind": "net",
      "config": {
        "driver": "auto",
        "ip": "10.0.0.2/24",
        "gateway": null,
        "mac": null,
        "mtu": 1400,
        "congestion": null,
        "ecn": null,
        "conflict_detection": null
      },
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {
      "name": "lan",
      "kind": "net",
      "config": {
        "driver": "auto",
        "ip": "10.1.0.1/16",
        "gateway": null,
        "mac": "02:00:00:00:00:01",
        "mtu": null,
        "congestion": null,
        "ecn": null,
        "conflict_detection": null
      },
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {"name": "http", "kind": "tcp", "config": {"port": 80}, "on": ["wan"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "dns", "kind": "port", "config": {"port": 53}, "on": ["lan"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "discovery", "kind": "udp", "config": {"port": 1900}, "on": ["wan", "lan"], "at": {"file": "FILE", "line": 1, "column": 1}}
  ],
  "main": ["http", "dns", "discovery", "wan"],
  "needs": "#,
        ),
        _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
        _rt::graph::Piece::Text(r#",
  "arguments": []
}"#),
    ];
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static _NOTE: _rt::graph::Note<{ _rt::graph::length(_MANIFEST) }> = _rt::graph::note(
        _MANIFEST,
    );
    const _MAC_ADDRESSES: &[_rt::net::MacAddress] = &[
        _rt::net::MacAddress([0x02, 0xae, 0x1e, 0x9e, 0xef, 0xe9]),
        _rt::net::MacAddress([0x02, 0x00, 0x00, 0x00, 0x00, 0x01]),
    ];
    async fn _unikernel(_context: _rt::graph::StartContext) -> _rt::graph::Outcome {
        let __clock = _context.clock();
        let __random = _context.random()?;
        let __wan = _rt::graph::net::Interface {
            node: "wan",
            solo5_name: "wan",
            address: _rt::net::InterfaceAddress {
                address: ::core::net::Ipv4Addr::new(10, 0, 0, 2),
                prefix_length: 24,
            },
            gateway: ::core::option::Option::None,
            mac: ::core::option::Option::None,
            mtu: ::core::option::Option::Some(1400),
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 0,
            mac_addresses: _MAC_ADDRESSES,
            ports: &[80, 1900],
        }
            .wire(_rt::graph::share(&__clock), _rt::graph::share(&__random));
        let __wan = _rt::graph::start(&_context, "wan", __wan).await?;
        let __lan = _rt::graph::net::Interface {
            node: "lan",
            solo5_name: "lan",
            address: _rt::net::InterfaceAddress {
                address: ::core::net::Ipv4Addr::new(10, 1, 0, 1),
                prefix_length: 16,
            },
            gateway: ::core::option::Option::None,
            mac: ::core::option::Option::Some(
                _rt::net::MacAddress([0x02, 0x00, 0x00, 0x00, 0x00, 0x01]),
            ),
            mtu: ::core::option::Option::None,
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 1,
            mac_addresses: _MAC_ADDRESSES,
            ports: &[53, 1900],
        }
            .wire(__clock, __random);
        let __lan = _rt::graph::start(&_context, "lan", __lan).await?;
        let __http = _rt::graph::net::TcpPort::at(80).wire([_rt::graph::share(&__wan)]);
        let __http = _rt::graph::start(&_context, "http", __http).await?;
        let __dns = _rt::graph::net::ServicePort::at(53)
            .wire([_rt::graph::share(&__lan)]);
        let __dns = _rt::graph::start(&_context, "dns", __dns).await?;
        let __discovery = _rt::graph::net::UdpPort::at(1900)
            .wire([_rt::graph::share(&__wan), __lan]);
        let __discovery = _rt::graph::start(&_context, "discovery", __discovery).await?;
        let __http: TcpListener = __http;
        let __dns: Service = __dns;
        let __discovery: UdpSocket = __discovery;
        let __wan: Network = __wan;
        let _result = unikernel_main(__http, __dns, __discovery, __wan).await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _unikernel);
};
