#[allow(clippy::unused_async)]
async fn unikernel_main(http: TcpListener, admin: TcpListener) {}
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
    const _IP: &::core::primitive::str = plan::GATE;
    const _: () = _rt::graph::constant::check_address(_IP);
    const _GATEWAY: &::core::primitive::str = plan::ROUTER;
    const _: () = _rt::graph::constant::check_gateway(_GATEWAY);
    const _MAC: &::core::primitive::str = plan::MAC;
    const _: () = _rt::graph::constant::check_mac_address(_MAC);
    const _MTU: ::core::primitive::u16 = plan::LINK - 100;
    const _: () = _rt::graph::constant::check_number(_MTU, _rt::graph::number::MTU);
    const _HTTP: ::core::primitive::u16 = plan::HTTP;
    const _: () = _rt::graph::constant::check_number(_HTTP, _rt::graph::number::PORT);
    const _MEMORY: &::core::primitive::str = plan::MEMORY;
    const _: () = _rt::graph::constant::check_memory(_MEMORY);
    const _: () = _rt::graph::constant::gateway_of(
        _rt::graph::constant::gateway(_GATEWAY),
        _rt::graph::constant::address(_IP),
        "the address is at 1:1",
    );
    const _1_PORTS: &[(u16, &str)] = &[(_HTTP, "1:1"), (8080, "1:1")];
    const _: () = _rt::graph::constant::port_among(
        _rt::graph::Protocol::Tcp,
        _1_PORTS,
        1,
    );
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 5] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "net",
                _rt::graph::net::memory(_target, ::core::option::Option::Some(_MTU)),
            ),
            _rt::graph::Need::new("http", _rt::graph::net::TcpPort::at(_HTTP).memory(1)),
            _rt::graph::Need::new("admin", _rt::graph::net::TcpPort::at(8080).memory(1)),
        ]
    }
    const _: () = _rt::graph::constant::enough(
        _rt::graph::constant::memory(_MEMORY),
        &[&_needs(_rt::graph::Target::Virtio)],
    );
    const _: () = _rt::graph::constant::within_memory(
        _rt::graph::constant::memory(_MEMORY),
        &[_rt::graph::Target::Unix, _rt::graph::Target::Virtio],
    );
    const _: () = _rt::graph::check_target(&_IMAGE);
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "gate",
        log: _rt::graph::log::LevelFilter::Info,
        stack: 131072,
        targets: &["unix", "virtio"],
        solo5_devices: &[_rt::graph::DeviceDeclaration::NetBasic("service")],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 4,
  "name": "gate",
  "targets": ["unix", "virtio"],
  "memory": "#,
        ),
        _rt::graph::Piece::Number(_rt::graph::constant::memory(_MEMORY)),
        _rt::graph::Piece::Text(
            r#",
  "stack": null,
  "heap": null,
  "log": "info",
  "nodes": [
    {"name": "clock", "kind": "clock", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "net",
      "kind": "net",
      "config": {"driver": "virtio", "ip": "#,
        ),
        _rt::graph::Piece::Interface(_rt::graph::constant::address(_IP)),
        _rt::graph::Piece::Text(r#", "gateway": "#),
        _rt::graph::Piece::Address(_rt::graph::constant::gateway(_GATEWAY)),
        _rt::graph::Piece::Text(r#", "mac": "#),
        _rt::graph::Piece::MacAddress(_rt::graph::constant::mac_address(_MAC)),
        _rt::graph::Piece::Text(r#", "mtu": "#),
        _rt::graph::Piece::Number(_MTU as u64),
        _rt::graph::Piece::Text(
            r#", "congestion": null, "ecn": null, "conflict_detection": null},
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {"name": "http", "kind": "tcp", "config": {"port": "#,
        ),
        _rt::graph::Piece::Number(_HTTP as u64),
        _rt::graph::Piece::Text(
            r#"}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "admin", "kind": "tcp", "config": {"port": 8080}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}}
  ],
  "main": ["http", "admin"],
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
        _rt::graph::constant::mac_address(_MAC),
    ];
    async fn _unikernel(_context: _rt::graph::StartContext) -> _rt::graph::Outcome {
        let __clock = _context.clock();
        let __random = _context.random()?;
        let __net = _rt::graph::net::Interface {
            node: "net",
            solo5_name: "service",
            address: _rt::graph::constant::address(_IP),
            gateway: ::core::option::Option::Some(
                _rt::graph::constant::gateway(_GATEWAY),
            ),
            mac: ::core::option::Option::Some(_rt::graph::constant::mac_address(_MAC)),
            mtu: ::core::option::Option::Some(_MTU),
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 0,
            mac_addresses: _MAC_ADDRESSES,
            ports: &[_HTTP, 8080],
        }
            .wire(__clock, __random);
        let __net = _rt::graph::start(&_context, "net", __net).await?;
        let __http = _rt::graph::net::TcpPort::at(_HTTP)
            .wire([_rt::graph::share(&__net)]);
        let __http = _rt::graph::start(&_context, "http", __http).await?;
        let __admin = _rt::graph::net::TcpPort::at(8080).wire([__net]);
        let __admin = _rt::graph::start(&_context, "admin", __admin).await?;
        let __http: TcpListener = __http;
        let __admin: TcpListener = __admin;
        let _result = unikernel_main(__http, __admin).await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _unikernel);
};
