#[allow(clippy::unused_async)]
async fn unikernel_main(http: TcpListener, dns: Service, payments: Remote) {}
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
    const _ARGUMENTS: &[&[_rt::graph::argument::Argument<&str>]] = &[
        &[
            _rt::graph::argument::standard::ipv4_or_dhcp(
                "ipv4",
                ::core::option::Option::Some("dhcp"),
            ),
        ],
    ];
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 5] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "net",
                _rt::graph::net::memory_with_dhcp(_target, ::core::option::Option::None),
            ),
            _rt::graph::Need::new("http", _rt::graph::net::TcpPort::at(80).memory(1)),
            _rt::graph::Need::new("dns", _rt::graph::net::ServicePort::at(53).memory(1)),
        ]
    }
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "web",
        log: _rt::graph::log::LevelFilter::Info,
        stack: 131072,
        targets: &["unix", "virtio", "hvt", "spt"],
        solo5_devices: &[_rt::graph::DeviceDeclaration::NetBasic("service")],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 5,
  "name": "web",
  "targets": ["unix", "virtio", "hvt", "spt"],
  "memory": null,
  "stack": null,
  "heap": null,
  "log": "info",
  "nodes": [
    {"name": "clock", "kind": "clock", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "net",
      "kind": "net",
      "config": {
        "driver": "auto",
        "ip": {"boot": "dhcp"},
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
    {"name": "http", "kind": "tcp", "config": {"port": 80}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "dns", "kind": "port", "config": {"port": 53}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "payments",
      "kind": "remote",
      "config": {"to": "192.0.2.7:443", "protocol": "tcp", "address": "192.0.2.7:443"},
      "on": ["net"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    }
  ],
  "main": ["http", "dns", "payments"],
  "needs": "#,
        ),
        _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
        _rt::graph::Piece::Text(r#",
  "arguments": "#),
        _rt::graph::Piece::Arguments(_ARGUMENTS),
        _rt::graph::Piece::Text(r#"
}"#),
    ];
    #[used]
    #[unsafe(link_section = ".note.mirage")]
    static _NOTE: _rt::graph::Note<{ _rt::graph::length(_MANIFEST) }> = _rt::graph::note(
        _MANIFEST,
    );
    const _RULES: _rt::graph::net::Rules = _rt::graph::net::Rules {
        connects: ::core::option::Option::Some(
            &[
                _rt::graph::net::Peer {
                    protocol: _rt::graph::net::Protocol::Tcp,
                    address: ::core::option::Option::Some(
                        ::core::net::Ipv4Addr::new(192, 0, 2, 7),
                    ),
                    port: 443,
                },
                _rt::graph::net::Peer {
                    protocol: _rt::graph::net::Protocol::Udp,
                    address: ::core::option::Option::None,
                    port: 53,
                },
                _rt::graph::net::Peer {
                    protocol: _rt::graph::net::Protocol::Udp,
                    address: ::core::option::Option::None,
                    port: 67,
                },
            ],
        ),
        accepts: &[
            _rt::graph::net::Accept {
                protocol: _rt::graph::net::Protocol::Tcp,
                port: 80,
                clients: &[_rt::graph::net::Client::Anyone],
            },
            _rt::graph::net::Accept {
                protocol: _rt::graph::net::Protocol::Tcp,
                port: 53,
                clients: &[_rt::graph::net::Client::Anyone],
            },
            _rt::graph::net::Accept {
                protocol: _rt::graph::net::Protocol::Udp,
                port: 53,
                clients: &[_rt::graph::net::Client::Anyone],
            },
        ],
        members: &[],
    };
    async fn _unikernel(
        _context: _rt::graph::StartContext,
        _arguments: _rt::graph::argument::ParsedArgs<'static>,
    ) -> _rt::graph::Outcome {
        let __clock = _context.clock();
        let __random = _context.random()?;
        let __net = _rt::graph::net::Interface {
            node: "net",
            solo5_name: "service",
            address: _rt::graph::net::Dhcp {
                address: _arguments
                    .value::<_rt::graph::argument::AddressOrDhcp>("ipv4")?
                    .address(),
                others: [],
            },
            gateway: ::core::option::Option::None,
            mac: ::core::option::Option::None,
            mtu: ::core::option::Option::None,
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 0,
            mac_addresses: &[],
            ports: &[80, 53],
        }
            .with_rules(&_RULES)
            .wire(__clock, __random);
        let __net = _rt::graph::start(&_context, "net", __net).await?;
        let __http = _rt::graph::net::TcpPort::at(80).wire([_rt::graph::share(&__net)]);
        let __http = _rt::graph::start(&_context, "http", __http).await?;
        let __dns = _rt::graph::net::ServicePort::at(53)
            .wire([_rt::graph::share(&__net)]);
        let __dns = _rt::graph::start(&_context, "dns", __dns).await?;
        let __payments = _rt::graph::net::TcpLink::to(
                ::core::net::SocketAddrV4::new(
                    ::core::net::Ipv4Addr::new(192, 0, 2, 7),
                    443,
                ),
            )
            .wire(__net);
        let __payments = _rt::graph::start(&_context, "payments", __payments).await?;
        let __http: TcpListener = __http;
        let __dns: Service = __dns;
        let __payments: Remote = __payments;
        let _result = unikernel_main(__http, __dns, __payments).await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _ARGUMENTS, _unikernel);
};
