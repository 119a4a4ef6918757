mirage_rt::application! {
    name = "shop",
    networks(front(ip = "10.0.0.0/24")),
    unikernels(
        web(front, tcp(http = 80), restart = "on-falure"),
//~                                          ^^^^^^^^^^^ MIR097
    ),
    links(outside -> web.http),
}

fn main() {}
