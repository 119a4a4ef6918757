/// Serves.
#[allow(clippy::unused_async)]
pub async fn main(
    http: TcpListener,
    api: Remote,
    payments: Remote,
) -> Result<(), Error> {
    serve(http, api, payments).await
}
/// The unikernel, for `image!`.
#[allow(dead_code, non_camel_case_types)]
pub enum main {}
const _: () = {
    use ::mirage_rt as _rt;
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 5] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "front",
                _rt::graph::net::memory(_target, ::core::option::Option::None),
            ),
            _rt::graph::Need::new(
                "back",
                _rt::graph::net::memory(_target, ::core::option::Option::None),
            ),
            _rt::graph::Need::new("http", _rt::graph::net::TcpPort::at(80).memory(1)),
        ]
    }
    const _: () = _rt::graph::constant::enough(
        16777216,
        &[
            &_needs(_rt::graph::Target::Virtio),
            &_needs(_rt::graph::Target::Hvt),
            &_needs(_rt::graph::Target::Spt),
        ],
    );
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "web",
        log: _rt::graph::log::LevelFilter::Info,
        stack: 131072,
        targets: &["unix", "virtio", "hvt", "spt"],
        solo5_devices: &[
            _rt::graph::DeviceDeclaration::NetBasic("front"),
            _rt::graph::DeviceDeclaration::NetBasic("back"),
        ],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 6,
  "name": "web",
  "targets": ["unix", "virtio", "hvt", "spt"],
  "memory": 16777216,
  "stack": null,
  "heap": null,
  "log": "info",
  "nodes": [
    {"name": "clock", "kind": "clock", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "random", "kind": "random", "config": {}, "on": [], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "front",
      "kind": "net",
      "config": {
        "driver": "auto",
        "ip": "10.0.0.2/24",
        "gateway": "10.0.0.1",
        "mac": "02:00:0a:00:00:02",
        "mtu": null,
        "congestion": null,
        "ecn": null,
        "conflict_detection": null
      },
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {
      "name": "back",
      "kind": "net",
      "config": {
        "driver": "auto",
        "ip": "10.0.1.2/24",
        "gateway": null,
        "mac": "02:00:0a:00:01:02",
        "mtu": null,
        "congestion": null,
        "ecn": null,
        "conflict_detection": null
      },
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {"name": "http", "kind": "tcp", "config": {"port": 80}, "on": ["front"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {
      "name": "api",
      "kind": "remote",
      "config": {"to": "api.rpc", "protocol": "tcp", "address": "10.0.1.3:7000"},
      "on": ["back"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {
      "name": "payments",
      "kind": "remote",
      "config": {"to": "192.0.2.7:443", "protocol": "tcp", "address": "192.0.2.7:443"},
      "on": ["front"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    }
  ],
  "main": ["http", "api", "payments"],
  "needs": "#,
        ),
        _rt::graph::Piece::Needs(&_needs(_IMAGE.machine())),
        _rt::graph::Piece::Text(
            r#",
  "arguments": [],
  "application": {
    "name": "shop",
    "identity": "00d6d2ae16a6b963",
    "unikernels": ["web", "api"],
    "restart": "no",
    "accepts": [{"port": "http", "clients": ["outside"]}]
  }
}"#,
        ),
    ];
    const _MAC_ADDRESSES: &[_rt::net::MacAddress] = &[
        _rt::net::MacAddress([0x02, 0x00, 0x0a, 0x00, 0x00, 0x02]),
        _rt::net::MacAddress([0x02, 0x00, 0x0a, 0x00, 0x01, 0x02]),
    ];
    const _RULES: _rt::graph::net::Rules = _rt::graph::net::Rules {
        connects: ::core::option::Option::Some(
            &[
                _rt::graph::net::Peer {
                    protocol: _rt::graph::net::Protocol::Tcp,
                    address: ::core::option::Option::Some(
                        ::core::net::Ipv4Addr::new(10, 0, 1, 3),
                    ),
                    port: 7000,
                },
                _rt::graph::net::Peer {
                    protocol: _rt::graph::net::Protocol::Tcp,
                    address: ::core::option::Option::Some(
                        ::core::net::Ipv4Addr::new(192, 0, 2, 7),
                    ),
                    port: 443,
                },
            ],
        ),
        accepts: &[
            _rt::graph::net::Accept {
                protocol: _rt::graph::net::Protocol::Tcp,
                port: 80,
                clients: &[_rt::graph::net::Client::Outside],
            },
        ],
        members: &[::core::net::Ipv4Addr::new(10, 0, 1, 3)],
    };
    async fn _unikernel(_context: _rt::graph::StartContext) -> _rt::graph::Outcome {
        let __clock = _context.clock();
        let __random = _context.random()?;
        let __front = _rt::graph::net::Interface {
            node: "front",
            solo5_name: "front",
            address: _rt::net::InterfaceAddress {
                address: ::core::net::Ipv4Addr::new(10, 0, 0, 2),
                prefix_length: 24,
            },
            gateway: ::core::option::Option::Some(
                ::core::net::Ipv4Addr::new(10, 0, 0, 1),
            ),
            mac: ::core::option::Option::Some(
                _rt::net::MacAddress([0x02, 0x00, 0x0a, 0x00, 0x00, 0x02]),
            ),
            mtu: ::core::option::Option::None,
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 0,
            mac_addresses: _MAC_ADDRESSES,
            ports: &[80],
        }
            .with_rules(&_RULES)
            .wire(_rt::graph::share(&__clock), _rt::graph::share(&__random));
        let __front = _rt::graph::start(&_context, "front", __front).await?;
        let __back = _rt::graph::net::Interface {
            node: "back",
            solo5_name: "back",
            address: _rt::net::InterfaceAddress {
                address: ::core::net::Ipv4Addr::new(10, 0, 1, 2),
                prefix_length: 24,
            },
            gateway: ::core::option::Option::None,
            mac: ::core::option::Option::Some(
                _rt::net::MacAddress([0x02, 0x00, 0x0a, 0x00, 0x01, 0x02]),
            ),
            mtu: ::core::option::Option::None,
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 1,
            mac_addresses: _MAC_ADDRESSES,
            ports: &[],
        }
            .with_rules(&_RULES)
            .wire(__clock, __random);
        let __back = _rt::graph::start(&_context, "back", __back).await?;
        let __http = _rt::graph::net::TcpPort::at(80)
            .wire([_rt::graph::share(&__front)]);
        let __http = _rt::graph::start(&_context, "http", __http).await?;
        let __api = _rt::graph::net::TcpLink::to(
                ::core::net::SocketAddrV4::new(
                    ::core::net::Ipv4Addr::new(10, 0, 1, 3),
                    7000,
                ),
            )
            .wire(__back);
        let __api = _rt::graph::start(&_context, "api", __api).await?;
        let __payments = _rt::graph::net::TcpLink::to(
                ::core::net::SocketAddrV4::new(
                    ::core::net::Ipv4Addr::new(192, 0, 2, 7),
                    443,
                ),
            )
            .wire(__front);
        let __payments = _rt::graph::start(&_context, "payments", __payments).await?;
        let __http: TcpListener = __http;
        let __api: Remote = __api;
        let __payments: Remote = __payments;
        let _result = main(__http, __api, __payments).await;
        _rt::graph::exit_status(_result)
    }
    impl _rt::graph::Unikernel for main {
        const IMAGE: _rt::graph::Image = _IMAGE;
        const MANIFEST: &'static [_rt::graph::Piece] = _MANIFEST;
        fn start() -> ! {
            _rt::__start(&_IMAGE, _unikernel)
        }
        fn boot(
            context: _rt::graph::StartContext,
            args: &[&str],
        ) -> impl ::core::future::Future<
            Output = _rt::graph::Outcome,
        > + 'static + use<> {
            _rt::__boot(context, args, _unikernel)
        }
    }
};
