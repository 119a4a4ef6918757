#![no_std]
#![cfg_attr(not(test), no_main)]

mod plan {
    mirage_rt::application! {
        name = "shop",
        networks(front(ip = "10.0.0.0/24", gateway = "10.0.0.1"), back(ip = "10.0.1.0/24")),
        unikernels(
            web(front, back, tcp(http(port = 7090, connections = 100))),
            api(back, tcp(rpc = 7000), udp(events = 7001), block(data(size = "1MiB"))),
            r#box(back),
        ),
        links(
            outside -> web.http,
            web -> api.rpc,
            r#box -> api.rpc,
            web -> api.events as log,
            web -> outside("192.0.2.7:443") as payments,
            web -> outside(udp = "192.0.2.7:53") as dns,
        ),
        acyclic,
        never(outside -> api, api ->> outside),
    }

    const _: () = assert!(PLAN.connects("web", "api"));
    const _: () = assert!(!PLAN.connects("outside", "api"));
}

mod web {
    use mirage_rt::{
        Args,
        net::{Error, Network, Remote, TcpListener, UdpRemote},
        time::Clock,
    };

    #[derive(Args)]
    pub(crate) struct Arguments {
        #[arg(default = "8")]
        #[allow(dead_code)]
        limit: u16,
    }

    /// Serves.
    #[mirage_rt::unikernel(crate::plan::web, memory = "16MiB", args = Arguments)]
    pub(crate) async fn main(
        http: TcpListener,
        api: Remote,
        mut log: UdpRemote,
        _payments: Remote,
        dns: UdpRemote,
        clock: Clock,
        _back: Network,
        args: Arguments,
    ) -> Result<(), Error> {
        let _ = (http.port(), clock);
        log = log.clone();
        if args.limit == 0 {
            log.connect()?.send(b"hello").await?;
            dns.connect()?;
            api.connect().await?;
        }
        Ok(())
    }
}

mod r#box {
    use crate::plan::r#box as planned;
    use mirage_rt::net::Remote;

    #[mirage_rt::unikernel(self::planned)]
    async fn run(api: Remote) {
        drop(api);
    }
}

mirage_rt::image!(web::main);
