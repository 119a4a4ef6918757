#[allow(clippy::unused_async)]
async fn unikernel_main(wan: Network, lan: Network, dmz: Network) {}
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
            _rt::graph::argument::standard::ipv6_gateway(
                "wan-ipv6-gateway",
                ::core::option::Option::Some("fe80::1"),
            ),
            _rt::graph::argument::standard::ipv6(
                "lan-ipv6",
                ::core::option::Option::Some("fd00::2/64"),
            ),
            _rt::graph::argument::standard::ipv4_only("lan-ipv4-only"),
            _rt::graph::argument::standard::ipv6_only("lan-ipv6-only"),
        ],
    ];
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 5] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "wan",
                _rt::graph::net::memory_with_dhcp(_target, ::core::option::Option::None)
                    + _rt::graph::net::IPV6_MEMORY,
            ),
            _rt::graph::Need::new(
                "lan",
                _rt::graph::net::memory(_target, ::core::option::Option::None)
                    + _rt::graph::net::IPV6_MEMORY,
            ),
            _rt::graph::Need::new(
                "dmz",
                _rt::graph::net::memory(_target, ::core::option::Option::None),
            ),
        ]
    }
    const _: () = _rt::graph::check_target(&_IMAGE);
    const _IMAGE: _rt::graph::Image = _rt::graph::Image {
        name: "gateway",
        log: _rt::graph::log::LevelFilter::Info,
        stack: 131072,
        targets: &["unix", "virtio"],
        solo5_devices: &[
            _rt::graph::DeviceDeclaration::NetBasic("wan"),
            _rt::graph::DeviceDeclaration::NetBasic("lan"),
            _rt::graph::DeviceDeclaration::NetBasic("dmz"),
        ],
    };
    const _MANIFEST: &[_rt::graph::Piece] = &[
        _rt::graph::Piece::Text(
            r#"{
  "version": 4,
  "name": "gateway",
  "targets": ["unix", "virtio"],
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
        "ip": "dhcp",
        "gateway": null,
        "mac": null,
        "mtu": null,
        "congestion": null,
        "ecn": null,
        "conflict_detection": null,
        "ip6": "2001:db8::2/48",
        "gateway6": {"boot": "fe80::1"}
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
        "mac": null,
        "mtu": null,
        "congestion": null,
        "ecn": null,
        "conflict_detection": null,
        "ip6": {"boot": "fd00::2/64"}
      },
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    },
    {
      "name": "dmz",
      "kind": "net",
      "config": {
        "driver": "auto",
        "ip": "10.2.0.1/24",
        "gateway": null,
        "mac": null,
        "mtu": null,
        "congestion": null,
        "ecn": null,
        "conflict_detection": null,
        "dns": "10.2.0.9"
      },
      "on": ["clock", "random"],
      "at": {"file": "FILE", "line": 1, "column": 1}
    }
  ],
  "main": ["wan", "lan", "dmz"],
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
    const _MAC_ADDRESSES: &[_rt::net::MacAddress] = &[
        _rt::net::MacAddress([0x02, 0x3f, 0x05, 0x91, 0xbe, 0x01]),
        _rt::net::MacAddress([0x02, 0x01, 0x90, 0x94, 0xbd, 0xde]),
        _rt::net::MacAddress([0x02, 0xbd, 0x47, 0x40, 0xbd, 0xb8]),
    ];
    async fn _unikernel(
        _context: _rt::graph::StartContext,
        _arguments: _rt::graph::argument::ParsedArgs<'static>,
    ) -> _rt::graph::Outcome {
        let __clock = _context.clock();
        let __random = _context.random()?;
        let __wan = _rt::graph::net::Interface {
            node: "wan",
            solo5_name: "wan",
            address: _rt::graph::net::Dhcp {
                address: ::core::option::Option::None,
                others: [
                    ::core::option::Option::Some(_rt::net::InterfaceAddress {
                        address: ::core::net::Ipv4Addr::new(10, 1, 0, 1),
                        prefix_length: 16,
                    }),
                    ::core::option::Option::Some(_rt::net::InterfaceAddress {
                        address: ::core::net::Ipv4Addr::new(10, 2, 0, 1),
                        prefix_length: 24,
                    }),
                ],
            },
            gateway: ::core::option::Option::None,
            mac: ::core::option::Option::None,
            mtu: ::core::option::Option::None,
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 0,
            mac_addresses: _MAC_ADDRESSES,
            ports: &[],
        }
            .with_ipv6(
                _rt::graph::net::Ipv6InterfaceAddress {
                    address: ::core::net::Ipv6Addr::new(
                        0x2001,
                        0xdb8,
                        0x0,
                        0x0,
                        0x0,
                        0x0,
                        0x0,
                        0x2,
                    ),
                    prefix_length: 48,
                },
                _arguments.value::<_rt::graph::net::Ipv6Gateway>("wan-ipv6-gateway")?.0,
            )
            .checked()
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
            mac: ::core::option::Option::None,
            mtu: ::core::option::Option::None,
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 1,
            mac_addresses: _MAC_ADDRESSES,
            ports: &[],
        }
            .with_ipv6(
                _arguments.value::<_rt::graph::net::Ipv6InterfaceAddress>("lan-ipv6")?,
                ::core::option::Option::None,
            )
            .with_only(
                _rt::graph::net::IpFamily::only(
                    &_arguments,
                    "lan-ipv4-only",
                    "lan-ipv6-only",
                )?,
            )
            .wire(_rt::graph::share(&__clock), _rt::graph::share(&__random));
        let __lan = _rt::graph::start(&_context, "lan", __lan).await?;
        let __dmz = _rt::graph::net::Interface {
            node: "dmz",
            solo5_name: "dmz",
            address: _rt::net::InterfaceAddress {
                address: ::core::net::Ipv4Addr::new(10, 2, 0, 1),
                prefix_length: 24,
            },
            gateway: ::core::option::Option::None,
            mac: ::core::option::Option::None,
            mtu: ::core::option::Option::None,
            congestion: _rt::graph::net::Algorithm::CUBIC,
            ecn: _rt::graph::net::Ecn::Accept,
            conflict_detection: _rt::graph::net::ConflictDetection::Optimistic,
            index: 2,
            mac_addresses: _MAC_ADDRESSES,
            ports: &[],
        }
            .with_name_servers(const { _rt::graph::constant::name_servers("10.2.0.9") })
            .wire(__clock, __random);
        let __dmz = _rt::graph::start(&_context, "dmz", __dmz).await?;
        let __wan: Network = __wan;
        let __lan: Network = __lan;
        let __dmz: Network = __dmz;
        let _result = unikernel_main(__wan, __lan, __dmz).await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _ARGUMENTS, _unikernel);
};
