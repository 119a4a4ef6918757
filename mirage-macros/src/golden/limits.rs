#[allow(clippy::unused_async)]
async fn unikernel_main(http: TcpListener, dns: UdpSocket, both: Service) {}
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
    const _TRANSMIT: &::core::primitive::str = plan::BUFFER;
    const _: () = _rt::graph::constant::check_buffer(_TRANSMIT);
    const _MEMORY: &::core::primitive::str = plan::MEMORY;
    const _: () = _rt::graph::constant::check_memory(_MEMORY);
    const _STACK: &::core::primitive::str = plan::STACK;
    const _: () = _rt::graph::constant::check_stack(_STACK);
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 7] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", _rt::graph::constant::stack(_STACK)),
            _rt::graph::Need::new("heap", 4194304),
            _rt::graph::Need::new(
                "net",
                _rt::graph::net::memory(_target, ::core::option::Option::None),
            ),
            _rt::graph::Need::new(
                "http",
                _rt::graph::net::TcpPort {
                    connections: ::core::option::Option::Some(1000),
                    receive: 4096,
                    transmit: _rt::graph::constant::buffer(_TRANSMIT),
                    .._rt::graph::net::TcpPort::at(80)
                }
                    .memory(1),
            ),
            _rt::graph::Need::new(
                "dns",
                _rt::graph::net::UdpPort {
                    datagrams: 256,
                    .._rt::graph::net::UdpPort::at(53)
                }
                    .memory(1),
            ),
            _rt::graph::Need::new(
                "both",
                _rt::graph::net::ServicePort {
                    connections: ::core::option::Option::Some(10),
                    .._rt::graph::net::ServicePort::at(54)
                }
                    .memory(1),
            ),
        ]
    }
    const _: () = _rt::graph::constant::enough(
        67108864,
        &[&_needs(_rt::graph::Target::Virtio)],
    );
    const _: () = _rt::graph::constant::enough(
        _rt::graph::constant::memory(_MEMORY),
        &[&_needs(_rt::graph::Target::Spt)],
    );
    const _: () = _rt::graph::constant::within_memory(
        _rt::graph::constant::memory(_MEMORY),
        &[_rt::graph::Target::Spt],
    );
    const _: () = _rt::graph::check_target(&_IMAGE);
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "gate",
        log: _rt::graph::log::LevelFilter::Info,
        stack: _rt::graph::constant::stack(_STACK),
        targets: &["unix", "virtio", "spt"],
        solo5_devices: &[_rt::graph::DeviceDeclaration::NetBasic("service")],
    };
    const _MANIFEST: &[_rt::graph::Piece] = match _rt::graph::TARGET {
        _rt::graph::Target::Unix | _rt::graph::Target::Virtio => {
            &[
                _rt::graph::Piece::Text(
                    r#"{
  "version": 4,
  "name": "gate",
  "targets": ["unix", "virtio", "spt"],
  "memory": 67108864,
  "stack": "#,
                ),
                _rt::graph::Piece::Number(_rt::graph::constant::stack(_STACK)),
                _rt::graph::Piece::Text(
                    r#",
  "heap": 4194304,
  "log": "info",
  "nodes": [
    {"name": "clock", "kind": "clock", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "net",
      "kind": "net",
      "config": {
        "driver": "auto",
        "ip": "10.0.0.2/24",
        "gateway": null,
        "mac": null,
        "mtu": null,
        "congestion": null,
        "ecn": null,
        "conflict_detection": null
      },
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {
      "name": "http",
      "kind": "tcp",
      "config": {"port": 80, "connections": 1000, "receive": 4096, "transmit": "#,
                ),
                _rt::graph::Piece::Number(
                    _rt::graph::constant::buffer(_TRANSMIT) as u64,
                ),
                _rt::graph::Piece::Text(
                    r#"},
      "on": ["net"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {"name": "dns", "kind": "udp", "config": {"port": 53, "datagrams": 256}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "both", "kind": "port", "config": {"port": 54, "connections": 10}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}}
  ],
  "main": ["http", "dns", "both"],
  "needs": "#,
                ),
                _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
                _rt::graph::Piece::Text(r#",
  "arguments": []
}"#),
            ]
        }
        _ => {
            &[
                _rt::graph::Piece::Text(
                    r#"{
  "version": 4,
  "name": "gate",
  "targets": ["unix", "virtio", "spt"],
  "memory": "#,
                ),
                _rt::graph::Piece::Number(_rt::graph::constant::memory(_MEMORY)),
                _rt::graph::Piece::Text(r#",
  "stack": "#),
                _rt::graph::Piece::Number(_rt::graph::constant::stack(_STACK)),
                _rt::graph::Piece::Text(
                    r#",
  "heap": 4194304,
  "log": "info",
  "nodes": [
    {"name": "clock", "kind": "clock", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "net",
      "kind": "net",
      "config": {
        "driver": "auto",
        "ip": "10.0.0.2/24",
        "gateway": null,
        "mac": null,
        "mtu": null,
        "congestion": null,
        "ecn": null,
        "conflict_detection": null
      },
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {
      "name": "http",
      "kind": "tcp",
      "config": {"port": 80, "connections": 1000, "receive": 4096, "transmit": "#,
                ),
                _rt::graph::Piece::Number(
                    _rt::graph::constant::buffer(_TRANSMIT) as u64,
                ),
                _rt::graph::Piece::Text(
                    r#"},
      "on": ["net"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {"name": "dns", "kind": "udp", "config": {"port": 53, "datagrams": 256}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "both", "kind": "port", "config": {"port": 54, "connections": 10}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}}
  ],
  "main": ["http", "dns", "both"],
  "needs": "#,
                ),
                _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
                _rt::graph::Piece::Text(r#",
  "arguments": []
}"#),
            ]
        }
    };
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static _NOTE: _rt::graph::Note<{ _rt::graph::length(_MANIFEST) }> = _rt::graph::note(
        _MANIFEST,
    );
    async fn _unikernel(_context: _rt::graph::StartContext) -> _rt::graph::Outcome {
        let __clock = _context.clock();
        let __random = _context.random()?;
        let __net = _rt::graph::net::Interface {
            node: "net",
            solo5_name: "service",
            address: _rt::net::InterfaceAddress {
                address: ::core::net::Ipv4Addr::new(10, 0, 0, 2),
                prefix_length: 24,
            },
            gateway: ::core::option::Option::None,
            mac: ::core::option::Option::None,
            mtu: ::core::option::Option::None,
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 0,
            mac_addresses: &[],
            ports: &[80, 53, 54],
        }
            .wire(__clock, __random);
        let __net = _rt::graph::start(&_context, "net", __net).await?;
        let __http = _rt::graph::net::TcpPort {
            connections: ::core::option::Option::Some(1000),
            receive: 4096,
            transmit: _rt::graph::constant::buffer(_TRANSMIT),
            .._rt::graph::net::TcpPort::at(80)
        }
            .wire([_rt::graph::share(&__net)]);
        let __http = _rt::graph::start(&_context, "http", __http).await?;
        let __dns = _rt::graph::net::UdpPort {
            datagrams: 256,
            .._rt::graph::net::UdpPort::at(53)
        }
            .wire([_rt::graph::share(&__net)]);
        let __dns = _rt::graph::start(&_context, "dns", __dns).await?;
        let __both = _rt::graph::net::ServicePort {
            connections: ::core::option::Option::Some(10),
            .._rt::graph::net::ServicePort::at(54)
        }
            .wire([__net]);
        let __both = _rt::graph::start(&_context, "both", __both).await?;
        let __http: TcpListener = __http;
        let __dns: UdpSocket = __dns;
        let __both: Service = __both;
        let _result = unikernel_main(__http, __dns, __both).await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _unikernel);
};
