#[allow(clippy::unused_async, clippy::too_many_arguments)]
async fn unikernel_main(
    port_1: TcpListener,
    port_2: TcpListener,
    port_3: TcpListener,
    port_4: TcpListener,
    port_5: TcpListener,
    port_6: TcpListener,
    port_7: TcpListener,
    port_8: TcpListener,
    port_9: TcpListener,
    port_10: TcpListener,
    port_11: TcpListener,
    port_12: TcpListener,
    port_13: TcpListener,
    port_14: TcpListener,
    port_15: TcpListener,
    port_16: TcpListener,
    port_17: TcpListener,
    port_18: TcpListener,
    port_19: TcpListener,
    port_20: TcpListener,
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
    const fn _needs(_target: _rt::graph::Target) -> [_rt::graph::Need; 23] {
        [
            _rt::graph::Need::for_machine(_target),
            _rt::graph::Need::new("stack", 131072),
            _rt::graph::Need::new(
                "net",
                _rt::graph::net::memory(_target, ::core::option::Option::None),
            ),
            _rt::graph::Need::new("port_1", _rt::graph::net::TcpPort::at(1).memory(1)),
            _rt::graph::Need::new("port_2", _rt::graph::net::TcpPort::at(2).memory(1)),
            _rt::graph::Need::new("port_3", _rt::graph::net::TcpPort::at(3).memory(1)),
            _rt::graph::Need::new("port_4", _rt::graph::net::TcpPort::at(4).memory(1)),
            _rt::graph::Need::new("port_5", _rt::graph::net::TcpPort::at(5).memory(1)),
            _rt::graph::Need::new("port_6", _rt::graph::net::TcpPort::at(6).memory(1)),
            _rt::graph::Need::new("port_7", _rt::graph::net::TcpPort::at(7).memory(1)),
            _rt::graph::Need::new("port_8", _rt::graph::net::TcpPort::at(8).memory(1)),
            _rt::graph::Need::new("port_9", _rt::graph::net::TcpPort::at(9).memory(1)),
            _rt::graph::Need::new("port_10", _rt::graph::net::TcpPort::at(10).memory(1)),
            _rt::graph::Need::new("port_11", _rt::graph::net::TcpPort::at(11).memory(1)),
            _rt::graph::Need::new("port_12", _rt::graph::net::TcpPort::at(12).memory(1)),
            _rt::graph::Need::new("port_13", _rt::graph::net::TcpPort::at(13).memory(1)),
            _rt::graph::Need::new("port_14", _rt::graph::net::TcpPort::at(14).memory(1)),
            _rt::graph::Need::new("port_15", _rt::graph::net::TcpPort::at(15).memory(1)),
            _rt::graph::Need::new("port_16", _rt::graph::net::TcpPort::at(16).memory(1)),
            _rt::graph::Need::new("port_17", _rt::graph::net::TcpPort::at(17).memory(1)),
            _rt::graph::Need::new("port_18", _rt::graph::net::TcpPort::at(18).memory(1)),
            _rt::graph::Need::new("port_19", _rt::graph::net::TcpPort::at(19).memory(1)),
            _rt::graph::Need::new("port_20", _rt::graph::net::TcpPort::at(20).memory(1)),
        ]
    }
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
        "driver": "virtio",
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
    {"name": "port_1", "kind": "tcp", "config": {"port": 1}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_2", "kind": "tcp", "config": {"port": 2}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_3", "kind": "tcp", "config": {"port": 3}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_4", "kind": "tcp", "config": {"port": 4}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_5", "kind": "tcp", "config": {"port": 5}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_6", "kind": "tcp", "config": {"port": 6}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_7", "kind": "tcp", "config": {"port": 7}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_8", "kind": "tcp", "config": {"port": 8}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_9", "kind": "tcp", "config": {"port": 9}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_10", "kind": "tcp", "config": {"port": 10}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_11", "kind": "tcp", "config": {"port": 11}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_12", "kind": "tcp", "config": {"port": 12}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_13", "kind": "tcp", "config": {"port": 13}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_14", "kind": "tcp", "config": {"port": 14}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_15", "kind": "tcp", "config": {"port": 15}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_16", "kind": "tcp", "config": {"port": 16}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_17", "kind": "tcp", "config": {"port": 17}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_18", "kind": "tcp", "config": {"port": 18}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_19", "kind": "tcp", "config": {"port": 19}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}},
    {"name": "port_20", "kind": "tcp", "config": {"port": 20}, "on": ["net"], "at": {"file": "FILE", "line": 1, "column": 1}}
  ],
  "main": [
    "port_1",
    "port_2",
    "port_3",
    "port_4",
    "port_5",
    "port_6",
    "port_7",
    "port_8",
    "port_9",
    "port_10",
    "port_11",
    "port_12",
    "port_13",
    "port_14",
    "port_15",
    "port_16",
    "port_17",
    "port_18",
    "port_19",
    "port_20"
  ],
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
    async fn _unikernel(_context: _rt::graph::StartContext) -> _rt::graph::Outcome {
        let (
            __net,
            __port_1,
            __port_2,
            __port_3,
            __port_4,
            __port_5,
            __port_6,
            __port_7,
            __port_8,
            __port_9,
            __port_10,
            __port_11,
            __port_12,
            __port_13,
        ) = async {
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
                ports: &[
                    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
                ],
            }
                .wire(__clock, __random);
            let __net = _rt::graph::start(&_context, "net", __net).await?;
            let __port_1 = _rt::graph::net::TcpPort::at(1)
                .wire([_rt::graph::share(&__net)]);
            let __port_1 = _rt::graph::start(&_context, "port_1", __port_1).await?;
            let __port_2 = _rt::graph::net::TcpPort::at(2)
                .wire([_rt::graph::share(&__net)]);
            let __port_2 = _rt::graph::start(&_context, "port_2", __port_2).await?;
            let __port_3 = _rt::graph::net::TcpPort::at(3)
                .wire([_rt::graph::share(&__net)]);
            let __port_3 = _rt::graph::start(&_context, "port_3", __port_3).await?;
            let __port_4 = _rt::graph::net::TcpPort::at(4)
                .wire([_rt::graph::share(&__net)]);
            let __port_4 = _rt::graph::start(&_context, "port_4", __port_4).await?;
            let __port_5 = _rt::graph::net::TcpPort::at(5)
                .wire([_rt::graph::share(&__net)]);
            let __port_5 = _rt::graph::start(&_context, "port_5", __port_5).await?;
            let __port_6 = _rt::graph::net::TcpPort::at(6)
                .wire([_rt::graph::share(&__net)]);
            let __port_6 = _rt::graph::start(&_context, "port_6", __port_6).await?;
            let __port_7 = _rt::graph::net::TcpPort::at(7)
                .wire([_rt::graph::share(&__net)]);
            let __port_7 = _rt::graph::start(&_context, "port_7", __port_7).await?;
            let __port_8 = _rt::graph::net::TcpPort::at(8)
                .wire([_rt::graph::share(&__net)]);
            let __port_8 = _rt::graph::start(&_context, "port_8", __port_8).await?;
            let __port_9 = _rt::graph::net::TcpPort::at(9)
                .wire([_rt::graph::share(&__net)]);
            let __port_9 = _rt::graph::start(&_context, "port_9", __port_9).await?;
            let __port_10 = _rt::graph::net::TcpPort::at(10)
                .wire([_rt::graph::share(&__net)]);
            let __port_10 = _rt::graph::start(&_context, "port_10", __port_10).await?;
            let __port_11 = _rt::graph::net::TcpPort::at(11)
                .wire([_rt::graph::share(&__net)]);
            let __port_11 = _rt::graph::start(&_context, "port_11", __port_11).await?;
            let __port_12 = _rt::graph::net::TcpPort::at(12)
                .wire([_rt::graph::share(&__net)]);
            let __port_12 = _rt::graph::start(&_context, "port_12", __port_12).await?;
            let __port_13 = _rt::graph::net::TcpPort::at(13)
                .wire([_rt::graph::share(&__net)]);
            let __port_13 = _rt::graph::start(&_context, "port_13", __port_13).await?;
            _rt::graph::started((
                __net,
                __port_1,
                __port_2,
                __port_3,
                __port_4,
                __port_5,
                __port_6,
                __port_7,
                __port_8,
                __port_9,
                __port_10,
                __port_11,
                __port_12,
                __port_13,
            ))
        }
            .await?;
        let (
            __port_14,
            __port_15,
            __port_16,
            __port_17,
            __port_18,
            __port_19,
            __port_20,
        ) = async {
            let __port_14 = _rt::graph::net::TcpPort::at(14)
                .wire([_rt::graph::share(&__net)]);
            let __port_14 = _rt::graph::start(&_context, "port_14", __port_14).await?;
            let __port_15 = _rt::graph::net::TcpPort::at(15)
                .wire([_rt::graph::share(&__net)]);
            let __port_15 = _rt::graph::start(&_context, "port_15", __port_15).await?;
            let __port_16 = _rt::graph::net::TcpPort::at(16)
                .wire([_rt::graph::share(&__net)]);
            let __port_16 = _rt::graph::start(&_context, "port_16", __port_16).await?;
            let __port_17 = _rt::graph::net::TcpPort::at(17)
                .wire([_rt::graph::share(&__net)]);
            let __port_17 = _rt::graph::start(&_context, "port_17", __port_17).await?;
            let __port_18 = _rt::graph::net::TcpPort::at(18)
                .wire([_rt::graph::share(&__net)]);
            let __port_18 = _rt::graph::start(&_context, "port_18", __port_18).await?;
            let __port_19 = _rt::graph::net::TcpPort::at(19)
                .wire([_rt::graph::share(&__net)]);
            let __port_19 = _rt::graph::start(&_context, "port_19", __port_19).await?;
            let __port_20 = _rt::graph::net::TcpPort::at(20).wire([__net]);
            let __port_20 = _rt::graph::start(&_context, "port_20", __port_20).await?;
            _rt::graph::started((
                __port_14,
                __port_15,
                __port_16,
                __port_17,
                __port_18,
                __port_19,
                __port_20,
            ))
        }
            .await?;
        let __port_1: TcpListener = __port_1;
        let __port_2: TcpListener = __port_2;
        let __port_3: TcpListener = __port_3;
        let __port_4: TcpListener = __port_4;
        let __port_5: TcpListener = __port_5;
        let __port_6: TcpListener = __port_6;
        let __port_7: TcpListener = __port_7;
        let __port_8: TcpListener = __port_8;
        let __port_9: TcpListener = __port_9;
        let __port_10: TcpListener = __port_10;
        let __port_11: TcpListener = __port_11;
        let __port_12: TcpListener = __port_12;
        let __port_13: TcpListener = __port_13;
        let __port_14: TcpListener = __port_14;
        let __port_15: TcpListener = __port_15;
        let __port_16: TcpListener = __port_16;
        let __port_17: TcpListener = __port_17;
        let __port_18: TcpListener = __port_18;
        let __port_19: TcpListener = __port_19;
        let __port_20: TcpListener = __port_20;
        let _result = unikernel_main(
                __port_1,
                __port_2,
                __port_3,
                __port_4,
                __port_5,
                __port_6,
                __port_7,
                __port_8,
                __port_9,
                __port_10,
                __port_11,
                __port_12,
                __port_13,
                __port_14,
                __port_15,
                __port_16,
                __port_17,
                __port_18,
                __port_19,
                __port_20,
            )
            .await;
        _rt::graph::exit_status(_result)
    }
    _rt::entry!(_IMAGE, _unikernel);
};
