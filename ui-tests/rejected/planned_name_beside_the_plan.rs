#![no_std]
#![cfg_attr(not(test), no_main)]

mod plan {
    mirage_rt::application! {
        name = "shop",
        networks(front(ip = "10.0.0.0/24", gateway = "10.0.0.1"), back(ip = "10.0.1.0/24")),
        unikernels(
            web(front = "10.0.0.2", back = "10.0.1.2", tcp(http = 80)),
            api(back = "10.0.1.3", tcp(rpc = 7000), block(data(size = "1MiB"))),
        ),
        links(outside -> web.http, web -> api.rpc, web -> outside(udp = "192.0.2.7:53") as dns),
    }
}

mod web {
    use mirage_rt::net::{Remote, TcpListener, UdpRemote};

    #[mirage_rt::unikernel(crate::plan::web, memory = "16MiB", name = "shop")]
//~                                                            ^^^^ MIR096
    pub async fn main(_http: TcpListener, _api: Remote, _dns: UdpRemote) {}
}

mirage_rt::image!(web::main);
