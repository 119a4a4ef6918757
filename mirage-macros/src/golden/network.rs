/// Serves.
#[allow(clippy::unused_async)]
async fn unikernel_main(
    http: TcpListener,
    mut dns: UdpSocket,
    clock: Clock,
) -> Result<(), Error> {
    serve(http, dns, clock).await
}
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
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 5] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "net",
                _rt::graph::net::memory(_target, ::core::option::Option::Some(1400)),
            ),
            _rt::graph::Need::new("http", _rt::graph::net::TcpPort::at(80).memory(1)),
            _rt::graph::Need::new("dns", _rt::graph::net::UdpPort::at(53).memory(1)),
        ]
    }
    const _: () = _rt::graph::constant::enough(
        16777216,
        &[&_needs(_rt::graph::Target::Virtio)],
    );
    const _: () = _rt::graph::check_target(&_IMAGE);
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "web",
        log: _rt::graph::log::LevelFilter::Warn,
        stack: 131072,
        targets: &["unix", "virtio"],
        solo5_devices: &[_rt::graph::DeviceDeclaration::NetBasic("service")],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 4,
  "name": "web",
  "targets": ["unix", "virtio"],
  "memory": 16777216,
  "stack": null,
  "heap": null,
  "log": "warn",
  "nodes": [
    {"name": "clock", "kind": "clock", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "net",
      "kind": "net",
      "config": {
        "driver": "virtio",
        "ip": "10.0.0.2/16",
        "gateway": "10.0.0.1",
        "mac": "02:00:00:00:00:01",
        "mtu": 1400,
        "congestion": "reno",
        "ecn": "request",
        "conflict_detection": "strict"
      },
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {"name": "http", "kind": "tcp", "config": {"port": 80}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "dns", "kind": "udp", "config": {"port": 53}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}}
  ],
  "main": ["http", "dns", "clock"],
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
        _rt::net::MacAddress([0x02, 0x00, 0x00, 0x00, 0x00, 0x01]),
    ];
    async fn _unikernel(_context: _rt::graph::StartContext) -> _rt::graph::Outcome {
        let __clock = _context.clock();
        let __random = _context.random()?;
        let __net = _rt::graph::net::Interface {
            node: "net",
            solo5_name: "service",
            address: _rt::net::InterfaceAddress {
                address: ::core::net::Ipv4Addr::new(10, 0, 0, 2),
                prefix_length: 16,
            },
            gateway: ::core::option::Option::Some(
                ::core::net::Ipv4Addr::new(10, 0, 0, 1),
            ),
            mac: ::core::option::Option::Some(
                _rt::net::MacAddress([0x02, 0x00, 0x00, 0x00, 0x00, 0x01]),
            ),
            mtu: ::core::option::Option::Some(1400),
            congestion: _rt::graph::net::Algorithm::RENO,
            ecn: _rt::graph::net::Ecn::Request,
            conflict_detection: _rt::graph::net::ConflictDetection::Strict,
            index: 0,
            mac_addresses: _MAC_ADDRESSES,
            ports: &[80, 53],
        }
            .wire(_rt::graph::share(&__clock), __random);
        let __net = _rt::graph::start(&_context, "net", __net).await?;
        let __http = _rt::graph::net::TcpPort::at(80).wire([_rt::graph::share(&__net)]);
        let __http = _rt::graph::start(&_context, "http", __http).await?;
        let __dns = _rt::graph::net::UdpPort::at(53).wire([__net]);
        let __dns = _rt::graph::start(&_context, "dns", __dns).await?;
        let __http: TcpListener = __http;
        let __dns: UdpSocket = __dns;
        let __clock: Clock = __clock;
        let _result = unikernel_main(__http, __dns, __clock).await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _unikernel);
};
