mirage_rt::application! {
    name = "shop",
    networks(
        front(ip = "10.0.0.0/24", gateway = "10.0.0.1"), back(ip = "10.0.1.0/24"),
    ),
    unikernels(
        web(front = "10.0.0.2", back = "10.0.1.2", tcp(http = 80)),
        api(back = "10.0.1.3", tcp(rpc = 7000)),
    ),
    links(
        outside -> web.http,
        web -> api.rpc,
//~            ^^^^^^^ MIR094
    ),
    never(web ->> api),
}

fn main() {}
